//! Prewarming over the admin API.

use crate::world::World;

#[test]
fn a_dry_run_says_what_it_would_cost_and_a_run_is_a_job_that_does_it() {
    let world = World::new();
    let dry = world.admin("/admin/v1/prewarm?dry_run=true", "");
    assert_eq!(dry.status, 200, "{}", dry.text());
    let dry = dry.json();
    assert_eq!(dry["usd"], 0.0, "the built-in voice is free");
    assert!(
        dry["characters"].as_u64().is_some_and(|n| n > 1_000),
        "{dry}"
    );
    let plan = &dry["businesses"][0];
    assert_eq!(plan["found"], 0);
    let started = world.admin("/admin/v1/prewarm?business=bright-smile", "");
    assert_eq!(started.status, 202);
    let job = started
        .header("location")
        .expect("where it can be watched")
        .to_owned();
    let text = world.get(&format!("{job}/events")).text();
    let last = text.rsplit("data: ").next().expect("an event");
    let last: serde_json::Value = serde_json::from_str(last.trim()).expect("JSON");
    assert_eq!(
        (&last["finished"], &last["error"]),
        (&true.into(), &serde_json::Value::Null)
    );
    assert_eq!(last["progress"]["done"], plan["sentences"], "{last}");
    let again = world
        .admin("/admin/v1/prewarm?dry_run=true&business=bright-smile", "")
        .json();
    assert_eq!(
        (&again["characters"], &again["businesses"][0]["missing"]),
        (&0.into(), &serde_json::json!([]))
    );
    let ahead = world.get("/admin/v1/ahead").json();
    let missing = plan["missing"].as_array().map(Vec::len);
    assert_eq!(
        ahead["backlog"]["normal"]["done"].as_u64(),
        missing.map(|n| n as u64),
        "{ahead}"
    );
    assert!(
        ahead["layers"][0]["objects"]["writes"]
            .as_u64()
            .is_some_and(|n| n > 100),
        "{ahead}"
    );
    assert!(ahead["foresight"]["hits"].is_u64(), "{ahead}");
}

#[test]
fn a_prewarm_of_nobody_is_not_found() {
    let world = World::new();
    for path in [
        "/admin/v1/prewarm?business=nobody",
        "/admin/v1/prewarm?business=..%2F&dry_run=true",
    ] {
        assert_eq!(world.admin(path, "").status, 404, "{path}");
    }
    assert_eq!(
        world.admin("/admin/v1/prewarm?dry_run=perhaps", "").status,
        400
    );
}
