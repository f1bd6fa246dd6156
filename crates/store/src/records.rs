//! The port for records, and the rows that go through it.

use bytes::Bytes;
use events::{At, BusinessId, CallId, Event, InstanceId, Stamped, TurnId};
use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};

/// A SHA-256.
pub type Bytes32 = [u8; 32];

/// Why the store did not do it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// Another owner has taken the call over; this one must stop writing.
    #[error("another instance owns this call now")]
    Fenced,
    /// The slot or name is taken.
    #[error("it is taken")]
    Taken,
    /// There is no such thing.
    #[error("there is no such thing")]
    NotFound,
    /// The store cannot be reached or is full; the text says what to do.
    #[error("{0}")]
    Unavailable(String),
    /// What is stored cannot be read; the text says where.
    #[error("{0}")]
    Corrupt(String),
}

/// The right to write a call, until somebody with a higher epoch claims it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// The call.
    pub call: CallId,
    /// Grows with every claim.
    pub epoch: u64,
    /// The snapshot that the owner before left, if there was one.
    pub snapshot: Option<Bytes>,
    /// The number of events that are stored.
    pub events: u32,
}

/// An answer to a carrier's request, kept so that a repetition gets the same bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The hash of the signed content of the request.
    pub key: Bytes32,
    /// The exact body.
    pub body: Bytes,
}

/// What is committed together.
#[derive(Clone, Debug)]
pub struct Commit {
    /// The call.
    pub call: CallId,
    /// The writer's epoch; a smaller one than stored is refused with [`StoreError::Fenced`].
    pub epoch: u64,
    /// The call's row for lists and searches.
    pub row: CallRow,
    /// The snapshot; `None` when the call is over and needs none.
    pub snapshot: Option<Bytes>,
    /// New events, in order, after those that are stored.
    pub events: Vec<Stamped>,
    /// The answer that leaves once this is committed, if one does.
    pub answer: Option<Answer>,
}

/// A call in a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CallRow {
    /// Which call.
    pub call: CallId,
    /// Whose phone it was.
    pub business: BusinessId,
    /// The caller's number, E.164, when the carrier showed it.
    pub from: Option<String>,
    /// When it began.
    pub started: At,
    /// When it ended.
    pub ended: Option<At>,
    /// `<who>.<what>` once it has ended.
    pub outcome: Option<String>,
    /// How many turns it had.
    pub turns: u32,
}

/// Which calls to list.
#[derive(Clone, Debug, Default)]
pub struct CallFilter {
    /// Only this business.
    pub business: Option<BusinessId>,
    /// Only calls that are not over.
    pub live: bool,
    /// Only calls that began before this moment (the page after the last row).
    pub before: Option<At>,
    /// At most this many, 1 to 200.
    pub limit: u32,
}

/// What somebody wants to reserve.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReservationAsk {
    /// Where.
    pub business: BusinessId,
    /// What.
    pub service: String,
    /// Start, wall time.
    pub start: At,
    /// Length, minutes.
    pub minutes: u32,
    /// How many may overlap.
    pub parallel: u32,
    /// Who.
    pub name: String,
    /// Their number.
    pub phone: String,
}

impl ReservationAsk {
    /// Whether this asks once more for what `first` asked: the same service at the same place and time for the same
    /// name, whatever its case. Two names are two people, who may want the same hour side by side.
    pub fn repeats(&self, first: &Self) -> bool {
        let name = |ask: &Self| ask.name.trim().to_lowercase();
        (&self.business, &self.service, self.start)
            == (&first.business, &first.service, first.start)
            && name(self) == name(first)
    }
}

/// A reservation that exists.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reservation {
    /// Its id (UUIDv7).
    pub id: String,
    /// What was asked.
    #[serde(flatten)]
    pub ask: ReservationAsk,
    /// Cancelled.
    pub cancelled: bool,
    /// The call it came from.
    pub call: CallId,
}

/// A message for a business.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// For whom.
    pub business: BusinessId,
    /// The call it was left in.
    pub call: CallId,
    /// When.
    pub at: At,
    /// From whom.
    pub name: String,
    /// Their number.
    pub phone: String,
    /// What they said.
    pub text: String,
}

/// A filler clip that was made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Clip {
    /// Whose.
    pub business: BusinessId,
    /// Class name (`lookup`, `hold`, …).
    pub class: String,
    /// Its words.
    pub text: String,
    /// A hash of voice, settings and text; another hash than today's means stale.
    pub recipe: String,
    /// The audio object.
    pub object: String,
    /// Length, ms.
    pub ms: u32,
    /// Active-speech level, dBFS.
    pub level_dbfs: f32,
    /// When it was made.
    pub made: At,
}

/// What a deletion removed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// Calls (with transcripts and answers).
    pub calls: u64,
    /// Reservations whose personal fields were emptied.
    pub reservations: u64,
    /// Messages.
    pub messages: u64,
    /// Audio objects that only the deleted calls played, for the caller of the port to delete: their words may hold a
    /// name or a number. What another call plays too, or a business keeps as a filler, says nothing of this caller
    /// and stays. Empty after a sweep, where audio goes by its own age ([`crate::Objects::sweep`]); that also removes
    /// what a crash between the two deletions leaves.
    pub objects: Vec<String>,
}

type Done<'a, T> = BoxFuture<'a, Result<T, StoreError>>;

/// Records. Every implementation passes [`crate::contract`].
pub trait Records: Send + Sync {
    /// Takes a call over: epoch + 1, and what the owner before left. Unknown calls start at epoch 1 with nothing.
    fn claim<'a>(&'a self, call: &'a CallId, instance: &'a InstanceId) -> Done<'a, Lease>;
    /// Writes everything in `commit`, or nothing. Repeating a stored answer key is not an error and keeps the first bytes.
    fn commit(&self, commit: Commit) -> Done<'_, ()>;
    /// The answer that was given to this request before.
    fn answer<'a>(&'a self, key: &'a Bytes32) -> Done<'a, Option<Bytes>>;
    /// Calls, latest first.
    fn calls(&self, filter: CallFilter) -> Done<'_, Vec<CallRow>>;
    /// One call's row.
    fn call<'a>(&'a self, call: &'a CallId) -> Done<'a, Option<CallRow>>;
    /// One call's events, in order.
    fn events<'a>(&'a self, call: &'a CallId) -> Done<'a, Vec<Stamped>>;

    /// Reserves once per `(call, turn, ordinal)`; [`StoreError::Taken`] when `parallel` others overlap. A repetition returns
    /// the first. So does a later turn of the same call that asks for what it has already ([`ReservationAsk::repeats`]),
    /// as long as that stands: an answer that was cut off is asked for again, and the caller has one reservation.
    fn reserve<'a>(
        &'a self,
        call: &'a CallId,
        turn: TurnId,
        ordinal: u32,
        ask: ReservationAsk,
    ) -> Done<'a, Reservation>;
    /// Moves a reservation, once per key; the old time is free again.
    #[expect(
        clippy::too_many_arguments,
        reason = "the key, which reservation, and where to; each is a plain value of its own type"
    )]
    fn reschedule<'a>(
        &'a self,
        call: &'a CallId,
        turn: TurnId,
        ordinal: u32,
        id: &'a str,
        start: At,
        minutes: u32,
        parallel: u32,
    ) -> Done<'a, Reservation>;
    /// Cancels a reservation.
    fn cancel<'a>(&'a self, id: &'a str) -> Done<'a, Reservation>;
    /// Reservations of a business that are not cancelled and overlap `[from, until)`, earliest first, at most 1000.
    fn reservations<'a>(
        &'a self,
        business: &'a BusinessId,
        from: At,
        until: At,
    ) -> Done<'a, Vec<Reservation>>;
    /// A caller's reservations that are not cancelled and start after `now`, soonest first, at most 10.
    fn reservations_of<'a>(
        &'a self,
        business: &'a BusinessId,
        phone: &'a str,
        now: At,
    ) -> Done<'a, Vec<Reservation>>;
    /// Keeps a message once per `(call, turn, ordinal)`.
    fn leave_message(&self, turn: TurnId, ordinal: u32, message: Message) -> Done<'_, ()>;
    /// A business's messages, latest first, at most 200.
    fn messages<'a>(&'a self, business: &'a BusinessId) -> Done<'a, Vec<Message>>;

    /// Keeps a filler clip, replacing the one with the same business, class and text.
    fn put_clip(&self, clip: Clip) -> Done<'_, ()>;
    /// A business's filler clips.
    fn clips<'a>(&'a self, business: &'a BusinessId) -> Done<'a, Vec<Clip>>;

    /// Removes one caller's data everywhere it is kept under their number.
    fn forget_caller<'a>(&'a self, number: &'a str) -> Done<'a, Receipt>;
    /// Retention: removes calls that ended before `calls_before`, and answers older than `answers_before`.
    fn sweep(&self, calls_before: At, answers_before: At) -> Done<'_, Receipt>;
    /// Whether the store can be written right now; the error says what to do.
    fn health(&self) -> Done<'_, ()>;
}

/// When a commit happened, by its own account: the latest moment that it mentions. Answers are as old as this.
pub fn committed_at(commit: &Commit) -> At {
    let events = commit.events.iter().map(|e| e.at).max();
    let row = commit.row.ended.unwrap_or(commit.row.started);
    events.map_or(row, |at| at.max(row))
}

/// The audio objects that these events play.
pub fn sounds(events: &[Stamped]) -> impl Iterator<Item = &str> {
    events.iter().filter_map(|stamped| match &stamped.event {
        Event::Voiced { object, .. } => object.as_deref(),
        _ => None,
    })
}

/// The error for events that do not follow what is stored.
pub fn gap(call: &CallId, first: u32, stored: u64) -> StoreError {
    StoreError::Corrupt(format!(
        "call {call}: event {first} does not follow the {stored} that are stored; nothing was written"
    ))
}

/// The events of these batches (JSON), each once, in order. Fails with [`StoreError::Corrupt`] when one cannot be read.
pub fn read_events(call: &CallId, batches: &[String]) -> Result<Vec<Stamped>, StoreError> {
    let mut all: Vec<Stamped> = Vec::new();
    for batch in batches {
        let events: Vec<Stamped> = serde_json::from_str(batch).map_err(|e| {
            StoreError::Corrupt(format!(
                "call {call}: the events after {} cannot be read ({e}); the call's other data is whole",
                all.len()
            ))
        })?;
        for event in events {
            if event.seq as usize == all.len() {
                all.push(event);
            }
        }
    }
    Ok(all)
}
