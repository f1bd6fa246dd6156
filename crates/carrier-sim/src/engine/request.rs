//! What a call asks the server, and what becomes of it when nothing comes back.

use tokio::time::Instant;
use url::Url;

use super::{Command, Engine, Next, Stop, Wait};
use crate::account::Params;
use crate::phone::{Input, PhoneEvent};
use crate::report::{Ended, SchemaError};
use crate::script::When;
use crate::trunk::{Delivery, Failed};

/// Longer than any request.
const FOREVER_MS: f64 = 1e9;

impl Engine {
    /// Asks for a document, while the caller may lose patience.
    pub async fn ask(&mut self, url: &Url, method: &str, extra: Params) -> Result<Next, Stop> {
        let status = if self.answered {
            "in-progress"
        } else {
            "ringing"
        };
        let mut params = self.who.params(status);
        params.extend(extra);
        self.book.turn().requests += 1;
        match self.deliver(url, method, params).await? {
            Ok(delivery) => {
                self.waited(Wait::Network, delivery.waited_ms);
                self.waited(Wait::Document, delivery.server_ms);
                let turn = self.book.turn();
                turn.webhook_ms.push(delivery.server_ms);
                turn.carrier_ms += delivery.waited_ms;
                turn.documents.push(delivery.xml.clone());
                self.book.show(PhoneEvent::Document {
                    url: delivery.url.to_string(),
                    xml: delivery.xml.clone(),
                    server_ms: delivery.server_ms,
                });
                Ok(Next::Run {
                    url: delivery.url,
                    xml: delivery.xml,
                })
            }
            Err(failed) => {
                self.waited(Wait::Network, failed.total_ms);
                Err(self.fall_back(failed.error))
            }
        }
    }

    /// Sends a request; a caller who hangs up meanwhile drops it.
    async fn deliver(
        &mut self,
        url: &Url,
        method: &str,
        params: Params,
    ) -> Result<Result<Delivery, Failed>, Stop> {
        let from_ms = self.clock.cursor_ms;
        self.source.moment(When::Request, from_ms);
        let due = self.source.due(f64::INFINITY);
        let patience = due.as_ref().map_or(FOREVER_MS, |(at, _)| at - from_ms);
        let patience = tokio::time::sleep(self.clock.real(patience));
        let start = Instant::now();
        let send = self.trunk.send(url, method, params);
        tokio::pin!(send, patience);
        loop {
            tokio::select! {
                biased;
                answer = &mut send => {
                    self.source.put_back(due);
                    return Ok(answer);
                }
                input = self.source.next() => match input {
                    Input::HangUp => {
                        self.clock.cursor_ms += self.clock.since(start);
                        return Err(Stop::End(Ended::Caller));
                    }
                    input => self.source.hold(input),
                },
                () = &mut patience => {
                    self.clock.cursor_ms = due.map_or(from_ms, |(at, _)| at);
                    return Err(Stop::End(Ended::Caller));
                }
            }
        }
    }

    /// The fallback address gets one chance per failure; when it fails itself the call is over.
    pub fn fall_back(&mut self, error: SchemaError) -> Stop {
        let code = error.code;
        let fallback = self
            .net
            .path(&self.net.config.fallback_path, &self.business);
        let failed_url = error.url.clone();
        self.book.fault(error);
        match fallback {
            Some(url) if failed_url != url.as_str() => Stop::Go(Next::Ask {
                url,
                method: "POST".into(),
                extra: vec![
                    ("ErrorCode".into(), code.to_string()),
                    ("ErrorUrl".into(), failed_url),
                ],
            }),
            _ => Stop::End(Ended::Failed { code }),
        }
    }

    /// Tells the status address how long the call was. Its answer is ignored.
    pub(super) async fn tell_the_end(&mut self) {
        let Some(url) = self.net.path(&self.net.config.status_path, &self.business) else {
            return;
        };
        let seconds = (self.clock.cursor_ms / 1000.0).ceil();
        let status = if self.answered {
            "completed"
        } else {
            "no-answer"
        };
        let mut params = self.who.params(status);
        params.push(("CallDuration".into(), format!("{seconds}")));
        params.push(("SequenceNumber".into(), "0".into()));
        params.push(("CallbackSource".into(), "call-progress-events".into()));
        if let Err(failed) = self.trunk.send(&url, "POST", params).await
            && failed.error.code != 12300
        {
            self.book.fault(failed.error);
        }
    }

    /// What the REST interface wants of the call.
    pub(super) fn obey(&mut self, command: Option<Command>) -> Stop {
        let base = self.net.path("/", "");
        match command {
            Some(Command::Redirect(to)) => match base.and_then(|base| base.join(&to).ok()) {
                Some(url) => Stop::Go(Next::Ask {
                    url,
                    method: "POST".into(),
                    extra: Vec::new(),
                }),
                None => Stop::End(Ended::Failed { code: 11100 }),
            },
            Some(Command::Document(xml)) => match base {
                Some(url) => Stop::Go(Next::Run { url, xml }),
                None => Stop::End(Ended::Failed { code: 11100 }),
            },
            Some(Command::HangUp) | None => Stop::End(Ended::Command),
        }
    }
}
