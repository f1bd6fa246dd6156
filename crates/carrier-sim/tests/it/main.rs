//! Behaviour of the network in front of a server that answers whatever a test wants.

mod calls;
mod ear;
mod manners;
mod phone;
mod reading;
mod world;
