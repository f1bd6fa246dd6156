//! A carrier in little: asks, plays what it gets, and listens. It measures what the caller hears.

use std::time::Duration;

use aws_lc_rs::digest;
use bytes::Bytes;
use carrier::{Document, Verb};
use events::{BusinessId, CallId, TurnId};
use line::{Heard, Kind};
use store::{Bytes32, ObjectKey};
use switchboard::{AskError, Knock, Switchboard};
use tokio::time::{Instant, sleep};

use crate::world::World;

/// What was heard, and when, ms since the caller's last words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sound {
    pub at: u64,
    pub ms: u64,
    pub kind: SoundKind,
    /// The object of a clip, or the words that the carrier reads.
    pub what: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SoundKind {
    Filler,
    Answer,
    Read,
}

/// What the caller heard in one turn.
#[derive(Clone, Debug, Default)]
pub struct Turn {
    pub sounds: Vec<Sound>,
    /// The longest that a request was held, ms.
    pub held: u64,
}

impl Turn {
    pub fn fillers(&self) -> Vec<&Sound> {
        let filler = |sound: &&Sound| sound.kind == SoundKind::Filler;
        self.sounds.iter().filter(filler).collect()
    }

    /// When the answer began.
    pub fn answer(&self) -> u64 {
        let answer = self.sounds.iter().find(|s| s.kind != SoundKind::Filler);
        answer.expect("there is an answer").at
    }

    /// The longest silence before the answer's first sound, ms.
    pub fn silence(&self) -> u64 {
        let (mut end, mut most) = (0, 0);
        for sound in &self.sounds {
            most = most.max(sound.at.saturating_sub(end));
            end = sound.at + sound.ms;
            if sound.kind != SoundKind::Filler {
                break;
            }
        }
        most
    }

    pub fn read(&self) -> Vec<&str> {
        let read = |sound: &&Sound| sound.kind == SoundKind::Read;
        self.sounds
            .iter()
            .filter(read)
            .map(|s| s.what.as_str())
            .collect()
    }
}

/// A phone on a call.
pub struct Phone {
    switchboard: Switchboard,
    business: BusinessId,
    pub call: CallId,
    pub from: Option<String>,
    /// What the carrier asks next by itself, or asked and got no answer to.
    pub next: Option<(Kind, Option<String>)>,
    /// The turn that the caller's words begin, when they may speak.
    pub listening: Option<TurnId>,
    pub over: bool,
    /// From a clip's end to our request, and from our answer to the first sound, together, ms.
    pub trip: u64,
}

/// A request with the key of its content.
pub fn knock(business: &BusinessId, call: &CallId, kind: Kind, words: Option<&str>) -> Knock {
    let content = format!("{business} {call} {kind:?} {words:?}");
    let mut key = Bytes32::default();
    key.copy_from_slice(digest::digest(&digest::SHA256, content.as_bytes()).as_ref());
    Knock {
        business: business.clone(),
        call: call.clone(),
        kind,
        heard: Heard {
            speech: words.map(str::to_owned),
            digits: None,
        },
        from: Some("+12025550132".into()),
        to: Some("+12025550100".into()),
        key,
        encode: |document| Ok(serde_json::to_string(document).expect("a document is plain data")),
    }
}

/// Reads an answer as a document.
pub fn document(body: &Bytes) -> Document {
    serde_json::from_slice(body).expect("a document was encoded")
}

impl Phone {
    /// A phone that has not rung yet.
    pub fn new(world: &World, call: &str) -> Self {
        Self {
            switchboard: world.switchboard.clone(),
            business: world.business.id.clone(),
            call: CallId::parse(call).expect("an id"),
            from: Some("+12025550132".into()),
            next: None,
            listening: None,
            over: false,
            trip: 0,
        }
    }

    /// The same phone, at a switchboard that came after.
    pub fn plug_into(&mut self, world: &World) {
        self.switchboard = world.switchboard.clone();
    }

    /// Calls, and listens to the greeting.
    pub async fn dial(world: &World, call: &str) -> Self {
        let mut phone = Self::new(world, call);
        phone.follow(Kind::Incoming, None).await.expect("an answer");
        phone
    }

    pub fn knock(&self, kind: Kind, words: Option<&str>) -> Knock {
        let mut knock = knock(&self.business, &self.call, kind, words);
        knock.from.clone_from(&self.from);
        knock
    }

    pub async fn ask(&self, kind: Kind, words: Option<&str>) -> Result<Document, AskError> {
        let body = self.switchboard.ask(self.knock(kind, words)).await?;
        Ok(document(&body))
    }

    /// Says something and listens to the answer.
    pub async fn say(&mut self, words: &str) -> Turn {
        let turn = self.listening.expect("it is the caller's turn");
        self.follow(Kind::Process(turn), Some(words))
            .await
            .expect("an answer")
    }

    /// Hangs up.
    pub async fn hang_up(&mut self) {
        self.over = true;
        self.ask(Kind::Over, None).await.expect("an answer");
    }

    /// Goes from this request on wherever the answers lead, until the caller may speak or the call is over.
    pub async fn follow(&mut self, kind: Kind, words: Option<&str>) -> Result<Turn, AskError> {
        self.next = Some((kind, words.map(str::to_owned)));
        self.go_on().await
    }

    /// Asks what is next to be asked, and goes on from there. After a crash this repeats what was not answered.
    pub async fn go_on(&mut self) -> Result<Turn, AskError> {
        let began = Instant::now();
        let mut turn = Turn::default();
        for _ in 0..40 {
            let Some((kind, words)) = self.next.clone() else {
                return Ok(turn);
            };
            let asked = Instant::now();
            let document = self.ask(kind, words.as_deref()).await?;
            turn.held = turn.held.max(since(asked));
            self.listening = None;
            self.next = None;
            self.over = true;
            for verb in &document.verbs {
                match verb {
                    Verb::Gather { gather, .. } => {
                        self.listening = Some(place(&gather.action).0);
                        self.over = false;
                    }
                    Verb::Redirect { url } => {
                        let (turn, hop) = place(url);
                        self.next = Some((Kind::Ready(turn, hop), None));
                        self.over = false;
                    }
                    _ => {}
                }
            }
            sleep(Duration::from_millis(self.trip)).await;
            for verb in document.verbs {
                self.play(verb, began, &mut turn).await;
            }
        }
        panic!("the answers lead nowhere: {turn:?}");
    }

    async fn play(&mut self, verb: Verb, began: Instant, turn: &mut Turn) {
        match verb {
            Verb::Play { url } => self.hear(&url, began, turn).await,
            Verb::Say { text, .. } => {
                let ms = u64::from(text::speaking_ms(&text));
                turn.sounds.push(Sound {
                    at: since(began),
                    ms,
                    kind: SoundKind::Read,
                    what: text,
                });
                sleep(Duration::from_millis(ms)).await;
            }
            Verb::Gather { children, .. } => {
                for child in children {
                    Box::pin(self.play(child, began, turn)).await;
                }
            }
            Verb::Pause { seconds } => sleep(Duration::from_secs(seconds.into())).await,
            Verb::Redirect { .. } | Verb::Hangup => {}
            other => panic!("nobody listens to {}", other.name()),
        }
    }

    async fn hear(&mut self, url: &str, began: Instant, turn: &mut Turn) {
        let name = url.rsplit('/').next().expect("a path");
        let (object, kind) = name.split_once(".wav?k=").expect("our own address");
        let key = ObjectKey::parse(object).expect("an object's name");
        let audio = self.switchboard.parts().voicer.audio(&key).await;
        let audio = audio.expect("what is played is there");
        let ms = audio::Wav::decode(&audio).expect("a WAV").duration_ms();
        let kind = if kind == "filler" {
            SoundKind::Filler
        } else {
            SoundKind::Answer
        };
        turn.sounds.push(Sound {
            at: since(began),
            ms,
            kind,
            what: object.to_owned(),
        });
        sleep(Duration::from_millis(ms)).await;
    }
}

fn since(from: Instant) -> u64 {
    u64::try_from(from.elapsed().as_millis()).expect("a test is short")
}

/// The turn and the hop in one of our addresses.
fn place(url: &str) -> (TurnId, u32) {
    let (path, query) = url.split_once('?').expect("our addresses have a query");
    let turn = path.rsplit('/').next().and_then(|turn| turn.parse().ok());
    let hop = query
        .split('&')
        .find_map(|pair| pair.strip_prefix("hop="))
        .map_or(0, |hop| hop.parse().expect("a number"));
    (TurnId(turn.expect("a turn")), hop)
}
