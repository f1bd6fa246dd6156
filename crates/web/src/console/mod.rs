//! The console: what the person who runs this sees in a browser.
//!
//! The decision: the server writes every page whole, so it can be read without scripts; scripts only keep a page live and
//! play sound. Everything shown is a fold over records and events, nothing is counted here. Pages demand an `Operator`,
//! so none can be open by mistake, and words of callers are escaped in one place, `page`.

mod assets;
mod benchmarks;
mod cache;
mod calls;
mod chart;
mod detail;
mod door;
mod fillers;
mod home;
mod live;
mod page;
mod phone;
mod providers;
mod sound;
mod timeline;
mod voices;
mod waterfall;
mod wave;
mod words;
mod xml;

use actix_web::{
    HttpResponse,
    http::header,
    web::{self, ServiceConfig},
};

use door::Operator;
use page::Trouble;

type Page = Result<HttpResponse, Trouble>;

pub(crate) fn routes(config: &mut ServiceConfig) {
    config
        .route("/", web::get().to(|| to("/console/")))
        .route("/console", web::get().to(|| to("/console/")))
        .configure(assets::routes)
        .configure(door::routes)
        .configure(home::routes)
        .configure(live::routes)
        .configure(calls::routes)
        .configure(detail::routes)
        .configure(phone::routes)
        .configure(fillers::routes)
        .configure(providers::routes)
        .configure(voices::routes)
        .configure(cache::routes)
        .configure(benchmarks::routes)
        // Last: an address below the console that is nothing gets a page, not an empty answer.
        .route("/console/{rest:.*}", web::get().to(nothing));
}

/// Sends the browser on with a GET.
async fn to(place: &'static str) -> HttpResponse {
    see(place)
}

fn see(place: &str) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, place))
        .finish()
}

async fn nothing(_: Operator) -> Page {
    Err(Trouble::not_found("page"))
}
