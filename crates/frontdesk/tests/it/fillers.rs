//! What a caller hears while waiting, over ten turns of one call: the program itself as server, a simulated network in
//! front of it, time thirty times as fast.

use std::{collections::BTreeSet, path::Path, process::Command};

use serde_json::Value;

/// Ten turns: questions, and three times "yes".
const SCRIPT: &str = r#"
business = "bright-smile"
turns = [
  { say = "Could you tell me whether you have time on Tuesday?" },
  { say = "Yes, please." },
  { say = "What would a cleaning cost me then?" },
  { say = "Is there a place where I can leave my car?" },
  { say = "Yes." },
  { say = "Please tell me how long a checkup takes." },
  { say = "Who is going to look at my teeth on that day?" },
  { say = "And do I have to bring anything with me?" },
  { say = "Yes, that is right." },
  { say = "Is there anything else that I should know before?" },
]
"#;

/// The turns of one call with work of this length behind each, the greeting first.
fn call(folder: &Path, pipeline_ms: u32) -> Vec<Value> {
    let (script, report) = (folder.join("caller.toml"), folder.join("report.json"));
    std::fs::write(&script, SCRIPT).expect("the folder is ours");
    let run = Command::new(env!("CARGO_BIN_EXE_frontdesk"))
        .args([
            "bench",
            "webhook",
            "--calls",
            "1",
            "--warm-up",
            "3",
            "--speed",
            "30",
        ])
        .args(["--pipeline-ms", &pipeline_ms.to_string()])
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
    assert_eq!(turns.len(), 11, "{said}");
    turns
}

fn fillers(turn: &Value) -> Vec<(&str, &str)> {
    let text = |filler: &'_ Value, key: &str| filler[key].as_str().map(str::len);
    let fillers = turn["fillers"].as_array().expect("a list");
    assert!(fillers.iter().all(|f| text(f, "text") > Some(0)));
    fillers
        .iter()
        .map(|f| {
            (
                f["text"].as_str().unwrap_or(""),
                f["reason"].as_str().unwrap_or(""),
            )
        })
        .collect()
}

fn said(turn: &Value) -> &str {
    turn["said"].as_str().expect("text")
}

#[test]
fn ten_slow_turns_have_no_filler_twice_and_none_on_the_greeting() {
    let folder = tempfile::tempdir().expect("a folder");
    let turns = call(folder.path(), 4_000);
    assert_eq!(fillers(&turns[0]), [], "the greeting");
    let mut heard = BTreeSet::new();
    for turn in &turns {
        for (text, _) in fillers(turn) {
            assert!(heard.insert(text.to_owned()), "{text:?} was heard twice");
        }
    }
    let questions = turns
        .iter()
        .skip(1)
        .filter(|turn| !said(turn).starts_with("Yes"));
    let silent = questions.filter(|turn| fillers(turn).is_empty()).count();
    assert_eq!(
        silent, 0,
        "questions that were answered with four seconds of silence"
    );
}

#[test]
fn nobody_who_says_yes_hears_a_filler() {
    let folder = tempfile::tempdir().expect("a folder");
    let turns = call(folder.path(), 950);
    let yes: Vec<&Value> = turns
        .iter()
        .filter(|turn| said(turn).starts_with("Yes"))
        .collect();
    assert_eq!(yes.len(), 3);
    for turn in yes {
        assert_eq!(fillers(turn), [], "after {:?}", said(turn));
    }
    // A longer wait may be bridged by a word that it goes on, but not by an opening.
    for turn in call(folder.path(), 4_000)
        .iter()
        .filter(|turn| said(turn).starts_with("Yes"))
    {
        for (text, reason) in fillers(turn) {
            assert_eq!(reason, "still_waiting", "{text:?} after {:?}", said(turn));
        }
    }
}
