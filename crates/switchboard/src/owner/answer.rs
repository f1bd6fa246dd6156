//! How an owner answers: what leaves was committed first.

use bytes::Bytes;
use call::Call;
use events::Event;
use line::{Line, Markup, Sent};
use serde::Serialize;
use store::{Answer, Commit, StoreError};

use super::{ANSWERS, COMMIT, Owner};
use crate::mail::Reply;

impl Owner {
    /// After an input: let the line answer, and commit what it answers before it leaves.
    pub(super) async fn settle(&mut self) {
        let mut sent = Vec::new();
        self.line.flush(self.now(), &mut sent);
        for sent in sent {
            self.send(sent).await;
        }
        if self.unsaved {
            self.commit(None).await;
        }
        self.show();
    }

    async fn send(&mut self, sent: Sent) {
        let Some(waiting) = self.waiting.remove(&sent.ticket) else {
            return;
        };
        if waiting.expected
            && let Some((route, ..)) = self.place(waiting.knock.kind)
        {
            let Sent {
                turn,
                held_ms,
                clips,
                texts,
                listens,
                ..
            } = sent.clone();
            self.note(Event::Answered {
                route,
                turn,
                held_ms,
                clips,
                texts,
                listens,
            });
        }
        let body = match (waiting.knock.encode)(&sent.document) {
            Ok(body) => Bytes::from(body),
            Err(error) => {
                tracing::error!(call = %self.call.id(), %error, "a document could not be written");
                return;
            }
        };
        let answer = Answer {
            key: waiting.knock.key,
            body: body.clone(),
        };
        self.commit(Some(answer)).await;
        if self.answers.len() == ANSWERS {
            self.answers.pop_front();
        }
        self.answers.push_back((waiting.knock.key, body.clone()));
        for reply in waiting.replies {
            let reply_body = if self.fenced {
                Reply::Moved
            } else {
                Reply::Body(body.clone())
            };
            let _ = reply.send(reply_body);
        }
    }

    /// Writes down where the call is, with everything that was not written yet. It takes a moment at most.
    pub(super) async fn commit(&mut self, answer: Option<Answer>) {
        self.unsaved = false;
        if self.fenced {
            return;
        }
        match tokio::time::timeout(COMMIT, self.write(answer)).await {
            Ok(Ok(())) => self.events.clear(),
            Ok(Err(StoreError::Fenced)) => {
                tracing::warn!(call = %self.call.id(), "another instance took this call over");
                self.fenced = true;
            }
            // The events stay and are tried again with the next commit.
            Ok(Err(error)) => {
                tracing::error!(call = %self.call.id(), %error, "a call could not be stored; it goes on")
            }
            Err(_) => {
                tracing::error!(call = %self.call.id(), "storing a call takes too long; it goes on")
            }
        }
    }

    async fn write(&mut self, answer: Option<Answer>) -> Result<(), StoreError> {
        if self.epoch == 0 {
            self.claim_late().await?;
        }
        let snapshot = (!self.call.ended())
            .then(|| snapshot(&self.call, &self.line))
            .flatten();
        let commit = Commit {
            call: self.call.id().clone(),
            epoch: self.epoch,
            row: self.row.clone(),
            snapshot,
            events: self.events.clone(),
            answer,
        };
        self.room.parts.records.commit(commit).await
    }

    /// The records could not be reached when the call began. What was stored of it before stays and comes first.
    async fn claim_late(&mut self) -> Result<(), StoreError> {
        let parts = &self.room.parts;
        let lease = parts.records.claim(self.call.id(), &parts.instance).await?;
        self.epoch = lease.epoch;
        self.seq += lease.events;
        for stamped in &mut self.events {
            stamped.seq += lease.events;
        }
        Ok(())
    }

    fn show(&self) {
        let (doing, turn) = (self.call.doing(), self.call.turn());
        let now = self.now();
        self.view.send_if_modified(|view| {
            let changed = view.doing != doing || view.turn != turn;
            if changed {
                view.doing = doing;
                view.turn = turn;
                view.since = now;
                view.line = self.last_line();
            }
            changed
        });
    }

    fn last_line(&self) -> String {
        let last = self.call.history().last();
        last.map_or(String::new(), |e| {
            if e.agent.is_empty() {
                e.caller.clone()
            } else {
                e.agent.clone()
            }
        })
    }
}

fn snapshot(call: &Call, line: &Markup) -> Option<Bytes> {
    #[derive(Serialize)]
    struct Borrowed<'a> {
        call: &'a Call,
        line: &'a Markup,
    }
    match serde_json::to_vec(&Borrowed { call, line }) {
        Ok(bytes) => Some(bytes.into()),
        Err(error) => {
            tracing::error!(call = %call.id(), %error, "a call could not be written down");
            None
        }
    }
}
