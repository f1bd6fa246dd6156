//! Behaviour of `carrier`, pinned by `fixtures/vectors`.

mod decode;
mod dedupe;
mod documents;
mod encode;
mod signature;
mod vectors;
