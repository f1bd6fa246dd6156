//! What is a table of data: such files and functions may be as long as the data.

use std::collections::BTreeSet;

use syn::{Expr, ExprLit, Pat, spanned::Spanned, visit::Visit};

use crate::source::{Source, lines_of};

/// Share of lines that must be data, in percent.
const ENOUGH: usize = 80;

/// Whether the file is a table: marked above its first item, or four lines in five are data.
pub fn is_table_file(source: &Source) -> bool {
    let mut data = Data::default();
    data.visit_file(&source.ast);
    let lines = source.lines().count();
    let first = source
        .ast
        .items
        .first()
        .map_or(0, |item| *lines_of(item).start());
    source.marks_table(first.saturating_sub(1)) || data.lines.len() * 100 >= lines * ENOUGH
}

/// Whether a function is a table: marked above or inside, or four lines in five of its body are data.
pub fn is_table_fn(source: &Source, first: usize, block: &syn::Block) -> bool {
    let mut data = Data::default();
    data.visit_block(block);
    let body = lines_of(block);
    let lines = (body.end() - body.start()).max(1);
    let marked = (first.saturating_sub(1)..=*body.end()).any(|line| source.marks_table(line));
    marked || data.lines.len() * 100 >= lines * ENOUGH
}

/// The lines on which data stands: arrays, constants, and match arms from a pattern to a plain value.
#[derive(Default)]
struct Data {
    lines: BTreeSet<usize>,
}

impl Data {
    fn take(&mut self, spanned: &impl Spanned) {
        self.lines.extend(lines_of(spanned));
    }
}

impl<'ast> Visit<'ast> for Data {
    fn visit_expr_array(&mut self, array: &'ast syn::ExprArray) {
        self.take(array);
    }

    fn visit_item_const(&mut self, item: &'ast syn::ItemConst) {
        self.take(item);
    }

    fn visit_item_static(&mut self, item: &'ast syn::ItemStatic) {
        self.take(item);
    }

    fn visit_macro(&mut self, mac: &'ast syn::Macro) {
        if mac.path.is_ident("vec") || mac.path.segments.last().is_some_and(|s| s.ident == "json") {
            self.take(mac);
        }
    }

    fn visit_arm(&mut self, arm: &'ast syn::Arm) {
        if arm.guard.is_none() && is_plain_pattern(&arm.pat) && is_plain(&arm.body) {
            self.take(arm);
        }
        syn::visit::visit_arm(self, arm);
    }
}

fn is_plain_pattern(pattern: &Pat) -> bool {
    match pattern {
        Pat::Lit(_) | Pat::Path(_) | Pat::Range(_) | Pat::Wild(_) => true,
        Pat::Or(or) => or.cases.iter().all(is_plain_pattern),
        Pat::Tuple(tuple) => tuple.elems.iter().all(is_plain_pattern),
        _ => false,
    }
}

fn is_plain(value: &Expr) -> bool {
    match value {
        Expr::Lit(ExprLit { .. }) | Expr::Path(_) | Expr::Array(_) => true,
        Expr::Tuple(tuple) => tuple.elems.iter().all(is_plain),
        Expr::Reference(reference) => is_plain(&reference.expr),
        Expr::Unary(unary) => is_plain(&unary.expr),
        Expr::Call(call) => is_plain(&call.func) && call.args.iter().all(is_plain),
        _ => false,
    }
}
