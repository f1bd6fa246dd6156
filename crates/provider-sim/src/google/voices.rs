//! The voices: the Chirp 3 HD family of the English locales, and some of the older ones.

/// Languages of the Chirp 3 HD voices here; the company has more.
const LANGUAGES: &[&str] = &["en-AU", "en-GB", "en-IN", "en-US"];
/// Female, then male, as the page "Chirp 3: HD voices" has them.
const FEMALE: &[&str] = &[
    "Achernar",
    "Aoede",
    "Autonoe",
    "Callirrhoe",
    "Despina",
    "Erinome",
    "Gacrux",
    "Kore",
    "Laomedeia",
    "Leda",
    "Pulcherrima",
    "Sulafat",
    "Vindemiatrix",
    "Zephyr",
];
const MALE: &[&str] = &[
    "Achird",
    "Algenib",
    "Algieba",
    "Alnilam",
    "Charon",
    "Enceladus",
    "Fenrir",
    "Iapetus",
    "Orus",
    "Puck",
    "Rasalgethi",
    "Sadachbia",
    "Sadaltager",
    "Schedar",
    "Umbriel",
    "Zubenelgenubi",
];
/// Voices of other families: name and gender.
const OTHERS: &[(&str, &str)] = &[
    ("en-AU-Neural2-A", "FEMALE"),
    ("en-AU-Standard-B", "MALE"),
    ("en-GB-Neural2-B", "MALE"),
    ("en-US-Neural2-C", "FEMALE"),
    ("en-US-Neural2-D", "MALE"),
    ("en-US-Standard-C", "FEMALE"),
    ("en-US-Wavenet-F", "FEMALE"),
];

/// A voice as `voices.list` describes it.
pub(super) struct Voice {
    pub(super) name: String,
    pub(super) language: String,
    pub(super) gender: &'static str,
}

/// Every voice there is here.
pub(super) fn all_voices() -> impl Iterator<Item = Voice> {
    let chirps = LANGUAGES.iter().flat_map(|language| {
        let female = FEMALE.iter().map(|name| (name, "FEMALE"));
        let male = MALE.iter().map(|name| (name, "MALE"));
        female.chain(male).map(move |(name, gender)| Voice {
            name: format!("{language}-Chirp3-HD-{name}"),
            language: (*language).to_owned(),
            gender,
        })
    });
    let others = OTHERS.iter().map(|(name, gender)| Voice {
        name: (*name).to_owned(),
        language: name.chars().take(5).collect(),
        gender,
    });
    chirps.chain(others)
}
