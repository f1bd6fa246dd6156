//! What a call does, as tables: a script goes in, what is to be done about it comes out.

mod script;

mod attack;
mod caller;
mod fillers;
mod limits;
mod snapshot;
mod talking;
mod worlds;

#[path = "../world/mod.rs"]
mod world;
