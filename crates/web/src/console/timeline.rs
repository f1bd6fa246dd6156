//! A call as something to listen to: who was heard when, as a fold over its events.
//!
//! The decision: nothing is invented. What the caller heard is known to the millisecond, because each clip's length and
//! the moment its document left are events. The caller's side is not recorded by a carrier that sends words, so its
//! length is estimated from the words and marked so.

use std::collections::{BTreeMap, VecDeque};

use events::{At, ClipId, Event, Route, Stamped, TurnId};
use serde::Serialize;

use super::words;

/// What an item is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Kind {
    /// The agent, in a clip.
    Agent,
    /// A filler or a hold phrase.
    Filler,
    /// The agent's words, read by the carrier's own voice.
    Read,
    /// The caller's words.
    Caller,
    /// Keys that the caller pressed.
    Keys,
    /// The caller said nothing until the line gave up.
    Silence,
    /// Something that made no sound: a decision, a tool, an error.
    Note,
}

/// One thing that was heard or that happened. Times are milliseconds since the call began.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Item {
    /// What it is.
    pub kind: Kind,
    /// The turn it belongs to.
    pub turn: TurnId,
    /// When it began.
    pub from: u32,
    /// When it ended; the same as `from` for what made no sound.
    pub to: u32,
    /// Its words.
    pub text: String,
    /// What is behind it, for the operator.
    pub why: String,
    /// Its audio, when that is stored.
    pub object: Option<String>,
    /// The caller cut it off.
    pub cut: bool,
}

/// A call, in order of what was heard.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(super) struct Timeline {
    /// The whole length, ms.
    pub length: u32,
    /// In order.
    pub items: Vec<Item>,
}

/// A clip, as it becomes known.
#[derive(Default)]
struct Clip {
    text: String,
    ms: u32,
    object: Option<String>,
    why: String,
    filler: bool,
    plain: bool,
}

#[derive(Default)]
struct Fold {
    began: At,
    now: u32,
    clips: BTreeMap<ClipId, Clip>,
    /// Handed to the line, not yet in a document that left.
    ready: VecDeque<ClipId>,
    /// When the sound that is playing ends.
    busy: u32,
    /// When each turn's words were reported.
    asked: BTreeMap<TurnId, u32>,
    items: Vec<Item>,
}

impl Timeline {
    /// The timeline of these events. `filler_audio` finds the stored audio of a filler by its class and words.
    pub fn of(events: &[Stamped], filler_audio: impl Fn(&str, &str) -> Option<String>) -> Self {
        let mut fold = Fold {
            began: events.first().map_or(At(0), |first| first.at),
            ..Fold::default()
        };
        for stamped in events {
            fold.now = u32::try_from(stamped.at.since(fold.began)).unwrap_or(u32::MAX);
            fold.add(&stamped.event, &filler_audio);
        }
        let sounds = fold.items.iter().map(|item| item.to).max().unwrap_or(0);
        Self {
            length: sounds.max(fold.now),
            items: fold.items,
        }
    }
}

impl Fold {
    fn add(&mut self, event: &Event, filler_audio: &impl Fn(&str, &str) -> Option<String>) {
        match event {
            Event::Asked {
                route: Route::Process,
                turn,
                ..
            } => {
                self.asked.insert(*turn, self.now);
            }
            Event::Answered { clips, .. } => self.answered(clips),
            Event::Heard { turn, text, digits } => self.heard(*turn, text, *digits),
            Event::Silent { turn } => self.silent(*turn),
            Event::Sentence { .. } | Event::Voiced { .. } | Event::Said { .. } => self.clip(event),
            Event::Filler { .. } => self.filler(event, filler_audio),
            other => self.other(other),
        }
    }

    /// What becomes known of a sentence.
    fn clip(&mut self, event: &Event) {
        match event {
            Event::Sentence { clip, text } => {
                self.clips.entry(*clip).or_default().text.clone_from(text);
            }
            Event::Voiced {
                clip,
                audio_ms,
                provider,
                cached,
                object,
            } => {
                let known = self.clips.entry(*clip).or_default();
                known.ms = *audio_ms;
                known.object.clone_from(object);
                let found = if *cached {
                    ", found spoken already"
                } else {
                    ""
                };
                known.why = format!("spoken by {provider}{found}");
            }
            Event::Said { clip, text, plain } => {
                let known = self.clips.entry(*clip).or_default();
                known.text.clone_from(text);
                known.plain = *plain;
                self.ready.push_back(*clip);
            }
            _ => {}
        }
    }

    fn filler(&mut self, event: &Event, audio: &impl Fn(&str, &str) -> Option<String>) {
        let Event::Filler {
            clip,
            class,
            text,
            audio_ms,
            reason,
            predicted_ms,
        } = event
        else {
            return;
        };
        let wait = predicted_ms.map_or(String::new(), |ms| {
            format!(" (expected wait {})", words::ms(ms))
        });
        let known = Clip {
            text: text.clone(),
            ms: *audio_ms,
            object: audio(class, text),
            why: format!("filler, {class}: {}{wait}", words::filler_reason(*reason)),
            filler: true,
            plain: false,
        };
        self.clips.insert(*clip, known);
        self.ready.push_back(*clip);
    }

    /// What made no sound and explains what did.
    fn other(&mut self, event: &Event) {
        let (turn, text) = match event {
            Event::NoFiller { turn, reason } => (
                *turn,
                format!("no filler: {}", words::filler_reason(*reason)),
            ),
            Event::ToolDone { turn, tool, detail } => (*turn, format!("{tool}: {detail}")),
            Event::VoiceFailed { clip, why } => {
                (clip.turn, format!("a sentence could not be spoken: {why}"))
            }
            Event::ReplyFailed { turn, why } => (*turn, format!("the agent failed: {why}")),
            Event::Transferred { turn, label } => (*turn, format!("handed over to {label}")),
            _ => return,
        };
        self.note(turn, text);
    }

    fn note(&mut self, turn: TurnId, text: String) {
        self.items.push(Item {
            kind: Kind::Note,
            turn,
            from: self.now,
            to: self.now,
            text,
            why: String::new(),
            object: None,
            cut: false,
        });
    }

    /// A document left: what it plays, one after the other, from now on.
    fn answered(&mut self, played: &[ClipId]) {
        let mut from = self.now;
        let ready = std::mem::take(&mut self.ready);
        for id in ready {
            let Some(clip) = self.clips.get(&id) else {
                continue;
            };
            if !clip.plain && !played.contains(&id) {
                self.ready.push_back(id);
                continue;
            }
            let silent_clip = clip.plain || clip.ms == 0;
            let ms = if silent_clip {
                text::speaking_ms(&clip.text)
            } else {
                clip.ms
            };
            let kind = match (clip.filler, clip.plain) {
                (true, _) => Kind::Filler,
                (_, true) => Kind::Read,
                _ => Kind::Agent,
            };
            let why = if clip.plain {
                "read by the carrier's own voice".to_owned()
            } else {
                clip.why.clone()
            };
            self.items.push(Item {
                kind,
                turn: id.turn,
                from,
                to: from.saturating_add(ms),
                text: clip.text.clone(),
                why,
                object: clip.object.clone().filter(|_| !clip.plain),
                cut: false,
            });
            from = from.saturating_add(ms);
        }
        self.busy = self.busy.max(from);
    }

    /// What was still playing when the caller's words were reported had been cut off by them.
    fn cut(&mut self, at: u32) {
        for item in self
            .items
            .iter_mut()
            .rev()
            .take_while(|item| item.kind != Kind::Caller)
        {
            if item.to > at && item.from < item.to {
                item.cut = true;
                item.from = item.from.min(at);
                item.to = at;
            }
        }
        self.busy = self.busy.min(at);
    }

    fn heard(&mut self, turn: TurnId, said: &str, digits: bool) {
        let to = self.asked.get(&turn).copied().unwrap_or(self.now);
        self.cut(to);
        let length = if digits { 300 } else { text::speaking_ms(said) };
        let (kind, why) = if digits {
            (Kind::Keys, "pressed".to_owned())
        } else {
            (
                Kind::Caller,
                "not recorded; its place is estimated from its words".to_owned(),
            )
        };
        // They began when we were quiet, unless they spoke into our words.
        let from = to.saturating_sub(length).max(self.busy.min(to));
        self.items.push(Item {
            kind,
            turn,
            from,
            to,
            text: said.to_owned(),
            why,
            object: None,
            cut: false,
        });
        self.busy = to;
    }

    fn silent(&mut self, turn: TurnId) {
        let to = self.asked.get(&turn).copied().unwrap_or(self.now);
        let from = self.busy.min(to);
        self.items.push(Item {
            kind: Kind::Silence,
            turn,
            from,
            to,
            text: String::new(),
            why: String::new(),
            object: None,
            cut: false,
        });
        self.busy = to;
    }
}

#[cfg(test)]
mod tests {
    use events::{CallId, FillerReason};

    use super::*;

    fn clip(turn: u32, index: u32) -> ClipId {
        ClipId {
            turn: TurnId(turn),
            index,
        }
    }

    fn said(clip: ClipId, text: &str) -> Event {
        Event::Said {
            clip,
            text: text.into(),
            plain: false,
        }
    }

    fn voiced(clip: ClipId, ms: u32) -> Event {
        Event::Voiced {
            clip,
            audio_ms: ms,
            provider: "embedded".into(),
            cached: false,
            object: Some("o".into()),
        }
    }

    fn answered(turn: u32, clips: &[ClipId]) -> Event {
        Event::Answered {
            route: Route::Ready,
            turn: TurnId(turn),
            held_ms: 0,
            clips: clips.to_vec(),
            texts: 0,
            listens: true,
        }
    }

    fn asked(turn: u32, route: Route) -> Event {
        Event::Asked {
            route,
            turn: TurnId(turn),
            hop: 0,
        }
    }

    fn heard(turn: u32, text: &str) -> Event {
        Event::Heard {
            turn: TurnId(turn),
            text: text.into(),
            digits: false,
        }
    }

    fn timeline(events: Vec<(u64, Event)>) -> Vec<(Kind, u32, u32, String)> {
        let call = CallId::parse("CA1").unwrap();
        let stamp = |(at, event)| Stamped {
            call: call.clone(),
            seq: 0,
            at: At(at),
            event,
        };
        let events: Vec<Stamped> = events.into_iter().map(stamp).collect();
        let line = Timeline::of(&events, |_, _| None);
        line.items
            .into_iter()
            .map(|i| (i.kind, i.from, i.to, i.text))
            .collect()
    }

    #[test]
    fn clips_follow_each_other_from_the_moment_their_document_left() {
        let (a, b) = (clip(0, 0), clip(0, 1));
        let heard = timeline(vec![
            (1000, asked(0, Route::Incoming)),
            (1000, voiced(a, 900)),
            (1001, voiced(b, 400)),
            (1002, said(a, "Hello.")),
            (1002, said(b, "Speak.")),
            (1010, answered(0, &[a, b])),
        ]);
        assert_eq!(
            heard,
            [
                (Kind::Agent, 10, 910, "Hello.".into()),
                (Kind::Agent, 910, 1310, "Speak.".into())
            ]
        );
    }

    #[test]
    fn a_sentence_waits_for_the_document_that_plays_it() {
        let (filler, answer) = (clip(1, 0), clip(1, 1));
        let played = Event::Filler {
            clip: filler,
            class: "lookup".into(),
            text: "One moment.".into(),
            audio_ms: 700,
            reason: FillerReason::PredictedLate,
            predicted_ms: Some(900),
        };
        let line = timeline(vec![
            (0, asked(1, Route::Process)),
            (0, played),
            (1, answered(1, &[filler])),
            (300, voiced(answer, 500)),
            (300, said(answer, "Yes.")),
            (800, answered(1, &[answer])),
        ]);
        assert_eq!(line[0], (Kind::Filler, 1, 701, "One moment.".into()));
        assert_eq!(line[1], (Kind::Agent, 800, 1300, "Yes.".into()));
    }

    #[test]
    fn words_into_ours_cut_them_and_never_run_backwards() {
        let a = clip(0, 0);
        let line = timeline(vec![
            (0, voiced(a, 5000)),
            (0, said(a, "A long story.")),
            (0, answered(0, &[a])),
            (2000, asked(1, Route::Process)),
            (2001, heard(1, "Stop.")),
        ]);
        assert_eq!(line[0], (Kind::Agent, 0, 2000, "A long story.".into()));
        assert_eq!(line[1].0, Kind::Caller);
        assert!(line[1].1 <= line[1].2 && line[1].2 == 2000, "{line:?}");
    }

    #[test]
    fn words_after_ours_begin_no_earlier_than_ours_ended() {
        let a = clip(0, 0);
        let line = timeline(vec![
            (0, voiced(a, 1000)),
            (0, said(a, "Hello.")),
            (0, answered(0, &[a])),
            (1500, asked(1, Route::Process)),
            (
                1500,
                heard(
                    1,
                    "I would like to book a cleaning for next Tuesday at ten please",
                ),
            ),
        ]);
        assert_eq!((line[1].1, line[1].2), (1000, 1500));
    }
}
