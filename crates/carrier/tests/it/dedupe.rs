//! Two deliveries of one event have one key; two events never share one.

use carrier::{SignedContent, dedupe_key};

fn pairs(list: &[(&str, &str)]) -> Vec<(String, String)> {
    list.iter()
        .map(|(n, v)| (n.to_string(), v.to_string()))
        .collect()
}

fn key(path: &str, list: &[(&str, &str)]) -> [u8; 32] {
    dedupe_key("p", "a", "POST", path, SignedContent::Params(&pairs(list)))
}

#[test]
fn the_order_of_parameters_and_the_case_of_the_method_do_not_matter() {
    let one = key("/x?turn=1", &[("a", "1"), ("b", "2")]);
    assert_eq!(one, key("/x?turn=1", &[("b", "2"), ("a", "1"), ("a", "1")]));
    let lower = dedupe_key(
        "p",
        "a",
        "post",
        "/x?turn=1",
        SignedContent::Params(&pairs(&[("a", "1"), ("b", "2")])),
    );
    assert_eq!(one, lower);
}

#[test]
fn every_part_counts() {
    let content = pairs(&[("a", "1")]);
    let params = SignedContent::Params(&content);
    let keys = [
        dedupe_key("p", "a", "POST", "/x", params),
        dedupe_key("q", "a", "POST", "/x", params),
        dedupe_key("p", "b", "POST", "/x", params),
        dedupe_key("p", "a", "GET", "/x", params),
        dedupe_key("p", "a", "POST", "/y", params),
        dedupe_key("pa", "", "POST", "/x", params),
        key("/x", &[("a", "2")]),
        key("/x", &[("a1", "")]),
        key("/x", &[("", "a1")]),
        key("/x", &[("a", "1"), ("a", "2")]),
        key("/x", &[]),
        dedupe_key("p", "a", "POST", "/x", SignedContent::Raw(b"a=1")),
        dedupe_key("p", "a", "POST", "/x", SignedContent::Raw(b"")),
    ];
    for (n, one) in keys.iter().enumerate() {
        assert!(!keys[..n].contains(one), "key {n} repeats an earlier one");
    }
}
