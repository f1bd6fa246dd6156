//! The switchboard with a puppet for an agent, hiss for a voice and a phone that plays documents, on paused time.

mod ahead;
mod bounds;
mod crash;
mod day;
mod fillers;
mod jobs;
mod once;
mod parts;
mod phone;
mod records;
mod trouble;
mod world;
