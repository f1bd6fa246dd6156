//! Carriers and vendors are named in their own file and nowhere above it.

use crate::{House, Violation};

/// The names, in lower case.
const NAMES: &[&str] = &[
    "twilio",
    "telnyx",
    "deepgram",
    "elevenlabs",
    "openai",
    "google",
    "kokoro",
    "piper",
    "xtts",
];

/// Where any of the names may stand, each with its reason.
const ALLOWED: &[(&str, &str)] = &[
    (
        "crates/frontdesk/src/config",
        "the operator chooses by name",
    ),
    (
        "crates/frontdesk/src/config.rs",
        "the operator chooses by name",
    ),
    (
        "crates/frontdesk/src/join",
        "the one place that turns a chosen name into a provider or a dialect",
    ),
    (
        "crates/carrier/src/lib.rs",
        "declares one module per dialect",
    ),
    ("crates/carrier/src/dialect.rs", "the list of dialects"),
    (
        "crates/providers/src/lib.rs",
        "declares one module per company",
    ),
    (
        "crates/carrier-sim/",
        "plays the carriers; shares no code with them",
    ),
    (
        "crates/provider-sim/",
        "plays the companies; shares no code with our clients",
    ),
    ("crates/bench/", "reports which provider was measured"),
    ("crates/tidy/", "holds this list"),
];

/// Names outside their place: in identifiers, strings and comments of what ships, and in the call's templates.
pub fn check(house: &House) -> Vec<Violation> {
    let mut found = Vec::new();
    for (_, source) in house.sources() {
        for (number, line) in source.lines() {
            found.extend(in_line(&source.path, number, line));
        }
    }
    for (path, page) in &house.pages {
        if path.starts_with("twiml-templates/") {
            let lines = page.text.as_deref().unwrap_or("").lines();
            found.extend(
                lines
                    .enumerate()
                    .flat_map(|(index, line)| in_line(path, index + 1, line)),
            );
        }
    }
    found
}

fn in_line(path: &str, number: usize, line: &str) -> Option<Violation> {
    if declares_module(line) {
        return None;
    }
    let line = line.to_lowercase();
    let folder = path.to_lowercase();
    let name = NAMES
        .iter()
        .find(|name| line.contains(**name) && !folder.contains(**name))?;
    if ALLOWED.iter().any(|(start, _)| path.starts_with(start)) {
        return None;
    }
    Some(Violation::new(
        path,
        number,
        format!("`{name}` is named outside its own file"),
        "say what it does (\"the carrier\", \"the provider\"), take the difference as data, or move the code into the file of that name",
    ))
}

/// `mod name;` says that a file of that name exists, which it may; what it is used for is another matter.
fn declares_module(line: &str) -> bool {
    let mut words = line.split_whitespace().rev();
    let last = words.next().is_some_and(|word| word.ends_with(';'));
    last && words.next() == Some("mod") && words.all(|word| word.starts_with("pub"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> usize {
        let krate = path.split("/src/").next().unwrap_or_default();
        let manifest = format!("{krate}/Cargo.toml");
        check(&House::of(&[(&manifest, ""), (path, text)])).len()
    }

    #[test]
    fn identifiers_strings_and_comments_are_read() {
        assert_eq!(found("crates/call/src/a.rs", "fn from_twilio() {}"), 1);
        assert_eq!(
            found("crates/web/src/a.rs", "const A: &str = \"ElevenLabs\";"),
            1
        );
        assert_eq!(found("crates/web/src/a.rs", "// as Telnyx does\n"), 1);
    }

    #[test]
    fn a_name_passes_in_its_own_file_and_only_its_own() {
        assert_eq!(
            found("crates/carrier/src/twilio/sign.rs", "struct Twilio;"),
            0
        );
        assert_eq!(
            found("crates/carrier/src/twilio/sign.rs", "struct Telnyx;"),
            1
        );
        assert_eq!(
            found("crates/frontdesk/src/config/keys.rs", "struct Telnyx;"),
            0
        );
    }

    #[test]
    fn a_file_of_a_name_may_be_declared_and_not_used_by_name() {
        assert_eq!(found("crates/web/src/lib.rs", "pub(crate) mod twilio;"), 0);
        assert_eq!(
            found("crates/web/src/lib.rs", "fn f() { twilio::routes(); }"),
            1
        );
        assert_eq!(found("crates/web/src/lib.rs", "mod twilio { }"), 1);
    }

    #[test]
    fn templates_speak_to_every_carrier() {
        let house = House::of(&[("twiml-templates/a.xml", "<Say>Twilio</Say>")]);
        assert_eq!(check(&house).len(), 1);
    }

    #[test]
    fn tests_name_what_they_like() {
        assert_eq!(
            found(
                "crates/call/src/a.rs",
                "#[cfg(test)]\nmod tests { fn twilio() {} }"
            ),
            0
        );
    }
}
