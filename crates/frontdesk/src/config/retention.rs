//! How long things are kept.

use super::{
    keys::{Applies, Key, Kind},
    limits::Limits,
    reader::Reader,
};

/// When things are deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// Transcripts and call records, days; 0 = not kept after the call.
    pub transcripts_days: u32,
    /// The sound of answers, hours.
    pub answer_audio_hours: u32,
}

const TRANSCRIPTS_DAYS: Key = Key::new(
    "retention.transcripts_days",
    &["FRONTDESK__RETENTION__TRANSCRIPTS_DAYS"],
    Kind::Number(0, 3650),
    "30",
    "How long transcripts and call records are kept, days; 0 = not after the call.",
)
.applies(Applies::Now);
const ANSWER_AUDIO_HOURS: Key = Key::new(
    "retention.answer_audio_hours",
    &["FRONTDESK__RETENTION__ANSWER_AUDIO_HOURS"],
    Kind::Number(1, 8760),
    "24",
    "How long the sound of answers is kept, hours.",
)
.applies(Applies::Now);

impl Retention {
    /// Its settings.
    pub const KEYS: &[&Key] = &[&TRANSCRIPTS_DAYS, &ANSWER_AUDIO_HOURS];

    /// Reads and checks them against the longest call.
    pub fn read(reader: &mut Reader<'_>, limits: &Limits) -> Self {
        let retention = Self {
            transcripts_days: reader.number(&TRANSCRIPTS_DAYS),
            answer_audio_hours: reader.number(&ANSWER_AUDIO_HOURS),
        };
        if retention.answer_audio_hours.saturating_mul(60) < limits.call_minutes {
            reader.refuse(
                &ANSWER_AUDIO_HOURS,
                format!(
                    "`retention.answer_audio_hours` is {}, shorter than the longest call ({} minutes)",
                    retention.answer_audio_hours, limits.call_minutes
                ),
                "keep sound at least as long as `limits.call_minutes`",
            );
        }
        retention
    }
}
