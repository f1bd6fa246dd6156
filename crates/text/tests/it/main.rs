//! What the text room promises.

mod fillers;
mod normalize;
mod sentences;
mod spoken;
mod ssml;
