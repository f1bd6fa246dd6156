//! Webhooks become values; what identifies a call is validated, what is new is ignored.

use carrier::twilio::{DecodeError, decode};
use carrier::{
    AnsweredBy, CallStatus, DialStatus, Direction, Failure, Heard, Number, Webhook, WebhookKind,
};
use proptest::prelude::*;

use crate::vectors::{list, load, text};

const FILE: &str = include_str!("../../../../fixtures/vectors/twilio_webhooks.json");
const IDS: &str =
    "CallSid=CA00000000000000000000000000000001&AccountSid=AC00000000000000000000000000000001";

fn vector(id: &str) -> Webhook {
    let file = load(FILE);
    let entry = list(&file).iter().find(|e| text(e, "id") == id).expect(id);
    let kind = match id {
        "incoming" | "incoming-anonymous" => WebhookKind::Incoming,
        "fallback" => WebhookKind::Fallback,
        "dial-action" => WebhookKind::DialDone,
        id if id.starts_with("gather") => WebhookKind::Process,
        "redirect" => WebhookKind::Ready,
        _ => WebhookKind::Status,
    };
    decode(kind, text(entry, "raw_body").as_bytes()).expect(id)
}

fn with(extra: &str) -> Result<Webhook, DecodeError> {
    decode(WebhookKind::Process, format!("{IDS}{extra}").as_bytes())
}

#[test]
fn every_vector_decodes_and_keeps_its_fields() {
    let file = load(FILE);
    assert_eq!(list(&file).len(), 17);
    for entry in list(&file) {
        let hook = vector(text(entry, "id"));
        let field = |name: &str| entry["fields"][name].as_str().filter(|v| !v.is_empty());
        assert_eq!(Some(hook.call.as_str()), field("CallSid"));
        assert_eq!(Some(hook.account.as_str()), field("AccountSid"));
        assert_eq!(hook.to.as_ref().and_then(Number::e164), field("To"));
        assert_eq!(hook.heard.speech.as_deref(), field("SpeechResult"));
        assert_eq!(
            hook.status == CallStatus::Unknown,
            field("CallStatus").is_none()
        );
    }
}

#[test]
fn a_new_call() {
    let hook = vector("incoming");
    assert_eq!(hook.from, Some(Number::E164("+61412345678".into())));
    assert_eq!(hook.status, CallStatus::Ringing);
    assert_eq!(hook.direction, Some(Direction::Inbound));
    assert!(hook.number_attested);
    assert!(hook.heard.is_empty());
    let hidden = vector("incoming-anonymous");
    assert_eq!(hidden.from, Some(Number::Anonymous));
    assert!(!hidden.number_attested);
}

#[test]
fn what_a_gather_heard() {
    let speech = vector("gather-speech").heard;
    assert_eq!(
        speech.speech.as_deref(),
        Some("I'd like to book a table for two at seven thirty.")
    );
    assert_eq!(speech.confidence, Some(0.912_345_67));
    assert_eq!(vector("gather-dtmf").heard.digits.as_deref(), Some("1234"));
    assert!(vector("gather-empty").heard.is_empty());
    let odd = with("&SpeechResult=++&Confidence=NaN&Digits=hangup").expect("decodes");
    assert_eq!(odd.heard, Heard::default());
    assert_eq!(
        with("&Confidence=1.5").expect("decodes").heard.confidence,
        None
    );
}

#[test]
fn ends_failures_and_machines() {
    let done = vector("status-completed");
    assert_eq!((done.status.is_over(), done.duration_s), (true, Some(42)));
    let failed = vector("fallback").error;
    let url = "https://frontdesk.example.com/voice/process/biz_1".to_owned();
    assert_eq!(failed, Some(Failure { code: 11200, url }));
    let dial = vector("dial-action").dial.expect("an outcome");
    assert_eq!(dial.status, DialStatus::NoAnswer);
    assert_eq!(
        dial.call.as_deref(),
        Some("CA00000000000000000000000000000002")
    );
    assert_eq!(
        vector("outbound-answered-sync-amd").answered_by,
        Some(AnsweredBy::Human)
    );
    assert_eq!(
        vector("outbound-answered-sync-amd").direction,
        Some(Direction::Outbound)
    );
    assert_eq!(
        vector("amd-async").answered_by,
        Some(AnsweredBy::Machine { ready: true })
    );
    assert!(!vector("status-progress-ringing").status.is_over());
}

#[test]
fn a_repeated_parameter_is_refused_and_an_unknown_one_is_not() {
    let twice = with("&CallSid=CA00000000000000000000000000000002");
    assert_eq!(twice, Err(DecodeError::Duplicate { name: "CallSid" }));
    let same = with("&From=%2B61412345678&From=%2B61412345678");
    assert_eq!(same, Err(DecodeError::Duplicate { name: "From" }));
    assert!(with("&Brand=new&Brand=newer&%C3%A9=%F0%9F%98%80").is_ok());
}

#[test]
fn identifiers_are_exact() {
    let bad = |body: &str| decode(WebhookKind::Process, body.as_bytes()).expect_err(body);
    assert_eq!(bad(""), DecodeError::Missing { name: "CallSid" });
    assert_eq!(bad("CallSid="), DecodeError::Missing { name: "CallSid" });
    let only_call = "CallSid=CA00000000000000000000000000000001";
    assert_eq!(bad(only_call), DecodeError::Missing { name: "AccountSid" });
    for id in [
        "CA0000000000000000000000000000001",
        "CA000000000000000000000000000000011",
        "CA0000000000000000000000000000000G",
        "CA0000000000000000000000000000000A",
        "XX00000000000000000000000000000001",
        "CA0000000000000000000000000000%2F..",
        "CA00000000000000000000000000000001%0A",
    ] {
        let error = bad(&format!("CallSid={id}"));
        assert!(
            matches!(
                error,
                DecodeError::BadId {
                    name: "CallSid",
                    ..
                }
            ),
            "{id}: {error}"
        );
    }
    let no_outcome = decode(WebhookKind::DialDone, IDS.as_bytes());
    assert_eq!(
        no_outcome,
        Err(DecodeError::Missing {
            name: "DialCallStatus"
        })
    );
}

#[test]
fn parties_are_compared_exactly() {
    let cases = [
        ("+61412345678", Number::E164("+61412345678".into())),
        ("+1", Number::Other),
        ("+12", Number::E164("+12".into())),
        ("+123456789012345", Number::E164("+123456789012345".into())),
        ("+1234567890123456", Number::Other),
        ("+0412345678", Number::Other),
        ("61412345678", Number::Other),
        ("+6141234567x", Number::Other),
        ("+٣٤٥٦٧٨٩", Number::Other),
        ("", Number::Anonymous),
        ("anonymous", Number::Anonymous),
        ("Restricted", Number::Anonymous),
        ("client:alice", Number::Client("alice".into())),
        ("client:", Number::Other),
        ("sip:bob@example.com", Number::Other),
        ("12345", Number::Other),
    ];
    for (text, expected) in cases {
        assert_eq!(Number::parse(text), expected, "{text}");
    }
    let keypad = with("&From=%2B266696687").expect("decodes");
    assert_eq!(keypad.from, Some(Number::Anonymous));
    assert_eq!(with("&From=").expect("decodes").from, None);
}

proptest! {
    #[test]
    fn decoding_never_panics(raw: Vec<u8>) {
        let _ = decode(WebhookKind::Incoming, &raw);
    }

    #[test]
    fn what_is_written_is_read_back(pairs in prop::collection::vec((".{1,12}", ".{0,12}"), 0..20)) {
        let raw = carrier::form::write(&pairs);
        prop_assert_eq!(carrier::form::parse(raw.as_bytes()).expect("readable"), pairs);
    }
}
