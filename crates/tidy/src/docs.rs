//! Every public item of floors 0 and 1 says what it means.

use syn::{Attribute, ImplItem, Item, TraitItem, Visibility};

use crate::{
    House, Violation,
    source::{Source, attributes, lines_of},
};

/// Public items without a doc line.
pub fn check(house: &House) -> Vec<Violation> {
    let mut found = Vec::new();
    for (room, source) in house.sources() {
        if room.place().is_some_and(|place| place.up_to(1)) {
            let mut look = Look {
                house,
                source,
                found: &mut found,
            };
            if source.module.is_empty() && !documented(&source.ast.attrs) {
                look.tell("the crate", 1);
            }
            look.items(&source.ast.items);
        }
    }
    found
}

struct Look<'a> {
    house: &'a House,
    source: &'a Source,
    found: &'a mut Vec<Violation>,
}

impl Look<'_> {
    fn tell(&mut self, name: &str, line: usize) {
        self.found.push(Violation::new(
            &self.source.path,
            line,
            format!("{name} has no doc line"),
            "say what it means, its unit or shape and its errors; or make it `pub(crate)`",
        ));
    }

    fn items(&mut self, items: &[Item]) {
        for item in items {
            if let Some((kind, name)) = public(item)
                && !documented(attributes(item))
                && !self.documented_inside(item)
            {
                self.tell(&format!("{kind} `{name}`"), line(item));
            }
            match item {
                Item::Mod(module) => self.items(
                    module
                        .content
                        .as_ref()
                        .map_or(&[], |(_, items)| items.as_slice()),
                ),
                Item::Impl(block) if block.trait_.is_none() => self.methods(block),
                Item::Trait(definition) if is_public(&definition.vis) => {
                    self.trait_items(definition)
                }
                _ => {}
            }
        }
    }

    fn methods(&mut self, block: &syn::ItemImpl) {
        for item in &block.items {
            let (visibility, attributes, name) = match item {
                ImplItem::Fn(item) => (&item.vis, &item.attrs, &item.sig.ident),
                ImplItem::Const(item) => (&item.vis, &item.attrs, &item.ident),
                _ => continue,
            };
            if is_public(visibility) && !documented(attributes) {
                self.tell(&format!("`{name}`"), *lines_of(name).start());
            }
        }
    }

    fn trait_items(&mut self, definition: &syn::ItemTrait) {
        for item in &definition.items {
            let (attributes, name) = match item {
                TraitItem::Fn(item) => (&item.attrs, &item.sig.ident),
                TraitItem::Const(item) => (&item.attrs, &item.ident),
                TraitItem::Type(item) => (&item.attrs, &item.ident),
                _ => continue,
            };
            if !documented(attributes) {
                self.tell(
                    &format!("`{}::{name}`", definition.ident),
                    *lines_of(name).start(),
                );
            }
        }
    }

    /// A module may say what it decides at the top of its own file.
    fn documented_inside(&self, item: &Item) -> bool {
        let Item::Mod(module) = item else {
            return false;
        };
        let mut path = self.source.module.clone();
        path.push(module.ident.to_string());
        let krate = self.source.path.split("/src/").next().unwrap_or_default();
        let files = self.house.sources().map(|(_, source)| source);
        let mut own = files.filter(|source| {
            source.module == path && source.path.starts_with(&format!("{krate}/"))
        });
        own.any(|source| documented(&source.ast.attrs))
    }
}

fn public(item: &Item) -> Option<(&'static str, String)> {
    let (visibility, kind, name) = match item {
        Item::Const(item) => (&item.vis, "const", &item.ident),
        Item::Enum(item) => (&item.vis, "enum", &item.ident),
        Item::Fn(item) => (&item.vis, "fn", &item.sig.ident),
        Item::Mod(item) => (&item.vis, "mod", &item.ident),
        Item::Static(item) => (&item.vis, "static", &item.ident),
        Item::Struct(item) => (&item.vis, "struct", &item.ident),
        Item::Trait(item) => (&item.vis, "trait", &item.ident),
        Item::Type(item) => (&item.vis, "type", &item.ident),
        _ => return None,
    };
    is_public(visibility).then(|| (kind, name.to_string()))
}

fn line(item: &Item) -> usize {
    let after = attributes(item)
        .iter()
        .map(|attribute| *lines_of(attribute).end() + 1)
        .max();
    after.unwrap_or_else(|| *lines_of(item).start())
}

fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

fn documented(attributes: &[Attribute]) -> bool {
    attributes
        .iter()
        .any(|attribute| attribute.path().is_ident("doc"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(name: &str, text: &str) -> Vec<String> {
        let (manifest, file) = (
            format!("crates/{name}/Cargo.toml"),
            format!("crates/{name}/src/lib.rs"),
        );
        let house = House::of(&[(&manifest, ""), (&file, text)]);
        check(&house).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn each_kind_of_bare_item_is_found() {
        for item in [
            "pub struct A;",
            "pub fn a() {}",
            "pub const A: u8 = 1;",
            "pub mod a { }",
            "/// Yes.\npub trait A { fn bare(&self); }",
            "impl A { pub fn bare(&self) {} }",
        ] {
            assert_eq!(
                found("tts", &format!("//! Top.\n{item}")).len(),
                1,
                "{item}"
            );
        }
        assert_eq!(found("tts", "").len(), 1, "a crate without a top line");
    }

    #[test]
    fn the_line_is_that_of_the_item() {
        assert!(
            found("tts", "//! Top.\n#[derive(Debug)]\npub struct A;")[0]
                .starts_with("crates/tts/src/lib.rs:3:")
        );
    }

    #[test]
    fn documented_private_and_higher_items_pass() {
        let text = "//! Top.\n/// A.\npub struct A;\npub(crate) struct B;\nimpl Clone for A { fn clone(&self) -> A { A } }";
        assert!(found("tts", text).is_empty());
        assert!(found("web", "pub struct A;").is_empty());
    }

    #[test]
    fn a_module_may_say_it_inside() {
        let house = House::of(&[
            ("crates/tts/Cargo.toml", ""),
            ("crates/tts/src/lib.rs", "//! Top.\npub mod a; pub mod b;"),
            ("crates/tts/src/a.rs", "//! Said."),
            ("crates/tts/src/b.rs", ""),
        ]);
        assert_eq!(check(&house).len(), 1);
    }
}
