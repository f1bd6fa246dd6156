//! Who is let into the console, and how they show it: a token once, then a cookie that scripts cannot read.

use std::{
    future::{Ready, ready},
    time::Duration,
};

use actix_web::{
    FromRequest, HttpRequest, HttpResponse,
    dev::Payload,
    http::{
        StatusCode,
        header::{self, HeaderValue},
    },
    web,
};
use carrier::form;
use serde::Serialize;

use super::{Page, page, see};
use crate::{
    App, Problem, body,
    guard::{self, Admin},
};

/// A wrong token is answered this late, so that guessing is slow.
const PAUSE: Duration = Duration::from_millis(400);

/// The largest sign-in form, bytes.
const FORM: usize = 4_096;

/// Who was let in. Wherever the admin API lets somebody in, the console does, and nowhere else.
pub(super) struct Operator(());

impl FromRequest for Operator {
    type Error = page::Trouble;
    type Future = Ready<Result<Self, page::Trouble>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let admin = Admin::from_request(request, payload).into_inner();
        ready(admin.map(|_| Self(())).map_err(|why| turned(request, &why)))
    }
}

fn turned(request: &HttpRequest, why: &Problem) -> page::Trouble {
    if why.code == "unauthorized" {
        return page::Trouble::SignIn(request.uri().path().to_owned());
    }
    page::Trouble::Said {
        status: 403,
        title: "This console is for this machine only",
        text: "No admin token is configured, so only a browser on the machine that runs Frontdesk is let in, under the name localhost or 127.0.0.1.".into(),
        hint: Some("Set FRONTDESK_ADMIN_TOKEN and start again, or come through a tunnel: ssh -L 8080:127.0.0.1:8080 and that machine's name.".into()),
    }
}

pub(super) fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/console/signin", web::get().to(ask))
        .route("/console/signin", web::post().to(sign_in))
        .route("/console/signout", web::post().to(sign_out));
}

async fn ask(app: web::Data<App>, request: HttpRequest) -> HttpResponse {
    if app.settings.admin_token.is_none() {
        return see("/console/");
    }
    form_page(StatusCode::OK, &next(request.query_string().as_bytes()), "")
}

fn form_page(status: StatusCode, next: &str, complaint: &str) -> HttpResponse {
    #[derive(Serialize)]
    struct View<'a> {
        next: &'a str,
        complaint: &'a str,
    }
    page::bare(status, "signin.html", "Sign in", View { next, complaint })
}

/// Where to go afterwards: only into the console, whatever the address says.
fn next(pairs: &[u8]) -> String {
    let wanted = field(pairs, "next");
    let inside = wanted.filter(|place| {
        place.starts_with("/console/")
            && place
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"/-_".contains(&b))
    });
    inside.unwrap_or_else(|| "/console/".into())
}

fn field(pairs: &[u8], name: &str) -> Option<String> {
    let pairs = form::parse(pairs).ok()?;
    pairs
        .into_iter()
        .find(|(key, _)| key == name)
        .map(|(_, value)| value)
}

async fn sign_in(app: web::Data<App>, request: HttpRequest, payload: web::Payload) -> Page {
    let sent = body::read(&request, payload, FORM, app.settings.request).await?;
    let next = next(&sent);
    let shown = field(&sent, "token").unwrap_or_default();
    let Some(token) = &app.settings.admin_token else {
        return Ok(see("/console/"));
    };
    if !guard::same(shown.trim(), token) {
        tokio::time::sleep(PAUSE).await;
        let complaint = "That is not the token. It is the value of FRONTDESK_ADMIN_TOKEN.";
        return Ok(form_page(StatusCode::UNAUTHORIZED, &next, complaint));
    }
    if !token
        .bytes()
        .all(|b| b.is_ascii_graphic() && !b"\",;\\".contains(&b))
    {
        let complaint = "The token has characters that a browser cannot send back. Choose one of letters, digits, - and _.";
        return Ok(form_page(StatusCode::CONFLICT, &next, complaint));
    }
    Ok(with_cookie(&app, see(&next), token, ""))
}

async fn sign_out(app: web::Data<App>) -> HttpResponse {
    with_cookie(&app, see("/console/signin"), "", "; Max-Age=0")
}

/// The token as a cookie for as long as the browser runs: scripts do not see it, other sites do not send it.
fn with_cookie(app: &App, mut answer: HttpResponse, token: &str, end: &str) -> HttpResponse {
    let secure = if app.settings.public_url.starts_with("https://") {
        "; Secure"
    } else {
        ""
    };
    let cookie = format!("frontdesk_admin={token}; Path=/; HttpOnly; SameSite=Lax{secure}{end}");
    if let Ok(value) = HeaderValue::from_str(&cookie) {
        answer.headers_mut().insert(header::SET_COOKIE, value);
    }
    answer
}

#[cfg(test)]
mod tests {
    use super::next;

    #[test]
    fn one_only_goes_on_into_the_console() {
        for (query, expected) in [
            ("next=/console/calls/CA1", "/console/calls/CA1"),
            ("next=%2Fconsole%2Flive", "/console/live"),
            ("next=//evil.example", "/console/"),
            ("next=/console/..%5cevil", "/console/"),
            ("next=/console/%0d%0aSet-Cookie:a=b", "/console/"),
            ("next=https://evil.example/console/", "/console/"),
            ("", "/console/"),
        ] {
            assert_eq!(next(query.as_bytes()), expected, "{query}");
        }
    }
}
