//! Every template renders with its sample into XML that a carrier can read: well formed and rooted at `Response`.

use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value};
use quick_xml::{Reader, events::Event};

use crate::{House, Violation};

const FOLDER: &str = "twiml-templates/";
const SAMPLE: &str = ".sample.json";

/// Templates without a sample, that do not render, or that render into something else than a response.
pub fn check(house: &House) -> Vec<Violation> {
    let templates: Vec<(&str, &str)> = house
        .pages
        .iter()
        .filter_map(|(path, page)| Some((path.strip_prefix(FOLDER)?, page.text.as_deref()?)))
        .filter(|(name, _)| !name.ends_with(".json") && !name.ends_with(".md"))
        .collect();
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    let mut found = Vec::new();
    for (name, text) in &templates {
        if let Err(error) = environment.add_template(name, text) {
            found.push(at(
                name,
                error.line(),
                format!("does not parse: {error}"),
                "mend the template's syntax",
            ));
        }
    }
    found.extend(
        templates
            .iter()
            .filter_map(|(name, _)| one(house, &environment, name)),
    );
    found.extend(stray_samples(house, &templates));
    found
}

fn at(name: &str, line: Option<usize>, what: String, mend: &str) -> Violation {
    Violation::new(&format!("{FOLDER}{name}"), line.unwrap_or(0), what, mend)
}

/// The name up to the first dot of its last part: `answer` of `answer.xml.j2`.
fn stem(name: &str) -> &str {
    let file = name.rfind('/').map_or(0, |slash| slash + 1);
    let dot = name[file..].find('.').map_or(name.len(), |dot| file + dot);
    &name[..dot]
}

fn one(house: &House, environment: &Environment<'_>, name: &str) -> Option<Violation> {
    let template = environment.get_template(name).ok()?;
    let sample = format!("{}{SAMPLE}", stem(name));
    let Some(text) = house.text(&format!("{FOLDER}{sample}")) else {
        return Some(at(
            name,
            None,
            format!("has no sample `{sample}`"),
            "write the sample: one JSON object with every value that the template uses",
        ));
    };
    let values: serde_json::Value = match serde_json::from_str(text) {
        Ok(values) => values,
        Err(error) => {
            return Some(at(
                &sample,
                Some(error.line()),
                format!("not JSON: {error}"),
                "mend the sample",
            ));
        }
    };
    match template.render(value(values)) {
        Err(error) => Some(at(
            name,
            error.line(),
            format!("does not render with its sample: {error}"),
            "add the value to the sample or take it out of the template",
        )),
        Ok(document) => response(&document).err().map(|what| {
            at(
                name,
                None,
                what,
                "write one <Response> element with closed tags and escaped text",
            )
        }),
    }
}

/// The same value in the template engine's own kind.
fn value(json: serde_json::Value) -> Value {
    use serde_json::Value as Json;
    match json {
        Json::Null => Value::from(()),
        Json::Bool(truth) => Value::from(truth),
        Json::Number(number) => match number.as_i64() {
            Some(whole) => Value::from(whole),
            None => Value::from(number.as_f64().unwrap_or(f64::NAN)),
        },
        Json::String(text) => Value::from(text),
        Json::Array(list) => list.into_iter().map(value).collect(),
        Json::Object(map) => {
            Value::from_pairs(map.into_iter().map(|(key, json)| (key, value(json))))
        }
    }
}

fn stray_samples(house: &House, templates: &[(&str, &str)]) -> Vec<Violation> {
    let samples = house
        .pages
        .keys()
        .filter_map(|path| path.strip_prefix(FOLDER))
        .filter(|name| name.ends_with(SAMPLE));
    samples
        .filter(|sample| {
            !templates
                .iter()
                .any(|(name, _)| Some(stem(name)) == sample.strip_suffix(SAMPLE))
        })
        .map(|sample| {
            at(
                sample,
                None,
                "no template has this sample".to_owned(),
                "take it out or name it like its template",
            )
        })
        .collect()
}

/// Reads the whole document; says what keeps a carrier from reading it.
fn response(document: &str) -> Result<(), String> {
    let mut reader = Reader::from_str(document);
    let (mut depth, mut roots) = (0_usize, 0_usize);
    loop {
        let event = reader.read_event().map_err(|error| {
            format!(
                "renders into broken XML at byte {}: {error}",
                reader.error_position()
            )
        })?;
        match event {
            Event::Eof => break,
            Event::Start(tag) => {
                root(depth, &mut roots, &tag)?;
                depth += 1;
            }
            Event::Empty(tag) => root(depth, &mut roots, &tag)?,
            Event::End(_) => depth = depth.saturating_sub(1),
            Event::Text(text) if depth == 0 && !text.trim().is_empty() => {
                return Err("renders into text outside of the root element".to_owned());
            }
            _ => {}
        }
    }
    match (depth, roots) {
        (0, 1) => Ok(()),
        (0, roots) => Err(format!(
            "renders into {roots} root elements; a carrier reads one"
        )),
        (open, _) => Err(format!(
            "renders into {open} elements that are never closed"
        )),
    }
}

fn root(
    depth: usize,
    roots: &mut usize,
    tag: &quick_xml::events::BytesStart<'_>,
) -> Result<(), String> {
    if let Some(error) = tag.attributes().find_map(Result::err) {
        return Err(format!("renders into a broken attribute: {error}"));
    }
    if depth == 0 {
        *roots += 1;
        let name = tag.name();
        if name.as_ref() != "Response" {
            return Err(format!("renders into <{}>, not <Response>", name.as_ref()));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(template: &str, sample: Option<&str>) -> Vec<String> {
        let mut files = vec![("twiml-templates/answer.xml.j2", template)];
        files.extend(sample.map(|text| ("twiml-templates/answer.sample.json", text)));
        check(&House::of(&files))
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    #[test]
    fn what_a_carrier_cannot_read_is_found() {
        for (template, wanted) in [
            ("<Response>{{ a", "does not parse"),
            ("<Response>{{ missing }}</Response>", "does not render"),
            ("<Response><Say>{{ a }}</Response>", "broken XML"),
            ("<Response><Say>", "never closed"),
            ("<Reply/>", "not <Response>"),
            ("<Response/><Response/>", "2 root elements"),
            ("", "0 root elements"),
            ("<Response a=1/>", "broken attribute"),
            ("hello<Response/>", "text outside"),
        ] {
            let found = found(template, Some("{\"a\": 1}"));
            assert!(
                found.iter().any(|text| text.contains(wanted)),
                "{template}: {found:?}"
            );
        }
    }

    #[test]
    fn a_sample_and_its_template_come_together() {
        assert!(found("<Response/>", None)[0].contains("has no sample"));
        let house = House::of(&[("twiml-templates/gone.sample.json", "{}")]);
        assert_eq!(check(&house).len(), 1);
    }

    #[test]
    fn a_good_template_passes_and_its_values_are_escaped() {
        let template =
            "<?xml version=\"1.0\"?>\n<Response><Say a=\"{{ a }}\">{{ a }}</Say></Response>\n";
        assert!(found(template, Some("{\"a\": \"<&\\\"\"}")).is_empty());
    }
}
