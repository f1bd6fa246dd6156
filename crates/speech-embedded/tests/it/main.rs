//! What the built-in voice must keep to. The models are installed first when they are not there.

mod files;
mod hostile;
mod pace;
mod process;
mod pronunciation;
mod speech;

use std::{
    env,
    path::{Path, PathBuf},
    sync::OnceLock,
};

use futures::executor::block_on;
use speech_embedded::{EmbeddedTts, models};
use tts::{SpeakError, Tts, Utterance, Voice, collect};

/// The models folder: `FRONTDESK_MODELS`, or `target/models`.
pub fn models_dir() -> &'static Path {
    static DIR: OnceLock<PathBuf> = OnceLock::new();
    DIR.get_or_init(|| {
        let usual = concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/models");
        let dir = env::var_os("FRONTDESK_MODELS").map_or(PathBuf::from(usual), PathBuf::from);
        match models::install(&dir, &mut |_| ()) {
            Ok(()) => dir,
            Err(error) => panic!("these tests need the models: {error}"),
        }
    })
}

/// One engine for all tests.
pub fn engine() -> &'static EmbeddedTts {
    static ENGINE: OnceLock<EmbeddedTts> = OnceLock::new();
    ENGINE.get_or_init(|| EmbeddedTts::open(models_dir()).expect("the models are installed"))
}

pub fn heart() -> Voice {
    Voice::new("embedded", "heart")
}

pub fn say(tts: &dyn Tts, utterance: Utterance) -> Result<audio::Pcm, SpeakError> {
    block_on(collect(tts.speak(utterance), 120_000))
}

pub fn plain(text: &str) -> audio::Pcm {
    say(engine(), Utterance::plain(text, heart())).expect("a plain text is spoken")
}

pub fn ssml(text: &str) -> audio::Pcm {
    let utterance = Utterance {
        ssml: true,
        ..Utterance::plain(text, heart())
    };
    say(engine(), utterance).expect("good markup is spoken")
}
