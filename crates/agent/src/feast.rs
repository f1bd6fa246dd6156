//! Days that have names: what they are called, and when they are in a given year.

use jiff::civil::{Date, Weekday};

/// A day of the year that has a name.
#[derive(Debug, PartialEq, Eq)]
pub struct Feast {
    /// Its names in lower case; the first is the one we say.
    pub names: &'static [&'static str],
    rule: Rule,
}

#[derive(Debug, PartialEq, Eq)]
enum Rule {
    Fixed(i8, i8),
    /// Month, which one of them (negative: from the end), weekday.
    Nth(i8, i8, Weekday),
}

/// The feasts we know.
pub const FEASTS: [Feast; 14] = [
    Feast {
        names: &["christmas eve"],
        rule: Rule::Fixed(12, 24),
    },
    Feast {
        names: &["christmas day", "christmas", "xmas"],
        rule: Rule::Fixed(12, 25),
    },
    Feast {
        names: &["boxing day"],
        rule: Rule::Fixed(12, 26),
    },
    Feast {
        names: &["new year's eve", "new years eve"],
        rule: Rule::Fixed(12, 31),
    },
    Feast {
        names: &[
            "new year's day",
            "new years day",
            "new year",
            "new year's",
            "new years",
        ],
        rule: Rule::Fixed(1, 1),
    },
    Feast {
        names: &["thanksgiving", "thanksgiving day"],
        rule: Rule::Nth(11, 4, Weekday::Thursday),
    },
    Feast {
        names: &["black friday"],
        rule: Rule::Nth(11, 4, Weekday::Thursday),
    },
    Feast {
        names: &[
            "independence day",
            "fourth of july",
            "4th of july",
            "july fourth",
            "july 4th",
        ],
        rule: Rule::Fixed(7, 4),
    },
    Feast {
        names: &["labor day"],
        rule: Rule::Nth(9, 1, Weekday::Monday),
    },
    Feast {
        names: &["memorial day"],
        rule: Rule::Nth(5, -1, Weekday::Monday),
    },
    Feast {
        names: &["martin luther king day", "mlk day"],
        rule: Rule::Nth(1, 3, Weekday::Monday),
    },
    Feast {
        names: &["presidents day", "presidents' day"],
        rule: Rule::Nth(2, 3, Weekday::Monday),
    },
    Feast {
        names: &["veterans day"],
        rule: Rule::Fixed(11, 11),
    },
    Feast {
        names: &["valentine's day", "valentines day"],
        rule: Rule::Fixed(2, 14),
    },
];

impl Feast {
    /// The feast of this name; hyphens count as blanks.
    pub fn named(name: &str) -> Option<&'static Feast> {
        let name = name.trim().to_lowercase().replace('-', " ");
        FEASTS.iter().find(|f| f.names.contains(&name.as_str()))
    }

    /// Its date in this year.
    pub fn on(&self, year: i16) -> Option<Date> {
        let date = match self.rule {
            Rule::Fixed(month, day) => Date::new(year, month, day).ok()?,
            Rule::Nth(month, nth, weekday) => Date::new(year, month, 1)
                .ok()?
                .nth_weekday_of_month(nth, weekday)
                .ok()?,
        };
        // The day after Thanksgiving is named by the day before it.
        if self.names[0] == "black friday" {
            date.tomorrow().ok()
        } else {
            Some(date)
        }
    }

    /// Its next date that is not before `today`.
    pub fn next(&self, today: Date) -> Option<Date> {
        let here = self.on(today.year())?;
        if here >= today {
            Some(here)
        } else {
            self.on(today.year().checked_add(1)?)
        }
    }
}
