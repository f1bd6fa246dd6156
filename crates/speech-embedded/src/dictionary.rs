//! 180,000 words and how they are spoken, in one sorted text that is searched where it lies.
//!
//! The pronunciation library keeps its word lists as JSON and builds hash maps of them: 80 ms and
//! 40 MB at every start. They are compiled once, when models are installed, into lines of
//! `word TAB gold TAB silver` in byte order: one allocation of 5 MB, ready at once. For each
//! sentence the few entries that its words may need are handed to the library's own rules.

use std::{
    collections::{BTreeMap, HashMap},
    fs, io,
    path::Path,
};

use misaki_rs::{Language, Lexicon, data, lexicon::PhonemeEntry};

/// Words that the rules ask for whatever the sentence.
const ALWAYS: &[&str] = &[
    "am", "and", "at", "dot", "minus", "percent", "plus", "point", "slash", "to", "used", "versus",
];

/// Letters in the shorter half of a compound, at least, and in the whole of it, at most.
const SHORTEST_HALF: usize = 4;
const LONGEST_COMPOUND: usize = 24;

/// The compiled word list.
pub(crate) struct Dictionary {
    lines: String,
    always: Vec<(String, Entries)>,
}

#[derive(Clone, Default)]
struct Entries {
    gold: Option<PhonemeEntry>,
    silver: Option<PhonemeEntry>,
}

/// The whole word list as the text that [`Dictionary::open`] reads.
pub(crate) fn compile() -> String {
    let mut words: BTreeMap<String, (String, String)> = BTreeMap::new();
    for (word, entry) in data::load_us_gold() {
        words.entry(word).or_default().0 = encode(&entry);
    }
    for (word, entry) in data::load_us_silver() {
        words.entry(word).or_default().1 = encode(&entry);
    }
    let clean = |word: &String| !word.contains(['\t', '\n']);
    words.retain(|word, _| clean(word));
    let line = |(word, (gold, silver))| format!("{word}\t{gold}\t{silver}\n");
    words.into_iter().map(line).collect()
}

/// Plain phonemes as they are; those that depend on the part of speech as JSON, which begins with `{`.
fn encode(entry: &PhonemeEntry) -> String {
    match entry {
        PhonemeEntry::Simple(phonemes) => phonemes.clone(),
        tagged @ PhonemeEntry::Tagged(_) => serde_json::to_string(tagged).unwrap_or_default(),
    }
}

fn decode(field: &str) -> Option<PhonemeEntry> {
    match field {
        "" => None,
        tagged if tagged.starts_with('{') => serde_json::from_str(tagged).ok(),
        plain => Some(PhonemeEntry::Simple(plain.to_owned())),
    }
}

impl Dictionary {
    /// Reads the compiled list.
    pub(crate) fn open(path: &Path) -> io::Result<Dictionary> {
        let lines = fs::read_to_string(path)?;
        if !lines.ends_with('\n') || !lines.contains("\nthe\t") {
            let what = "it is not a compiled dictionary, or only a part of one";
            return Err(io::Error::new(io::ErrorKind::InvalidData, what));
        }
        let mut dictionary = Dictionary {
            lines,
            always: Vec::new(),
        };
        let letters = ('A'..='Z').map(String::from);
        let always = ALWAYS.iter().map(|w| (*w).to_owned()).chain(letters);
        let found = always.filter_map(|word| Some((dictionary.find(&word)?, word)));
        dictionary.always = found.map(|(entries, word)| (word, entries)).collect();
        Ok(dictionary)
    }

    /// The library's rules over the entries that `words` may need.
    pub(crate) fn rules_for<'a>(&self, words: impl Iterator<Item = &'a str>) -> Lexicon {
        let mut rules = Lexicon {
            lang: Language::EnglishUS,
            // How much stress a Capitalised and a CAPITAL word get.
            cap_stresses: (0.5, 2.0),
            golds: HashMap::new(),
            silvers: HashMap::new(),
        };
        for (word, entries) in &self.always {
            add(&mut rules, word, entries.clone());
        }
        for word in words {
            for form in forms(word) {
                if let Some(entries) = self.find(&form) {
                    add(&mut rules, &form, entries);
                }
            }
        }
        rules
    }

    /// How a word is spoken that the rules are not asked about; any part of speech.
    pub(crate) fn plain(&self, word: &str) -> Option<String> {
        let entries = casings(word).find_map(|form| self.find(&form))?;
        any_part_of_speech(entries.gold.or(entries.silver)?)
    }

    /// How a compound of two well-known words is spoken ("brightsmile"), each half by itself; the longest first
    /// half wins. Short halves are left out: every name has a few of those in it by chance.
    pub(crate) fn halves(&self, word: &str) -> Option<(String, String)> {
        if !word.is_ascii() || word.len() > LONGEST_COMPOUND {
            return None;
        }
        let word = word.to_ascii_lowercase();
        let known = |half: &str| any_part_of_speech(self.find(half)?.gold?);
        let cuts = SHORTEST_HALF..=word.len().saturating_sub(SHORTEST_HALF);
        cuts.rev()
            .find_map(|cut| Some((known(&word[..cut])?, known(&word[cut..])?)))
    }

    /// Binary search over lines of any length.
    fn find(&self, word: &str) -> Option<Entries> {
        let bytes = self.lines.as_bytes();
        let (mut low, mut high) = (0, bytes.len());
        while low < high {
            let middle = low + (high - low) / 2;
            let before = bytes[low..middle].iter().rposition(|b| *b == b'\n');
            let start = before.map_or(low, |at| low + at + 1);
            let end = start + bytes[start..].iter().position(|b| *b == b'\n')?;
            // Both ends stand at a newline, which no character contains.
            let mut fields = self.lines[start..end].split('\t');
            match fields.next()?.cmp(word) {
                std::cmp::Ordering::Less => low = end + 1,
                std::cmp::Ordering::Greater => high = start,
                std::cmp::Ordering::Equal => {
                    let gold = fields.next().and_then(decode);
                    let silver = fields.next().and_then(decode);
                    return Some(Entries { gold, silver });
                }
            }
        }
        None
    }
}

fn any_part_of_speech(entry: PhonemeEntry) -> Option<String> {
    match entry {
        PhonemeEntry::Simple(phonemes) => Some(phonemes),
        PhonemeEntry::Tagged(by_tag) => by_tag.get("DEFAULT").cloned().flatten(),
    }
}

fn add(rules: &mut Lexicon, word: &str, entries: Entries) {
    if let Some(gold) = entries.gold {
        rules.golds.insert(word.to_owned(), gold);
    }
    if let Some(silver) = entries.silver {
        rules.silvers.insert(word.to_owned(), silver);
    }
}

/// What the rules may look up for a word: itself and its stems before -s, -es, -ies, -ed, -ing, each in
/// three casings.
fn forms(word: &str) -> Vec<String> {
    let mut forms = Vec::new();
    let letters: Vec<char> = word.chars().collect();
    for cut in 0..=4.min(letters.len().saturating_sub(1)) {
        let stem: String = letters[..letters.len() - cut].iter().collect();
        if cut == 3 {
            forms.extend(casings(&format!("{stem}y")));
            forms.extend(casings(&format!("{stem}e")));
        }
        if cut == 2 {
            forms.extend(casings(&format!("{stem}'s")));
        }
        forms.extend(casings(&stem));
    }
    forms
}

fn casings(word: &str) -> impl Iterator<Item = String> {
    let lower = word.to_lowercase();
    let mut letters = lower.chars();
    let first: String = letters
        .next()
        .into_iter()
        .flat_map(char::to_uppercase)
        .collect();
    let capital = first + letters.as_str();
    let mut all = vec![word.to_owned(), lower, capital];
    all.dedup();
    all.into_iter()
}
