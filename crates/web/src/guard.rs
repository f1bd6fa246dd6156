//! Who may use the admin API and the console.
//!
//! The decision: authentication returns a value that handlers demand, so no route can forget it. In local mode (no token
//! configured, which is only allowed on a loopback address) callers from this machine are let in, and nobody else.

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, dev::Payload, http::header, web::Data};

use crate::{App, Problem};

/// Proof that the request may see and change everything.
#[derive(Clone, Copy, Debug)]
pub struct Admin(());

impl FromRequest for Admin {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(check(request))
    }
}

fn check(request: &HttpRequest) -> Result<Admin, Problem> {
    let Some(app) = request.app_data::<Data<App>>() else {
        return Err(Problem::new(500, "no_app", "the application is not set up"));
    };
    match &app.settings.admin_token {
        Some(token) if shown(request).is_some_and(|shown| same(&shown, token)) => Ok(Admin(())),
        Some(_) => Err(
            Problem::new(401, "unauthorized", "an admin token is needed")
                .hint("send it as `Authorization: Bearer …`, or open /console/?token=… once"),
        ),
        None if from_here(request) && own_origin(request) => Ok(Admin(())),
        None => Err(Problem::new(
            403,
            "local_only",
            "no admin token is configured, so only this machine is let in",
        )
        .hint("set FRONTDESK_ADMIN_TOKEN")),
    }
}

/// The token, from the header or the console's cookie.
fn shown(request: &HttpRequest) -> Option<String> {
    let header = request
        .headers()
        .get(header::AUTHORIZATION)
        .and_then(|v| v.to_str().ok());
    if let Some(token) = header.and_then(|v| v.strip_prefix("Bearer ")) {
        return Some(token.to_owned());
    }
    let cookies = request.headers().get(header::COOKIE)?.to_str().ok()?;
    cookies
        .split(';')
        .find_map(|c| c.trim().strip_prefix("frontdesk_admin="))
        .map(str::to_owned)
}

fn same(a: &str, b: &str) -> bool {
    aws_lc_rs::constant_time::verify_slices_are_equal(a.as_bytes(), b.as_bytes()).is_ok()
}

fn from_here(request: &HttpRequest) -> bool {
    // The socket's own address; headers that claim another are not read.
    request
        .peer_addr()
        .is_some_and(|peer| peer.ip().is_loopback())
}

/// A page of another site must not act through the operator's browser, nor reach us under a name it made up.
fn own_origin(request: &HttpRequest) -> bool {
    let text = |name| {
        request
            .headers()
            .get(name)
            .and_then(|v: &header::HeaderValue| v.to_str().ok())
    };
    let host = text(header::HOST).unwrap_or_default();
    let name = host.rsplit_once(':').map_or(
        host,
        |(name, port)| if port.contains(']') { host } else { name },
    );
    let local = matches!(name, "localhost" | "127.0.0.1" | "[::1]");
    local && text(header::ORIGIN).is_none_or(|origin| origin == format!("http://{host}"))
}
