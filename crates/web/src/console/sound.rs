//! A call as sound: the stored clips at the times they were heard.

use std::collections::HashMap;

use actix_web::{HttpRequest, HttpResponse, http::header};
use audio::{Format, Pcm, Wav};
use bytes::Bytes;
use store::ObjectKey;

use super::timeline::Timeline;
use crate::{
    App,
    audio::{Part, part},
};

/// Different clips that are looked up for one call.
const CLIPS: usize = 500;

/// The longest call that is put together, ms; half an hour is 14 MB.
const LONGEST_MS: u32 = 30 * 60_000;

/// The stored audio of a call's clips, by object. What is not stored any more is left out.
pub(super) async fn sounds(app: &App, line: &Timeline) -> HashMap<String, Pcm> {
    let mut found = HashMap::new();
    for object in line.items.iter().filter_map(|item| item.object.as_ref()) {
        if found.len() >= CLIPS || found.contains_key(object) {
            continue;
        }
        let Some(key) = ObjectKey::parse(object) else {
            continue;
        };
        let Some(bytes) = app.switchboard.parts().voicer.audio(&key).await else {
            continue;
        };
        match Wav::decode(&bytes) {
            Ok(pcm) => {
                found.insert(object.clone(), pcm);
            }
            Err(error) => tracing::warn!(%error, object, "a stored clip cannot be read"),
        }
    }
    found
}

/// What the caller heard, from the first ring to the end: telephone audio, silence where nothing is stored.
pub(super) fn whole(line: &Timeline, sounds: &HashMap<String, Pcm>) -> Bytes {
    let rate = Format::PHONE.rate;
    let samples = |ms: u32| (u64::from(ms) * u64::from(rate) / 1000) as usize;
    let mut all = vec![0.0; samples(line.length.min(LONGEST_MS))];
    for item in &line.items {
        let Some(pcm) = item.object.as_ref().and_then(|object| sounds.get(object)) else {
            continue;
        };
        let (from, to) = (
            samples(item.from).min(all.len()),
            samples(item.to).min(all.len()),
        );
        if pcm.rate == rate {
            all[from..to]
                .iter_mut()
                .zip(&pcm.samples)
                .for_each(|(place, sample)| *place = *sample);
        }
    }
    Wav::encode(&Pcm::new(rate, all), Format::PHONE).into()
}

/// Sends sound that only operators may hear; browsers seek by asking for parts.
pub(super) fn send(request: &HttpRequest, bytes: Bytes) -> HttpResponse {
    let mut answer = HttpResponse::Ok();
    answer
        .content_type("audio/wav")
        .insert_header((header::ACCEPT_RANGES, "bytes"))
        .insert_header((header::CACHE_CONTROL, "private, no-cache"))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"));
    let asked = request
        .headers()
        .get(header::RANGE)
        .and_then(|value| value.to_str().ok());
    match asked.map(|range| part(range, bytes.len())) {
        None | Some(Part::Whole) => answer.body(bytes),
        Some(Part::Slice(from, to)) => answer
            .status(actix_web::http::StatusCode::PARTIAL_CONTENT)
            .insert_header((
                header::CONTENT_RANGE,
                format!("bytes {from}-{}/{}", to - 1, bytes.len()),
            ))
            .body(bytes.slice(from..to)),
        Some(Part::Nowhere) => HttpResponse::RangeNotSatisfiable()
            .insert_header((header::CONTENT_RANGE, format!("bytes */{}", bytes.len())))
            .finish(),
    }
}

#[cfg(test)]
mod tests {
    use events::TurnId;

    use super::*;
    use crate::console::timeline::{Item, Kind};

    #[test]
    fn clips_stand_where_they_were_heard_and_nothing_else_sounds() {
        let item = |from, to, object: Option<&str>| Item {
            kind: Kind::Agent,
            turn: TurnId(0),
            from,
            to,
            text: String::new(),
            why: String::new(),
            object: object.map(str::to_owned),
            cut: false,
        };
        let line = Timeline {
            length: 1000,
            items: vec![
                item(250, 500, Some("a")),
                item(600, 700, None),
                item(900, 2000, Some("a")),
            ],
        };
        let sounds = HashMap::from([("a".to_owned(), Pcm::new(8000, vec![0.5; 16_000]))]);
        let heard = Wav::decode(&whole(&line, &sounds)).unwrap();
        assert_eq!(heard.samples.len(), 8000);
        let loud = |from: usize, to: usize| heard.samples[from..to].iter().all(|s| *s > 0.4);
        let still = |from: usize, to: usize| heard.samples[from..to].iter().all(|s| s.abs() < 0.01);
        assert!(still(0, 2000) && loud(2000, 4000) && still(4000, 7200) && loud(7200, 8000));
    }
}
