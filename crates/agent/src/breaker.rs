//! Whether an agent that may fail is worth asking: a fold over how its turns ended.
//!
//! The decision: it opens after [`Breaker::IN_A_ROW`] failures in a row, so that one caller is not kept waiting again and
//! again, or after [`Breaker::MANY`] within [`Breaker::WINDOW_MS`] (RELIABILITY P27). While it is open, one turn or one
//! ping at a time may try; a turn that fails then doubles the pause, a ping does not.

use events::At;

/// What is known of an agent. Closed until shown otherwise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Breaker {
    /// Failures since it last spoke; those that began before it opened do not count.
    pub failures: u32,
    /// When the last failures were, oldest first.
    recent: [At; Breaker::MANY],
    /// Not asked before then; `None` = closed.
    pub open_until: Option<At>,
    /// The last ping was not answered.
    silent: bool,
}

/// Leave to ask, and whether it is the one try of an open breaker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pass {
    /// It is closed.
    Usual,
    /// It is open, and this one tries.
    Trial,
}

impl Breaker {
    /// Failures in a row that open it.
    pub const IN_A_ROW: u32 = 2;
    /// Failures within the window that open it.
    pub const MANY: usize = 5;
    /// The window, ms.
    pub const WINDOW_MS: u64 = 10_000;
    /// The first pause, ms: one try a second.
    pub const PAUSE_MS: u64 = 1_000;
    /// The longest pause, ms.
    pub const LONGEST_MS: u64 = 30_000;

    /// Whether it may be asked now, and what is known then: a trial keeps others out for a pause.
    #[must_use]
    pub fn admit(self, now: At) -> (Option<Pass>, Breaker) {
        match self.open_until {
            None => (Some(Pass::Usual), self),
            Some(until) if now < until => (None, self),
            Some(_) => (Some(Pass::Trial), self.shut(now, Self::PAUSE_MS)),
        }
    }

    /// What is known after it spoke.
    #[must_use]
    pub fn spoke(self) -> Breaker {
        Breaker::default()
    }

    /// What is known after a turn that this pass let in failed at `now`.
    #[must_use]
    pub fn failed(mut self, pass: Pass, now: At) -> Breaker {
        if self.open_until.is_some() && pass == Pass::Usual {
            return self;
        }
        self.failures = self.failures.saturating_add(1);
        self.recent.rotate_left(1);
        self.recent[Self::MANY - 1] = now;
        let first = self.recent[0];
        let many = first != At::default() && now.since(first) <= Self::WINDOW_MS;
        if pass == Pass::Usual && self.failures < Self::IN_A_ROW && !many {
            return self;
        }
        let doublings = self.failures.saturating_sub(Self::IN_A_ROW).min(8);
        self.shut(now, (Self::PAUSE_MS << doublings).min(Self::LONGEST_MS))
    }

    /// What is known after a ping. One that is not answered prolongs the pause; the first that is ends it, however long
    /// it had become; the next let it run out, since whoever answers pings may still fail at turns.
    #[must_use]
    pub fn pinged(self, answered: bool, now: At) -> Breaker {
        let open_until = match self.open_until {
            Some(until) if !answered => Some(until.max(now + Self::PAUSE_MS * 3 / 2)),
            Some(until) if self.silent => Some(until.min(now)),
            other => other,
        };
        Breaker {
            open_until,
            silent: !answered,
            ..self
        }
    }

    fn shut(self, now: At, pause: u64) -> Breaker {
        Breaker {
            open_until: Some(now + pause),
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_answered_ping_ends_a_pause_however_long_and_the_next_do_not() {
        let mut breaker = Breaker::default();
        let mut now = At(1_000_000);
        for _ in 0..2 {
            breaker = breaker.failed(Pass::Usual, now);
        }
        for _ in 0..8 {
            now = breaker.open_until.expect("it is open");
            let (pass, asked) = breaker.admit(now);
            breaker = asked.failed(pass.expect("the pause is over"), now);
        }
        assert_eq!(breaker.open_until, Some(now + Breaker::LONGEST_MS));
        let silent = breaker.pinged(false, now);
        assert_eq!(silent.open_until, breaker.open_until, "longer already");
        let back = silent.pinged(true, now + 1_000);
        let (pass, asked) = back.admit(now + 1_000);
        assert_eq!(pass, Some(Pass::Trial));
        // It answers pings and fails at turns.
        let again = asked
            .failed(Pass::Trial, now + 2_000)
            .pinged(true, now + 3_000);
        assert_eq!(again.admit(now + 3_000).0, None);
    }
}
