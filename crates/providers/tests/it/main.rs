//! What every provider must keep to, judged against simulators that share no code with it.

mod contract;
mod faults;
mod manners;
mod sockets;
mod world;
