//! The providers that a business's voice names, against those that there are and those that speak here.

use agent::{Business, VoiceChanges};

use super::{errors::Problem, origin::Origin, reader::Findings, speech::engine};

/// Checks a business's voice. `chain` is `speech.chain`; `place` finds a key in the business's file.
pub fn check(
    business: &Business,
    chain: &[String],
    place: impl Fn(&str) -> Origin,
    findings: &mut Findings,
) {
    let voice = &business.voice;
    let own = ("voice.provider".to_owned(), &voice.provider);
    let others = voice.at.keys();
    let others = others.map(|name| (format!("voice.at.{name}"), name));
    for (key, name) in [own].into_iter().chain(others) {
        if let Err(fault) = engine(name) {
            let what = format!("`{name}` is no provider of voices");
            let problem = Problem::new(place(&key), key, what, fault.hint);
            findings.problems.push(problem);
        } else if key != "voice.provider" && !chain.contains(name) {
            let what = format!("`{name}` never speaks: `speech.chain` does not name it");
            let hint = "add it to `speech.chain`, or remove its voice here";
            let problem = Problem::new(place(&key), key, what, hint);
            findings.warnings.push(problem);
        }
    }
    let alone = voice.changes == VoiceChanges::Forbidden;
    if alone && engine(&voice.provider).is_ok() && !chain.contains(&voice.provider) {
        let what = format!(
            "nobody could speak: changes are forbidden, and `speech.chain` does not name `{}`",
            voice.provider
        );
        let hint = format!(
            "add `{}` to `speech.chain`, or allow changes",
            voice.provider
        );
        let problem = Problem::new(place("voice.changes"), "voice.changes", what, hint);
        findings.problems.push(problem);
    }
}
