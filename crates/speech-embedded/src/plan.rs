//! What an utterance comes to: breaths to be spoken, each in one manner, and pauses.

use text::{Normalizer, Prosody, Segment, Sentences, Spoken};
use tts::{ErrorKind, MAX_CHARS, Utterance};

/// Within these the voice stays as easy to understand as at its own pace and pitch.
const PACE: std::ops::RangeInclusive<f32> = 0.7..=1.3;
const PITCH: std::ops::RangeInclusive<f32> = 0.75..=1.3;
const LOUDNESS_DB: std::ops::RangeInclusive<f32> = -60.0..=6.0;

/// One step of an utterance.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Step {
    /// Words in one breath and one manner.
    Say { bits: Vec<Bit>, manner: Manner },
    /// Silence, in milliseconds.
    Pause(u32),
}

/// Part of a breath.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Bit {
    /// Words to be read.
    Words(String),
    /// Sounds that were given, in the voice's letters.
    Sounds(String),
}

/// How a breath is spoken; each a factor.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Manner {
    pub(crate) speed: f32,
    pub(crate) pitch: f32,
    pub(crate) gain: f32,
}

/// Why an utterance is not sayable.
pub(crate) type Refusal = (ErrorKind, String);

/// Reads an utterance.
pub(crate) fn plan(utterance: &Utterance) -> Result<Vec<Step>, Refusal> {
    let refused = |what: String| (ErrorKind::BadRequest, what);
    let count = utterance.text.chars().count();
    if count > MAX_CHARS {
        return Err(refused(format!(
            "{count} characters are more than the limit of {MAX_CHARS}: split the text"
        )));
    }
    let spoken = match utterance.ssml {
        true => Spoken::ssml(&utterance.text).map_err(|e| refused(e.to_string()))?,
        false => Spoken::text(&utterance.text),
    };
    let spoken = spoken.normalized(&Normalizer::default());
    if spoken.is_empty() {
        return Err(refused("there is no word to say".into()));
    }
    let mut steps = Vec::new();
    for segment in spoken.segments {
        match segment {
            Segment::Break { ms } => steps.push(Step::Pause(ms)),
            Segment::Text { text, prosody } => {
                add_words(&mut steps, &text, manner(utterance, prosody));
            }
            Segment::Phoneme { ipa, prosody, .. } => {
                let sounds = Bit::Sounds(from_ipa(&ipa));
                add(&mut steps, sounds, manner(utterance, prosody));
            }
        }
    }
    Ok(steps)
}

fn manner(utterance: &Utterance, prosody: Prosody) -> Manner {
    let within = |value: f32, range: std::ops::RangeInclusive<f32>| match value.is_finite() {
        true => value.clamp(*range.start(), *range.end()),
        false => 1.0,
    };
    let volume_db = within(prosody.volume_db, LOUDNESS_DB);
    Manner {
        speed: within(utterance.voice.speed * prosody.rate, PACE),
        pitch: within(utterance.voice.pitch * prosody.pitch, PITCH),
        gain: 10f32.powf(volume_db / 20.0),
    }
}

/// Adds the sentences of `text`; all but the last end their breath.
fn add_words(steps: &mut Vec<Step>, text: &str, manner: Manner) {
    let mut sentences = Vec::new();
    let mut splitter = Sentences::default();
    splitter.push(text, &mut sentences);
    splitter.finish(&mut sentences);
    for (i, sentence) in sentences.into_iter().enumerate() {
        if i > 0 {
            steps.push(Step::Say {
                bits: Vec::new(),
                manner,
            });
        }
        add(steps, Bit::Words(sentence), manner);
    }
}

/// Adds to the breath that is open, when it is in the same manner and its sentence has not ended.
fn add(steps: &mut Vec<Step>, bit: Bit, manner: Manner) {
    match steps.last_mut() {
        Some(Step::Say { bits, manner: same }) if *same == manner && !is_ended(bits) => {
            bits.push(bit)
        }
        _ => steps.push(Step::Say {
            bits: vec![bit],
            manner,
        }),
    }
}

fn is_ended(bits: &[Bit]) -> bool {
    matches!(bits.last(), Some(Bit::Words(words)) if words.ends_with(['.', '!', '?']))
}

/// The International Phonetic Alphabet in the voice's letters, which has one for each diphthong and
/// affricate, and no length marks.
fn from_ipa(ipa: &str) -> String {
    const LETTERS: &[(&str, &str)] = &[
        ("\u{361}", ""),
        ("eɪ", "A"),
        ("aɪ", "I"),
        ("oʊ", "O"),
        ("əʊ", "O"),
        ("aʊ", "W"),
        ("ɔɪ", "Y"),
        ("tʃ", "ʧ"),
        ("dʒ", "ʤ"),
        ("ɝ", "ɜɹ"),
        ("ɚ", "əɹ"),
        ("ɜː", "ɜɹ"),
        ("ː", ""),
        ("'", "ˈ"),
        ("r", "ɹ"),
        ("g", "ɡ"),
        ("e", "ɛ"),
        ("o", "O"),
        ("ɾ", "T"),
        (".", ""),
    ];
    let replace = |text: String, (from, to): &(&str, &str)| text.replace(from, to);
    LETTERS.iter().fold(ipa.to_owned(), replace)
}
