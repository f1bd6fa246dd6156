//! What a report says of voices whose truth is known.

use bench::{
    Header,
    speech::{Failure, Mode, Sample, SpeechReport, SpeechSetup, Target, Turn, WordCount, Words},
};
use expect_test::expect;
use serde_json::Value;

fn sample(target: usize, mode: Mode, turn: Turn, total_ms: f64) -> Sample {
    Sample {
        target,
        mode,
        sentence: 0,
        turn,
        first_ms: Some(total_ms / 2.0),
        total_ms: Some(total_ms),
        cpu_ms: Some(total_ms / 4.0),
        audio_ms: Some(2_000.0),
        starved_ms: Some(0.0),
        level_dbfs: Some(-20.0),
        clipped: 0,
        error: None,
    }
}

fn failed(target: usize, kind: &str) -> Sample {
    Sample {
        first_ms: None,
        total_ms: None,
        error: Some(Failure {
            kind: kind.to_owned(),
            message: format!("it said {kind} <b>"),
        }),
        ..sample(target, Mode::Batch, Turn::Counted, 0.0)
    }
}

fn target(provider: &str, voice: &str) -> Target {
    Target {
        provider: provider.to_owned(),
        voice: voice.to_owned(),
        version: "1".to_owned(),
        opened_ms: Some(90.0),
        given_up: None,
    }
}

/// The built-in voice takes 41 to 60 ms; another one takes ten times that and fails now and then.
fn report() -> SpeechReport {
    let mut samples = vec![
        sample(0, Mode::Batch, Turn::Cold, 900.0),
        sample(0, Mode::Batch, Turn::WarmUp, 800.0),
        failed(1, "timeout"),
        failed(1, "auth"),
        failed(1, "timeout"),
    ];
    for n in 1..=20 {
        let ms = 40.0 + f64::from(n);
        for mode in [Mode::Batch, Mode::Stream] {
            samples.push(sample(0, mode, Turn::Counted, ms));
            samples.push(sample(1, mode, Turn::Counted, ms * 10.0));
        }
    }
    let setup = SpeechSetup {
        sentences: vec!["Is <script> said?".to_owned()],
        rounds: 20,
        warm_up: 1,
        modes: vec![Mode::Batch, Mode::Stream],
        left_out: vec!["flite is not on this machine".to_owned()],
    };
    let header = Header {
        at: "2026-11-21T22:00:00Z".to_owned(),
        commit: "0123456789ab".to_owned(),
        command: "frontdesk bench tts --rounds 20".to_owned(),
        ..Header::default()
    };
    let words = Words::Heard {
        recogniser: "an ear".to_owned(),
        by_target: vec![
            WordCount {
                words: 200,
                wrong: 5,
            },
            WordCount::default(),
        ],
    };
    let targets = vec![target("embedded", "heart"), target("other", "x")];
    SpeechReport::new("0".repeat(32), header, setup, targets, samples, words)
}

#[test]
fn first_requests_warm_up_and_failures_are_in_no_percentile() {
    let report = report();
    let own = &report.figures[0];
    assert_eq!(
        (own.cold_first_ms, own.cold_total_ms),
        (Some(450.0), Some(900.0))
    );
    let batch = &own.modes[0];
    assert_eq!(
        (batch.total_ms.count, batch.total_ms.p50, batch.total_ms.max),
        (20, 50.0, 60.0)
    );
    assert_eq!((batch.first_ms.p50, batch.cpu_ms.p50), (25.0, 12.5));
    assert!((batch.real_time_factor.p50 - 0.025).abs() < 1e-9);
    let other = &report.figures[1];
    assert_eq!(other.modes[0].total_ms.count, 20);
    let errors: Vec<_> = other
        .errors
        .iter()
        .map(|e| (e.kind.as_str(), e.count))
        .collect();
    assert_eq!(errors, [("timeout", 2), ("auth", 1)]);
    assert_eq!(report.failed(), 3);
    let missed: Vec<_> = report
        .checks
        .iter()
        .filter(|c| !c.met())
        .map(|c| c.name.as_str())
        .collect();
    assert_eq!(missed, ["failed requests"]);
}

#[test]
fn the_page_needs_nothing_from_elsewhere_and_has_what_the_plot_rules_ask() {
    let page = report().html();
    for forbidden in [
        "http:", "https:", "src=", "href=", "@import", "url(", "<script", "<b>",
    ] {
        assert!(!page.contains(forbidden), "the page has {forbidden}");
    }
    for wanted in [
        "<svg",
        "p50 50, p95 59, p99 60 ms; n 20",
        "built-in voice: at most 60 ms",
        "0123456789ab",
        "frontdesk bench tts --rounds 20",
        "2026-11-21T22:00:00Z",
        "Show the data",
        "Is &lt;script&gt; said?",
        "flite is not on this machine",
        "2.5 %",
    ] {
        assert!(page.contains(wanted), "the page lacks {wanted}");
    }
}

#[test]
fn one_voice_alone_is_a_histogram_and_none_at_all_is_no_mistake() {
    let whole = report();
    let alone = |samples: Vec<Sample>| {
        let targets = vec![target("embedded", "heart")];
        let (setup, header) = (whole.setup.clone(), whole.header.clone());
        SpeechReport::new(
            "1".repeat(32),
            header,
            setup,
            targets,
            samples,
            Words::NotAsked,
        )
        .html()
    };
    let own = whole
        .samples
        .iter()
        .filter(|s| s.target == 0)
        .cloned()
        .collect();
    let page = alone(own);
    assert!(page.contains("<rect class=bin") && !page.contains("<polyline"));
    assert!(alone(vec![failed(0, "auth")]).contains("no request gave sound"));
}

#[test]
fn the_texts_say_the_same_as_the_page() {
    let report = report();
    let text = report.text();
    assert!(text.contains("MISS failed requests"), "{text}");
    assert!(text.contains("2 × timeout"), "{text}");
    let markdown = report.markdown();
    let lines: Vec<&str> = markdown
        .lines()
        .filter(|line| line.starts_with("  ["))
        .collect();
    let spark = expect![[r#"
        [  #:                            ] embedded heart
        [                     =#=########] other x
        [  #:                            ] embedded heart
        [                     =#=########] other x"#]];
    let shown: Vec<&str> = lines.iter().map(|line| line.trim()).collect();
    spark.assert_eq(&shown.join("\n"));
}

#[test]
fn a_report_is_read_as_it_was_written() {
    let report = report();
    let text = serde_json::to_string(&report).expect("plain data");
    let read: SpeechReport = serde_json::from_str(&text).expect("its own JSON");
    assert_eq!(read, report);
}

/// Programs read this file: whoever changes a field's meaning or takes one away raises `SCHEMA`.
#[test]
fn the_shape_of_the_json_is_kept() {
    let mut lines = Vec::new();
    let value = serde_json::to_value(report()).expect("plain data");
    shape("", &value, &mut lines);
    lines.dedup();
    expect![[r#"
        .checks[].at_most: number
        .checks[].figure: number
        .checks[].name: string
        .checks[].unit: string
        .figures[].clipped: number
        .figures[].cold_first_ms: number
        .figures[].cold_total_ms: number
        .figures[].errors: []
        .figures[].level_dbfs.count: number
        .figures[].level_dbfs.max: number
        .figures[].level_dbfs.min: number
        .figures[].level_dbfs.p50: number
        .figures[].level_dbfs.p95: number
        .figures[].level_dbfs.p99: number
        .figures[].modes[].audio_ms.count: number
        .figures[].modes[].audio_ms.max: number
        .figures[].modes[].audio_ms.min: number
        .figures[].modes[].audio_ms.p50: number
        .figures[].modes[].audio_ms.p95: number
        .figures[].modes[].audio_ms.p99: number
        .figures[].modes[].cpu_ms.count: number
        .figures[].modes[].cpu_ms.max: number
        .figures[].modes[].cpu_ms.min: number
        .figures[].modes[].cpu_ms.p50: number
        .figures[].modes[].cpu_ms.p95: number
        .figures[].modes[].cpu_ms.p99: number
        .figures[].modes[].first_ms.count: number
        .figures[].modes[].first_ms.max: number
        .figures[].modes[].first_ms.min: number
        .figures[].modes[].first_ms.p50: number
        .figures[].modes[].first_ms.p95: number
        .figures[].modes[].first_ms.p99: number
        .figures[].modes[].mode: string
        .figures[].modes[].real_time_factor.count: number
        .figures[].modes[].real_time_factor.max: number
        .figures[].modes[].real_time_factor.min: number
        .figures[].modes[].real_time_factor.p50: number
        .figures[].modes[].real_time_factor.p95: number
        .figures[].modes[].real_time_factor.p99: number
        .figures[].modes[].starved_ms.count: number
        .figures[].modes[].starved_ms.max: number
        .figures[].modes[].starved_ms.min: number
        .figures[].modes[].starved_ms.p50: number
        .figures[].modes[].starved_ms.p95: number
        .figures[].modes[].starved_ms.p99: number
        .figures[].modes[].total_ms.count: number
        .figures[].modes[].total_ms.max: number
        .figures[].modes[].total_ms.min: number
        .figures[].modes[].total_ms.p50: number
        .figures[].modes[].total_ms.p95: number
        .figures[].modes[].total_ms.p99: number
        .figures[].provider: string
        .figures[].voice: string
        .header.at: string
        .header.command: string
        .header.commit: string
        .header.config: string
        .header.cores: number
        .header.load_after: number
        .header.load_before: number
        .header.processor: string
        .header.seconds: number
        .header.version: string
        .header.warmth: string
        .id: string
        .kind: string
        .samples[].audio_ms: number
        .samples[].clipped: number
        .samples[].cpu_ms: number
        .samples[].error: null
        .samples[].first_ms: number
        .samples[].level_dbfs: number
        .samples[].mode: string
        .samples[].sentence: number
        .samples[].starved_ms: number
        .samples[].target: number
        .samples[].total_ms: number
        .samples[].turn: string
        .schema: number
        .setup.left_out[]: string
        .setup.modes[]: string
        .setup.rounds: number
        .setup.sentences[]: string
        .setup.warm_up: number
        .targets[].given_up: null
        .targets[].opened_ms: number
        .targets[].provider: string
        .targets[].version: string
        .targets[].voice: string
        .words.by_target[].words: number
        .words.by_target[].wrong: number
        .words.recogniser: string
        .words.state: string"#]]
    .assert_eq(&lines.join("\n"));
}

/// Every path with the type of its value; of a list, the first item.
fn shape(path: &str, value: &Value, lines: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                shape(&format!("{path}.{name}"), value, lines);
            }
        }
        Value::Array(items) => match items.first() {
            Some(first) => shape(&format!("{path}[]"), first, lines),
            None => lines.push(format!("{path}: []")),
        },
        Value::Null => lines.push(format!("{path}: null")),
        Value::Bool(_) => lines.push(format!("{path}: bool")),
        Value::Number(_) => lines.push(format!("{path}: number")),
        Value::String(_) => lines.push(format!("{path}: string")),
    }
}
