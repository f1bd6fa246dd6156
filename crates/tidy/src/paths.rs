//! Every path that a file names, with its aliases resolved: `use std::time::Instant as I; I::now()` is read as
//! `std::time::Instant::now`. Paths inside macros are read from their tokens.

use std::collections::BTreeMap;

use proc_macro2::{TokenStream, TokenTree};
use syn::{UseTree, spanned::Spanned, visit::Visit};

use crate::source::Source;

/// One naming of one path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// The segments, aliases resolved.
    pub segments: Vec<String>,
    /// Line in the file.
    pub line: usize,
    /// The module where it stands.
    pub module: Vec<String>,
    /// Whether it stands in a `use` declaration.
    pub declared: bool,
    /// Whether it is called with no argument.
    pub empty_call: bool,
}

impl Named {
    /// The path joined by `::`.
    pub fn text(&self) -> String {
        self.segments.join("::")
    }

    /// Whether the path begins with `start`, segment by segment.
    pub fn starts_with(&self, start: &[&str]) -> bool {
        self.segments.len() >= start.len()
            && self
                .segments
                .iter()
                .zip(start)
                .all(|(own, want)| own == want)
    }

    /// Whether the path ends with `end`, segment by segment.
    pub fn ends_with(&self, end: &[&str]) -> bool {
        self.segments.len() >= end.len()
            && self
                .segments
                .iter()
                .rev()
                .zip(end.iter().rev())
                .all(|(own, want)| own == want)
    }

    /// The path from the root of the crate, when it points into the crate by `crate`, `self` or `super`.
    pub fn inside(&self) -> Option<Vec<String>> {
        let mut base = match self.segments.first()?.as_str() {
            "crate" => Vec::new(),
            "self" | "super" => self.module.clone(),
            _ => return None,
        };
        let mut rest = self.segments.iter().map(String::as_str).peekable();
        while let Some(step) = rest.next_if(|step| ["crate", "self", "super"].contains(step)) {
            if step == "super" {
                base.pop();
            }
        }
        base.extend(rest.map(str::to_owned));
        Some(base)
    }
}

/// Every path that the shipping part of `source` names.
pub fn named(source: &Source) -> Vec<Named> {
    let mut aliases = Aliases(BTreeMap::new());
    aliases.visit_file(&source.ast);
    let mut walk = Walk {
        aliases: aliases.0,
        module: source.module.clone(),
        found: Vec::new(),
    };
    walk.visit_file(&source.ast);
    walk.found
}

struct Aliases(BTreeMap<String, Vec<String>>);

impl<'ast> Visit<'ast> for Aliases {
    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        flatten(&item.tree, &mut Vec::new(), &mut |path, name, _| {
            let renamed = path.last().map(String::as_str) != Some(name);
            if name != "*" && (path.len() > 1 || renamed) {
                self.0.insert(name.to_owned(), path.to_vec());
            }
        });
    }
}

/// Calls `each(path, name it gets here, line)` for every leaf of a `use` tree.
fn flatten(tree: &UseTree, prefix: &mut Vec<String>, each: &mut dyn FnMut(&[String], &str, usize)) {
    let depth = prefix.len();
    let line = tree.span().start().line;
    match tree {
        UseTree::Path(path) => {
            prefix.push(path.ident.to_string());
            flatten(&path.tree, prefix, each);
        }
        UseTree::Name(name) if name.ident == "self" => {
            let own = prefix.last().cloned().unwrap_or_default();
            each(prefix, &own, line);
        }
        UseTree::Name(name) => {
            prefix.push(name.ident.to_string());
            each(prefix, &name.ident.to_string(), line);
        }
        UseTree::Rename(rename) => {
            if rename.ident != "self" {
                prefix.push(rename.ident.to_string());
            }
            each(prefix, &rename.rename.to_string(), line);
        }
        UseTree::Glob(_) => {
            prefix.push("*".to_owned());
            each(prefix, "*", line);
        }
        UseTree::Group(group) => {
            for tree in &group.items {
                flatten(tree, prefix, each);
            }
        }
    }
    prefix.truncate(depth);
}

struct Walk {
    aliases: BTreeMap<String, Vec<String>>,
    module: Vec<String>,
    found: Vec<Named>,
}

impl Walk {
    fn note(&mut self, mut segments: Vec<String>, line: usize, declared: bool) {
        let alias = segments.first().and_then(|first| self.aliases.get(first));
        if let (Some(full), false) = (alias, declared) {
            segments.splice(..1, full.iter().cloned());
        }
        self.found.push(Named {
            segments,
            line,
            module: self.module.clone(),
            declared,
            empty_call: false,
        });
    }

    fn tokens(&mut self, tokens: TokenStream) {
        let mut path: Vec<String> = Vec::new();
        let mut colons = 0;
        let mut start = 0;
        for token in tokens {
            match &token {
                TokenTree::Ident(ident) => {
                    if colons != 2 {
                        self.end(&mut path, start);
                        start = ident.span().start().line;
                    }
                    path.push(ident.to_string());
                    colons = 0;
                }
                TokenTree::Punct(punct) if punct.as_char() == ':' => colons += 1,
                _ => {
                    self.end(&mut path, start);
                    colons = 0;
                }
            }
            if let TokenTree::Group(group) = token {
                self.tokens(group.stream());
            }
        }
        self.end(&mut path, start);
    }

    fn end(&mut self, path: &mut Vec<String>, line: usize) {
        if !path.is_empty() {
            self.note(std::mem::take(path), line, false);
        }
    }
}

impl<'ast> Visit<'ast> for Walk {
    fn visit_attribute(&mut self, _: &'ast syn::Attribute) {}

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        flatten(&item.tree, &mut Vec::new(), &mut |path, _, line| {
            self.note(path.to_vec(), line, true);
        });
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        self.module.push(item.ident.to_string());
        syn::visit::visit_item_mod(self, item);
        self.module.pop();
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let segments = path.segments.iter().map(|s| s.ident.to_string()).collect();
        self.note(segments, path.span().start().line, false);
        syn::visit::visit_path(self, path);
    }

    fn visit_expr_call(&mut self, call: &'ast syn::ExprCall) {
        let index = self.found.len();
        syn::visit::visit_expr_call(self, call);
        // A called path is the first thing that the call names.
        if let syn::Expr::Path(_) = &*call.func {
            self.found[index].empty_call = call.args.is_empty();
        }
    }

    fn visit_macro(&mut self, mac: &'ast syn::Macro) {
        self.visit_path(&mac.path);
        self.tokens(mac.tokens.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<String> {
        let source = Source::parse("crates/x", "crates/x/src/a.rs", text).expect("parses");
        named(&source).iter().map(Named::text).collect()
    }

    #[test]
    fn an_alias_does_not_hide_a_path() {
        let found = texts(
            "use std::time::{self, Instant as I};\nfn f() { I::now(); time::Instant::now(); }",
        );
        let wanted = "std::time::Instant::now";
        assert_eq!(
            found.iter().filter(|text| *text == wanted).count(),
            2,
            "{found:?}"
        );
    }

    #[test]
    fn a_macro_does_not_hide_a_path() {
        let found = texts("fn f() { println!(\"{}\", std::env::var(\"A\")); }");
        assert!(found.contains(&"std::env::var".to_owned()), "{found:?}");
    }

    #[test]
    fn super_and_self_lead_to_the_root() {
        let source = Source::parse(
            "crates/x",
            "crates/x/src/a/b.rs",
            "use super::c::D; use self::e::F; use crate::g::H;",
        )
        .expect("parses");
        let inside: Vec<String> = named(&source)
            .iter()
            .filter_map(Named::inside)
            .map(|path| path.join("::"))
            .collect();
        assert_eq!(inside, ["a::c::D", "a::b::e::F", "g::H"]);
    }
}
