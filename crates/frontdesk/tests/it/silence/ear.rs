//! What a caller may expect of every call, whatever is broken.

use std::collections::BTreeMap;

use carrier_sim::{CallReport, Ended, Speaker};

/// From the end of a filler, and of anything else that was said, to the next sound of the turn, ms.
const GAP_MS: f64 = 1_200.0;

/// From the caller's last word to the first sound of anything, ms: what is longer is an incident (CALLER §2.1).
const FIRST_MS: f64 = 2_000.0;

/// What was heard, worst first.
#[derive(Debug, Default)]
pub struct Heard {
    /// From the end of a filler to the next sound, ms; 0 where there was none.
    pub gap_ms: f64,
    /// From the caller's last word to the first sound, ms.
    pub first_ms: f64,
    /// Sounds that came too late. On a machine that does many things at once this may be the machine.
    pub late: Vec<String>,
    /// What else should not have been.
    pub wrong: Vec<String>,
}

impl Heard {
    /// Judges a call in which the caller said so many sentences.
    pub fn of(report: &CallReport, sentences: usize) -> Heard {
        let mut heard = Heard::default();
        if report.ended != Ended::Caller {
            heard.wrong.push(format!("it ended: {:?}", report.ended));
        }
        let errors = report.errors.iter().map(|e| format!("the carrier: {e}"));
        heard.wrong.extend(errors);
        if report.turns.len() != sentences + 1 {
            let count = report.turns.len();
            heard
                .wrong
                .push(format!("{count} turns, not {}", sentences + 1));
        }
        for (number, turn) in report.turns.iter().enumerate() {
            let sound = &turn.sound;
            if sound.answer_ms.is_none() {
                heard.wrong.push(format!("turn {number} was silent"));
            }
            let gap = sound.gaps.iter().copied().fold(0.0, f64::max);
            if gap > GAP_MS {
                let why = &turn.silence;
                let gaps = &sound.gaps;
                let words = &turn.heard;
                heard.late.push(format!(
                    "turn {number}: silent for {gap:.0} ms after a sound ({gaps:.0?}, {why}): {words}"
                ));
            }
            let first = sound.first_sound_ms.unwrap_or(0.0);
            if first > FIRST_MS {
                let why = &turn.silence;
                heard.late.push(format!(
                    "turn {number}: the first sound after {first:.0} ms ({why})"
                ));
            }
            heard.gap_ms = heard.gap_ms.max(gap);
            heard.first_ms = heard.first_ms.max(first);
        }
        heard.twice(report);
        heard
    }

    /// No sentence is heard twice in one call.
    fn twice(&mut self, report: &CallReport) {
        let mut said: BTreeMap<String, u32> = BTreeMap::new();
        let lines = report.transcript.iter();
        for line in lines.filter(|line| line.who == Speaker::Agent) {
            // A clip that another program spoke has no words here; its address stands for them.
            let whole = line.text.starts_with("http");
            let ends = |c: char| !whole && matches!(c, '.' | '?' | '!');
            for sentence in line.text.split_inclusive(ends) {
                let sentence = sentence.trim().to_lowercase();
                if sentence.chars().any(char::is_alphabetic) {
                    *said.entry(sentence).or_default() += 1;
                }
            }
        }
        for (sentence, count) in said {
            if count > 1 {
                self.wrong.push(format!("{count} times: {sentence}"));
            }
        }
    }

    /// The worse of both.
    pub fn and(&mut self, other: Heard) {
        self.gap_ms = self.gap_ms.max(other.gap_ms);
        self.first_ms = self.first_ms.max(other.first_ms);
        self.late.extend(other.late);
        self.wrong.extend(other.wrong);
    }

    /// Everything that should not have been.
    pub fn faults(&self) -> impl Iterator<Item = &String> {
        self.wrong.iter().chain(&self.late)
    }
}
