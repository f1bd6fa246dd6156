//! The browser phone over HTTP: dial, listen to what happens, act.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use actix_web::{HttpRequest, HttpResponse, web};
use events::BusinessId;
use futures::stream;
use serde::Deserialize;
use tokio::sync::mpsc;

use super::{Answer, sse};
use crate::{App, PhoneEvent, PhoneInput, PhoneOptions, Problem, body, guard::Admin};

/// Browser phones that may be off the hook at once.
const LINES: usize = 32;

struct Open {
    events: Option<mpsc::Receiver<PhoneEvent>>,
    inputs: mpsc::Sender<PhoneInput>,
}

/// The browser phones that are off the hook.
#[derive(Default)]
pub struct Lines(Mutex<HashMap<String, Open>>);

impl Lines {
    fn put(&self, open: Open) -> Result<String, Problem> {
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        lines.retain(|_, line| !line.inputs.is_closed());
        if lines.len() >= LINES {
            return Err(
                Problem::new(429, "too_many_phones", "32 test calls are going on")
                    .hint("hang one up"),
            );
        }
        let id = uuid::Uuid::new_v4().simple().to_string();
        lines.insert(id.clone(), open);
        Ok(id)
    }

    fn events(&self, id: &str) -> Option<mpsc::Receiver<PhoneEvent>> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get_mut(id)?
            .events
            .take()
    }

    fn inputs(&self, id: &str) -> Option<mpsc::Sender<PhoneInput>> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(id)
            .map(|line| line.inputs.clone())
    }
}

pub(super) fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/admin/v1/sim/calls", web::post().to(dial))
        .route("/admin/v1/sim/calls/{id}", web::post().to(act))
        .route("/admin/v1/sim/calls/{id}/events", web::get().to(listen));
}

#[derive(Deserialize)]
struct Dial {
    business: String,
    #[serde(flatten)]
    options: PhoneOptions,
}

pub(super) async fn json<T: serde::de::DeserializeOwned>(
    app: &App,
    request: &HttpRequest,
    payload: web::Payload,
) -> Result<T, Problem> {
    let settings = &app.settings;
    let body = body::read(request, payload, settings.json_bytes, settings.request).await?;
    serde_json::from_slice(&body)
        .map_err(|error| Problem::new(400, "bad_json", format!("the JSON cannot be read: {error}")))
}

async fn dial(
    _: Admin,
    app: web::Data<App>,
    request: HttpRequest,
    payload: web::Payload,
) -> Answer {
    let Dial { business, options } = json(&app, &request, payload).await?;
    let business = BusinessId::parse(&business).map_err(|_| Problem::not_found("business"))?;
    app.business(&business)
        .ok_or_else(|| Problem::not_found("business"))?;
    let network = app
        .phones
        .as_ref()
        .ok_or_else(|| Problem::new(404, "no_network", "the built-in network is off"))?;
    let session = network
        .dial(&business, options)
        .map_err(|why| Problem::new(503, "no_network", why))?;
    let id = app.lines.put(Open {
        events: Some(session.events),
        inputs: session.inputs,
    })?;
    Ok(HttpResponse::Created().json(serde_json::json!({ "id": id })))
}

async fn act(
    _: Admin,
    app: web::Data<App>,
    id: web::Path<String>,
    request: HttpRequest,
    payload: web::Payload,
) -> Answer {
    let input: PhoneInput = json(&app, &request, payload).await?;
    let inputs = app
        .lines
        .inputs(&id)
        .ok_or_else(|| Problem::not_found("test call"))?;
    match inputs.try_send(input) {
        Ok(()) => Ok(HttpResponse::NoContent().finish()),
        Err(mpsc::error::TrySendError::Full(_)) => Err(Problem::new(
            429,
            "too_fast",
            "the phone has not taken the last input yet",
        )),
        Err(mpsc::error::TrySendError::Closed(_)) => {
            Err(Problem::new(409, "call_over", "the call is over"))
        }
    }
}

/// What happens on the line; one listener per call. When the listener leaves, the phone hangs up.
async fn listen(_: Admin, app: web::Data<App>, id: web::Path<String>) -> Answer {
    let events = app
        .lines
        .events(&id)
        .ok_or_else(|| Problem::not_found("test call without a listener"))?;
    let source = stream::unfold(events, |mut events| async move {
        let event = events.recv().await?;
        Some((sse::event("phone", &event), events))
    });
    Ok(sse::stream(source))
}
