//! The voices: all of them, what each sounds like on a telephone, two side by side.

use actix_web::web;
use serde::Serialize;

use super::{Operator, Page, page};
use crate::{
    App,
    admin::{self, VoiceRow},
};

/// What a sample says until somebody writes something else.
const TEXT: &str = "Good morning, you have reached the front desk. How can I help you?";

pub(super) fn routes(config: &mut web::ServiceConfig) {
    config.route("/console/voices", web::get().to(all));
}

/// The voices of one provider.
#[derive(Serialize)]
struct Group {
    provider: String,
    /// Its samples cost money.
    paid: bool,
    voices: Vec<VoiceRow>,
}

#[derive(Serialize)]
struct View {
    groups: Vec<Group>,
    count: usize,
    text: &'static str,
    /// Businesses and their voices.
    used: Vec<(String, String)>,
}

async fn all(_: Operator, app: web::Data<App>) -> Page {
    let rows = admin::voices(&app);
    let count = rows.len();
    let mut groups: Vec<Group> = Vec::new();
    for row in rows {
        match groups
            .iter_mut()
            .find(|group| group.provider == row.provider)
        {
            Some(group) => group.voices.push(row),
            None => groups.push(Group {
                provider: row.provider.clone(),
                paid: app
                    .studio
                    .price(&row.provider)
                    .is_some_and(|p| p.usd_per_million_chars > 0.0),
                voices: vec![row],
            }),
        }
    }
    let used = (app.businesses)().into_iter().map(|(business, _)| {
        let voice = &business.voice;
        let pace = if voice.speed == 1.0 && voice.pitch == 1.0 {
            String::new()
        } else {
            format!(", speed {:.2}, pitch {:.2}", voice.speed, voice.pitch)
        };
        (
            business.name.clone(),
            format!("{} of {}{pace}", voice.id, voice.provider),
        )
    });
    let view = View {
        count,
        text: TEXT,
        used: used.collect(),
        groups,
    };
    page::render(&app, "voices.html", ("voices", "Voices"), view)
}
