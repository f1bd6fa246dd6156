//! The bounds. The decision: each has a default that holds on one small machine, and none can be switched off.

use super::{
    keys::{Applies, Key, Kind},
    reader::Reader,
};

/// What is refused beyond.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Calls in progress; a further caller hears a busy line.
    pub calls: u32,
    /// The longest call, minutes.
    pub call_minutes: u32,
    /// A call that nothing was heard of for so long is over, minutes.
    pub idle_minutes: u32,
    /// How long a webhook that waits for an answer is held, ms.
    pub hold_ms: u32,
    /// The largest webhook body, kB.
    pub webhook_kb: u32,
    /// The largest body of an API request, kB.
    pub json_kb: u32,
    /// How long a client may take to send its request, seconds.
    pub request_s: u32,
    /// At shutdown: how long requests are still taken while readiness says no, seconds.
    pub lame_duck_s: u32,
    /// At shutdown: how long running calls may go on after that, seconds.
    pub drain_s: u32,
}

const CALLS: Key = Key::new(
    "limits.calls",
    &["FRONTDESK__LIMITS__CALLS"],
    Kind::Number(1, 100_000),
    "2000",
    "Calls in progress; a further caller hears a busy line.",
);
const CALL_MINUTES: Key = Key::new(
    "limits.call_minutes",
    &["FRONTDESK__LIMITS__CALL_MINUTES"],
    Kind::Number(1, 1440),
    "240",
    "The longest call, minutes.",
);
const IDLE_MINUTES: Key = Key::new(
    "limits.idle_minutes",
    &["FRONTDESK__LIMITS__IDLE_MINUTES"],
    Kind::Number(1, 240),
    "15",
    "A call that nothing was heard of for so long is over, minutes.",
);
const HOLD_MS: Key = Key::new(
    "limits.hold_ms",
    &["FRONTDESK__LIMITS__HOLD_MS"],
    Kind::Number(500, 10_000),
    "8000",
    "How long a webhook that waits for an answer is held, ms; carriers give up after 15 s.",
);
const WEBHOOK_KB: Key = Key::new(
    "limits.webhook_kb",
    &["FRONTDESK__LIMITS__WEBHOOK_KB"],
    Kind::Number(4, 1024),
    "64",
    "The largest webhook body, kB.",
);
const JSON_KB: Key = Key::new(
    "limits.json_kb",
    &["FRONTDESK__LIMITS__JSON_KB"],
    Kind::Number(4, 10_240),
    "256",
    "The largest body of an API request, kB.",
);
const REQUEST_S: Key = Key::new(
    "limits.request_s",
    &["FRONTDESK__LIMITS__REQUEST_S"],
    Kind::Number(1, 60),
    "5",
    "How long a client may take to send its request, seconds.",
);
const LAME_DUCK_S: Key = Key::new(
    "limits.lame_duck_s",
    &["FRONTDESK__LIMITS__LAME_DUCK_S"],
    Kind::Number(0, 300),
    "10",
    "At shutdown: how long requests are still taken while readiness says no, seconds.",
)
.applies(Applies::Now);
const DRAIN_S: Key = Key::new(
    "limits.drain_s",
    &["FRONTDESK__LIMITS__DRAIN_S"],
    Kind::Number(0, 3600),
    "30",
    "At shutdown: how long running calls may go on after that, seconds.",
)
.applies(Applies::Now);

impl Limits {
    /// Its settings.
    pub const KEYS: &[&Key] = &[
        &CALLS,
        &CALL_MINUTES,
        &IDLE_MINUTES,
        &HOLD_MS,
        &WEBHOOK_KB,
        &JSON_KB,
        &REQUEST_S,
        &LAME_DUCK_S,
        &DRAIN_S,
    ];

    /// Reads and checks them.
    pub fn read(reader: &mut Reader<'_>) -> Self {
        let limits = Self {
            calls: reader.number(&CALLS),
            call_minutes: reader.number(&CALL_MINUTES),
            idle_minutes: reader.number(&IDLE_MINUTES),
            hold_ms: reader.number(&HOLD_MS),
            webhook_kb: reader.number(&WEBHOOK_KB),
            json_kb: reader.number(&JSON_KB),
            request_s: reader.number(&REQUEST_S),
            lame_duck_s: reader.number(&LAME_DUCK_S),
            drain_s: reader.number(&DRAIN_S),
        };
        if limits.idle_minutes > limits.call_minutes {
            let written = reader.is_written(&IDLE_MINUTES);
            reader.refuse(
                if written {
                    &IDLE_MINUTES
                } else {
                    &CALL_MINUTES
                },
                format!(
                    "`limits.idle_minutes` is {}, longer than `limits.call_minutes` ({})",
                    limits.idle_minutes, limits.call_minutes
                ),
                "set both, `idle_minutes` to the smaller number",
            );
        }
        limits
    }
}
