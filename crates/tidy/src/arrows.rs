//! Arrows between crates: each must stand in [`crate::map`].

use crate::{House, Violation, house::Room, map};

/// An arrow of the workspace.
pub struct Arrow<'a> {
    /// The crate that names.
    pub from: &'a Room,
    /// The crate that is named.
    pub to: &'a str,
}

/// Every arrow between crates of the workspace that ships; dev-dependencies do not.
pub fn arrows(house: &House) -> Vec<Arrow<'_>> {
    let ours = |name: &str| house.rooms.iter().any(|room| room.name == name);
    let mut found = Vec::new();
    for from in &house.rooms {
        let tables = dependency_tables(&from.manifest);
        let names = tables.iter().flat_map(|table| table.keys());
        found.extend(
            names
                .filter(|name| ours(name) || map::find(name).is_some())
                .map(|to| Arrow { from, to }),
        );
    }
    found
}

/// Arrows that the table does not hold, and crates that it does not know.
pub fn check(house: &House) -> Vec<Violation> {
    let unknown = house.rooms.iter().filter(|room| room.place().is_none()).map(|room| {
        Violation::new(
            &room.manifest_path,
            1,
            format!("crate `{}` has no floor", room.name),
            "give it a place in crates/tidy/src/map.rs and in the architecture page, with the reason in the commit",
        )
    });
    let wrong = arrows(house).into_iter().filter_map(|Arrow { from, to }| {
        let place = from.place()?;
        if place.may_name(to) {
            return None;
        }
        let may: Vec<&str> = map::PLACES
            .iter()
            .map(|p| p.name)
            .filter(|name| place.may_name(name))
            .collect();
        let may = if may.is_empty() {
            "nothing of ours".to_owned()
        } else {
            may.join(", ")
        };
        Some(Violation::new(
            &from.manifest_path,
            from.manifest_line(to),
            format!("`{}` may not use `{to}`; it may use {may}", from.name),
            "take the value as an argument, or move the code to the floor that may know both",
        ))
    });
    unknown.chain(wrong).collect()
}

fn dependency_tables(manifest: &toml::Table) -> Vec<&toml::Table> {
    let kinds = ["dependencies", "build-dependencies"];
    let targets = manifest
        .get("target")
        .and_then(toml::Value::as_table)
        .into_iter()
        .flat_map(|targets| targets.values())
        .filter_map(toml::Value::as_table);
    std::iter::once(manifest)
        .chain(targets)
        .flat_map(|table| kinds.iter().filter_map(|kind| table.get(*kind)?.as_table()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(name: &str, manifest: &str) -> Vec<String> {
        let path = format!("crates/{name}/Cargo.toml");
        let house = House::of(&[(&path, manifest)]);
        check(&house).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn an_arrow_upward_is_found_with_its_line() {
        let found = found(
            "call",
            "[package]\nname = \"call\"\n[dependencies]\nswitchboard.workspace = true\n",
        );
        assert!(
            found[0].starts_with("crates/call/Cargo.toml:4: `call` may not use `switchboard`"),
            "{found:?}"
        );
    }

    #[test]
    fn a_target_or_a_build_script_does_not_hide_an_arrow() {
        assert_eq!(
            found(
                "text",
                "[target.'cfg(unix)'.dependencies]\nevents.workspace = true\n"
            )
            .len(),
            1
        );
        assert_eq!(
            found("text", "[build-dependencies]\nevents.workspace = true\n").len(),
            1
        );
    }

    #[test]
    fn tests_may_use_anything() {
        assert!(found("call", "[dev-dependencies]\nswitchboard.workspace = true\n").is_empty());
    }

    #[test]
    fn a_crate_without_a_floor_is_found() {
        assert_eq!(found("stray", "").len(), 1);
    }

    #[test]
    fn what_the_table_holds_passes() {
        assert!(
            found(
                "web",
                "[dependencies]\nevents.workspace = true\nagent.workspace = true\nserde = \"1\"\n"
            )
            .is_empty()
        );
    }
}
