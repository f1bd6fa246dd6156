//! Executing documents, verb by verb.

use std::sync::Arc;

use tokio::time::Instant;
use url::Url;

use crate::account::Params;
use crate::clips::Fetched;
use crate::ear::SoundKind;
use crate::engine::{Ears, Engine, Next, Stop, Wait};
use crate::phone::{Input, PhoneEvent};
use crate::report::{Ended, SchemaError, Speaker};
use crate::schema;
use crate::sound::Clip;
use crate::twiml::Tree;

/// Most documents of one call.
const DOCUMENTS: usize = 2000;
/// The longest a `loop` is followed.
const LOOPS: u32 = 1000;

/// A document being executed.
pub(crate) struct Document {
    pub url: Url,
    pub root: Tree,
    /// It sends the call on: clips marked as fillers are fillers.
    redirects: bool,
}

/// Something to play, ready to start.
pub(crate) enum Prompt {
    Clip { url: Url, fetched: Fetched },
    Words(String),
    Pause(f64),
}

impl Engine {
    /// From the first request to the end.
    pub async fn conversation(&mut self) -> Ended {
        let Some(url) = self
            .net
            .path(&self.net.config.incoming_path, &self.business)
        else {
            return Ended::Failed { code: 11100 };
        };
        let mut next = Next::Ask {
            url,
            method: "POST".into(),
            extra: Vec::new(),
        };
        for _ in 0..DOCUMENTS {
            let step = match next {
                Next::Ask { url, method, extra } => self.ask(&url, &method, extra).await,
                Next::Run { url, xml } => self.run_document(url, &xml).await,
            };
            next = match step {
                Ok(next) | Err(Stop::Go(next)) => next,
                Err(Stop::End(ended)) => return ended,
            };
        }
        let problem = format!("more than {DOCUMENTS} documents in one call");
        self.complain(0, "", problem);
        Ended::Failed { code: 0 }
    }

    async fn run_document(&mut self, url: Url, xml: &str) -> Result<Next, Stop> {
        let root = match Tree::read(xml) {
            Ok(root) if root.name == "Response" => root,
            Ok(root) => return Err(self.unreadable(&url, format!("the root is <{}>", root.name))),
            Err(problem) => return Err(self.unreadable(&url, problem)),
        };
        for (code, problem) in schema::problems(&root) {
            self.complain(code, url.as_str(), problem);
        }
        let redirects = root
            .elements()
            .next_back()
            .is_some_and(|v| v.name == "Redirect");
        let document = Document {
            url,
            root,
            redirects,
        };
        for verb in document.root.elements() {
            if !self.answered && verb.name != "Reject" {
                self.answered = true;
                let at_ms = self.clock.cursor_ms;
                self.book.show(PhoneEvent::Answered { at_ms });
            }
            if let Some(next) = self.verb(verb, &document).await? {
                return Ok(next);
            }
        }
        Err(Stop::End(Ended::Server))
    }

    fn unreadable(&mut self, url: &Url, problem: String) -> Stop {
        self.fall_back(SchemaError {
            code: 12100,
            url: url.to_string(),
            problem,
        })
    }

    pub fn complain(&mut self, code: u32, url: &str, problem: String) {
        self.book.fault(SchemaError {
            code,
            url: url.to_owned(),
            problem,
        });
    }

    async fn verb(&mut self, verb: &Tree, document: &Document) -> Result<Option<Next>, Stop> {
        match verb.name.as_str() {
            "Play" | "Say" | "Pause" => {
                let prompt = self.prompt(verb, document).await;
                self.perform(&prompt, repeats(verb), document, Ears::DEAF)
                    .await?;
                Ok(None)
            }
            "Gather" => self.gather(verb, document).await,
            "Redirect" => {
                let url = self.resolve(document, &verb.text());
                self.book.show(PhoneEvent::Redirect {
                    url: url.to_string(),
                });
                Ok(Some(ask(url, verb, Vec::new())))
            }
            "Hangup" => Err(Stop::End(Ended::Server)),
            "Reject" if !self.answered => Err(Stop::End(Ended::Rejected)),
            "Reject" => Err(Stop::End(Ended::Server)),
            "Dial" => self.dial(verb, document).await,
            "Record" => self.record(verb, document).await,
            other => {
                let problem = format!("<{other}> is not simulated: the call ends here");
                self.complain(0, document.url.as_str(), problem);
                Err(Stop::End(Ended::Failed { code: 0 }))
            }
        }
    }

    /// Gets a prompt ready to start at once. Media that cannot be had become silence.
    pub async fn prompt(&mut self, verb: &Tree, document: &Document) -> Prompt {
        match verb.name.as_str() {
            "Say" => Prompt::Words(verb.text()),
            "Pause" => Prompt::Pause(f64::from(verb.number("length").unwrap_or(1)) * 1000.0),
            _ if verb.text().is_empty() => {
                let keys = verb.attribute("digits").unwrap_or_default();
                Prompt::Pause(keys.len() as f64 * 500.0)
            }
            _ => {
                let url = self.resolve(document, &verb.text());
                let net = self.net.clone();
                let start = Instant::now();
                match net.clips.fetch(&net, &url, &self.clock).await {
                    Ok(fetched) => {
                        if let Some(ms) = fetched.ms {
                            self.waited(Wait::Media, ms);
                            self.book.media_requests += 1;
                            self.book.turn().fetch_ms.push(ms);
                        }
                        Prompt::Clip { url, fetched }
                    }
                    Err(error) => {
                        // The caller has waited for it all the same.
                        self.waited(Wait::Media, self.clock.since(start));
                        self.book.fault(error);
                        Prompt::Pause(0.0)
                    }
                }
            }
        }
    }

    /// Plays a prompt so many times. Returns what interrupted it.
    pub async fn perform(
        &mut self,
        prompt: &Prompt,
        times: u32,
        document: &Document,
        ears: Ears,
    ) -> Result<Option<Input>, Stop> {
        for _ in 0..times {
            let done = match prompt {
                Prompt::Pause(ms) => self.pass(*ms, ears).await?,
                Prompt::Words(text) if text.is_empty() => None,
                Prompt::Words(text) => self.say(text, ears).await?,
                Prompt::Clip { url, fetched } => self.play(url, fetched, document, ears).await?,
            };
            if done.is_some() {
                return Ok(done);
            }
        }
        Ok(None)
    }

    async fn say(&mut self, text: &str, ears: Ears) -> Result<Option<Input>, Stop> {
        let clip = Arc::new(Clip::carrier_voice(text, self.net.config.record));
        let at_ms = self.clock.cursor_ms;
        self.book.show(PhoneEvent::Saying {
            at_ms,
            text: text.to_owned(),
            ms: clip.duration_ms,
        });
        self.note(at_ms, text.to_owned());
        self.sound(clip, SoundKind::Answer, ears).await
    }

    async fn play(
        &mut self,
        url: &Url,
        fetched: &Fetched,
        document: &Document,
        ears: Ears,
    ) -> Result<Option<Input>, Stop> {
        let bridging = url.query_pairs().any(|(name, value)| {
            name == "k" && (value == "filler" || value == "hold") && document.redirects
        });
        let kind = match bridging {
            true => SoundKind::Filler,
            false => SoundKind::Answer,
        };
        let at_ms = self.clock.cursor_ms;
        let turn = self.book.turn();
        match kind {
            SoundKind::Filler => turn.fillers.push(url.to_string()),
            SoundKind::Answer => turn.clips.push(url.to_string()),
        }
        self.book.show(PhoneEvent::Playing {
            at_ms,
            url: url.to_string(),
            ms: fetched.clip.duration_ms,
            kind,
            text: fetched.text.clone(),
        });
        match &fetched.text {
            Some(text) => self.note(at_ms, text.clone()),
            None => self.book.line(at_ms, Speaker::Agent, url.to_string()),
        }
        self.sound(fetched.clip.clone(), kind, ears).await
    }

    fn note(&mut self, at_ms: f64, text: String) {
        let heard = &mut self.book.turn().heard;
        if !heard.is_empty() {
            heard.push(' ');
        }
        heard.push_str(&text);
        self.book.line(at_ms, Speaker::Agent, text);
    }

    /// The other party rings, perhaps talks, and is gone.
    async fn dial(&mut self, verb: &Tree, document: &Document) -> Result<Option<Next>, Stop> {
        let plan = self.net.config.dial.clone();
        self.book.show(PhoneEvent::Dialing {
            number: verb.text(),
        });
        self.pass(f64::from(plan.ring_ms), Ears::DEAF).await?;
        let mut extra: Params = vec![
            ("DialCallStatus".into(), plan.status.clone()),
            (
                "DialCallSid".into(),
                format!("CA{}", uuid::Uuid::new_v4().simple()),
            ),
        ];
        let talked = plan.status == "completed";
        extra.push(("DialBridged".into(), talked.to_string()));
        if talked {
            self.pass(f64::from(plan.talk_ms), Ears::DEAF).await?;
            let seconds = plan.talk_ms.div_ceil(1000);
            extra.push(("DialCallDuration".into(), seconds.to_string()));
        }
        Ok(verb.attribute("action").map(|action| {
            let url = self.resolve(document, action);
            ask(url, verb, extra)
        }))
    }

    /// Records until the caller has said something, or said nothing for long enough.
    async fn record(&mut self, verb: &Tree, document: &Document) -> Result<Option<Next>, Stop> {
        let limit_ms = f64::from(verb.number("maxLength").unwrap_or(3600)) * 1000.0;
        let silence_ms = f64::from(verb.number("timeout").unwrap_or(5)) * 1000.0;
        let ears = Ears {
            speech: true,
            keys: true,
            late: true,
        };
        self.listening(ears, silence_ms);
        let from_ms = self.clock.cursor_ms;
        let heard = self.pass(silence_ms.min(limit_ms), ears).await?;
        let said = self.hear_out(heard).await?;
        self.turn(&said);
        let seconds = ((self.clock.cursor_ms - from_ms) / 1000.0).ceil();
        let sid = format!("RE{}", uuid::Uuid::new_v4().simple());
        let account = &self.who.account_sid;
        let path = format!("/2010-04-01/Accounts/{account}/Recordings/{sid}");
        let extra = vec![
            ("RecordingSid".into(), sid),
            (
                "RecordingUrl".into(),
                format!("https://api.example.invalid{path}"),
            ),
            ("RecordingDuration".into(), seconds.to_string()),
        ];
        let action = verb.attribute("action").unwrap_or_default();
        let url = self.resolve(document, action);
        Ok(Some(ask(url, verb, extra)))
    }

    /// A URL of a document; empty = the document's own. One that is none is an error of its own and
    /// leads back to the document.
    pub fn resolve(&mut self, document: &Document, target: &str) -> Url {
        match document.url.join(target) {
            Ok(url) if matches!(url.scheme(), "http" | "https") => url,
            _ => {
                let problem = format!("{target:?} is not a URL that can be requested");
                self.complain(11100, document.url.as_str(), problem);
                document.url.clone()
            }
        }
    }
}

/// Asks the target of a verb that goes elsewhere.
pub(crate) fn ask(url: Url, verb: &Tree, extra: Params) -> Next {
    Next::Ask {
        url,
        method: verb.attribute("method").unwrap_or("POST").to_owned(),
        extra,
    }
}

/// How often a `Say` or `Play` is repeated; 0 means "until the call ends".
pub(crate) fn repeats(verb: &Tree) -> u32 {
    match verb.number("loop").unwrap_or(1) {
        0 => LOOPS,
        times => times.min(LOOPS),
    }
}
