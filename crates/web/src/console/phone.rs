//! The browser phone's page. The call itself is the admin API's.

use actix_web::web;
use serde::{Deserialize, Serialize};

use super::{Operator, Page, page};
use crate::{App, PhoneOptions};

pub(super) fn routes(config: &mut web::ServiceConfig) {
    config.route("/console/call", web::get().to(phone));
}

#[derive(Deserialize)]
struct Query {
    business: Option<String>,
}

#[derive(Serialize)]
struct View {
    businesses: Vec<(String, String)>,
    business: Option<String>,
    usual: PhoneOptions,
    plugged: bool,
    target: u32,
}

async fn phone(_: Operator, app: web::Data<App>, query: web::Query<Query>) -> Page {
    let view = View {
        businesses: (app.businesses)()
            .iter()
            .map(|(b, _)| (b.id.to_string(), b.name.clone()))
            .collect(),
        business: query.into_inner().business,
        usual: PhoneOptions::default(),
        plugged: app.phones.is_some(),
        target: app.settings.target_dead_air_ms,
    };
    page::render(&app, "phone.html", ("phone", "Test call"), view)
}
