//! What carriers, operators and strangers get over HTTP. Every test has a whole application of its own, on port 0.

mod admin;
mod audio;
mod bodies;
mod console;
mod doors;
mod draining;
mod health;
mod hostile;
mod once;
mod prewarm;
mod sample;
mod signatures;
mod studio;
mod templates;
mod turns;
mod wire;
mod world;
