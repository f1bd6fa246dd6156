//! From words to phonemes.
//!
//! Tokens, parts of speech and word rules come from the pronunciation library; its assembly is not
//! used, because it builds 100 MB of tables at every start and does not keep unknown words apart.
//! Ours resolves from the last word to the first, since "the" and "to" sound by what follows them.

mod pieces;

use std::path::Path;

use misaki_rs::{
    Lexicon,
    lexicon::TokenContext,
    norms::norm_of,
    spacy_tagger::{Tagger, hash_string},
    spacy_tokenizer::SpacyTokenizer,
};
use rten::RunOptions;

use crate::{VoiceError, dictionary::Dictionary, unknown::Unknown};
use pieces::{Piece, is_junk, key, text_of, words};

const VOWELS: &str = "AIOQWYaiuæɑɒɔəɛɜɪʊʌᵻ";
const CONSONANTS: &str = "bdfhjklmnpstvwzðŋɡɹɾʃʒʤʧθ";
const PAUSES: &str = "!,.:;?—…";
const PRIMARY: char = 'ˈ';
/// These count double where stress is shared out.
const LONG_SOUNDS: &str = "AIOQWYʤʧ";
/// The net for unknown words reads this many letters at once.
const LETTERS_AT_ONCE: usize = 24;
const DIGITS: [&str; 10] = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine",
];

/// Words that the word list lacks or spells out.
const OURS: &[(&str, &str)] = &[
    ("Ms", "mˈɪz"),
    ("Ms.", "mˈɪz"),
    ("cetera", "sˈɛɾəɹə"),
    ("Aetna", "ˈɛtnə"),
];

/// Reads words aloud, on paper.
pub(crate) struct Reader {
    dictionary: Dictionary,
    unknown: Unknown,
    tokenizer: SpacyTokenizer,
    tagger: Tagger,
}

/// What one sentence is resolved with.
struct Sentence<'a> {
    reader: &'a Reader,
    rules: Lexicon,
    options: &'a RunOptions,
}

impl Reader {
    pub(crate) fn open(
        dictionary: &Path,
        model: &Path,
        alphabet: &Path,
    ) -> Result<Reader, VoiceError> {
        let broken = VoiceError::broken(dictionary);
        Ok(Reader {
            dictionary: Dictionary::open(dictionary).map_err(|e| broken(&e))?,
            unknown: Unknown::open(model, alphabet)?,
            tokenizer: SpacyTokenizer::new(),
            tagger: Tagger::load(),
        })
    }

    /// The phonemes of one sentence whose numbers and symbols have been written out as words.
    pub(crate) fn phonemes(&self, text: &str, options: &RunOptions) -> String {
        let mut words = words(self.tagged(text));
        let keys: Vec<String> = words.iter().flat_map(|word| spans(word)).collect();
        let always = DIGITS.iter().copied();
        let rules = self
            .dictionary
            .rules_for(keys.iter().map(String::as_str).chain(always));
        let sentence = Sentence {
            reader: self,
            rules,
            options,
        };
        let mut context = TokenContext::default();
        for word in words.iter_mut().rev() {
            sentence.resolve(word, &mut context);
        }
        let mut out = String::new();
        for word in &words {
            out.push_str(&assemble(word, &sentence.rules));
            if word.last().is_some_and(|piece| piece.space) {
                out.push(' ');
            }
        }
        // The word list writes a tap and a glottal stop; the voice has one letter for each.
        out.trim().replace('ɾ', "T").replace('ʔ', "t")
    }

    /// Tokens with their part of speech and whether a space follows.
    fn tagged(&self, text: &str) -> Vec<(String, String, bool)> {
        let tokens = self.tokenizer.tokenize(text);
        let input: Vec<(String, String, bool)> = tokens
            .into_iter()
            .map(|token| {
                let norm = token
                    .norm
                    .unwrap_or_else(|| norm_of(&token.text, hash_string));
                (token.text, norm, !token.whitespace.is_empty())
            })
            .collect();
        let tags: Vec<String> = self
            .tagger
            .tag(&input)
            .into_iter()
            .map(String::from)
            .collect();
        input
            .into_iter()
            .zip(tags)
            .map(|((text, _, space), tag)| (text, tag, space))
            .collect()
    }
}

impl Sentence<'_> {
    /// Fills in how the pieces of a word are spoken, the longest known stretches first, from the right.
    fn resolve(&self, word: &mut [Piece], context: &mut TokenContext) {
        if let [
            Piece {
                spoken: Some(spoken),
                ..
            },
        ] = word
        {
            *context = seen_from_left(context, spoken, "", "");
            return;
        }
        let mut right = word.len();
        while right > 0 {
            let hit = (0..right).find_map(|left| {
                let (text, tag) = text_of(&word[left..right]);
                let spoken = self.known(&text, &tag, context)?;
                Some((left, text, tag, spoken))
            });
            match hit {
                Some((left, text, tag, spoken)) => {
                    *context = seen_from_left(context, &spoken, &text, &tag);
                    for piece in &mut word[left..right] {
                        piece.spoken = Some(String::new());
                    }
                    word[left].spoken = Some(spoken);
                    right = left;
                }
                None => {
                    right -= 1;
                    self.sound_out_at(word, right);
                    let (spoken, piece) = (word[right].spoken.as_deref(), &word[right]);
                    *context =
                        seen_from_left(context, spoken.unwrap_or(""), &piece.text, &piece.tag);
                }
            }
        }
    }

    /// Sounds out one piece; an "'s" behind it takes its sound from how the piece ends.
    fn sound_out_at(&self, word: &mut [Piece], at: usize) {
        let mut spoken = self.sound_out(&word[at].text);
        let (ending, _) = text_of(&word[at + 1..]);
        if key(&ending) == "'s" && !spoken.is_empty() {
            spoken = self.rules.append_s(&spoken);
            for piece in &mut word[at + 1..] {
                piece.spoken = Some(String::new());
            }
        }
        word[at].spoken = Some(spoken);
    }

    fn known(&self, text: &str, tag: &str, context: &TokenContext) -> Option<String> {
        let word = key(text);
        if !word.is_ascii() {
            // The rules cut words by bytes, which only these survive.
            return self.reader.dictionary.plain(&word);
        }
        if let Some((_, spoken)) = OURS.iter().find(|(ours, _)| *ours == word) {
            return Some((*spoken).to_owned());
        }
        let lower = word.to_lowercase();
        let stress = match () {
            () if word == lower => None,
            () if word == word.to_uppercase() => Some(self.rules.cap_stresses.1),
            () => Some(self.rules.cap_stresses.0),
        };
        let found = self.rules.get_word(&word, tag, stress, Some(context));
        found.map(|(spoken, _)| spoken)
    }

    /// Compounds by their halves, other letters by the net, figures one by one, anything else in silence.
    fn sound_out(&self, text: &str) -> String {
        if is_junk(text) {
            return String::new();
        }
        if let Some((first, second)) = self.reader.dictionary.halves(text) {
            // The first half has the beat, as in "toothbrush".
            return first + &self.rules.apply_stress(&second, Some(-0.5));
        }
        let letters: Vec<char> = text
            .chars()
            .filter(|c| c.is_alphabetic() || *c == '\'')
            .collect();
        let read = |part: &[char]| {
            let part: String = part.iter().collect();
            self.reader.unknown.read(&part, self.options)
        };
        let mut parts: Vec<String> = letters.chunks(LETTERS_AT_ONCE).filter_map(read).collect();
        let figures = text
            .chars()
            .filter_map(|c| DIGITS.get(c.to_digit(10)? as usize));
        let figures = figures.filter_map(|word| self.rules.lookup(word, "CD", None, None));
        parts.extend(figures.map(|(spoken, _)| spoken));
        parts.join(" ")
    }
}

/// Every stretch of a word's pieces that may be looked up.
fn spans(word: &[Piece]) -> Vec<String> {
    if word.iter().all(|piece| piece.spoken.is_some()) {
        return Vec::new();
    }
    let count = word.len();
    // Words of very many pieces are addresses or noise; then only the pieces count.
    let longest = if count <= 8 { count } else { 1 };
    let stretch =
        |left: usize| (left + 1..=(left + longest).min(count)).map(move |right| (left, right));
    let all = (0..count).flat_map(stretch);
    all.map(|(left, right)| key(&text_of(&word[left..right]).0))
        .collect()
}

/// What a word to the left has to know: whether a vowel follows, and whether "to" does.
fn seen_from_left(before: &TokenContext, spoken: &str, text: &str, tag: &str) -> TokenContext {
    let telling = spoken.chars().find_map(|c| match c {
        c if PAUSES.contains(c) => Some(None),
        c if VOWELS.contains(c) => Some(Some(true)),
        c if CONSONANTS.contains(c) => Some(Some(false)),
        _ => None,
    });
    TokenContext {
        future_vowel: telling.unwrap_or(before.future_vowel),
        future_to: matches!((text, tag), ("to" | "To", _) | ("TO", "TO" | "IN")),
    }
}

/// Joins the pieces of a word and shares out the stress: a compound has one main beat, on its heavier half.
fn assemble(word: &[Piece], rules: &Lexicon) -> String {
    let mut parts: Vec<String> = word
        .iter()
        .map(|p| p.spoken.clone().unwrap_or_default())
        .collect();
    let apart = is_mixed(&text_of(word).0);
    if !apart {
        let weight = |part: &str| -> usize {
            part.chars()
                .map(|c| 1 + usize::from(LONG_SOUNDS.contains(c)))
                .sum()
        };
        let heard = (0..parts.len()).filter(|i| !parts[*i].is_empty());
        let mut beats: Vec<(bool, usize, usize)> = heard
            .map(|i| (parts[i].contains(PRIMARY), weight(&parts[i]), i))
            .collect();
        let main = beats.iter().filter(|(primary, _, _)| *primary).count();
        let demoted: Vec<usize> = match beats[..] {
            [(_, _, first), (_, _, second)] if word[first].text.chars().count() == 1 => {
                vec![second]
            }
            _ if beats.len() >= 2 && main > beats.len().div_ceil(2) => {
                beats.sort_unstable();
                beats[..beats.len() / 2].iter().map(|b| b.2).collect()
            }
            _ => Vec::new(),
        };
        for i in demoted {
            parts[i] = rules.apply_stress(&parts[i], Some(-0.5));
        }
    }
    parts.retain(|part| !part.is_empty());
    parts.join(if apart { " " } else { "" })
}

/// Whether a word mixes letters, figures and signs, so that its parts are spoken apart.
fn is_mixed(text: &str) -> bool {
    let class = |c: char| match c {
        c if c.is_alphabetic() => 0,
        c if c.is_ascii_digit() => 1,
        _ => 2,
    };
    let mut classes = text
        .chars()
        .filter(|c| !pieces::JUNK.contains(*c))
        .map(class);
    let first = classes.next();
    text.contains(['/', ' ']) || classes.any(|c| Some(c) != first)
}
