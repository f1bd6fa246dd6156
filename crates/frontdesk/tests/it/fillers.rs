//! What a caller hears while waiting, over ten turns of one call: the program itself as server, a simulated network in
//! front of it, time faster than the wall's.

use std::{collections::BTreeSet, process::Command};

use serde_json::Value;

/// Ten turns: questions, and three times "yes".
const TEN: [&str; 10] = [
    "Could you tell me whether you have time on Tuesday?",
    "Yes, please.",
    "What would a cleaning cost me then?",
    "Is there a place where I can leave my car?",
    "Yes.",
    "Please tell me how long a checkup takes.",
    "Who is going to look at my teeth on that day?",
    "And do I have to bring anything with me?",
    "Yes, that is right.",
    "Is there anything else that I should know before?",
];

/// The turns of one call with work of this length behind each, the greeting first.
fn call(sentences: &[&str], pipeline_ms: u32, speed: u32) -> Vec<Value> {
    let folder = tempfile::tempdir().expect("a folder");
    let (script, report) = (
        folder.path().join("caller.toml"),
        folder.path().join("report.json"),
    );
    let turns: String = sentences
        .iter()
        .map(|s| format!("[[turns]]\nsay = {s:?}\n"))
        .collect();
    std::fs::write(&script, format!("business = \"bright-smile\"\n{turns}"))
        .expect("the folder is ours");
    let run = Command::new(env!("CARGO_BIN_EXE_frontdesk"))
        .args(["bench", "webhook", "--calls", "1", "--warm-up", "3"])
        .args([
            "--pipeline-ms",
            &pipeline_ms.to_string(),
            "--speed",
            &speed.to_string(),
        ])
        .arg("--script")
        .arg(&script)
        .arg("--json")
        .arg(&report)
        .output()
        .expect("the program starts");
    let said =
        String::from_utf8_lossy(&run.stdout).into_owned() + &String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success(), "{said}");
    let text = std::fs::read_to_string(&report).expect("the report was written");
    let report: Value = serde_json::from_str(&text).expect("it is JSON");
    let turns = report["turns"].as_array().expect("a list").clone();
    assert_eq!(turns.len(), sentences.len() + 1, "{said}");
    turns
}

/// The words of a turn's fillers, each with why it was played.
fn fillers(turn: &Value) -> Vec<(&str, &str)> {
    let fillers = turn["fillers"].as_array().expect("a list").iter();
    fillers
        .map(|f| {
            let text = f["text"].as_str().expect("a filler has words");
            (text, f["reason"].as_str().expect("and a reason"))
        })
        .collect()
}

fn said(turn: &Value) -> &str {
    turn["said"].as_str().expect("text")
}

#[test]
fn ten_slow_turns_have_no_filler_twice_none_on_the_greeting_and_no_opening_after_yes() {
    let turns = call(&TEN, 4_000, 15);
    assert_eq!(fillers(&turns[0]), [], "the greeting");
    let mut heard = BTreeSet::new();
    for turn in &turns {
        for (text, reason) in fillers(turn) {
            assert!(heard.insert(text.to_owned()), "{text:?} was heard twice");
            // A long wait after "yes" may be bridged by a word that it goes on.
            let yes = said(turn).starts_with("Yes");
            assert!(
                !yes || reason == "still_waiting",
                "{text:?} after {:?}",
                said(turn)
            );
        }
    }
    let questions = turns
        .iter()
        .skip(1)
        .filter(|turn| !said(turn).starts_with("Yes"));
    for turn in questions {
        assert!(
            !fillers(turn).is_empty(),
            "four seconds of silence after {:?}",
            said(turn)
        );
    }
}

#[test]
fn nobody_who_is_answered_soon_hears_a_filler_after_yes() {
    let turns = call(&TEN[..2], 300, 4);
    assert_eq!(said(&turns[2]), TEN[1]);
    assert_eq!(fillers(&turns[2]), []);
}

/// The ledger begins when the server has the request and ends when it has the answer; beyond 20 ms the ear may only
/// hear what the requests' ways and the clips' downloads took.
#[test]
fn the_ledger_of_a_turn_says_what_the_ear_heard() {
    let speed = 4;
    let turns = call(&[TEN[0], TEN[3]], 950, speed);
    for turn in turns.iter().skip(1) {
        let number = |value: &Value| value.as_f64().expect("a number");
        let on_the_way = |document: &Value| {
            (number(&document["total_ms"]) - number(&document["held_ms"])).max(0.0)
        };
        let ready = turn["ready"].as_array().expect("a list");
        let ways: f64 = ready.iter().map(on_the_way).sum::<f64>() + on_the_way(&turn["webhook"]);
        let apart = number(&turn["dead_air_ms"]) - number(&turn["ledger_dead_air_ms"]);
        let least = 20.0 * f64::from(speed);
        assert!(
            apart > -least,
            "the ledger has {} ms more silence: {turn}",
            -apart
        );
        assert!(
            apart < ways + 2.0 * least,
            "the ear heard {apart} ms more silence: {turn}"
        );
        let sum: u64 = turn["segments"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|s| s[2].as_u64().expect("a time") - s[1].as_u64().expect("a time"))
            .sum();
        assert_eq!(
            Some(sum),
            turn["ledger_answer_ms"].as_u64(),
            "a hole in the ledger: {turn}"
        );
    }
}
