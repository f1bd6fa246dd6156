//! Understanding days, times, numbers and names.

use agent::Business;
use agent::hear::{Expect, Heard, assent, clock::Part, date::Base, phone::e164, words::tokens};
use expect_test::expect;
use jiff::civil::date;

fn hear(text: &str) -> Heard {
    hear_with(text, false)
}

fn hear_with(text: &str, bare: bool) -> Heard {
    let base = Base {
        today: date(2026, 11, 17),
        week: None,
    };
    let expect = Expect {
        base,
        time: bare,
        name: bare,
        phone: bare,
        service: bare,
        last: false,
    };
    Heard::of(text, &Business::demo().services, expect)
}

/// With "what time?" open.
fn hear_bare(text: &str) -> Heard {
    let base = Base {
        today: date(2026, 11, 17),
        week: None,
    };
    let expect = Expect {
        base,
        time: true,
        name: false,
        phone: false,
        service: false,
        last: false,
    };
    Heard::of(text, &Business::demo().services, expect)
}

#[test]
fn days() {
    let table: Vec<String> = [
        "today",
        "tomorrow",
        "the day after tomorrow",
        "yesterday",
        "tuesday",
        "next tuesday",
        "this thursday",
        "next thursday",
        "monday",
        "tuesday next week",
        "next week on friday",
        "the 24th",
        "the 3rd",
        "on the twenty fourth",
        "november 24",
        "november the 24th",
        "24th of november",
        "nov 24 2027",
        "february 29",
        "march 3rd",
        "11/24",
        "24/11",
        "11/24/2027",
        "2026-12-01",
        "in two weeks",
        "in 3 days",
        "in a week",
        "a week from tuesday",
        "two weeks from now",
        "christmas",
        "new year's eve",
        "thanksgiving",
        "black friday",
        "fourth of july",
        "tuesday the 24th",
        "thursday november 26",
        "not thursday, friday",
        "friday instead of thursday",
        "thursday, no, friday",
        "thursday or friday",
        "the first one",
        "the first of december",
        "next week",
        "sometime",
        "february 30",
        "99/99",
        "may I come in",
        "in two minutes",
    ]
    .iter()
    .map(|text| {
        format!(
            "{text}: {}",
            hear(text)
                .day
                .map_or("-".into(), |d| d.strftime("%a %F").to_string())
        )
    })
    .collect();
    expect![[r#"
        today: Tue 2026-11-17
        tomorrow: Wed 2026-11-18
        the day after tomorrow: Thu 2026-11-19
        yesterday: Mon 2026-11-16
        tuesday: Tue 2026-11-24
        next tuesday: Tue 2026-11-24
        this thursday: Thu 2026-11-19
        next thursday: Thu 2026-11-26
        monday: Mon 2026-11-23
        tuesday next week: Tue 2026-11-24
        next week on friday: Fri 2026-11-27
        the 24th: Tue 2026-11-24
        the 3rd: Thu 2026-12-03
        on the twenty fourth: Tue 2026-11-24
        november 24: Tue 2026-11-24
        november the 24th: Tue 2026-11-24
        24th of november: Tue 2026-11-24
        nov 24 2027: Wed 2027-11-24
        february 29: Tue 2028-02-29
        march 3rd: Wed 2027-03-03
        11/24: Tue 2026-11-24
        24/11: Tue 2026-11-24
        11/24/2027: Wed 2027-11-24
        2026-12-01: Tue 2026-12-01
        in two weeks: Tue 2026-12-01
        in 3 days: Fri 2026-11-20
        in a week: Tue 2026-11-24
        a week from tuesday: Tue 2026-12-01
        two weeks from now: Tue 2026-12-01
        christmas: Fri 2026-12-25
        new year's eve: Thu 2026-12-31
        thanksgiving: Thu 2026-11-26
        black friday: Fri 2026-11-27
        fourth of july: Sun 2027-07-04
        tuesday the 24th: Tue 2026-11-24
        thursday november 26: Thu 2026-11-26
        not thursday, friday: Fri 2026-11-20
        friday instead of thursday: Fri 2026-11-20
        thursday, no, friday: Fri 2026-11-20
        thursday or friday: Thu 2026-11-19
        the first one: -
        the first of december: Tue 2026-12-01
        next week: -
        sometime: -
        february 30: -
        99/99: -
        may I come in: -
        in two minutes: -"#]]
    .assert_eq(&table.join("\n"));
}

#[test]
fn times() {
    let table: Vec<String> = [
        "at ten",
        "3:30 pm",
        "three thirty",
        "at 3",
        "half past ten",
        "quarter to five",
        "quarter after nine",
        "ten to four",
        "ten past four",
        "noon",
        "midnight",
        "15:30",
        "at fifteen thirty",
        "five o'clock",
        "around four",
        "four in the afternoon",
        "eight at night",
        "10 a m",
        "10 a.m.",
        "10am",
        "330 pm",
        "ten oh five",
        "twelve thirty",
        "08:15",
        "seven thirty in the morning",
        "for two people",
        "in two weeks",
        "the second one",
        "that one",
        "at one",
        "make it four",
        "no, four",
        "not four, five",
        "four or five",
        "6 pm sharp",
        "at 25",
        "20 minutes",
        "about 45 minutes",
        "I broke 2 teeth",
        "five thirty tomorrow morning",
    ]
    .iter()
    .map(|text| {
        let heard = hear(text);
        let open = [agent::hear::clock::Span {
            from: 480,
            to: 1020,
        }];
        let said = heard.clock.map_or("-".into(), |c| {
            let m = c.resolve(heard.part, &open);
            format!("{:02}:{:02}", m / 60, m % 60)
        });
        let bare = hear_bare(text).clock.map_or("-".into(), |c| {
            let m = c.resolve(None, &open);
            format!("{:02}:{:02}", m / 60, m % 60)
        });
        format!("{text}: {said} {bare}")
    })
    .collect();
    expect![[r#"
        at ten: 10:00 10:00
        3:30 pm: 15:30 15:30
        three thirty: 15:30 15:30
        at 3: 15:00 15:00
        half past ten: 10:30 10:30
        quarter to five: 16:45 16:45
        quarter after nine: 09:15 09:15
        ten to four: 15:50 15:50
        ten past four: 16:10 16:10
        noon: 12:00 12:00
        midnight: 00:00 00:00
        15:30: 15:30 15:30
        at fifteen thirty: 15:30 15:30
        five o'clock: 17:00 17:00
        around four: 16:00 16:00
        four in the afternoon: 16:00 16:00
        eight at night: 20:00 20:00
        10 a m: 10:00 10:00
        10 a.m.: 10:00 10:00
        10am: 10:00 10:00
        330 pm: 15:30 15:30
        ten oh five: 10:05 10:05
        twelve thirty: 12:30 12:30
        08:15: 08:15 08:15
        seven thirty in the morning: 07:30 07:30
        for two people: - -
        in two weeks: - -
        the second one: - -
        that one: - -
        at one: 13:00 13:00
        make it four: 16:00 16:00
        no, four: 16:00 16:00
        not four, five: - 17:00
        four or five: - 16:00
        6 pm sharp: 18:00 18:00
        at 25: - -
        20 minutes: - -
        about 45 minutes: - -
        I broke 2 teeth: - 14:00
        five thirty tomorrow morning: 05:30 05:30"#]]
    .assert_eq(&table.join("\n"));
    assert_eq!(hear("tomorrow afternoon").part, Some(Part::Afternoon));
    assert_eq!(hear("good morning").part, None);
}

#[test]
fn numbers() {
    let table: Vec<String> = [
        "202 555 0132",
        "(202) 555-0132",
        "+1 202-555-0132",
        "202.555.0132",
        "two oh two five five five oh one three two",
        "two zero two, double five five, zero one double three",
        "triple five",
        "my number is 2025550132 thanks",
        "area code 202, 555, 0132",
        "twenty two fifty five",
        "eight hundred five five five oh one oh oh",
        "1 202 555 0132",
        "the 24th at four",
        "555-0132",
    ]
    .iter()
    .map(|text| {
        let heard = hear_with(text, true).phone;
        format!(
            "{text}: {} {}",
            heard.clone().unwrap_or("-".into()),
            heard
                .and_then(|d| e164(&d, "+12025550100"))
                .unwrap_or("-".into())
        )
    })
    .collect();
    expect![[r#"
        202 555 0132: 2025550132 +12025550132
        (202) 555-0132: 2025550132 +12025550132
        +1 202-555-0132: +12025550132 +12025550132
        202.555.0132: 2025550132 +12025550132
        two oh two five five five oh one three two: 2025550132 +12025550132
        two zero two, double five five, zero one double three: 2025550133 +12025550133
        triple five: 555 -
        my number is 2025550132 thanks: 2025550132 +12025550132
        area code 202, 555, 0132: 2025550132 +12025550132
        twenty two fifty five: 2255 -
        eight hundred five five five oh one oh oh: 8005550100 +18005550100
        1 202 555 0132: 12025550132 +12025550132
        the 24th at four: - -
        555-0132: 5550132 -"#]]
    .assert_eq(&table.join("\n"));
    assert_eq!(
        e164("020 7946 0958", "+442079460000").as_deref(),
        Some("+442079460958")
    );
    assert_eq!(
        e164("0662 9080", "+3906111").as_deref(),
        Some("+3906629080")
    );
    assert_eq!(e164("+12", "+1"), None);
}

#[test]
fn names() {
    let table: Vec<String> = [
        "my name is Sam Lee",
        "it's Sam Lee",
        "this is Pam",
        "I'm Sam O'Brien and I need help",
        "i'm looking for a dentist",
        "i'm sam",
        "a cleaning for Sam Lee",
        "a cleaning for my daughter",
        "a cleaning for tomorrow",
        "a cleaning tomorrow for sam lee",
        "the name's McDonald",
        "it's Monday",
        "Sam",
        "uh sam lee",
        "yes it's Jo",
        "S A M",
        "my name is Jon, J O N",
        "Anne-Marie Smith",
        "my name is Will Smith",
        "call me Al",
        "this is ridiculous",
        "is this for real",
        "José Álvarez",
        "my name is <b>Bob</b>",
        "it's under Lee",
        "I'm fine",
        "no",
        "Sam Lee, 202 555 0132",
    ]
    .iter()
    .map(|text| {
        format!(
            "{text}: {} | {}",
            hear(text).name.unwrap_or("-".into()),
            hear_with(text, true).name.unwrap_or("-".into())
        )
    })
    .collect();
    expect![[r#"
        my name is Sam Lee: Sam Lee | Sam Lee
        it's Sam Lee: Sam Lee | Sam Lee
        this is Pam: Pam | Pam
        I'm Sam O'Brien and I need help: Sam O'Brien | Sam O'Brien
        i'm looking for a dentist: - | -
        i'm sam: - | Sam
        a cleaning for Sam Lee: Sam Lee | Sam Lee
        a cleaning for my daughter: - | -
        a cleaning for tomorrow: - | -
        a cleaning tomorrow for sam lee: Sam Lee | Sam Lee
        the name's McDonald: McDonald | McDonald
        it's Monday: - | -
        Sam: - | Sam
        uh sam lee: - | Sam Lee
        yes it's Jo: Jo | Jo
        S A M: - | Sam
        my name is Jon, J O N: Jon | Jon
        Anne-Marie Smith: - | Anne-Marie Smith
        my name is Will Smith: Will Smith | Will Smith
        call me Al: Al | Al
        this is ridiculous: - | -
        is this for real: - | -
        José Álvarez: - | José Álvarez
        my name is <b>Bob</b>: Bob | Bob
        it's under Lee: Lee | Lee
        I'm fine: - | -
        no: - | -
        Sam Lee, 202 555 0132: - | Sam Lee"#]]
    .assert_eq(&table.join("\n"));
}

#[test]
fn services() {
    for (text, service) in [
        ("a cleaning", Some(1)),
        ("teeth cleanings", Some(1)),
        ("to get my teeth cleaned", Some(1)),
        ("a check-up", Some(0)),
        ("checkup", Some(0)),
        ("a chekup", Some(0)),
        ("whitning", Some(3)),
        ("I have a cavity", Some(2)),
        ("a cleaning or a filling", None),
        ("a massage", None),
        ("the hygenist", Some(1)),
    ] {
        assert_eq!(hear(text).service, service, "{text}");
    }
}

#[test]
fn yes_and_no() {
    let table: Vec<String> = [
        "yes",
        "yeah",
        "yep",
        "sure",
        "that's right",
        "sounds good",
        "go ahead",
        "okay",
        "uh huh",
        "perfect thank you",
        "no",
        "nope",
        "no thanks",
        "that's wrong",
        "that's not right",
        "not really",
        "no problem",
        "no that's right",
        "why not",
        "yes no",
        "yeah no",
        "maybe",
        "I'm not sure",
        "yes if it's free",
        "yes but what about parking",
        "wait",
        "hold on",
        "banana",
        "",
    ]
    .iter()
    .map(|text| format!("{text}: {:?}", assent::answer(&tokens(text))))
    .collect();
    expect![[r#"
        yes: Yes
        yeah: Yes
        yep: Yes
        sure: Yes
        that's right: Yes
        sounds good: Yes
        go ahead: Yes
        okay: Yes
        uh huh: Yes
        perfect thank you: Yes
        no: No
        nope: No
        no thanks: No
        that's wrong: No
        that's not right: No
        not really: No
        no problem: Yes
        no that's right: Yes
        why not: Yes
        yes no: No
        yeah no: No
        maybe: Unclear
        I'm not sure: Unclear
        yes if it's free: Unclear
        yes but what about parking: Unclear
        wait: Unclear
        hold on: Unclear
        banana: Unclear
        : Unclear"#]]
    .assert_eq(&table.join("\n"));
}
