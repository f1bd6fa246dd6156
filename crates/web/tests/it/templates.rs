//! Fixed documents.

use web::Templates;

use crate::sample::document;

const NAMES: [&str; 4] = ["busy", "late", "over", "unknown"];

#[test]
fn every_template_renders_to_a_document() {
    let templates = Templates::load(None).expect("they are shipped");
    for name in NAMES {
        let root = document(&templates.render(name, ()));
        assert_eq!(root.children.is_empty(), name == "over");
    }
}

#[test]
fn an_operators_folder_comes_first_and_need_not_have_all() {
    let folder = tempfile::tempdir().expect("a folder");
    let own = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response><Say>Moment.</Say></Response>";
    std::fs::write(folder.path().join("late.xml"), own).expect("written");
    let templates = Templates::load(Some(folder.path())).expect("they can be read");
    assert_eq!(templates.render("late", ()), own);
    assert!(templates.render("busy", ()).contains("lines are busy"));
}

#[test]
fn a_broken_template_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("busy.xml"), "<Response>{{ oh").expect("written");
    let error = Templates::load(Some(folder.path()))
        .err()
        .expect("it is refused");
    assert!(error.to_string().contains("busy.xml"), "{error}");
}

#[test]
fn a_template_that_wants_what_there_is_not_still_speaks() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(
        folder.path().join("late.xml"),
        "<Response>{{ nothing }}</Response>",
    )
    .expect("written");
    let templates = Templates::load(Some(folder.path())).expect("it can be parsed");
    for name in ["late", "there-is-no-such"] {
        let xml = templates.render(name, ());
        document(&xml);
        assert!(xml.contains("<Say>"), "{xml}");
    }
}

#[test]
fn values_cannot_break_out_of_a_template() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(
        folder.path().join("late.xml"),
        "<Response><Say>{{ name }}</Say></Response>",
    )
    .expect("written");
    let templates = Templates::load(Some(folder.path())).expect("it can be parsed");
    let hostile = "</Say><Dial>+19005550100</Dial>";
    let xml = templates.render("late", serde_json::json!({ "name": hostile }));
    assert!(!xml.contains("<Dial>"), "{xml}");
    document(&xml);
}
