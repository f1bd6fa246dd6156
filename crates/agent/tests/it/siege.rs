//! Callers who mostly answer what they are asked, and often do not. Each has a seed; a failure names it.
//!
//! What may never happen is judged from outside: by an own table of the demo business's hours and by what was read back.

use jiff::{Zoned, civil::Date, tz::TimeZone};

use crate::world::World;

/// Sixty take a second or two; raise it to look further (2,000 were clean when this was written).
const CALLERS: u64 = 60;
const TURNS: usize = 16;
/// Longest reply, characters: a good minute of speech.
const REPLY: usize = 1_200;
const ZONES: [&str; 6] = [
    "America/New_York",
    "Europe/London",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Pacific/Apia",
    "America/St_Johns",
];

const SERVICES: &[&str] = &[
    "a checkup please",
    "I'd like to book a cleaning",
    "can you fit me in for a filling",
    "um, teeth whitening I think",
    "book me in",
    "the same as last year",
    "please cancel my appointment",
    "I need to move my appointment",
];
const DAYS: &[&str] = &[
    "tomorrow",
    "next tuesday",
    "friday",
    "the twenty fourth",
    "december 24th",
    "christmas day",
    "new year's day",
    "thanksgiving",
    "on sunday",
    "saturday",
    "yesterday",
    "january first",
    "february 30th",
    "in two weeks",
    "the 31st",
    "today",
    "march fourteenth twenty twenty seven",
    "whenever",
];
const TIMES: &[&str] = &[
    "at ten in the morning",
    "half past two",
    "at noon",
    "12:30",
    "quarter to five",
    "at midnight",
    "three in the night",
    "16:45",
    "nine",
    "seven p.m.",
    "as early as possible",
    "the second one",
    "four fifty nine pm",
    "twenty five o'clock",
];
const NAMES: &[&str] = &[
    "Sam Lee",
    "my name is Björk Guðmundsdóttir",
    "it's O'Brien, Mary O'Brien",
    "s a m new word l e e",
    "Fuck You",
    "Null",
    "Robert'); DROP TABLE bookings;--",
    "张伟",
    "Yes",
];
const PHONES: &[&str] = &[
    "two oh two five five five oh one nine nine",
    "202 555 0199",
    "double two double three",
    "plus four nine thirty twelve thirty four fifty six seven",
    "#2025550147",
    "nine nine nine nine nine nine nine nine nine nine nine nine nine nine",
    "yes that number",
    "no, another one",
];
const ASSENTS: &[&str] = &[
    "yes",
    "yes that's right",
    "yep",
    "correct",
    "si",
    "yeah sure",
];
const DISSENTS: &[&str] = &[
    "no",
    "no, at eleven instead",
    "no, on friday",
    "no, the name is Pam Ray",
    "wrong, the number is 202 555 0111",
    "yes, no, wait, make it wednesday",
    "actually a filling",
    "change the time",
];
const ASIDES: &[&str] = &[
    "are you a human?",
    "am I talking to a robot",
    "what are your hours on saturday",
    "how much is a cleaning",
    "where are you",
    "",
    "asdf qwer zxcv",
    "¿hablan español? quiero una cita mañana",
    "Ich hätte gern einen Termin am Dienstag um zehn",
    "明天可以吗",
    "fuck this, you stupid machine",
    "my tooth hurts so bad I could kill somebody",
    "repeat that",
    "can I speak to a person",
    "cancel my appointment",
    "move my appointment to monday at nine",
    "when is my appointment",
    "and book another one for my son",
    "never mind",
    "ok",
    "hmm",
    "#*",
    "#0",
    "#1",
    "\u{202e}\u{0}\u{7f}",
    "what is nine nine nine nine nine nine nine nine nine nine nine nine plus one",
];

/// A small generator of its own: the same seed is the same caller on every machine.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).expect("31 bits") % sides
    }

    fn pick(&mut self, from: &[&str]) -> String {
        from[self.roll(from.len())].to_owned()
    }
}

/// What the caller says to this.
fn line(dice: &mut Dice, asked: &str) -> String {
    match dice.roll(20) {
        0..=2 => return dice.pick(ASIDES),
        3 => {
            let parts = [SERVICES, DAYS, TIMES, NAMES].map(|from| dice.pick(from));
            return parts.join(" ");
        }
        4 if dice.roll(12) == 0 => return "la ".repeat(3_400),
        4 if dice.roll(12) == 1 => return "a".repeat(10_000),
        _ => {}
    }
    let asks = |what: &str| asked.contains(what);
    let from: &[&str] = if asks("Is that right?") || asks("cancel it?") || asks("Shall I cancel") {
        if dice.roll(3) == 0 { DISSENTS } else { ASSENTS }
    } else if asks("name should") {
        NAMES
    } else if asks("number") {
        if dice.roll(3) == 0 { ASSENTS } else { PHONES }
    } else if asks("What day") {
        DAYS
    } else if asks("time") || asks("o'clock") || asks("a.m.") || asks("p.m.") {
        if dice.roll(3) == 0 { ASSENTS } else { TIMES }
    } else {
        SERVICES
    };
    dice.pick(from)
}

/// The demo business's hours, written down a second time, in minutes of the day.
fn open(date: Date) -> &'static [(i32, i32)] {
    let thanksgiving = {
        let first = Date::new(date.year(), 11, 1).expect("a date");
        first.nth_weekday_of_month(4, jiff::civil::Weekday::Thursday)
    };
    if matches!((date.month(), date.day()), (12, 25) | (1, 1)) || thanksgiving.ok() == Some(date) {
        return &[];
    }
    if (date.year(), date.month(), date.day()) == (2026, 12, 24) {
        return &[(480, 720)];
    }
    match date.weekday().to_monday_zero_offset() {
        0..=3 => &[(480, 720), (780, 1020)],
        4 => &[(480, 900)],
        5 => &[(540, 780)],
        _ => &[],
    }
}

fn zoned(at: events::At, zone: &TimeZone) -> Zoned {
    let moment = jiff::Timestamp::from_millisecond(at.0.try_into().expect("small"));
    moment.expect("in range").to_zoned(zone.clone())
}

/// A caller at a random moment of two years, in a random zone.
fn caller(dice: &mut Dice, seed: u64) -> (World, TimeZone) {
    let name = ZONES[dice.roll(ZONES.len())];
    let mut world = World::new();
    let mut business = (*world.business).clone();
    business.timezone = name.to_owned();
    world.business = business.into();
    let minutes = i64::try_from(dice.roll(2 * 365 * 24 * 60)).expect("small");
    world.now = world.now + u64::try_from(minutes).expect("small") * 60_000;
    if dice.roll(3) == 0 {
        world = world.hidden();
    }
    if dice.roll(2) == 0 {
        let day = zoned(world.now + 3 * 86_400_000, &TimeZone::UTC).strftime("%FT10:00");
        world = world.booked("checkup", &day.to_string(), 30, "+12025550132");
    }
    world.call = events::CallId::parse(&format!("siege-{seed}")).expect("an id");
    (world, TimeZone::get(name).expect("a zone"))
}

/// One call; returns how many bookings it made and how many it cancelled.
fn call(seed: u64) -> (usize, usize) {
    let mut dice = Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    let (mut world, zone) = caller(&mut dice, seed);
    let greeting = world.history[0].agent.clone();
    assert!(agent::greeting::discloses(&greeting), "{greeting}");
    for _ in 0..TURNS {
        let asked = world.history.last().expect("a greeting").agent.clone();
        let said = line(&mut dice, &asked);
        let before = world.desk.bookings();
        let heard = world.say(&said);
        let shown: String = said.chars().take(80).collect();
        let what = format!("seed {seed}, {zone:?}: {asked:?} > {shown:?} > {heard:?}");
        assert!(!heard.trim().is_empty(), "silence: {what}");
        assert!(heard.chars().count() <= REPLY, "too long: {what}");
        if ["are you a human", "talking to a robot"]
            .iter()
            .any(|q| said.contains(q))
        {
            assert!(
                heard.contains("automated assistant") && heard.contains("not a human"),
                "{what}"
            );
        }
        let after = world.desk.bookings();
        for (n, booking) in after.iter().enumerate() {
            let same = before.get(n).is_some_and(|b| b == booking);
            if !same {
                changed(
                    &world,
                    &zone,
                    booking,
                    before.get(n),
                    (&asked, &said),
                    &what,
                );
            }
        }
        assert!(after.len() <= before.len() + 1, "two at once: {what}");
        world.now = world.now + 20_000;
        if heard.ends_with("Goodbye!") {
            break;
        }
    }
    let made = world.desk.bookings();
    let own = made
        .iter()
        .filter(|b| b.ask.name != "Sam Lee" || b.ask.service != "checkup");
    (own.count(), made.iter().filter(|b| b.cancelled).count())
}

/// A booking that this turn made, moved or cancelled.
fn changed(
    world: &World,
    zone: &TimeZone,
    now: &agent::Booking,
    was: Option<&agent::Booking>,
    (asked, said): (&str, &str),
    what: &str,
) {
    let no = said.starts_with("no") || said.starts_with("wrong") || said.starts_with("are you");
    assert!(!no, "done after a no: {what}");
    assert!(asked.contains('?'), "done unasked: {what}");
    if now.cancelled {
        return assert!(asked.contains("ancel"), "cancelled unasked: {what}");
    }
    assert!(asked.contains("Is that right?"), "not read back: {what}");
    let start = zoned(now.ask.slot.start, zone);
    assert!(now.ask.slot.start > world.now, "in the past: {what}");
    let from = i32::from(start.hour()) * 60 + i32::from(start.minute());
    let until = from + i32::try_from(now.ask.slot.minutes).expect("small");
    let inside = open(start.date())
        .iter()
        .any(|(a, b)| *a <= from && until <= *b);
    assert!(inside, "outside the hours, {start}: {what}");
    let hour = start.strftime("%-I").to_string();
    let spoken = if from == 720 { "noon" } else { hour.as_str() };
    assert!(
        asked.contains(spoken),
        "another time was read back, {start}: {what}"
    );
    let day = start.strftime("%B %-d").to_string();
    let near = ["today", "tomorrow"].iter().any(|d| asked.contains(d));
    assert!(
        near || asked.contains(&day),
        "another day was read back, {start}: {what}"
    );
    let kept = was.is_some() || asked.contains(&now.ask.name);
    assert!(
        kept && asked.contains(now.ask.service.as_str()),
        "another name or service: {what}"
    );
}

#[test]
fn callers_who_say_anything() {
    let done: Vec<(usize, usize)> = (0..CALLERS).map(call).collect();
    let made: usize = done.iter().map(|(made, _)| made).sum();
    let cancelled: usize = done.iter().map(|(_, cancelled)| cancelled).sum();
    // Without bookings the invariants would hold for nothing.
    assert!(
        made > 10 && cancelled > 0,
        "{made} made, {cancelled} cancelled"
    );
}
