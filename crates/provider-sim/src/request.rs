//! A request in the form that the companies' files read.

use bytes::Bytes;
use serde_json::Value;

use crate::chat::Chat;
use crate::fault::Pace;
use crate::seen::first;
use crate::sound::Voicing;

/// A request that has been read to its end.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Bytes,
    /// The body, when it is JSON.
    pub(crate) json: Option<Value>,
    /// What a fault makes of the sound.
    pub(crate) voicing: Voicing,
    pub(crate) pace: Pace,
    /// What the model will say.
    pub(crate) chat: Chat,
}

impl Request {
    /// Method and path as one, for matching.
    pub(crate) fn target(&self) -> (&str, &str) {
        (&self.method, &self.path)
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        first(&self.headers, name)
    }

    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        first(&self.query, name)
    }

    /// What follows `scheme` in the Authorization header.
    pub(crate) fn authorization(&self, scheme: &str) -> Option<&str> {
        let (given, credential) = self.header("authorization")?.split_once(' ')?;
        given.eq_ignore_ascii_case(scheme).then_some(credential)
    }

    /// Whether the client asks for a WebSocket.
    pub(crate) fn wants_socket(&self) -> bool {
        let asked = self.header("upgrade").unwrap_or_default();
        asked.eq_ignore_ascii_case("websocket") && self.header("sec-websocket-key").is_some()
    }

    /// A field of the JSON body; null is as good as missing.
    pub(crate) fn field(&self, name: &str) -> Option<&Value> {
        self.json.as_ref()?.get(name).filter(|v| !v.is_null())
    }
}
