//! A page that needs nothing else: one file, no script, no address of another host.

use std::fmt::Write as _;

use crate::{Check, svg::escape};

const STYLE: &str = "
:root{color-scheme:light dark;--fg:#1c1c1c;--bg:#fff;--grid:#ddd;--a:#1f6feb;--b:#b93a06;--c:#15803d;--d:#7c3aed;--e:#0e7490;--f:#a16207;--soft:#f3f4f6;--dim:#5b6470}
@media(prefers-color-scheme:dark){:root{--fg:#e8e8e8;--bg:#151515;--grid:#3a3a3a;--a:#6ea8ff;--b:#ff9a5c;--c:#5fd38a;--d:#c4a1ff;--e:#5fd0e6;--f:#e6bf5f;--soft:#222;--dim:#a3abb5}}
body{font:15px/1.5 system-ui,sans-serif;color:var(--fg);background:var(--bg);max-width:60rem;margin:2rem auto;padding:0 1rem}
h1,h2{line-height:1.25}h2{margin-top:2.2rem}
.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}td,th{padding:.2rem .6rem;text-align:right;border-bottom:1px solid var(--grid)}
td:first-child,th:first-child{text-align:left}.miss{color:var(--b);font-weight:600}code{background:var(--soft);padding:.1rem .3rem;overflow-wrap:anywhere}
.block{display:grid;grid-template-columns:max-content 1fr;gap:.15rem 1.2rem;margin:1rem 0;padding:1rem;background:var(--soft);border-radius:.5rem}
.block dt{color:var(--dim)}.block dd{margin:0;overflow-wrap:anywhere}.words td,.words th{text-align:left}
figure{margin:1.5rem 0;overflow-x:auto}figcaption{font-weight:600}svg{display:block;width:100%;min-width:34rem;height:auto}svg text{font-size:11px;fill:var(--fg)}.grid{stroke:var(--grid)}
.told{color:var(--dim);margin:.2rem 0}summary{cursor:pointer;color:var(--dim)}
.key{list-style:none;margin:.4rem 0;padding:0}.key svg{display:inline-block;vertical-align:middle;width:2.4rem;min-width:0;height:.8rem;margin-right:.5rem}
polyline,.key line{fill:none;stroke-width:2}.s0{stroke:var(--a)}.s1{stroke:var(--b);stroke-dasharray:7 3}.s2{stroke:var(--c);stroke-dasharray:2 3}.s3{stroke:var(--d);stroke-dasharray:10 3 2 3}.s4{stroke:var(--e);stroke-dasharray:4 4}.s5{stroke:var(--f);stroke-dasharray:14 4}
.aim{stroke:var(--fg);stroke-dasharray:5 4;stroke-width:1.2}text.aim{stroke:none;font-weight:600}
.held{fill:var(--b);opacity:.75}.filler{fill:var(--a);opacity:.45}.carrier{fill:var(--b);opacity:.4}.answer{fill:var(--c);opacity:.6}.work{fill:var(--grid)}.bin{fill:var(--a);opacity:.8}
@media(max-width:40rem){.block{grid-template-columns:1fr}.block dd{margin-bottom:.4rem}}
";

/// The whole page around `body`.
pub(crate) fn page(title: &str, body: &str) -> String {
    let title = escape(title);
    format!(
        "<!doctype html><html lang=en><head><meta charset=utf-8><meta name=viewport content=\"width=device-width,initial-scale=1\">\
         <title>{title}</title><style>{STYLE}</style></head><body><h1>{title}</h1>{body}</body></html>"
    )
}

/// A table of words and numbers; `class` may be empty. Cells are escaped.
pub(crate) fn table(class: &str, head: &[&str], rows: &[Vec<String>]) -> String {
    let mut out = format!("<div class=wide><table class=\"{class}\"><tr>");
    for cell in head {
        let _ = write!(out, "<th scope=col>{}</th>", escape(cell));
    }
    out += "</tr>";
    for row in rows {
        out += "<tr>";
        for cell in row {
            let _ = write!(out, "<td>{}</td>", escape(cell));
        }
        out += "</tr>";
    }
    out + "</table></div>"
}

/// Aims, each with what came out and whether that is good.
pub(crate) fn checks(checks: &[Check]) -> String {
    let mut rows = String::new();
    for check in checks {
        let (class, word) = match check.met() {
            true => ("", "met"),
            false => (" class=miss", "missed"),
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
        "<div class=wide><table><tr><th scope=col>Aim</th><th scope=col>Figure</th><th scope=col>At most</th><th scope=col>Result</th></tr>{rows}</table></div>"
    )
}

/// Names and what they are, as the block at the head of a report.
pub(crate) fn block(pairs: &[(&str, String)]) -> String {
    let mut out = "<dl class=block>".to_owned();
    for (name, value) in pairs {
        let _ = write!(out, "<dt>{}</dt><dd>{}</dd>", escape(name), escape(value));
    }
    out + "</dl>"
}
