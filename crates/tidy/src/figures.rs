//! The gauges of the house as numbers, for a person to look at.

use crate::{House, arrows, sizes, tables};

/// The figures as a small table of text.
pub fn figures(house: &House) -> String {
    format!("{}\n{}", gauges(house), rooms(house))
}

fn gauges(house: &House) -> String {
    let functions = sizes::functions(house);
    let mut text = format!(
        "crates {}, arrows {}, functions {}\nfunction p99 {} lines (limit {})\n",
        house.rooms.len(),
        arrows::arrows(house).len(),
        functions.len(),
        sizes::p99(&functions),
        sizes::P99,
    );
    if let Some(longest) = functions.iter().max_by_key(|function| function.length) {
        let (length, limit) = (longest.length, sizes::FUNCTION);
        let place = format!("{} {}:{}", longest.name, longest.file, longest.line);
        text += &format!("longest function {length} lines (limit {limit}): {place}\n");
    }
    let files = house.sources().map(|(_, source)| source);
    let files = files.filter(|source| !tables::is_table_file(source));
    let sized = files.map(|source| (source.lines().count(), source.path.as_str()));
    if let Some((lines, path)) = sized.max() {
        text += &format!(
            "largest file {lines} lines (limit {}): {path}\n",
            sizes::FILE
        );
    }
    text
}

fn rooms(house: &House) -> String {
    let mut text = format!(
        "{:<16} {:>5} {:>6} {:>6}  uses\n",
        "crate", "floor", "files", "lines"
    );
    let arrows = arrows::arrows(house);
    for room in &house.rooms {
        let floor = room.place().and_then(|place| place.floor);
        let floor = floor.map_or_else(|| "-".to_owned(), |floor| floor.to_string());
        let lines: usize = room
            .sources
            .iter()
            .map(|source| source.lines().count())
            .sum();
        let own = arrows.iter().filter(|arrow| arrow.from.name == room.name);
        let uses: Vec<&str> = own.map(|arrow| arrow.to).collect();
        let (name, files, uses) = (&room.name, room.sources.len(), uses.join(" "));
        text += &format!("{name:<16} {floor:>5} {files:>6} {lines:>6}  {uses}\n");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_figures_are_those_of_the_house() {
        let house = House::of(&[
            ("crates/call/Cargo.toml", "[dependencies]\nevents = \"1\"\n"),
            ("crates/call/src/lib.rs", "fn a() {\n}\nfn b() {}\n"),
        ]);
        let text = figures(&house);
        assert!(
            text.starts_with("crates 1, arrows 1, functions 2\n"),
            "{text}"
        );
        assert!(
            text.contains("longest function 2 lines (limit 60): a crates/call/src/lib.rs:1"),
            "{text}"
        );
        assert!(
            text.lines().any(|line| line
                .split_whitespace()
                .eq(["call", "0", "1", "3", "events"])),
            "{text}"
        );
    }
}
