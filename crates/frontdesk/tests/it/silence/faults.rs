//! The columns of the matrix, and what each means at each part. What does not apply says why, here and nowhere else.

use provider_sim::Fault;

use super::{
    proxy::{Ill, Tongue},
    world::{Disk, Stage},
};

/// What breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    Refused,
    BlackHole,
    Reset,
    Slow,
    Drip,
    Broken,
    Busy,
    Garbage,
    Cut,
}

impl Column {
    pub const ALL: [Column; 9] = [
        Column::Refused,
        Column::BlackHole,
        Column::Reset,
        Column::Slow,
        Column::Drip,
        Column::Broken,
        Column::Busy,
        Column::Garbage,
        Column::Cut,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Column::Refused => "refused",
            Column::BlackHole => "black hole",
            Column::Reset => "reset",
            Column::Slow => "2 s late",
            Column::Drip => "by bytes",
            Column::Broken => "500",
            Column::Busy => "429",
            Column::Garbage => "garbage",
            Column::Cut => "cut",
        }
    }
}

/// Why a cell is not filled.
pub type NotApplicable = &'static str;

const STATUS: NotApplicable = "a status comes before the first byte";
const BEGUN: NotApplicable = "a connection that carries an answer was not refused";
const DRIPS: NotApplicable = "an answer that comes by bytes does so from its first one";
const NOISE: NotApplicable = "inside of an answer that has begun well, garbage is a cut";
const ELSEWHERE: NotApplicable =
    "a disk cannot be slowed from outside; switchboard/tests/it/disk.rs does it from within";
const NO_WIRE: NotApplicable = "a file comes over no connection";

/// A company, or the model.
pub fn of_company(
    column: Column,
    stage: Stage,
    after_bytes: usize,
) -> Result<Fault, NotApplicable> {
    if stage == Stage::First {
        return Ok(match column {
            Column::Refused => Fault::Refuse,
            Column::BlackHole => Fault::BlackHole,
            Column::Reset => Fault::Reset,
            Column::Slow => Fault::Slow { first_ms: 2_000 },
            Column::Drip => Fault::Drip,
            Column::Broken => status(500, None),
            Column::Busy => status(429, Some(1)),
            Column::Garbage => Fault::Garbage,
            Column::Cut => Fault::Cut { after_bytes: 0 },
        });
    }
    let stall = |ms| Fault::Stall { after_bytes, ms };
    match column {
        Column::Refused => Err(BEGUN),
        Column::BlackHole => Ok(stall(None)),
        Column::Reset => Ok(Fault::Break { after_bytes }),
        Column::Slow => Ok(stall(Some(2_000))),
        Column::Drip => Err(DRIPS),
        Column::Broken | Column::Busy => Err(STATUS),
        Column::Garbage => Err(NOISE),
        Column::Cut => Ok(Fault::Cut { after_bytes }),
    }
}

fn status(code: u16, retry_after_s: Option<u32>) -> Fault {
    Fault::Status {
        code,
        retry_after_s,
    }
}

/// A server behind the proxy.
pub fn of_server(column: Column, tongue: Tongue) -> Ill {
    match (column, tongue) {
        (Column::Refused, _) => Ill::Refuse,
        (Column::BlackHole, _) => Ill::BlackHole,
        (Column::Reset, _) => Ill::Reset,
        (Column::Slow, _) => Ill::Slow,
        (Column::Drip, _) => Ill::Drip,
        (Column::Broken, Tongue::Http) => Ill::Error(HTTP_500),
        (Column::Busy, Tongue::Http) => Ill::Error(HTTP_429),
        (Column::Broken, Tongue::Redis) => Ill::Error("-ERR simulated trouble\r\n"),
        (Column::Busy, Tongue::Redis) => Ill::Error("-BUSY Redis is busy running a script.\r\n"),
        (Column::Garbage, _) => Ill::Garbage,
        (Column::Cut, _) => Ill::Cut,
    }
}

const HTTP_500: &str = "HTTP/1.1 500 Internal Server Error\r\ncontent-type: application/xml\r\nconnection: close\r\n\r\n\
<Error><Code>InternalError</Code><Message>We encountered an internal error.</Message></Error>";
const HTTP_429: &str = "HTTP/1.1 429 Too Many Requests\r\ncontent-type: application/xml\r\nconnection: close\r\n\r\n\
<Error><Code>SlowDown</Code><Message>Reduce your request rate.</Message></Error>";

/// The folder of audio.
pub fn of_disk(column: Column) -> Result<Disk, NotApplicable> {
    match column {
        Column::Refused => Ok(Disk::NoFolder),
        Column::BlackHole | Column::Slow => Err(ELSEWHERE),
        Column::Reset | Column::Drip => Err(NO_WIRE),
        Column::Broken => Ok(Disk::ReadOnly),
        Column::Busy => Ok(Disk::Full),
        Column::Garbage => Ok(Disk::Garbled),
        Column::Cut => Ok(Disk::Truncated),
    }
}
