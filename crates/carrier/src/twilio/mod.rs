//! The Twilio dialect: TwiML out, signed webhooks in.
//!
//! The only folder of this crate that knows Twilio's words. Facts and their sources:
//! the protocol notes, sections 1 and 2; pinned by `fixtures/vectors/twi*.json`.

mod decode;
mod element;
mod encode;
mod explain;
mod signature;
mod url;

pub use decode::{DecodeError, decode};
pub use element::{Element, Node, XmlError, xml_text};
pub use encode::{DOCUMENT_LIMIT_BYTES, SAY_LIMIT_CHARS, encode};
pub use explain::{Explanation, explain};
pub use signature::{SignatureCheck, Verdict, body_sha256, sign, verify};
