//! What a document may say: the carrier's SDK schema, and the rules its pages state beside it.

use std::sync::OnceLock;

use serde_json::Value;

use crate::twiml::{Node, Tree};

const SCHEMA: &str = include_str!("../../../fixtures/vectors/twiml_attributes.json");

fn schema() -> &'static Value {
    static PARSED: OnceLock<Value> = OnceLock::new();
    PARSED.get_or_init(|| serde_json::from_str(SCHEMA).expect("the embedded schema is JSON"))
}

/// Everything wrong with a document, as (error number, problem).
pub(crate) fn problems(root: &Tree) -> Vec<(u32, String)> {
    let mut found = Vec::new();
    if root.name != "Response" {
        found.push((
            12100,
            format!("the root is <{}>, not <Response>", root.name),
        ));
        return found;
    }
    element(root, &mut found);
    unreachable(root, &mut found);
    found
}

fn element(tree: &Tree, found: &mut Vec<(u32, String)>) {
    attributes(tree, found);
    rules(tree, found);
    let allowed = schema()["children"][&tree.name].as_array();
    for child in &tree.children {
        match child {
            Node::Text(text) if is_text_element(&tree.name) || text.trim().is_empty() => {}
            Node::Text(_) => found.push((12200, format!("text inside <{}>", tree.name))),
            Node::Tree(child) => {
                if !allowed.is_some_and(|a| a.iter().any(|n| n == child.name.as_str())) {
                    let problem = format!("<{}> inside <{}>", child.name, tree.name);
                    found.push((12200, problem));
                }
                element(child, found);
            }
        }
    }
}

fn is_text_element(name: &str) -> bool {
    const VERBS_WITHOUT: [&str; 12] = [
        "Response",
        "Gather",
        "Pause",
        "Hangup",
        "Reject",
        "Record",
        "Connect",
        "Start",
        "Stop",
        "Stream",
        "Parameter",
        "Leave",
    ];
    !VERBS_WITHOUT.contains(&name)
}

fn attributes(tree: &Tree, found: &mut Vec<(u32, String)>) {
    let known = &schema()["elements"][&tree.name];
    for (name, value) in &tree.attributes {
        let problem = match known[name]["type"].as_str() {
            None if is_ssml_attribute(tree, name) => None,
            None => Some("is unknown"),
            Some("number") if value.parse::<u32>().is_err() => Some("must be a whole number"),
            Some("boolean") if value != "true" && value != "false" => Some("must be true or false"),
            Some("enum") if !is_one_of(&known[name]["values"], value) => Some("is not a choice"),
            Some("list of enum") if !is_list_of(&known[name]["values"], value) => {
                Some("is not a list of choices")
            }
            _ if is_method(name) && value != "GET" && value != "POST" => {
                Some("must be GET or POST")
            }
            _ => None,
        };
        if let Some(problem) = problem {
            let tag = &tree.name;
            found.push((
                12200,
                format!("<{tag}> attribute {name}={value:?} {problem}"),
            ));
        }
    }
}

/// The schema names the attributes of SSML elements without types; `words` is their text.
fn is_ssml_attribute(tree: &Tree, name: &str) -> bool {
    let is_ssml = tree.name.starts_with(|c: char| c.is_ascii_lowercase());
    is_ssml && name != "words" && schema()["elements"][&tree.name].get(name).is_some()
}

fn is_method(name: &str) -> bool {
    name == "method" || name.ends_with("Method")
}

fn is_list_of(values: &Value, words: &str) -> bool {
    words.split(' ').all(|word| is_one_of(values, word))
}

/// Very long lists are only counted in the schema ("900 values, see SDK"); there, a token passes.
fn is_one_of(values: &Value, word: &str) -> bool {
    match values.as_array() {
        Some(values) => values.iter().any(|v| v == word),
        None => !word.is_empty() && !word.contains(char::is_whitespace),
    }
}

/// Rules that the carrier's pages state and its schema does not.
fn rules(tree: &Tree, found: &mut Vec<(u32, String)>) {
    let mut say = |code: u32, problem: &str| found.push((code, problem.to_owned()));
    match tree.name.as_str() {
        "Play" if tree.text().is_empty() && tree.attribute("digits").is_none() => {
            say(11100, "<Play> without a URL");
        }
        "Say" if tree.text().chars().count() > 4096 => {
            say(13521, "<Say> with more than 4,096 characters");
        }
        "Pause" if tree.attribute("length") == Some("0") => {
            say(13310, "<Pause> length must be above 0");
        }
        "Gather" => {
            let timeout = tree.attribute("speechTimeout");
            let fits = |t: &str| t == "auto" || t.parse().is_ok_and(|n: u32| n > 0);
            if timeout.is_some_and(|t| !fits(t)) {
                say(13327, "<Gather> speechTimeout must be auto or above 0");
            }
            if timeout == Some("auto") && tree.attribute("speechModel").is_some() {
                say(
                    13335,
                    "<Gather> speechTimeout=\"auto\" beside a speechModel",
                );
            }
            if tree.number("timeout") == Some(0) {
                say(13310, "<Gather> timeout must be above 0");
            }
        }
        _ => {}
    }
}

/// A verb after one that never comes back is a mistake of the server.
fn unreachable(root: &Tree, found: &mut Vec<(u32, String)>) {
    let mut ended: Option<&str> = None;
    for verb in root.elements() {
        if let Some(before) = ended {
            let problem = format!(
                "<{}> can never be reached: it follows <{before}>",
                verb.name
            );
            found.push((12200, problem));
        }
        let ends = match verb.name.as_str() {
            "Redirect" | "Hangup" | "Reject" | "Leave" => true,
            "Dial" | "Record" => verb.attribute("action").is_some(),
            _ => false,
        };
        if ends {
            ended.get_or_insert(&verb.name);
        }
    }
}
