//! Config → pools → handles → router.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, anyhow, bail};
use app::server::openid::Provider;
use app::server::{BankClient, Handles, bundle};
use axum::body::HttpBody as _;
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::Response;
use axum::{Extension, Router};
use axum_login::AuthManagerLayerBuilder;
use axum_login::tower_sessions::cookie::{SameSite, time};
use axum_login::tower_sessions::{Expiry, SessionManagerLayer};
use cache::Cache;
use domain::{Amount, Phone};
use identity::{Identity, Inbox, session::PostgresStore};
use ledger::Ledger;
use leptos::config::LeptosOptions;
use secrecy::ExposeSecret as _;
use service::secret::{in_address, of_others};
use service::{edge, health, metrics, pool, serve as listening};
use tokio::net::TcpListener;
use tokio::time::timeout_at;
use tokio_util::task::TaskTracker;
use tower::ServiceBuilder;
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{And, DefaultPredicate, Predicate as _, SizeAbove};
use tower_http::csrf::{CsrfLayer, ProtectionError};
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::timeout::TimeoutLayer;

use crate::events::{self, Watchers};
use crate::network::{self, Proxies};
use crate::origin::{self, Origin};
use crate::places::{self, Places};
use crate::settings::Serve;
use crate::{api, begun, body, courier, device, relay, reports, seen};

/// Bytes of an answer below which it is sent as it is.
const MIN_COMPRESSED: u64 = 1024;
/// No answer of ours takes longer.
const MAX_TIME: Duration = Duration::from_secs(15);
/// A year of nothing but https, for whatever stands under our name too (RFC 6797).
const HSTS: HeaderValue = HeaderValue::from_static("max-age=31536000; includeSubDomains");
/// How long a browser keeps the cookie at most. The session behind it ends no later; if it is not used, sooner.
const COOKIE: time::Duration = time::Duration::hours(12);

/// Serves until told to stop.
pub(crate) async fn serve(settings: Serve) -> anyhow::Result<ExitCode> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let pool = pool::open(&settings.database.database_url, "okane", settings.database_connections)?;
    if let Some(url) = &settings.redis_url {
        in_address("REDIS_URL", url)?;
    }
    let cache = Cache::connect(settings.redis_url.as_ref().map(|url| url.expose_secret()));
    if !cache.is_shared() {
        tracing::info!("no REDIS_URL: this process keeps a cache of its own");
    }
    let origin = Origin::parse(&settings.public_origin)
        .map_err(|sentence| anyhow!(sentence))
        .context("PUBLIC_ORIGIN")?;
    let (handles, inbox) = handles(&settings, &origin, pool.clone(), cache.clone())?;
    let store = PostgresStore::new(pool.clone());
    let watchers = Watchers::default();
    let waking =
        tokio::spawn(events::run(watchers.clone(), handles.ledger.clone(), handles.identity.clone(), cache));
    let relay = tokio::spawn(relay::run(handles.clone(), store.clone()));
    if let Some(provider) = handles.openid.clone() {
        tokio::spawn(async move { provider.prepare().await });
    }

    metrics::open(settings.metrics_addr)
        .with_context(|| format!("METRICS_ADDR: cannot listen on {}", settings.metrics_addr))?;
    let listener = TcpListener::bind(settings.listen_addr)
        .await
        .with_context(|| format!("cannot listen on {}", settings.listen_addr))?;
    tracing::info!(address = %settings.listen_addr, origin = origin.as_str(), "the web is open");
    let stop = {
        let watchers = watchers.clone();
        async move {
            listening::told_to_stop().await;
            watchers.close();
        }
    };
    let begun = TaskTracker::new();
    let identity = handles.identity.clone();
    let router = router(&settings, origin, handles, store, watchers, inbox, begun.clone());
    let until = listening::serve(listener, router, stop).await;
    let finished = async {
        begun.close();
        begun.wait().await;
        identity.all_told().await;
    };
    if timeout_at(until, finished).await.is_err() {
        tracing::warn!("some of what was begun did not end in time and was cut off");
    }
    relay.abort();
    waking.abort();
    pool.close().await;
    Ok(ExitCode::SUCCESS)
}

fn handles(
    settings: &Serve,
    origin: &Origin,
    pool: sqlx::PgPool,
    cache: Cache,
) -> anyhow::Result<(Handles, Option<Arc<Inbox>>)> {
    let people = settings.bank_public_origin.as_deref().unwrap_or(&settings.bank_url);
    let bank =
        BankClient::new(&settings.bank_url, people, origin.as_str()).map_err(|sentence| anyhow!(sentence))?;
    let demo =
        settings.demo_phone.as_deref().map(Phone::parse).transpose().context("DEMO_PHONE is not a number")?;
    let (post, inbox) = courier::post(settings, origin.as_str())?;
    let handles = Handles {
        ledger: Ledger::new(pool.clone(), cache.clone()),
        identity: Identity::new(pool, cache, settings.rate_limit_scale, post),
        bank: bank.into(),
        openid: provider(settings, origin.as_str())?.map(Into::into),
        origin: origin.as_str().into(),
        welcome: Amount::new(settings.welcome_credit).ok(),
        demo,
        has_inbox: inbox.is_some(),
    };
    Ok((handles, inbox))
}

/// The OpenID provider, where we are known to one. The text of the error is a sentence.
fn provider(settings: &Serve, origin: &str) -> anyhow::Result<Option<Provider>> {
    let id = settings.oidc_client_id.as_deref().filter(|id| !id.is_empty());
    let secret = settings.oidc_client_secret.as_ref().filter(|secret| !secret.expose_secret().is_empty());
    match (id, secret) {
        (Some(id), Some(secret)) => {
            of_others("OIDC_CLIENT_SECRET", secret)?;
            let provider = Provider::new(&settings.oidc_issuer, id, secret, origin);
            provider.map(Some).map_err(|sentence| anyhow!(sentence))
        }
        (None, None) => Ok(None),
        _ => bail!("OIDC_CLIENT_ID and OIDC_CLIENT_SECRET belong together: set both, or neither"),
    }
}

/// Pages and API inside; around them, from the inside out: sessions, places, carrying through, the length of bodies, cross-site refusal, limits,
/// logs, headers.
fn router(
    settings: &Serve,
    origin: Origin,
    handles: Handles,
    store: PostgresStore,
    watchers: Watchers,
    inbox: Option<Arc<Inbox>>,
    begun: TaskTracker,
) -> Router {
    let https = origin.is_https();
    let sessions = SessionManagerLayer::new(store.clone())
        .with_name(if https { "__Host-okane" } else { "okane" })
        .with_secure(https)
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        .with_path("/")
        .with_expiry(Expiry::OnInactivity(COOKIE));
    let signed_in = AuthManagerLayerBuilder::new(handles.identity.clone(), sessions).build();
    let options = LeptosOptions::builder()
        .output_name(bundle::find(settings.site_root.as_ref()))
        .site_root(settings.site_root.as_str())
        .site_pkg_dir("pkg")
        .site_addr(settings.listen_addr)
        .build();

    let router = app::server::router(handles.clone(), options)
        .nest("/api/v1", api::router(handles.clone()).layer(Extension(watchers)).layer(Extension(store)))
        .layer(
            ServiceBuilder::new()
                .layer(signed_in)
                .layer(from_fn_with_state(Proxies::new(&settings.trusted_proxies), network::locate))
                .layer(from_fn_with_state(handles.identity.clone(), device::remember))
                .layer(from_fn_with_state(handles.clone(), seen::carry)),
        )
        .merge(reports::router())
        .layer(
            ServiceBuilder::new()
                .layer(CsrfLayer::new().with_rejection_response(|_: ProtectionError| cross_site()))
                .layer(from_fn_with_state(origin, origin::own_pages_only))
                .layer(from_fn(body::whole))
                .layer(from_fn_with_state(begun, begun::carry_through))
                .layer(from_fn_with_state(Places::new(), places::take)),
        )
        .merge(inbox.map(courier::inbox::router).unwrap_or_default())
        .merge(health::router(move || ready(handles.ledger.clone())))
        .layer(
            ServiceBuilder::new()
                .layer(from_fn(cache_control))
                .layer(compression())
                .layer(from_fn(in_words))
                .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, MAX_TIME)),
        );
    let router = edge::around(router);
    if https {
        router.layer(SetResponseHeaderLayer::overriding(header::STRICT_TRANSPORT_SECURITY, HSTS))
    } else {
        router
    }
}

/// For what is written anew for each: the files of the bundle were pressed once, as small as they get. A better
/// compression costs more time than its bytes take on the way, and beginning one more than a short answer is worth.
fn compression() -> CompressionLayer<And<DefaultPredicate, SizeAbove>> {
    let worth_it = DefaultPredicate::new().and(SizeAbove::new(MIN_COMPRESSED));
    CompressionLayer::new().quality(CompressionLevel::Fastest).compress_when(worth_it)
}

/// Ready when the database answers and has its tables.
async fn ready(ledger: Ledger) -> Result<cache::Standing, ledger::StorageError> {
    ledger.ready().await
}

/// A request from another site never reaches a form or a server function.
pub(crate) fn cross_site() -> Response {
    app::server::failure_page(
        StatusCode::FORBIDDEN,
        "This came from another site",
        "OKANE takes forms from its own pages only. No money moved. Open the page here and fill it in there.",
    )
}

/// A layer that cannot read a session, or whose time is up, answers with a bare status. Said in words here: we
/// are in trouble, and whether something was done before can be looked up.
async fn in_words(request: Request, next: Next) -> Response {
    let is_api = request.uri().path().starts_with("/api/");
    let answer = next.run(request).await;
    let bare = answer.status().is_server_error() && answer.body().size_hint().exact() == Some(0);
    if !bare {
        return answer;
    }
    tracing::warn!(
        status = answer.status().as_u16(),
        "answered without words: no session could be read, no place was free, or time was up"
    );
    const WORDS: &str = "This cannot be done just now: the trouble is on our side. If you were moving money, Activity tells whether it moved.";
    let mut answer = if is_api {
        service::problem::problem(StatusCode::SERVICE_UNAVAILABLE, WORDS)
    } else {
        app::server::failure_page(StatusCode::SERVICE_UNAVAILABLE, "This cannot be done now", WORDS)
    };
    answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("2"));
    answer
}

/// A file whose name changes with its bytes is kept for ever, any other is asked for again; everything else is
/// personal and is kept by nobody, unless it says so itself.
async fn cache_control(request: Request, next: Next) -> Response {
    let is_named_by_its_bytes = bundle::names(request.uri().path());
    let mut response = next.run(request).await;
    let is_file = response.headers().contains_key(header::LAST_MODIFIED);
    let value = match (is_file, is_named_by_its_bytes) {
        (true, true) => "public, max-age=31536000, immutable",
        (true, false) => "no-cache",
        (false, _) => "no-store",
    };
    let headers = response.headers_mut();
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static(value));
    headers.entry(header::VARY).or_insert(HeaderValue::from_static("accept-encoding"));
    response
}
