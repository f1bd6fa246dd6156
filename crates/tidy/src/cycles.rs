//! Import cycles between the top-level modules of a crate on floors 0 to 3.
//!
//! The crate's root counts as a module for what is defined there; a re-export in the root leads to its module.

use std::collections::{BTreeMap, BTreeSet};

use syn::{Item, UseTree, Visibility};

use crate::{House, Violation, house::Room, paths::named, source::Source};

const ROOT: &str = "the crate's root";

/// Where one module first names another.
type Edges = BTreeMap<String, BTreeMap<String, (String, usize)>>;

/// Groups of modules that name each other.
pub fn check(house: &House) -> Vec<Violation> {
    let pure = house
        .rooms
        .iter()
        .filter(|room| room.place().is_some_and(|place| place.up_to(3)));
    pure.flat_map(|room| {
        let edges = edges(room);
        knots(&edges)
            .into_iter()
            .map(|knot| violation(&knot, &edges))
            .collect::<Vec<_>>()
    })
    .collect()
}

fn violation(knot: &BTreeSet<String>, edges: &Edges) -> Violation {
    let mut arrows = Vec::new();
    for from in knot {
        for (to, (file, line)) in edges.get(from).into_iter().flatten() {
            if knot.contains(to) {
                arrows.push((
                    file.clone(),
                    *line,
                    format!("{from} -> {to} ({file}:{line})"),
                ));
            }
        }
    }
    let (file, line) = arrows
        .first()
        .map_or((String::new(), 0), |(file, line, _)| (file.clone(), *line));
    let list: Vec<&str> = arrows.iter().map(|(_, _, text)| text.as_str()).collect();
    Violation::new(
        &file,
        line,
        format!("modules import each other: {}", list.join(", ")),
        "move what both need into a module below both, or put the part below the whole as its child (`whole/part.rs`)",
    )
}

fn edges(room: &Room) -> Edges {
    let modules: BTreeSet<String> = room.sources.iter().flat_map(top_modules).collect();
    let exports = exports(room, &modules);
    let mut edges = Edges::new();
    for source in &room.sources {
        for path in named(source) {
            let in_root = path.module.is_empty();
            let target = match path.inside() {
                Some(inside) => inside.into_iter().next(),
                None if in_root && path.segments.len() > 1 => path
                    .segments
                    .first()
                    .filter(|first| modules.contains(*first))
                    .cloned(),
                None => None,
            };
            let Some(target) = target.filter(|_| !(in_root && path.declared)) else {
                continue;
            };
            let from = path.module.first().map_or(ROOT, String::as_str);
            let to = if modules.contains(&target) {
                target
            } else {
                exports
                    .get(&target)
                    .cloned()
                    .unwrap_or_else(|| ROOT.to_owned())
            };
            if from != to {
                edges
                    .entry(from.to_owned())
                    .or_default()
                    .entry(to)
                    .or_insert_with(|| (source.path.clone(), path.line));
            }
        }
    }
    edges
}

fn top_modules(source: &Source) -> Vec<String> {
    if let Some(first) = source.module.first() {
        return vec![first.clone()];
    }
    let inline = source.ast.items.iter().filter_map(|item| match item {
        Item::Mod(module) => Some(module.ident.to_string()),
        _ => None,
    });
    inline.collect()
}

/// The names that the root re-exports, each with the top-level module that it comes from.
fn exports(room: &Room, modules: &BTreeSet<String>) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let roots = room
        .sources
        .iter()
        .filter(|source| source.module.is_empty());
    for item in roots.flat_map(|source| &source.ast.items) {
        if let Item::Use(declaration) = item {
            leaves(&declaration.tree, None, &mut |module, name| {
                if !modules.contains(module) {
                    return;
                }
                if name != "*" {
                    found.insert(name.to_owned(), module.to_owned());
                    return;
                }
                for name in public_names(room, module) {
                    found.insert(name, module.to_owned());
                }
            });
        }
    }
    found
}

/// Calls `each(first segment, name)` for the leaves of a `use` tree, skipping `crate` and `self`.
fn leaves(tree: &UseTree, first: Option<&str>, each: &mut dyn FnMut(&str, &str)) {
    match tree {
        UseTree::Path(path) => {
            let own = path.ident.to_string();
            let start = first.or(Some(own.as_str()).filter(|own| !["crate", "self"].contains(own)));
            leaves(&path.tree, start, each);
        }
        UseTree::Name(name) => each(first.unwrap_or(""), &name.ident.to_string()),
        UseTree::Rename(rename) => each(first.unwrap_or(""), &rename.rename.to_string()),
        UseTree::Glob(_) => each(first.unwrap_or(""), "*"),
        UseTree::Group(group) => group
            .items
            .iter()
            .for_each(|tree| leaves(tree, first, each)),
    }
}

fn public_names(room: &Room, module: &str) -> Vec<String> {
    let files = room
        .sources
        .iter()
        .filter(|source| source.module == [module]);
    let items = files.flat_map(|source| &source.ast.items);
    items
        .filter_map(|item| {
            let (visibility, name) = match item {
                Item::Struct(item) => (&item.vis, &item.ident),
                Item::Enum(item) => (&item.vis, &item.ident),
                Item::Trait(item) => (&item.vis, &item.ident),
                Item::Type(item) => (&item.vis, &item.ident),
                Item::Const(item) => (&item.vis, &item.ident),
                Item::Static(item) => (&item.vis, &item.ident),
                Item::Fn(item) => (&item.vis, &item.sig.ident),
                Item::Mod(item) => (&item.vis, &item.ident),
                _ => return None,
            };
            (!matches!(visibility, Visibility::Inherited)).then(|| name.to_string())
        })
        .collect()
}

/// Sets of at least two modules that all reach each other.
fn knots(edges: &Edges) -> Vec<BTreeSet<String>> {
    let reach: BTreeMap<&String, BTreeSet<String>> = edges
        .keys()
        .map(|from| (from, reachable(edges, from)))
        .collect();
    let mut found: Vec<BTreeSet<String>> = Vec::new();
    for (from, reached) in &reach {
        let mut knot: BTreeSet<String> = reached
            .iter()
            .filter(|to| reach.get(to).is_some_and(|back| back.contains(*from)))
            .cloned()
            .collect();
        knot.insert((*from).clone());
        if knot.len() > 1 && !found.contains(&knot) {
            found.push(knot);
        }
    }
    found
}

fn reachable(edges: &Edges, from: &str) -> BTreeSet<String> {
    let mut seen = BTreeSet::new();
    let mut open = vec![from.to_owned()];
    while let Some(module) = open.pop() {
        for to in edges.get(&module).into_iter().flat_map(BTreeMap::keys) {
            if seen.insert(to.clone()) {
                open.push(to.clone());
            }
        }
    }
    seen
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(files: &[(&str, &str)]) -> Vec<Violation> {
        let mut all = vec![("crates/call/Cargo.toml", "")];
        all.extend_from_slice(files);
        check(&House::of(&all))
    }

    #[test]
    fn two_modules_that_import_each_other_are_found() {
        let found = found(&[
            ("crates/call/src/lib.rs", "mod a; mod b;"),
            ("crates/call/src/a.rs", "use crate::b::B;\npub struct A;"),
            (
                "crates/call/src/b.rs",
                "pub struct B;\nfn f() { super::a::g(); }",
            ),
        ]);
        assert_eq!(found.len(), 1);
        assert!(
            found[0].what.contains("b -> a (crates/call/src/b.rs:2)"),
            "{}",
            found[0]
        );
    }

    #[test]
    fn a_re_export_does_not_hide_a_cycle() {
        let found = found(&[
            (
                "crates/call/src/lib.rs",
                "mod a; mod b; pub use a::A; pub use b::*;",
            ),
            ("crates/call/src/a.rs", "use crate::B;\npub struct A;"),
            ("crates/call/src/b.rs", "use crate::A;\npub struct B;"),
        ]);
        assert_eq!(found.len(), 1);
    }

    #[test]
    fn a_root_that_works_with_its_modules_and_is_used_by_them_is_a_cycle() {
        let found = found(&[
            (
                "crates/call/src/lib.rs",
                "mod a; pub struct R; fn f() { a::g(); }",
            ),
            ("crates/call/src/a.rs", "use crate::R; pub fn g() {}"),
        ]);
        assert_eq!(found.len(), 1);
    }

    #[test]
    fn arrows_one_way_pass() {
        let found = found(&[
            (
                "crates/call/src/lib.rs",
                "mod a; mod b; pub use a::A; pub struct R; pub type T = R;",
            ),
            (
                "crates/call/src/a.rs",
                "use crate::{R, b::B}; pub struct A;",
            ),
            ("crates/call/src/b.rs", "pub struct B; mod deep; "),
            ("crates/call/src/b/deep.rs", "use super::B;"),
        ]);
        assert!(found.is_empty(), "{found:?}");
    }
}
