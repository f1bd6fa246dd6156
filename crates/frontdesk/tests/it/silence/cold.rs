//! The first sentence after a start: whatever has to be connected was connected before somebody called.

use std::time::Duration;

use provider_sim::{Company, Seen, Sim};

use super::{
    house::{House, call},
    world::{chained, model, questions, speech, talk, voice_of},
};

/// A program, its model and its voice.
struct Cold {
    house: House,
    mind: Sim,
    voice: Sim,
}

impl Cold {
    async fn start(company: Company, further: &[(&'static str, String)]) -> Cold {
        let mind = Sim::start(Company::OpenAi).await.expect("a free port");
        let voice = Sim::start(company).await.expect("a free port");
        let mut settings = model(&mind);
        settings.extend(speech(&voice, company));
        settings.extend_from_slice(further);
        let house = House::open(&settings, (chained(company), voice_of(company))).await;
        // What it asks ahead of need, it asks by now.
        for sim in [&mind, &voice] {
            until_asked(sim).await;
        }
        Cold { house, mind, voice }
    }

    /// The first turn of the first call, which must not have to connect to anybody.
    async fn first_turn(&self) {
        let asked = self.mind.seen();
        assert!(
            asked.iter().all(|seen| seen.method == "GET"),
            "nobody has asked for words yet"
        );
        talk(&self.mind, 4);
        let (mind, voice) = (Before::of(&self.mind), Before::of(&self.voice));
        let report = call(&self.house.network(), &questions()[..1]).await;
        let heard = &report.turns[1].heard;
        assert!(heard.contains("gate"), "{:?}", report.turns[1]);
        mind.stood(&self.mind, "the model");
        voice.stood(&self.voice, "the voice");
    }
}

/// Waits until the simulator was asked something, and nothing more for a second: whatever is done ahead of need is done.
async fn until_asked(sim: &Sim) {
    let (mut before, mut calm) = ((0, 0), 0);
    for _ in 0..600 {
        let seen = sim.seen();
        let asked = seen.iter().any(|seen| seen.method == "GET");
        let now = (seen.len(), sim.connects());
        calm = if asked && now == before { calm + 1 } else { 0 };
        if calm == 20 {
            return;
        }
        before = now;
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("it was asked nothing ahead of need, or does not come to rest");
}

/// What a simulator had seen before the call.
struct Before {
    connects: u64,
    seen: Vec<Seen>,
}

impl Before {
    fn of(sim: &Sim) -> Before {
        Before {
            connects: sim.connects(),
            seen: sim.seen(),
        }
    }

    /// The first question since then came over a connection that had stood already.
    fn stood(&self, sim: &Sim, who: &str) {
        let seen = sim.seen();
        // Over a WebSocket a question is a message of an older request.
        let fresh = |(at, now): &(usize, &Seen)| match self.seen.get(*at) {
            Some(then) => now.messages.len() > then.messages.len(),
            None => now.method == "POST" || !now.messages.is_empty(),
        };
        let first = seen.iter().enumerate().find(fresh);
        let (_, first) = first.expect("it was asked");
        eprintln!(
            "{who}: {} connections stood, the first question came over number {}; {} stand after the turn",
            self.connects,
            first.connection,
            sim.connects()
        );
        assert!(
            first.connection <= self.connects,
            "{who}: {} {}",
            first.method,
            first.path
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes minutes; scripts/check-silence runs it"]
async fn the_first_words_and_the_first_sentence_open_no_connection() {
    Cold::start(Company::Deepgram, &[]).await.first_turn().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes minutes; scripts/check-silence runs it"]
async fn the_first_sentence_over_a_websocket_opens_no_connection() {
    for (company, switch) in [
        (Company::Deepgram, "FRONTDESK__DEEPGRAM__WEBSOCKET"),
        (Company::ElevenLabs, "FRONTDESK__ELEVENLABS__WEBSOCKET"),
    ] {
        let cold = Cold::start(company, &[(switch, "true".to_owned())]).await;
        let seen = cold.voice.seen();
        let mut sockets = seen.iter().filter(|seen| seen.header("upgrade").is_some());
        assert!(sockets.next().is_some(), "it is spoken to over sockets");
        cold.first_turn().await;
    }
}
