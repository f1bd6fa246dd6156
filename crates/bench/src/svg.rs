//! Drawing: axes, steps, bars. Everything is text with a width of 720 and colours that the page decides.

use std::fmt::Write as _;

pub(crate) const WIDTH: f64 = 720.0;
const LEFT: f64 = 52.0;
const RIGHT: f64 = 16.0;

/// From a value to a place, left to right.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scale {
    pub from: f64,
    pub to: f64,
}

impl Scale {
    /// From 0 to a round number above `most`.
    pub fn up_to(most: f64) -> Self {
        let most = most.max(1.0);
        let step = 10f64.powf(most.log10().floor()) / 2.0;
        Self {
            from: 0.0,
            to: (most / step).ceil() * step,
        }
    }

    pub fn x(&self, value: f64) -> f64 {
        let share = (value - self.from) / (self.to - self.from);
        LEFT + share.clamp(0.0, 1.0) * (WIDTH - LEFT - RIGHT)
    }

    /// Vertical lines with numbers under them.
    pub fn axis(&self, height: f64, unit: &str) -> String {
        let mut out = String::new();
        for n in 0..=5 {
            let value = self.from + (self.to - self.from) * f64::from(n) / 5.0;
            let x = self.x(value);
            let _ = write!(
                out,
                "<line class=grid x1={x:.1} x2={x:.1} y1=8 y2={:.1} /><text x={x:.1} y={:.1} text-anchor={}>{}{}</text>",
                height - 20.0,
                height - 6.0,
                if n == 5 { "end" } else { "middle" },
                number(value),
                if n == 5 { unit } else { "" },
            );
        }
        out
    }
}

/// A number without needless digits.
pub(crate) fn number(value: f64) -> String {
    if value.abs() >= 100.0 || value.fract() == 0.0 {
        format!("{value:.0}")
    } else {
        format!("{value:.1}")
    }
}

/// A drawing with a spoken name.
pub(crate) fn figure(title: &str, height: f64, inside: &str) -> String {
    figure_with(title, height, inside, "")
}

/// A drawing with a spoken name and more of the page below it.
pub(crate) fn figure_with(title: &str, height: f64, inside: &str, more: &str) -> String {
    format!(
        "<figure><figcaption>{t}</figcaption><svg viewBox=\"0 0 {WIDTH} {height}\" role=img aria-label=\"{t}\">{inside}</svg>{more}</figure>",
        t = escape(title),
    )
}

/// Text that cannot be taken for markup.
pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
