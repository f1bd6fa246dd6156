//! Prometheus metrics: folds over events, with the names of OPERATOR §1.7.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use events::{At, CallId, ClipId, Event, FillerReason, Ledger, Stamped, TurnRow};
use metrics::{counter, gauge, histogram};
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

/// Sentences of one call that wait to be voiced; more are not timed.
const WAITING: usize = 64;

/// Counts.
pub struct Meter {
    recorder: PrometheusRecorder,
    handle: PrometheusHandle,
    running: Mutex<HashMap<CallId, Running>>,
}

/// A call that is going on, as far as it is counted.
#[derive(Default)]
struct Running {
    ledger: Ledger,
    /// Sentences that went to the voice, and when.
    waiting: Vec<(ClipId, At)>,
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
            gauge!("frontdesk_build_info", "version" => version).set(1.0);
            // What we started with was accepted, or we would not have started.
            gauge!("frontdesk_config_reload_success").set(1.0);
        });
        Self {
            recorder,
            handle,
            running: Mutex::default(),
        }
    }

    /// The text that Prometheus reads.
    pub fn render(&self) -> String {
        self.handle.run_upkeep();
        self.handle.render()
    }

    /// How many calls are going on, and how many turns are being thought about or spoken.
    pub fn calls(&self, count: usize, turn_tasks: usize) {
        metrics::with_local_recorder(&self.recorder, || {
            gauge!("frontdesk_calls_active").set(count as f64);
            gauge!("frontdesk_turn_tasks").set(turn_tasks as f64);
        });
    }

    /// A refused signature.
    pub fn signature_failure(&self, reason: &'static str) {
        metrics::with_local_recorder(&self.recorder, || {
            counter!("frontdesk_signature_failures_total", "reason" => reason).increment(1);
        });
    }

    /// A signed webhook that could not be worked on.
    pub fn refused(&self, reason: &'static str) {
        metrics::with_local_recorder(&self.recorder, || {
            counter!("frontdesk_webhook_refused_total", "reason" => reason).increment(1);
        });
    }

    /// Whether an engine is left alone because it failed.
    pub fn breaker(&self, provider: String, open: bool) {
        metrics::with_local_recorder(&self.recorder, || {
            gauge!("frontdesk_breaker_state", "provider" => provider).set(f64::from(u8::from(open)))
        });
    }

    /// A reload of the configuration.
    pub fn reloaded(&self, ok: bool) {
        metrics::with_local_recorder(&self.recorder, || {
            gauge!("frontdesk_config_reload_success").set(f64::from(u8::from(ok)))
        });
    }

    /// An answered webhook: by which door it came, with which status it was answered, and how long that took.
    pub fn webhook(&self, route: &'static str, code: u16, micros: u64) {
        metrics::with_local_recorder(&self.recorder, || {
            histogram!("frontdesk_webhook_seconds", "route" => route, "code" => code.to_string())
                .record(micros as f64 / 1e6);
        });
    }

    /// Takes one event into account.
    pub fn observe(&self, tap: &Tap) {
        let stamped = &tap.stamped;
        metrics::with_local_recorder(&self.recorder, || self.count(&stamped.event));
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        if matches!(stamped.event, Event::Ended { .. }) {
            if let Some(call) = running.remove(&stamped.call) {
                drop(running);
                call.ledger.turns.iter().for_each(|turn| self.turn(turn));
            }
        } else if running.len() < CALLS || running.contains_key(&stamped.call) {
            let call = running.entry(stamped.call.clone()).or_default();
            call.ledger.add(stamped);
            let voiced = call.voiced(stamped);
            drop(running);
            if let Some((provider, ms)) = voiced {
                metrics::with_local_recorder(&self.recorder, || {
                    histogram!("frontdesk_tts_first_byte_seconds", "provider" => provider)
                        .record(ms as f64 / 1000.0);
                });
            }
        }
    }

    fn count(&self, event: &Event) {
        match event {
            Event::Filler { reason, .. } => {
                let outcome = match reason {
                    FillerReason::StillWaiting => "extended",
                    _ => "played",
                };
                counter!("frontdesk_filler_total", "outcome" => outcome, "reason" => reason.name())
                    .increment(1);
            }
            Event::NoFiller { reason, .. } => {
                let outcome = match reason {
                    FillerReason::Fast => "skipped_fast",
                    _ => "skipped_policy",
                };
                counter!("frontdesk_filler_total", "outcome" => outcome, "reason" => reason.name())
                    .increment(1);
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
        // Silence is what follows a caller's words; the greeting follows none.
        if row.words.is_none() {
            return;
        }
        metrics::with_local_recorder(&self.recorder, || {
            histogram!("frontdesk_turn_dead_air_seconds")
                .record(f64::from(row.dead_air_ms) / 1000.0);
            let Some(answer) = row.answer_ms else { return };
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
    }
}

impl Running {
    /// Who voiced a sentence, and how long after it was complete its first byte could be fetched, ms. A clip is served
    /// whole, so that is when it is finished. What was found in a cache says nothing about an engine.
    fn voiced(&mut self, stamped: &Stamped) -> Option<(String, u64)> {
        match &stamped.event {
            Event::Sentence { clip, .. } if self.waiting.len() < WAITING => {
                self.waiting.push((*clip, stamped.at));
                None
            }
            Event::VoiceFailed { clip, .. } => self.take(*clip).and(None),
            Event::Voiced {
                clip,
                provider,
                cached,
                ..
            } => {
                let since = self.take(*clip)?;
                (!cached).then(|| (provider.clone(), stamped.at.since(since)))
            }
            _ => None,
        }
    }

    /// When this sentence went to the voice, if it is still waiting.
    fn take(&mut self, clip: ClipId) -> Option<At> {
        let at = self.waiting.iter().position(|(id, _)| *id == clip)?;
        Some(self.waiting.swap_remove(at).1)
    }
}
