//! The console: server-rendered pages.

use actix_web::web;

pub(crate) fn routes(_config: &mut web::ServiceConfig) {}
