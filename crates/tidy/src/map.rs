//! The floors and arrows as data: the one copy that the build judges by.
//!
//! It is the table of the architecture page, with three rules spelled out:
//!
//! 1. Value types are shared: a crate on floor 2 or above may name any crate of floor 0.
//! 2. A crate of floor 0 may name what its own arrows name in their signatures (`line -> call -> text, events`).
//! 3. `web` may also name `agent`, whose bookings it shows. Floor 2 is named by `frontdesk` alone.

/// A crate's place: how high it stands and which crates of the workspace it may name.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// Folder and crate name.
    pub name: &'static str,
    /// Its floor; `None` stands beside the house (a phone network, load, tests of the house).
    pub floor: Option<u8>,
    /// What it may name, beyond rule 1.
    pub may_use: &'static [&'static str],
}

const fn place(name: &'static str, floor: u8, may_use: &'static [&'static str]) -> Place {
    Place {
        name,
        floor: Some(floor),
        may_use,
    }
}

const fn beside(name: &'static str, may_use: &'static [&'static str]) -> Place {
    Place {
        name,
        floor: None,
        may_use,
    }
}

/// Every crate that the house knows, also those that are still to come.
pub const PLACES: &[Place] = &[
    place("events", 0, &[]),
    place("audio", 0, &[]),
    place("text", 0, &[]),
    place("carrier", 0, &["audio"]),
    place("call", 0, &["events", "text"]),
    place("line", 0, &["call", "carrier", "audio", "events", "text"]),
    place("tenancy", 0, &["events"]),
    place("tts", 1, &["audio", "text", "events"]),
    place("stt", 1, &["audio", "events"]),
    place("agent", 1, &["text", "events"]),
    place("store", 1, &["events", "tenancy"]),
    place("providers", 2, &["tts", "stt", "agent"]),
    place("speech-embedded", 2, &["tts", "stt"]),
    place("store-postgres", 2, &["store"]),
    place("store-redis", 2, &["store"]),
    place("store-s3", 2, &["store"]),
    place("switchboard", 3, &["line", "tts", "stt", "agent", "store"]),
    place("web", 4, &["switchboard", "store", "tts", "agent"]),
    place(
        "frontdesk",
        5,
        &[
            "tts",
            "stt",
            "agent",
            "store",
            "providers",
            "speech-embedded",
            "store-postgres",
            "store-redis",
            "store-s3",
            "switchboard",
            "web",
            "carrier-sim",
            "bench",
        ],
    ),
    beside("carrier-sim", &["audio"]),
    beside("provider-sim", &["audio"]),
    beside("bench", &["carrier-sim", "events"]),
    beside("tidy", &[]),
];

/// The place of a crate, when the house knows it.
pub fn find(name: &str) -> Option<&'static Place> {
    PLACES.iter().find(|place| place.name == name)
}

impl Place {
    /// Whether an arrow from this crate to `other` stands in the table.
    pub fn may_name(&self, other: &str) -> bool {
        let shared_values = matches!(self.floor, Some(2..))
            && find(other).is_some_and(|place| place.floor == Some(0));
        shared_values || self.may_use.contains(&other)
    }

    /// Whether the crate stands on `floor` or lower; crates beside the house do not.
    pub fn up_to(&self, floor: u8) -> bool {
        self.floor.is_some_and(|own| own <= floor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_arrow_points_down_or_along_floor_0() {
        for from in PLACES {
            for to in from.may_use {
                let to = find(to).expect("the table names only crates that it lists");
                let down = match (from.floor, to.floor) {
                    (Some(0), Some(0)) => true,
                    (Some(from), Some(to)) => to < from,
                    (None, Some(to)) => to == 0,
                    (Some(from), None) => from == 5,
                    (None, None) => from.name == "bench",
                };
                assert!(down, "{} -> {}", from.name, to.name);
            }
        }
    }

    #[test]
    fn only_the_binary_names_floor_2() {
        for from in PLACES.iter().filter(|place| place.name != "frontdesk") {
            for leaf in PLACES.iter().filter(|place| place.floor == Some(2)) {
                assert!(!from.may_name(leaf.name), "{} -> {}", from.name, leaf.name);
            }
        }
    }

    #[test]
    fn the_simulators_share_no_wire_types_with_those_they_judge() {
        for (simulator, judged) in [("carrier-sim", "carrier"), ("provider-sim", "providers")] {
            let simulator = find(simulator).expect("the table lists it");
            assert!(simulator.may_name("audio"));
            assert!(!simulator.may_name(judged));
        }
    }
}
