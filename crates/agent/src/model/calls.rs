//! Tool calls, put together from their pieces.

use super::port::ToolCall;

/// Most calls in one answer; more are dropped.
pub const MOST: usize = 8;
/// Longest name and arguments, bytes; a longer one is cut and so refused.
const LONGEST: usize = 4_096;

/// The calls of one answer, in the order in which they began.
#[derive(Debug, Default)]
pub struct Calls {
    calls: Vec<(u32, ToolCall)>,
    /// Calls beyond the limit.
    pub dropped: usize,
}

impl Calls {
    /// Takes a piece. A new id under an old index is a new call: some servers count every call as 0.
    pub fn add(&mut self, index: u32, id: Option<String>, name: Option<String>, arguments: &str) {
        let fresh = id.as_deref().filter(|id| !id.is_empty());
        let known = self.calls.iter().rposition(|(i, call)| {
            *i == index && fresh.is_none_or(|id| id == call.id || call.id.is_empty())
        });
        let at = match known {
            Some(at) => at,
            None if self.calls.len() >= MOST => {
                self.dropped += usize::from(name.is_some());
                return;
            }
            None => {
                self.calls.push((index, ToolCall::default()));
                self.calls.len() - 1
            }
        };
        let call = &mut self.calls[at].1;
        if let Some(id) = fresh {
            id.chars()
                .take(64)
                .collect::<String>()
                .clone_into(&mut call.id);
        }
        if let Some(name) = name.filter(|_| call.name.is_empty()) {
            append(&mut call.name, &name);
        }
        append(&mut call.arguments, arguments);
    }

    /// The calls, each with an id.
    pub fn done(self) -> Vec<ToolCall> {
        let calls = self.calls.into_iter().enumerate();
        calls
            .map(|(at, (_, mut call))| {
                if call.id.is_empty() {
                    call.id = format!("call_{at}");
                }
                call
            })
            .collect()
    }
}

fn append(to: &mut String, more: &str) {
    let room = LONGEST.saturating_sub(to.len());
    to.push_str(&more[..more.floor_char_boundary(room)]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_joined_by_index() {
        let mut calls = Calls::default();
        calls.add(0, Some("a".into()), Some("book".into()), "");
        calls.add(1, Some("b".into()), Some("end_call".into()), "{");
        calls.add(0, None, None, "{\"x\"");
        calls.add(1, None, None, "}");
        calls.add(0, None, None, ":1}");
        let text: Vec<String> = calls
            .done()
            .into_iter()
            .map(|c| format!("{} {} {}", c.id, c.name, c.arguments))
            .collect();
        assert_eq!(text, ["a book {\"x\":1}", "b end_call {}"]);
    }

    #[test]
    fn a_server_that_always_says_index_0_still_makes_two_calls() {
        let mut calls = Calls::default();
        calls.add(0, Some("a".into()), Some("one".into()), "{}");
        calls.add(0, Some("b".into()), Some("two".into()), "{}");
        let names: Vec<String> = calls.done().into_iter().map(|c| c.name).collect();
        assert_eq!(names, ["one", "two"]);
    }

    #[test]
    fn a_flood_is_bounded() {
        let mut calls = Calls::default();
        for index in 0..1_000 {
            calls.add(index, None, Some("x".repeat(10_000)), &"y".repeat(10_000));
        }
        assert_eq!(calls.dropped, 1_000 - MOST);
        let calls = calls.done();
        assert_eq!(calls.len(), MOST);
        assert!(
            calls
                .iter()
                .all(|c| c.name.len() <= LONGEST && c.arguments.len() <= LONGEST)
        );
    }
}
