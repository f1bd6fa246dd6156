//! Every environment key that the configuration knows stands in `.env.example`, and the other way round.
//!
//! The configuration names a key in capitals (`"TWILIO_ACCOUNT_SID"`) or by its setting (`"server.bind"`), whose key
//! is `FRONTDESK__SERVER__BIND`.

use std::collections::BTreeMap;

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::Visit;

use crate::{House, Violation, source::Source};

const EXAMPLE: &str = ".env.example";
const CONFIG: [&str; 2] = [
    "crates/frontdesk/src/config/",
    "crates/frontdesk/src/config.rs",
];

/// How the key of a setting begins.
const DERIVED: &str = "FRONTDESK__";

/// Endings of file names, which look like settings.
const FILES: [&str; 6] = ["toml", "json", "md", "txt", "db", "wav"];

/// Keys that are not ours to explain; they may stand in the example and need not. Each with its owner.
const NOT_OURS: &[(&str, &str)] = &[
    (
        "CREDENTIALS_DIRECTORY",
        "set by the service manager, never by a person",
    ),
    ("RUST_LOG", "the log filter's own"),
    ("TZ", "the system's time zone"),
];

/// Keys on one side only.
pub fn check(house: &House) -> Vec<Violation> {
    let config: Vec<&Source> = house
        .sources()
        .map(|(_, source)| source)
        .filter(|source| CONFIG.iter().any(|start| source.path.starts_with(start)))
        .collect();
    if config.is_empty() {
        return Vec::new();
    }
    let Some(example) = house.text(EXAMPLE) else {
        let what = "the configuration reads keys and .env.example is not there";
        return vec![Violation::new(
            EXAMPLE,
            0,
            what,
            "write it: every key with its default, its unit and one line of meaning",
        )];
    };
    let shown = keys_of_example(example);
    let read = keys_of_code(&config);
    let ours = |key: &str| !NOT_OURS.iter().any(|(other, _)| *other == key);
    let missing = read.iter().filter(|(key, _)| {
        ((key.starts_with(DERIVED) && *key != DERIVED) || looks_like_key(key))
            && ours(key)
            && !shown.contains_key(*key)
    });
    let missing = missing.map(|(key, (file, line))| {
        Violation::new(
            file,
            *line,
            format!("`{key}` is not in .env.example"),
            "add it there with its default and one line of meaning",
        )
    });
    let stale = shown
        .iter()
        .filter(|(key, _)| ours(key) && !read.contains_key(*key));
    let stale = stale.map(|(key, line)| {
        Violation::new(
            EXAMPLE,
            *line,
            format!("nothing in crates/frontdesk/src/config reads `{key}`"),
            "read it or take the line out",
        )
    });
    missing.chain(stale).collect()
}

/// The keys of an example file: `KEY=value`, also when commented out.
fn keys_of_example(text: &str) -> BTreeMap<String, usize> {
    let mut found = BTreeMap::new();
    for (index, line) in text.lines().enumerate() {
        let line = line.trim_start_matches(['#', ' ']);
        let Some((key, _)) = line.split_once('=') else {
            continue;
        };
        let key = key.trim_start_matches("export ");
        let plain = key.starts_with(|c: char| c.is_ascii_uppercase())
            && key
                .chars()
                .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
        if plain {
            found.entry(key.to_owned()).or_insert(index + 1);
        }
    }
    found
}

/// Two words or more in capitals: what a key looks like and hardly anything else does.
fn looks_like_key(text: &str) -> bool {
    let words: Vec<&str> = text.split('_').collect();
    words.len() > 1
        && text.starts_with(|c: char| c.is_ascii_uppercase())
        && words.iter().all(|word| {
            !word.is_empty()
                && word
                    .chars()
                    .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit())
        })
}

/// The key of a setting: `FRONTDESK__SERVER__BIND` for `server.bind`.
fn key_of_setting(text: &str) -> Option<String> {
    let words: Vec<&str> = text.split('.').collect();
    let plain = |word: &&str| {
        word.starts_with(|c: char| c.is_ascii_lowercase())
            && word
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
    };
    let is_setting = words.len() > 1
        && words.iter().all(plain)
        && !words.last().is_some_and(|last| FILES.contains(last));
    is_setting.then(|| format!("{DERIVED}{}", words.join("__").to_ascii_uppercase()))
}

fn keys_of_code(sources: &[&Source]) -> BTreeMap<String, (String, usize)> {
    let mut found = BTreeMap::new();
    for source in sources {
        let mut literals = Literals::default();
        literals.visit_file(&source.ast);
        for (text, line) in literals.0 {
            let key = key_of_setting(&text).unwrap_or(text);
            found
                .entry(key)
                .or_insert_with(|| (source.path.clone(), line));
        }
    }
    found
}

#[derive(Default)]
struct Literals(Vec<(String, usize)>);

impl Literals {
    fn tokens(&mut self, tokens: TokenStream) {
        for token in tokens {
            match token {
                TokenTree::Group(group) => self.tokens(group.stream()),
                TokenTree::Literal(literal) => {
                    let line = literal.span().start().line;
                    if let syn::Lit::Str(text) = syn::Lit::new(literal) {
                        self.0.push((text.value(), line));
                    }
                }
                _ => {}
            }
        }
    }
}

impl<'ast> Visit<'ast> for Literals {
    fn visit_lit_str(&mut self, literal: &'ast syn::LitStr) {
        self.0.push((literal.value(), literal.span().start().line));
    }

    fn visit_macro(&mut self, mac: &'ast syn::Macro) {
        self.tokens(mac.tokens.clone());
    }

    fn visit_attribute(&mut self, attribute: &'ast syn::Attribute) {
        // A doc line that is nothing but a key would be read as one; only other attributes name keys.
        if let (false, syn::Meta::List(list)) = (attribute.path().is_ident("doc"), &attribute.meta)
        {
            self.tokens(list.tokens.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(code: &str, example: Option<&str>) -> Vec<String> {
        let mut files = vec![
            ("crates/frontdesk/Cargo.toml", ""),
            ("crates/frontdesk/src/config/mod.rs", code),
        ];
        files.extend(example.map(|text| (EXAMPLE, text)));
        check(&House::of(&files))
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    #[test]
    fn a_key_missing_on_either_side_is_found_with_its_line() {
        let code = "const A: &str =\n    \"FRONTDESK_PORT\";";
        assert!(found(code, Some(""))[0].starts_with("crates/frontdesk/src/config/mod.rs:2:"));
        let stale = found(
            code,
            Some("# The port\nFRONTDESK_PORT=1\n# FRONTDESK_OLD=2\n"),
        );
        assert!(stale[0].starts_with(".env.example:3:"), "{stale:?}");
    }

    #[test]
    fn keys_in_macros_and_attributes_are_read() {
        assert_eq!(found("fn f() { get!(\"A_KEY\") }", Some("")).len(), 1);
        assert_eq!(
            found("struct S { #[arg(env = \"A_KEY\")] a: u8 }", Some("")).len(),
            1
        );
    }

    #[test]
    fn a_setting_has_a_key_of_its_own() {
        let code = "const A: &str = \"server.bind\"; const B: &str = \"frontdesk.toml\";";
        assert!(found(code, Some("# FRONTDESK__SERVER__BIND=1\n")).is_empty());
        assert_eq!(found(code, Some("")).len(), 1);
        assert_eq!(
            found(
                code,
                Some("FRONTDESK__SERVER__BIND=1\nFRONTDESK__SERVER__GONE=1\n")
            )
            .len(),
            1
        );
    }

    #[test]
    fn a_configuration_without_an_example_is_found() {
        assert_eq!(found("", None).len(), 1);
    }

    #[test]
    fn both_in_step_pass() {
        let code = "const A: &str = \"FRONTDESK_PORT\"; const B: &str = \"PORT\"; const C: &str = \"Not A_KEY at all\"; const D: &str = \"CREDENTIALS_DIRECTORY\";";
        let example = "# One line = prose\nFRONTDESK_PORT=8080\n#PORT=1\n# RUST_LOG=info\n";
        assert!(found(code, Some(example)).is_empty());
    }
}
