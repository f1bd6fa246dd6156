//! Reading the vector files.

use carrier::twilio::{Element, Node};
use serde_json::Value;

pub fn load(text: &str) -> Value {
    serde_json::from_str(text).expect("a vector file is JSON")
}

pub fn list(file: &Value) -> &Vec<Value> {
    file["vectors"].as_array().expect("a list of vectors")
}

pub fn text<'a>(entry: &'a Value, key: &str) -> &'a str {
    entry[key]
        .as_str()
        .unwrap_or_else(|| panic!("{key} is text in {entry}"))
}

/// `[name, {attributes}, [children]]`.
pub fn tree(value: &Value) -> Element {
    let mut element = Element::new(value[0].as_str().expect("an element name"));
    for (name, value) in value[1].as_object().expect("attributes") {
        element = element.attribute(name, value.as_str().expect("an attribute value"));
    }
    for child in value[2].as_array().expect("children") {
        element = match child.as_str() {
            Some(text) => element.text(text),
            None => element.child(tree(child)),
        };
    }
    element
}

/// Attribute order carries no meaning.
pub fn sorted(mut element: Element) -> Element {
    element.attributes.sort();
    element.children = element
        .children
        .into_iter()
        .map(|child| match child {
            Node::Element(e) => Node::Element(sorted(e)),
            text => text,
        })
        .collect();
    element
}

pub fn read(xml: &str) -> Element {
    sorted(Element::parse(xml).unwrap_or_else(|e| panic!("{e}\n{xml}")))
}

/// A second opinion: what `twiml_attributes.json` says is wrong with a tree.
pub fn schema_errors(schema: &Value, element: &Element, found: &mut Vec<String>) {
    let known = &schema["elements"][&element.name];
    for (name, value) in &element.attributes {
        let fits = match known[name]["type"].as_str() {
            Some("string") => true,
            Some("number") => value.parse::<u32>().is_ok(),
            Some("boolean") => value == "true" || value == "false",
            Some("enum") => is_one_of(&known[name]["values"], value),
            Some("list of enum") => value
                .split(' ')
                .all(|w| is_one_of(&known[name]["values"], w)),
            _ => false,
        };
        if !fits {
            found.push(format!("{}: {name}={value:?}", element.name));
        }
    }
    let allowed = schema["children"][&element.name].as_array();
    for child in &element.children {
        let Node::Element(child) = child else {
            continue;
        };
        if !allowed.is_some_and(|a| a.iter().any(|n| n == child.name.as_str())) {
            found.push(format!("{} inside {}", child.name, element.name));
        }
        schema_errors(schema, child, found);
    }
}

/// Long lists are only counted in the file ("900 values, see SDK"): anything passes there.
fn is_one_of(values: &Value, word: &str) -> bool {
    match values.as_array() {
        Some(values) => values.iter().any(|v| v == word),
        None => !word.is_empty(),
    }
}
