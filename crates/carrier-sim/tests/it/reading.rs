//! The network's own reader, and scripts.

use carrier_sim::{Ended, Node, Script, Step, Tree, Turn, When};
use serde_json::Value;

use crate::world::{World, xml};

fn tree(value: &Value) -> Tree {
    let attributes = value[1].as_object().expect("attributes").iter();
    let mut attributes: Vec<_> = attributes
        .map(|(n, v)| (n.clone(), v.as_str().expect("text").to_owned()))
        .collect();
    attributes.sort();
    let children = value[2].as_array().expect("children").iter();
    Tree {
        name: value[0].as_str().expect("a name").to_owned(),
        attributes,
        children: children
            .map(|child| match child.as_str() {
                Some(text) => Node::Text(text.to_owned()),
                None => Node::Tree(tree(child)),
            })
            .collect(),
    }
}

fn sorted(mut tree: Tree) -> Tree {
    tree.attributes.sort();
    for child in &mut tree.children {
        if let Node::Tree(inner) = child {
            *inner = sorted(inner.clone());
        }
    }
    tree
}

#[test]
fn the_reader_agrees_with_the_vectors() {
    for (file, keys) in [
        (
            include_str!("../../../../fixtures/vectors/twiml_documents.json"),
            &["xml_twilio_python", "xml_twilio_node", "c14n"][..],
        ),
        (
            include_str!("../../../../fixtures/vectors/twiml_official_tests.json"),
            &["xml"][..],
        ),
    ] {
        let file: Value = serde_json::from_str(file).expect("JSON");
        let entries = file["vectors"].as_array().expect("a list");
        assert!(entries.len() >= 20);
        for entry in entries {
            for key in keys {
                let read = Tree::read(entry[key].as_str().expect("xml")).expect("readable");
                assert_eq!(sorted(read), tree(&entry["tree"]));
            }
        }
    }
}

#[test]
fn what_a_carrier_cannot_read_is_refused() {
    for bad in [
        "",
        "text",
        "<Response>",
        "<Response></Response><Response/>",
        "\n<?xml version=\"1.0\"?><Response/>",
        "<Response>\u{1}</Response>",
        "<Response>&#1;</Response>",
        "<Response>&nbsp;</Response>",
        "<Response a=1/>",
        "<Response a=\"1\" a=\"2\"/>",
        "<!DOCTYPE x><Response/>",
        "<Response>a & b</Response>",
        "<Response/>trailing",
    ] {
        assert!(Tree::read(bad).is_err(), "{bad:?}");
    }
}

/// Runs one document and returns what the network complains about.
async fn complaints(verbs: &'static str) -> Vec<(u32, String)> {
    let world = World::start(move |asked| match asked.path.as_str() {
        "/voice/incoming/b" => xml(verbs),
        _ => xml(""),
    });
    let report = world.network(100.0).call(&Script::saying("b", &[])).await;
    report
        .errors
        .into_iter()
        .map(|e| (e.code, e.problem))
        .collect()
}

#[actix_web::test]
async fn documents_are_held_to_the_schema() {
    for (verbs, code, part) in [
        ("<Shout>x</Shout>", 12200, "<Shout> inside <Response>"),
        ("<say>x</say>", 12200, "<say>"),
        (
            "<Say loud=\"yes\">x</Say>",
            12200,
            "loud=\"yes\" is unknown",
        ),
        (
            "<Gather timeout=\"soon\"/>",
            12200,
            "must be a whole number",
        ),
        ("<Gather input=\"voice\"/>", 12200, "not a list of choices"),
        ("<Gather bargeIn=\"yes\"/>", 12200, "must be true or false"),
        ("<Reject reason=\"tired\"/>", 12200, "not a choice"),
        (
            "<Gather><Redirect>/x</Redirect></Gather>",
            12200,
            "<Redirect> inside <Gather>",
        ),
        (
            "<Redirect method=\"PUT\">/x</Redirect>",
            12200,
            "must be GET or POST",
        ),
        ("<Hangup/><Say>x</Say>", 12200, "can never be reached"),
        ("hello<Hangup/>", 12200, "text inside <Response>"),
        ("<Gather speechTimeout=\"0\"/>", 13327, "speechTimeout"),
        (
            "<Gather speechTimeout=\"auto\" speechModel=\"phone_call\"/>",
            13335,
            "speechModel",
        ),
        ("<Pause length=\"0\"/>", 13310, "above 0"),
        ("<Play></Play>", 11100, "without a URL"),
    ] {
        let found = complaints(verbs).await;
        let hit = found.iter().any(|(c, p)| *c == code && p.contains(part));
        assert!(hit, "{verbs}: {found:?}");
    }
    let good = "<Say voice=\"Polly.Nicole\" language=\"en-AU\">Hi <break time=\"1s\"/>you.</Say>\
                <Pause length=\"1\"/><Hangup/>";
    assert_eq!(complaints(good).await, []);
}

#[actix_web::test]
async fn the_root_must_be_a_response() {
    let world = World::start(|_| crate::world::Reply::Xml("<Answer/>".into()));
    let report = world.network(100.0).call(&Script::saying("b", &[])).await;
    assert_eq!(report.ended, Ended::Failed { code: 12100 });
}

#[test]
fn scripts_are_read_from_toml() {
    let script = Script::from_toml(
        r#"
        business = "demo"
        from = "anonymous"
        expect = ["welcome"]
        [[turns]]
        say = "A table for two"
        expect = ["what time"]
        expect_none = ["sorry"]
        [[turns]]
        digits = "12#"
        after_ms = 50
        [[turns]]
        silence = true
        [[turns]]
        barge = "stop"
        after_ms = 800
        [[turns]]
        hang_up = "filler"
        "#,
    )
    .expect("a script");
    assert_eq!(script.from, "anonymous");
    assert_eq!(script.to, "+61255501234");
    let mut first = Turn::say("A table for two").expect("what time");
    first.expect_none.push("sorry".into());
    assert_eq!(script.turns[0], first);
    assert_eq!(
        script.turns[1],
        Turn::new(Step::Digits("12#".into())).after(50)
    );
    assert_eq!(script.turns[2].step, Step::Silence);
    assert_eq!(
        script.turns[3],
        Turn::new(Step::Barge("stop".into())).after(800)
    );
    assert_eq!(
        script.turns[4],
        Turn::new(Step::HangUp(When::Filler)).after(0)
    );
}

#[test]
fn a_wrong_script_says_what_is_wrong() {
    let why = |toml: &str| Script::from_toml(toml).expect_err(toml).to_string();
    let turn = |line: &str| why(&format!("business = \"b\"\n[[turns]]\n{line}"));
    assert!(why("").contains("business"));
    assert!(turn("say = \"a\"\ndigits = \"1\"").contains("exactly one of"));
    assert!(turn("after_ms = 3").contains("exactly one of"));
    assert!(turn("shout = \"a\"").contains("shout"));
    assert!(turn("digits = \"x\"").contains("0-9"));
    assert!(turn("hang_up = \"never\"").contains("never"));
}
