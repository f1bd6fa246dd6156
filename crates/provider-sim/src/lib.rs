//! The APIs of speech and language companies as they are documented, on a port of this machine.
//!
//! The one decision: it stands for a company's paid service and shares no code with our clients, so the two cannot be
//! wrong together. A third party judges it: the companies' own Python clients talk to it in `scripts/check-providers`.
//! It refuses what the documents refuse, with the documented status and body, and speaks a [deterministic
//! sound](sound) whose length follows the text, in exactly the encoding that was asked for. Encodings that need a
//! licensed or lossy coder (mp3, opus, aac, flac) are answered with 501, which no company sends.
//!
//! [`Fault`]s are real ones: refused connections, resets and cuts happen to the socket, not to a value.

mod chat;
mod company;
mod deepgram;
mod door;
mod elevenlabs;
mod fastapi;
mod fault;
mod google;
mod kokoro;
mod openai;
mod piper;
mod reply;
mod request;
mod seen;
mod serve;
mod sim;
mod socket;
pub mod sound;
mod wire;
mod xtts;

pub use chat::ChatScript;
pub use company::Company;
pub use fault::{Fault, Pace};
pub use seen::Seen;
pub use sim::Sim;
