//! From a stream of sound to a clip that a telephone plays.

use audio::{Format, Pcm, level, resample, trim};
use futures::{Stream, StreamExt};

use crate::{ErrorKind, SpeakError};

/// Silence kept before the first sound of a clip, in milliseconds.
const HEAD_MS: u32 = 40;
/// Silence kept after the last one. The limit is 80 ms, and a last sound that fades is part silence to some ears.
const TAIL_MS: u32 = 60;

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

/// Makes a clip for the telephone: 8 kHz, the level of [`audio::level`], and at most 40 ms of silence
/// before and 60 ms after.
///
/// The rate changes first: hiss above 4 kHz, such as a last "s", goes with it, and levelling or
/// trimming by what nobody will hear would be wrong by as much. The level needs tight edges to be
/// judged by, and the high-pass in it may leave new silence at them; hence a trim on either side.
pub fn phone_clip(pcm: Pcm) -> Pcm {
    let tight = |pcm: &Pcm| trim(pcm, HEAD_MS, TAIL_MS);
    let mut clip = tight(&resample(&pcm, Format::PHONE.rate));
    level(&mut clip);
    tight(&clip)
}
