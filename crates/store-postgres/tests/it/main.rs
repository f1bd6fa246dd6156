//! Over a real server: the contract, and what a server can suffer. `scripts/check-stores` starts it.

mod contract;
mod restart;
mod tables;
mod trouble;
mod world;
