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
        Some(token) if bearer(request).is_some_and(|shown| same(shown, token)) => Ok(Admin(())),
        Some(token) if cookie(request).is_some_and(|shown| same(shown, token)) => {
            from_our_page(request, &app.settings.public_url)
        }
        Some(_) => Err(
            Problem::new(401, "unauthorized", "an admin token is needed")
                .hint("send it as `Authorization: Bearer …`, or sign in at /console/"),
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

/// The token of a program.
fn bearer(request: &HttpRequest) -> Option<&str> {
    let (scheme, token) = text(request, header::AUTHORIZATION)?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// The token of a browser that has opened the console.
fn cookie(request: &HttpRequest) -> Option<&str> {
    let mut cookies = text(request, header::COOKIE)?.split(';');
    cookies.find_map(|c| c.trim().strip_prefix("frontdesk_admin="))
}

fn text(request: &HttpRequest, name: header::HeaderName) -> Option<&str> {
    request.headers().get(name)?.to_str().ok()
}

/// A browser sends its cookie with the requests of every page; only ours may change something with it.
fn from_our_page(request: &HttpRequest, public_url: &str) -> Result<Admin, Problem> {
    let host = text(request, header::HOST).unwrap_or_default();
    let ours = |origin: &str| {
        origin == public_url
            || ["http://", "https://"]
                .iter()
                .any(|scheme| origin.strip_prefix(scheme) == Some(host))
    };
    let looks = request.method().is_safe();
    if looks || text(request, header::ORIGIN).is_none_or(ours) {
        return Ok(Admin(()));
    }
    Err(
        Problem::new(403, "other_origin", "a page of another site asked for this")
            .hint("use the console's own pages, or send the token as `Authorization: Bearer …`"),
    )
}

pub(crate) fn same(a: &str, b: &str) -> bool {
    aws_lc_rs::constant_time::verify_slices_are_equal(a.as_bytes(), b.as_bytes()).is_ok()
}

pub(crate) fn from_here(request: &HttpRequest) -> bool {
    // The socket's own address; headers that claim another are not read.
    request
        .peer_addr()
        .is_some_and(|peer| peer.ip().is_loopback())
}

/// A page of another site must not act through the operator's browser, nor reach us under a name it made up.
fn own_origin(request: &HttpRequest) -> bool {
    let host = text(request, header::HOST).unwrap_or_default();
    let name = host.rsplit_once(':').map_or(
        host,
        |(name, port)| if port.contains(']') { host } else { name },
    );
    let local = matches!(name, "localhost" | "127.0.0.1" | "[::1]");
    local && text(request, header::ORIGIN).is_none_or(|origin| origin == format!("http://{host}"))
}
