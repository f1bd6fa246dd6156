//! Numbers as English words. Everything here takes values that are already understood.

const ONES: [&str; 20] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];
const TENS: [&str; 10] = [
    "", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
];
const SCALES: [&str; 6] = [
    "",
    " thousand",
    " million",
    " billion",
    " trillion",
    " quadrillion",
];

/// Longer digit strings have no name worth saying and are read digit by digit.
const NAMED_DIGITS: usize = 18;

/// "twelve hundred" is said "one thousand two hundred": 1,204 is "one thousand two hundred four".
pub(crate) fn cardinal(n: u64) -> String {
    if n < 100 {
        return below_hundred(n as usize);
    }
    let mut groups = Vec::new();
    let mut left = n;
    for scale in SCALES.iter() {
        let group = (left % 1000) as usize;
        if group > 0 {
            groups.push(format!("{}{scale}", below_thousand(group)));
        }
        left /= 1000;
    }
    if left > 0 {
        return digits(&n.to_string());
    }
    groups.reverse();
    groups.join(" ")
}

fn below_hundred(n: usize) -> String {
    match (n / 10, n % 10) {
        _ if n < 20 => ONES[n].to_owned(),
        (tens, 0) => TENS[tens].to_owned(),
        (tens, ones) => format!("{}-{}", TENS[tens], ONES[ones]),
    }
}

fn below_thousand(n: usize) -> String {
    match (n / 100, n % 100) {
        (0, rest) => below_hundred(rest),
        (hundreds, 0) => format!("{} hundred", ONES[hundreds]),
        (hundreds, rest) => format!("{} hundred {}", ONES[hundreds], below_hundred(rest)),
    }
}

/// A string of ASCII digits (commas allowed) as a whole number.
pub(crate) fn whole(text: &str) -> String {
    let plain: String = text.chars().filter(char::is_ascii_digit).collect();
    match plain.parse::<u64>() {
        Ok(n) if plain.len() <= NAMED_DIGITS => cardinal(n),
        _ => digits(&plain),
    }
}

/// A number with an optional fraction, both strings of digits: "three point five".
pub(crate) fn decimal(int: &str, fraction: &str) -> String {
    let int = if int.is_empty() {
        "zero".to_owned()
    } else {
        whole(int)
    };
    if fraction.is_empty() {
        int
    } else {
        format!("{int} point {}", digits(fraction))
    }
}

/// The digits one by one, with nothing between but spaces: "one two three".
pub(crate) fn digits(text: &str) -> String {
    let digit = |c: char| c.to_digit(10).map(|d| ONES[d as usize]);
    text.chars().filter_map(digit).collect::<Vec<_>>().join(" ")
}

/// Groups of digits with a short pause between: "one two three, four five six".
pub(crate) fn digit_groups<S: AsRef<str>>(groups: &[S]) -> String {
    groups
        .iter()
        .map(|group| digits(group.as_ref()))
        .collect::<Vec<_>>()
        .join(", ")
}

/// A long digit string in groups of three, the last of up to four.
pub(crate) fn digit_run(text: &str) -> String {
    let mut groups = Vec::new();
    let mut rest = text;
    while rest.len() > 4 {
        let (head, tail) = rest.split_at(3);
        groups.push(head);
        rest = tail;
    }
    groups.push(rest);
    digit_groups(&groups)
}

/// "twenty-first".
pub(crate) fn ordinal(n: u64) -> String {
    let words = cardinal(n);
    let cut = words.rfind([' ', '-']).map_or(0, |at| at + 1);
    let (head, last) = words.split_at(cut);
    let last = match last {
        "one" => "first".to_owned(),
        "two" => "second".to_owned(),
        "three" => "third".to_owned(),
        "five" => "fifth".to_owned(),
        "eight" => "eighth".to_owned(),
        "nine" => "ninth".to_owned(),
        "twelve" => "twelfth".to_owned(),
        _ => match last.strip_suffix('y') {
            Some(stem) => format!("{stem}ieth"),
            None => format!("{last}th"),
        },
    };
    format!("{head}{last}")
}

/// A year: "nineteen ninety-nine", "two thousand five", "twenty twenty-six".
pub(crate) fn year(n: u32) -> String {
    match (n / 100, n % 100) {
        (20, rest @ 0..=9) => cardinal(u64::from(2000 + rest)),
        (high @ 10..=99, 0) if high % 10 != 0 => format!("{} hundred", cardinal(u64::from(high))),
        (high @ 10..=99, rest @ 1..=9) if high % 10 != 0 => {
            format!(
                "{} oh {}",
                cardinal(u64::from(high)),
                cardinal(u64::from(rest))
            )
        }
        (high @ 10..=99, rest @ 10..=99) => {
            format!(
                "{} {}",
                cardinal(u64::from(high)),
                cardinal(u64::from(rest))
            )
        }
        _ => cardinal(u64::from(n)),
    }
}

/// A fraction of two small numbers: "one half", "three quarters", "five over seventeen".
pub(crate) fn fraction(top: u32, bottom: u32) -> String {
    let top_words = cardinal(u64::from(top));
    let plural = if top == 1 { "" } else { "s" };
    match bottom {
        _ if top == bottom => format!("{top_words} {top_words}"),
        2 if top == 1 => "one half".to_owned(),
        2 => format!("{top_words} halves"),
        4 => format!("{top_words} quarter{plural}"),
        3 | 5..=20 | 32 | 64 | 100 => {
            format!("{top_words} {}{plural}", ordinal(u64::from(bottom)))
        }
        _ => format!("{top_words} over {}", cardinal(u64::from(bottom))),
    }
}

/// The plural of a spoken number: "nineteen nineties", "twos", "sixes".
pub(crate) fn plural(words: &str) -> String {
    match words.strip_suffix('y') {
        Some(stem) => format!("{stem}ies"),
        None if words.ends_with('x') => format!("{words}es"),
        None => format!("{words}s"),
    }
}

/// Letters and digits one by one, with a pause after each: "S, M, I, T, H".
pub(crate) fn spelled(text: &str) -> String {
    let mut names = Vec::new();
    for c in text.chars().filter(|c| !c.is_whitespace()) {
        names.push(match c {
            '0'..='9' => digits(c.encode_utf8(&mut [0; 4])),
            '.' => "dot".to_owned(),
            '-' => "dash".to_owned(),
            '_' => "underscore".to_owned(),
            '@' => "at".to_owned(),
            '/' => "slash".to_owned(),
            '+' => "plus".to_owned(),
            '&' => "and".to_owned(),
            '#' => "pound".to_owned(),
            '*' => "star".to_owned(),
            c if c.is_alphanumeric() => c.to_uppercase().collect(),
            _ => continue,
        });
    }
    names.join(", ")
}
