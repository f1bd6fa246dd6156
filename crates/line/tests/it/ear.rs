//! Listens in on a phone and remembers what the caller heard.

use std::{cell::RefCell, rc::Rc};

use call::{Order, Traits};
use events::At;
use fastrand::Rng;

use crate::world::{Act, Phone};

/// Everything that was heard, in order.
pub type Heard = Rc<RefCell<Vec<String>>>;

/// A phone with somebody listening in.
pub struct Ear<P> {
    pub phone: P,
    pub heard: Heard,
}

impl<P: Phone> Phone for Ear<P> {
    fn traits(&self) -> Traits {
        self.phone.traits()
    }
    fn obey(&mut self, order: &Order, now: At) {
        self.phone.obey(order, now);
    }
    fn settle(&mut self, now: At, rng: &mut Rng) {
        self.phone.settle(now, rng);
    }
    fn due(&self) -> Option<At> {
        self.phone.due()
    }
    fn advance(&mut self, now: At, rng: &mut Rng, acts: &mut Vec<Act>) {
        let from = acts.len();
        self.phone.advance(now, rng, acts);
        for act in &acts[from..] {
            if let Act::Heard(what) = act {
                self.heard.borrow_mut().push(what.clone());
            }
        }
    }
    fn crash(&mut self, now: At) {
        self.phone.crash(now);
    }
}
