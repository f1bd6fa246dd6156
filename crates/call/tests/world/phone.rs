//! A caller, and a plain phone line in two manners: one that pushes events and one that comes back for more.

use std::collections::VecDeque;

use call::{Input, Order, Sound, Traits};
use events::{At, ClipId};
use fastrand::Rng;

use super::{Act, Move, Phone, Plan, What};

/// A person with a plan.
pub struct Caller {
    moves: VecDeque<Move>,
    armed: Option<At>,
    busy: At,
    mute: bool,
    /// When they slam the phone down.
    pub slams_at: Option<At>,
}

impl Caller {
    pub fn new(plan: &Plan) -> Self {
        Self {
            moves: plan.moves.iter().cloned().collect(),
            armed: None,
            busy: At(0),
            mute: false,
            slams_at: plan.slams_at.map(At),
        }
    }

    /// They are spoken to again.
    pub fn spoken_to(&mut self) {
        if std::mem::take(&mut self.mute) {
            self.moves.pop_front();
        }
    }

    /// They make up their mind, if it is their turn or if they hear us and are rude.
    pub fn think(&mut self, now: At, theirs: bool, hearing: bool) {
        let Some(next) = self.moves.front() else {
            return;
        };
        if self.armed.is_some() || now < self.busy {
            return;
        }
        if next.what == What::Nothing {
            self.mute |= theirs;
        } else if theirs || next.rude && hearing {
            self.armed = Some(now + next.after_ms);
        }
    }

    pub fn due(&self) -> Option<At> {
        [self.armed, self.slams_at].into_iter().flatten().min()
    }

    /// What they do now; they are busy with it for `ms`.
    pub fn act(&mut self, now: At, ms: u64) -> Option<What> {
        self.armed.filter(|at| *at <= now)?;
        self.armed = None;
        self.busy = now + ms;
        self.moves.pop_front().map(|next| next.what)
    }

    /// It is not their turn any more after all.
    pub fn wait(&mut self) {
        self.armed = None;
    }
}

/// How a line behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// Events come by themselves, the caller can interrupt.
    Push,
    /// It asks, plays what it gets, and asks again.
    Visits,
}

struct Piece {
    clip: ClipId,
    label: String,
    ms: u32,
}

enum Mail {
    Input(Input),
    /// The line asks for more.
    Visit,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ending {
    Listen(u32),
    Transfer,
    HangUp,
}

/// A line without any wire format.
pub struct Simple {
    manner: Manner,
    sloppy: bool,
    caller: Caller,
    /// What the line has, in order.
    queue: VecDeque<Piece>,
    playing: Option<(ClipId, At)>,
    ending: Option<Ending>,
    /// On visits: what the next answer will hold.
    answer: (Vec<Piece>, Option<Ending>),
    open: bool,
    theirs: Option<At>,
    dialled: Option<At>,
    unreported: Vec<ClipId>,
    mail: Vec<(At, Mail)>,
    sounding: bool,
    poked: bool,
    closed: bool,
}

impl Simple {
    pub fn new(plan: &Plan, manner: Manner) -> Self {
        let mut mail = vec![(At(0), Mail::Input(Input::Answered))];
        if manner == Manner::Visits {
            mail.push((At(0), Mail::Visit));
        }
        Self {
            manner,
            sloppy: plan.sloppy,
            caller: Caller::new(plan),
            queue: VecDeque::new(),
            playing: None,
            ending: None,
            answer: (Vec::new(), None),
            open: false,
            theirs: None,
            dialled: None,
            unreported: Vec::new(),
            mail,
            sounding: false,
            poked: false,
            closed: false,
        }
    }

    fn push(&self) -> bool {
        self.manner == Manner::Push
    }

    fn send(&mut self, at: At, input: Input) {
        self.mail.push((at, Mail::Input(input)));
    }

    fn lag(&self, rng: &mut Rng) -> u64 {
        if self.sloppy { rng.u64(..80) } else { 0 }
    }

    fn close(&mut self, now: At, who: &str, rng: &mut Rng, acts: &mut Vec<Act>) {
        self.closed = true;
        self.queue.clear();
        self.playing = None;
        acts.push(Act::Gone);
        if !self.sloppy || rng.u8(..16) > 0 {
            let at = now + self.lag(rng);
            self.send(at, Input::HungUp(who.into()));
        }
    }

    /// What is playing goes on, ends, and is followed.
    fn sound(&mut self, now: At, rng: &mut Rng, acts: &mut Vec<Act>) {
        loop {
            match self.playing {
                Some((_, until)) if until > now => return,
                Some((clip, _)) => {
                    self.playing = None;
                    self.ended(clip, now, rng);
                }
                None => match self.queue.pop_front() {
                    Some(piece) => {
                        acts.push(Act::Heard(piece.label));
                        self.sounding = true;
                        self.playing = Some((piece.clip, now + u64::from(piece.ms)));
                    }
                    None => break,
                },
            }
        }
        if std::mem::take(&mut self.sounding) {
            acts.push(Act::Quiet);
        }
        self.drained(now, rng, acts);
    }

    fn ended(&mut self, clip: ClipId, now: At, rng: &mut Rng) {
        if self.push() {
            let at = now + self.lag(rng);
            self.send(at, Input::Played(clip));
            if self.sloppy && rng.u8(..16) == 0 {
                self.send(at + 500, Input::Played(clip));
            }
        } else {
            self.unreported.push(clip);
        }
    }

    fn drained(&mut self, now: At, rng: &mut Rng, acts: &mut Vec<Act>) {
        match self.ending {
            Some(Ending::Listen(_)) if self.theirs.is_none() => {
                self.theirs = Some(now);
                acts.push(Act::Yours);
            }
            Some(Ending::Transfer) if self.dialled.is_none() => {
                self.dialled = Some(now + rng.u64(2_000..40_000));
            }
            Some(Ending::HangUp) => self.close(now, "carrier.over", rng, acts),
            None if !self.push() && !self.open && self.mail.is_empty() => {
                self.visit(now, None, rng)
            }
            _ => {}
        }
    }

    /// The line asks again, and reports what was heard and what the caller did.
    fn visit(&mut self, now: At, what: Option<Input>, rng: &mut Rng) {
        let at = now + 20 + self.lag(rng);
        self.theirs = None;
        self.ending = None;
        for clip in std::mem::take(&mut self.unreported) {
            self.send(at, Input::Played(clip));
        }
        if let Some(input) = what {
            self.send(at, input);
        }
        self.mail.push((at, Mail::Visit));
    }

    fn speak(&mut self, now: At, rng: &mut Rng, acts: &mut Vec<Act>) {
        let ms = rng.u64(100..1_200);
        let in_gather = self.theirs.is_some()
            || matches!(self.ending, Some(Ending::Listen(_))) && self.queue.is_empty();
        let waits = matches!(self.ending, Some(Ending::Transfer | Ending::HangUp));
        if waits || !self.push() && !in_gather {
            self.caller.wait();
            return;
        }
        let words = match self.caller.act(now, ms) {
            None | Some(What::Nothing) => return,
            Some(What::Coughs) => None,
            Some(What::Says(text)) => Some((text, false)),
            Some(What::Keys(text)) => Some((text, true)),
        };
        let words = words.map(|(text, digits)| Input::Words {
            text: text.into(),
            digits,
        });
        if self.push() {
            self.send(now, Input::Onset);
            if let Some(words) = words {
                self.theirs = None;
                self.ending = None;
                self.send(now + ms, words);
            }
        } else if words.is_some() {
            if let Some((clip, _)) = self.playing.take() {
                self.unreported.push(clip);
                self.sounding = false;
                acts.push(Act::Quiet);
            }
            self.visit(now + ms, words, rng);
        }
    }

    fn waits_over(&mut self, now: At, rng: &mut Rng) {
        if let (Some(since), Some(Ending::Listen(patience))) = (self.theirs, self.ending)
            && !self.push()
            && since + u64::from(patience) <= now
        {
            self.caller.wait();
            self.visit(now, Some(Input::Silence), rng);
        }
        if self.dialled.is_some_and(|at| at <= now) {
            self.dialled = None;
            let returned = Input::Returned {
                answered: rng.bool(),
            };
            if self.push() {
                self.ending = None;
                self.send(now, returned);
            } else {
                self.visit(now, Some(returned), rng);
            }
        }
    }

    fn deliver(&mut self, now: At, acts: &mut Vec<Act>) {
        self.mail.sort_by_key(|(at, _)| *at);
        let due = self.mail.partition_point(|(at, _)| *at <= now);
        for (_, mail) in self.mail.drain(..due) {
            match mail {
                Mail::Input(input) => acts.push(Act::Input(input)),
                Mail::Visit => {
                    self.open = true;
                    self.poked = true;
                }
            }
        }
    }
}

impl Phone for Simple {
    fn traits(&self) -> Traits {
        Traits {
            barge_in: self.push(),
            reports_silence: !self.push(),
            second_stage_ms: 1_200,
            brief_ms: 300,
        }
    }

    fn obey(&mut self, order: &Order, now: At) {
        self.poked = true;
        let ending = match order {
            Order::Say { clip, sound, .. } => {
                let (label, ms) = match sound {
                    Sound::Clip { object, ms } => (object.clone(), *ms),
                    Sound::Text(text) => (text.clone(), 900),
                };
                let piece = Piece {
                    clip: *clip,
                    label,
                    ms,
                };
                if self.push() && !self.closed {
                    self.queue.push_back(piece);
                } else {
                    self.answer.0.push(piece);
                }
                return;
            }
            Order::Hush => {
                self.queue.clear();
                self.sounding = false;
                if let Some((clip, _)) = self.playing.take() {
                    self.send(now + 30, Input::Played(clip));
                }
                return;
            }
            Order::Think { .. } if self.push() => {
                self.ending = None;
                self.theirs = None;
                return;
            }
            Order::Listen(listen) => {
                self.caller.spoken_to();
                Ending::Listen(listen.patience_ms)
            }
            Order::Transfer { .. } => Ending::Transfer,
            Order::HangUp => Ending::HangUp,
            _ => return,
        };
        if self.push() {
            self.ending = Some(ending);
            self.theirs = None;
        } else {
            self.answer.1 = Some(ending);
        }
    }

    fn settle(&mut self, _now: At, _rng: &mut Rng) {
        let something = !self.answer.0.is_empty() || self.answer.1.is_some();
        if self.open && something && !self.closed {
            self.open = false;
            self.poked = true;
            self.queue.extend(self.answer.0.drain(..));
            self.ending = self.answer.1.take();
        }
    }

    fn due(&self) -> Option<At> {
        let mail = self.mail.iter().map(|(at, _)| *at).min();
        if self.closed {
            return mail;
        }
        let poked = self.poked.then_some(At(0));
        let silence = match (self.theirs, self.ending) {
            (Some(since), Some(Ending::Listen(ms))) if !self.push() => Some(since + u64::from(ms)),
            _ => None,
        };
        let playing = self.playing.map(|(_, until)| until);
        let all = [
            poked,
            mail,
            silence,
            playing,
            self.dialled,
            self.caller.due(),
        ];
        all.into_iter().flatten().min()
    }

    fn advance(&mut self, now: At, rng: &mut Rng, acts: &mut Vec<Act>) {
        self.poked = false;
        if !self.closed {
            if self.caller.slams_at.is_some_and(|at| at <= now) {
                self.close(now, "caller.hung_up", rng, acts);
            } else if self.push() || !self.open {
                self.sound(now, rng, acts);
            }
        }
        if !self.closed {
            let hearing = self.playing.is_some();
            self.caller.think(now, self.theirs.is_some(), hearing);
            self.speak(now, rng, acts);
            self.waits_over(now, rng);
        }
        self.deliver(now, acts);
    }

    fn crash(&mut self, _now: At) {}
}
