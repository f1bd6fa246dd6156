//! The desk in memory, and what the agent does when the desk cannot be reached.

use std::sync::Arc;

use agent::{
    Booking, BookingAsk, Desk, DeskError, EffectKey, MemoryDesk, Message, Scripted, Slot, contract,
};
use events::{At, BusinessId};
use expect_test::expect;
use futures::{
    FutureExt,
    executor::block_on,
    future::{BoxFuture, ready},
};

use crate::world::World;

#[test]
fn the_desk_in_memory_keeps_the_contract() {
    let desk = MemoryDesk::new();
    block_on(contract::holds(&desk, "memory"));
    assert_eq!(
        desk.messages().len(),
        1,
        "two tries with one key are one message"
    );
}

/// A desk whose records are away.
struct Away;

fn away<T: Send + 'static>() -> BoxFuture<'static, Result<T, DeskError>> {
    ready(Err(DeskError::Unavailable("no route".into()))).boxed()
}

impl Desk for Away {
    fn free(
        &self,
        _: BusinessId,
        _: Vec<Slot>,
        _: u32,
    ) -> BoxFuture<'_, Result<Vec<Slot>, DeskError>> {
        away()
    }
    fn book(&self, _: EffectKey, _: BookingAsk) -> BoxFuture<'_, Result<Booking, DeskError>> {
        away()
    }
    fn find(
        &self,
        _: BusinessId,
        _: String,
        _: At,
    ) -> BoxFuture<'_, Result<Vec<Booking>, DeskError>> {
        away()
    }
    fn reschedule(
        &self,
        _: EffectKey,
        _: String,
        _: Slot,
        _: u32,
    ) -> BoxFuture<'_, Result<Booking, DeskError>> {
        away()
    }
    fn cancel(&self, _: EffectKey, _: String) -> BoxFuture<'_, Result<Booking, DeskError>> {
        away()
    }
    fn message(&self, _: EffectKey, _: Message) -> BoxFuture<'_, Result<(), DeskError>> {
        away()
    }
}

#[test]
fn records_that_are_away_are_owned_up_to() {
    let mut world = World::new();
    world.agent = Scripted::at_once(Arc::new(Away));
    world.check(
        &[
            "a checkup tomorrow at two",
            "yes",
            "please call me",
            "Sam Lee",
            "yes",
            "cancel my appointment",
        ],
        expect![[r#"
            > a checkup tomorrow at two
            <calendar.check: the records cannot be reached: no route> I'm sorry, I can't reach the calendar right now. Shall I take a message? [YesNo]
            > yes
            Of course. What's your message? [Dictation]
            > please call me
            What's your name? [Speech]
            > Sam Lee
            Is the number you're calling from the best one to reach you? [YesNo]
            > yes
            <message.keep: the records cannot be reached: no route> I'm sorry, I can't write anything down right now. Please call again later. Is there anything else I can help with? [Speech]
            > cancel my appointment
            <booking.find: the records cannot be reached: no route> I'm sorry, I can't reach the calendar right now. Shall I take a message? [YesNo]
        "#]],
    );
}
