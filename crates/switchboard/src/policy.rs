//! A business, as the policy of one call.

use std::collections::BTreeMap;

use agent::{Business, greeting};
use call::{FillerClip, FillerMode, FillerPolicy, Policy};
use events::CallId;
use store::{Clip, RecipeKey};
use text::FillerClass;

use crate::{Settings, Voicer, voicer::Whose};

/// How this business wants this call to be conducted, with the filler clips that were made for it.
pub(crate) fn policy(
    business: &Business,
    call: &CallId,
    clips: &[Clip],
    settings: &Settings,
    voicer: &Voicer,
) -> Policy {
    let silence = &business.silence.reprompt_s;
    Policy {
        greeting: greeting::greeting(business),
        nudges: greeting::nudges(business, None)
            .into_iter()
            .take(silence.len().saturating_sub(1).max(1))
            .collect(),
        patience_ms: silence.iter().map(|s| s.saturating_mul(1000)).collect(),
        apology: greeting::hold_fallback().to_owned(),
        fillers: FillerPolicy {
            mode: mode(business, call),
            grace_ms: business.fillers.grace_ms.min(1500),
            min_gap_ms: business.fillers.min_gap_s.saturating_mul(1000),
            clips: filler_clips(business, clips, voicer),
        },
        reply_within_ms: settings.reply_within_ms,
        idle_ms: settings.idle_ms,
        longest_ms: settings.longest_ms,
        ..Policy::default()
    }
}

/// Whether this call hears fillers: a stable hash of the call against the rollout.
fn mode(business: &Business, call: &CallId) -> FillerMode {
    if !business.fillers.use_proactive_filler {
        FillerMode::Off
    } else if u64::from(business.fillers.rollout_percent) <= stable_hash(call.as_str()) % 100 {
        FillerMode::Control
    } else {
        FillerMode::On
    }
}

/// FNV-1a: the same on every machine and in every version, so a call stays in its arm.
pub(crate) fn stable_hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// The texts a business uses, by class: its own where it has any, else the shipped ones.
pub(crate) fn filler_texts(business: &Business) -> BTreeMap<FillerClass, Vec<String>> {
    let own = |class: FillerClass| {
        business
            .fillers
            .texts
            .get(class.name())
            .filter(|texts| !texts.is_empty())
            .cloned()
    };
    let shipped = |class| {
        text::filler_texts(class)
            .iter()
            .map(ToString::to_string)
            .collect()
    };
    FillerClass::ALL
        .iter()
        .map(|&class| (class, own(class).unwrap_or_else(|| shipped(class))))
        .collect()
}

/// Every filler text, with its audio where that was made for today's voice and words.
fn filler_clips(business: &Business, clips: &[Clip], voicer: &Voicer) -> Vec<FillerClip> {
    let mut all = Vec::new();
    for (class, texts) in filler_texts(business) {
        for text in texts {
            let recipe = voicer.recipe(&text, &business.voice, Whose::Operator);
            let by = |recipe: &RecipeKey| {
                let fits =
                    |clip: &&Clip| clip.class == class.name() && clip.recipe == recipe.as_str();
                clips.iter().find(fits)
            };
            let stand_in = || {
                let others = voicer.other_recipes(&text, &business.voice, Whose::Operator);
                others.iter().find_map(|(_, recipe)| by(recipe))
            };
            let made = by(&recipe).or_else(stand_in);
            let guess = text::speaking_ms(&text);
            all.push(match made {
                Some(clip) => FillerClip {
                    class,
                    text,
                    object: clip.object.clone(),
                    ms: clip.ms,
                },
                None => FillerClip {
                    class,
                    text,
                    object: String::new(),
                    ms: guess,
                },
            });
        }
    }
    all
}
