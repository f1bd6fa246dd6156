//! One turn of ours: sentences become clips, clips are said in order.

use std::collections::VecDeque;

use events::{At, ClipId, TurnId};
use serde::{Deserialize, Serialize};
use text::{FillerClass, Sentences};

use crate::order::{Sound, Then};

/// What is known of a clip.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum State {
    /// The voice was asked at this moment.
    Waiting(At),
    /// It can be played.
    Ready { object: String, ms: u32 },
    /// It has to be read.
    Failed,
    /// The line has it.
    Said,
}

/// One sentence of the reply.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Slot {
    pub clip: ClipId,
    pub text: String,
    pub state: State,
}

/// Our turn: from the caller's words (or the greeting) until it is theirs again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Turn {
    pub id: TurnId,
    /// What the caller said; `None` when we speak unasked.
    pub words: Option<(String, bool)>,
    pub since: At,
    pub sentences: Sentences,
    pub slots: VecDeque<Slot>,
    /// Clips given out so far, fillers among them.
    pub clips: u32,
    /// Characters of the reply so far, for the limit.
    pub spoken: usize,
    /// Sentences that an owner before us had said already; that many of the new reply are passed over.
    pub heard_before: u32,
    pub done: Option<Then>,
    /// What a filler should be about.
    pub intent: FillerClass,
    /// A tool named the intent.
    pub tool: bool,
    /// Since when the caller has been hearing nothing; `None` while something is playing.
    pub quiet: Option<At>,
    /// When the next decision about a filler is due.
    pub decide: Option<At>,
    /// An opening filler was heard.
    pub opened: bool,
    /// No opening filler is wanted and nothing was played yet; the next decision is about a hold phrase.
    pub holding: bool,
    pub holds: u32,
    /// When we stop waiting for the agent.
    pub give_up: At,
    /// A first word came.
    pub began: bool,
}

impl Turn {
    /// A turn that begins now: nothing has been heard of it, and the agent has until `give_up`.
    pub fn new(id: TurnId, words: Option<(String, bool)>, now: At, give_up: At) -> Self {
        Self {
            id,
            words,
            since: now,
            sentences: Sentences::default(),
            slots: VecDeque::new(),
            clips: 0,
            spoken: 0,
            heard_before: 0,
            done: None,
            intent: FillerClass::Lookup,
            tool: false,
            quiet: Some(now),
            decide: None,
            opened: false,
            holding: false,
            holds: 0,
            give_up,
            began: false,
        }
    }

    /// The next clip's id.
    pub fn clip(&mut self) -> ClipId {
        let clip = ClipId {
            turn: self.id,
            index: self.clips,
        };
        self.clips += 1;
        clip
    }

    /// The sentence of this clip; fillers have none.
    pub fn slot(&mut self, clip: ClipId) -> Option<&mut Slot> {
        self.slots.iter_mut().find(|slot| slot.clip == clip)
    }

    /// The next sentence in order that can be said now. One small loop over this gives sentence pipelining without gaps.
    pub fn next_sayable(&mut self) -> Option<(ClipId, String, Sound)> {
        let slot = self
            .slots
            .iter_mut()
            .find(|slot| slot.state != State::Said)?;
        let sound = match &slot.state {
            State::Ready { object, ms } => Sound::Clip {
                object: object.clone(),
                ms: *ms,
            },
            State::Failed => Sound::Text(slot.text.clone()),
            State::Waiting(_) | State::Said => return None,
        };
        slot.state = State::Said;
        Some((slot.clip, slot.text.clone(), sound))
    }

    /// Whether the line has every sentence that there is.
    pub fn all_said(&self) -> bool {
        self.slots.iter().all(|slot| slot.state == State::Said)
    }

    /// Whether the line has no sentence yet; fillers do not count.
    pub fn nothing_said(&self) -> bool {
        self.slots.iter().all(|slot| slot.state != State::Said)
    }

    /// When the voice was asked for the sentence that is next in order, if it has not answered.
    pub fn voicing_since(&self) -> Option<At> {
        let head = self.slots.iter().find(|slot| slot.state != State::Said)?;
        match head.state {
            State::Waiting(asked) => Some(asked),
            _ => None,
        }
    }

    /// Sentences whose words the line has taken.
    pub fn said(&self) -> impl Iterator<Item = &str> {
        self.slots
            .iter()
            .filter(|slot| slot.state == State::Said)
            .map(|slot| slot.text.as_str())
    }
}
