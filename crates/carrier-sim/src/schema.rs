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

#[cfg(test)]
mod tests {
    use super::*;

    fn of(name: &str, attributes: Vec<(String, String)>) -> Vec<(u32, String)> {
        let tree = Tree {
            name: name.to_owned(),
            attributes,
            children: Vec::new(),
        };
        let mut found = Vec::new();
        self::attributes(&tree, &mut found);
        found
    }

    /// A value that the schema takes, and one that it does not when there is such a one.
    fn values(known: &Value) -> (String, Option<&'static str>) {
        let first = known["values"][0].as_str().unwrap_or("token").to_owned();
        match known["type"].as_str().unwrap_or_default() {
            "number" => ("7".into(), Some("seven")),
            "boolean" => ("true".into(), Some("yes")),
            "enum" | "list of enum" => (first, Some("no such choice")),
            _ => ("POST".into(), None),
        }
    }

    #[test]
    fn every_element_and_attribute_of_the_vectors_is_known() {
        let elements = schema()["elements"].as_object().expect("a table");
        let mut checked = 0;
        for (element, known) in elements {
            for (name, known) in known.as_object().expect("a table") {
                let is_markup = element.starts_with(|c: char| c.is_ascii_lowercase());
                if known["type"].is_null() && (name == "words" || !is_markup) {
                    // An argument of the SDK that becomes the element's text, not an attribute.
                    assert_eq!(of(element, vec![(name.clone(), "x".into())]).len(), 1);
                    continue;
                }
                let (good, bad) = values(known);
                let pair = |value: &str| vec![(name.clone(), value.to_owned())];
                assert_eq!(of(element, pair(&good)), [], "{element} {name}");
                if let Some(bad) = bad {
                    assert_eq!(of(element, pair(bad)).len(), 1, "{element} {name}");
                }
                assert_eq!(
                    of(element, vec![(format!("{name}X"), good)]).len(),
                    1,
                    "{element} {name}X"
                );
                checked += 1;
            }
        }
        assert!(checked > 150, "only {checked} attributes");
    }

    #[test]
    fn every_nesting_of_the_vectors_is_known_and_no_other() {
        let children = schema()["children"].as_object().expect("a table");
        let names: Vec<&String> = schema()["elements"]
            .as_object()
            .expect("a table")
            .keys()
            .collect();
        let mut refused = 0;
        for (parent, allowed) in children {
            let allowed: Vec<&str> = allowed
                .as_array()
                .expect("a list")
                .iter()
                .filter_map(Value::as_str)
                .collect();
            for child in &names {
                let inner = Tree {
                    name: (*child).clone(),
                    ..Tree::default()
                };
                let tree = Tree {
                    name: parent.clone(),
                    children: vec![Node::Tree(inner)],
                    ..Tree::default()
                };
                let mut found = Vec::new();
                element(&tree, &mut found);
                let told = found.iter().any(|(_, what)| what.contains(" inside "));
                assert_eq!(told, !allowed.contains(&child.as_str()), "{parent} {child}");
                refused += usize::from(told);
            }
        }
        assert!(refused > 800, "only {refused}");
    }

    /// The SDKs' own samples hold what no voice call knows: messages, made-up elements, bare text.
    #[test]
    fn the_documents_of_the_vectors_pass_but_for_what_is_no_voice_verb() {
        let strange = [
            "<Sms>",
            "<Sim> inside <Dial>",
            "<alexa>",
            "<purchase>",
            "text inside <Response>",
            "<Play> without a URL",
            "can never be reached",
        ];
        for (file, key) in [
            (
                include_str!("../../../fixtures/vectors/twiml_documents.json"),
                "xml_twilio_python",
            ),
            (
                include_str!("../../../fixtures/vectors/twiml_official_tests.json"),
                "xml",
            ),
        ] {
            let file: Value = serde_json::from_str(file).expect("JSON");
            let mut clean = 0;
            for entry in file["vectors"].as_array().expect("a list") {
                let root = Tree::read(entry[key].as_str().expect("xml")).expect("readable");
                let found = problems(&root);
                let known = |what: &str| strange.iter().any(|part| what.contains(part));
                assert!(found.iter().all(|(_, what)| known(what)), "{found:?}");
                clean += usize::from(found.is_empty());
            }
            assert!(clean >= 20, "only {clean}");
        }
    }
}
