//! Throwing clips out of the cache.
//!
//! The decision: a clip is found by a hash of everything that is heard in it, so only what can be hashed again or was
//! written down can be chosen: exact words in a voice, what was said in a business's calls, or everything that is not in
//! use. Fillers stay (their page renews them), and so does what a live call may still play.

use std::collections::{BTreeMap, HashSet};

use agent::{Business, VoiceChoice};
use events::{BusinessId, Event};
use serde::{Deserialize, Serialize};
use store::{CallFilter, Known, ObjectKey, Objects, RecipeKey, Recipes, StoreError};
use switchboard::{Spoken, Whose};

use crate::{App, Problem};

/// Calls of a business that are gone through, the latest first.
const CALLS: u32 = 200;
/// Clips that are gone through at once.
const CLIPS: usize = 5_000;
/// What was used so lately may be on its way to a caller, ms.
const IN_USE_MS: u64 = 10 * 60_000;
/// The longest text, characters.
const LONGEST: usize = 4_000;

/// What is to go.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Ask {
    business: Option<String>,
    voice: Option<Wanted>,
    text: Option<String>,
    #[serde(default = "yes")]
    dry_run: bool,
}

/// A voice, at the pace and pitch in which it speaks.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    provider: String,
    id: String,
    #[serde(default = "one")]
    speed: f32,
    #[serde(default = "one")]
    pitch: f32,
}

fn yes() -> bool {
    true
}

fn one() -> f32 {
    1.0
}

/// What went, or would go.
#[derive(Debug, Serialize)]
pub(super) struct Gone {
    dry_run: bool,
    /// What was chosen, in words.
    what: String,
    /// Clips; `None` where that cannot be told before it is done.
    clips: Option<u64>,
    /// Their bytes.
    bytes: Option<u64>,
    /// Clips that stay because they are fillers, or may be played in a call that is going on.
    kept: u64,
}

/// Clips and the notes that lead to them.
#[derive(Default)]
struct Choice {
    objects: BTreeMap<ObjectKey, u64>,
    recipes: Vec<RecipeKey>,
    kept: u64,
}

pub(super) async fn purge(app: &App, ask: Ask) -> Result<Gone, Problem> {
    let business = ask.business.as_deref().filter(|id| !id.is_empty());
    let business = business.map(|id| {
        let id = BusinessId::parse(id).map_err(|_| Problem::not_found("business"))?;
        app.business(&id)
            .ok_or_else(|| Problem::not_found("business"))
    });
    let business = business.transpose()?;
    let text = ask.text.as_deref().map(str::trim).filter(|t| !t.is_empty());
    let voice = ask.voice.map(|wanted| VoiceChoice {
        provider: wanted.provider,
        id: wanted.id,
        speed: wanted.speed,
        pitch: wanted.pitch,
        ..VoiceChoice::default()
    });
    let keep = keep(app).await?;
    let (what, choice) = match (text, voice, &business) {
        (None, None, None) => return everything(app, &keep, ask.dry_run).await,
        (None, Some(_), _) => return Err(voice_alone()),
        (None, None, Some(business)) => (
            format!(
                "what was said in the last {CALLS} calls of {}",
                business.name
            ),
            said(app, business, &keep).await?,
        ),
        (Some(text), _, _) if text.chars().count() > LONGEST => {
            let detail = format!("the text has more than {LONGEST} characters");
            return Err(Problem::new(422, "text_too_long", detail)
                .hint("clips are single sentences: give one of them"));
        }
        (Some(text), voice, business) => {
            let voice = voice.or_else(|| business.as_ref().map(|b| b.voice.clone()));
            let voice = voice.ok_or_else(text_alone)?;
            let what = format!(
                "these words in the voice {} of {}",
                voice.id, voice.provider
            );
            let choice = words(app, text, &voice, business.as_deref(), &keep).await?;
            (what, choice)
        }
    };
    if !ask.dry_run {
        remove(app, &choice).await?;
    }
    Ok(Gone {
        dry_run: ask.dry_run,
        what,
        clips: Some(choice.objects.len() as u64),
        bytes: Some(choice.objects.values().sum()),
        kept: choice.kept,
    })
}

fn voice_alone() -> Problem {
    Problem::new(
        422,
        "cannot_choose",
        "clips cannot be found by their voice alone: their names are hashes of voice and words",
    )
    .hint(
        "give the exact words as well, a business, or nothing to throw out all that is not in use",
    )
}

fn text_alone() -> Problem {
    Problem::new(
        422,
        "cannot_choose",
        "clips cannot be found by their words alone: their names are hashes of voice and words",
    )
    .hint("give the voice as well, or the business whose voice it is")
}

/// Fillers of every business, and what was said in calls that are going on.
async fn keep(app: &App) -> Result<HashSet<ObjectKey>, Problem> {
    let records = &app.switchboard.parts().records;
    let mut keep = HashSet::new();
    for (business, _) in (app.businesses)() {
        let clips = records.clips(&business.id).await?;
        keep.extend(clips.iter().filter_map(|c| ObjectKey::parse(&c.object)));
    }
    for call in app.switchboard.live() {
        for stamped in records.events(&call.call).await? {
            if let Event::Voiced {
                object: Some(object),
                ..
            } = &stamped.event
            {
                keep.extend(ObjectKey::parse(object));
            }
        }
    }
    Ok(keep)
}

/// Everything that was not used for a while.
async fn everything(app: &App, keep: &HashSet<ObjectKey>, dry: bool) -> Result<Gone, Problem> {
    let tiers = app.switchboard.parts().voicer.tiers();
    let list: Vec<ObjectKey> = keep.iter().cloned().collect();
    // The lowest layer has all that the others have.
    let idle = tiers.idle(IN_USE_MS, &list).await;
    let idle = idle.into_iter().flatten().max_by_key(|held| held.entries);
    let mut clips = idle.map(|held| held.entries);
    if !dry {
        clips = Some(tiers.sweep(IN_USE_MS, &list).await?);
    }
    Ok(Gone {
        dry_run: dry,
        what: "every clip that was not used for ten minutes".into(),
        clips,
        bytes: idle.map(|held| held.bytes),
        kept: list.len() as u64,
    })
}

/// What was said in a business's calls, without those that are going on.
async fn said(
    app: &App,
    business: &Business,
    keep: &HashSet<ObjectKey>,
) -> Result<Choice, Problem> {
    let parts = app.switchboard.parts();
    let filter = CallFilter {
        business: Some(business.id.clone()),
        limit: CALLS,
        ..CallFilter::default()
    };
    let mut choice = Choice::default();
    let mut seen = HashSet::new();
    for call in parts.records.calls(filter).await? {
        for stamped in parts.records.events(&call.call).await? {
            match stamped.event {
                Event::Sentence { text, .. } => {
                    let whose = Whose::Business(&business.id);
                    let recipe = parts.voicer.recipe(&text, &business.voice, whose);
                    choice.recipes.push(recipe);
                }
                Event::Voiced {
                    object: Some(object),
                    ..
                } if seen.len() < CLIPS => {
                    let object = ObjectKey::parse(&object).filter(|o| seen.insert(o.clone()));
                    if let Some(object) = object {
                        take(app, object, keep, &mut choice).await?;
                    }
                }
                _ => {}
            }
        }
    }
    choice.recipes.sort();
    choice.recipes.dedup();
    Ok(choice)
}

/// The clips of exact words in a voice: the operator's, and those of the business or of all of them.
async fn words(
    app: &App,
    text: &str,
    voice: &VoiceChoice,
    business: Option<&Business>,
    keep: &HashSet<ObjectKey>,
) -> Result<Choice, Problem> {
    let voicer = &app.switchboard.parts().voicer;
    let all = (app.businesses)();
    let ids = all.iter().map(|(b, _)| &b.id);
    let ids = ids.filter(|id| business.is_none_or(|business| business.id == **id));
    let mut recipes: Vec<_> = ids
        .map(|id| voicer.recipe(text, voice, Whose::Business(id)))
        .collect();
    if business.is_none() {
        recipes.push(voicer.recipe(text, voice, Whose::Operator));
    }
    let mut choice = Choice::default();
    for recipe in recipes {
        let Some(note) = voicer.tiers().find(&recipe).await? else {
            continue;
        };
        let Known::Made(json) = &note.known else {
            // A failure that is remembered is worth forgetting too.
            choice.recipes.push(recipe);
            continue;
        };
        // A note that cannot be read leads nowhere and may go.
        if let Ok(spoken) = serde_json::from_str::<Spoken>(json)
            && !choice.objects.contains_key(&spoken.object)
        {
            take(app, spoken.object, keep, &mut choice).await?;
        }
        choice.recipes.push(recipe);
    }
    Ok(choice)
}

/// Adds a clip when it is there and may go.
async fn take(
    app: &App,
    object: ObjectKey,
    keep: &HashSet<ObjectKey>,
    choice: &mut Choice,
) -> Result<(), StoreError> {
    if keep.contains(&object) {
        choice.kept += 1;
        return Ok(());
    }
    let tiers = app.switchboard.parts().voicer.tiers();
    if let Some(bytes) = tiers.get(&object).await? {
        choice.objects.insert(object, bytes.len() as u64);
    }
    Ok(())
}

async fn remove(app: &App, choice: &Choice) -> Result<(), StoreError> {
    let voicer = &app.switchboard.parts().voicer;
    // The notes first: one without its clip would be found once more, in vain.
    for recipe in &choice.recipes {
        voicer.tiers().forget(recipe).await?;
    }
    let objects: Vec<ObjectKey> = choice.objects.keys().cloned().collect();
    for object in &objects {
        voicer.tiers().delete(object).await?;
    }
    voicer.forget(&objects).await;
    Ok(())
}
