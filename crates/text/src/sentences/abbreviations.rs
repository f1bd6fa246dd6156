//! What the word before a full stop says about the full stop. Tables only, lower case.

/// A name or a thing follows: the full stop never ends the sentence.
#[rustfmt::skip]
pub(super) const TITLES: &[&str] = &[
    "dr", "mr", "mrs", "ms", "mx", "messrs", "prof", "rev", "gen", "sen", "rep", "gov", "sgt",
    "capt", "cpt", "lt", "col", "maj", "cmdr", "hon", "fr", "mt", "ft", "pres", "supt", "vs",
    "approx", "e.g", "i.e", "eg", "ie", "cf", "viz", "ca", "dept", "appt", "tel", "ext", "mme",
    "mlle", "sra", "srta", "drs", "bldg",
];

/// Counts something when a digit follows, and is a word of its own otherwise ("No. 5", "No.").
#[rustfmt::skip]
pub(super) const COUNTERS: &[&str] = &["no", "nos", "fig", "figs", "vol", "pp", "sec", "art"];

/// Months and days, abbreviated and with a capital ("Sat." is a day, "sat." a verb).
#[rustfmt::skip]
pub(super) const CALENDAR: &[&str] = &[
    "Jan", "Feb", "Mar", "Apr", "Jun", "Jul", "Aug", "Sep", "Sept", "Oct", "Nov", "Dec", "Mon",
    "Tue", "Tues", "Wed", "Weds", "Thu", "Thur", "Thurs", "Fri", "Sat", "Sun",
];

/// Ends a name or an address; only a word that begins sentences shows that a new one begins.
#[rustfmt::skip]
pub(super) const SUFFIXES: &[&str] = &[
    "inc", "ltd", "co", "corp", "bros", "jr", "sr", "esq", "st", "ave", "blvd", "rd", "ln", "hwy",
    "pkwy", "apt", "ste", "univ", "assn", "est", "min", "max", "hr", "hrs", "mins", "lbs", "oz",
];

/// Ends a list; any capital after it begins a new sentence.
#[rustfmt::skip]
pub(super) const LIST_ENDS: &[&str] = &["etc", "al"];

/// A time of day; a capital after it begins a sentence unless it is in [`AFTER_CLOCK`].
#[rustfmt::skip]
pub(super) const CLOCK: &[&str] = &["a.m", "p.m"];

/// Words with a capital that go on after "a.m." or "p.m.".
#[rustfmt::skip]
pub(super) const AFTER_CLOCK: &[&str] = &[
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "january",
    "february", "march", "april", "may", "june", "july", "august", "september", "october",
    "november", "december", "eastern", "central", "mountain", "pacific", "est", "edt", "et", "cst",
    "cdt", "ct", "mst", "mdt", "mt", "pst", "pdt", "pt", "gmt", "utc", "bst", "mon", "tue", "tues",
    "wed", "thu", "thurs", "fri", "sat", "sun",
];

/// Words before a web name that has not said its dot yet ("visit example" + ".com").
#[rustfmt::skip]
pub(super) const BEFORE_WEB: &[&str] =
    &["visit", "website", "site", "webpage", "domain", "url", "http", "https", "www", "email"];

/// Words that often begin a sentence and seldom a name.
#[rustfmt::skip]
pub(crate) const STARTERS: &[&str] = &[
    "a", "an", "the", "this", "that", "these", "those", "there", "here", "i", "i'm", "i'll",
    "i've", "i'd", "we", "we're", "we'll", "we've", "we'd", "you", "you're", "you'll", "you've",
    "you'd", "he", "she", "it", "it's", "its", "they", "they're", "they'll", "my", "our", "your",
    "his", "her", "their", "is", "are", "am", "was", "were", "do", "does", "did", "can", "could",
    "will", "would", "shall", "should", "may", "might", "must", "have", "has", "had", "what",
    "what's", "when", "where", "which", "who", "whose", "why", "how", "if", "and", "but", "or",
    "so", "for", "because", "while", "after", "before", "since", "then", "once", "until", "also",
    "however", "please", "thanks", "thank", "yes", "no", "okay", "ok", "sure", "great", "let",
    "let's", "in", "on", "at", "to", "from", "with", "by", "as", "just", "now", "today",
    "tomorrow", "not", "that's", "there's", "would", "sorry", "unfortunately", "actually",
];
