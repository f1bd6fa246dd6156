//! Phone, card and similar numbers: digits in groups, with a short pause between the groups.

use super::scan::{Cursor, Here, rewrite};
use super::words;

/// Words behind which a number is an identifier and read digit by digit.
#[rustfmt::skip]
const IDENTIFIERS: &[&str] = &[
    "extension", "ext", "code", "pin", "zip", "zipcode", "account", "confirmation", "reference",
    "policy", "passcode", "password", "id", "dial", "text", "invoice", "ticket", "ref", "tracking",
];

/// Numbers of three digits that everybody says digit by digit.
const SERVICES: &[&str] = &[
    "911", "988", "411", "311", "211", "511", "811", "999", "112",
];

/// Writes grouped numbers out.
pub(crate) fn expand(text: &str) -> String {
    rewrite(text, |here| {
        let first = here.rest.chars().next()?;
        if !matches!(first, '+' | '(' | '0'..='9') || !here.starts_token() {
            return None;
        }
        if here
            .before
            .ends_with(['$', '.', ',', '-', '/', ':', '€', '£', '#'])
            && first != '('
        {
            return None;
        }
        number(here)
            .or_else(|| letters(here))
            .or_else(|| identifier(here))
    })
}

/// A phone number, for markup that says it is one.
pub(crate) fn telephone(text: &str) -> String {
    let here = Here {
        before: "",
        rest: text.trim(),
    };
    match number(&here) {
        Some((length, said)) if length == here.rest.len() => said,
        _ => {
            let plus = if here.rest.starts_with('+') {
                "plus "
            } else {
                ""
            };
            let digits: String = text.chars().filter(char::is_ascii_digit).collect();
            format!("{plus}{}", words::digit_run(&digits))
        }
    }
}

/// Groups as written: their digits, and the marks before each.
struct Groups<'a> {
    plus: bool,
    digits: Vec<&'a str>,
    marks: Vec<&'a str>,
}

fn number(here: &Here) -> Option<(usize, String)> {
    let mut cursor = Cursor::new(here.rest);
    let groups = Groups::read(&mut cursor);
    let shape: Vec<usize> = groups.digits.iter().map(|group| group.len()).collect();
    if !groups.is_number(&shape) || !cursor.ends_token() || cursor.peek() == Some('%') {
        return None;
    }
    let plus = if groups.plus { "plus " } else { "" };
    let mut said = format!("{plus}{}", groups.say(&shape));
    extension(&mut cursor, &mut said);
    Some((cursor.read(), said))
}

impl<'a> Groups<'a> {
    /// Reads digits with at most two of `( ) . - space` between; at most seven groups.
    fn read(cursor: &mut Cursor<'a>) -> Self {
        let plus = cursor.eat('+');
        let mut groups = Self {
            plus,
            digits: Vec::new(),
            marks: Vec::new(),
        };
        while groups.digits.len() < 7 {
            let mut ahead = *cursor;
            let mark = ahead.take(3, |c| matches!(c, '(' | ')' | '.' | '-' | ' ' | '–'));
            let digits = ahead.digits(20);
            let first = groups.digits.is_empty() && !matches!(mark, "" | "(");
            if digits.is_empty() || first || mark.is_empty() && !groups.digits.is_empty() {
                break;
            }
            groups.digits.push(digits);
            groups.marks.push(mark);
            *cursor = ahead;
        }
        groups
    }

    fn is_number(&self, shape: &[usize]) -> bool {
        let total: usize = shape.iter().sum();
        let tight = self.marks.iter().skip(1).all(|mark| *mark != " ");
        let same = self.marks.windows(2).skip(1).all(|pair| pair[0] == pair[1]);
        match shape {
            [] => false,
            [10] | [3, 3, 4] | [1, 3, 3, 4] => true,
            [11] => self.digits[0].starts_with('1'),
            [3, 4] => tight && self.marks[1] != ".",
            [3, 2, 4] | [4, 4, 4, 4] | [4, 6, 5] => same,
            _ => {
                (self.plus || self.digits[0].starts_with('0') && shape.len() > 1 && total > 8)
                    && (7..=15).contains(&total)
            }
        }
    }

    fn say(&self, shape: &[usize]) -> String {
        let all: String = self.digits.concat();
        let cut: &[usize] = match shape {
            [10] => &[3, 3, 4],
            [11] if all.starts_with('1') => &[1, 3, 3, 4],
            [1, 10] => &[1, 3, 3, 4],
            _ => shape,
        };
        let mut groups = Vec::new();
        let mut rest = all.as_str();
        for length in cut {
            let (head, tail) = rest.split_at(*length);
            let toll_free = groups.len() < 2 && head == "800" && (cut.len() > 2 || cut == [1, 3]);
            groups.push(match head {
                _ if toll_free => "eight hundred".to_owned(),
                _ if head.len() > 5 => words::digit_run(head),
                _ => words::digits(head),
            });
            rest = tail;
        }
        groups.join(", ")
    }
}

/// " x204", " ext. 204".
fn extension(cursor: &mut Cursor, said: &mut String) {
    let mut ahead = *cursor;
    ahead.eat(',');
    ahead.spaces();
    let named = ["extension", "ext.", "ext", "x"]
        .iter()
        .any(|word| ahead.eat_word(word));
    ahead.spaces();
    let digits = ahead.digits(6);
    if named && !digits.is_empty() && ahead.ends_token() {
        said.push_str(", extension ");
        said.push_str(&words::digits(digits));
        *cursor = ahead;
    }
}

/// "1-800-FLOWERS", "555-CALL-NOW": the digits here, the letters are words already.
fn letters(here: &Here) -> Option<(usize, String)> {
    let mut cursor = Cursor::new(here.rest);
    let groups = Groups::read(&mut cursor);
    let shape: Vec<usize> = groups.digits.iter().map(|group| group.len()).collect();
    let known = matches!(shape.as_slice(), [3] | [1, 3] | [3, 3] | [1, 3, 3]);
    let read = cursor.read() + 1;
    let capitals = cursor.eat('-')
        && cursor
            .letters()
            .chars()
            .take_while(char::is_ascii_uppercase)
            .count()
            > 2;
    (known && capitals).then(|| (read, format!("{}, ", groups.say(&shape))))
}

fn identifier(here: &Here) -> Option<(usize, String)> {
    let mut cursor = Cursor::new(here.rest);
    let digits = cursor.digits(20);
    if digits.is_empty()
        || !cursor.ends_token()
        || matches!(cursor.peek(), Some('%' | '/' | ':' | '-'))
    {
        return None;
    }
    let named = IDENTIFIERS.contains(&here.word_before().as_str());
    let service = SERVICES.contains(&digits) && is_service(here);
    let state = digits.len() == 5 && after_state(here.before);
    if !(named && digits.len() > 2 || service || state) {
        return None;
    }
    let said = if digits.len() > 5 {
        words::digit_run(digits)
    } else {
        words::digits(digits)
    };
    Some((cursor.read(), said))
}

/// "call 911", but not "911 people".
fn is_service(here: &Here) -> bool {
    let after = here.rest[3..].trim_start();
    let asked = matches!(
        here.word_before().as_str(),
        "call" | "dial" | "calling" | "to" | "phone"
    );
    asked || !after.starts_with(char::is_alphanumeric)
}

/// A zip code stands behind a state in two capitals.
fn after_state(before: &str) -> bool {
    let head = before.trim_end();
    let word = head.rsplit(' ').next().unwrap_or("");
    head.len() < before.len() && word.len() == 2 && word.bytes().all(|b| b.is_ascii_uppercase())
}
