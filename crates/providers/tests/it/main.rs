//! What every provider must keep to, judged against simulators that share no code with it.

mod chat;
mod contract;
mod faults;
mod manners;
mod sockets;
mod world;
