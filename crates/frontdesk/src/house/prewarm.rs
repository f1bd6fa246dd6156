//! Speaking ahead of need: at the start, every few hours, and after each turn.

use std::sync::Arc;

use switchboard::{AheadSettings, PrewarmPlan, Switchboard};

use super::House;
use crate::{config::Ahead, join};

/// Tells the switchboard how far ahead to look.
pub fn look_ahead(switchboard: &Switchboard, ahead: &Ahead) {
    switchboard.look_ahead(AheadSettings {
        per_turn: ahead.per_turn as usize,
        prices: join::prices(ahead),
    });
}

impl House {
    /// Prewarms every business from now on, as often as is configured; what costs too much waits for a person.
    pub fn start_prewarm(&self) {
        let ahead = self.live.current().config.ahead.clone();
        if ahead.prewarm_hours == 0 {
            return;
        }
        let (switchboard, live) = (self.app.switchboard.clone(), self.live.clone());
        let tasks = switchboard.parts().tasks.clone();
        tasks.start(async move {
            let businesses = || {
                let files = &live.current().businesses;
                files
                    .iter()
                    .map(|file| Arc::clone(&file.business))
                    .collect()
            };
            let every_ms = u64::from(ahead.prewarm_hours) * 3_600_000;
            let may = |plan: &PrewarmPlan| affordable(plan, ahead.budget_cents);
            switchboard.keep_warm(every_ms, businesses, may).await;
        });
    }
}

/// Whether it costs no more than this; says so when it does.
fn affordable(plan: &PrewarmPlan, budget_cents: u32) -> bool {
    let fits = plan.usd * 100.0 <= f64::from(budget_cents);
    if !fits {
        tracing::warn!(
            business = %plan.business,
            characters = plan.characters,
            usd = format!("{:.2}", plan.usd),
            provider = plan.provider,
            "a prewarm would cost more than ahead.budget_cents and is left; hint: run `frontdesk prewarm`, or raise it"
        );
    }
    fits
}
