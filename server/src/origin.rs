//! Whether a request that changes something comes from a page of ours. Browsers say so in headers that no page can
//! write. tower-http's layer believes `Sec-Fetch-Site`, and an `Origin` that names the `Host` it came to; but a host is
//! what whoever sends says it is, and a name of somebody else's can be made to lead here (DNS rebinding). So what that
//! layer lets through is held against the origin that is configured; and where an old browser sends neither header, its
//! `Referer` counts. Who sends none of the three is a program, and has no session that somebody else could borrow.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::uri::{Authority, Scheme, Uri};
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::Response;

use crate::web::cross_site;

/// Where our pages stand.
#[derive(Debug, Clone)]
pub(crate) struct Origin {
    text: Arc<str>,
    /// On this machine only, as in development, where the same pages have several names.
    is_local: bool,
}

impl Origin {
    /// Reads `https://okane.example`, as browsers write it (RFC 6454, 6.2): nothing behind the host and its port, and no
    /// port that goes without saying.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let wrong = || format!("{text} is no origin such as https://okane.example");
        let uri: Uri = text.to_ascii_lowercase().parse().map_err(|_| wrong())?;
        let is_bare = uri.path() == "/" && uri.query().is_none();
        let origin = origin_of(&uri).filter(|_| is_bare).ok_or_else(wrong)?;
        let is_local = uri.authority().is_some_and(is_loopback);
        Ok(Origin { text: origin.into(), is_local })
    }

    /// As browsers write it.
    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether our cookies can be kept to encrypted connections.
    pub(crate) fn is_https(&self) -> bool {
        self.text.starts_with("https://")
    }

    /// Whether nothing in these headers says that somebody else's page has sent them.
    fn has_sent(&self, headers: &HeaderMap) -> bool {
        let text = |name| headers.get(name).map(|value| value.to_str().unwrap_or_default());
        let page = match (text(header::ORIGIN), text(header::REFERER)) {
            (Some(origin), _) => Some(origin.to_owned()),
            (None, Some(referer)) => {
                Some(referer.parse().ok().and_then(|uri| origin_of(&uri)).unwrap_or_default())
            }
            (None, None) => None,
        };
        page.is_none_or(|page| self.is(&page, text(header::HOST).unwrap_or_default()))
    }

    /// On this machine every name of it that the request came to is ours.
    fn is(&self, page: &str, host: &str) -> bool {
        let is_local = self.is_local && host.parse().is_ok_and(|host| is_loopback(&host));
        *page == *self.text || is_local && page.strip_prefix("http://") == Some(host)
    }
}

/// Scheme, host and port of an address of the web.
fn origin_of(uri: &Uri) -> Option<String> {
    let (scheme, authority) = (uri.scheme()?, uri.authority()?);
    let usual = if *scheme == Scheme::HTTPS { 443 } else { 80 };
    let port = authority.port_u16().filter(|port| *port != usual);
    let is_web = (*scheme == Scheme::HTTPS || *scheme == Scheme::HTTP) && !authority.as_str().contains('@');
    let port = port.map_or_else(String::new, |port| format!(":{port}"));
    is_web.then(|| format!("{scheme}://{}{port}", authority.host()))
}

fn is_loopback(authority: &Authority) -> bool {
    matches!(authority.host(), "127.0.0.1" | "localhost" | "[::1]")
}

/// Around everything that changes something.
pub(crate) async fn own_pages_only(State(origin): State<Origin>, request: Request, next: Next) -> Response {
    if request.method().is_safe() || origin.has_sent(request.headers()) {
        next.run(request).await
    } else {
        cross_site()
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn sends(configured: &str, headers: &[(&'static str, &'static str)]) -> bool {
        let map = headers
            .iter()
            .map(|(name, value)| (header::HeaderName::from_static(name), HeaderValue::from_static(value)));
        Origin::parse(configured).expect("an origin").has_sent(&map.collect())
    }

    #[test]
    fn an_origin_is_read_as_browsers_write_it() {
        for (text, wanted) in [
            ("https://okane.example", "https://okane.example"),
            ("https://OKANE.example/", "https://okane.example"),
            ("https://okane.example:443", "https://okane.example"),
            ("http://okane.example:443", "http://okane.example:443"),
            ("http://127.0.0.1:3000", "http://127.0.0.1:3000"),
        ] {
            assert_eq!(Origin::parse(text).expect(text).as_str(), wanted);
        }
        for text in [
            "",
            "okane.example",
            "//okane.example",
            "ftp://okane.example",
            "https://okane.example/wallet",
            "https://okane.example?x",
            "https://me@okane.example",
            "null",
        ] {
            assert!(Origin::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn only_the_configured_origin_is_ours_whatever_the_host_says() {
        let ours = "https://okane.example";
        assert!(sends(ours, &[("origin", "https://okane.example"), ("host", "web-7.internal")]));
        assert!(sends(ours, &[]), "a program says nothing");
        for other in [
            [("origin", "https://evil.example"), ("host", "evil.example")],
            [("origin", "http://okane.example"), ("host", "okane.example")],
            [("origin", "https://okane.example:8443"), ("host", "okane.example:8443")],
            [("origin", "http://127.0.0.1:3000"), ("host", "127.0.0.1:3000")],
            [("origin", "null"), ("host", "okane.example")],
            [("origin", ""), ("host", "")],
        ] {
            assert!(!sends(ours, &other), "{other:?}");
        }
    }

    #[test]
    fn without_an_origin_the_referer_counts() {
        let ours = "https://okane.example";
        assert!(sends(ours, &[("referer", "https://okane.example/send?draft=1")]));
        assert!(sends(ours, &[("referer", "https://evil.example/"), ("origin", "https://okane.example")]));
        for referer in ["https://evil.example/okane.example", "https://okane.example@evil.example/", "x", ""]
        {
            assert!(!sends(ours, &[("referer", referer)]), "{referer}");
        }
    }

    #[test]
    fn on_this_machine_each_of_its_names_is_ours_and_no_other_port() {
        let ours = "http://127.0.0.1:3000";
        for host in ["127.0.0.1:3000", "localhost:3000", "[::1]:3000", "localhost:4000"] {
            let origin: &'static str = format!("http://{host}").leak();
            assert!(sends(ours, &[("origin", origin), ("host", host)]), "{host}");
        }
        for (origin, host) in [
            ("http://127.0.0.1:9999", "127.0.0.1:3000"),
            ("http://evil.example", "evil.example"),
            ("http://127.0.0.1.evil.example", "127.0.0.1.evil.example"),
        ] {
            assert!(!sends(ours, &[("origin", origin), ("host", host)]), "{origin}");
        }
    }
}
