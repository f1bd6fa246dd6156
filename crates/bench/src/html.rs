//! The report as one page that needs nothing else.

use std::fmt::Write as _;

use crate::{Report, charts, svg::escape};

const STYLE: &str = "
:root{color-scheme:light dark;--fg:#1c1c1c;--bg:#fff;--grid:#ddd;--a:#1f6feb;--b:#c2410c;--c:#15803d;--soft:#f3f4f6}
@media(prefers-color-scheme:dark){:root{--fg:#e8e8e8;--bg:#151515;--grid:#3a3a3a;--a:#6ea8ff;--b:#ff9a5c;--c:#5fd38a;--soft:#222}}
body{font:15px/1.5 system-ui,sans-serif;color:var(--fg);background:var(--bg);max-width:60rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;width:100%}td,th{padding:.2rem .6rem;text-align:right;border-bottom:1px solid var(--grid)}
td:first-child,th:first-child{text-align:left}.miss{color:var(--b);font-weight:600}code{background:var(--soft);padding:.1rem .3rem}
figure{margin:1.5rem 0}svg{width:100%;height:auto}svg text{font-size:11px;fill:var(--fg)}.grid{stroke:var(--grid)}
polyline{fill:none;stroke-width:2}.s0{stroke:var(--a)}.s1{stroke:var(--b)}.s2{stroke:var(--c)}
text.s0{fill:var(--a);stroke:none}text.s1{fill:var(--b);stroke:none}text.s2{fill:var(--c);stroke:none}
.held{fill:var(--b);opacity:.75}.filler{fill:var(--a);opacity:.45}.carrier{fill:var(--b);opacity:.4}.answer{fill:var(--c);opacity:.6}.work{fill:var(--grid)}
";

impl Report {
    /// One self-contained page: tables and charts.
    pub fn html(&self) -> String {
        let setup = &self.setup;
        let title = format!(
            "{} calls, {} turns, pipeline {} ms",
            setup.calls, setup.turns, setup.pipeline_ms
        );
        format!(
            "<!doctype html><html lang=en><head><meta charset=utf-8><meta name=viewport content=\"width=device-width\">\
             <title>{title}</title><style>{STYLE}</style></head><body><h1>{title}</h1><p><code>{}</code></p>{}{}{}{}{}</body></html>",
            escape(&setup.command),
            self.place(),
            self.check_table(),
            self.spread_table(),
            charts::all(self),
            self.filler_table(),
        )
    }

    fn place(&self) -> String {
        let (machine, used, faults) = (&self.machine, &self.used, &self.faults);
        format!(
            "<p>{}, {} cores; server on core {}, calls from core {}. Load average {:.1} before and {:.1} after; other programs \
             took {:.0} % of the server's core. Server: {:.1} % of it, {:.0} MB (peak {:.0}).</p>\
             <p>{} requests; {} invalid documents, {} answers other than 200, {} errors, {} failed calls, {} unanswered turns.</p>",
            escape(&machine.processor),
            machine.cores,
            machine.server_core,
            machine.load_core,
            machine.load_before,
            machine.load_after,
            used.foreign_percent,
            used.cpu_percent,
            used.rss_mb,
            used.rss_peak_mb,
            self.requests,
            faults.invalid_documents,
            faults.not_200,
            faults.errors,
            faults.failed_calls,
            faults.unanswered,
        )
    }

    fn check_table(&self) -> String {
        let mut rows = String::new();
        for check in &self.checks {
            let (class, word) = if check.met() {
                ("", "met")
            } else {
                (" class=miss", "missed")
            };
            let _ = write!(
                rows,
                "<tr{class}><td>{}</td><td>{:.1} {}</td><td>{}</td><td>{word}</td></tr>",
                escape(&check.name),
                check.figure,
                check.unit,
                check.at_most
            );
        }
        format!(
            "<table><tr><th>Aim</th><th>Figure</th><th>At most</th><th></th></tr>{rows}</table>"
        )
    }

    fn spread_table(&self) -> String {
        let mut rows = String::new();
        for (name, s) in self.rows() {
            let _ = write!(
                rows,
                "<tr><td>{name}</td><td>{:.1}</td><td>{:.1}</td><td>{:.1}</td><td>{:.1}</td><td>{}</td></tr>",
                s.p50, s.p95, s.p99, s.max, s.count
            );
        }
        format!(
            "<h2>Distributions</h2><table><tr><th>ms</th><th>p50</th><th>p95</th><th>p99</th><th>max</th><th>count</th></tr>{rows}</table>"
        )
    }

    fn filler_table(&self) -> String {
        let mut rows = String::new();
        for (name, count) in self.filler_uses() {
            let _ = write!(rows, "<tr><td>{}</td><td>{count}</td></tr>", escape(&name));
        }
        format!(
            "<h2>Fillers</h2><p>{:.2} a turn.</p><table><tr><th>Class, reason</th><th>Heard</th></tr>{rows}</table>",
            self.fillers_per_turn
        )
    }
}
