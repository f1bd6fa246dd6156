//! What is spoken before anybody needs it.

use std::collections::BTreeMap;

use super::{
    errors::{listed, nearest},
    keys::{Fault, Key, Kind},
    reader::Reader,
    speech::ENGINES,
    vendors::Vendors,
};

/// How far ahead is looked, and what that may cost.
#[derive(Clone, Debug, PartialEq)]
pub struct Ahead {
    /// How often every business is prewarmed, hours; 0 = never by itself.
    pub prewarm_hours: u32,
    /// A prewarm that costs more does not start by itself, US cents.
    pub budget_cents: u32,
    /// Sentences that are spoken ahead after one turn at most; 0 = none.
    pub per_turn: u32,
    /// What the operator pays for a million characters, US dollars, by engine.
    pub prices: BTreeMap<String, f64>,
}

const PREWARM_HOURS: Key = Key::new(
    "ahead.prewarm_hours",
    &["FRONTDESK__AHEAD__PREWARM_HOURS"],
    Kind::Number(0, 168),
    "6",
    "How often what callers may hear is spoken in advance, hours; the first time is at the start. 0 = never by itself.",
);
const BUDGET_CENTS: Key = Key::new(
    "ahead.budget_cents",
    &["FRONTDESK__AHEAD__BUDGET_CENTS"],
    Kind::Number(0, 1_000_000),
    "100",
    "A prewarm of one business that costs more than this does not start by itself, US cents.",
);
const PER_TURN: Key = Key::new(
    "ahead.per_turn",
    &["FRONTDESK__AHEAD__PER_TURN"],
    Kind::Number(0, 32),
    "8",
    "Sentences that are spoken ahead of need after each turn, at most; 0 = none.",
);
const PRICES: Key = Key::new(
    "ahead.prices",
    &["FRONTDESK__AHEAD__PRICES"],
    Kind::List(price),
    "",
    "What an engine costs you, US dollars for a million characters, such as deepgram=27.5; not named = its list price.",
);

impl Ahead {
    /// Its settings.
    pub const KEYS: &[&Key] = &[&PREWARM_HOURS, &BUDGET_CENTS, &PER_TURN, &PRICES];

    /// Reads and checks them.
    pub fn read(reader: &mut Reader<'_>) -> Self {
        let prices = reader.list(&PRICES);
        Self {
            prewarm_hours: reader.number(&PREWARM_HOURS),
            budget_cents: reader.number(&BUDGET_CENTS),
            per_turn: reader.number(&PER_TURN),
            prices: prices.iter().filter_map(|text| pair(text)).collect(),
        }
    }
}

fn pair(text: &str) -> Option<(String, f64)> {
    let (name, usd) = text.split_once('=')?;
    let usd: f64 = usd.trim().parse().ok()?;
    (0.0..=100_000.0)
        .contains(&usd)
        .then(|| (name.trim().to_owned(), usd))
}

fn price(text: &str) -> Result<(), Fault> {
    let Some((name, _)) = pair(text) else {
        return Err(Fault::new(
            format!("has `{text}`, which is no price"),
            "write the engine, `=` and US dollars for a million characters, such as `deepgram=27.5`",
        ));
    };
    let known = ENGINES.iter().copied().chain(Vendors::names());
    if known.clone().any(|engine| engine == name) {
        return Ok(());
    }
    let hint = match nearest(&name, known.clone()) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!("known are {}", listed(known)),
    };
    Err(Fault::new(
        format!("has a price for `{name}`, which is no engine"),
        hint,
    ))
}
