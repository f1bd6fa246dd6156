//! Providers, voices and the cache: what an operator is told, and what can be tried out and thrown out.

use serde_json::{Value, json};

use crate::{
    sample::{Caller, params, with},
    world::{Plan, World},
};

fn ask(world: &World, target: &str, body: Value) -> crate::wire::Reply {
    world.admin(target, &body.to_string())
}

/// The clip of a sentence that was spoken for the demo's business.
fn speak(world: &World, text: &str) -> store::ObjectKey {
    let (business, _) = (world.app.businesses)().remove(0);
    let whose = switchboard::Whose::Business(&business.id);
    let voicer = &world.app.switchboard.parts().voicer;
    let spoken = world.wait(voicer.speak(text, &business.voice, whose));
    spoken.expect("the tone can say it").0.object
}

fn is_there(world: &World, object: &store::ObjectKey) -> bool {
    let voicer = &world.app.switchboard.parts().voicer;
    world.wait(voicer.audio(object)).is_some()
}

#[test]
fn a_provider_is_told_in_full() {
    let world = World::new();
    let reply = world.get("/admin/v1/providers");
    assert_eq!(reply.status, 200);
    let expected = json!([{
        "name": "tone",
        "order": 1,
        "up": true,
        "asked_again_in_ms": null,
        "last_error": null,
        "first_sound": { "p50_ms": null, "p95_ms": null, "n": 0 },
        "patience_ms": 2000,
        "last_five_minutes": { "spoke": 0, "failed": 0 },
        "last_hour": { "spoke": 0, "failed": 0 },
        "minutes": [],
        "incidents": [],
        "voices": 1,
        "model": "",
        "price": {
            "usd_per_million_chars": 30.0,
            "what": "a hum",
            "source": "https://tone.example/prices",
            "as_of": "2026-11-01",
        },
        "test_running": false,
    }]);
    assert_eq!(reply.json(), expected);
}

#[test]
fn a_test_is_spoken_by_exactly_this_provider_and_can_be_heard() {
    let world = World::new();
    let reply = ask(&world, "/admin/v1/providers/tone:test", json!({}));
    assert_eq!(reply.status, 200, "{}", reply.text());
    let heard = reply.json();
    assert_eq!(
        (&heard["provider"], &heard["voice"]),
        (&json!("tone"), &json!("tone"))
    );
    for member in ["first_sound_ms", "total_ms", "audio_ms", "bytes"] {
        assert!(heard[member].is_u64(), "{member} of {heard}");
    }
    let level = heard["level_dbfs"].as_f64().expect("a level");
    assert!(
        (level - f64::from(audio::TARGET_DBFS)).abs() < 1.5,
        "{level}"
    );
    let wav = world.get(heard["wav"].as_str().expect("a link"));
    assert_eq!(
        (wav.status, wav.header("content-type")),
        (200, Some("audio/wav"))
    );
    let pcm = audio::Wav::decode(&wav.body).expect("a WAV");
    assert_eq!(Some(pcm.duration_ms()), heard["audio_ms"].as_u64());
    assert_eq!(Some(wav.body.len() as u64), heard["bytes"].as_u64());
    let told = &world.get("/admin/v1/providers").json()[0];
    assert_eq!(
        told["last_five_minutes"],
        json!({ "spoke": 1, "failed": 0 })
    );
    assert_eq!(told["first_sound"]["n"], 1);
}

#[test]
fn a_provider_that_fails_says_what_it_means_and_what_to_do() {
    let world = World::new();
    world.mute();
    let problem = ask(&world, "/admin/v1/providers/tone:test", json!({}));
    let problem = problem.is_problem(503, "provider_failed");
    assert!(
        problem["hint"]
            .as_str()
            .is_some_and(|hint| hint.contains("address")),
        "{problem}"
    );
    let told = &world.get("/admin/v1/providers").json()[0];
    assert_eq!(told["last_error"]["kind"], "unavailable");
    assert_eq!(
        told["last_error"]["what"],
        "It could not be reached, or says that it cannot work."
    );
    assert_eq!(told["incidents"][0]["what"], "failed");
    for _ in 0..4 {
        ask(&world, "/admin/v1/providers/tone:test", json!({}));
    }
    let told = &world.get("/admin/v1/providers").json()[0];
    assert_eq!(
        (&told["up"], &told["incidents"][4]["what"]),
        (&json!(false), &json!("down"))
    );
    assert!(
        told["asked_again_in_ms"]
            .as_u64()
            .is_some_and(|ms| ms <= 1_000),
        "{told}"
    );
    let page = world.get("/console/providers").text();
    assert!(
        page.contains("<b>Down</b>") && page.contains("its server runs"),
        "{page}"
    );
}

#[test]
fn voices_are_listed_with_who_uses_them() {
    let world = World::new();
    let expected = json!([{
        "provider": "tone",
        "id": "tone",
        "name": "Tone",
        "language": "en-US",
        "rate": 8000,
        "businesses": ["Bright Smile Dental"],
    }]);
    assert_eq!(world.get("/admin/v1/voices").json(), expected);
}

#[test]
fn a_sample_is_words_as_a_caller_would_hear_them() {
    let world = World::new();
    let sample = |text: &str| {
        let body = json!({ "provider": "tone", "voice": "tone", "text": text });
        let reply = ask(&world, "/admin/v1/voices:sample", body);
        assert_eq!(
            (reply.status, reply.header("content-type")),
            (200, Some("audio/wav"))
        );
        let place = reply
            .header("content-location")
            .expect("a place")
            .to_owned();
        assert_eq!(world.get(&place).body, reply.body, "it can be heard again");
        audio::Wav::decode(&reply.body).expect("a WAV")
    };
    // The tone hums a tenth of a second for each word, so figures that became words are longer.
    let (words, figures) = (sample("See you at three PM."), sample("See you at 3 p.m."));
    assert_eq!(words.samples, figures.samples);
    assert_eq!(words.rate, 8_000);
}

#[test]
fn bad_input_is_refused_with_a_reason() {
    let world = World::new();
    let sample = |provider: &str, voice: &str, text: &str| {
        (
            "/admin/v1/voices:sample",
            json!({ "provider": provider, "voice": voice, "text": text }),
        )
    };
    let long = "a ".repeat(200);
    let table = [
        (sample("nobody", "tone", "Hello."), 404, "not_found"),
        (sample("tone", "tone", ""), 422, "no_words"),
        (
            sample("tone", "tone", "\u{202e}\u{0007} …"),
            422,
            "no_words",
        ),
        (sample("tone", "tone", &long), 422, "text_too_long"),
        (sample("tone", "", "Hello."), 422, "bad_voice"),
        (sample("tone", &"v".repeat(201), "Hello."), 422, "bad_voice"),
        (("/admin/v1/voices:sample", json!({})), 400, "bad_json"),
        (("/admin/v1/voices:sample", json!([1])), 400, "bad_json"),
        (
            ("/admin/v1/providers/nobody:test", json!({})),
            404,
            "not_found",
        ),
        (
            ("/admin/v1/providers/..%2f:test", json!({})),
            404,
            "not_found",
        ),
        (
            ("/admin/v1/cache:purge", json!({ "text": "Hello." })),
            422,
            "cannot_choose",
        ),
        (
            (
                "/admin/v1/cache:purge",
                json!({ "voice": { "provider": "tone", "id": "tone" } }),
            ),
            422,
            "cannot_choose",
        ),
        (
            ("/admin/v1/cache:purge", json!({ "business": "nobody" })),
            404,
            "not_found",
        ),
        (
            ("/admin/v1/cache:purge", json!({ "business": "../x" })),
            404,
            "not_found",
        ),
        (
            ("/admin/v1/cache:purge", json!({ "dryrun": false })),
            400,
            "bad_json",
        ),
        (
            ("/admin/v1/cache:purge", json!({ "dry_run": "no" })),
            400,
            "bad_json",
        ),
        (
            (
                "/admin/v1/cache:purge",
                json!({ "business": "bright-smile", "text": "a".repeat(4_001) }),
            ),
            422,
            "text_too_long",
        ),
    ];
    for ((target, body), status, code) in table {
        let shown = body.to_string();
        let reply = ask(&world, target, body);
        assert_eq!(reply.status, status, "{target} {shown}: {}", reply.text());
        reply.is_problem(status, code);
    }
    world
        .get("/admin/v1/samples/nothing.wav")
        .is_problem(404, "not_found");
}

#[test]
fn the_cache_tells_what_was_found() {
    let world = World::new();
    speak(&world, "Good morning.");
    let object = speak(&world, "Good morning.");
    let cache = world.get("/admin/v1/cache").json();
    let layer = &cache["layers"][0];
    assert_eq!(layer["layer"], "folder");
    assert_eq!(
        (&layer["hits"], &layer["entries"]),
        (&json!(1), &json!(1)),
        "{layer}"
    );
    assert_eq!(
        (&layer["recipe_hits"], &layer["errors"]),
        (&json!(1), &json!(0)),
        "{layer}"
    );
    assert!(
        layer["bytes"].as_u64() > Some(0) && layer["reads"].as_u64() > Some(0),
        "{layer}"
    );
    let minute = &cache["minutes"][0];
    assert_eq!(minute["layers"][0]["hits"], 1, "{minute}");
    assert_eq!(cache["hours"][0]["layers"][0]["hits"], 1);
    assert_eq!(cache["saved_usd"], 0.0);
    assert!(is_there(&world, &object));
}

#[test]
fn a_purge_counts_first_and_then_throws_out_what_it_counted() {
    let world = World::new();
    let (gone, stays) = (
        speak(&world, "Good morning."),
        speak(&world, "Good evening."),
    );
    let dry = json!({ "business": "bright-smile", "text": " Good morning. " });
    let told = ask(&world, "/admin/v1/cache:purge", dry).json();
    assert_eq!(
        (&told["dry_run"], &told["clips"]),
        (&json!(true), &json!(1)),
        "{told}"
    );
    assert!(told["bytes"].as_u64() > Some(0));
    assert!(
        is_there(&world, &gone),
        "nothing goes without being told to"
    );
    let voice = json!({ "provider": "tone", "id": "tone" });
    let wet = json!({ "voice": voice, "text": "Good morning.", "dry_run": false });
    let told = ask(&world, "/admin/v1/cache:purge", wet.clone()).json();
    assert_eq!(
        (&told["dry_run"], &told["clips"]),
        (&json!(false), &json!(1)),
        "{told}"
    );
    assert!(!is_there(&world, &gone) && is_there(&world, &stays));
    let again = ask(&world, "/admin/v1/cache:purge", wet).json();
    assert_eq!(again["clips"], 0, "{again}");
    assert_eq!(speak(&world, "Good morning."), gone, "it is spoken anew");
}

#[test]
fn a_purge_of_everything_leaves_what_may_be_on_its_way_to_a_caller() {
    let world = World::new();
    let object = speak(&world, "Good morning.");
    let told = ask(&world, "/admin/v1/cache:purge", json!({ "dry_run": false })).json();
    assert_eq!(told["clips"], 0, "{told}");
    assert!(is_there(&world, &object), "it was used a moment ago");
}

#[test]
fn what_was_said_in_calls_that_are_over_goes_and_fillers_stay() {
    let world = World::new();
    let (business, _) = (world.app.businesses)().remove(0);
    let made = world.app.switchboard.generate_fillers(&business, |_| {});
    let made = world.wait(made).expect("the records work");
    assert!(made.done > 0 && made.failed.is_empty());
    let fillers = world
        .wait(world.app.switchboard.fillers(&business))
        .expect("they do");
    Caller::ring(&world, 1);
    let over = with(params(1), "CallStatus", "completed");
    world.post("/voice/status/bright-smile", &over);
    let ask_for = |dry: bool| {
        let body = json!({ "business": "bright-smile", "dry_run": dry });
        ask(&world, "/admin/v1/cache:purge", body).json()
    };
    let dry = ask_for(true);
    assert!(
        dry["clips"].as_u64() > Some(0),
        "the greeting was said: {dry}"
    );
    let wet = ask_for(false);
    assert_eq!(wet["clips"], dry["clips"]);
    assert_eq!(ask_for(true)["clips"], 0);
    for row in fillers {
        let object = row.object.as_deref().and_then(store::ObjectKey::parse);
        assert!(
            is_there(&world, &object.expect("it was made")),
            "{}",
            row.text
        );
    }
}

#[test]
fn the_pages_say_what_will_be_there_when_there_is_nothing_yet() {
    let world = Plan::default().open();
    let providers = world.get("/console/providers").text();
    assert!(
        providers.contains("chain = [&quot;tone&quot;]"),
        "{providers}"
    );
    assert!(
        providers.contains("Nothing went wrong.") && providers.contains("needs 20 first sounds")
    );
    let cache = world.get("/console/cache").text();
    assert!(
        cache.contains("No sentence of a call was wanted yet."),
        "{cache}"
    );
    assert!(cache.contains("target 60 %") && cache.contains("Show the data"));
    let week = world.get("/console/cache?window=week").text();
    assert!(week.contains("7 days ago"));
    let voices = world.get("/console/voices").text();
    assert!(voices.contains("Bright Smile Dental") && voices.contains("en-US, 8000 Hz"));
}
