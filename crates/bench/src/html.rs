//! The report of a load as one page.

use std::fmt::Write as _;

use crate::{Report, charts, page, svg::escape};

impl Report {
    /// One self-contained page: tables and charts.
    pub fn html(&self) -> String {
        let setup = &self.setup;
        let title = format!(
            "{} calls, {} turns, pipeline {} ms",
            setup.calls, setup.turns, setup.pipeline_ms
        );
        let body = format!(
            "<p><code>{}</code></p>{}{}{}{}{}",
            escape(&setup.command),
            self.place(),
            page::checks(&self.checks),
            self.spread_table(),
            charts::all(self),
            self.filler_table(),
        );
        page::page(&title, &body)
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
