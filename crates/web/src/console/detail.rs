//! One call: why it ended, what was heard, what each turn's wait was made of, and what went over the wire.

use std::collections::HashMap;

use ::audio::Pcm;
use actix_web::{HttpRequest, HttpResponse, web};
use events::{At, CallId, Ledger, Stamped};
use serde::Serialize;
use store::CallRow;

use super::{
    Operator, Page,
    calls::Names,
    page::{self, Trouble},
    see, sound,
    timeline::{Item, Kind, Timeline},
    waterfall::Waterfall,
    wave::{self, Picture},
    words::{self, Ending, Moment},
    xml,
};
use crate::App;

/// Events that are listed.
const EVENTS: usize = 600;

pub(super) fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/console/calls/{id}", web::get().to(call))
        .route("/console/calls/{id}/progress", web::get().to(progress))
        .route("/console/calls/{id}/audio.wav", web::get().to(audio))
        .route("/console/calls/{id}/hangup", web::post().to(hang_up));
}

/// What is stored of a call, read once.
struct Known {
    row: CallRow,
    /// When its first event happened; all times on the page count from here.
    began: At,
    events: Vec<Stamped>,
    line: Timeline,
    falls: Waterfall,
}

async fn know(app: &App, id: &str) -> Result<Known, Trouble> {
    let id = CallId::parse(id).map_err(|_| Trouble::not_found("call"))?;
    let records = &app.switchboard.parts().records;
    let row = records
        .call(&id)
        .await?
        .ok_or_else(|| Trouble::not_found("call"))?;
    let events = records.events(&id).await?;
    let clips = records.clips(&row.business).await?;
    let line = Timeline::of(&events, |class, text| {
        let made = clips
            .iter()
            .find(|clip| clip.class == class && clip.text == text);
        made.map(|clip| clip.object.clone())
    });
    let began = events.first().map_or(row.started, |first| first.at);
    let falls = Waterfall::of(&Ledger::of(&events), began, app.settings.target_dead_air_ms);
    Ok(Known {
        row,
        began,
        events,
        line,
        falls,
    })
}

/// A line of the transcript.
#[derive(Serialize)]
struct Spoken<'a> {
    key: usize,
    at: String,
    #[serde(flatten)]
    item: &'a Item,
}

/// A request of the carrier and our answer.
#[derive(Serialize)]
struct Asked {
    at: String,
    path: String,
    heard: String,
    held: String,
    xml: String,
}

/// An event, for those who want to see everything.
#[derive(Serialize)]
struct Raw {
    at: String,
    name: &'static str,
    turn: Option<u32>,
    json: String,
}

#[derive(Serialize)]
struct View<'a> {
    id: String,
    business: String,
    from: Option<String>,
    when: Moment,
    live: bool,
    length: u32,
    turns: u32,
    code: Option<String>,
    ending: Ending,
    evidence: Vec<String>,
    worst: u32,
    over: bool,
    fillers: u32,
    spoken: Vec<Spoken<'a>>,
    falls: &'a Waterfall,
    picture: Picture,
    playable: bool,
    lost: usize,
    asked: Vec<Asked>,
    raw: Vec<Raw>,
    more_raw: bool,
}

async fn call(_: Operator, app: web::Data<App>, id: web::Path<String>) -> Page {
    let known = know(&app, &id).await?;
    let sounds = sound::sounds(&app, &known.line).await;
    let title = match &known.row.from {
        Some(from) => format!("Call from {from}"),
        None => "Call from a hidden number".to_owned(),
    };
    let view = view(&app, &known, &sounds);
    page::render(&app, "call.html", ("calls", &title), view)
}

fn view<'a>(app: &App, known: &'a Known, sounds: &HashMap<String, Pcm>) -> View<'a> {
    let names = Names::of(app);
    let (row, rows) = (&known.row, &known.falls.rows);
    let worst = rows.iter().map(|row| row.dead).max().unwrap_or(0);
    View {
        id: row.call.to_string(),
        business: names.name(&row.business).to_owned(),
        from: row.from.clone(),
        when: words::moment(row.started, names.zone(&row.business)),
        live: row.ended.is_none(),
        length: known.line.length,
        turns: row.turns,
        ending: words::ending(row.outcome.as_deref()),
        code: row.outcome.clone(),
        evidence: evidence(known),
        worst,
        over: worst > app.settings.target_dead_air_ms,
        fillers: rows.iter().map(|row| row.fillers).sum(),
        spoken: spoken(&known.line),
        falls: &known.falls,
        picture: wave::picture(&known.line, &known.falls, sounds),
        playable: !sounds.is_empty() && row.ended.is_some(),
        lost: lost(&known.line, sounds),
        asked: asked(app, known),
        raw: raw(known),
        more_raw: known.events.len() > EVENTS,
    }
}

/// Clips that were heard and are not stored any more.
fn lost(line: &Timeline, sounds: &HashMap<String, Pcm>) -> usize {
    let stored = |object: &String| sounds.contains_key(object);
    line.items
        .iter()
        .filter(|item| matches!(item.kind, Kind::Agent | Kind::Filler) && item.to > item.from)
        .filter(|item| !item.object.as_ref().is_some_and(stored))
        .count()
}

fn spoken(line: &Timeline) -> Vec<Spoken<'_>> {
    let items = line.items.iter().enumerate();
    items
        .map(|(key, item)| Spoken {
            key,
            at: stamp(item.from),
            item,
        })
        .collect()
}

/// `m:ss.t` since the call began.
fn stamp(ms: u32) -> String {
    format!("{}:{:02}.{}", ms / 60_000, ms / 1000 % 60, ms / 100 % 10)
}

/// What in the record speaks for the outcome: the last things that happened, and everything that went wrong.
fn evidence(known: &Known) -> Vec<String> {
    let notes = known
        .line
        .items
        .iter()
        .filter(|item| item.kind == Kind::Note);
    let wrong = notes.filter(|item| {
        ["a sentence could not", "the agent failed", "handed over"]
            .iter()
            .any(|start| item.text.starts_with(start))
    });
    let mut lines: Vec<String> = wrong
        .take(5)
        .map(|item| format!("{} — {}", stamp(item.from), item.text))
        .collect();
    let last = known
        .line
        .items
        .iter()
        .rev()
        .find(|item| item.kind != Kind::Note);
    let last_words = last.map(|item| match item.kind {
        Kind::Caller => format!(
            "{} — the caller’s last words: “{}”",
            stamp(item.from),
            item.text
        ),
        Kind::Keys => format!("{} — the caller pressed {}", stamp(item.from), item.text),
        Kind::Silence => format!("{} — the caller said nothing", stamp(item.from)),
        _ => format!("{} — our last words: “{}”", stamp(item.from), item.text),
    });
    lines.extend(last_words);
    lines
}

fn asked(app: &App, known: &Known) -> Vec<Asked> {
    let exchanges = app.traffic.of(&known.row.call).into_iter();
    exchanges
        .map(|exchange| Asked {
            at: stamp(u32::try_from(exchange.at.since(known.began)).unwrap_or(u32::MAX)),
            path: without_tag(&exchange.path),
            heard: match (exchange.heard.speech, exchange.heard.digits) {
                (Some(speech), _) => format!("“{speech}”"),
                (None, Some(digits)) => format!("keys {digits}"),
                (None, None) => String::new(),
            },
            held: words::ms(u32::try_from(exchange.micros / 1000).unwrap_or(u32::MAX)),
            xml: xml::pretty(&exchange.xml),
        })
        .collect()
}

/// The tag in an address proves that the call was ours: it is for the carrier, not for pictures of this page.
fn without_tag(path: &str) -> String {
    match path.split_once("k=") {
        Some((before, _)) => format!("{before}k=…"),
        None => path.to_owned(),
    }
}

fn raw(known: &Known) -> Vec<Raw> {
    let events = known.events.iter().take(EVENTS);
    events
        .map(|stamped| Raw {
            at: stamp(u32::try_from(stamped.at.since(known.began)).unwrap_or(u32::MAX)),
            name: stamped.event.name(),
            turn: stamped.event.turn().map(|turn| turn.0),
            json: serde_json::to_string(&stamped.event).unwrap_or_default(),
        })
        .collect()
}

/// Transcript and waterfall alone, for pages that follow a call.
#[derive(Serialize)]
struct Progress<'a> {
    spoken: Vec<Spoken<'a>>,
    falls: &'a Waterfall,
    seekable: bool,
}

async fn progress(_: Operator, app: web::Data<App>, id: web::Path<String>) -> Page {
    let known = know(&app, &id).await?;
    let view = Progress {
        spoken: spoken(&known.line),
        falls: &known.falls,
        seekable: false,
    };
    page::fragment("progress.html", view)
}

async fn audio(
    _: Operator,
    app: web::Data<App>,
    request: HttpRequest,
    id: web::Path<String>,
) -> Page {
    let known = know(&app, &id).await?;
    let sounds = sound::sounds(&app, &known.line).await;
    if sounds.is_empty() {
        return Err(Trouble::not_found(
            "recording: the clips of this call are not stored any more",
        ));
    }
    Ok(sound::send(&request, sound::whole(&known.line, &sounds)))
}

async fn hang_up(
    _: Operator,
    app: web::Data<App>,
    id: web::Path<String>,
) -> Result<HttpResponse, Trouble> {
    let id = CallId::parse(&id).map_err(|_| Trouble::not_found("call"))?;
    // A call that ended meanwhile is what was wanted.
    let _ = app.switchboard.hang_up(&id).await;
    Ok(see("/console/live"))
}
