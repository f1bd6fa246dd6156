//! What the scripted agent remembers between turns: a few fields in the memo, and nothing anywhere else.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{
    desk::Booking,
    hear::clock::{Clock, Part},
    reply::Memo,
};

/// The memo's version; another one is not read.
const VERSION: u8 = 1;
/// Longest memo, bytes.
const MAX_MEMO: usize = 16_000;

/// The state of a dialogue.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct State {
    v: u8,
    /// What is being done.
    pub task: Task,
    /// What was asked last.
    pub open: Open,
    /// How many times in a row the caller was not understood.
    pub misses: u8,
    /// Who is calling, when they said so.
    pub name: Option<String>,
    /// The number to reach them, when they said so.
    pub phone: Option<String>,
}

impl Default for State {
    fn default() -> Self {
        Self {
            v: VERSION,
            task: Task::Idle,
            open: Open::Nothing,
            misses: 0,
            name: None,
            phone: None,
        }
    }
}

impl State {
    /// Reads a memo; one that is unknown or damaged starts afresh.
    pub fn read(memo: &Memo) -> Self {
        if memo.0.len() > MAX_MEMO {
            return Self::default();
        }
        serde_json::from_str::<State>(&memo.0)
            .ok()
            .filter(|s| s.v == VERSION)
            .unwrap_or_default()
    }

    /// Writes the memo.
    pub fn write(&self) -> Memo {
        let text = serde_json::to_string(self).unwrap_or_default();
        if text.len() > MAX_MEMO {
            // Every field is cut where it is heard, so this cannot grow; if it ever did, an empty memo is valid.
            return Memo::default();
        }
        Memo(text)
    }

    /// Nothing is being done, and this was asked.
    pub fn rest(&mut self, open: Open) {
        self.task = Task::Idle;
        self.open = open;
    }
}

/// What is being done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Task {
    /// Nothing.
    Idle,
    /// Booking, or moving a booking.
    Book(Form),
    /// Looking for a booking of the caller's.
    Find(Search),
    /// A booking was found and may be cancelled.
    Cancel(Held),
    /// Taking a message.
    Note(Note),
}

/// What was asked last, and so how a short answer is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Open {
    /// Nothing in particular.
    Nothing,
    /// Whether there is anything else.
    Anything,
    /// Whether to take a message.
    OfferMessage,
    /// Whether to book the service in the task's form.
    OfferBook,
    /// Which service.
    Service,
    /// Which day.
    Day,
    /// What time.
    Time,
    /// Which of the times on offer.
    Pick,
    /// What name.
    Name,
    /// Whether the calling number is the right one.
    CallerPhone,
    /// What number.
    Phone,
    /// Whether everything that was read back is right.
    Confirm,
    /// What to change.
    Change,
    /// Which of several bookings.
    Which,
    /// What the message is.
    Text,
}

impl Open {
    /// True when it takes yes or no.
    pub fn is_yes_no(self) -> bool {
        use Open::{Anything, CallerPhone, Confirm, OfferBook, OfferMessage};
        matches!(
            self,
            Anything | OfferMessage | OfferBook | CallerPhone | Confirm
        )
    }
}

/// A booking in the making.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Form {
    /// The service, by its name in the business file.
    pub service: Option<String>,
    /// The day.
    pub day: Option<Date>,
    /// A day in the week that is spoken about.
    pub week: Option<Date>,
    /// The time.
    pub clock: Option<Clock>,
    /// The part of the day.
    pub part: Option<Part>,
    /// True when the first free time will do.
    pub any: bool,
    /// True when this day and time were found free.
    pub checked: bool,
    /// Times on offer: day and minute.
    pub offers: Vec<(Date, u16)>,
    /// Who.
    pub name: Option<String>,
    /// Their number.
    pub phone: Option<String>,
    /// The digits of a number that is still incomplete.
    pub digits: String,
    /// The booking that is being moved.
    pub moving: Option<Held>,
}

impl Form {
    /// Drops the day and the time.
    pub fn clear_slot(&mut self) {
        self.day = None;
        self.clear_time();
    }

    /// Drops the time.
    pub fn clear_time(&mut self) {
        self.clock = None;
        self.part = None;
        self.any = false;
        self.checked = false;
    }
}

/// A booking that exists, as far as the dialogue needs it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// Its id.
    pub id: String,
    /// Its service.
    pub service: String,
    /// Its start, ms since the epoch.
    pub start: u64,
    /// Its length, minutes.
    pub minutes: u32,
    /// Who it is for.
    pub name: String,
    /// Their number.
    pub phone: String,
}

impl From<Booking> for Held {
    fn from(booking: Booking) -> Self {
        let ask = booking.ask;
        Self {
            id: booking.id,
            service: ask.service,
            start: ask.slot.start.0,
            minutes: ask.slot.minutes,
            name: ask.name,
            phone: ask.phone,
        }
    }
}

/// What is wanted with a booking of the caller's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Goal {
    /// Another time.
    Move,
    /// None.
    Cancel,
    /// To hear when it is.
    Tell,
}

/// The search for a booking.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Search {
    /// What for.
    pub goal: Goal,
    /// Those that were found, at most 3 are kept.
    pub found: Vec<Held>,
    /// Digits of an incomplete number.
    pub digits: String,
    /// How many numbers were tried.
    pub tried: u8,
    /// The new day and time, when the caller already named them.
    pub wish: Form,
}

/// A message in the making.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Note {
    /// What it says.
    pub text: Option<String>,
    /// From whom.
    pub name: Option<String>,
    /// Their number.
    pub phone: Option<String>,
    /// Digits of an incomplete number.
    pub digits: String,
}
