//! The filler studio: which clips a business has, and making those it lacks.

use std::sync::Arc;

use agent::Business;
use serde::Serialize;
use store::Clip;
use text::FillerClass;

use crate::{Switchboard, Voicer, policy::filler_texts, voicer::Whose};

/// Whether a clip can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FillerState {
    /// It fits today's voice and text.
    Ready,
    /// Voice or settings have changed since it was made.
    Stale,
    /// It was never made.
    Missing,
}

/// One filler in the studio.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FillerRow {
    /// Its class.
    pub class: FillerClass,
    /// Its words.
    pub text: String,
    /// Whether it can be used.
    pub state: FillerState,
    /// Its audio object, when there is one.
    pub object: Option<String>,
    /// Its measured length, ms.
    pub ms: Option<u32>,
    /// Its measured level, dBFS.
    pub level_dbfs: Option<f32>,
}

/// How far a generation has come.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct FillerProgress {
    /// Clips to be made in all.
    pub total: usize,
    /// Clips that are ready.
    pub done: usize,
    /// Of these, clips that were there already.
    pub found: usize,
    /// Clips that could not be made, with the reason.
    pub failed: Vec<String>,
}

impl Switchboard {
    /// The fillers of a business, with what is known of their clips.
    pub async fn fillers(&self, business: &Business) -> Result<Vec<FillerRow>, store::StoreError> {
        let clips = self.parts().records.clips(&business.id).await?;
        let mut rows = Vec::new();
        for (class, texts) in filler_texts(business) {
            rows.extend(
                texts
                    .into_iter()
                    .map(|text| row(business, class, text, &clips, &self.parts().voicer)),
            );
        }
        Ok(rows)
    }

    /// Makes the clips that are missing or stale; `progress` is told after each. Doing it again makes nothing twice.
    pub async fn generate_fillers(
        &self,
        business: &Arc<Business>,
        mut progress: impl FnMut(&FillerProgress) + Send,
    ) -> Result<FillerProgress, store::StoreError> {
        let rows = self.fillers(business).await?;
        let mut state = FillerProgress {
            total: rows.len(),
            ..FillerProgress::default()
        };
        for row in rows {
            if row.state == FillerState::Ready {
                state.found += 1;
                state.done += 1;
            } else {
                match self.make_filler(business, &row).await {
                    Ok(()) => state.done += 1,
                    Err(why) => {
                        state
                            .failed
                            .push(format!("{} «{}»: {why}", row.class.name(), row.text))
                    }
                }
            }
            progress(&state);
        }
        self.forget_clips(&business.id);
        Ok(state)
    }

    /// Speaks what callers of a business hear first and most, so that it is there when they call.
    pub async fn rehearse(&self, business: &Business) {
        use agent::greeting;
        let mut lines = vec![
            greeting::greeting(business),
            // What is said when something is down must not need what is down.
            greeting::hold_fallback().to_owned(),
            greeting::lost_thread().to_owned(),
        ];
        lines.extend(greeting::nudges(business, None));
        let mut sentences = Vec::new();
        for line in lines {
            let mut cut = text::Sentences::default();
            cut.push(&line, &mut sentences);
            cut.finish(&mut sentences);
        }
        for sentence in sentences {
            let whose = Whose::Business(&business.id);
            let spoken = self.parts().voicer.speak(&sentence, &business.voice, whose);
            if let Err(why) = spoken.await {
                tracing::warn!(business = %business.id, %why, "a frequent sentence could not be spoken");
            }
        }
    }

    async fn make_filler(&self, business: &Business, row: &FillerRow) -> Result<(), String> {
        let (voicer, whose) = (&self.parts().voicer, Whose::Operator);
        let (spoken, _) = voicer.speak(&row.text, &business.voice, whose).await?;
        // A stand-in's clip is used as one, and made anew when its voice can speak again.
        let recipe = voicer.recipe_by(&spoken.provider, &row.text, &business.voice, whose);
        let recipe = recipe.ok_or("the engine that spoke is gone")?;
        let clip = Clip {
            business: business.id.clone(),
            class: row.class.name().to_owned(),
            text: row.text.clone(),
            recipe: recipe.as_str().to_owned(),
            object: spoken.object.as_str().to_owned(),
            ms: spoken.ms,
            level_dbfs: spoken.level_dbfs,
            made: self.parts().clock.now(),
        };
        self.parts()
            .records
            .put_clip(clip)
            .await
            .map_err(|error| error.to_string())
    }
}

fn row(
    business: &Business,
    class: FillerClass,
    text: String,
    clips: &[Clip],
    voicer: &Voicer,
) -> FillerRow {
    let recipe = voicer.recipe(&text, &business.voice, Whose::Operator);
    let made = clips
        .iter()
        .find(|clip| clip.class == class.name() && clip.text == text);
    let state = match made {
        None => FillerState::Missing,
        Some(clip) if clip.recipe == recipe.as_str() => FillerState::Ready,
        Some(_) => FillerState::Stale,
    };
    FillerRow {
        class,
        text,
        state,
        object: made.map(|clip| clip.object.clone()),
        ms: made.map(|clip| clip.ms),
        level_dbfs: made.map(|clip| clip.level_dbfs),
    }
}
