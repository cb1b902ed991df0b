//! What every answer carries, whatever it is: a page, a call, a file, a refusal, a failure.

use std::path::PathBuf;

use reqwest::{Method, RequestBuilder, Response, StatusCode};
use sqlx::PgPool;

use crate::world::*;

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");
const JSON: (&str, &str) = ("content-type", "application/json");

/// A folder with a bundle and a file, as they are deployed; gone with the test.
struct Site(PathBuf);

impl Site {
    fn new() -> Self {
        let folder = std::env::temp_dir().join(format!("okane-site-{}", uuid::Uuid::now_v7()));
        std::fs::create_dir_all(folder.join("pkg")).unwrap();
        std::fs::write(folder.join("pkg/okane.0123456789abcdef.css"), "p{}").unwrap();
        std::fs::write(folder.join("robots.txt"), "User-agent: *").unwrap();
        Site(folder)
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// What is asked, by somebody signed in or not, and the status that it is answered with.
struct Ask {
    method: &'static str,
    path: &'static str,
    headers: &'static [(&'static str, &'static str)],
    body: String,
    /// Bytes of a header that nobody asks for.
    idle: usize,
    signed_in: bool,
    status: u16,
}

fn ask(method: &'static str, path: &'static str, status: u16) -> Ask {
    Ask { method, path, headers: &[], body: String::new(), idle: 0, signed_in: true, status }
}

impl Ask {
    fn with(self, headers: &'static [(&'static str, &'static str)], body: &str) -> Self {
        Ask { headers, body: body.to_owned(), ..self }
    }

    fn with_a_header_of(self, bytes: usize) -> Self {
        Ask { idle: bytes, ..self }
    }

    fn by_nobody(self) -> Self {
        Ask { signed_in: false, ..self }
    }

    async fn of(&self, world: &World, person: &Person) -> Response {
        let call = world.http.request(self.method.parse().unwrap(), format!("{}{}", world.origin, self.path));
        let call = if self.signed_in { call.header("cookie", &person.cookie) } else { call };
        let call = if self.idle > 0 { call.header("x-idle", "a".repeat(self.idle)) } else { call };
        let add = |call: RequestBuilder, (name, value): &(&str, &str)| call.header(*name, *value);
        self.headers.iter().fold(call, add).body(self.body.clone()).send().await.unwrap()
    }
}

/// Every kind of answer there is.
fn asks() -> Vec<Ask> {
    const PACKED: &[(&str, &str)] = &[FORM, ("content-encoding", "gzip")];
    const FOREIGN: &[(&str, &str)] = &[FORM, ("origin", "https://evil.example")];
    let long = "a=".to_owned() + &"a".repeat(20_000);
    vec![
        ask("GET", "/", 200).by_nobody(),
        ask("GET", "/sign-in", 200).by_nobody(),
        ask("GET", "/home", 200),
        ask("HEAD", "/home", 200),
        ask("GET", "/home", 303).by_nobody(),
        ask("GET", "/sign-in", 303),
        ask("GET", "/settings", 303),
        ask("GET", "/nonsense", 404),
        ask("GET", "/receipts/nonsense", 404),
        ask("GET", "/pictures/x/y.jpg", 404),
        ask("GET", "/pkg", 404),
        ask("PUT", "/home", 405),
        ask("TRACE", "/home", 405),
        ask("POST", "/sign-in", 400).with(&[("content-type", "text/plain")], "x"),
        ask("POST", "/sign-in", 422).with(&[FORM], "identifier=x&password=y&next=").by_nobody(),
        ask("POST", "/sign-in", 413).with(&[FORM], &long),
        ask("POST", "/sign-in", 415).with(PACKED, "x"),
        ask("POST", "/sign-in", 403).with(FOREIGN, "identifier=x"),
        ask("POST", "/settings/profile/picture", 400).with(&[FORM], "x"),
        ask("POST", "/preferences", 303).with(&[FORM], "theme=dark"),
        ask("POST", "/fn/home", 200).with(&[FORM], ""),
        ask("POST", "/fn/home", 303).with(&[FORM], "").by_nobody(),
        ask("GET", "/fn/home", 405),
        ask("POST", "/fn/nonsense", 400).with(&[FORM], ""),
        ask("GET", "/api/v1/balance", 200),
        ask("GET", "/api/v1/balance", 401).by_nobody(),
        ask("GET", "/api/v1/openapi.json", 200),
        ask("GET", "/api/v1/nonsense", 404),
        ask("DELETE", "/api/v1/balance", 405),
        ask("POST", "/api/v1/transfers", 400).with(&[JSON], "{"),
        ask("POST", "/api/v1/transfers", 413).with(&[JSON], &long),
        ask("GET", "/api/v1/events", 200),
        ask("POST", "/reports/csp", 415).with(&[JSON], "{}"),
        ask("GET", "/reports/csp", 405),
        ask("GET", "/robots.txt", 200),
        ask("GET", "/robots.txt", 206).with(&[("range", "bytes=0-3")], ""),
        ask("GET", "/robots.txt", 304).with(&[("if-modified-since", "Fri, 01 Jan 2100 00:00:00 GMT")], ""),
        ask("GET", "/pkg/okane.0123456789abcdef.css", 200).by_nobody(),
        ask("GET", "/healthz", 200).by_nobody(),
        ask("GET", "/readyz", 200).by_nobody(),
        ask("GET", "/home", 431).with_a_header_of(17_000),
    ]
}

fn assert_protected(answer: &Response, what: &str) {
    let headers = answer.headers();
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        (
            "permissions-policy",
            "camera=(), geolocation=(), microphone=(), payment=(), publickey-credentials-create=(self), \
             publickey-credentials-get=(self)",
        ),
    ] {
        let found: Vec<_> = headers.get_all(name).iter().collect();
        assert_eq!(found, [value], "{name} of {what}");
    }
    let policies: Vec<_> = headers.get_all("content-security-policy").iter().collect();
    let [policy] = policies[..] else { panic!("{what} has {} policies", policies.len()) };
    let policy = policy.to_str().unwrap();
    for part in ["default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'", "form-action "] {
        assert!(policy.contains(part), "{what}: {policy}");
    }
    for part in ["unsafe-inline", "'unsafe-eval'", "*", "http:", "https: ", "strict-dynamic"] {
        let bank = "http://127.0.0.1:1";
        assert!(!policy.replace(bank, "").contains(part), "{what}: {policy}");
    }
    let is_page = headers.get("content-type").is_some_and(|kind| kind.to_str().unwrap().contains("html"));
    assert_eq!(policy.contains("report-to csp; report-uri /reports/csp"), is_page, "{what}: {policy}");
    assert_eq!(headers.contains_key("reporting-endpoints"), is_page, "{what}");
    let is_file = headers.contains_key("last-modified") || answer.status() == StatusCode::NOT_MODIFIED;
    let is_kept = !headers["cache-control"].to_str().unwrap().contains("no-store");
    assert_eq!(is_kept, is_file, "{what}: {:?}", headers["cache-control"]);
    assert!(headers.contains_key("x-request-id"), "{what}");
    for telling in ["server", "x-powered-by", "via", "access-control-allow-origin"] {
        assert!(!headers.contains_key(telling), "{telling} of {what}");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn every_answer_carries_every_protection(owner: PgPool) {
    let site = Site::new();
    let world = World::with(owner.clone(), &[("LEPTOS_SITE_ROOT", site.0.to_str().unwrap())]).await;
    let asha = world.person("Asha Rao").await;
    let mut nonces = Vec::new();
    for ask in asks() {
        let answer = ask.of(&world, &asha).await;
        let what = format!("{} {} ({})", ask.method, ask.path, ask.status);
        assert_eq!(answer.status().as_u16(), ask.status, "{what}");
        assert_protected(&answer, &what);
        assert!(
            !answer.headers().contains_key("strict-transport-security"),
            "{what}: by http nothing is promised"
        );
        if answer.status().is_client_error() && ask.path.starts_with("/api/") {
            assert_eq!(answer.headers()["content-type"], "application/problem+json", "{what}");
        }
        let policy = answer.headers()["content-security-policy"].to_str().unwrap();
        nonces.extend(
            policy.split_once("'nonce-").map(|(_, rest)| rest.split('\'').next().unwrap().to_owned()),
        );
    }
    let pages = nonces.len();
    nonces.sort();
    nonces.dedup();
    assert!(pages > 5 && nonces.len() == pages, "no nonce is used twice: {nonces:?}");
    assert!(nonces.iter().all(|nonce| nonce.len() >= 22), "128 bits in base 64: {nonces:?}");

    for _ in 0..12 {
        ask("POST", "/sign-in", 0)
            .with(&[FORM], "identifier=%2B919800000000&password=x&next=")
            .of(&world, &asha)
            .await;
    }
    let many = ask("POST", "/sign-in", 429)
        .with(&[FORM], "identifier=%2B919800000000&password=x&next=")
        .of(&world, &asha)
        .await;
    assert_eq!(many.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_protected(&many, "too many tries");
    let mut tx = owner.begin().await.unwrap();
    sqlx::query("LOCK TABLE sessions IN ACCESS EXCLUSIVE MODE").execute(&mut *tx).await.unwrap();
    for path in ["/home", "/api/v1/balance"] {
        let answer = asha.get(&world, path).await;
        assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_protected(&answer, "trouble");
    }
    tx.rollback().await.unwrap();
}

#[sqlx::test(migrations = "../migrations")]
async fn behind_https_every_answer_asks_for_https_for_a_year_and_cookies_are_bound_to_the_host(
    owner: PgPool,
) {
    let site = Site::new();
    // Who is behind https has no inbox for everybody, so she becomes a person elsewhere.
    let elsewhere = World::new(owner.clone()).await;
    let phone = elsewhere.person("Asha Rao").await.phone;
    let settings = [
        ("LEPTOS_SITE_ROOT", site.0.to_str().unwrap()),
        ("PUBLIC_ORIGIN", "https://okane.example"),
        ("DEV_INBOX", "0"),
        ("SMTP_URL", "smtp://127.0.0.1:1"),
        ("MAIL_FROM", "OKANE <codes@okane.example>"),
        ("SMS_DOMAIN", "sms.example"),
    ];
    let world = World::with(owner, &settings).await;
    let asha = world.signs_in(&phone).await;
    let cookie = asha.set_cookie.as_str();
    assert!(cookie.starts_with("__Host-okane="), "{cookie}");
    for attribute in ["HttpOnly", "SameSite=Lax", "Secure", "Path=/"] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    assert!(!cookie.to_lowercase().contains("domain"), "{cookie}");
    for ask in asks() {
        let answer = ask.of(&world, &asha).await;
        let what = format!("{} {} ({})", ask.method, ask.path, answer.status());
        assert_eq!(
            answer.headers()["strict-transport-security"],
            "max-age=31536000; includeSubDomains",
            "{what}"
        );
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn a_method_that_nobody_needs_is_refused_everywhere(owner: PgPool) {
    let world = World::new(owner).await;
    let asha = world.person("Asha Rao").await;
    for method in ["TRACE", "TRACK", "CONNECT", "PUT", "PATCH", "PROPFIND"] {
        for path in
            ["/", "/home", "/sign-in", "/api/v1/balance", "/api/v1/transfers", "/fn/home", "/robots.txt"]
        {
            if method == "CONNECT" {
                continue; // has no path, so no client asks so
            }
            let method = Method::from_bytes(method.as_bytes()).unwrap();
            let call = world.http.request(method.clone(), format!("{}{path}", world.origin));
            let answer =
                call.header("cookie", &asha.cookie).header("x-canary", "canary").send().await.unwrap();
            assert!(
                answer.status().is_client_error() || answer.status().is_redirection(),
                "{method} {path}: {}",
                answer.status()
            );
            assert!(!answer.text().await.unwrap().contains("canary"), "{method} {path} echoes");
        }
    }
}
