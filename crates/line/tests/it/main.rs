//! What a line makes of a carrier's requests and of a call's orders.

mod ear;
mod markup;
mod pushed;
mod webhook;
mod worlds;

#[path = "../../../call/tests/world/mod.rs"]
#[allow(dead_code)]
mod world;
