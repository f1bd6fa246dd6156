//! The contract, run by each store, and what only files can suffer.

mod contract;
mod cookbook;
mod damage;
mod folder;
mod killed;
mod sqlite;
mod tiers;
mod turns;
mod world;
