//! `frontdesk bench tts` as a program, over companies that are played on this machine.

use std::{
    path::Path,
    process::{Command, Output},
};

use provider_sim::{Company, Fault, Sim};
use serde_json::Value;

/// The program with these engines, each at the address of its simulator.
fn bench(folder: &Path, sims: &[(&str, &Sim)], arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_frontdesk"));
    command
        .args(["bench", "tts", "--offline", "--data-dir"])
        .arg(folder.join("data"))
        .args(arguments)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .current_dir(folder);
    let names: Vec<&str> = sims.iter().map(|(name, _)| *name).collect();
    if !names.is_empty() {
        command.env("FRONTDESK_VOICES", names.join(","));
    }
    for (name, sim) in sims {
        let path = if *name == "openai" { "/v1" } else { "" };
        let setting = format!("FRONTDESK__{}__BASE_URL", name.to_uppercase());
        command.env(setting, format!("{}{path}", sim.url()));
        if !sim.key().is_empty() {
            command.env(
                format!("FRONTDESK__{}__API_KEY", name.to_uppercase()),
                sim.key(),
            );
        }
    }
    command.output().expect("the program starts")
}

fn said(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    text(&output.stdout) + &text(&output.stderr)
}

fn report(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", said(output)))
}

fn runtime() -> tokio::runtime::Runtime {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    builder
        .worker_threads(1)
        .enable_all()
        .build()
        .expect("a runtime")
}

fn sim(runtime: &tokio::runtime::Runtime, company: Company) -> Sim {
    runtime.block_on(Sim::start(company)).expect("a port")
}

const QUICK: [&str; 8] = [
    "--sentences",
    "2",
    "--rounds",
    "3",
    "--warm-up",
    "1",
    "--json",
    "--mode",
];

#[test]
fn a_first_byte_that_is_late_by_design_is_late_in_the_report() {
    let (runtime, folder) = (runtime(), tempfile::tempdir().expect("a folder"));
    let (soon, late) = (
        sim(&runtime, Company::OpenAi),
        sim(&runtime, Company::Kokoro),
    );
    soon.fault(Fault::Slow { first_ms: 100 });
    late.fault(Fault::Slow { first_ms: 400 });
    let sims = [("openai", &soon), ("kokoro", &late)];
    let out = folder.path().join("out");
    let chosen = ["--provider", "openai", "--provider", "kokoro", "--out"];
    let mut arguments: Vec<&str> = QUICK.to_vec();
    arguments.push("both");
    arguments.extend(chosen);
    arguments.push(out.to_str().expect("a plain path"));
    let output = bench(folder.path(), &sims, &arguments);
    assert!(output.status.success(), "{}", said(&output));
    let report = report(&output);
    let first = |target: usize| {
        let mode = &report["figures"][target]["modes"][1];
        assert_eq!(
            (mode["mode"].as_str(), mode["first_ms"]["count"].as_u64()),
            (Some("stream"), Some(6))
        );
        mode["first_ms"]["p50"].as_f64().expect("a time")
    };
    let (soon_ms, late_ms) = (first(0), first(1));
    assert!(
        soon_ms >= 100.0 && late_ms >= 400.0,
        "{soon_ms} and {late_ms}"
    );
    let ratio = late_ms / soon_ms;
    assert!(
        (1.8..4.5).contains(&ratio),
        "{late_ms} / {soon_ms} is not about 4"
    );
    // The very first, the warm-up, and those that count.
    assert_eq!(
        soon.seen()
            .iter()
            .filter(|seen| seen.path.contains("speech"))
            .count(),
        1 + 4 + 12
    );
    let page = std::fs::read_to_string(out.join("report.html")).expect("it was written");
    for forbidden in ["http:", "https:", "src=", "href=", "<script"] {
        assert!(!page.contains(forbidden), "the page has {forbidden}");
    }
    assert!(page.contains("<polyline") && out.join("report.md").is_file());
    let kept = folder
        .path()
        .join("data/bench")
        .join(report["id"].as_str().expect("a name"));
    assert!(
        kept.join("report.json").is_file(),
        "the console lists what is kept there"
    );
}

#[test]
fn failures_are_counted_by_kind_and_those_that_do_not_mend_end_the_asking() {
    let (runtime, folder) = (runtime(), tempfile::tempdir().expect("a folder"));
    let (busy, locked) = (
        sim(&runtime, Company::OpenAi),
        sim(&runtime, Company::Kokoro),
    );
    let status = |code| Fault::Status {
        code,
        retry_after_s: None,
    };
    busy.fault(status(429));
    locked.fault(status(401));
    let sims = [("openai", &busy), ("kokoro", &locked)];
    let mut arguments: Vec<&str> = QUICK.to_vec();
    arguments.extend(["batch", "--provider", "openai", "--provider", "kokoro"]);
    let output = bench(folder.path(), &sims, &arguments);
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    let report = report(&output);
    let errors = |target: usize| {
        let error = &report["figures"][target]["errors"][0];
        (
            error["kind"].as_str().expect("a kind").to_owned(),
            error["count"].as_u64(),
        )
    };
    assert_eq!(errors(0), ("rate_limited".to_owned(), Some(1 + 2 + 6)));
    assert_eq!(errors(1), ("auth".to_owned(), Some(3)));
    let why = report["targets"][1]["given_up"]
        .as_str()
        .expect("it was given up");
    assert!(why.contains("in a row"), "{why}");
}

#[test]
fn what_cannot_be_measured_is_said_before_anything_is_sent() {
    let (runtime, folder) = (runtime(), tempfile::tempdir().expect("a folder"));
    let sim = sim(&runtime, Company::OpenAi);
    let sims = [("openai", &sim)];
    let cases: [(&[&str], &str); 6] = [
        (
            &["--sentences", "0"],
            "0 sentences: there would be nothing to say",
        ),
        (
            &["--sentences", "nowhere.txt"],
            "neither a number of sentences nor a file",
        ),
        (&["--rounds", "0"], "0 rounds"),
        (&["--provider", "opnai"], "did you mean `openai`?"),
        (
            &["--provider", "openai", "--voice", "corral"],
            "did you mean `coral`?",
        ),
        (&["--provider", "embedded"], "frontdesk models install"),
    ];
    for (arguments, words) in cases {
        let output = bench(folder.path(), &sims, arguments);
        assert_eq!(
            output.status.code(),
            Some(2),
            "{arguments:?}: {}",
            said(&output)
        );
        let said = said(&output);
        assert!(said.contains(words), "{arguments:?}: {said}");
    }
    assert!(sim.seen().iter().all(|seen| !seen.path.contains("speech")));
}

#[test]
fn a_company_that_charges_is_not_asked_without_a_word() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut command = Command::new(env!("CARGO_BIN_EXE_frontdesk"));
    command
        .args([
            "bench",
            "tts",
            "--offline",
            "--provider",
            "deepgram",
            "--sentences",
            "1",
        ])
        .env_clear()
        .env("FRONTDESK_VOICES", "deepgram")
        .env("DEEPGRAM_API_KEY", "0123456789")
        .stdin(std::process::Stdio::null())
        .current_dir(folder.path());
    let output = command.output().expect("the program starts");
    let told = said(&output);
    assert_eq!(output.status.code(), Some(2), "{told}");
    assert!(
        told.contains("to deepgram, ≈ $") && told.contains("--yes"),
        "{told}"
    );
    command.args(["--yes", "--max-paid", "10"]);
    let told = said(&command.output().expect("the program starts"));
    assert!(told.contains("more than the 10 characters"), "{told}");
}
