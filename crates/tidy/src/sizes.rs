//! A function fits a screen and a file fits a reading: limits on what ships, tables of data exempt.

use syn::visit::Visit;

use crate::{
    House, Violation,
    source::{Source, lines_of},
    tables,
};

/// Most lines of a shipping file.
pub const FILE: usize = 400;
/// Most lines of a function.
pub const FUNCTION: usize = 60;
/// Most lines of 99 functions in 100.
pub const P99: usize = 45;
/// Fewer functions than this have no 99th percentile worth the name.
const ENOUGH: usize = 100;

/// A function that ships.
#[derive(Clone, Debug)]
pub struct Function {
    /// Path of its file.
    pub file: String,
    /// Line of its signature.
    pub line: usize,
    /// Its name.
    pub name: String,
    /// Lines from the signature to the closing brace.
    pub length: usize,
}

/// Every function that ships and is not a table.
pub fn functions(house: &House) -> Vec<Function> {
    let mut all = Vec::new();
    for (_, source) in house.sources() {
        let mut walk = Walk {
            source,
            found: &mut all,
        };
        walk.visit_file(&source.ast);
    }
    all
}

/// The length that 99 functions in 100 do not exceed (nearest rank); 0 when there are none.
pub fn p99(functions: &[Function]) -> usize {
    let mut lengths: Vec<usize> = functions.iter().map(|function| function.length).collect();
    lengths.sort_unstable();
    let rank = (lengths.len() * 99).div_ceil(100);
    rank.checked_sub(1)
        .and_then(|index| lengths.get(index))
        .copied()
        .unwrap_or(0)
}

/// Files and functions over their limit, and a 99th percentile over its own.
pub fn check(house: &House) -> Vec<Violation> {
    let mut found = Vec::new();
    for (_, source) in house.sources() {
        let lines = source.lines().count();
        if lines > FILE && !tables::is_table_file(source) {
            let what = format!("{lines} shipping lines, the limit is {FILE}");
            found.push(Violation::new(&source.path, 1, what, "cut the file along a noun; a table of data is marked `// tidy: table` above its first item"));
        }
    }
    let functions = functions(house);
    for function in functions
        .iter()
        .filter(|function| function.length > FUNCTION)
    {
        let what = format!(
            "fn {} has {} lines, the limit is {FUNCTION}",
            function.name, function.length
        );
        found.push(Violation::new(
            &function.file,
            function.line,
            what,
            "name a step and move it below; a table of data is marked `// tidy: table`",
        ));
    }
    found.extend(percentile(&functions));
    found
}

fn percentile(functions: &[Function]) -> Option<Violation> {
    let p99 = p99(functions);
    if p99 <= P99 || functions.len() < ENOUGH {
        return None;
    }
    let mut longest: Vec<&Function> = functions
        .iter()
        .filter(|function| function.length > P99)
        .collect();
    longest.sort_by_key(|function| std::cmp::Reverse(function.length));
    let list: Vec<String> = longest
        .iter()
        .map(|f| format!("{}:{} {} ({})", f.file, f.line, f.name, f.length))
        .collect();
    let what = format!(
        "the 99th percentile of {} functions is {p99} lines, the limit is {P99}",
        functions.len()
    );
    Some(Violation::new(
        "crates",
        0,
        what,
        format!("shorten some of: {}", list.join(", ")),
    ))
}

struct Walk<'a> {
    source: &'a Source,
    found: &'a mut Vec<Function>,
}

impl Walk<'_> {
    fn note(&mut self, signature: &syn::Signature, block: &syn::Block) {
        let (start, end) = (*lines_of(signature).start(), *lines_of(block).end());
        if !tables::is_table_fn(self.source, start, block) {
            self.found.push(Function {
                file: self.source.path.clone(),
                line: start,
                name: signature.ident.to_string(),
                length: end - start + 1,
            });
        }
    }
}

impl<'ast> Visit<'ast> for Walk<'_> {
    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.note(&item.sig, &item.block);
        syn::visit::visit_item_fn(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.note(&item.sig, &item.block);
        syn::visit::visit_impl_item_fn(self, item);
    }

    fn visit_trait_item_fn(&mut self, item: &'ast syn::TraitItemFn) {
        if let Some(block) = &item.default {
            self.note(&item.sig, block);
        }
        syn::visit::visit_trait_item_fn(self, item);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<Violation> {
        check(&House::of(&[
            ("crates/call/Cargo.toml", ""),
            ("crates/call/src/lib.rs", text),
        ]))
    }

    fn function(lines: usize) -> String {
        format!(
            "fn f(mut a: u8) {{\n{}}}\n",
            "    a += 1;\n".repeat(lines - 2)
        )
    }

    #[test]
    fn a_function_of_61_lines_is_found_and_one_of_60_passes() {
        assert_eq!(found(&function(61))[0].line, 1);
        assert!(found(&function(60)).is_empty());
        let method = format!("struct S;\nimpl S {{\n{}}}", function(61));
        assert_eq!(found(&method)[0].line, 3);
    }

    #[test]
    fn a_file_of_401_lines_is_found_and_tests_do_not_count() {
        let text = function(50).repeat(8) + "\n";
        assert_eq!(found(&text).len(), 1);
        assert_eq!(text.lines().count(), 401);
        let tested = format!(
            "{}#[cfg(test)]\nmod tests {{\n{}}}\n",
            function(50).repeat(8),
            function(70)
        );
        assert!(found(&tested).is_empty());
    }

    #[test]
    fn a_table_may_be_long() {
        let rows = "    (1, 2),\n".repeat(500);
        assert!(found(&format!("const A: &[(u8, u8)] = &[\n{rows}];\n")).is_empty());
        let arms = "        b'a' => Some(1),\n".repeat(80);
        assert!(found(&format!("fn f(a: u8) -> Option<u8> {{\n    match a {{\n{arms}        _ => None,\n    }}\n}}\n")).is_empty());
        assert!(found(&format!("// tidy: table\n{}", function(500))).is_empty());
    }

    #[test]
    fn a_long_percentile_is_found() {
        let text = function(10).repeat(98) + &function(50).repeat(2);
        let house = House::of(&[
            ("crates/call/Cargo.toml", ""),
            ("crates/call/src/a.rs", &text),
        ]);
        assert_eq!(p99(&functions(&house)), 50);
        assert!(
            check(&house)
                .iter()
                .any(|violation| violation.what.contains("99th percentile"))
        );
    }
}
