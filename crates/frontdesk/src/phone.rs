//! The browser phone: a simulated network in front of this server, behind the web's port.

use carrier_sim::{Input, Network, NetworkConfig, SoundKind};
use events::BusinessId;
use switchboard::Tasks;
use tokio::sync::mpsc;
use web::{PhoneEvent, PhoneInput, PhoneNetwork, PhoneOptions, PhoneSession};

/// Dials this server over loopback, as a carrier would.
pub struct Switch {
    /// How the network is built; the round trip is chosen per call.
    pub config: NetworkConfig,
    /// Who owns the tasks that carry a call.
    pub tasks: Tasks,
}

impl PhoneNetwork for Switch {
    fn dial(&self, business: &BusinessId, options: PhoneOptions) -> Result<PhoneSession, String> {
        let config = NetworkConfig {
            rtt_ms: options.rtt_ms.min(2_000),
            ..self.config.clone()
        };
        let network = Network::new(config).map_err(|error| error.to_string())?;
        let mut phone = network.dial(&options.from, "+15550100999", business.as_str());
        let (tell, events) = mpsc::channel(256);
        let (inputs, mut acts) = mpsc::channel(16);
        self.tasks.start(async move {
            let _ = tell
                .send(PhoneEvent::Dialled {
                    call: phone.call_sid.clone(),
                })
                .await;
            loop {
                tokio::select! {
                    event = phone.events.recv() => {
                        let Some(event) = event.map(translate) else { break };
                        let Some(event) = event else { continue };
                        if tell.send(event).await.is_err() {
                            break;
                        }
                    }
                    act = acts.recv() => {
                        let Some(act) = act else { break };
                        let _ = phone.inputs.try_send(input(act));
                    }
                }
            }
        });
        Ok(PhoneSession { events, inputs })
    }
}

fn input(act: PhoneInput) -> Input {
    match act {
        // What is typed has been said.
        PhoneInput::Say { text } => Input::Speech {
            text,
            spoken_ms: Some(0),
        },
        PhoneInput::Digits { digits } => Input::Digits { digits },
        PhoneInput::Silence => Input::Silence,
        PhoneInput::HangUp => Input::HangUp,
    }
}

fn translate(event: carrier_sim::PhoneEvent) -> Option<PhoneEvent> {
    use carrier_sim::PhoneEvent as Sim;
    let whole = |ms: f64| ms.max(0.0) as u32;
    Some(match event {
        Sim::Playing { url, ms, kind, .. } => PhoneEvent::Playing {
            url: path(&url),
            ms: whole(ms),
            filler: kind == SoundKind::Filler,
        },
        Sim::Saying { text, ms, .. } => PhoneEvent::Reading {
            text,
            ms: whole(ms),
        },
        Sim::Stopped { .. } => PhoneEvent::Stopped,
        Sim::Listening { .. } => PhoneEvent::Listening,
        Sim::Said { text, .. } => PhoneEvent::Said { text },
        Sim::Document {
            url,
            xml,
            server_ms,
        } => PhoneEvent::Document {
            url: path(&url),
            ms: whole(server_ms),
            xml,
        },
        Sim::Turn { number, report } => PhoneEvent::Turn {
            turn: u32::try_from(number).unwrap_or(u32::MAX),
            dead_air_ms: whole(report.sound.dead_air_ms),
            first_sound_ms: report.sound.first_sound_ms.map(whole),
            answer_ms: report.sound.answer_ms.map(whole),
        },
        Sim::Fault { error } => PhoneEvent::Fault {
            text: error.to_string(),
        },
        Sim::Ended { how } => PhoneEvent::Ended {
            reason: format!("{how:?}").to_lowercase(),
        },
        Sim::Ringing { .. } | Sim::Answered { .. } | Sim::Redirect { .. } | Sim::Dialing { .. } => {
            return None;
        }
    })
}

/// The page may be open under another name than the carrier's: it fetches by path.
fn path(url: &str) -> String {
    match url
        .split_once("://")
        .and_then(|(_, rest)| rest.split_once('/'))
    {
        Some((_, path)) => format!("/{path}"),
        None => url.to_owned(),
    }
}
