//! Shared state is a message or a snapshot: no shared lock below floor 3, and no guard across an await anywhere.

use syn::{Block, Expr, GenericArgument, Pat, PathArguments, Stmt, spanned::Spanned, visit::Visit};

use crate::{House, Violation, source::Source};

/// Shared locks below floor 3, and guards that live over an await.
pub fn check(house: &House) -> Vec<Violation> {
    let mut found = Vec::new();
    for (room, source) in house.sources() {
        let mut walk = Walk {
            source,
            below: room.place().is_some_and(|place| place.up_to(2)),
            found: &mut found,
        };
        walk.visit_file(&source.ast);
    }
    found
}

struct Walk<'a> {
    source: &'a Source,
    below: bool,
    found: &'a mut Vec<Violation>,
}

impl Walk<'_> {
    fn tell(&mut self, line: usize, what: &str, mend: &str) {
        self.found
            .push(Violation::new(&self.source.path, line, what, mend));
    }

    fn shared(&mut self, line: usize) {
        if self.below {
            self.tell(
                line,
                "a lock shared by `Arc` below floor 3",
                "give the state one owner and send it messages, or hand out a snapshot",
            );
        }
    }

    fn held(&mut self, line: usize) {
        self.tell(
            line,
            "a lock is held across an await",
            "copy out what is needed in a block of its own, then await",
        );
    }
}

impl<'ast> Visit<'ast> for Walk<'_> {
    fn visit_path_segment(&mut self, segment: &'ast syn::PathSegment) {
        if let (true, PathArguments::AngleBracketed(list)) =
            (segment.ident == "Arc", &segment.arguments)
        {
            let lock = list.args.iter().any(|argument| match argument {
                GenericArgument::Type(syn::Type::Path(path)) => ends_in_lock(&path.path),
                _ => false,
            });
            if lock {
                self.shared(segment.span().start().line);
            }
        }
        syn::visit::visit_path_segment(self, segment);
    }

    fn visit_expr_call(&mut self, call: &'ast syn::ExprCall) {
        let made = |call: &syn::ExprCall, name: &str| match &*call.func {
            Expr::Path(path) => {
                let mut end = path.path.segments.iter().rev();
                end.next().is_some_and(|last| last.ident == "new")
                    && end.next().is_some_and(|last| last.ident == name)
            }
            _ => false,
        };
        if let (true, Some(Expr::Call(inner))) = (made(call, "Arc"), call.args.first())
            && (made(inner, "Mutex") || made(inner, "RwLock"))
        {
            self.shared(call.span().start().line);
        }
        syn::visit::visit_expr_call(self, call);
    }

    fn visit_block(&mut self, block: &'ast Block) {
        for (index, statement) in block.stmts.iter().enumerate() {
            if let Some(guard) = guard(statement)
                && awaited_before_drop(&block.stmts[index + 1..], &guard)
            {
                self.held(statement.span().start().line);
            }
        }
        syn::visit::visit_block(self, block);
    }

    fn visit_expr_match(&mut self, expr: &'ast syn::ExprMatch) {
        let waits = expr
            .arms
            .iter()
            .any(|arm| awaits(|find| find.visit_arm(arm)));
        if waits && locks(&expr.expr) {
            self.held(expr.span().start().line);
        }
        syn::visit::visit_expr_match(self, expr);
    }

    fn visit_expr_if(&mut self, expr: &'ast syn::ExprIf) {
        if let_locks(&expr.cond) && awaits(|find| find.visit_block(&expr.then_branch)) {
            self.held(expr.span().start().line);
        }
        syn::visit::visit_expr_if(self, expr);
    }

    fn visit_expr_while(&mut self, expr: &'ast syn::ExprWhile) {
        if let_locks(&expr.cond) && awaits(|find| find.visit_block(&expr.body)) {
            self.held(expr.span().start().line);
        }
        syn::visit::visit_expr_while(self, expr);
    }
}

/// Whether a `let` of the condition takes a lock, whose guard then lives as long as the body.
fn let_locks(condition: &Expr) -> bool {
    match condition {
        Expr::Let(binding) => locks(&binding.expr),
        Expr::Binary(both) => let_locks(&both.left) || let_locks(&both.right),
        Expr::Paren(inner) => let_locks(&inner.expr),
        _ => false,
    }
}

fn ends_in_lock(path: &syn::Path) -> bool {
    path.segments
        .last()
        .is_some_and(|last| last.ident == "Mutex" || last.ident == "RwLock")
}

/// The name that a `let` gives to a guard.
fn guard(statement: &Stmt) -> Option<String> {
    let Stmt::Local(local) = statement else {
        return None;
    };
    let value = &local.init.as_ref()?.expr;
    let pattern = match &local.pat {
        Pat::Type(typed) => &*typed.pat,
        pattern => pattern,
    };
    match pattern {
        Pat::Ident(name) if is_guard(value) => Some(name.ident.to_string()),
        _ => None,
    }
}

/// Whether the value of `expr` is a guard: a call of `lock`, `read` or `write`, however unwrapped.
fn is_guard(expr: &Expr) -> bool {
    match expr {
        Expr::Await(inner) => is_guard(&inner.base),
        Expr::Try(inner) => is_guard(&inner.expr),
        Expr::Paren(inner) => is_guard(&inner.expr),
        Expr::MethodCall(call) if call.args.is_empty() && is_locking(call) => true,
        Expr::MethodCall(call) => {
            ["unwrap", "expect", "unwrap_or_else"]
                .iter()
                .any(|name| call.method == name)
                && is_guard(&call.receiver)
        }
        _ => false,
    }
}

fn is_locking(call: &syn::ExprMethodCall) -> bool {
    let locking = call.method == "lock" || call.method == "read" || call.method == "write";
    // `io::stdout().lock()` guards the terminal, not our state, and is not awaited over by mistake.
    locking && call.args.is_empty()
}

fn awaited_before_drop(rest: &[Stmt], guard: &str) -> bool {
    for statement in rest {
        if drops(statement, guard) {
            return false;
        }
        if awaits(|find| find.visit_stmt(statement)) {
            return true;
        }
    }
    false
}

fn drops(statement: &Stmt, guard: &str) -> bool {
    let Stmt::Expr(Expr::Call(call), _) = statement else {
        return false;
    };
    let names = |expr: &Expr, name: &str| match expr {
        Expr::Path(path) => path
            .path
            .segments
            .last()
            .is_some_and(|last| last.ident == name),
        _ => false,
    };
    names(&call.func, "drop")
        && call
            .args
            .first()
            .is_some_and(|argument| names(argument, guard))
}

/// Whether a temporary guard lives in `expr`: a lock is taken and not by a closure.
fn locks(expr: &Expr) -> bool {
    let mut find = Find::default();
    find.visit_expr(expr);
    find.locked
}

fn awaits(look: impl FnOnce(&mut Find)) -> bool {
    let mut find = Find::default();
    look(&mut find);
    find.awaited
}

#[derive(Default)]
struct Find {
    awaited: bool,
    locked: bool,
}

impl<'ast> Visit<'ast> for Find {
    fn visit_expr_await(&mut self, expr: &'ast syn::ExprAwait) {
        self.awaited = true;
        syn::visit::visit_expr_await(self, expr);
    }

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        self.locked |= is_locking(call);
        syn::visit::visit_expr_method_call(self, call);
    }

    // What a closure or an inner task awaits does not hold this block's guards.
    fn visit_expr_closure(&mut self, _: &'ast syn::ExprClosure) {}
    fn visit_expr_async(&mut self, _: &'ast syn::ExprAsync) {}
    fn visit_item(&mut self, _: &'ast syn::Item) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(name: &str, text: &str) -> usize {
        let (manifest, file) = (
            format!("crates/{name}/Cargo.toml"),
            format!("crates/{name}/src/lib.rs"),
        );
        check(&House::of(&[(&manifest, ""), (&file, text)])).len()
    }

    #[test]
    fn a_shared_lock_is_found_below_floor_3_only() {
        let text = "struct S { a: std::sync::Arc<std::sync::Mutex<u8>> }";
        assert_eq!(found("store", text), 1);
        assert_eq!(found("switchboard", text), 0);
        assert_eq!(
            found("store", "fn f() { let _ = Arc::new(RwLock::new(1)); }"),
            1
        );
        assert_eq!(found("store", "struct S { a: Mutex<u8> }"), 0);
    }

    #[test]
    fn a_guard_across_an_await_is_found_anywhere() {
        for body in [
            "let a = m.lock().unwrap(); g().await;",
            "let a = m.lock().await; if *a { g().await; }",
            "let mut a = m.write().expect(\"never poisoned\"); g(&mut a).await;",
            "if let Some(a) = m.lock().unwrap().pop() { g(a).await; }",
            "if a && let Some(a) = m.lock().unwrap().pop() { g(a).await; }",
            "match m.read().get(1) { Some(a) => g(a).await, None => () }",
            "while let Some(a) = m.lock().unwrap().pop() { g(a).await; }",
        ] {
            assert_eq!(
                found("web", &format!("async fn f() {{ {body} }}")),
                1,
                "{body}"
            );
        }
    }

    #[test]
    fn a_guard_that_ends_before_the_await_passes() {
        for body in [
            "let a = { let a = m.lock().unwrap(); *a }; g(a).await;",
            "let a = m.lock().unwrap(); drop(a); g().await;",
            "let a = m.lock().unwrap().clone(); g(a).await;",
            "let a = m.lock().unwrap(); spawn(async move { g().await });",
            "let n = file.read(&mut buffer).await; g(n).await;",
        ] {
            assert_eq!(
                found("web", &format!("async fn f() {{ {body} }}")),
                0,
                "{body}"
            );
        }
    }
}
