//! The reference model: what a caller may hear, and what must become of every piece of work.
//!
//! It knows only what goes into a call and what comes out of it, and is written from the rules, not from the code:
//! sentences of one reply, in order, each once, only after what the caller last said; fillers only while a reply is out
//! and nothing else is left to hear; the caller's turn is always reached; silence is bounded; work that was begun is
//! answered or forgotten; nothing comes after the end.

use std::collections::VecDeque;

use call::{Call, FillerMode, Input, Order, Policy, Profile, Sound, Then, Traits};
use events::{At, ClipId, Event, FillerReason, TurnId};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Whose {
    Ringing,
    Ours,
    Theirs,
    Person,
    Closing,
    Over,
}

/// What we have to say until it is the caller's turn again.
#[derive(Debug, Default)]
struct Stretch {
    turn: u32,
    lines: Vec<String>,
    then: Option<Then>,
    /// The caller asked for it; else it is recited.
    asked: bool,
    /// They asked with a word or two, yes or no, keys or a goodbye.
    briefly: bool,
    /// The whole of it is known to the call.
    complete: bool,
    apologised: bool,
    said: usize,
    /// What of it counts as heard, for the history.
    told: Vec<(ClipId, String)>,
    openings: u32,
    holds: u32,
    clips: Vec<(ClipId, Option<bool>)>,
}

/// Watches one call.
pub struct Judge {
    policy: Policy,
    traits: Traits,
    whose: Whose,
    next: u32,
    silences: usize,
    stretch: Stretch,
    coming: (Vec<String>, Option<Then>),
    /// The thought that is neither answered nor forgotten.
    thought: Option<u32>,
    unanswered: Option<(String, bool)>,
    must_apologise: bool,
    cause: Option<Input>,
    stale: bool,
    resumed: bool,
    reason: Option<FillerReason>,
    /// Handed to the line and not begun.
    to_hear: VecDeque<String>,
    /// Handed to the line and not reported as played.
    at_line: VecDeque<ClipId>,
    silent_since: Option<At>,
    ours_since: At,
    theirs_since: At,
    quiet_told: At,
    fillers: Vec<(String, usize)>,
    last_filler: String,
    gone: bool,
    ended: u32,
}

/// How much later than the rules anything may happen: late ticks, late reports, round trips, ms.
const SLACK: u64 = 900;

type Verdict = Result<(), String>;

fn check(holds: bool, why: impl FnOnce() -> String) -> Verdict {
    if holds { Ok(()) } else { Err(why()) }
}

fn sentences(text: &str) -> Vec<String> {
    let parts = text.split_inclusive('.').map(|part| part.trim().to_owned());
    parts.filter(|part| !part.is_empty()).collect()
}

impl Judge {
    pub fn new(policy: Policy, traits: Traits) -> Self {
        Self {
            fillers: policy
                .fillers
                .clips
                .iter()
                .map(|clip| (clip.text.clone(), 0))
                .collect(),
            policy,
            traits,
            whose: Whose::Ringing,
            next: 0,
            silences: 0,
            stretch: Stretch::default(),
            coming: (Vec::new(), None),
            thought: None,
            unanswered: None,
            must_apologise: false,
            cause: None,
            stale: false,
            resumed: false,
            reason: None,
            to_hear: VecDeque::new(),
            at_line: VecDeque::new(),
            silent_since: Some(At(0)),
            ours_since: At(0),
            theirs_since: At(0),
            quiet_told: At(0),
            last_filler: String::new(),
            gone: false,
            ended: 0,
        }
    }

    /// The agent will reply so to what it is asked next.
    pub fn will_reply(&mut self, lines: &[String], then: &Then) {
        self.coming = (lines.to_vec(), Some(then.clone()));
    }

    fn begin(&mut self, lines: Vec<String>, then: Option<Then>, asked: bool, now: At) {
        self.stretch = Stretch {
            turn: self.next,
            lines,
            then,
            asked,
            complete: !asked,
            ..Stretch::default()
        };
        self.next += 1;
        self.whose = Whose::Ours;
        self.ours_since = now;
    }

    fn recite(&mut self, text: &str, then: Then, now: At) {
        self.begin(sentences(text), Some(then), false, now);
    }

    /// Takes note of an input before the call gets it.
    pub fn before(&mut self, input: &Input, now: At) {
        self.cause = Some(input.clone());
        self.resumed = false;
        let ours = self.whose == Whose::Ours;
        let fresh = |turn: &TurnId| ours && turn.0 == self.stretch.turn;
        self.stale = match input {
            Input::Reply { turn, .. }
            | Input::ReplyDone { turn, .. }
            | Input::ReplyFailed { turn, .. } => self.thought != Some(turn.0),
            Input::Busy { .. } | Input::Forecast(_) => true,
            Input::Voiced { clip, .. } | Input::VoiceFailed { clip } => !fresh(&clip.turn),
            Input::Words { .. } | Input::Silence => {
                !(self.whose == Whose::Theirs || ours && self.traits.barge_in)
            }
            Input::Onset => !self.traits.barge_in,
            Input::Returned { .. } => self.whose != Whose::Person,
            Input::Answered => self.whose != Whose::Ringing,
            Input::Played(clip) => !self.at_line.contains(clip),
            Input::HungUp(_) | Input::Tick => false,
        };
        if !self.stale {
            self.note(input, now);
        }
    }

    fn note(&mut self, input: &Input, now: At) {
        match input {
            Input::Answered => {
                let greeting = self.policy.greeting.clone();
                self.recite(&greeting, Then::Listen(Profile::Speech), now);
            }
            Input::Words { text, digits } => {
                self.unanswered = Some((text.clone(), *digits));
                self.silences = 0;
            }
            Input::Onset => self.theirs_since = now,
            Input::Returned { answered: false } => {
                let text = self.policy.unreached.clone();
                self.recite(&text, Then::Listen(Profile::YesNo), now);
            }
            Input::Played(clip) => {
                while self.at_line.pop_front().is_some_and(|first| first != *clip) {}
                if self.at_line.is_empty() {
                    self.quiet_told = now;
                }
            }
            Input::ReplyDone { .. } => {
                self.thought = None;
                self.stretch.complete = true;
                self.must_apologise = self.stretch.lines.is_empty();
            }
            Input::ReplyFailed { .. } => {
                self.thought = None;
                self.must_apologise = true;
            }
            Input::Voiced { clip, .. } => self.voiced(*clip, true),
            Input::VoiceFailed { clip } => self.voiced(*clip, false),
            _ => {}
        }
    }

    fn voiced(&mut self, clip: ClipId, well: bool) {
        if let Some((_, verdict)) = self.stretch.clips.iter_mut().find(|(id, _)| *id == clip) {
            verdict.get_or_insert(well);
        }
    }

    /// Judges one order.
    pub fn order(&mut self, order: &Order, now: At) -> Verdict {
        check(!self.stale, || {
            format!("{:?} came too late for {order:?}", self.cause)
        })?;
        match order {
            Order::Think {
                turn,
                words,
                digits,
            } => self.thinks(turn.0, words, *digits, now),
            Order::Forget { turn } => {
                self.thought = None;
                check(turn.0 == self.stretch.turn, || {
                    "another turn was forgotten".into()
                })
            }
            Order::Voice { clip, text } => self.voices(*clip, text),
            Order::Say {
                clip,
                sound,
                filler,
            } => self.says(*clip, sound, *filler, now),
            Order::Listen(listen) => {
                let cut = self.cause == Some(Input::Onset);
                let then = matches!(self.stretch.then, Some(Then::Listen(_)));
                check(cut || self.all_said() && then, || {
                    "the caller's turn came early".into()
                })?;
                check(listen.turn.0 == self.next, || "a turn was skipped".into())?;
                let patience = self.patience();
                check(listen.patience_ms == patience, || {
                    format!("patience is {patience}")
                })?;
                self.whose = Whose::Theirs;
                self.theirs_since = now;
                Ok(())
            }
            Order::Hush => self.hush(now),
            Order::Transfer { .. } => {
                let then = matches!(self.stretch.then, Some(Then::Transfer { .. }));
                check(self.all_said() && then, || "handed over too early".into())?;
                self.whose = Whose::Person;
                Ok(())
            }
            Order::HangUp => self.hangs_up(now),
            Order::Note(event) => self.event(event, now),
        }
    }

    fn all_said(&self) -> bool {
        let stretch = &self.stretch;
        self.whose == Whose::Ours
            && (stretch.apologised || stretch.complete && stretch.said == stretch.lines.len())
    }

    fn patience(&self) -> u32 {
        let steps = &self.policy.patience_ms;
        steps[self.silences.min(steps.len() - 1)]
    }

    fn thinks(&mut self, turn: u32, words: &str, digits: bool, now: At) -> Verdict {
        if self.resumed {
            let again = self.thought == Some(turn);
            return check(again, || {
                format!("turn {turn} is thought about for nothing")
            });
        }
        let expected = self.unanswered.take();
        check(expected == Some((words.to_owned(), digits)), || {
            format!("thought about {words:?}, the caller said {expected:?}")
        })?;
        check(self.thought.is_none(), || "two thoughts at once".into())?;
        check(turn == self.next, || {
            format!("turn {turn} comes, {} was next", self.next)
        })?;
        let (lines, then) = self.coming.clone();
        self.begin(lines, then, true, now);
        let few = words.split(' ').count() <= 2;
        let leaves = words.ends_with("goodbye");
        self.stretch.briefly = digits || few || leaves || words.starts_with("yes");
        self.thought = Some(turn);
        Ok(())
    }

    fn voices(&mut self, clip: ClipId, text: &str) -> Verdict {
        let stretch = &mut self.stretch;
        check(clip.turn.0 == stretch.turn, || {
            format!("{clip} is of another turn")
        })?;
        check(stretch.lines.iter().any(|line| line == text), || {
            format!("{text:?} is nobody's")
        })?;
        let known = stretch.clips.iter().any(|(id, _)| *id == clip);
        check(!known || self.resumed, || format!("{clip} is voiced twice"))?;
        if !known {
            let last = stretch.clips.last().map(|(id, _)| id.index);
            check(last < Some(clip.index), || format!("{clip} goes back"))?;
            stretch.clips.push((clip, None));
        }
        Ok(())
    }

    fn says(&mut self, clip: ClipId, sound: &Sound, filler: bool, now: At) -> Verdict {
        check(self.whose == Whose::Ours, || "spoke out of turn".into())?;
        check(clip.turn.0 == self.stretch.turn, || {
            format!("{clip} is of another turn")
        })?;
        let (label, read) = match sound {
            Sound::Clip { object, .. } => (object, false),
            Sound::Text(text) => (text, true),
        };
        if filler {
            self.fills(label, now)?;
        } else {
            self.speaks(clip, label, read)?;
        }
        check(!self.at_line.contains(&clip), || {
            format!("{clip} is said twice")
        })?;
        self.at_line.push_back(clip);
        self.to_hear.push_back(label.clone());
        Ok(())
    }

    fn speaks(&mut self, clip: ClipId, label: &str, read: bool) -> Verdict {
        let answered = self.stretch.complete && !self.stretch.lines.is_empty();
        let stretch = &mut self.stretch;
        check(!stretch.apologised, || "spoke after the apology".into())?;
        if label == self.policy.apology {
            check(stretch.asked && !answered, || {
                "apologised for a good answer".into()
            })?;
            check(self.thought.is_none(), || "apologised and thinks on".into())?;
            stretch.apologised = true;
            stretch.then = Some(Then::Listen(Profile::YesNo));
            self.must_apologise = false;
        } else {
            let next = stretch.lines.get(stretch.said);
            check(next.is_some_and(|next| next == label), || {
                format!("said {label:?}, the next sentence is {next:?}")
            })?;
            stretch.said += 1;
            let verdict = stretch
                .clips
                .iter()
                .find(|(id, _)| *id == clip)
                .and_then(|(_, v)| *v);
            check(read || verdict == Some(true), || {
                format!("{clip} has no audio")
            })?;
            check(!read || verdict != Some(true), || {
                format!("{clip} is read, it has audio")
            })?;
        }
        stretch.told.push((clip, label.to_owned()));
        Ok(())
    }

    fn fills(&mut self, label: &str, now: At) -> Verdict {
        let stretch = &mut self.stretch;
        check(self.policy.fillers.mode == FillerMode::On, || {
            "fillers are off".into()
        })?;
        check(stretch.asked, || "a filler in what is recited".into())?;
        check(self.at_line.is_empty(), || {
            "a filler behind other sound".into()
        })?;
        check(!stretch.apologised, || "a filler after the apology".into())?;
        check(
            !(stretch.complete && stretch.said == stretch.lines.len()),
            || "a filler after all".into(),
        )?;
        let quiet = now.since(self.quiet_told.max(self.ours_since));
        let patient = stretch.said == 0 || quiet >= u64::from(self.traits.second_stage_ms);
        check(patient, || {
            format!("a filler after {quiet} ms in the middle of an answer")
        })?;
        match self.reason.take() {
            Some(FillerReason::StillWaiting) => stretch.holds += 1,
            Some(_) => {
                stretch.openings += 1;
                check(stretch.said == 0, || {
                    "an opening filler after speech".into()
                })?;
                check(!stretch.briefly, || {
                    "an opening filler after a word or two".into()
                })?;
            }
            None => return Err("a filler without a reason".into()),
        }
        check(stretch.holds <= 2, || "a third hold phrase".into())?;
        check(stretch.openings <= 1, || "a second opening filler".into())?;
        check(self.last_filler != label, || {
            format!("{label:?} twice running")
        })?;
        label.clone_into(&mut self.last_filler);
        self.rotates(label)
    }

    /// No text comes again before the others of its class were heard.
    fn rotates(&mut self, label: &str) -> Verdict {
        let clips = &self.policy.fillers.clips;
        let at = clips.iter().position(|clip| clip.text == label);
        let at = at.ok_or_else(|| format!("{label:?} is no filler"))?;
        self.fillers[at].1 += 1;
        let of_class = || (0..clips.len()).filter(|n| clips[*n].class == clips[at].class);
        let least = of_class().map(|n| self.fillers[n].1).min().unwrap_or(0);
        check(self.fillers[at].1 <= least + 1, || {
            format!("{label:?} again before the bag is empty")
        })
    }

    fn hush(&mut self, now: At) -> Verdict {
        let spoken = matches!(self.cause, Some(Input::Onset | Input::Words { .. }));
        check(spoken && self.traits.barge_in, || {
            "hushed for no reason".into()
        })?;
        self.to_hear.clear();
        let dropped: Vec<ClipId> = self.at_line.drain(..).skip(1).collect();
        self.stretch
            .told
            .retain(|(clip, _)| !dropped.contains(clip));
        self.silent_since = Some(now);
        Ok(())
    }

    fn hangs_up(&mut self, now: At) -> Verdict {
        let goodbye = self.all_said() && self.stretch.then == Some(Then::HangUp);
        let handed = self.cause == Some(Input::Returned { answered: true });
        let long = now.0 >= u64::from(self.policy.idle_ms.min(self.policy.longest_ms));
        let abandoned = self.cause == Some(Input::Tick) && long;
        self.whose = Whose::Closing;
        check(goodbye || handed || abandoned, || {
            "hung up on the caller".into()
        })
    }

    fn event(&mut self, event: &Event, now: At) -> Verdict {
        match event {
            Event::Silent { .. } => {
                check(self.whose == Whose::Theirs, || {
                    "silence in our own turn".into()
                })?;
                let since = self.theirs_since.max(self.quiet_told);
                let patient = now.since(since) >= u64::from(self.patience());
                let own = !self.traits.reports_silence && self.at_line.is_empty() && patient;
                check(own || self.cause == Some(Input::Silence), || {
                    "impatient".into()
                })?;
                let nudge = self.policy.nudges.get(self.silences).cloned();
                self.silences += 1;
                let then = nudge
                    .as_ref()
                    .map_or(Then::HangUp, |_| Then::Listen(Profile::Speech));
                let text = nudge.unwrap_or_else(|| self.policy.farewell.clone());
                self.recite(&text, then, now);
            }
            Event::Filler { reason, .. } => self.reason = Some(*reason),
            Event::Ended { .. } => {
                self.ended += 1;
                self.whose = Whose::Over;
            }
            _ => {}
        }
        Ok(())
    }

    /// Judges where the call stands once all orders of an input were given.
    pub fn after(&mut self, input: &Input, call: &Call, now: At) -> Verdict {
        check(self.unanswered.is_none(), || {
            "the caller's words were lost".into()
        })?;
        check(!self.must_apologise, || {
            "no apology for a failed reply".into()
        })?;
        if matches!(input, Input::HungUp(_)) {
            check(self.whose == Whose::Over, || {
                "a hang-up did not end the call".into()
            })?;
        }
        if matches!(self.whose, Whose::Ringing | Whose::Over) {
            return Ok(());
        }
        let told: Vec<&str> = self
            .stretch
            .told
            .iter()
            .map(|(_, text)| text.as_str())
            .collect();
        let written = call.history().last().map(|last| last.agent.as_str());
        let told = told.join(" ");
        check(written == Some(told.as_str()), || {
            format!("the history says {written:?}, the caller was told {told:?}")
        })?;
        let due = call.deadline().ok_or("a call that waits has no deadline")?;
        let longest = match self.whose {
            Whose::Ours => self.policy.reply_within_ms,
            Whose::Theirs if !self.traits.reports_silence && self.at_line.is_empty() => {
                self.patience()
            }
            Whose::Closing => 120_000,
            _ => self.policy.longest_ms,
        };
        let left = due.since(now);
        check(left <= u64::from(longest), || {
            format!("{:?} wakes only in {left} ms", self.whose)
        })
    }

    /// The caller begins to hear something.
    pub fn heard(&mut self, what: &str) -> Verdict {
        self.silent_since = None;
        let next = self.to_hear.pop_front();
        check(next.as_deref() == Some(what), || {
            format!("the caller hears {what:?}, {next:?} was to come")
        })
    }

    /// The caller hears nothing any more.
    pub fn quiet(&mut self, now: At) {
        self.silent_since.get_or_insert(now);
    }

    /// The caller left; their silence is nobody's any more.
    pub fn gone(&mut self) {
        self.gone = true;
    }

    /// The caller knows that it is their turn.
    pub fn yours(&self) -> Verdict {
        let waiting = self.to_hear.len();
        check(waiting == 0, || format!("{waiting} sounds were left out"))
    }

    /// Another process took over.
    pub fn crashed(&mut self, now: At) {
        self.resumed = true;
        self.cause = None;
        self.stale = false;
        self.ours_since = now;
    }

    /// Time has come this far: has the caller waited too long?
    pub fn time(&self, now: At) -> Verdict {
        if self.gone {
            return Ok(());
        }
        let fillers = &self.policy.fillers;
        match self.whose {
            Whose::Ours => {
                let Some(since) = self.silent_since else {
                    return Ok(());
                };
                let silent = now.since(since.max(self.ours_since));
                let rich = fillers.mode == FillerMode::On && fillers.clips.len() >= 6;
                let limit = if rich && self.stretch.asked {
                    let lull = self.traits.second_stage_ms + self.traits.brief_ms;
                    lull.max(fillers.grace_ms)
                } else {
                    self.policy.reply_within_ms + self.policy.voice_within_ms
                };
                check(silent <= u64::from(limit) + SLACK, || {
                    format!("{silent} ms of silence")
                })
            }
            Whose::Theirs if !self.traits.reports_silence && self.at_line.is_empty() => {
                let waited = now.since(self.theirs_since.max(self.quiet_told));
                let limit = u64::from(self.patience()) + SLACK;
                check(waited <= limit, || {
                    format!("the caller was left alone for {waited} ms")
                })
            }
            _ => Ok(()),
        }
    }

    /// The call is over.
    pub fn end(&self) -> Verdict {
        check(self.ended == 1, || format!("ended {} times", self.ended))?;
        check(self.thought.is_none(), || {
            "a thought was left running".into()
        })
    }
}
