//! The bench: one run at a time, told what it costs, stopped at a word, its reports shown and nothing else.

use std::sync::{Arc, Mutex};

use futures::{FutureExt, future::BoxFuture};
use tokio::sync::Notify;
use web::{
    BenchDesk, BenchEngine, BenchEstimate, BenchFigure, BenchProgress, BenchRequest, BenchRow,
    BenchWatch,
};

use crate::{
    wire::request,
    world::{Plan, World},
};

const FORM: (&str, &str) = ("Content-Type", "application/x-www-form-urlencoded");
const OLD: &str = "0000000000000000000000000000000a";
const NEW: &str = "0000000000000000000000000000000b";

/// A bench whose run takes until it is let go.
#[derive(Default)]
struct Stool {
    go: Arc<Notify>,
    ran: Arc<Mutex<Vec<String>>>,
}

impl BenchDesk for Stool {
    fn engines(&self) -> Vec<BenchEngine> {
        [("own", false), ("dear", true)]
            .map(|(name, paid)| BenchEngine { name: name.into(), paid })
            .into()
    }

    fn estimate(&self, request: &BenchRequest) -> BoxFuture<'static, Result<BenchEstimate, String>> {
        let paid = request.providers.is_empty() || request.providers.iter().any(|name| name == "dear");
        let unknown = request.providers.iter().find(|name| !["own", "dear"].contains(&name.as_str()));
        let answer = match unknown {
            Some(name) => Err(format!("there is no provider `{name}` here")),
            None => Ok(BenchEstimate {
                voices: vec!["own voice".into()],
                requests: 7,
                characters: 100,
                paid_characters: if paid { 100 } else { 0 },
                dollars: 0.5,
                told: "7 requests, ≈ $0.50".into(),
            }),
        };
        futures::future::ready(answer).boxed()
    }

    fn run(&self, id: String, _: BenchRequest, mut watch: BenchWatch) -> BoxFuture<'static, Result<(), String>> {
        let (go, ran) = (self.go.clone(), self.ran.clone());
        async move {
            watch(BenchProgress { total: 7, done: 3, failed: Vec::new() });
            go.notified().await;
            watch(BenchProgress { total: 7, done: 7, failed: vec!["1 failed".into()] });
            ran.lock().expect("no test panics while it notes").push(id);
            Ok(())
        }
        .boxed()
    }

    fn list(&self) -> Vec<BenchRow> {
        let row = |id: &str, p50: f64, commit: &str| BenchRow {
            id: id.into(),
            kind: "tts".into(),
            at: "2026-11-21T22:00:00Z".into(),
            commit: commit.into(),
            machine: "A <b>fast</b> one, 2 cores".into(),
            config: "c0ffee".into(),
            counted: 40,
            failed: 0,
            missed: vec!["an aim".into()],
            figures: vec![BenchFigure {
                voice: "own voice".into(),
                mode: "batch",
                n: 40,
                first_p50_ms: None,
                first_p95_ms: None,
                total_p50_ms: Some(p50),
                total_p95_ms: Some(p50 * 2.0),
            }],
        };
        vec![row(NEW, 30.0, "new-commit"), row(OLD, 60.0, "old-commit")]
    }

    fn file(&self, id: &str, name: &str) -> Option<Vec<u8>> {
        (id == NEW && name.starts_with("report.")).then(|| b"<style>p{}</style>".to_vec())
    }

    fn remove(&self, id: &str) -> bool {
        id == NEW
    }
}

fn world() -> (World, Arc<Stool>) {
    let stool = Arc::new(Stool::default());
    let plan = Plan {
        benches: Some(stool.clone()),
        ..Plan::default()
    };
    (plan.open(), stool)
}

const OWN: &str = r#"{"kind": "tts", "providers": ["own"]}"#;

/// The job of this address, once it is over.
fn finished(world: &World, job: &str) -> serde_json::Value {
    let text = world.get(&format!("{job}/events")).text();
    let last = text.rsplit("data: ").next().expect("an event");
    serde_json::from_str(last.trim()).expect("JSON")
}

#[test]
fn a_run_is_a_job_and_the_only_one_at_its_time() {
    let (world, stool) = world();
    let started = world.admin("/admin/v1/bench", OWN);
    assert_eq!(started.status, 202, "{}", started.text());
    let job = started.header("location").expect("where it is watched").to_owned();
    assert_eq!(started.json()["progress"]["total"], 7);
    world.admin("/admin/v1/bench", OWN).is_problem(409, "bench_running");
    let listed = world.get("/admin/v1/bench").json();
    assert_eq!(listed["running"]["id"], started.json()["id"]);
    assert_eq!(listed["reports"][0]["id"], NEW);
    assert_eq!(listed["engines"][1]["paid"], true);
    stool.go.notify_one();
    let over = finished(&world, &job);
    assert_eq!((&over["error"], &over["progress"]["done"]), (&serde_json::Value::Null, &7.into()));
    let ran = stool.ran.lock().expect("no test panics while it notes").clone();
    assert_eq!(ran, [started.json()["id"].as_str().expect("an id")]);
    assert_eq!(world.admin("/admin/v1/bench", OWN).status, 202, "the next one may begin");
}

#[test]
fn a_run_is_ended_at_a_word_and_leaves_no_report() {
    let (world, stool) = world();
    let started = world.admin("/admin/v1/bench", OWN);
    let id = started.json()["id"].as_str().expect("an id").to_owned();
    let delete = |id: &str| world.send(&request("DELETE", &format!("/admin/v1/bench/{id}"), &[], b""));
    assert_eq!(delete(&id).status, 204);
    let over = finished(&world, &format!("/admin/v1/jobs/{id}"));
    assert_eq!(over["error"], "it was ended");
    assert!(stool.ran.lock().expect("no test panics while it notes").is_empty());
    assert_eq!(delete(NEW).status, 204, "a report is forgotten");
    delete(OLD).is_problem(404, "not_found");
}

#[test]
fn what_it_costs_is_told_and_nothing_is_spent_without_a_word() {
    let (world, _) = world();
    let refused = world.admin("/admin/v1/bench", r#"{"kind": "tts"}"#);
    let problem = refused.is_problem(422, "costs_money");
    assert_eq!(problem["detail"], "7 requests, ≈ $0.50");
    let dry = world.admin("/admin/v1/bench", r#"{"kind": "tts", "dry_run": true}"#);
    assert_eq!((dry.status, dry.json()["requests"].as_u64()), (200, Some(7)));
    let agreed = world.admin("/admin/v1/bench", r#"{"kind": "tts", "spend": true}"#);
    assert_eq!(agreed.status, 202);
}

#[test]
fn what_makes_no_sense_is_refused_in_words() {
    let (world, _) = world();
    for (body, status, code) in [
        (r#"{"kind": "tts", "providers": ["nobody"]}"#, 422, "bad_bench"),
        (r#"{"kind": "tts", "rounds": -1}"#, 400, "bad_json"),
        (r#"{"kind": "tts", "surprise": 1}"#, 400, "bad_json"),
        ("", 400, "bad_json"),
    ] {
        let problem = world.admin("/admin/v1/bench", body).is_problem(status, code);
        assert!(problem["hint"].is_string(), "{body}");
    }
    let without = World::new();
    without.get("/admin/v1/bench").is_problem(501, "no_bench");
}

#[test]
fn a_report_opens_under_a_policy_of_its_own_and_nothing_else_is_served() {
    let (world, _) = world();
    for base in ["/console/benchmarks", "/admin/v1/bench"] {
        let reply = world.get(&format!("{base}/{NEW}/report.html"));
        assert_eq!(reply.status, 200);
        let policy = reply.header("content-security-policy").unwrap_or_default();
        assert!(policy.starts_with("default-src 'none';") && policy.contains("sandbox"), "{policy}");
        for wrong in [format!("{OLD}/report.html"), format!("{NEW}/secret"), format!("{NEW}/..%2f..%2fsecret")] {
            assert_eq!(world.get(&format!("{base}/{wrong}")).status, 404, "{base}/{wrong}");
        }
    }
}

#[test]
fn the_page_lists_runs_and_sets_one_against_the_other() {
    let (world, stool) = world();
    let text = world.get("/console/benchmarks").text();
    for wanted in [
        "new-commit",
        "A &lt;b&gt;fast&lt;",
        "1 missed",
        // The newest against the one before it.
        "-30.0 ms, -50 %",
        "faster",
        "7 requests, ≈ $0.50",
        &format!("/console/benchmarks/{NEW}/report.html"),
    ] {
        assert!(text.contains(wanted), "the page lacks {wanted}");
    }
    let turned = world.get(&format!("/console/benchmarks?a={NEW}&b={OLD}")).text();
    assert!(turned.contains("+30.0 ms, +100 %") && turned.contains("slower"));
    let once = world.get(&format!("/console/benchmarks?a={NEW}&b={NEW}")).text();
    assert!(once.contains("one run twice"));
    let post = |body: &str| world.send(&request("POST", "/console/benchmarks", &[FORM], body.as_bytes()));
    assert_eq!(post("sentences=3&rounds=1").status, 422, "nobody was chosen");
    assert_eq!(post("provider=own&sentences=x").status, 422);
    assert_eq!(post("provider=dear").status, 422, "it costs money");
    let started = post("provider=own&sentences=3&rounds=1&mode=both");
    assert_eq!((started.status, started.header("location")), (303, Some("/console/benchmarks")));
    let text = world.get("/console/benchmarks").text();
    assert!(text.contains("3 of 7 requests so far") || text.contains("0 of 7 requests so far"), "{text}");
    stool.go.notify_one();
}
