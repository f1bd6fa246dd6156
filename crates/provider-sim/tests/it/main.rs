//! What a client meets.

mod openai;
