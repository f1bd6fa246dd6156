//! The business that answers when no file was written yet. `fixtures/businesses/bright-smile.toml` is the same one.

use events::BusinessId;

use crate::business::{Business, Fact, Hours, Offer, OneOrMany, Price, Transfer};

impl Business {
    /// A complete business to try things with: a dentist in New York. Its numbers are reserved for fiction.
    pub fn demo() -> Self {
        Self {
            id: BusinessId::parse("bright-smile").expect("`bright-smile` is an id"),
            name: "Bright Smile Dental".into(),
            timezone: "America/New_York".into(),
            numbers: vec!["+12025550100".into()],
            greeting: "Thanks for calling Bright Smile Dental. This is the automated assistant, how can I help you today?".into(),
            address: "120 Main Street, on the second floor, across from the library".into(),
            prompt: "You answer the phone of Bright Smile Dental. Be warm and brief. Never give medical advice.".into(),
            facts: facts(),
            hours: hours(),
            services: services(),
            prices: vec![
                Price { item: "an x-ray".into(), price: "forty dollars".into() },
                Price { item: "an emergency visit".into(), price: "one hundred fifty dollars".into() },
            ],
            transfer: vec![
                Transfer {
                    label: "reception".into(),
                    to: "+12025550123".into(),
                    aliases: vec!["front desk".into(), "receptionist".into()],
                },
                Transfer {
                    label: "the billing office".into(),
                    to: "+12025550124".into(),
                    aliases: vec!["billing".into(), "accounting".into()],
                },
            ],
            ..Self::default()
        }
    }
}

fn hours() -> Hours {
    let entries = [
        ("mon-thu", "08:00-12:00, 13:00-17:00"),
        ("fri", "08:00-15:00"),
        ("sat", "09:00-13:00"),
        ("sun", "closed"),
        ("christmas", "closed"),
        ("new-year", "closed"),
        ("thanksgiving", "closed"),
        ("2026-12-24", "08:00-12:00"),
    ];
    Hours {
        entries: entries.map(|(k, v)| (k.into(), v.into())).into(),
    }
}

fn services() -> Vec<Offer> {
    let offer = |name: &str, aliases: &[&str], minutes, price: &str, parallel| Offer {
        name: name.into(),
        aliases: aliases.iter().map(|a| (*a).to_owned()).collect(),
        minutes,
        price: price.into(),
        parallel,
    };
    vec![
        offer(
            "checkup",
            &["check up", "exam", "examination", "dental exam"],
            30,
            "sixty dollars",
            1,
        ),
        offer(
            "cleaning",
            &["teeth cleaning", "hygienist", "clean my teeth"],
            45,
            "ninety dollars",
            1,
        ),
        offer(
            "filling",
            &["cavity", "fill a tooth"],
            60,
            "from one hundred twenty dollars",
            1,
        ),
        offer(
            "teeth whitening",
            &["whitening", "bleaching"],
            60,
            "two hundred fifty dollars",
            1,
        ),
    ]
}

/// Ways to ask, and the answer.
const FACTS: [(&[&str], &str); 8] = [
    (
        &[
            "where can I park",
            "is there parking",
            "do you have a parking lot",
        ],
        "There is free parking behind the building.",
    ),
    (
        &[
            "what insurance do you take",
            "do you accept my insurance",
            "do you take delta dental",
        ],
        "We take Delta Dental, Cigna and Aetna. Please bring your card.",
    ),
    (
        &[
            "are you taking new patients",
            "do you accept new patients",
            "I'm a new patient",
        ],
        "Yes, we're happy to see new patients.",
    ),
    (
        &[
            "what is your cancellation policy",
            "do you charge a cancellation fee",
            "what if I miss my appointment",
        ],
        "You can cancel free of charge until a day before. After that there is a fee of thirty dollars.",
    ),
    (
        &[
            "how can I pay",
            "do you take credit cards",
            "can I pay cash",
        ],
        "You can pay by card, by check or in cash.",
    ),
    (
        &[
            "do you treat children",
            "do you see kids",
            "is there a pediatric dentist",
        ],
        "Yes, we see children from the age of three.",
    ),
    (
        &[
            "I have a toothache",
            "it's a dental emergency",
            "my tooth hurts",
            "I broke a tooth",
        ],
        "I'm sorry to hear that. Please come in today, we keep time free for emergencies, or ask me for reception.",
    ),
    (
        &[
            "is the office wheelchair accessible",
            "do you have an elevator",
            "is there a ramp",
        ],
        "Yes, there is a ramp at the door and an elevator inside.",
    ),
];

fn facts() -> Vec<Fact> {
    let fact = |(questions, answer): (&[&str], &str)| Fact {
        q: OneOrMany::Many(questions.iter().map(|q| (*q).to_owned()).collect()),
        a: answer.into(),
    };
    FACTS.map(fact).into()
}
