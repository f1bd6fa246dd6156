//! Prewarming again and again: days pass, files change, sound is swept.

use std::sync::Arc;

use agent::Business;

use crate::{PrewarmPlan, Switchboard};

impl Switchboard {
    /// Prewarms every business now and after each pause of `every_ms`, those of the moment, where `may` agrees to the
    /// plan (it can see the cost). Ends when Frontdesk stops.
    pub async fn keep_warm(
        &self,
        every_ms: u64,
        businesses: impl Fn() -> Vec<Arc<Business>>,
        may: impl Fn(&PrewarmPlan) -> bool,
    ) {
        let parts = self.parts();
        loop {
            for business in businesses() {
                tokio::select! {
                    () = self.warm(&business, &may) => {}
                    () = parts.tasks.cancelled() => return,
                }
            }
            tokio::select! {
                () = tokio::time::sleep(parts.clock.real(every_ms)) => {}
                () = parts.tasks.cancelled() => return,
            }
        }
    }

    async fn warm(&self, business: &Arc<Business>, may: impl Fn(&PrewarmPlan) -> bool) {
        let plan = match self.prewarm_plan(business).await {
            Ok(plan) => plan,
            Err(error) => {
                tracing::warn!(business = %business.id, %error, "past calls cannot be read: no prewarm");
                return;
            }
        };
        if plan.missing.is_empty() || !may(&plan) {
            return;
        }
        tracing::info!(
            business = %plan.business,
            sentences = plan.missing.len(),
            characters = plan.characters,
            provider = plan.provider,
            usd = format!("{:.2}", plan.usd),
            "a prewarm begins"
        );
        let made = self.prewarm(business, &plan, |_| {}).await;
        tracing::info!(business = %plan.business, done = made.done, failed = made.failed.len(), "a prewarm is done");
        if let Some(why) = made.failed.first() {
            tracing::warn!(business = %plan.business, %why, "a sentence could not be spoken ahead");
        }
    }
}
