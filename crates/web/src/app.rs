//! The application: what its handlers share, and how it is served.

use std::{net::TcpListener, sync::Arc, time::Duration};

use actix_web::{
    App as Actix, HttpRequest, HttpResponse, HttpServer, ResponseError, dev::ServerHandle,
    middleware::from_fn, web,
};
use agent::Business;
use events::{BusinessId, CallId};
use switchboard::Switchboard;

use crate::{
    Check, Draining, Meter, PhoneNetwork, Problem, Studio, Templates, admin, audio, body, console,
    health, webhooks,
};

/// What the web needs to know. `frontdesk` reads it from the configuration.
#[derive(Clone)]
pub struct Settings {
    /// The public URL without a trailing slash: the only one that signatures are checked against.
    pub public_url: String,
    /// Auth tokens of the carrier's account, and the one of the built-in network.
    pub tokens: Vec<String>,
    /// The carrier accounts that own our numbers, and the one of the built-in network; a webhook of another one is
    /// refused. Empty = every account that a token of ours has signed for.
    pub accounts: Vec<String>,
    /// Checks no signatures. Only ever true with a loopback public URL; a banner says so on every page.
    pub skip_signatures: bool,
    /// What an admin must show; `None` = local mode, only callers from this machine are let in.
    pub admin_token: Option<String>,
    /// The version, for the banner.
    pub version: &'static str,
    /// The dead-air target, ms, drawn on charts.
    pub target_dead_air_ms: u32,
    /// What is simulated, for the home page.
    pub simulated: Vec<String>,
    /// The largest webhook body, bytes.
    pub webhook_bytes: usize,
    /// The largest body of an API request, bytes.
    pub json_bytes: usize,
    /// How long a client may take to send the head of its request, and then its body.
    pub request: Duration,
}

/// A hook of the binary: reads the configuration again.
pub type Reload = Box<dyn Fn() -> Result<String, String> + Send + Sync>;

/// A hook of the binary: the businesses as they are configured now, and where each comes from.
pub type Businesses = Box<dyn Fn() -> Vec<(Arc<Business>, String)> + Send + Sync>;

/// Further checks of the health page.
pub type Further = Box<dyn Fn() -> Vec<Check> + Send + Sync>;

/// What the configuration has to say: `None` when it is fine.
pub type Complaint = Box<dyn Fn() -> Option<String> + Send + Sync>;

/// The application.
pub struct App {
    /// Numbers and secrets.
    pub settings: Settings,
    /// All calls.
    pub switchboard: Switchboard,
    /// Fixed documents.
    pub templates: Templates,
    /// Metrics.
    pub meter: Meter,
    /// The built-in telephone network, for the browser phone.
    pub phones: Option<Arc<dyn PhoneNetwork>>,
    /// The businesses.
    pub businesses: Businesses,
    /// Reads the configuration again.
    pub reload: Reload,
    /// What is wrong with the configuration.
    pub complaint: Complaint,
    /// Checks of the health page that only whoever joined the parts can make; they must not wait.
    pub further: Further,
    /// Generations of fillers.
    pub jobs: admin::Jobs,
    /// Measures the voices.
    pub benches: Option<admin::Benches>,
    /// Browser phones.
    pub lines: admin::Lines,
    /// What stands behind the pages about providers, voices and the cache.
    pub studio: Studio,
    /// Whether we are closing.
    pub draining: Draining,
    /// Signature mismatches, explained, for the console.
    pub mismatches: webhooks::Mismatches,
    /// The last requests of the carrier.
    pub traffic: webhooks::Traffic,
}

impl App {
    /// The business with this id, as it is configured now.
    pub fn business(&self, id: &BusinessId) -> Option<Arc<Business>> {
        (self.switchboard.parts().businesses)(id)
    }
}

/// Makes the tags that prove a call was ours: HMAC-SHA-256 of the call's id, 128 bits of it in hex.
pub fn tagger(key: &str) -> Box<dyn Fn(&CallId) -> String + Send + Sync> {
    let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, key.as_bytes());
    Box::new(move |call| {
        let tag = aws_lc_rs::hmac::sign(&key, call.as_str().as_bytes());
        tag.as_ref()
            .iter()
            .take(16)
            .map(|byte| format!("{byte:02x}"))
            .collect()
    })
}

/// Every route. The application has to be put beside them, as `web::Data<App>`.
pub fn routes(config: &mut web::ServiceConfig) {
    let query = web::QueryConfig::default().error_handler(|error, _| {
        Problem::new(
            400,
            "bad_query",
            format!("the query cannot be read: {error}"),
        )
        .into()
    });
    let path =
        web::PathConfig::default().error_handler(|_, _| Problem::not_found("address").into());
    config
        .app_data(query)
        .app_data(path)
        .configure(webhooks::routes)
        .configure(audio::routes)
        .configure(health::routes)
        .configure(admin::routes)
        .configure(console::routes)
        .default_service(web::to(nowhere));
}

async fn nowhere(request: HttpRequest) -> HttpResponse {
    // The path is the visitor's text: JSON holds it safely, and a long one helps nobody.
    let path: String = request.path().chars().take(200).collect();
    Problem::new(404, "not_found", format!("there is nothing at {path}"))
        .hint("carriers call /voice/incoming/{business}; people open /console/")
        .error_response()
}

/// Serves until the handle is stopped. The signals are not watched here: shutdown has an order, and it is the binary's.
///
/// # Errors
/// When the listener cannot be used.
pub fn serve(
    app: Arc<App>,
    listener: TcpListener,
    workers: usize,
) -> std::io::Result<(ServerHandle, actix_web::dev::Server)> {
    let request = app.settings.request;
    let data = web::Data::from(app);
    let server = HttpServer::new(move || {
        Actix::new()
            .app_data(data.clone())
            .wrap(from_fn(body::whole))
            .configure(routes)
    })
    .on_connect(body::on_connect)
    .workers(workers.max(1))
    .disable_signals()
    .client_request_timeout(request)
    .keep_alive(Duration::from_secs(15))
    .max_connections(20_000)
    .shutdown_timeout(10)
    .listen(listener)?
    .run();
    Ok((server.handle(), server))
}
