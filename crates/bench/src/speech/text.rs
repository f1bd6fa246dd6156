//! The report as text: for the terminal, and as Markdown.

use std::fmt::Write as _;

use super::{Mode, ModeFigure, SpeechReport, Words};
use crate::{
    spread::{at, sorted},
    svg::number,
};

/// Signs of a sparkline, from none to all.
const LEVELS: &[u8] = b" .:-=+*#";

/// Signs in a sparkline.
const COLUMNS: usize = 32;

impl SpeechReport {
    /// The columns of [`SpeechReport::rows`].
    pub(super) const HEAD: [&'static str; 12] = [
        "voice",
        "mode",
        "first p50",
        "p95",
        "p99",
        "end p50",
        "p95",
        "p99",
        "min",
        "cpu p50",
        "×real time",
        "n",
    ];

    /// One row for each voice and way.
    pub(super) fn rows(&self) -> Vec<Vec<String>> {
        let both = self.targets.iter().zip(&self.figures);
        both.flat_map(|(target, figure)| {
            let name = target.name();
            figure.modes.iter().map(move |mode| row(&name, mode))
        })
        .collect()
    }

    /// The share of words heard wrong of the voice at this place.
    pub(super) fn wrong(&self, place: usize) -> String {
        let Words::Heard { by_target, .. } = &self.words else {
            return "–".to_owned();
        };
        let rate = by_target.get(place).and_then(super::WordCount::rate);
        rate.map_or("–".to_owned(), |rate| format!("{rate:.1} %"))
    }

    /// For the terminal.
    pub fn text(&self) -> String {
        let mut out = String::new();
        for (name, value) in self.header.pairs() {
            let _ = writeln!(out, "{name:<14} {value}");
        }
        let _ = writeln!(out);
        let rows = self.rows();
        let wide = rows.iter().map(|row| row[0].chars().count()).max();
        let line = |out: &mut String, cells: &[String]| {
            let name = wide.unwrap_or(0).max(5);
            let _ = write!(out, "{:<name$} {:<6}", cells[0], cells[1]);
            for cell in &cells[2..] {
                let _ = write!(out, " {cell:>10}");
            }
            let _ = writeln!(out);
        };
        line(&mut out, &Self::HEAD.map(str::to_owned));
        rows.iter().for_each(|row| line(&mut out, row));
        self.foot(&mut out);
        out
    }

    fn foot(&self, out: &mut String) {
        let _ = writeln!(out);
        for (place, (target, figure)) in self.targets.iter().zip(&self.figures).enumerate() {
            let ms = |ms: Option<f64>| ms.map_or("–".to_owned(), number);
            let _ = writeln!(
                out,
                "{}: cold first sound {} ms, end {} ms; level {:.1} dBFS, {} clipped samples; words wrong {}",
                target.name(),
                ms(figure.cold_first_ms),
                ms(figure.cold_total_ms),
                figure.level_dbfs.p50,
                figure.clipped,
                self.wrong(place)
            );
            for error in &figure.errors {
                let _ = writeln!(out, "  {} × {}: {}", error.count, error.kind, error.first);
            }
            if let Some(why) = &target.given_up {
                let _ = writeln!(out, "  given up: {why}");
            }
        }
        for what in &self.setup.left_out {
            let _ = writeln!(out, "left out: {what}");
        }
        if let Words::LeftOut { why } = &self.words {
            let _ = writeln!(out, "word errors were left out: {why}");
        }
        let _ = writeln!(out);
        for check in &self.checks {
            let _ = writeln!(
                out,
                "{} {:<48} {:>9.1} {:<3} (at most {})",
                if check.met() { "ok  " } else { "MISS" },
                check.name,
                check.figure,
                check.unit,
                check.at_most
            );
        }
    }

    /// As Markdown, each distribution as a line of signs.
    pub fn markdown(&self) -> String {
        let mut out = "# Voices, measured\n\n".to_owned();
        for (name, value) in self.header.pairs() {
            let _ = writeln!(out, "- {name}: {}", plain(&value));
        }
        let _ = writeln!(
            out,
            "\n{} sentences, {} rounds after {} that do not count. Milliseconds.\n",
            self.setup.sentences.len(),
            self.setup.rounds,
            self.setup.warm_up
        );
        let _ = writeln!(out, "| {} |", Self::HEAD.join(" | "));
        let _ = writeln!(out, "|{}", " --- |".repeat(Self::HEAD.len()));
        for row in self.rows() {
            let cells: Vec<String> = row.iter().map(|cell| plain(cell)).collect();
            let _ = writeln!(out, "| {} |", cells.join(" | "));
        }
        let _ = writeln!(out, "\n```text");
        self.sparklines(&mut out);
        let _ = writeln!(out, "```\n\n```text");
        self.foot(&mut out);
        out + "```\n"
    }

    /// Where the samples lie between 0 and the slowest of all voices.
    fn sparklines(&self, out: &mut String) {
        for mode in &self.setup.modes {
            let picked = |place| match mode {
                Mode::Batch => self.picked(place, *mode, |s| s.total_ms),
                Mode::Stream => self.picked(place, *mode, |s| s.first_ms),
            };
            let all: Vec<Vec<f64>> = (0..self.targets.len()).map(picked).collect();
            let most = at(&sorted(all.iter().flatten().copied()), 0.99);
            let what = match mode {
                Mode::Batch => "batch, words to clip",
                Mode::Stream => "stream, words to first sound",
            };
            let _ = writeln!(out, "{what}: 0 to {} ms", number(most));
            for (target, samples) in self.targets.iter().zip(&all) {
                let _ = writeln!(out, "  [{}] {}", sparkline(samples, most), target.name());
            }
        }
    }
}

fn row(name: &str, figure: &ModeFigure) -> Vec<String> {
    let of = |count: usize, value: f64| match count {
        0 => "–".to_owned(),
        _ => number(value),
    };
    let (first, total, cpu) = (&figure.first_ms, &figure.total_ms, &figure.cpu_ms);
    vec![
        name.to_owned(),
        figure.mode.name().to_owned(),
        of(first.count, first.p50),
        of(first.count, first.p95),
        of(first.count, first.p99),
        of(total.count, total.p50),
        of(total.count, total.p95),
        of(total.count, total.p99),
        of(total.count, total.min),
        of(cpu.count, cpu.p50),
        match total.count {
            0 => "–".to_owned(),
            _ => format!("{:.3}", figure.real_time_factor.p50),
        },
        total.count.to_string(),
    ]
}

/// How many samples lie in each part of the way from 0 to `most`, as signs.
fn sparkline(samples: &[f64], most: f64) -> String {
    let mut counts = [0usize; COLUMNS];
    for sample in samples {
        let place = sample / most.max(0.001) * COLUMNS as f64;
        counts[(place as usize).min(COLUMNS - 1)] += 1;
    }
    let highest = counts.iter().copied().max().unwrap_or(0).max(1);
    let sign = |count: &usize| match count {
        0 => ' ',
        // One sample among many is still one.
        _ => char::from(LEVELS[(count * (LEVELS.len() - 1)).div_ceil(highest)]),
    };
    counts.iter().map(sign).collect()
}

/// Text that is not taken for a table.
fn plain(text: &str) -> String {
    text.replace('|', "/").replace(['\n', '\r'], " ")
}
