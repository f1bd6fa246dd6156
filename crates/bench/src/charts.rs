//! The charts of a report.

use std::fmt::Write as _;

use events::Stage;

use crate::{
    Report, Spread, TurnFigure, page,
    spread::{at, sorted},
    svg::{Scale, escape, figure, figure_with, number},
};

const HEIGHT: f64 = 220.0;
const ROW: f64 = 26.0;

/// A value that is aimed at: where, and what it is.
pub(crate) type Aim<'a> = Option<(f64, &'a str)>;

/// More lines than this in one picture cannot be told apart.
pub(crate) const MOST_LINES: usize = 6;

/// A set of samples under its name.
pub(crate) type Series<'a> = (&'a str, Vec<f64>);

/// Share of samples (upwards) that are not above a value (to the right), one line per series.
pub(crate) fn ecdf(title: &str, series: &[Series<'_>], unit: &str, aim: Aim<'_>) -> String {
    let series: Vec<(&str, Vec<f64>)> = series
        .iter()
        .map(|(name, samples)| (*name, sorted(samples.iter().copied())))
        .collect();
    // A single wild sample would squeeze all others into one pixel: what lies beyond is told in the table.
    let most = series.iter().map(|(_, s)| at(s, 0.999)).fold(0.0, f64::max);
    let scale = Scale::up_to(most.max(aim.map_or(0.0, |(value, _)| value * 1.1)));
    let mut inside = scale.axis(HEIGHT, unit);
    let y = |share: f64| 16.0 + (1.0 - share) * (HEIGHT - 36.0);
    for share in [0.0, 0.5, 0.95, 1.0] {
        let (at, label) = (y(share), share * 100.0);
        // The topmost two are too near to each other for two labels beside each other.
        let lift = if share == 1.0 { 0.0 } else { 4.0 };
        let _ = write!(
            inside,
            "<line class=grid x1=52 x2=704 y1={at:.1} y2={at:.1} /><text x=46 y={:.1} text-anchor=end>{label:.0} %</text>",
            at + lift
        );
    }
    for (n, (_, samples)) in series
        .iter()
        .enumerate()
        .filter(|(_, (_, s))| !s.is_empty())
    {
        // From the ground up to the first sample, then a step at each rank.
        let mut path = format!("{:.1},{:.1} ", scale.x(at(samples, 0.0)), y(0.0));
        for step in 0..=200u32 {
            let share = f64::from(step) / 200.0;
            let _ = write!(path, "{:.1},{:.1} ", scale.x(at(samples, share)), y(share));
        }
        let _ = write!(inside, "<polyline class=s{n} points=\"{path}\" />");
    }
    inside += &aim_line(&scale, HEIGHT, aim);
    let aimed = aim.map(|(_, words)| format!("; {words}"));
    let told = format!(
        "Upwards, the share of samples that are not above the value to the right{}.",
        aimed.unwrap_or_default()
    );
    charted(title, &told, HEIGHT, &inside, &series, unit)
}

/// How many samples (upwards) lie in each stretch of values (to the right).
pub(crate) fn histogram(title: &str, samples: &[f64], unit: &str, aim: Aim<'_>) -> String {
    const BINS: usize = 40;
    let samples = sorted(samples.iter().copied());
    let most = at(&samples, 1.0).max(aim.map_or(0.0, |(value, _)| value * 1.1));
    let scale = Scale::up_to(most);
    let width = scale.to / BINS as f64;
    let mut counts = [0usize; BINS];
    for sample in &samples {
        let bin = (sample / width) as usize;
        counts[bin.min(BINS - 1)] += 1;
    }
    let highest = counts.iter().copied().max().unwrap_or(0).max(1);
    let mut inside = scale.axis(HEIGHT, unit);
    let (floor, tall) = (HEIGHT - 20.0, HEIGHT - 44.0);
    for (bin, count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
        let (from, to) = (width * bin as f64, width * (bin + 1) as f64);
        let height = tall * *count as f64 / highest as f64;
        let _ = write!(
            inside,
            "<rect class=bin x={:.1} y={:.1} width={:.1} height={height:.1}><title>{count} from {} to {}{unit}</title></rect>",
            scale.x(from),
            floor - height,
            (scale.x(to) - scale.x(from) - 1.0).max(1.0),
            number(from),
            number(to),
        );
    }
    let _ = write!(
        inside,
        "<text x=46 y=28 text-anchor=end>{highest}</text><text x=46 y={floor} text-anchor=end>0</text>"
    );
    inside += &aim_line(&scale, HEIGHT, aim);
    let told = format!("Upwards, how many of {} samples.", samples.len());
    charted(title, &told, HEIGHT, &inside, &[("all", samples)], unit)
}

/// The aim as a line with its words.
fn aim_line(scale: &Scale, height: f64, aim: Aim<'_>) -> String {
    let Some((value, words)) = aim else {
        return String::new();
    };
    let x = scale.x(value);
    let (anchor, shift) = if x > 400.0 {
        ("end", -5.0)
    } else {
        ("start", 5.0)
    };
    format!(
        "<line class=aim x1={x:.1} x2={x:.1} y1=2 y2={:.1} /><text class=aim x={:.1} y=11 text-anchor={anchor}>{}</text>",
        height - 20.0,
        x + shift,
        escape(words)
    )
}

/// A drawing with what it shows in words, the percentiles of each line, and the numbers behind it.
fn charted(
    title: &str,
    told: &str,
    height: f64,
    inside: &str,
    series: &[(&str, Vec<f64>)],
    unit: &str,
) -> String {
    let mut key = "<ul class=key>".to_owned();
    for (n, (name, samples)) in series.iter().enumerate() {
        let spread = Spread::of(samples.iter().copied());
        let swatch = format!(
            "<svg viewBox=\"0 0 36 10\" aria-hidden=true><line class=s{n} x1=0 x2=36 y1=5 y2=5 /></svg>"
        );
        let _ = write!(
            key,
            "<li>{}{}: p50 {}, p95 {}, p99 {}{unit}; n {}</li>",
            if series.len() > 1 { &swatch } else { "" },
            escape(name),
            number(spread.p50),
            number(spread.p95),
            number(spread.p99),
            spread.count
        );
    }
    key += "</ul>";
    let mut head = vec!["share"];
    head.extend(series.iter().map(|(name, _)| *name));
    let rows: Vec<Vec<String>> = [0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 1.0]
        .into_iter()
        .map(|share| {
            let cells = series.iter().map(|(_, samples)| number(at(samples, share)));
            std::iter::once(format!("{:.0} %", share * 100.0))
                .chain(cells)
                .collect()
        })
        .collect();
    let more = format!(
        "<p class=told>{}</p>{key}<details><summary>Show the data</summary>{}</details>",
        escape(told),
        page::table("", &head, &rows)
    );
    figure_with(title, height, inside, &more)
}

/// One turn from the webhook to the answer: what the server did above, what the caller heard below.
pub(crate) fn waterfall(title: &str, turn: &TurnFigure) -> String {
    let last_mark = turn.marks.iter().map(|(_, ms)| *ms).max().unwrap_or(0);
    let answer = turn.answer_ms.unwrap_or(0.0);
    let scale = Scale::up_to(answer.max(f64::from(last_mark)) * 1.05);
    let rows = 1.0 + turn.marks.len() as f64;
    let height = rows * ROW + 40.0;
    let mut inside = scale.axis(height, " ms");
    for (stage, from, to) in &turn.segments {
        let (class, name) = match stage {
            Stage::Held => ("held", "held"),
            Stage::Filler => ("filler", "filler"),
            Stage::Carrier => ("carrier", "carrier"),
        };
        inside += &bar(&scale, 0.0, f64::from(*from), f64::from(*to), class, name);
    }
    if let Some(answer) = turn.answer_ms {
        inside += &bar(&scale, 0.0, answer, scale.to, "answer", "answer");
    }
    for (row, (name, ms)) in turn.marks.iter().enumerate() {
        let ms = f64::from(*ms);
        let label = format!("{name} {}", number(ms));
        inside += &bar(&scale, row as f64 + 1.0, 0.0, ms, "work", &label);
    }
    let heard = format!(
        "{} — {} ms of silence, answer at {} ms: “{}”",
        title,
        number(turn.dead_air_ms),
        number(answer),
        turn.said
    );
    figure(&heard, height, &inside)
}

fn bar(scale: &Scale, row: f64, from: f64, to: f64, class: &str, label: &str) -> String {
    let (x, y) = (scale.x(from), 10.0 + row * ROW);
    let width = (scale.x(to) - x).max(1.0);
    let label = escape(label);
    let text = if width > 40.0 || class == "work" {
        format!("<text x={:.1} y={:.1}>{label}</text>", x + 4.0, y + 15.0)
    } else {
        String::new()
    };
    format!(
        "<rect class={class} x={x:.1} y={y:.1} width={width:.1} height=20><title>{label}: {} to {} ms</title></rect>{text}",
        number(from),
        number(to)
    )
}

/// All charts of a report, in order.
pub(crate) fn all(report: &Report) -> String {
    let asked: Vec<&TurnFigure> = report.turns.iter().filter(|turn| turn.turn > 0).collect();
    let of = |pick: &dyn Fn(&TurnFigure) -> Option<f64>| -> Vec<f64> {
        asked.iter().filter_map(|turn| pick(turn)).collect()
    };
    let ready = asked.iter().flat_map(|turn| &turn.ready);
    let mut out = ecdf(
        "How fast requests are answered, deliberate waiting taken out",
        &[
            ("webhook", of(&|turn| Some(turn.webhook.took_ms()))),
            (
                "tts-ready",
                ready.map(|document| document.took_ms()).collect(),
            ),
        ],
        " ms",
        None,
    );
    out += &ecdf(
        "What the caller waits for, from the webhook",
        &[
            ("dead air", of(&|turn| Some(turn.dead_air_ms))),
            ("first sound", of(&|turn| turn.first_sound_ms)),
            ("answer", of(&|turn| turn.answer_ms)),
        ],
        " ms",
        None,
    );
    let mut by_silence = asked.clone();
    by_silence.sort_by(|a, b| a.dead_air_ms.total_cmp(&b.dead_air_ms));
    if let Some(turn) = by_silence.get(by_silence.len() / 2) {
        out += &waterfall("The median turn", turn);
    }
    if let Some(turn) = by_silence.last() {
        out += &waterfall("The turn with the most silence", turn);
    }
    out
}
