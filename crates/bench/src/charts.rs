//! The charts of a report.

use std::fmt::Write as _;

use events::Stage;

use crate::{
    Report, TurnFigure,
    spread::{at, sorted},
    svg::{Scale, escape, figure, number},
};

const HEIGHT: f64 = 220.0;
const ROW: f64 = 26.0;

/// Share of samples (upwards) that are not above a value (to the right), one line per series.
pub(crate) fn ecdf(title: &str, series: &[(&str, Vec<f64>)], unit: &str) -> String {
    let series: Vec<(&str, Vec<f64>)> = series
        .iter()
        .map(|(name, samples)| (*name, sorted(samples.iter().copied())))
        .collect();
    // A single wild sample would squeeze all others into one pixel: what lies beyond is told in the table.
    let most = series.iter().map(|(_, s)| at(s, 0.999)).fold(0.0, f64::max);
    let scale = Scale::up_to(most);
    let mut inside = scale.axis(HEIGHT, unit);
    let y = |share: f64| 8.0 + (1.0 - share) * (HEIGHT - 28.0);
    for share in [0.0, 0.5, 0.95, 1.0] {
        let (at, label) = (y(share), share * 100.0);
        let _ = write!(
            inside,
            "<line class=grid x1=52 x2=704 y1={at:.1} y2={at:.1} /><text x=46 y={:.1} text-anchor=end>{label:.0} %</text>",
            at + 4.0
        );
    }
    for (n, (name, samples)) in series.iter().enumerate() {
        let mut path = String::new();
        for step in 0..=200u32 {
            let share = f64::from(step) / 200.0;
            let place = (scale.x(at(samples, share)), y(share));
            let _ = write!(path, "{:.1},{:.1} ", place.0, place.1);
        }
        let _ = write!(
            inside,
            "<polyline class=s{n} points=\"{path}\" /><text class=s{n} x=696 y={} text-anchor=end>{}</text>",
            HEIGHT - 34.0 - 16.0 * n as f64,
            escape(name)
        );
    }
    figure(title, HEIGHT, &inside)
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
    );
    out += &ecdf(
        "What the caller waits for, from the webhook",
        &[
            ("dead air", of(&|turn| Some(turn.dead_air_ms))),
            ("first sound", of(&|turn| turn.first_sound_ms)),
            ("answer", of(&|turn| turn.answer_ms)),
        ],
        " ms",
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
