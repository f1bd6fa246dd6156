//! From a stream of sound to a clip that a telephone plays.

use audio::{Format, Pcm, level, resample, trim};
use futures::{Stream, StreamExt};

use crate::{ErrorKind, SpeakError};

/// Silence kept before the first sound of a clip, in milliseconds.
const HEAD_MS: u32 = 40;
/// Silence kept after the last one.
const TAIL_MS: u32 = 80;

/// Gathers a stream into one sound, of at most `limit_ms` milliseconds.
///
/// Chunks of different rates, no sound at all and more sound than the limit are [`ErrorKind::Broken`].
pub async fn collect(
    mut stream: impl Stream<Item = Result<Pcm, SpeakError>> + Unpin,
    limit_ms: u64,
) -> Result<Pcm, SpeakError> {
    let broken = |what: String| SpeakError::new(ErrorKind::Broken, "the engine", what);
    let mut whole = Pcm::default();
    while let Some(chunk) = stream.next().await {
        let chunk = chunk?;
        if chunk.is_empty() {
            continue;
        }
        if !whole.is_empty() && chunk.rate != whole.rate {
            let what = format!("its rate changed from {} to {} Hz", whole.rate, chunk.rate);
            return Err(broken(what));
        }
        whole.append(&chunk);
        if whole.duration_ms() > limit_ms {
            let what = format!("it went on for more than {limit_ms} ms");
            return Err(broken(what));
        }
    }
    if whole.is_empty() {
        return Err(broken("it gave no sound".into()));
    }
    Ok(whole)
}

/// Makes a clip for the telephone: at most 40 ms of silence before and 80 ms after, 8 kHz, and the
/// level of [`audio::level`].
///
/// The level comes last, on what is really sent: the change of rate takes hiss away and may lift a
/// peak a little, and both would undo an earlier levelling.
pub fn phone_clip(pcm: Pcm) -> Pcm {
    let mut clip = resample(&trim(&pcm, HEAD_MS, TAIL_MS), Format::PHONE.rate);
    level(&mut clip);
    clip
}
