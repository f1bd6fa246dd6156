use std::{fs, path::Path, time::Instant};

use audio::{Encoding, Format, Pcm, Wav};
use futures::executor::block_on;
use speech_embedded::{ProcessTts, Program};
use tempfile::TempDir;
use tts::{ErrorKind, SpeakError, Tts, Utterance, Voice, collect};

use crate::say;

/// A stand-in for a speech program: a script beside the file that it is to write.
fn stand_in(script: &str) -> (TempDir, ProcessTts) {
    let dir = tempfile::tempdir().expect("a place for tests");
    let write = |name: &str, content: &[u8]| fs::write(dir.path().join(name), content);
    write("program.sh", script.as_bytes()).expect("a place for tests");
    let tone = (0..8000).map(|i| 0.2 * (i as f32 * 0.3).sin()).collect();
    let format = Format {
        encoding: Encoding::Pcm16,
        rate: 16_000,
    };
    write("tone.wav", &Wav::encode(&Pcm::new(16_000, tone), format)).expect("a place for tests");
    let program = Program {
        name: "stand-in",
        command: "/bin/sh".into(),
        voice: "tone",
        rate: 16_000,
        words_per_minute: None,
        probe: &["-c", "exit 0"],
        arguments: |_, _, file| {
            let script = file.with_file_name("program.sh");
            [script.as_path(), file]
                .map(|path: &Path| path.display().to_string())
                .into()
        },
    };
    let tts = ProcessTts::find(program, dir.path()).expect("a shell is there");
    (dir, tts)
}

const SPEAKS: &str = "cd \"$(dirname \"$0\")\"; cat > heard; cp tone.wav \"$1\"";

fn utterance(text: &str) -> Utterance {
    Utterance::plain(text, Voice::new("stand-in", "tone"))
}

fn error(result: Result<Pcm, SpeakError>) -> ErrorKind {
    result.expect_err("it cannot speak").kind
}

#[test]
fn a_program_speaks_and_leaves_no_file() {
    let (dir, tts) = stand_in(SPEAKS);
    let pcm = say(&tts, utterance("Hello there.")).expect("it speaks");
    assert_eq!((pcm.rate, pcm.duration_ms()), (16_000, 500));
    let files = fs::read_dir(dir.path()).expect("it is there").flatten();
    let names = files.map(|f| f.file_name().to_string_lossy().into_owned());
    let mut names: Vec<String> = names.collect();
    names.sort();
    assert_eq!(names, ["heard", "program.sh", "tone.wav"]);
}

#[test]
fn markup_never_reaches_a_program() {
    let (dir, tts) = stand_in(SPEAKS);
    let marked = "<speak><prosody rate='slow'>Hello</prosody> <sub alias='doctor'>Dr</sub> &lt;b&gt; Lee</speak>";
    say(
        &tts,
        Utterance {
            ssml: true,
            ..utterance(marked)
        },
    )
    .expect("it speaks");
    let heard = fs::read_to_string(dir.path().join("heard")).expect("it was told");
    assert!(
        heard.contains("Hello") && heard.contains("doctor"),
        "{heard:?}"
    );
    assert!(!heard.contains(['<', '>', '&', '=', '[']), "{heard:?}");
}

#[test]
fn a_program_that_hangs_is_killed_at_the_deadline() {
    let (_dir, tts) = stand_in("exec sleep 600");
    let start = Instant::now();
    assert_eq!(
        error(say(&tts, utterance("Hello.").within(60))),
        ErrorKind::Timeout
    );
    assert!(start.elapsed().as_secs() < 10);
}

#[test]
fn what_is_not_sound_is_an_error() {
    let (_dir, tts) = stand_in("echo nonsense > \"$1\"");
    assert_eq!(error(say(&tts, utterance("Hello."))), ErrorKind::Broken);
    let (_dir, tts) = stand_in("exit 3");
    assert_eq!(error(say(&tts, utterance("Hello."))), ErrorKind::Broken);
    assert_eq!(error(say(&tts, utterance("..."))), ErrorKind::BadRequest);
}

#[test]
fn a_program_that_is_not_there_is_no_engine() {
    let nowhere = Program {
        command: "/nonexistent/speaks".into(),
        ..Program::flite()
    };
    assert!(ProcessTts::find(nowhere, Path::new("/nonexistent")).is_none());
}

#[test]
fn more_than_may_run_at_once_wait_for_their_turn() {
    let (_dir, tts) = stand_in(SPEAKS);
    for _ in 0..8 {
        drop(tts.speak(utterance("Nobody waits for this.")));
    }
    let streams: Vec<_> = (0..8).map(|_| tts.speak(utterance("Hello."))).collect();
    let heard = streams
        .into_iter()
        .map(|stream| block_on(collect(stream, 10_000)));
    assert!(heard.into_iter().all(|pcm| pcm.is_ok()));
}

/// Judged only where they are installed; the stand-ins above are judged everywhere.
#[test]
fn the_real_programs_keep_the_contract() {
    let dir = tempfile::tempdir().expect("a place for tests");
    for program in [Program::flite(), Program::espeak_ng()] {
        let voice = Voice::new(program.name, program.voice);
        if let Some(tts) = ProcessTts::find(program, dir.path()) {
            block_on(tts::contract::all(&tts, &voice));
        }
    }
}
