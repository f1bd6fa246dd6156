//! What people say when they want something of us, as tables.

/// Words that make a talk of cancelling a question about the rules.
pub const RULES: &[&str] = &["if", "policy", "fee", "fees", "cancellation"];
/// Words for a booking.
pub const THING: &[&str] = &[
    "appointment",
    "booking",
    "it",
    "my",
    "visit",
    "reservation",
    "one",
];
/// Cancelling.
pub const CANCEL: &[&str] = &["cancel", "canceling", "cancelling", "call off"];
/// Moving, whatever is moved.
pub const MOVE: &[&str] = &[
    "reschedule",
    "rescheduling",
    "postpone",
    "change my appointment",
    "change my booking",
    "change the appointment",
    "change an appointment",
    "different time for my",
    "another time for my",
    "change the time of",
];
/// Moving, when a booking is named.
pub const MOVE_IT: &[&str] = &["move", "push back", "push my"];
/// A booking of one's own.
pub const MINE: &[&str] = &[
    "my appointment",
    "my booking",
    "my next appointment",
    "my visit",
    "my appointments",
    "have an appointment",
    "have a booking",
    "i booked",
];
/// Asking about it.
pub const WHEN: &[&str] = &[
    "when",
    "when's",
    "what time",
    "what day",
    "which day",
    "do i have",
    "did i",
    "check",
    "confirm",
    "look up",
    "find",
    "remind",
    "remember",
];
/// Booking.
pub const BOOK: &[&str] = &[
    "book",
    "booking",
    "appointment",
    "appointments",
    "schedule",
    "reserve",
    "reservation",
    "come in",
    "slot",
    "opening",
    "openings",
    "availability",
    "available",
    "sign me up",
    "get in",
    "fit me in",
    "squeeze me in",
    "be seen",
    "see the dentist",
    "see a dentist",
    "see the doctor",
    "see someone",
    "any slots",
];
/// Wanting.
pub const WANT: &[&str] = &[
    "need", "want", "like", "get", "looking", "love", "have", "do", "free", "come", "please",
    "can", "could", "for",
];
/// Asking what there is.
pub const OFFER: &[&str] = &[
    "what services",
    "what do you offer",
    "what can i book",
    "what do you do",
    "which services",
    "what kind of services",
    "what treatments",
];
/// Asking whether there is something.
pub const DO_YOU: &[&str] = &[
    "do you do",
    "do you offer",
    "do you have",
    "do you provide",
    "do you guys do",
    "can you do",
    "tell me about",
];

/// Are you there?
pub const THERE: &[&str] = &[
    "can you hear me",
    "are you there",
    "anybody there",
    "anyone there",
    "you there",
];
/// How are you?
pub const HOW_ARE_YOU: &[&str] = &[
    "how are you",
    "how's it going",
    "how are you doing",
    "how you doing",
];
/// Who are you?
pub const WHO: &[&str] = &[
    "your name",
    "who are you",
    "who is this",
    "who am i talking to",
    "who am i speaking to",
    "who's this",
];
/// What can you do?
pub const HELP: &[&str] = &[
    "what can you do",
    "how can you help",
    "what do you do",
    "help me",
    "help",
];
/// What time is it?
pub const NOW: &[&str] = &[
    "what time is it",
    "what day is it",
    "today's date",
    "what's the time",
    "what's the date",
];
/// Wait.
pub const WAIT: &[&str] = &[
    "hold on",
    "one second",
    "one moment",
    "just a second",
    "just a minute",
    "hang on",
    "wait",
    "give me a second",
    "let me check",
    "let me think",
];
/// Thank you.
pub const THANKS: &[&str] = &["thanks", "thank you", "appreciate it", "cheers"];
/// Hello.
pub const HELLO: &[&str] = &[
    "hello",
    "hi",
    "hey",
    "good morning",
    "good afternoon",
    "good evening",
];
