//! One Rust file, split into what ships and what only tests: every other check looks at the shipping part alone.

use std::ops::RangeInclusive;

use syn::{Attribute, ImplItem, Item, spanned::Spanned};

/// A parsed file.
pub struct Source {
    /// Path from the root of the repository.
    pub path: String,
    /// Module path inside the crate: `src/a/b.rs` is `["a", "b"]`, the crate's root is empty.
    pub module: Vec<String>,
    /// The whole text.
    pub text: String,
    /// The items that ship.
    pub ast: syn::File,
    /// Modules declared here for tests only, whose files are tests too.
    pub test_modules: Vec<Vec<String>>,
    tests: Vec<RangeInclusive<usize>>,
}

impl Source {
    /// Parses `text`, the content of `path` inside the folder `krate`.
    pub fn parse(krate: &str, path: &str, text: &str) -> syn::Result<Self> {
        let mut ast = syn::parse_file(text)?;
        let module = module_of(krate, path);
        let mut cut = Cut {
            here: module.clone(),
            ..Cut::default()
        };
        cut.items(&mut ast.items);
        Ok(Self {
            path: path.to_owned(),
            module,
            text: text.to_owned(),
            ast,
            test_modules: cut.modules,
            tests: cut.lines,
        })
    }

    /// The lines that ship, numbered from 1.
    pub fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        let shipping =
            |(number, _): &(usize, &str)| !self.tests.iter().any(|range| range.contains(number));
        self.text
            .lines()
            .enumerate()
            .map(|(index, line)| (index + 1, line))
            .filter(shipping)
    }

    /// Whether line `number` is the mark that exempts a table of data from the limits of size.
    pub fn marks_table(&self, number: usize) -> bool {
        let line = number.checked_sub(1).and_then(|i| self.text.lines().nth(i));
        line.is_some_and(|line| line.trim() == "// tidy: table")
    }
}

fn module_of(krate: &str, path: &str) -> Vec<String> {
    let inside = path
        .strip_prefix(krate)
        .unwrap_or(path)
        .trim_start_matches('/');
    let inside = inside.strip_prefix("src/").unwrap_or(inside);
    let mut parts: Vec<String> = inside
        .trim_end_matches(".rs")
        .split('/')
        .map(str::to_owned)
        .collect();
    let named_by_folder = parts
        .last()
        .is_some_and(|last| last == "mod" || last == "lib" || last == "main");
    if named_by_folder {
        parts.pop();
    }
    parts
}

/// Takes the tests out of a tree and remembers where they stood.
#[derive(Default)]
struct Cut {
    here: Vec<String>,
    lines: Vec<RangeInclusive<usize>>,
    modules: Vec<Vec<String>>,
}

impl Cut {
    fn items(&mut self, items: &mut Vec<Item>) {
        items.retain_mut(|item| {
            if attributes(item).iter().any(is_test) {
                self.note(item);
                return false;
            }
            match item {
                Item::Mod(inline) => {
                    self.here.push(inline.ident.to_string());
                    if let Some((_, items)) = &mut inline.content {
                        self.items(items);
                    }
                    self.here.pop();
                }
                Item::Impl(block) => self.methods(&mut block.items),
                _ => {}
            }
            true
        });
    }

    fn methods(&mut self, items: &mut Vec<ImplItem>) {
        items.retain(|item| match item {
            ImplItem::Fn(method) if method.attrs.iter().any(is_test) => {
                self.lines.push(lines_of(item));
                false
            }
            _ => true,
        });
    }

    fn note(&mut self, item: &Item) {
        self.lines.push(lines_of(item));
        if let Item::Mod(module) = item {
            let mut path = self.here.clone();
            path.push(module.ident.to_string());
            self.modules.push(path);
        }
    }
}

/// First and last line of anything that was parsed.
pub fn lines_of(spanned: &impl Spanned) -> RangeInclusive<usize> {
    let span = spanned.span();
    span.start().line..=span.end().line
}

fn is_test(attribute: &Attribute) -> bool {
    if attribute.path().is_ident("cfg") {
        let condition = match &attribute.meta {
            syn::Meta::List(list) => list.tokens.to_string(),
            _ => return false,
        };
        let words: Vec<&str> = condition
            .split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '"'))
            .collect();
        return words.contains(&"test") && !words.contains(&"not") && !words.contains(&"any");
    }
    let last = attribute.path().segments.last();
    last.is_some_and(|segment| segment.ident == "test")
}

/// The attributes of an item, whatever its kind.
pub fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::ExternCrate(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::ForeignMod(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::TraitAlias(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Union(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_do_not_ship() {
        let text = "fn a() {}\n#[cfg(test)]\nmod tests {\n    fn b() {}\n}\n#[cfg(test)]\nmod far;\nfn c() {}\n";
        let source = Source::parse("crates/x", "crates/x/src/m.rs", text).expect("parses");
        let lines: Vec<usize> = source.lines().map(|(number, _)| number).collect();
        assert_eq!(lines, [1, 8]);
        assert_eq!(source.ast.items.len(), 2);
        assert_eq!(source.test_modules[1], ["m", "far"]);
    }

    #[test]
    fn code_for_anything_but_tests_ships() {
        let text = "#[cfg(not(test))]\nfn a() {}\n#[cfg(any(test, feature = \"x\"))]\nfn b() {}\n";
        let source = Source::parse("crates/x", "crates/x/src/lib.rs", text).expect("parses");
        assert_eq!(source.ast.items.len(), 2);
    }

    #[test]
    fn a_file_knows_its_module() {
        assert_eq!(module_of("crates/x", "crates/x/src/a/b.rs"), ["a", "b"]);
        assert_eq!(module_of("crates/x", "crates/x/src/a/mod.rs"), ["a"]);
        assert!(module_of("crates/x", "crates/x/src/lib.rs").is_empty());
    }
}
