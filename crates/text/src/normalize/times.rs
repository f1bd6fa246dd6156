//! Times of day and their ranges: "3:30pm", "15:00", "9am-5pm", "9:00 to 17:30".

use super::acronyms::ends_sentence;
use super::options::Locale;
use super::scan::{Cursor, rewrite};
use super::words;

/// Writes times of day out.
pub(crate) fn expand(text: &str, locale: Locale) -> String {
    rewrite(text, |here| {
        if !here.starts_token() || here.before.ends_with(['.', ',', ':', '$', '/']) {
            return None;
        }
        let mut cursor = Cursor::new(here.rest);
        range(&mut cursor, locale)
            .or_else(|| {
                cursor = Cursor::new(here.rest);
                let clock = Clock::read(&mut cursor).filter(Clock::certain)?;
                Some(clock.say(locale))
            })
            .map(|said| (cursor.read(), said))
    })
}

/// A time that stands alone, for markup that says it is one.
pub(crate) fn time_of_day(text: &str, locale: Locale) -> Option<String> {
    let mut cursor = Cursor::new(text.trim());
    let clock = Clock::read(&mut cursor)?;
    cursor.rest().is_empty().then(|| clock.say(locale))
}

fn range(cursor: &mut Cursor, locale: Locale) -> Option<String> {
    let from = Clock::read(cursor)?;
    cursor.range_mark().then_some(())?;
    let to = Clock::read(cursor)?;
    if cursor.peek() == Some('-') {
        return None;
    }
    let first = from.say(locale);
    let first = first.trim_end_matches(" o'clock");
    (from.certain() || to.certain()).then(|| format!("{first} to {}", to.say(locale)))
}

struct Clock {
    hour: u32,
    minute: Option<u32>,
    second: Option<u32>,
    /// "AM" or "PM", with the dot that ends the sentence, if it does.
    half: Option<&'static str>,
}

impl Clock {
    fn read(cursor: &mut Cursor) -> Option<Self> {
        let mut ahead = *cursor;
        let hour = ahead.number(2, 0..=24)?;
        let mut clock = Self {
            hour,
            minute: None,
            second: None,
            half: None,
        };
        let mut after = ahead;
        if after.eat(':') {
            let two = after
                .rest()
                .bytes()
                .take(3)
                .take_while(u8::is_ascii_digit)
                .count()
                == 2;
            clock.minute = Some(after.number(2, 0..=59).filter(|_| two)?);
            ahead = after;
            if after.eat(':') {
                clock.second = Some(after.number(2, 0..=59)?);
                // The zone mark of a machine's time stamp, which nobody says.
                after.eat('Z');
                ahead = after;
            }
        }
        let mut after = ahead;
        after.spaces();
        if let Some(half) = half(&mut after) {
            clock.half = Some(half).filter(|_| hour <= 12);
            ahead = after;
        }
        let clear = ahead.ends_token() && !matches!(ahead.peek(), Some(':' | '/' | '%'));
        clear.then(|| *cursor = ahead)?;
        Some(clock)
    }

    fn certain(&self) -> bool {
        self.minute.is_some() || self.half.is_some()
    }

    fn say(&self, locale: Locale) -> String {
        let minute = self.minute.unwrap_or(0);
        let late =
            self.half.is_none() && self.minute.is_some() && (self.hour > 12 || self.hour == 0);
        let written = late && locale == Locale::EnGb;
        let hour = match self.hour {
            hour if written => hour,
            hour if hour % 12 == 0 => 12,
            hour => hour % 12,
        };
        let mut said = words::cardinal(u64::from(hour));
        if written && minute == 0 {
            said.push_str(" hundred");
        } else if minute > 0 {
            let oh = if minute < 10 { "oh " } else { "" };
            said = format!("{said} {oh}{}", words::cardinal(u64::from(minute)));
        } else if self.minute.is_some() && self.half.is_none() && !late {
            said.push_str(" o'clock");
        }
        match self.half {
            Some(half) => said = format!("{said} {half}"),
            None if late && !written => {
                said.push_str(if self.hour % 24 >= 12 { " PM" } else { " AM" });
            }
            None => {}
        }
        match self.second {
            Some(0) | None => said,
            Some(1) => format!("{said} and one second"),
            Some(n) => format!("{said} and {} seconds", words::cardinal(u64::from(n))),
        }
    }
}

/// "am", "a.m.", "PM", "P.M." with its dots; the last stays a dot where it ends the sentence.
fn half(cursor: &mut Cursor) -> Option<&'static str> {
    let mut ahead = *cursor;
    let morning = matches!(ahead.eat_any(&['a', 'A', 'p', 'P'])?, 'a' | 'A');
    let dotted = ahead.eat('.');
    ahead.eat_any(&['m', 'M'])?;
    let mut ends = false;
    if dotted && ahead.eat('.') {
        ends = ends_sentence(ahead.rest());
    }
    if ahead.rest().starts_with(char::is_alphanumeric) {
        return None;
    }
    *cursor = ahead;
    Some(match (morning, ends) {
        (true, true) => "AM.",
        (true, false) => "AM",
        (false, true) => "PM.",
        (false, false) => "PM",
    })
}
