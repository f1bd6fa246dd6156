//! Over a real server: the contract, what a server can suffer, and several processes. `scripts/check-stores` starts it.

mod contract;
mod processes;
mod trouble;
mod world;
