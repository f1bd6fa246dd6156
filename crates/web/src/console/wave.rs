//! The picture of a call: two lanes of bars, from the peaks of the clips that were heard.

use std::{collections::HashMap, fmt::Write};

use audio::Pcm;
use serde::Serialize;

use super::{
    timeline::{Item, Kind, Timeline},
    waterfall::Waterfall,
};

/// Bars across the picture.
pub(super) const BARS: u32 = 360;

/// What one item looks like.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Shape {
    pub kind: Kind,
    /// Place and width in bars.
    pub x: f32,
    pub w: f32,
    /// Its bars as an SVG path; empty = its sound is not stored, it is drawn as an outline.
    pub path: String,
}

/// The picture.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Picture {
    pub bars: u32,
    pub agent: Vec<Shape>,
    pub caller: Vec<Shape>,
    /// Stretches of dead air, in bars.
    pub dead: Vec<(f32, f32)>,
}

/// Draws a call. `sounds` holds the audio of the stored objects.
pub(super) fn picture(
    line: &Timeline,
    falls: &Waterfall,
    sounds: &HashMap<String, Pcm>,
) -> Picture {
    let scale = BARS as f32 / line.length.max(1) as f32;
    let (mut agent, mut caller) = (Vec::new(), Vec::new());
    for item in &line.items {
        let shape = |path| Shape {
            kind: item.kind,
            x: item.from as f32 * scale,
            w: (item.to - item.from) as f32 * scale,
            path,
        };
        match item.kind {
            Kind::Agent | Kind::Filler | Kind::Read => {
                let sound = item.object.as_ref().and_then(|object| sounds.get(object));
                agent.push(shape(
                    sound.map_or(String::new(), |pcm| bars(item, pcm, scale)),
                ));
            }
            Kind::Caller | Kind::Keys => caller.push(shape(String::new())),
            Kind::Silence | Kind::Note => {}
        }
    }
    Picture {
        bars: BARS,
        agent,
        caller,
        dead: dead(falls, scale),
    }
}

/// Silence that the caller waited through, where it was.
fn dead(falls: &Waterfall, scale: f32) -> Vec<(f32, f32)> {
    let mut found = Vec::new();
    for row in &falls.rows {
        let mut at = row.from;
        for stretch in &row.stretches {
            if stretch.kind != "filler" {
                found.push((at as f32 * scale, stretch.ms as f32 * scale));
            }
            at = at.saturating_add(stretch.ms);
        }
    }
    found
}

/// One upright line for each bar of the picture that the item covers, mirrored around the middle (50).
fn bars(item: &Item, pcm: &Pcm, scale: f32) -> String {
    let from = (item.from as f32 * scale).floor() as u32;
    let to = ((item.to as f32 * scale).ceil() as u32).clamp(from + 1, BARS);
    let heard = if item.cut {
        let keep = u64::from(item.to - item.from) * u64::from(pcm.rate) / 1000;
        let keep = usize::try_from(keep)
            .unwrap_or(usize::MAX)
            .min(pcm.samples.len());
        &Pcm::new(pcm.rate, pcm.samples[..keep].to_vec())
    } else {
        pcm
    };
    let mut path = String::new();
    for (bar, peak) in (from..to).zip(audio::peaks(heard, (to - from) as usize)) {
        // A square root shows quiet speech as what it is: speech.
        let half = (peak.sqrt() * 46.0).max(1.5);
        let _ = write!(path, "M{bar}.5 {:.1}V{:.1}", 50.0 - half, 50.0 + half);
    }
    path
}

#[cfg(test)]
mod tests {
    use events::TurnId;

    use super::*;

    fn item(kind: Kind, from: u32, to: u32, object: Option<&str>) -> Item {
        let object = object.map(str::to_owned);
        Item {
            kind,
            turn: TurnId(1),
            from,
            to,
            text: String::new(),
            why: String::new(),
            object,
            cut: false,
        }
    }

    #[test]
    fn a_stored_clip_has_bars_and_anything_else_an_outline() {
        let items = vec![
            item(Kind::Agent, 0, 500, Some("a")),
            item(Kind::Caller, 500, 1000, None),
        ];
        let line = Timeline {
            length: 1000,
            items,
        };
        let falls = Waterfall {
            rows: vec![],
            ticks: vec![],
            target_x: 0.0,
            target: 300,
        };
        let sounds = HashMap::from([("a".to_owned(), Pcm::new(8000, vec![0.25; 4000]))]);
        let drawn = picture(&line, &falls, &sounds);
        assert_eq!(drawn.agent[0].path.matches('M').count(), 180);
        assert!(
            drawn.agent[0].path.starts_with("M0.5 27.0V73.0M1.5 "),
            "{}",
            drawn.agent[0].path
        );
        assert_eq!(
            (
                drawn.caller[0].x,
                drawn.caller[0].w,
                drawn.caller[0].path.as_str()
            ),
            (180.0, 180.0, "")
        );
    }

    #[test]
    fn a_call_without_length_is_still_a_picture() {
        let line = Timeline {
            length: 0,
            items: vec![item(Kind::Agent, 0, 0, None)],
        };
        let falls = Waterfall {
            rows: vec![],
            ticks: vec![],
            target_x: 0.0,
            target: 300,
        };
        assert_eq!(picture(&line, &falls, &HashMap::new()).agent.len(), 1);
    }
}
