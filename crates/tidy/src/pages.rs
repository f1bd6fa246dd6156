//! The pages a newcomer reads first: README's commands exist, the map names every crate in its own one sentence.

use crate::{House, Violation, house::Room};

const README: &str = "README.md";
const MAP: &str = "crates/README.md";

/// The two commands that must work on a bare machine.
const PROMISED: [&str; 2] = ["cargo run --release -- demo", "scripts/test"];

/// Programs that a reader of README may be assumed to have.
const KNOWN: &[&str] = &[
    "cargo",
    "cd",
    "cp",
    "curl",
    "docker",
    "export",
    "frontdesk",
    "git",
    "just",
    "mkdir",
    "openssl",
    "pip",
    "python3",
    "ls",
    "cat",
    "tail",
    "kill",
];

/// Commands that do not exist, crates that the map leaves out, descriptions that are not one sentence.
pub fn check(house: &House) -> Vec<Violation> {
    let mut found = readme(house);
    found.extend(house.rooms.iter().filter_map(description));
    found.extend(map(house));
    found
}

fn readme(house: &House) -> Vec<Violation> {
    let Some(text) = house.text(README) else {
        return vec![Violation::new(
            README,
            0,
            "there is no README",
            "write it: what it is, the two commands, where to go next",
        )];
    };
    let commands = commands(text);
    let missing = PROMISED
        .iter()
        .filter(|promised| !commands.iter().any(|(_, command)| command == *promised));
    let missing = missing.map(|promised| {
        Violation::new(
            README,
            0,
            format!("no ```sh block runs `{promised}`"),
            "show the command on a line of its own",
        )
    });
    let wrong = commands.iter().filter_map(|(line, command)| {
        let what = unknown(house, command)?;
        Some(Violation::new(
            README,
            *line,
            what,
            "show a command that works from the root of a fresh clone",
        ))
    });
    missing.chain(wrong).collect()
}

/// The command lines of the ```sh blocks: continuations joined, comments, prompts and settings taken off.
fn commands(text: &str) -> Vec<(usize, String)> {
    let mut found: Vec<(usize, String)> = Vec::new();
    let (mut inside, mut open) = (false, false);
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.starts_with("```") {
            inside = !inside && ["```sh", "```bash", "```console", "```shell"].contains(&line);
            open = false;
            continue;
        }
        let line = line.strip_prefix("$ ").unwrap_or(line);
        let line = line.split(" #").next().unwrap_or_default().trim();
        if !inside || line.is_empty() || line.starts_with('#') {
            continue;
        }
        let (part, more) = line
            .strip_suffix('\\')
            .map_or((line, false), |part| (part.trim(), true));
        match found.last_mut().filter(|_| open) {
            Some((_, command)) => *command = format!("{command} {part}"),
            None => found.push((index + 1, part.to_owned())),
        }
        open = more;
    }
    found
}

fn unknown(house: &House, command: &str) -> Option<String> {
    let is_setting = |word: &&str| {
        word.split_once('=').is_some_and(|(key, _)| {
            !key.is_empty()
                && key
                    .chars()
                    .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
        })
    };
    let mut words = command.split_whitespace().skip_while(is_setting);
    let program = words.next()?;
    let path = program.trim_start_matches("./");
    if path.starts_with("scripts/") || path.starts_with(".ci/") {
        return match house.pages.get(path) {
            None => Some(format!("`{path}` does not exist")),
            Some(page) if !page.executable => Some(format!("`{path}` cannot be run")),
            Some(_) => None,
        };
    }
    if path == "target/release/frontdesk" || path == "target/debug/frontdesk" {
        return None;
    }
    if program == "just" {
        let recipe = words.next()?;
        let recipes = house.text("Justfile").unwrap_or("");
        let known = recipes
            .lines()
            .any(|line| line.split([' ', ':']).next() == Some(recipe));
        return (!known).then(|| format!("the Justfile has no recipe `{recipe}`"));
    }
    (!KNOWN.contains(&program)).then(|| format!("`{program}` is not a program that a reader has"))
}

fn sentence(room: &Room) -> Option<&str> {
    room.manifest.get("package")?.get("description")?.as_str()
}

fn description(room: &Room) -> Option<Violation> {
    let mend = "write what the crate is in one sentence that ends with a full stop";
    let line = room.manifest_line("description");
    let what = match sentence(room) {
        None => "no description".to_owned(),
        Some(text) if !text.ends_with('.') || text.len() < 10 => {
            format!("`{text}` is not a sentence")
        }
        Some(text) if text.contains(". ") || text.contains('\n') => {
            format!("`{text}` is more than one sentence")
        }
        Some(_) => return None,
    };
    Some(Violation::new(&room.manifest_path, line, what, mend))
}

fn map(house: &House) -> Vec<Violation> {
    if house.rooms.is_empty() {
        return Vec::new();
    }
    let Some(text) = house.text(MAP) else {
        return vec![Violation::new(
            MAP,
            0,
            "there is no map of the crates",
            "write it: floors, one sentence per crate, where to add what",
        )];
    };
    let absent = house.rooms.iter().filter(|room| {
        let row = format!("`{}`", room.name);
        let own = |line: &str| {
            line.contains(&row) && sentence(room).is_some_and(|sentence| line.contains(sentence))
        };
        !text.lines().any(own)
    });
    absent
        .map(|room| {
            let sentence = sentence(room).unwrap_or("its description");
            let what = format!("no line names `{}` with its own sentence", room.name);
            Violation::new(
                MAP,
                0,
                what,
                format!(
                    "add `{}` with the sentence of its manifest: {sentence}",
                    room.name
                ),
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "```sh\ncargo run --release -- demo\nscripts/test\n```\n";

    fn found(readme: &str) -> Vec<String> {
        let house = House::of(&[
            (README, readme),
            ("scripts/test", ""),
            ("Justfile", "test *args:\n    x\n"),
        ]);
        check(&house).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn commands_that_do_not_exist_are_found_with_their_line() {
        for command in ["scripts/gone", "just gone", "make test"] {
            let found = found(&format!("{GOOD}```sh\n{command}\n```\n"));
            assert!(
                found.len() == 1 && found[0].starts_with("README.md:6:"),
                "{command}: {found:?}"
            );
        }
        let mut house = House::of(&[(README, GOOD), ("scripts/test", "")]);
        house
            .pages
            .get_mut("scripts/test")
            .expect("it was just added")
            .executable = false;
        assert_eq!(check(&house).len(), 1);
    }

    #[test]
    fn the_two_promised_commands_must_be_shown() {
        assert_eq!(found("```sh\nscripts/test\n```\n").len(), 1);
        assert_eq!(found("Run `cargo run --release -- demo`.").len(), 2);
    }

    #[test]
    fn good_commands_pass() {
        let more = "```sh\n# a comment\nPORT=1 scripts/test --fast   # quick\ncurl -s \\\n  --fail localhost\njust test\n```\n```json\nmake no sense\n```\n";
        assert!(found(&format!("{GOOD}{more}")).is_empty());
    }

    #[test]
    fn the_map_names_each_crate_in_its_own_sentence() {
        let manifest = "[package]\ndescription = \"The conversation, as a value.\"\n";
        let with = |map: &str| {
            let house = House::of(&[
                ("crates/call/Cargo.toml", manifest),
                (MAP, map),
                (README, GOOD),
                ("scripts/test", ""),
            ]);
            check(&house).len()
        };
        assert_eq!(with("| `call` | The conversation, as a value. |"), 0);
        assert_eq!(with("| `call` | Something else. |"), 1);
    }

    #[test]
    fn a_description_is_one_sentence() {
        for text in ["no stop at the end", "One sentence. And two.", ""] {
            let manifest = format!("[package]\ndescription = \"{text}\"\n");
            let house = House::of(&[("crates/call/Cargo.toml", &manifest)]);
            assert!(house.rooms.iter().find_map(description).is_some(), "{text}");
        }
    }
}
