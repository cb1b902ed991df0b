//! What browsers tell of breaches of our policy: counted by directive, and each kind logged once. Anybody can send a
//! report, so nothing of one is believed beyond its form, and nothing of it is kept that could be somebody's: of the page
//! its first folder, of what was blocked its host.

use std::collections::HashSet;
use std::num::NonZero;
use std::sync::{Arc, Mutex, PoisonError};

use app::server::REPORTS;
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use serde::Deserialize;
use service::edge;
use service::problem::{method_not_allowed, problem};

/// Requests a minute that are heard, from all browsers together: a breach of ours is seen by many, and one tells.
const HEARD: NonZero<u32> = NonZero::<u32>::MIN.saturating_add(119);
/// Breaches of one request that are looked at.
const MOST: usize = 20;
/// Kinds of breaches that are logged at most, in the life of a process.
const KINDS: usize = 100;

/// The directives that can be breached (CSP 3, 6). Anything else is somebody's invention.
const DIRECTIVES: [&str; 20] = [
    "default-src",
    "script-src",
    "script-src-elem",
    "script-src-attr",
    "style-src",
    "style-src-elem",
    "style-src-attr",
    "img-src",
    "font-src",
    "connect-src",
    "manifest-src",
    "media-src",
    "object-src",
    "frame-src",
    "child-src",
    "worker-src",
    "fenced-frame-src",
    "form-action",
    "base-uri",
    "frame-ancestors",
];

/// Who hears reports.
struct Desk {
    heard: DefaultDirectRateLimiter,
    told: Mutex<HashSet<Kind>>,
}

/// What is logged of a breach.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Kind {
    directive: &'static str,
    /// A host, or a word for what has none.
    blocked: String,
    /// The first folder of the page.
    page: String,
}

/// As `report-uri` sends it: `application/csp-report` (CSP 3, 5.3).
#[derive(Deserialize)]
struct Old {
    #[serde(rename = "csp-report")]
    breach: OldBreach,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct OldBreach {
    #[serde(default)]
    document_uri: String,
    #[serde(default)]
    blocked_uri: String,
    #[serde(default)]
    effective_directive: String,
    #[serde(default)]
    violated_directive: String,
}

/// As `report-to` sends it: `application/reports+json` (Reporting API, 2.4).
#[derive(Deserialize)]
struct Report {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    body: Breach,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Breach {
    #[serde(rename = "documentURL")]
    document_url: String,
    #[serde(rename = "blockedURL")]
    blocked_url: String,
    effective_directive: String,
}

/// `POST /reports/csp`.
pub(crate) fn router() -> Router {
    let desk =
        Desk { heard: RateLimiter::direct(Quota::per_minute(HEARD)), told: Mutex::new(HashSet::new()) };
    Router::new().route(REPORTS, post(take).fallback(method_not_allowed)).with_state(Arc::new(desk))
}

async fn take(State(desk): State<Arc<Desk>>, headers: HeaderMap, body: Bytes) -> Response {
    if desk.heard.check().is_err() {
        metrics::counter!("okane_csp_reports_unheard_total").increment(1);
        let mut answer = problem(StatusCode::TOO_MANY_REQUESTS, "There were many reports. Come again later.");
        answer.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from_static("60"));
        return answer;
    }
    let media = headers.get(header::CONTENT_TYPE).and_then(|media| media.to_str().ok()).unwrap_or_default();
    let kinds = match media.split(';').next().unwrap_or_default().trim() {
        "application/csp-report" => serde_json::from_slice(&body).map(|Old { breach }| vec![breach.kind()]),
        "application/reports+json" => serde_json::from_slice(&body).map(|reports: Vec<Report>| {
            let breaches = reports.into_iter().filter(|report| report.kind == "csp-violation");
            breaches.take(MOST).map(|report| report.body.kind()).collect()
        }),
        _ => return problem(StatusCode::UNSUPPORTED_MEDIA_TYPE, "This is no report of a browser's."),
    };
    let Ok(kinds) = kinds else {
        return problem(StatusCode::BAD_REQUEST, "This report cannot be read.");
    };
    kinds.into_iter().for_each(|kind| desk.note(kind));
    StatusCode::NO_CONTENT.into_response()
}

impl Desk {
    fn note(&self, kind: Kind) {
        metrics::counter!("okane_csp_reports_total", "directive" => kind.directive).increment(1);
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if told.len() < KINDS && !told.contains(&kind) {
            tracing::warn!(
                directive = kind.directive,
                blocked = kind.blocked,
                page = kind.page,
                "a page broke its policy"
            );
            told.insert(kind);
        }
    }
}

impl OldBreach {
    fn kind(self) -> Kind {
        let violated = self.violated_directive.split(' ').next().unwrap_or_default();
        let directive =
            if self.effective_directive.is_empty() { violated } else { &self.effective_directive };
        Kind::of(directive, &self.blocked_uri, &self.document_uri)
    }
}

impl Breach {
    fn kind(self) -> Kind {
        Kind::of(&self.effective_directive, &self.blocked_url, &self.document_url)
    }
}

impl Kind {
    fn of(directive: &str, blocked: &str, page: &str) -> Self {
        let known = DIRECTIVES.into_iter().find(|known| *known == directive);
        Kind { directive: known.unwrap_or("other"), blocked: host(blocked), page: folder(page) }
    }
}

/// A host that could be one; of what is none, the word that the policy has for it.
fn host(blocked: &str) -> String {
    const WORDS: [&str; 6] = ["inline", "eval", "wasm-eval", "self", "data", "blob"];
    if let Some(word) = WORDS.into_iter().find(|word| *word == blocked) {
        return word.to_owned();
    }
    let address = blocked.parse::<Uri>().ok().filter(|address| address.scheme().is_some());
    let host = address.as_ref().and_then(Uri::host).filter(|host| host.len() <= 100);
    host.unwrap_or("other").to_owned()
}

fn folder(page: &str) -> String {
    let path = page.parse::<Uri>().map_or_else(|_| String::new(), |address| address.path().to_owned());
    let folder = edge::folder(&path);
    if folder.chars().count() <= 40 { folder } else { "/…".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_breach_nothing_is_kept_that_could_be_somebodys() {
        let kind = Kind::of(
            "script-src-elem",
            "https://asha:secret@evil.example:8443/canary?token=canary",
            "https://okane.example/receipts/0199c3a4?note=canary",
        );
        assert_eq!(
            kind,
            Kind {
                directive: "script-src-elem",
                blocked: "evil.example".to_owned(),
                page: "/receipts/…".to_owned()
            }
        );
        for (blocked, told) in [
            ("inline", "inline"),
            ("eval", "eval"),
            ("", "other"),
            ("canary", "other"),
            ("data:text/html,canary", "other"),
        ] {
            assert_eq!(host(blocked), told);
        }
        assert_eq!(Kind::of("canary", "", "canary").directive, "other");
        assert_eq!(folder(&format!("https://okane.example/{}/x", "a".repeat(60))), "/…");
    }

    #[test]
    fn one_kind_is_noted_once_and_no_more_kinds_than_there_is_room_for() {
        let desk = Desk { heard: RateLimiter::direct(Quota::per_minute(HEARD)), told: Mutex::default() };
        for n in 0..3 * KINDS {
            desk.note(Kind::of("img-src", &format!("https://{}.example/", n % (2 * KINDS)), "/x"));
        }
        assert_eq!(desk.told.lock().expect("nobody panicked").len(), KINDS);
    }
}
