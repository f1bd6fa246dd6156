//! `frontdesk replay`: a recorded call, lived through once more by the pure core.
//!
//! The decision: a recording holds what a call was made of (its policy, the line's traits, its seed) and every input with
//! its time; no state. So a recording stays good while the core changes inside, and says so when it decides otherwise.

use std::{
    fmt::Write as _,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
};

use anyhow::Context;
use call::{Call, Input, Order, Policy, Traits};
use clap::Args;
use events::{At, CallId, TurnId};
use serde::{Deserialize, Serialize};
use switchboard::{Moment, Step, Switchboard};
use tokio::sync::broadcast::{self, error::TryRecvError};

use crate::log::say;

/// The only layout of a recording so far.
const VERSION: u32 = 1;

/// `frontdesk replay`
#[derive(Args, Debug)]
pub struct Replay {
    /// The recording, as `frontdesk call --record FILE` writes it
    pub file: PathBuf,
    /// Say only whether the orders are the recorded ones, and where they are not
    #[arg(short, long)]
    pub quiet: bool,
}

/// A recorded call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recording {
    pub version: u32,
    pub call: CallId,
    pub seed: u64,
    /// The turn it began with; not 0 when its state had been lost.
    pub turn: TurnId,
    pub began: At,
    pub traits: Traits,
    pub policy: Policy,
    pub steps: Vec<Taken>,
}

/// An input, and what the call ordered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Taken {
    pub at: At,
    pub input: Input,
    pub orders: Vec<Order>,
}

impl Recording {
    /// Reads a recording.
    ///
    /// # Errors
    /// What is wrong with it, and where.
    pub fn read(file: &Path) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(file)
            .with_context(|| format!("cannot read {}", file.display()))?;
        let recording: Self = serde_json::from_str(&text).with_context(|| {
            format!(
                "{} is no recorded call; make one with `frontdesk call --record FILE`",
                file.display()
            )
        })?;
        anyhow::ensure!(
            recording.version == VERSION,
            "{} has version {}, this program reads version {VERSION}",
            file.display(),
            recording.version
        );
        Ok(recording)
    }

    /// Writes it.
    ///
    /// # Errors
    /// Why it cannot be written.
    pub fn write(&self, file: &Path) -> anyhow::Result<()> {
        let text = serde_json::to_string_pretty(self)? + "\n";
        std::fs::write(file, text).with_context(|| format!("cannot write {}", file.display()))
    }

    /// The same inputs at the same times, with what the core orders today.
    pub fn replayed(&self) -> Self {
        let policy = Arc::new(self.policy.clone());
        let mut call = Call::new(
            self.call.clone(),
            self.seed,
            self.traits,
            policy,
            self.began,
        )
        .starting_at(self.turn);
        let again = |taken: &Taken| {
            let mut orders = Vec::new();
            call.handle(taken.input.clone(), taken.at, &mut orders);
            Taken {
                orders,
                ..taken.clone()
            }
        };
        Self {
            steps: self.steps.iter().map(again).collect(),
            ..self.clone()
        }
    }

    /// The steps at which the two ordered differently, in words; empty when they agree.
    pub fn difference(&self, today: &Self) -> String {
        let mut out = String::new();
        for (recorded, now) in self.steps.iter().zip(&today.steps) {
            if recorded.orders == now.orders {
                continue;
            }
            let _ = writeln!(out, "{}", self.heading(recorded));
            for order in recorded.orders.iter().filter(|o| !now.orders.contains(o)) {
                let _ = writeln!(out, "  - {}", json(order));
            }
            for order in now.orders.iter().filter(|o| !recorded.orders.contains(o)) {
                let _ = writeln!(out, "  + {}", json(order));
            }
            if same_but_for_order(&recorded.orders, &now.orders) {
                let _ = writeln!(out, "  the same orders, but not in the same sequence");
            }
        }
        out
    }

    fn heading(&self, taken: &Taken) -> String {
        let seconds = taken.at.since(self.began) as f64 / 1000.0;
        format!("{seconds:>8.3} s  {}", json(&taken.input))
    }
}

fn same_but_for_order(a: &[Order], b: &[Order]) -> bool {
    a.iter().all(|order| b.contains(order)) && b.iter().all(|order| a.contains(order))
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_else(|error| error.to_string())
}

/// Runs `frontdesk replay`.
///
/// # Errors
/// What is wrong with the file.
pub fn replay(options: &Replay) -> anyhow::Result<ExitCode> {
    let recorded = Recording::read(&options.file)?;
    let today = recorded.replayed();
    if !options.quiet {
        for taken in &today.steps {
            say(today.heading(taken));
            for order in &taken.orders {
                say(format_args!("    {}", json(order)));
            }
        }
    }
    let difference = recorded.difference(&today);
    let steps = recorded.steps.len();
    if difference.is_empty() {
        say(format_args!(
            "{steps} inputs, and the orders are the recorded ones."
        ));
        return Ok(ExitCode::SUCCESS);
    }
    say(format_args!(
        "The orders are not the recorded ones (- recorded, + today):\n{}",
        difference.trim_end()
    ));
    Ok(ExitCode::from(1))
}

/// Writes one call down, word by word, if somebody wants it.
pub struct Recorder(Option<(PathBuf, broadcast::Receiver<Step>)>);

impl Recorder {
    /// Listens from now on, when there is a file to write to.
    pub fn start(switchboard: &Switchboard, file: Option<PathBuf>) -> Self {
        Self(file.map(|file| (file, switchboard.parts().bus.steps())))
    }

    /// Writes the call with this id.
    ///
    /// # Errors
    /// When it was not heard whole, or cannot be written.
    pub fn finish(self, id: &str) -> anyhow::Result<()> {
        match self.0 {
            Some((file, steps)) => recorded(steps, id)?.write(&file),
            None => Ok(()),
        }
    }
}

fn recorded(mut steps: broadcast::Receiver<Step>, id: &str) -> anyhow::Result<Recording> {
    let mut recording = None;
    loop {
        match steps.try_recv() {
            Ok(step) if step.call.as_str() == id => take(&mut recording, step),
            Ok(_) => {}
            Err(TryRecvError::Lagged(lost)) => {
                anyhow::bail!("the call was too long to be recorded: {lost} steps are lost")
            }
            Err(TryRecvError::Empty | TryRecvError::Closed) => break,
        }
    }
    recording.with_context(|| format!("nothing was heard of call {id}"))
}

fn take(recording: &mut Option<Recording>, step: Step) {
    match (Arc::unwrap_or_clone(step.what), recording) {
        (
            Moment::Began {
                seed,
                traits,
                policy,
                turn,
            },
            recording,
        ) => {
            *recording = Some(Recording {
                version: VERSION,
                call: step.call,
                seed,
                turn,
                began: step.at,
                traits,
                policy: (*policy).clone(),
                steps: Vec::new(),
            });
        }
        (Moment::Took { input, orders }, Some(recording)) => recording.steps.push(Taken {
            at: step.at,
            input,
            orders,
        }),
        (Moment::Took { .. }, None) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fixtures() -> Vec<PathBuf> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/calls");
        let files = std::fs::read_dir(folder).expect("the folder is part of the repository");
        let files = files.map(|file| file.expect("it can be listed").path());
        files
            .filter(|file| file.extension().is_some_and(|e| e == "json"))
            .collect()
    }

    #[test]
    fn every_recorded_call_is_decided_as_it_was() {
        let files = fixtures();
        assert!(files.len() >= 2, "only {files:?}");
        for file in files {
            let recorded = Recording::read(&file).expect("the fixtures can be read");
            let difference = recorded.difference(&recorded.replayed());
            assert!(difference.is_empty(), "{}:\n{difference}", file.display());
        }
    }

    #[test]
    fn another_decision_is_shown_where_it_was_made() {
        let recorded = Recording::read(&fixtures()[0]).expect("the fixtures can be read");
        let mut other = recorded.clone();
        let step = other.steps.iter().position(|step| !step.orders.is_empty());
        other.steps[step.expect("something was ordered")].orders = vec![Order::HangUp];
        let shown = other.difference(&recorded);
        assert!(shown.contains("  - \"hang_up\""), "{shown}");
        assert!(shown.contains("  + "), "{shown}");
    }

    #[test]
    fn a_file_that_is_no_recording_is_refused_with_what_to_do() {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
        let error = Recording::read(&file).expect_err("it is something else");
        assert!(
            format!("{error:#}").contains("frontdesk call --record"),
            "{error:#}"
        );
    }
}
