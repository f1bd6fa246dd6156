//! Charts of what the server has counted: bars from zero, a target with words, a summary in one sentence, and the
//! figures behind them.

use serde::Serialize;

use super::words;

/// One bar: places in percent of the chart.
#[derive(Serialize)]
pub(super) struct Bar {
    x: f32,
    w: f32,
    y: f32,
    h: f32,
    title: String,
}

/// A line of the table behind a chart.
#[derive(Serialize)]
pub(super) struct Line {
    when: words::Moment,
    hits: u64,
    all: u64,
    rate: String,
}

/// Shares over time.
#[derive(Serialize)]
pub(super) struct Rates {
    /// For headings.
    name: String,
    /// One sentence that says what is to be seen.
    summary: String,
    bars: Vec<Bar>,
    /// Places and words below.
    ticks: Vec<(f32, &'static str)>,
    /// The target and its place, percent.
    target: Option<(u32, f32)>,
    table: Vec<Line>,
    /// How many it is about.
    n: u64,
}

/// A stretch of time on which charts are drawn.
#[derive(Clone, Copy)]
pub(super) struct Span {
    /// Where it ends, ms since 1970.
    pub to: u64,
    /// Length of a bar, ms.
    pub step_ms: u64,
    /// How many bars.
    pub steps: u64,
    /// Words below, from left to right.
    pub ticks: [&'static str; 4],
}

impl Span {
    /// Of a bar that begins at `from`, its place from the left; `None` when it is outside.
    fn place(&self, from: u64) -> Option<u64> {
        let last = self.to - self.to % self.step_ms;
        let back = last.checked_sub(from)? / self.step_ms;
        (self.steps - 1).checked_sub(back)
    }
}

/// A chart of `points`: when, how many of how many.
pub(super) fn rates(
    name: &str,
    points: &[(u64, u64, u64)],
    span: Span,
    target: Option<u32>,
) -> Rates {
    let wide = 100.0 / span.steps as f32;
    let mut bars = Vec::new();
    let mut table = Vec::new();
    let (mut hits, mut n) = (0, 0);
    for &(from, hit, all) in points {
        let Some(place) = span.place(from).filter(|_| all > 0) else {
            continue;
        };
        (hits, n) = (hits + hit, n + all);
        let percent = hit as f32 / all as f32 * 100.0;
        let when = words::moment(events::At(from), "UTC");
        bars.push(Bar {
            x: place as f32 * wide,
            w: wide * 0.86,
            // Nothing found is a thin line, so that it can be told from nothing asked.
            y: 100.0 - percent.max(1.0),
            h: percent.max(1.0),
            title: format!("{}: {hit} of {all}, {percent:.0} %", when.text),
        });
        table.push(Line {
            when,
            hits: hit,
            all,
            rate: share(hit, all),
        });
    }
    table.reverse();
    let summary = match n {
        0 => "Nothing was asked for in this time.".to_owned(),
        n => format!("{} of {n} were found, {}.", hits, share(hits, n)),
    };
    let places = [0.0, 33.3, 66.7, 100.0];
    Rates {
        name: name.to_owned(),
        summary,
        bars,
        ticks: places.into_iter().zip(span.ticks).collect(),
        target: target.map(|percent| (percent, 100.0 - percent as f32)),
        table,
        n,
    }
}

/// A share for people.
pub(super) fn share(hits: u64, all: u64) -> String {
    match all {
        0 => "–".to_owned(),
        all => format!("{:.0} %", hits as f64 / all as f64 * 100.0),
    }
}

/// Bytes for people.
pub(super) fn bytes(bytes: u64) -> String {
    let n = bytes as f64;
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{:.1} kB", n / 1e3),
        1_000_000..1_000_000_000 => format!("{:.1} MB", n / 1e6),
        _ => format!("{:.1} GB", n / 1e9),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPAN: Span = Span {
        to: 1_000_050,
        step_ms: 100,
        steps: 10,
        ticks: ["a", "b", "c", "d"],
    };

    #[test]
    fn bars_stand_at_their_time_and_are_as_high_as_their_share() {
        let points = [
            (999_000, 9, 9),
            (999_100, 1, 4),
            (999_200, 0, 0),
            (1_000_000, 0, 5),
        ];
        let chart = rates("memory", &points, SPAN, Some(60));
        let told: Vec<_> = chart.bars.iter().map(|b| (b.x, b.h)).collect();
        assert_eq!(
            told,
            [(0.0, 25.0), (90.0, 1.0)],
            "the first is too old, the third empty"
        );
        assert_eq!(chart.summary, "1 of 9 were found, 11 %.");
        assert_eq!(
            (chart.n, chart.table.len(), chart.target),
            (9, 2, Some((60, 40.0)))
        );
        assert_eq!(chart.table[0].rate, "0 %", "the latest first");
    }

    #[test]
    fn an_empty_chart_says_so() {
        let chart = rates("memory", &[], SPAN, None);
        assert_eq!(chart.summary, "Nothing was asked for in this time.");
        assert!(chart.bars.is_empty() && chart.ticks.len() == 4);
    }

    #[test]
    fn bytes_are_read_at_a_glance() {
        let read = [0, 999, 1_500, 2_340_000, 5_000_000_000].map(bytes);
        assert_eq!(read, ["0 B", "999 B", "1.5 kB", "2.3 MB", "5.0 GB"]);
    }
}
