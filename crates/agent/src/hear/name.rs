//! Names of people.

use super::{
    date::is_calendar_word,
    number::cardinal,
    words::{Token, is_letter},
};

/// Longest name, characters.
const MAX_NAME: usize = 60;

/// Words that introduce a name wherever they stand.
const SURE: [&[&str]; 13] = [
    &["my", "name", "is"],
    &["my", "name's"],
    &["my", "names"],
    &["the", "name", "is"],
    &["the", "name's"],
    &["name", "is"],
    &["name's"],
    &["name", "to"],
    &["call", "me"],
    &["under", "the", "name"],
    &["under", "the", "name", "of"],
    &["in", "the", "name", "of"],
    &["name", "of"],
];
/// Words that introduce a name, or anything else.
const LIKELY: [&[&str]; 9] = [
    &["this", "is"],
    &["it's"],
    &["its"],
    &["it", "is"],
    &["i'm"],
    &["im"],
    &["i", "am"],
    &["under"],
    &["make", "it"],
];
/// Words that are never the beginning of a name here, and that end one.
const NOT_NAMES: &str = "\
    service treatment date hour telephone surname neither none other a an the and or but not no yes yeah yep so to at on in for from with of my your our his her their me \
    us you i it it's i'm we they is are was be been am pm do does have has had can could would should \
    will want wanted need like looking calling trying wondering sure fine good great okay ok sorry here \
    there ready just going interested new about only really very busy free available late running happy \
    afraid thinking having feeling sick done back still also please thanks thank correct right wrong \
    that this that's what when where how who why which if because cause as then now later early earlier \
    well uh um er hmm oh hello hi hey bye goodbye today tomorrow tonight yesterday morning afternoon \
    evening noon next week day time o'clock first second last one ones appointment booking visit checkup \
    cleaning number phone name actually instead maybe perhaps too all everything nothing something some \
    any cancel book move change speaking again same better best open closed myself under crazy ridiculous stupid annoying terrible great dentist doctor him them mine pain \
    around between before after by until important urgent gonna getting coming being human robot fun \
    hard easy possible over up down out off more less much many lot bit kind sort don't can't never \
    always wait hold let let's say said repeat spelled spelling spelt capital address price prices hours \
    message question minute moment sec cost costs";

fn is_common(word: &str) -> bool {
    NOT_NAMES.split(' ').any(|w| w == word)
}

/// The name that is said, and its tokens; with `wanted`, a few words alone are a name.
pub fn name(
    tokens: &[Token],
    used: &[bool],
    wanted: bool,
    booking: bool,
) -> Option<(usize, usize, String)> {
    introduced(tokens, used, &SURE, false)
        .or_else(|| introduced(tokens, used, &LIKELY, !wanted))
        .or_else(|| for_somebody(tokens, used, booking))
        .or_else(|| if wanted { alone(tokens, used) } else { None })
}

/// The rest of `not Sam, Pam` after `not`: who it is not, and who it is.
pub fn correction(tokens: &[Token]) -> Option<(String, String)> {
    let not = tokens.iter().position(|t| t.word == "not")?;
    let is_word = |t: &&Token| {
        t.word.chars().all(char::is_alphabetic) && !is_common(&t.word) && !is_calendar_word(&t.word)
    };
    let wrong = tokens.get(not + 1).filter(is_word)?;
    let mut rest = tokens[not + 2..]
        .iter()
        .skip_while(|t| t.is(&["but", "it's", "its", "it", "is", "rather"]));
    let right = rest.next().filter(is_word).or_else(|| {
        let before = not.checked_sub(1).and_then(|i| tokens.get(i));
        before.filter(is_word)
    })?;
    Some((titled(&wrong.word), titled_raw(right)))
}

fn introduced(
    tokens: &[Token],
    used: &[bool],
    intros: &[&[&str]],
    strict: bool,
) -> Option<(usize, usize, String)> {
    for at in 0..tokens.len() {
        for intro in intros {
            let says = tokens.len() >= at + intro.len()
                && intro.iter().zip(&tokens[at..]).all(|(a, b)| *a == b.word);
            if !says {
                continue;
            }
            let start = at + intro.len();
            if let Some((len, name)) = read(tokens, used, start)
                && (!strict || capital(&tokens[start]))
            {
                return Some((start, len, name));
            }
        }
    }
    None
}

fn capital(token: &Token) -> bool {
    token.raw.starts_with(char::is_uppercase)
}

/// `a cleaning for Sam Lee`: with a capital, or, where nothing is capital, when it closes a booking.
fn for_somebody(tokens: &[Token], used: &[bool], booking: bool) -> Option<(usize, usize, String)> {
    let flat = !tokens.iter().any(|t| t.word != "i" && capital(t));
    (0..tokens.len())
        .rev()
        .filter(|&i| tokens[i].word == "for")
        .find_map(|i| {
            let (len, name) = read(tokens, used, i + 1)?;
            let end = i + 1 + len;
            let closes = end == tokens.len()
                || used.get(end) == Some(&true)
                || tokens[end].is(&["on", "at", "please", "and", "next"]);
            let fits = capital(&tokens[i + 1]) || (flat && booking && closes && len <= 3);
            fits.then_some((i + 1, len, name))
        })
}

/// Words alone, in answer to "what name?": after small words at the front, and with nothing but courtesy behind.
fn alone(tokens: &[Token], used: &[bool]) -> Option<(usize, usize, String)> {
    const FRONT: [&str; 12] = [
        "uh", "um", "er", "yes", "yeah", "sure", "okay", "ok", "oh", "well", "hi", "it's",
    ];
    const BEHIND: [&str; 6] = ["please", "thanks", "thank", "you", "and", "is"];
    let start = tokens.iter().position(|t| !t.is(&FRONT))?;
    let (len, name) = read(tokens, used, start)?;
    let next = start + len;
    let ends = tokens
        .get(next)
        .is_none_or(|t| t.is(&BEHIND) || used.get(next) == Some(&true) || tokens[next - 1].brk);
    ends.then_some((start, len, name))
}

/// A name that begins at `start`: one to four words, or letters one by one.
fn read(tokens: &[Token], used: &[bool], start: usize) -> Option<(usize, String)> {
    let mut words: Vec<String> = Vec::new();
    let mut letters = String::new();
    let mut len = 0;
    for (i, token) in tokens.iter().enumerate().skip(start) {
        if used.get(i).copied().unwrap_or(false) {
            break;
        }
        if is_letter(token)
            && (token.word != "i" || !letters.is_empty())
            && (token.word != "a" || !letters.is_empty() || spelled_on(tokens, i))
        {
            letters.push_str(&token.word);
        } else if words.len() < 4 && letters.is_empty() && fits(tokens, i) {
            words.push(titled_raw(token));
        } else {
            break;
        }
        len += 1;
        if token.brk && !tokens.get(i + 1).is_some_and(is_letter) {
            break;
        }
    }
    let name = join(words, &letters)?;
    (name.chars().count() <= MAX_NAME).then_some((len, name))
}

fn spelled_on(tokens: &[Token], at: usize) -> bool {
    tokens.get(at + 1).is_some_and(is_letter)
}

fn fits(tokens: &[Token], at: usize) -> bool {
    let token = &tokens[at];
    let shape = token
        .word
        .chars()
        .all(|c| c.is_alphabetic() || c == '\'' || c == '-')
        && token.word.chars().count() >= 2;
    let will = token.raw == "Will";
    shape
        && (will || !is_common(&token.word))
        && !is_calendar_word(&token.word)
        && cardinal(tokens, at).is_none()
}

/// Puts spelled letters in place of the word that they spell, or after the words.
fn join(mut words: Vec<String>, letters: &str) -> Option<String> {
    if letters.chars().count() >= 2 {
        let spelled = titled(letters);
        match words.last_mut() {
            Some(last) if last.chars().next() == spelled.chars().next() => *last = spelled,
            _ => words.push(spelled),
        }
    }
    (!words.is_empty()).then(|| words.join(" "))
}

fn titled(word: &str) -> String {
    let mut chars = word.chars();
    let first = chars.next().map(|c| c.to_uppercase().collect::<String>());
    first.unwrap_or_default() + chars.as_str()
}

/// The word as it was written when it has capitals, else with one.
fn titled_raw(token: &Token) -> String {
    let raw = token.raw.trim_matches(|c: char| !c.is_alphabetic());
    if capital(token) && raw.chars().skip(1).any(char::is_lowercase) {
        raw.to_owned()
    } else {
        titled(&token.word)
    }
}
