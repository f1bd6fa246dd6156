//! Over a real server that checks signatures: the contract, what a bucket can suffer, and a writer that is killed.
//! `scripts/check-stores` starts it.

mod contract;
mod killed;
mod links;
mod refused;
mod trouble;
mod world;
