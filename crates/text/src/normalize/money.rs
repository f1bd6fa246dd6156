//! Sums of money: "$12.50", "€5", "£3k", "$1.5 million", "20 USD", "$5-10", "$40/hr", "50¢".

use super::scan::{Cursor, rewrite};
use super::words;

struct Currency {
    one: &'static str,
    many: &'static str,
    cent: &'static str,
    cents: &'static str,
}

const fn currency(
    one: &'static str,
    many: &'static str,
    cent: &'static str,
    cents: &'static str,
) -> Currency {
    Currency {
        one,
        many,
        cent,
        cents,
    }
}

const DOLLAR: Currency = currency("dollar", "dollars", "cent", "cents");
const EURO: Currency = currency("euro", "euros", "cent", "cents");
const POUND: Currency = currency("pound", "pounds", "penny", "pence");
const YEN: Currency = currency("yen", "yen", "sen", "sen");
const RUPEE: Currency = currency("rupee", "rupees", "paisa", "paise");
const FRANC: Currency = currency("franc", "francs", "centime", "centimes");
const AUSTRALIAN: Currency = currency("Australian dollar", "Australian dollars", "cent", "cents");
const CANADIAN: Currency = currency("Canadian dollar", "Canadian dollars", "cent", "cents");

const SYMBOLS: [(&str, Currency); 13] = [
    ("AU$", AUSTRALIAN),
    ("A$", AUSTRALIAN),
    ("CA$", CANADIAN),
    ("C$", CANADIAN),
    ("CHF ", FRANC),
    ("US$", DOLLAR),
    ("$", DOLLAR),
    ("€", EURO),
    ("£", POUND),
    ("¥", YEN),
    ("₹", RUPEE),
    ("USD ", DOLLAR),
    ("EUR ", EURO),
];
const CODES: [(&str, Currency); 10] = [
    ("CHF", FRANC),
    ("USD", DOLLAR),
    ("EUR", EURO),
    ("GBP", POUND),
    ("JPY", YEN),
    ("INR", RUPEE),
    ("€", EURO),
    ("£", POUND),
    ("$", DOLLAR),
    ("₹", RUPEE),
];
const SCALES: [(&str, &str); 10] = [
    ("thousand", "thousand"),
    ("million", "million"),
    ("billion", "billion"),
    ("trillion", "trillion"),
    ("mn", "million"),
    ("bn", "billion"),
    ("k", "thousand"),
    ("m", "million"),
    ("b", "billion"),
    ("t", "trillion"),
];
const PER: [(&str, &str); 11] = [
    ("hour", "hour"),
    ("hr", "hour"),
    ("day", "day"),
    ("week", "week"),
    ("wk", "week"),
    ("month", "month"),
    ("mo", "month"),
    ("year", "year"),
    ("yr", "year"),
    ("person", "person"),
    ("night", "night"),
];

/// Writes sums of money out.
pub(crate) fn expand(text: &str) -> String {
    rewrite(text, |here| {
        let first = here.rest.chars().next()?;
        let digit = first.is_ascii_digit();
        if !(digit && here.starts_token() && !here.before.ends_with(['.', ','])) {
            return (!first.is_alphanumeric() || here.starts_token()).then(|| before(here.rest))?;
        }
        after(here.rest)
    })
}

/// A symbol, then an amount.
fn before(rest: &str) -> Option<(usize, String)> {
    let mut cursor = Cursor::new(rest);
    let minus = cursor.eat_any(&['-', '–']).is_some();
    let (_, money) = SYMBOLS.iter().find(|(symbol, _)| cursor.eat_word(symbol))?;
    let minus = cursor.eat('-') || minus;
    let mut amount = Amount::read(&mut cursor)?;
    let mut low = String::new();
    let mut ahead = cursor;
    if ahead.range_mark() {
        let _ = SYMBOLS.iter().any(|(symbol, _)| ahead.eat_word(symbol));
        if let Some(high) = Amount::read(&mut ahead) {
            low = format!("{} to ", amount.low_end(money));
            amount = high;
            cursor = ahead;
        }
    }
    let sign = if minus { "minus " } else { "" };
    let per = per(&mut cursor);
    let gap = if cursor.rest().starts_with(char::is_alphanumeric) {
        " "
    } else {
        ""
    };
    Some((
        cursor.read(),
        format!("{sign}{low}{}{per}{gap}", amount.say(money)),
    ))
}

/// An amount, then a symbol or a code.
fn after(rest: &str) -> Option<(usize, String)> {
    let mut cursor = Cursor::new(rest);
    let amount = Amount::read(&mut cursor)?;
    cursor.spaces();
    if cursor.eat('¢') {
        let unit = if amount.int == "1" { "cent" } else { "cents" };
        let gap = if cursor.ends_token() { "" } else { " " };
        let said = format!(
            "{} {unit}{gap}",
            words::decimal(amount.int, amount.fraction)
        );
        return Some((cursor.read(), said));
    }
    let (_, money) = CODES
        .iter()
        .find(|(code, _)| cursor.rest().starts_with(code) && cursor.eat_word(code))?;
    if cursor.rest().starts_with(char::is_alphanumeric) {
        return None;
    }
    let per = per(&mut cursor);
    Some((cursor.read(), format!("{}{per}", amount.say(money))))
}

fn per(cursor: &mut Cursor) -> String {
    let mut ahead = *cursor;
    if !ahead.eat('/') {
        return String::new();
    }
    let word = ahead.letters();
    match PER
        .iter()
        .find(|(short, _)| short.eq_ignore_ascii_case(word))
    {
        Some((_, long)) => {
            *cursor = ahead;
            format!(" per {long}")
        }
        None => String::new(),
    }
}

struct Amount<'a> {
    int: &'a str,
    fraction: &'a str,
    scale: &'static str,
}

impl<'a> Amount<'a> {
    fn read(cursor: &mut Cursor<'a>) -> Option<Self> {
        if let Some(amount) = Self::with_comma(cursor) {
            return Some(amount);
        }
        let mut ahead = *cursor;
        let int = ahead.take(40, |c| c.is_ascii_digit() || c == ',');
        let trimmed = int.trim_end_matches(',');
        if !trimmed.starts_with(|c: char| c.is_ascii_digit()) {
            return None;
        }
        cursor.take(trimmed.len(), |_| true);
        let mut amount = Self {
            int: trimmed,
            fraction: "",
            scale: "",
        };
        let mut ahead = *cursor;
        if trimmed.len() == int.len() && ahead.eat('.') {
            let fraction = ahead.digits(12);
            if !fraction.is_empty() {
                amount.fraction = fraction;
                *cursor = ahead;
            }
        }
        amount.scale = scale(cursor);
        Some(amount)
    }

    /// As written in most of Europe: "1,50" and "1.000,50". Two digits behind a comma are never thousands.
    fn with_comma(cursor: &mut Cursor<'a>) -> Option<Self> {
        let mut ahead = *cursor;
        let int = ahead.take(40, |c| c.is_ascii_digit() || c == '.');
        let mut groups = int.split('.');
        let first = groups.next().filter(|group| !group.is_empty())?;
        let dotted = int.len() > first.len();
        if dotted && (first.len() > 3 || groups.any(|group| group.len() != 3)) {
            return None;
        }
        ahead.eat(',').then_some(())?;
        let fraction = ahead.digits(3);
        let clear = fraction.len() == 2 && ahead.ends_token();
        clear.then(|| *cursor = ahead)?;
        Some(Self {
            int,
            fraction,
            scale: "",
        })
    }

    fn say(&self, money: &Currency) -> String {
        let one = self.int == "1" && self.scale.is_empty();
        let unit = if one { money.one } else { money.many };
        if !self.scale.is_empty() || self.fraction.len() > 2 {
            return format!(
                "{}{} {}",
                words::decimal(self.int, self.fraction),
                self.scale,
                money.many
            );
        }
        let cents = match (self.fraction.parse::<u64>(), self.fraction.len()) {
            (Ok(tens), 1) => tens * 10,
            (Ok(cents), _) => cents,
            (Err(_), _) => 0,
        };
        let small = if cents == 1 { money.cent } else { money.cents };
        let whole = format!("{} {unit}", words::whole(self.int));
        match cents {
            0 => whole,
            _ if self.int.bytes().all(|b| b == b'0') => {
                format!("{} {small}", words::cardinal(cents))
            }
            _ => format!("{whole} and {} {small}", words::cardinal(cents)),
        }
    }

    /// The lower end of a range, without its currency unless it has cents.
    fn low_end(&self, money: &Currency) -> String {
        if self.fraction.len() == 2 && self.scale.is_empty() {
            return self.say(money);
        }
        format!("{}{}", words::decimal(self.int, self.fraction), self.scale)
    }
}

/// Reads "k", "million" and the like; the result begins with a space.
fn scale(cursor: &mut Cursor) -> &'static str {
    let mut ahead = *cursor;
    let spaced = !ahead.spaces().is_empty();
    let word = ahead.letters();
    let short = word.len() < 3;
    let known = SCALES
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(word));
    match known {
        Some((_, long)) if !(short && spaced) && ahead.ends_token() => {
            *cursor = ahead;
            match *long {
                "thousand" => " thousand",
                "million" => " million",
                "billion" => " billion",
                _ => " trillion",
            }
        }
        _ => "",
    }
}
