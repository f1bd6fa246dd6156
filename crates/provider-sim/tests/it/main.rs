//! What a client meets.

mod chat;
mod openai;
