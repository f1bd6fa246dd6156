//! A run in one page: the figures, what they should be, and everything they were made from.

use std::fmt::Write as _;

use carrier_sim::CallReport;
use serde::{Deserialize, Serialize};

use crate::{
    FillerFigure, Machine, Spread, TurnFigure, Used,
    faults::{Faults, faults},
};

/// A turn with more silence than this is counted, ms.
const LONG_MS: f64 = 1_500.0;

/// What was run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Setup {
    /// The command line.
    pub command: String,
    /// Calls that count.
    pub calls: usize,
    /// Turns of each.
    pub turns: usize,
    /// New calls a second.
    pub rate: f64,
    /// Calls before them that do not count.
    pub warm_up: usize,
    /// From the caller's words to the first sentence's audio, ms.
    pub pipeline_ms: u32,
    /// How far that may stray, ms either way.
    pub jitter_ms: u32,
    /// Simulated round trip of each webhook, ms.
    pub rtt_ms: u32,
    /// How long the carrier waits for the end of speech, ms.
    pub endpoint_ms: u32,
    /// How much faster than real time everything ran.
    pub speed: f64,
}

/// A figure with its aim.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Check {
    /// What is measured.
    pub name: String,
    /// What came out.
    pub figure: f64,
    /// The largest that is good.
    pub at_most: f64,
    /// In what.
    pub unit: String,
}

impl Check {
    pub(crate) fn new(name: &str, figure: f64, at_most: f64, unit: &str) -> Self {
        Self {
            name: name.to_owned(),
            figure,
            at_most,
            unit: unit.to_owned(),
        }
    }

    /// Whether the aim was met.
    pub fn met(&self) -> bool {
        self.figure <= self.at_most
    }
}

/// A run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// What was run.
    pub setup: Setup,
    /// Where.
    pub machine: Machine,
    /// What the server used.
    pub used: Used,
    /// What the callers' side used.
    pub generator: Used,
    /// What went wrong.
    pub faults: Faults,
    /// Webhook requests, greetings and redirects included.
    pub requests: u64,
    /// The answer to a caller's words, deliberate waiting taken out, ms.
    pub webhook_ms: Spread,
    /// The same for those that were not held at all, as the client measured, ms.
    pub unheld_ms: Spread,
    /// Deliberate waiting for the first answer, of those that were held, ms.
    pub grace_ms: Spread,
    /// The answers at tts-ready, deliberate waiting taken out, ms.
    pub ready_ms: Spread,
    /// Deliberate waiting at tts-ready, of those that were held, ms.
    pub ready_held_ms: Spread,
    /// Silence until the answer, ms.
    pub dead_air_ms: Spread,
    /// From the webhook to the first sound, ms.
    pub first_sound_ms: Spread,
    /// From the webhook to the answer, ms.
    pub answer_ms: Spread,
    /// The longest silence inside a turn's sounds, ms.
    pub gap_ms: Spread,
    /// How far ear and ledger are apart, ms.
    pub disagreement_ms: Spread,
    /// Turns with more than 1.5 s of silence.
    pub long_turns: usize,
    /// Fillers per turn.
    pub fillers_per_turn: f64,
    /// Turns in which the caller heard an apology or the carrier's own voice.
    pub fallbacks: usize,
    /// Aims.
    pub checks: Vec<Check>,
    /// Every turn, greetings included.
    pub turns: Vec<TurnFigure>,
}

impl Report {
    /// Makes the page from what was measured.
    pub fn new(
        setup: Setup,
        machine: Machine,
        used: Used,
        calls: &[CallReport],
        lost: usize,
        turns: Vec<TurnFigure>,
    ) -> Self {
        let asked: Vec<&TurnFigure> = turns.iter().filter(|turn| turn.turn > 0).collect();
        let of = |pick: fn(&TurnFigure) -> Option<f64>| {
            Spread::of(asked.iter().filter_map(|turn| pick(turn)))
        };
        let ready = || asked.iter().flat_map(|turn| &turn.ready);
        let held = |ms: u32| (ms > 1).then(|| f64::from(ms));
        let fillers: usize = asked.iter().map(|turn| turn.fillers.len()).sum();
        let mut report = Self {
            faults: faults(calls, lost, &asked),
            requests: calls.iter().map(|call| u64::from(call.requests)).sum(),
            webhook_ms: of(|turn| Some(turn.webhook.took_ms())),
            unheld_ms: of(|turn| (turn.webhook.held_ms < 2).then_some(turn.webhook.total_ms)),
            grace_ms: Spread::of(asked.iter().filter_map(|turn| held(turn.webhook.held_ms))),
            ready_ms: Spread::of(ready().map(|document| document.took_ms())),
            ready_held_ms: Spread::of(ready().filter_map(|document| held(document.held_ms))),
            dead_air_ms: of(|turn| Some(turn.dead_air_ms)),
            first_sound_ms: of(|turn| turn.first_sound_ms),
            answer_ms: of(|turn| turn.answer_ms),
            gap_ms: of(|turn| Some(turn.longest_gap_ms)),
            disagreement_ms: of(|turn| turn.disagreement_ms().map(f64::abs)),
            long_turns: asked
                .iter()
                .filter(|turn| turn.dead_air_ms > LONG_MS)
                .count(),
            fillers_per_turn: fillers as f64 / asked.len().max(1) as f64,
            fallbacks: asked
                .iter()
                .filter(|turn| turn.gave_up || turn.read > 0)
                .count(),
            ..Self::default()
        };
        report.setup = setup;
        report.machine = machine;
        report.used = used;
        report.turns = turns;
        report.checks = report.aims();
        report
    }

    fn aims(&self) -> Vec<Check> {
        let faults = &self.faults;
        let errors = faults.errors + faults.not_200 + faults.failed_calls + faults.unanswered;
        let mut checks = vec![
            Check::new(
                "invalid documents",
                faults.invalid_documents as f64,
                0.0,
                "",
            ),
            Check::new("errors", errors as f64, 0.0, ""),
            Check::new("webhook answer p50", self.webhook_ms.p50, 2.0, "ms"),
            Check::new("webhook answer p99", self.webhook_ms.p99, 10.0, "ms"),
            Check::new(
                "ledger against ear p99",
                self.disagreement_ms.p99,
                20.0,
                "ms",
            ),
        ];
        match self.setup.pipeline_ms {
            0..=300 => checks.push(Check::new(
                "fillers per turn",
                self.fillers_per_turn,
                0.0,
                "",
            )),
            301..=1_000 => {
                checks.push(Check::new(
                    "answer starts p95",
                    self.answer_ms.p95,
                    1_100.0,
                    "ms",
                ));
            }
            _ => {}
        }
        if self.setup.pipeline_ms < 10_000 {
            checks.push(Check::new(
                "dead air p95",
                self.dead_air_ms.p95,
                300.0,
                "ms",
            ));
        }
        checks.push(Check::new(
            "turns over 1.5 s",
            self.long_turns as f64,
            0.0,
            "",
        ));
        checks
    }

    /// Whether every document was valid and every call was answered; says nothing of times.
    pub fn is_sound(&self) -> bool {
        let f = &self.faults;
        f.invalid_documents + f.not_200 + f.errors + f.failed_calls + f.unanswered == 0
            && !self.turns.is_empty()
    }

    /// Whether every aim was met.
    pub fn meets_all(&self) -> bool {
        self.checks.iter().all(Check::met)
    }

    /// For the terminal.
    pub fn text(&self) -> String {
        let mut out = String::new();
        self.head(&mut out);
        let _ = writeln!(
            out,
            "{:<44}{:>9}{:>9}{:>9}{:>9}{:>8}",
            "ms", "p50", "p95", "p99", "max", "count"
        );
        for (name, spread) in self.rows() {
            let Spread {
                count,
                p50,
                p95,
                p99,
                max,
                ..
            } = spread;
            let _ = writeln!(
                out,
                "{name:<44}{p50:>9.1}{p95:>9.1}{p99:>9.1}{max:>9.1}{count:>8}"
            );
        }
        self.foot(&mut out);
        out
    }

    /// The distributions, with their names.
    pub(crate) fn rows(&self) -> [(&'static str, Spread); 10] {
        [
            (
                "webhook answered, without deliberate grace",
                self.webhook_ms,
            ),
            ("  of them not held at all, as measured", self.unheld_ms),
            ("  deliberate grace", self.grace_ms),
            ("tts-ready answered, without its hold", self.ready_ms),
            ("  deliberate hold", self.ready_held_ms),
            ("dead air until the answer", self.dead_air_ms),
            ("webhook to first sound", self.first_sound_ms),
            ("webhook to answer", self.answer_ms),
            ("longest gap between sounds", self.gap_ms),
            ("ledger against ear", self.disagreement_ms),
        ]
    }

    fn head(&self, out: &mut String) {
        let (setup, machine, used) = (&self.setup, &self.machine, &self.used);
        let _ = writeln!(out, "{}", setup.command);
        let _ = writeln!(
            out,
            "{} calls of {} turns, {} new a second after {} that do not count; pipeline {} ms ± {}, round trip {} ms, end of speech {} ms (not counted), speed {}",
            setup.calls,
            setup.turns,
            setup.rate,
            setup.warm_up,
            setup.pipeline_ms,
            setup.jitter_ms,
            setup.rtt_ms,
            setup.endpoint_ms,
            setup.speed
        );
        let _ = writeln!(
            out,
            "{}, {} cores; server on core {}, calls from core {}; load average {:.1} before, {:.1} after",
            machine.processor,
            machine.cores,
            machine.server_core,
            machine.load_core,
            machine.load_before,
            machine.load_after
        );
        let per_request = used.cpu_s * 1000.0 / (self.requests.max(1) as f64);
        let _ = writeln!(
            out,
            "server: {:.1} % of its core ({:.2} ms a webhook), {:.0} MB (peak {:.0}); others took {:.0} % of that core; callers: {:.0} % of theirs; {:.0} s",
            used.cpu_percent,
            per_request,
            used.rss_mb,
            used.rss_peak_mb,
            used.foreign_percent,
            self.generator.cpu_percent,
            used.seconds
        );
        let _ = writeln!(out);
    }

    fn foot(&self, out: &mut String) {
        let f = &self.faults;
        let _ = writeln!(
            out,
            "\n{} requests, {} invalid documents, {} not 200, {} errors, {} failed calls, {} unanswered turns",
            self.requests, f.invalid_documents, f.not_200, f.errors, f.failed_calls, f.unanswered
        );
        for words in &f.words {
            let _ = writeln!(out, "  {words}");
        }
        let _ = writeln!(
            out,
            "{:.2} fillers a turn; {} turns over 1.5 s of silence; {} turns with an apology or the carrier's own voice",
            self.fillers_per_turn, self.long_turns, self.fallbacks
        );
        let _ = writeln!(out);
        for check in &self.checks {
            let _ = writeln!(
                out,
                "{} {:<28} {:>9.1} {:<3} (at most {})",
                if check.met() { "ok  " } else { "MISS" },
                check.name,
                check.figure,
                check.unit,
                check.at_most
            );
        }
    }

    /// The fillers that were played, by class and reason, most often first.
    pub(crate) fn filler_uses(&self) -> Vec<(String, usize)> {
        let mut uses = std::collections::BTreeMap::new();
        let name = |filler: &FillerFigure| format!("{}, {}", filler.class, filler.reason);
        for filler in self.turns.iter().flat_map(|turn| &turn.fillers) {
            *uses.entry(name(filler)).or_insert(0usize) += 1;
        }
        let mut uses: Vec<_> = uses.into_iter().collect();
        uses.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        uses
    }
}
