//! The report as one page.

use super::{BUILT_IN, FIRST_SENTENCE_MS, Mode, Sample, SpeechReport, Words};
use crate::{
    charts::{self, Aim, MOST_LINES, Series},
    page,
    svg::number,
};

impl SpeechReport {
    /// One self-contained page: the head, aims, tables and charts.
    pub fn html(&self) -> String {
        let title = format!("Voices, measured: {}", self.header.at);
        let rows: Vec<Vec<String>> = self.rows();
        let body = [
            page::block(&self.header.pairs()),
            self.asked(),
            "<h2>Aims</h2>".to_owned(),
            page::checks(&self.checks),
            "<h2>Figures</h2><p class=told>Milliseconds. Batch is words in, finished telephone clip out; stream is the sound as it comes. Warm-up and first requests are in no percentile.</p>".to_owned(),
            page::table("", &Self::HEAD, &rows),
            "<h2>First requests</h2><p class=told>The very first request to each voice, before any connection is open.</p>".to_owned(),
            page::table("", &["voice", "version", "files read, ms", "first sound, ms", "end, ms"], &self.cold()),
            "<h2>Sound</h2><p class=told>As the engine gives it. Every clip for the telephone is brought to −22 dBFS afterwards.</p>".to_owned(),
            page::table("", &["voice", "level p50, dBFS", "quietest", "loudest", "clipped samples", "words wrong"], &self.sound()),
            self.errors(),
            "<h2>Charts</h2>".to_owned(),
            self.charts(),
            self.sentences(),
        ];
        page::page(&title, &body.concat())
    }

    fn asked(&self) -> String {
        let setup = &self.setup;
        let mut told = format!(
            "<p>Sentences: {}; rounds: {}, after {} that do not count. {} requests count, {} failed.</p>",
            setup.sentences.len(),
            setup.rounds,
            setup.warm_up,
            self.counted(),
            self.failed()
        );
        let given_up = self.targets.iter().filter_map(|target| {
            let why = target.given_up.as_ref()?;
            Some(format!("{} was given up: {why}", target.name()))
        });
        let notes: Vec<Vec<String>> = setup
            .left_out
            .iter()
            .cloned()
            .chain(given_up)
            .map(|note| vec![note])
            .collect();
        if !notes.is_empty() {
            told += &page::table("words", &["Left out"], &notes);
        }
        told
    }

    fn cold(&self) -> Vec<Vec<String>> {
        let ms = |ms: Option<f64>| ms.map_or("–".to_owned(), number);
        let both = self.targets.iter().zip(&self.figures);
        both.map(|(target, figure)| {
            vec![
                target.name(),
                target.version.clone(),
                ms(target.opened_ms),
                ms(figure.cold_first_ms),
                ms(figure.cold_total_ms),
            ]
        })
        .collect()
    }

    fn sound(&self) -> Vec<Vec<String>> {
        let both = self.targets.iter().zip(&self.figures).enumerate();
        both.map(|(place, (target, figure))| {
            let level = &figure.level_dbfs;
            let shown = |value: f64| match level.count {
                0 => "–".to_owned(),
                _ => format!("{value:.1}"),
            };
            vec![
                target.name(),
                shown(level.p50),
                shown(level.min),
                shown(level.max),
                figure.clipped.to_string(),
                self.wrong(place),
            ]
        })
        .collect()
    }

    fn errors(&self) -> String {
        let both = self.targets.iter().zip(&self.figures);
        let rows: Vec<Vec<String>> = both
            .flat_map(|(target, figure)| {
                let row = |error: &super::ErrorCount| {
                    vec![
                        target.name(),
                        error.kind.clone(),
                        error.count.to_string(),
                        error.first.clone(),
                    ]
                };
                figure.errors.iter().map(row).collect::<Vec<_>>()
            })
            .collect();
        match rows.is_empty() {
            true => "<h2>Errors</h2><p>None.</p>".to_owned(),
            false => {
                let head = ["voice", "kind", "requests", "the first, in words"];
                "<h2>Errors</h2>".to_owned() + &page::table("words", &head, &rows)
            }
        }
    }

    fn charts(&self) -> String {
        let mut out = String::new();
        let aim: Aim<'_> = self
            .targets
            .iter()
            .any(|target| target.provider == BUILT_IN)
            .then_some((FIRST_SENTENCE_MS, "built-in voice: at most 60 ms"));
        for mode in &self.setup.modes {
            out += &match mode {
                Mode::Batch => {
                    let title = "Batch: from the words to the finished clip";
                    self.compared(title, *mode, |s| s.total_ms, aim)
                }
                Mode::Stream => {
                    let first = self.compared(
                        "Stream: from the words to the first sound",
                        *mode,
                        |s| s.first_ms,
                        None,
                    );
                    let last = "Stream: from the words to the last sound";
                    first + &self.compared(last, *mode, |s| s.total_ms, None)
                }
            };
        }
        out
    }

    /// All voices in one picture, or as few pictures as can be read; one voice alone as a histogram.
    fn compared(
        &self,
        title: &str,
        mode: Mode,
        pick: fn(&Sample) -> Option<f64>,
        aim: Aim<'_>,
    ) -> String {
        let names: Vec<String> = self.targets.iter().map(super::Target::name).collect();
        let all: Vec<Series<'_>> = names
            .iter()
            .enumerate()
            .map(|(place, name)| (name.as_str(), self.picked(place, mode, pick)))
            .filter(|(_, samples)| !samples.is_empty())
            .collect();
        match all.as_slice() {
            [] => format!("<p>{title}: no request gave sound.</p>"),
            [(name, samples)] => {
                charts::histogram(&format!("{title}, {name}"), samples, " ms", aim)
            }
            _ => all
                .chunks(MOST_LINES)
                .map(|some| charts::ecdf(title, some, " ms", aim))
                .collect(),
        }
    }

    fn sentences(&self) -> String {
        let lines = self.setup.sentences.iter().enumerate();
        let rows: Vec<Vec<String>> = lines
            .map(|(n, text)| vec![(n + 1).to_string(), text.clone()])
            .collect();
        let heard = match &self.words {
            Words::NotAsked => "Nobody listened: word errors are counted with --wer.".to_owned(),
            Words::LeftOut { why } => format!("Word errors were left out: {why}"),
            Words::Heard { recogniser, .. } => format!("Word errors as heard by {recogniser}."),
        };
        format!(
            "<h2>Sentences</h2><p class=told>{}</p>{}",
            crate::svg::escape(&heard),
            page::table("words", &["", "said"], &rows)
        )
    }
}
