//! Speaking: one trait, provider health, the fallback ladder, and what becomes a clip.
//!
//! The one decision: an engine is a [`Tts`], which turns an [`Utterance`] into a stream of sound that
//! stops when it is dropped. Whatever chooses between engines ([`Ladder`] today) is a `Tts` itself, so
//! caching or hedging can be put around it without the callers' knowledge. Nothing here has a task or a
//! timer of its own: time comes from a [`events::Clock`], waiting from a [`Wait`].

mod clip;
pub mod contract;
mod error;
mod health;
mod ladder;
mod pace;
mod priority;
mod race;
mod record;
mod rung;
mod utterance;
mod voice_map;

pub use clip::{collect, phone_clip};
pub use error::{ErrorKind, SpeakError};
pub use health::{Health, Outcome};
pub use ladder::Ladder;
pub use priority::behind_requests;
pub use race::Spoken;
pub use record::{Change, EngineReport, Incident, Minute};
pub use rung::{Rung, Wait};
pub use utterance::{MAX_CHARS, Urgency, Utterance, Voice, VoiceInfo};
pub use voice_map::{Changes, Place, VoiceMap};

use audio::Pcm;
use futures::{FutureExt, future, future::BoxFuture, stream::BoxStream};

/// Sound as it is made: chunks of one rate, in order. Dropping it cancels the work.
pub type SpeechStream = BoxStream<'static, Result<Pcm, SpeakError>>;

/// An engine that speaks.
///
/// Implementations are held to [`contract`].
pub trait Tts: Send + Sync {
    /// The provider's name, as it appears in [`Voice::provider`], in events and on the health page.
    fn name(&self) -> &str;

    /// The model that speaks, where the provider has a choice: with another one the same words sound different.
    fn model(&self) -> &str {
        ""
    }

    /// The voices it has now; the first is its own choice.
    fn voices(&self) -> Vec<VoiceInfo>;

    /// How many words a minute this voice says at its own pace, where that was measured.
    fn words_per_minute(&self, _voice: &str) -> Option<f32> {
        None
    }

    /// Speaks. Returns at once; the work happens behind the stream and ends with it.
    ///
    /// The stream ends after its first error, and after at most `deadline_ms` of the utterance. A text
    /// without words or longer than [`MAX_CHARS`] is [`ErrorKind::BadRequest`].
    fn speak(&self, utterance: Utterance) -> SpeechStream;

    /// Does ahead of need what the first words would wait for, such as opening a connection, and says whether the
    /// engine can be reached. Worth repeating before idle connections are closed, every half minute or so.
    fn prewarm(&self) -> BoxFuture<'static, Result<(), SpeakError>> {
        future::ready(Ok(())).boxed()
    }
}
