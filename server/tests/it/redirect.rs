//! Nobody is led off this site, except to the bank's own page: whatever `next` says, wherever a request claims to come
//! from, and however an address is written.

use reqwest::{RequestBuilder, Response, StatusCode, Url};
use scraper::{Html, Selector};
use sqlx::PgPool;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::access::{Belongings, FUNCTIONS};
use crate::world::*;

/// Addresses that look like paths of ours, to somebody on the way, and lead to somebody else.
pub const ELSEWHERE: [&str; 24] = [
    "//evil.example",
    "///evil.example",
    "////evil.example/%2e%2e",
    "/\\evil.example",
    "\\\\evil.example",
    "\\/evil.example",
    "/%2fevil.example",
    "/%2F%2Fevil.example",
    "/%5cevil.example",
    "/%5C%5Cevil.example",
    "%2f%2fevil.example",
    "/%09/evil.example",
    "/\t/evil.example",
    "\t//evil.example",
    "/%0d%0aLocation:%20https://evil.example",
    "/\r\nLocation: https://evil.example",
    "https:evil.example",
    "https://evil.example",
    "HTTPS:/\\evil.example",
    "//evil.example@127.0.0.1",
    "@evil.example",
    ".evil.example",
    "javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
];

/// Where an answer leads, as a browser follows it.
fn leads_to(world: &World, answer: &Response, asked: &str) -> Url {
    let place = answer.headers()["location"].to_str().unwrap();
    Url::parse(&format!("{}{asked}", world.origin)).unwrap().join(place).unwrap()
}

fn assert_stays(world: &World, answer: &Response, asked: &str, why: &str) {
    let place = leads_to(world, answer, asked);
    assert_eq!(place.origin().ascii_serialization(), world.origin, "{asked} with {why} leads to {place}");
}

/// Links, forms and what a page loads.
pub fn assert_no_link_leads_off(page: &str, why: &str) {
    let home = Url::parse("http://127.0.0.1:3000/").unwrap();
    for element in Html::parse_document(page).select(&Selector::parse("[href], [src], [action]").unwrap()) {
        for (_, address) in
            element.value().attrs().filter(|(name, _)| ["href", "src", "action"].contains(name))
        {
            let place = home.join(address).unwrap();
            assert_eq!(place.origin(), home.origin(), "{why} puts {place} into a page");
        }
    }
}

fn form(world: &World, path: &str, fields: &[(&str, &str)]) -> RequestBuilder {
    let mut body = Url::parse("x:").unwrap();
    body.query_pairs_mut().extend_pairs(fields);
    let call = world.http.post(format!("{}{path}", world.origin));
    call.header("content-type", "application/x-www-form-urlencoded").body(body.query().unwrap().to_owned())
}

#[sqlx::test(migrations = "../migrations")]
async fn no_way_on_leads_off_the_site(owner: PgPool) {
    let world = World::with(owner.clone(), &[("RATE_LIMIT_SCALE", "1000")]).await;
    let belongings = Belongings::new(&world, &owner).await;
    let (asha, person) = (&belongings.owner, belongings.fill("/people/{payee}"));
    for next in ELSEWHERE {
        let credentials = [("identifier", &*asha.phone), ("password", PASSWORD), ("next", next)];
        let signed_in = form(&world, "/sign-in", &credentials).send().await.unwrap();
        assert_eq!(leads_to(&world, &signed_in, "/sign-in").path(), "/home", "{next}");
        for (path, fields) in [
            ("/preferences", [("theme", "dark"), ("next", next)]),
            (&*person, [("favourite", "1"), ("next", next)]),
        ] {
            let call = form(&world, path, &fields).header("cookie", &asha.cookie);
            let answer = call.send().await.unwrap();
            assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{path} {next}");
            assert_stays(&world, &answer, path, next);
        }
        // The form that is shown first carries it on as it is, but nothing on its page leads there.
        let mut page = Url::parse(&format!("{}/sign-in", world.origin)).unwrap();
        page.query_pairs_mut().append_pair("next", next);
        let page = world.http.get(page).send().await.unwrap().text().await.unwrap();
        assert!(page.contains(r#"name="next""#), "{next}");
        assert_no_link_leads_off(&page, next);
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn no_server_function_leads_to_where_a_request_says_it_comes_from(owner: PgPool) {
    let world = World::new(owner.clone()).await;
    let belongings = Belongings::new(&world, &owner).await;
    for (path, arguments, _) in FUNCTIONS {
        for referer in ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"] {
            let call = world.http.post(format!("{}{path}", world.origin)).body(belongings.fill(arguments));
            let call = call.header("content-type", "application/x-www-form-urlencoded");
            // As a form without script would ask, to which the framework answers with a redirect.
            let call = call.header("accept", "text/html").header("cookie", &belongings.stranger.cookie);
            let call = call.header("origin", &world.origin).header("referer", referer);
            let answer = call.send().await.unwrap();
            assert_ne!(answer.status(), StatusCode::FORBIDDEN);
            if answer.headers().contains_key("location") {
                assert_stays(&world, &answer, path, referer);
            }
            let told = format!("{:?}", answer.headers());
            assert!(!told.contains("evil") && !told.contains("javascript"), "{path}: {told}");
        }
    }
}

/// Asks for this very address: clients tidy it up before they ask.
async fn ask(world: &World, address: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", world.program.port())).await.unwrap();
    let request = format!(
        "GET {address} HTTP/1.1\r\nhost: evil.example\r\nx-forwarded-host: evil.example\r\nconnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

#[sqlx::test(migrations = "../migrations")]
async fn no_address_however_it_is_written_leads_off_the_site_and_no_host_gets_into_a_link(owner: PgPool) {
    let site = std::env::temp_dir().join(format!("okane-site-{}", uuid::Uuid::now_v7()));
    std::fs::create_dir_all(site.join("pkg")).unwrap();
    let world = World::with(owner, &[("LEPTOS_SITE_ROOT", site.to_str().unwrap())]).await;
    let ours = [
        "/",
        "/home",
        "/pkg",
        "//pkg",
        "/pkg/",
        "//pkg/..",
        "/settings",
        "/settings/",
        "/x/../home",
        "/%2e%2e//evil.example",
        "//evil.example/home",
        "//evil.example/settings",
        "/home?next=//evil.example",
        "http://evil.example/home",
    ];
    let addresses = ELSEWHERE.iter().filter(|text| text.starts_with('/') && !text.contains(['\t', '\r']));
    for address in ours.iter().chain(addresses) {
        let answer = ask(&world, address).await;
        let location = answer.lines().find_map(|line| line.strip_prefix("location: "));
        if let Some(place) = location {
            let place = place.trim();
            let leads_off = !place.starts_with('/') || place[1..].starts_with(['/', '\\']);
            assert!(!leads_off, "{address} leads to {place}");
        }
        assert!(answer.starts_with("HTTP/1.1 "), "{address}: {answer}");
        assert_no_link_leads_off(&answer, address);
    }
    std::fs::remove_dir_all(site).unwrap();
}
