//! The business file: the demo, and what is wrong with others.

use std::path::Path;

use agent::{Business, Hours, Offer, Transfer, VoiceAt, VoiceChanges};
use expect_test::expect;

#[test]
fn the_demo_is_the_sample_file_and_has_no_faults() {
    let demo = Business::demo();
    assert_eq!(demo.lint(), []);
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/businesses/bright-smile.toml");
    let text = std::fs::read_to_string(&path).expect("the sample business is in the fixtures");
    let mut read: Business = toml::from_str(&text).expect("it is a business file");
    read.id = demo.id.clone();
    assert_eq!(read, demo);
}

#[test]
fn an_empty_file_is_a_business() {
    let business: Business = toml::from_str("").expect("every field has a default");
    assert_eq!(business.lint(), []);
}

#[test]
fn every_fault_is_named() {
    let mut bad = Business::demo();
    bad.name = " ".into();
    bad.timezone = "Mars/Olympus".into();
    bad.numbers = vec!["202-555-0100".into()];
    bad.greeting = "Hello from the dentist".into();
    bad.facts[0].a = String::new();
    bad.hours = Hours {
        entries: [
            ("mon-wed", "08:00-12:00, 11:00-13:00"),
            ("wed-fri", "9-5"),
            ("someday", "closed"),
            ("sat", "17:00-09:00"),
            ("2026-02-30", "closed"),
        ]
        .map(|(k, v)| (k.into(), v.into()))
        .into(),
    };
    bad.services.push(Offer {
        name: "Checkup".into(),
        minutes: 0,
        parallel: 0,
        ..Offer::default()
    });
    bad.fillers.grace_ms = 2_000;
    bad.fillers.rollout_percent = 101;
    bad.fillers
        .texts
        .insert("sing".into(), vec!["La la la.".into()]);
    bad.voice.speed = f32::NAN;
    bad.voice.changes = VoiceChanges::Forbidden;
    for (name, id, speed) in [
        ("elsewhere", "amy", Some(0.1)),
        ("embedded", "heart", None),
        ("nowhere", " ", None),
    ] {
        let id = id.to_owned();
        bad.voice.at.insert(name.into(), VoiceAt { id, speed });
    }
    bad.silence.reprompt_s = vec![0];
    bad.disclosure.mode = "off".into();
    bad.transfer.push(Transfer {
        to: "0".into(),
        ..Transfer::default()
    });
    let lines: Vec<String> = bad
        .lint()
        .into_iter()
        .map(|l| format!("{}: {} ({})", l.path, l.message, l.hint))
        .collect();
    expect![[r#"
        name: the name is empty (write the name as it should be spoken)
        timezone: `Mars/Olympus` is not a time zone (use an IANA name such as "America/New_York")
        numbers.0: `202-555-0100` is not an E.164 number (write + and the country code, digits only: "+12025550123")
        greeting: the greeting does not say that a machine is speaking, so our sentence is put in front of it (say it yourself, such as "…this is the automated assistant of …")
        facts.0.a: the fact has no answer (write what the caller should hear)
        hours.2026-02-30: `2026-02-30` is not a day (`mon`), a range (`mon-fri`), a date (`2026-12-25`) or a holiday we know (`christmas`) (name a day, a range of days, a date or a holiday)
        hours.mon-wed: the times in `08:00-12:00, 11:00-13:00` overlap (write "08:30-12:00, 13:00-17:30" or "closed")
        hours.sat: `17:00-09:00` ends before it begins; split a night at midnight (write "08:30-12:00, 13:00-17:30" or "closed")
        hours.someday: `someday` is not a day (`mon`), a range (`mon-fri`), a date (`2026-12-25`) or a holiday we know (`christmas`) (name a day, a range of days, a date or a holiday)
        hours.wed-fri: the days overlap those of `mon-wed` (let every day stand in one range; a single day may overrule it)
        hours.wed-fri: `9-5` is not `HH:MM-HH:MM` or `closed` (write "08:30-12:00, 13:00-17:30" or "closed")
        services.4.minutes: a service cannot take 0 minutes (use 1 to 1440)
        services.4.parallel: nobody can ever book this: parallel is 0 (use 1 or more)
        services.4.name: the same name as services.0 (give every service its own name)
        fillers.grace_ms: 2000 ms is a silence that sounds dead (use 0 to 1500)
        fillers.rollout_percent: 101 is more than all calls (use 0 to 100)
        fillers.texts.sing: unknown filler class "sing": use one of lookup, calendar, note, think, person, hold, recover (use one of the classes)
        voice.speed: NaN is not a speed that is understood (use 0.5 to 2.0)
        voice.at.elsewhere.speed: 0.1 is not a speed that is understood (use 0.5 to 2.0)
        voice.at.embedded: `embedded` is the voice's own provider (write its voice as `id` under `[voice]`)
        voice.at.nowhere.id: the id is empty (write the voice's id there, or remove the entry)
        voice.at: these voices never speak, because `voice.changes` is "forbidden" (remove them, or allow changes)
        silence.reprompt_s: each wait must be 1 to 60 seconds, and there must be one (use [7, 8, 8])
        disclosure.reason: disclosure is off without a reason, so it stays on (write why callers need not be told that this is a machine)
        transfer.2.label: the person has no label (write what callers would call them)
        transfer.2.to: `0` is not an E.164 number (write + and the country code, digits only: "+12025550123")"#]].assert_eq(&lines.join("\n"));
}
