//! The XML tree: written so that every reader agrees, read strictly.

use carrier::twilio::Element;
use proptest::prelude::*;

use crate::vectors::{list, load, read, sorted, text, tree};

const DOCUMENTS: &str = include_str!("../../../../fixtures/vectors/twiml_documents.json");
const OFFICIAL: &str = include_str!("../../../../fixtures/vectors/twiml_official_tests.json");

#[test]
fn what_we_write_is_what_both_sdks_write() {
    let file = load(DOCUMENTS);
    for entry in list(&file) {
        let id = text(entry, "id");
        let ours = tree(&entry["tree"]);
        let written = ours.write();
        assert!(
            written.starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response"),
            "{id}"
        );
        let ours = sorted(ours);
        assert_eq!(read(&written), ours, "{id}");
        for key in ["xml_twilio_python", "xml_twilio_node", "c14n"] {
            assert_eq!(read(text(entry, key)), ours, "{id} {key}");
        }
    }
}

#[test]
fn the_official_expectations_hold() {
    let file = load(OFFICIAL);
    for entry in list(&file) {
        let ours = tree(&entry["tree"]);
        assert_eq!(
            read(text(entry, "xml")),
            sorted(ours.clone()),
            "{}",
            text(entry, "test")
        );
        assert_eq!(read(&ours.write()), sorted(ours), "{}", text(entry, "test"));
    }
}

#[test]
fn unreadable_documents_say_where_and_why() {
    let why = |xml: &str| Element::parse(xml).expect_err(xml).to_string();
    assert!(
        why("<a><b></a>").contains("byte 6"),
        "{}",
        why("<a><b></a>")
    );
    assert!(why("").contains("no root"));
    assert!(why("<a>").contains("not closed"));
    assert!(why("<a/><b/>").contains("more than one root"));
    assert!(why("x<a/>").contains("outside the root"));
    assert!(why("<a>&bomb;</a>").contains("unknown entity"));
    assert!(why("<a>\u{1}</a>").contains("not allowed in XML"));
    assert!(why("<!DOCTYPE a><a/>").contains("only elements"));
    assert!(why("<a><?x y?></a>").contains("only elements"));
    assert!(why("\n<?xml version=\"1.0\"?><a/>").contains("only elements"));
    assert!(why(&"<a>".repeat(33)).contains("32 levels"));
    assert!(why("<a b=\"1\" b=\"2\"/>").contains("byte 0"));
    assert!(Element::parse("<a>&#0;</a>").is_err());
}

#[test]
fn comments_and_cdata_are_read() {
    let read = Element::parse("<a>x<!-- no -->y<![CDATA[<z>]]>&amp;&#65;</a>").expect("readable");
    assert_eq!(read, Element::new("a").text("xy<z>&A"));
}

proptest! {
    #[test]
    fn any_text_survives_except_what_xml_cannot_hold(text: String, value: String) {
        let kept = carrier::twilio::xml_text(&text);
        let tree = Element::new("Say").attribute("voice", value.clone()).text(text.clone());
        let back = Element::parse(&tree.write()).expect("our own output is readable");
        prop_assert_eq!(&back.attributes[0].1, &carrier::twilio::xml_text(&value));
        let expected = if kept.is_empty() { Element::new("x") } else { Element::new("x").text(kept) };
        prop_assert_eq!(back.children, expected.children);
    }

    #[test]
    fn reading_never_panics(text in "[<>/a-z\"'=&;#!?\\[\\]x0-9 \\-]{0,80}") {
        let _ = Element::parse(&text);
    }
}
