//! What a carrier sends, signed as it signs.

use carrier::{form, twilio};

use crate::{
    wire::{Reply, request},
    world::World,
};

pub const PUBLIC: &str = "https://frontdesk.example";
pub const TOKEN: &str = "8f2b5c0d9e7a41d3b6c8f0a1e2d3c4b5";
pub const ACCOUNT: &str = "AC0123456789abcdef0123456789abcdef";
pub const FORM: (&str, &str) = ("Content-Type", "application/x-www-form-urlencoded");

pub type Params = Vec<(String, String)>;

/// The id of the n-th call.
pub fn sid(n: u32) -> String {
    format!("CA{n:032x}")
}

/// What every webhook of the n-th call says.
pub fn params(n: u32) -> Params {
    let call = sid(n);
    [
        ("AccountSid", ACCOUNT),
        ("ApiVersion", "2010-04-01"),
        ("CallSid", &call),
        ("CallStatus", "in-progress"),
        ("Direction", "inbound"),
        ("From", "+12025550132"),
        ("FromCity", ""),
        ("To", "+12025550100"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .to_vec()
}

/// The same with one more parameter, or another value for one that is there.
pub fn with(mut params: Params, name: &str, value: &str) -> Params {
    params.retain(|(n, _)| n != name);
    params.push((name.to_owned(), value.to_owned()));
    params
}

/// The signature of a form that is posted to this URL.
pub fn signature(url: &str, params: &Params) -> String {
    twilio::sign(TOKEN, url, params)
}

/// The request of a form, signed, with further headers.
pub fn signed(target: &str, params: &Params, headers: &[(&str, &str)]) -> Vec<u8> {
    let signature = signature(&format!("{PUBLIC}{target}"), params);
    let mut all = vec![FORM, ("X-Twilio-Signature", signature.as_str())];
    all.extend_from_slice(headers);
    request("POST", target, &all, form::write(params).as_bytes())
}

/// A document that a carrier can carry out, with every verb and attribute known to it.
#[track_caller]
pub fn document(xml: &str) -> twilio::Element {
    let root = twilio::Element::parse(xml).unwrap_or_else(|error| panic!("{error}: {xml}"));
    assert_eq!(root.name, "Response", "{xml}");
    for node in &root.children {
        let twilio::Node::Element(verb) = node else {
            panic!("text between the verbs: {xml}")
        };
        let known: &[&str] = match verb.name.as_str() {
            "Play" | "Hangup" => &[],
            "Say" => &["voice", "language"],
            "Pause" => &["length"],
            "Redirect" => &["method"],
            "Dial" => &["action", "method", "timeout", "callerId"],
            "Gather" => &[
                "action",
                "method",
                "input",
                "timeout",
                "speechTimeout",
                "numDigits",
                "actionOnEmptyResult",
                "language",
                "hints",
                "finishOnKey",
                "profanityFilter",
                "speechModel",
                "enhanced",
            ],
            other => panic!("verb {other}: {xml}"),
        };
        for (name, _) in &verb.attributes {
            assert!(known.contains(&name.as_str()), "attribute {name}: {xml}");
        }
    }
    root
}

/// Asserts that the answer is a spoken document, and gives its text.
#[track_caller]
pub fn spoken(reply: &Reply) -> String {
    assert_eq!(reply.status, 200, "{}", reply.text());
    assert_eq!(
        reply.header("content-type"),
        Some("text/xml; charset=utf-8")
    );
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    let xml = reply.text();
    document(&xml);
    xml
}

/// Where the document sends the carrier: the path of its gather or of its redirect; `None` = the call ends.
pub fn next(xml: &str) -> Option<String> {
    let root = document(xml);
    let last = root.children.iter().rev().find_map(|node| match node {
        twilio::Node::Element(verb) => Some(verb),
        twilio::Node::Text(_) => None,
    })?;
    let text = |verb: &twilio::Element| match verb.children.first() {
        Some(twilio::Node::Text(text)) => Some(text.clone()),
        _ => None,
    };
    let url = match last.name.as_str() {
        "Gather" => {
            let action = last.attributes.iter().find(|(name, _)| name == "action");
            Some(action.expect("a gather has an action").1.clone())
        }
        "Redirect" => text(last),
        _ => None,
    }?;
    Some(url.strip_prefix(PUBLIC).expect("our own URL").to_owned())
}

/// The clips that a document plays: their paths.
pub fn clips(xml: &str) -> Vec<String> {
    let plays = xml.split("<Play>").skip(1);
    let urls = plays.filter_map(|rest| rest.split("</Play>").next());
    urls.map(|url| {
        let url = url.strip_prefix(PUBLIC).expect("our own URL");
        url.replace("&amp;", "&")
    })
    .collect()
}

/// A caller with the carrier between them and us.
pub struct Caller<'a> {
    pub world: &'a World,
    pub call: u32,
    /// Where the carrier goes next.
    pub next: String,
}

impl<'a> Caller<'a> {
    /// Rings, and listens to the greeting.
    pub fn ring(world: &'a World, call: u32) -> Self {
        let mut caller = Self {
            world,
            call,
            next: "/voice/incoming/bright-smile".into(),
        };
        caller.hear(&params(call));
        caller
    }

    /// Says something and listens to the answer: all its documents.
    pub fn say(&mut self, words: &str) -> String {
        self.hear(&self.words(words))
    }

    /// The form that carries these words.
    pub fn words(&self, words: &str) -> Params {
        with(params(self.call), "SpeechResult", words)
    }

    fn hear(&mut self, first: &Params) -> String {
        let mut heard = spoken(&self.world.post(&self.next, first));
        heard.push_str(&self.follow(heard.clone()));
        heard
    }

    /// Goes where the document sends us until it is the caller's turn.
    pub fn follow(&mut self, mut xml: String) -> String {
        let mut heard = String::new();
        for _ in 0..30 {
            let Some(next) = next(&xml) else { return heard };
            self.next = next;
            if xml.contains("<Gather") {
                return heard;
            }
            xml = spoken(&self.world.post(&self.next, &params(self.call)));
            heard.push_str(&xml);
        }
        panic!("the answer has no end: {heard}");
    }
}
