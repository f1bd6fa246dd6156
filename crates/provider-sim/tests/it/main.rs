//! What a client meets.

mod ask;
mod chat;
mod deepgram;
mod elevenlabs;
mod faults;
mod google;
mod kokoro;
mod live;
mod openai;
mod piper;
mod xtts;
