//! On what somebody signs in, in words they know it by.

use app::server::AuthSession;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::Response;
use axum_login::tower_sessions::Session;
use domain::UserId;
use identity::session::{Device, LAST_NETWORK};
use identity::{Identity, Network};
use serde::Deserialize as _;

/// What the session layer keeps of whoever is signed in.
const SIGNED_IN: &str = "axum-login.data";

/// Around everything that has a session: one that was just begun remembers where. Whatever road led to it.
pub(crate) async fn remember(State(identity): State<Identity>, mut request: Request, next: Next) -> Response {
    let session = request.extensions().get::<AuthSession>().map(|auth| auth.session.clone());
    let network = request.extensions().get().copied().unwrap_or(Network::UNKNOWN);
    let device = Device { name: name(request.headers()), network: network.to_string() };
    request.extensions_mut().insert(device.clone());
    if let Some(session) = &session {
        note_move(&identity, session, &device).await;
    }
    let answer = next.run(request).await;
    if let Some(session) = session.filter(|session| session.is_modified())
        && let Ok(Some(who)) = session.get_value(SIGNED_IN).await
        && let Ok(None) = session.get_value(Device::KEY).await
    {
        if let Err(error) = session.insert(Device::KEY, &device).await {
            tracing::warn!(%error, "where a session was begun could not be noted");
        }
        if let Some(person) = who.get("user_id").and_then(|id| UserId::deserialize(id).ok()) {
            identity.signed_in(person, device);
        }
    }
    answer
}

/// A session that goes on from another network keeps that one too: its owner, who may not have taken it there, sees both, also
/// from within that session.
async fn note_move(identity: &Identity, session: &Session, here: &Device) {
    let begun = session.get::<Device>(Device::KEY).await.ok().flatten();
    let last = session.get::<String>(LAST_NETWORK).await.ok().flatten();
    let last = last.or(begun.map(|device| device.network));
    let (Some(last), Some(id)) = (last, session.id()) else { return };
    if last != here.network
        && let Err(error) = identity.used_from(&id, &here.network).await
    {
        tracing::warn!(
            error = &error as &dyn std::error::Error,
            "from where a session is used could not be noted"
        );
    }
}

/// `Firefox on Windows`. Browsers pretend to be each other: of the names that stand in theirs, the first of these is
/// their own. What a program calls itself is not repeated: it could be anything.
fn name(headers: &HeaderMap) -> String {
    const BROWSERS: [(&str, &str); 8] = [
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("SamsungBrowser/", "Samsung Internet"),
        ("Firefox/", "Firefox"),
        ("FxiOS/", "Firefox"),
        ("CriOS/", "Chrome"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ];
    const SYSTEMS: [(&str, &str); 7] = [
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("CrOS", "ChromeOS"),
        ("Windows", "Windows"),
        ("Mac OS X", "Mac"),
        ("Linux", "Linux"),
    ];
    let said = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let of = |names: &[(&str, &'static str)]| {
        names.iter().find(|(part, _)| said.contains(part)).map(|(_, name)| *name)
    };
    match (of(&BROWSERS), of(&SYSTEMS)) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(browser), None) => browser.to_owned(),
        (None, Some(system)) => format!("A program on {system}"),
        (None, None) => "A program".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn a_browser_is_told_by_its_own_name_and_not_by_those_it_borrows() {
        for (agent, wanted) in [
            ("Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0", "Firefox on Linux"),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0",
                "Edge on Windows",
            ),
            (
                "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36",
                "Chrome on Android",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Mobile/15E148 Safari/604.1",
                "Safari on iPhone",
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15",
                "Safari on Mac",
            ),
            ("curl/8.14.1", "A program"),
            ("<script>alert(1)</script>", "A program"),
            ("", "A program"),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::USER_AGENT, HeaderValue::from_static(agent));
            assert_eq!(name(&headers), wanted, "{agent}");
        }
    }
}
