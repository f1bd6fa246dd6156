//! Prometheus metrics: folds over events, with the names of OPERATOR §1.7.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use events::{CallId, Event, Ledger, Percentiles, TurnRow};
use metrics::{Label, counter, gauge, histogram};
use metrics_exporter_prometheus::{
    Matcher, PrometheusBuilder, PrometheusHandle, PrometheusRecorder,
};
use switchboard::Tap;

/// Bucket borders in seconds, cut where people notice.
const BUCKETS: [f64; 15] = [
    0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 15.0,
];

/// Bucket borders for our own answers, which should be far below all of these.
const FAST: [f64; 12] = [
    0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.3, 1.0, 3.0, 10.0,
];

/// Calls whose ledgers are kept at once; more are counted without one.
const CALLS: usize = 20_000;

/// Turns whose dead air is kept for the home page.
const RECENT: usize = 2_000;

/// Counts.
pub struct Meter {
    recorder: PrometheusRecorder,
    handle: PrometheusHandle,
    ledgers: Mutex<HashMap<CallId, Ledger>>,
    recent: Mutex<std::collections::VecDeque<TurnRow>>,
}

impl Meter {
    /// A meter of its own; nothing is global, so tests can run side by side.
    pub fn new(version: &'static str) -> Self {
        let builder = PrometheusBuilder::new()
            .set_buckets(&BUCKETS)
            .and_then(|builder| {
                builder.set_buckets_for_metric(
                    Matcher::Full("frontdesk_webhook_seconds".into()),
                    &FAST,
                )
            });
        let recorder = builder.unwrap_or_default().build_recorder();
        let handle = recorder.handle();
        metrics::with_local_recorder(&recorder, || {
            gauge!("frontdesk_build_info", "version" => version).set(1.0)
        });
        Self {
            recorder,
            handle,
            ledgers: Mutex::default(),
            recent: Mutex::default(),
        }
    }

    /// The text that Prometheus reads.
    pub fn render(&self) -> String {
        self.handle.run_upkeep();
        self.handle.render()
    }

    /// How many calls are going on.
    pub fn calls(&self, count: usize) {
        metrics::with_local_recorder(&self.recorder, || {
            gauge!("frontdesk_calls_active").set(count as f64)
        });
    }

    /// A refused signature.
    pub fn signature_failure(&self, reason: &'static str) {
        metrics::with_local_recorder(&self.recorder, || {
            counter!("frontdesk_signature_failures_total", "reason" => reason).increment(1);
        });
    }

    /// A reload of the configuration.
    pub fn reloaded(&self, ok: bool) {
        metrics::with_local_recorder(&self.recorder, || {
            gauge!("frontdesk_config_reload_success").set(f64::from(u8::from(ok)))
        });
    }

    /// An answered webhook.
    pub fn webhook(&self, path: &str, micros: u64) {
        let route = path.split('/').nth(2).unwrap_or("other").to_owned();
        metrics::with_local_recorder(&self.recorder, || {
            histogram!(
                "frontdesk_webhook_seconds",
                vec![Label::new("route", route)]
            )
            .record(micros as f64 / 1e6);
        });
    }

    /// Takes one event into account.
    pub fn observe(&self, tap: &Tap) {
        let stamped = &tap.stamped;
        metrics::with_local_recorder(&self.recorder, || self.count(&stamped.event));
        let mut ledgers = self.ledgers.lock().unwrap_or_else(PoisonError::into_inner);
        if matches!(stamped.event, Event::Ended { .. }) {
            if let Some(ledger) = ledgers.remove(&stamped.call) {
                drop(ledgers);
                ledger.turns.iter().for_each(|turn| self.turn(turn));
            }
        } else if ledgers.len() < CALLS || ledgers.contains_key(&stamped.call) {
            ledgers
                .entry(stamped.call.clone())
                .or_default()
                .add(stamped);
        }
    }

    fn count(&self, event: &Event) {
        match event {
            Event::Filler { reason, .. } => {
                counter!("frontdesk_filler_total", "outcome" => "played", "reason" => reason.name()).increment(1);
            }
            Event::NoFiller { reason, .. } => {
                counter!("frontdesk_filler_total", "outcome" => "skipped", "reason" => reason.name()).increment(1);
            }
            Event::Said { plain: true, .. } => {
                counter!("frontdesk_say_fallback_total").increment(1)
            }
            Event::Voiced {
                provider, cached, ..
            } => {
                let result = if *cached { "hit" } else { "miss" };
                counter!("frontdesk_cache_requests_total", "layer" => "memory", "result" => result)
                    .increment(1);
                if !cached {
                    counter!("frontdesk_tts_requests_total", "provider" => provider.clone(), "result" => "ok").increment(1);
                }
            }
            Event::VoiceFailed { .. } => {
                counter!("frontdesk_tts_requests_total", "provider" => "all", "result" => "failed")
                    .increment(1);
            }
            Event::Ended { outcome } => {
                counter!("frontdesk_calls_total", "outcome" => outcome.clone()).increment(1)
            }
            Event::ReplyFailed { .. } => counter!("frontdesk_reply_failed_total").increment(1),
            _ => {}
        }
    }

    fn turn(&self, row: &TurnRow) {
        let Some(answer) = row.answer_ms else { return };
        metrics::with_local_recorder(&self.recorder, || {
            histogram!("frontdesk_turn_dead_air_seconds")
                .record(f64::from(row.dead_air_ms) / 1000.0);
            let first = |kind: &'static str, ms: u32| {
                histogram!("frontdesk_turn_first_audio_seconds", "kind" => kind, "transport" => "webhook").record(f64::from(ms) / 1000.0);
            };
            first("answer", answer);
            if row.fillers > 0 {
                first("filler", row.first_sound_ms.unwrap_or(answer));
            }
            for (name, ms) in &row.marks {
                histogram!("frontdesk_turn_stage_seconds", "stage" => name.clone())
                    .record(f64::from(*ms) / 1000.0);
            }
        });
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        if recent.len() == RECENT {
            recent.pop_front();
        }
        recent.push_back(row.clone());
    }

    /// Dead air of the last turns, for the home page.
    pub fn dead_air(&self) -> Percentiles {
        let recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        Percentiles::of(recent.iter().map(|row| row.dead_air_ms))
    }

    /// The share of the last turns in which a filler was heard, percent; `None` without turns.
    pub fn filler_share(&self) -> Option<u32> {
        let recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        let with = recent.iter().filter(|row| row.fillers > 0).count();
        u32::try_from((with * 100).checked_div(recent.len())?).ok()
    }
}
