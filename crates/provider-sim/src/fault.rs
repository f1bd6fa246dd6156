//! What goes wrong, and how fast the rest goes.

use std::collections::VecDeque;

/// What happens to a request instead of, or on the way to, its answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Fault {
    /// It is answered as documented.
    #[default]
    None,
    /// Nobody listens: connections are refused, and those that stood are closed. A refused connection cannot be
    /// counted, so in a list for single requests ([`crate::Sim::faults`]) the request's connection is closed unread
    /// instead.
    Refuse,
    /// The request is read and never answered.
    BlackHole,
    /// The connection is reset (TCP RST) when the request has been read.
    Reset,
    /// Nothing is sent for so long, then the answer as documented.
    Slow {
        /// Until the first byte of the answer, in milliseconds.
        first_ms: u64,
    },
    /// The answer as documented, one byte at a time, [`Pace::drip_ms`] apart.
    Drip,
    /// The company's documented error.
    Status {
        /// The HTTP status.
        code: u16,
        /// The value of `Retry-After`, in seconds.
        retry_after_s: Option<u32>,
    },
    /// 200 and the right headers around a web page of somebody in between.
    Garbage,
    /// The right body under a content type that it is not.
    LyingType,
    /// The connection is closed after so many bytes of the body (of a socket: of the sound).
    Cut {
        /// Bytes that still arrive.
        after_bytes: usize,
    },
    /// After so many bytes of the body nothing more comes for a time, then the rest. HTTP bodies only.
    Stall {
        /// Bytes that arrive before.
        after_bytes: usize,
        /// How long, in milliseconds; without it, for ever.
        ms: Option<u64>,
    },
    /// The connection is reset (TCP RST) after so many bytes of the body. HTTP bodies only.
    Break {
        /// Bytes that still arrive.
        after_bytes: usize,
    },
    /// 200 without any sound. A WAV file is then a header only.
    Empty,
    /// Sound of the right length in which nothing can be heard.
    SilentAudio,
}

/// How fast an answer that is streamed comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// Sound in one piece, in milliseconds.
    pub chunk_ms: u32,
    /// From one piece to the next, in milliseconds; `chunk_ms` is real time, 0 as fast as the socket takes it.
    pub every_ms: u64,
    /// From one byte to the next under [`Fault::Drip`], in milliseconds.
    pub drip_ms: u64,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            chunk_ms: 100,
            every_ms: 0,
            drip_ms: 0,
        }
    }
}

/// The faults to come.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    standing: Fault,
    listed: VecDeque<Fault>,
}

impl Plan {
    pub(crate) fn always(fault: Fault) -> Self {
        Self {
            standing: fault,
            listed: VecDeque::new(),
        }
    }

    pub(crate) fn each(list: Vec<Fault>) -> Self {
        Self {
            standing: Fault::None,
            listed: list.into(),
        }
    }

    /// The fault of the next request.
    pub(crate) fn next(&mut self) -> Fault {
        self.listed.pop_front().unwrap_or(self.standing)
    }
}
