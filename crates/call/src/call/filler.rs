//! Fillers: when one helps, which one fits, and when the waiting is over (CALLER §2.3).
//!
//! The decision: a filler is judged by the silence it saves. What is predicted comes from the business's own recent
//! answers ([`crate::Forecast`]); a silence longer than `brief_ms` is never chosen, only suffered when the prediction was wrong.

use events::{At, Event, FillerReason};
use text::FillerClass;

use super::Call;
use crate::{
    order::{Order, Sound},
    policy::{FillerClip, FillerMode, Traits},
    turn::Turn,
};

/// Second-stage phrases per turn.
const HOLDS: u32 = 2;

/// A wait up to this long is short enough to spare the caller a second filler in a row, ms.
const SHORT_WAIT_MS: u32 = 1_000;

/// How long the blocking flow waits for the agent, ms: well below what carriers allow a webhook.
const BLOCKING_MS: u64 = 10_000;

/// Clips whose cost is this close to the best are equals, ms; the call's seed chooses among them.
const EQUAL_MS: u32 = 120;

/// What an opening clip of the next best class must fit better by, ms; else the best class has it.
const OTHER_CLASS_MS: u32 = 200;

/// The same where the class matters more than the fit: only a class that is used up leaves it to the next.
const ONLY_CLASS_MS: u32 = 10_000_000;

/// Length that is aimed at while nothing is known, ms.
const USUAL_MS: u32 = 1_500;

impl Call {
    /// The caller has spoken: hold for the answer, or play something at once.
    pub(super) fn plan_opening(&mut self, turn: &mut Turn, now: At, out: &mut Vec<Order>) {
        let fillers = &self.policy.fillers;
        let predicted = self.predicted(turn, now);
        let soon = self
            .last_filler
            .is_some_and(|(_, at)| now.since(at) < u64::from(fillers.min_gap_ms));
        let brief = predicted.is_none_or(|ms| ms <= SHORT_WAIT_MS);
        let skip = match fillers.mode {
            FillerMode::Off => Some(FillerReason::Off),
            FillerMode::Control => Some(FillerReason::ControlArm),
            FillerMode::On if is_short_reply(turn) => Some(FillerReason::ShortReply),
            FillerMode::On if soon && brief => Some(FillerReason::TooSoon),
            FillerMode::On => None,
        };
        if let Some(reason) = skip {
            out.push(Order::Note(Event::NoFiller {
                turn: turn.id,
                reason,
            }));
            if fillers.mode == FillerMode::On {
                self.hold_back(turn, now, out);
            } else {
                turn.give_up = turn.give_up.min(now + BLOCKING_MS);
            }
            return;
        }
        if fillers.grace_ms == 0 || predicted.is_some_and(|ms| ms > fillers.grace_ms) {
            self.play(turn, FillerReason::PredictedLate, now, out);
        } else {
            turn.decide = Some(now + u64::from(fillers.grace_ms));
        }
    }

    /// No opening filler fits here: the answer is waited for in silence, or a hold phrase goes out at once when the answer
    /// is predicted to come too late for that.
    fn hold_back(&mut self, turn: &mut Turn, now: At, out: &mut Vec<Order>) {
        turn.holding = true;
        let lull = self.traits.second_stage_ms;
        let longest = lull.saturating_add(self.traits.brief_ms);
        if self.predicted(turn, now).is_some_and(|ms| ms > longest) {
            self.play(turn, FillerReason::StillWaiting, now, out);
        } else {
            turn.decide = Some(now + u64::from(lull));
        }
    }

    /// What was playing has ended and the rest of the answer is still out.
    pub(super) fn plan_second(&mut self, turn: &mut Turn, now: At, out: &mut Vec<Order>) {
        turn.decide = None;
        let Some(quiet) = turn.quiet else { return };
        if self.policy.fillers.mode != FillerMode::On {
            return;
        }
        // What is recited has nothing to hold for: it is read instead (`turn_tick`).
        let fills = turn.words.is_some() && turn.holds < HOLDS;
        let first = fills && turn.nothing_said();
        let predicted = self.predicted(turn, now);
        let Traits {
            second_stage_ms,
            brief_ms,
            ..
        } = self.traits;
        let patience = match (first, turn.holding) {
            // Silent on purpose; a moment more is better than a phrase that the answer would have to wait for.
            (true, true) => u64::from(second_stage_ms) + u64::from(brief_ms),
            (true, false) => u64::from(brief_ms),
            // Every phrase is used up and the answer far: who apologises at once leaves nobody in silence.
            (false, _) if !fills && turn.nothing_said() && predicted > Some(second_stage_ms) => {
                u64::from(brief_ms)
            }
            (false, _) => u64::from(second_stage_ms),
        };
        let end = quiet + patience;
        if now >= end {
            if fills {
                self.play(turn, FillerReason::StillWaiting, now, out);
            }
            return;
        }
        let soon = predicted.map_or(!turn.holding, |ms| u64::from(ms) <= end.since(now));
        if first && !soon {
            self.play(turn, FillerReason::StillWaiting, now, out);
        } else {
            turn.decide = Some(end);
        }
    }

    /// A decision that was put off is due.
    pub(super) fn decide(&mut self, turn: &mut Turn, now: At, out: &mut Vec<Order>) {
        turn.decide = None;
        if turn.quiet.is_none() {
            return;
        }
        let silent = !turn.opened && turn.holds == 0 && turn.nothing_said();
        if silent && !turn.holding {
            let reason = if turn.tool {
                FillerReason::Tool
            } else {
                FillerReason::GraceOver
            };
            self.play(turn, reason, now, out);
        } else {
            self.plan_second(turn, now, out);
        }
    }

    /// How much longer the caller waits for the next sentence, ms: while its words are out by the whole answer, then by
    /// the voice alone.
    fn predicted(&self, turn: &Turn, now: At) -> Option<u32> {
        let voice = turn
            .voicing_since()
            .and_then(|asked| self.forecast.voice(ms(now.since(asked))));
        voice.or_else(|| self.forecast.remaining(ms(now.since(turn.since))))
    }

    /// Lets the caller hear the filler that fits best, if there is one left.
    fn play(&mut self, turn: &mut Turn, reason: FillerReason, now: At, out: &mut Vec<Order>) {
        let opening = reason != FillerReason::StillWaiting;
        let predicted = self.predicted(turn, now);
        let classes = classes(turn, opening);
        // What a tool does is named, and a hold phrase does not sound like an opening.
        let other_ms = if opening && !turn.tool {
            OTHER_CLASS_MS
        } else {
            ONLY_CLASS_MS
        };
        let place = self.pick(&classes, other_ms, predicted.unwrap_or(USUAL_MS));
        turn.holding = false;
        if opening {
            turn.opened = true;
        } else {
            turn.holds += 1;
        }
        let Some(place) = place else {
            out.push(Order::Note(Event::NoFiller {
                turn: turn.id,
                reason: FillerReason::NoClip,
            }));
            turn.decide = Some(now + u64::from(self.traits.second_stage_ms));
            return;
        };
        self.used.push(place);
        self.last_filler = Some((place, now));
        let FillerClip {
            class,
            text,
            object,
            ms,
        } = self.policy.fillers.clips[usize::from(place)].clone();
        let clip = turn.clip();
        turn.quiet = None;
        turn.decide = None;
        self.playing.push_back((clip, String::new()));
        let class = class.name().to_owned();
        out.push(Order::Note(Event::Filler {
            clip,
            class,
            text: text.clone(),
            audio_ms: ms,
            reason,
            predicted_ms: predicted,
        }));
        let sound = if object.is_empty() {
            Sound::Text(text)
        } else {
            Sound::Clip { object, ms }
        };
        out.push(Order::Say {
            clip,
            sound,
            filler: true,
        });
    }

    /// The place of the clip that was not heard yet and fits the wait that is left; the classes stand in order.
    fn pick(&mut self, classes: &[FillerClass], other_ms: u32, wait: u32) -> Option<u16> {
        let policy = self.policy.clone();
        // One text may be in several classes: it is the words that must not be heard again.
        let words = |place: u16| {
            let clip = policy.fillers.clips.get(usize::from(place));
            clip.map_or("", |clip| clip.text.as_str())
        };
        let last = self.last_filler.map(|(place, _)| words(place));
        let fresh = |call: &Call, place: &u16| {
            let text = words(*place);
            last != Some(text) && call.used.iter().all(|used| words(*used) != text)
        };
        let mut place = self.best(classes, other_ms, wait, fresh);
        if place.is_none() {
            // The bag is empty: shuffle again, but never the same clip twice running.
            let bag: Vec<&str> = policy
                .fillers
                .clips
                .iter()
                .filter(|clip| classes.contains(&clip.class))
                .map(|clip| clip.text.as_str())
                .collect();
            self.used.retain(|place| !bag.contains(&words(*place)));
            place = self.best(classes, other_ms, wait, |_, place| {
                last != Some(words(*place))
            });
        }
        place
    }

    fn best(
        &mut self,
        classes: &[FillerClass],
        other_ms: u32,
        wait: u32,
        allowed: impl Fn(&Call, &u16) -> bool,
    ) -> Option<u16> {
        let brief = self.traits.brief_ms;
        let clips = &self.policy.fillers.clips;
        let costs: Vec<(u32, FillerClass, u16)> = (0..=u16::MAX)
            .zip(clips)
            .filter_map(|(place, clip)| {
                let rank = (0u32..).zip(classes).find(|(_, c)| **c == clip.class)?.0;
                let strange = rank.saturating_mul(other_ms);
                let cost = cost(clip, wait, brief).saturating_add(strange);
                allowed(self, &place).then_some((cost, clip.class, place))
            })
            .collect();
        let (least, best, _) = *costs.iter().min_by_key(|(cost, ..)| *cost)?;
        let equals: Vec<u16> = costs
            .iter()
            .filter(|(cost, class, _)| *class == best && *cost <= least.saturating_add(EQUAL_MS))
            .map(|(.., place)| *place)
            .collect();
        let draw = self.draw() as usize % equals.len();
        equals.get(draw).copied()
    }

    /// The next number of this call's own sequence (splitmix64 of the seed and a counter).
    fn draw(&mut self) -> u64 {
        self.draws += 1;
        let mut z = self
            .seed
            .wrapping_add(self.draws.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
}

/// How badly a clip fits, ms: silence after it beyond `brief`, or the answer held up by it. A clip without audio is the
/// last resort.
fn cost(clip: &FillerClip, wait: u32, brief: u32) -> u32 {
    let fit = if clip.ms >= wait {
        clip.ms - wait
    } else {
        (wait - clip.ms).saturating_sub(brief)
    };
    if clip.object.is_empty() {
        fit.saturating_add(100_000)
    } else {
        fit
    }
}

fn ms(wait: u64) -> u32 {
    u32::try_from(wait).unwrap_or(u32::MAX)
}

/// The classes to look in, the best first; only neutral ones are used beyond the intent itself.
fn classes(turn: &Turn, opening: bool) -> Vec<FillerClass> {
    let mut classes = if opening || turn.tool {
        vec![turn.intent]
    } else {
        vec![FillerClass::Hold]
    };
    let more = [FillerClass::Lookup, FillerClass::Think];
    let holds = [FillerClass::Hold, FillerClass::Think, FillerClass::Lookup];
    for class in if opening { &more[..] } else { &holds[..] } {
        if !classes.contains(class) {
            classes.push(*class);
        }
    }
    classes
}

/// A word or two, yes or no, or a goodbye: a filler would be silly there.
fn is_short_reply(turn: &Turn) -> bool {
    const YES_NO: [&str; 12] = [
        "yes", "no", "yeah", "yep", "yup", "nope", "sure", "okay", "ok", "correct", "right", "nah",
    ];
    let Some((words, digits)) = &turn.words else {
        return true;
    };
    let words: Vec<String> = words
        .split_whitespace()
        .map(|word| {
            word.trim_matches(|c: char| !c.is_alphanumeric())
                .to_lowercase()
        })
        .filter(|word| !word.is_empty())
        .collect();
    let begins = words
        .first()
        .is_some_and(|word| YES_NO.contains(&word.as_str()));
    let leaves = words.iter().any(|word| word == "bye" || word == "goodbye");
    *digits || words.len() <= 2 || (begins && words.len() <= 5) || (leaves && words.len() <= 8)
}
