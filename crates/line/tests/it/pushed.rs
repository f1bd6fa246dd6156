//! A line that pushes, written against the trait to show that its shape fits: events come when they happen, sound is
//! queued, the caller can interrupt, and nobody but the call watches for silence.

use call::{Input, Order, Sound, Traits};
use events::{At, ClipId};
use fastrand::Rng;
use line::Line;

use crate::world::{Act, Manner, Phone, Plan, Simple};

/// What such a carrier tells.
#[derive(Debug)]
pub enum Wire {
    Up,
    Began,
    Text { text: String, digits: bool },
    Ended(ClipId),
    Back { answered: bool },
    Down(String),
}

/// What such a carrier is told.
#[derive(Debug)]
pub enum Command {
    Play {
        clip: ClipId,
        sound: Sound,
        filler: bool,
    },
    Stop,
    /// Nothing more comes until the caller speaks.
    Rest(Order),
    Dial(Order),
    Close,
}

/// The line itself: a queue of commands.
#[derive(Default)]
pub struct Push {
    commands: Vec<Command>,
}

impl Line for Push {
    type Wire = Wire;
    type Sent = Command;

    fn traits(&self) -> Traits {
        Traits {
            barge_in: true,
            reports_silence: false,
            second_stage_ms: 1_200,
            brief_ms: 300,
        }
    }

    fn hear(&mut self, wire: Wire, _now: At, inputs: &mut Vec<Input>) {
        inputs.push(match wire {
            Wire::Up => Input::Answered,
            Wire::Began => Input::Onset,
            Wire::Text { text, digits } => Input::Words { text, digits },
            Wire::Ended(clip) => Input::Played(clip),
            Wire::Back { answered } => Input::Returned { answered },
            Wire::Down(who) => Input::HungUp(who),
        });
    }

    fn obey(&mut self, order: &Order, _now: At) {
        let command = match order {
            Order::Say {
                clip,
                sound,
                filler,
            } => Command::Play {
                clip: *clip,
                sound: sound.clone(),
                filler: *filler,
            },
            Order::Hush => {
                self.commands
                    .retain(|command| !matches!(command, Command::Play { .. }));
                Command::Stop
            }
            Order::Listen(_) => Command::Rest(order.clone()),
            Order::Transfer { .. } => Command::Dial(order.clone()),
            Order::HangUp => Command::Close,
            Order::Think { .. } | Order::Forget { .. } | Order::Voice { .. } | Order::Note(_) => {
                return;
            }
        };
        self.commands.push(command);
    }

    fn flush(&mut self, _now: At, sent: &mut Vec<Command>) {
        sent.append(&mut self.commands);
    }

    fn deadline(&self) -> Option<At> {
        None
    }
}

/// The line with a simulated carrier and caller at its other end.
pub struct Pushed {
    line: Push,
    carrier: Simple,
}

impl Pushed {
    pub fn new(plan: &Plan) -> Self {
        Self {
            line: Push::default(),
            carrier: Simple::new(plan, Manner::Push),
        }
    }

    fn send(&mut self, now: At) {
        let mut sent = Vec::new();
        self.line.flush(now, &mut sent);
        for command in sent {
            let order = match command {
                Command::Play {
                    clip,
                    sound,
                    filler,
                } => Order::Say {
                    clip,
                    sound,
                    filler,
                },
                Command::Stop => Order::Hush,
                Command::Rest(order) | Command::Dial(order) => order,
                Command::Close => Order::HangUp,
            };
            self.carrier.obey(&order, now);
        }
    }
}

fn wired(input: Input) -> Wire {
    match input {
        Input::Answered => Wire::Up,
        Input::Onset => Wire::Began,
        Input::Words { text, digits } => Wire::Text { text, digits },
        Input::Played(clip) => Wire::Ended(clip),
        Input::Returned { answered } => Wire::Back { answered },
        Input::HungUp(who) => Wire::Down(who),
        other => panic!("a carrier does not tell {other:?}"),
    }
}

impl Phone for Pushed {
    fn traits(&self) -> Traits {
        self.line.traits()
    }

    fn obey(&mut self, order: &Order, now: At) {
        self.line.obey(order, now);
        self.send(now);
        if matches!(order, Order::Think { .. }) {
            // The caller knows that they have been understood.
            self.carrier.obey(order, now);
        }
    }

    fn settle(&mut self, now: At, rng: &mut Rng) {
        self.carrier.settle(now, rng);
    }

    fn due(&self) -> Option<At> {
        self.carrier.due()
    }

    fn advance(&mut self, now: At, rng: &mut Rng, acts: &mut Vec<Act>) {
        let mut told = Vec::new();
        self.carrier.advance(now, rng, &mut told);
        for act in told {
            match act {
                Act::Input(input) => {
                    let mut inputs = Vec::new();
                    self.line.hear(wired(input), now, &mut inputs);
                    acts.extend(inputs.into_iter().map(Act::Input));
                }
                other => acts.push(other),
            }
        }
    }

    fn crash(&mut self, _now: At) {}
}
