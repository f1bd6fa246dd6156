//! How a page is made: one frame, one environment of templates, one place that escapes.

use std::{
    fmt,
    sync::{Arc, LazyLock},
};

use actix_web::{HttpResponse, ResponseError, http::StatusCode, http::header};
use minijinja::{
    AutoEscape, Environment, Error, Output, State, UndefinedBehavior, Value, value::ValueKind,
};
use rust_embed::Embed;
use serde::Serialize;

use super::{assets, see, words};
use crate::App;

#[derive(Embed)]
#[folder = "console-assets/templates"]
struct Shipped;

/// What every page may do: nothing but talk to this server.
const POLICY: &str = "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

static ENVIRONMENT: LazyLock<Arc<Environment<'static>>> = LazyLock::new(|| Arc::new(load()));

/// The templates. A debug build reads them anew for each page, so that they can be worked on without compiling.
fn environment() -> Arc<Environment<'static>> {
    if cfg!(debug_assertions) {
        Arc::new(load())
    } else {
        ENVIRONMENT.clone()
    }
}

fn load() -> Environment<'static> {
    let mut environment = Environment::new();
    // What a template was given are people's words and numbers: they must not reach the log with its mistakes.
    environment.set_debug(false);
    environment.set_undefined_behavior(UndefinedBehavior::SemiStrict);
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.set_formatter(write_clean);
    environment.add_filter("ms", |ms: u32| words::ms(ms));
    for name in Shipped::iter() {
        let Some(file) = Shipped::get(&name) else {
            continue;
        };
        let source = String::from_utf8_lossy(&file.data).into_owned();
        if let Err(error) = environment.add_template_owned(name.to_string(), source) {
            tracing::error!(%error, %name, "a template of the console cannot be read");
        }
    }
    environment
}

/// Writes a value: control characters become a visible sign, then HTML is escaped. Callers choose their own words.
fn write_clean(out: &mut Output, state: &mut State, value: &Value) -> Result<(), Error> {
    if value.kind() == ValueKind::String
        && !value.is_safe()
        && let Some(text) = value.as_str()
        && text.contains(unprintable)
    {
        let clean = Value::from(text.replace(unprintable, "\u{fffd}"));
        return minijinja::escape_formatter(out, state, &clean);
    }
    minijinja::escape_formatter(out, state, value)
}

fn unprintable(c: char) -> bool {
    c.is_control() && c != '\n' && c != '\t'
}

/// What stands around every page.
#[derive(Serialize)]
struct Frame<'a> {
    title: &'a str,
    section: &'a str,
    assets: String,
    version: &'a str,
    now: u64,
    live: usize,
    unsigned: bool,
    complaint: Option<String>,
    signed_in: bool,
}

/// A page of the console: `title` for the browser's tab, `section` for the menu, `view` for the template.
pub(super) fn render(
    app: &App,
    template: &str,
    (section, title): (&str, &str),
    view: impl Serialize,
) -> Result<HttpResponse, Trouble> {
    let frame = Frame {
        title,
        section,
        assets: assets::base(),
        version: app.settings.version,
        now: app.switchboard.parts().clock.now().0,
        live: app.switchboard.count(),
        unsigned: app.settings.skip_signatures,
        complaint: (app.complaint)(),
        signed_in: app.settings.admin_token.is_some(),
    };
    let html = fill(template, &frame, view).map_err(Trouble::broken)?;
    Ok(answer(StatusCode::OK, html))
}

/// A part of a page, for a script to put in its place.
pub(super) fn fragment(template: &str, view: impl Serialize) -> Result<HttpResponse, Trouble> {
    let html = fill(template, (), view).map_err(Trouble::broken)?;
    Ok(answer(StatusCode::OK, html))
}

fn fill(template: &str, frame: impl Serialize, view: impl Serialize) -> Result<String, Error> {
    #[derive(Serialize)]
    struct Whole<F, V> {
        frame: F,
        #[serde(flatten)]
        view: V,
    }
    let environment = environment();
    let whole = minijinja::value::Serde(Whole { frame, view });
    environment.get_template(template)?.render(whole)
}

fn answer(status: StatusCode, html: String) -> HttpResponse {
    HttpResponse::build(status)
        .content_type("text/html; charset=utf-8")
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::X_FRAME_OPTIONS, "DENY"))
        .insert_header((header::REFERRER_POLICY, "same-origin"))
        .insert_header(("Permissions-Policy", "camera=(), geolocation=()"))
        .body(html)
}

/// Why there is no page; it becomes one.
#[derive(Debug)]
pub(super) enum Trouble {
    /// Somebody must say who they are; where they wanted to go.
    SignIn(String),
    /// What went wrong, in words, and what to do.
    Said {
        status: u16,
        title: &'static str,
        text: String,
        hint: Option<String>,
    },
}

impl Trouble {
    pub fn not_found(what: &str) -> Self {
        Self::Said {
            status: 404,
            title: "Not here",
            text: format!("There is no such {what}."),
            hint: None,
        }
    }

    fn broken(error: Error) -> Self {
        tracing::error!(%error, "a page of the console could not be written");
        Self::Said {
            status: 500,
            title: "This page broke",
            text: "The page could not be written; the log says why.".into(),
            hint: None,
        }
    }
}

impl From<store::StoreError> for Trouble {
    fn from(error: store::StoreError) -> Self {
        match error {
            store::StoreError::NotFound => Self::not_found("record"),
            other => Self::Said {
                status: 503,
                title: "The records cannot be read",
                text: other.to_string(),
                hint: Some("Calls are still answered. See the checks on the home page.".into()),
            },
        }
    }
}

impl From<crate::Problem> for Trouble {
    fn from(problem: crate::Problem) -> Self {
        Self::Said {
            status: problem.status_code().as_u16(),
            title: "That did not work",
            text: problem.to_string(),
            hint: problem.advice().map(str::to_owned),
        }
    }
}

/// What a page of trouble says.
#[derive(Serialize)]
struct Sorry<'a> {
    text: &'a str,
    hint: &'a Option<String>,
    status: u16,
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SignIn(_) => f.write_str("sign in first"),
            Self::Said { text, .. } => f.write_str(text),
        }
    }
}

impl ResponseError for Trouble {
    fn status_code(&self) -> StatusCode {
        let code = match self {
            Self::SignIn(_) => 303,
            Self::Said { status, .. } => *status,
        };
        StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        let (title, text, hint) = match self {
            Self::SignIn(next) => return see(&format!("/console/signin?next={next}")),
            Self::Said {
                title, text, hint, ..
            } => (title, text, hint),
        };
        let status = self.status_code().as_u16();
        let view = Sorry { text, hint, status };
        bare(self.status_code(), "trouble.html", title, view)
    }
}

/// A page without the menu, for those who are not let in or lost their way.
pub(super) fn bare(
    status: StatusCode,
    template: &str,
    title: &str,
    view: impl Serialize,
) -> HttpResponse {
    #[derive(Serialize)]
    struct Bare<'a> {
        title: &'a str,
        assets: String,
    }
    let frame = Bare {
        title,
        assets: assets::base(),
    };
    match fill(template, frame, view) {
        Ok(html) => answer(status, html),
        Err(error) => {
            tracing::error!(%error, template, "a page of the console could not be written");
            HttpResponse::InternalServerError().body("this page could not be written\n")
        }
    }
}
