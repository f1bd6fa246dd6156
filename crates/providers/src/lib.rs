//! One file per company, each implementing the ports it serves.
//!
//! The one decision: a company's file holds its addresses, its words and its error bodies, and nothing else. Asking within
//! time limits ([`Http`] builds the only client), decoding sound as it arrives and judging whether it is speech at all are
//! the same code for everybody. Nothing here starts a task, but for the library behind [`ChatModel`]: the work lives in the
//! stream, and a dropped stream closes the connection behind it.

mod catalogue;
mod decode;
mod http;
mod price;
mod refusal;
mod secret;
mod setup;
mod socket;
mod speech;
mod stretch;
mod wire;

pub mod deepgram;
pub mod elevenlabs;
pub mod google;
pub mod kokoro;
pub mod openai;
mod openai_chat;
pub mod piper;
pub mod xtts_api;
pub mod xtts_streaming;

pub use http::{Http, Limits};
pub use openai_chat::{CHATTY, ChatAgent, ChatLimits, ChatModel, ChatSettings};
pub use price::Price;
pub use secret::Secret;
pub use setup::SetupError;
