//! Whatever people write, and whatever stands in an address, is shown as text: each payload is put wherever a page
//! shows what came from outside, and the page, parsed as a browser parses it, has the elements and attributes that it has
//! for an innocent text. `end2end/xss.spec.ts` has a browser run some of them.

mod cast;
mod complete;
mod echoed;
mod people;
mod place;
mod places;
mod provider;
mod shape;

use std::collections::BTreeMap;

use reqwest::{RequestBuilder, Response, StatusCode};
use serde::Deserialize;

use self::shape::{Shape, leads_to};

/// Pages that are asked for at a time.
const AT_ONCE: usize = 8;

/// Something that would do harm if it were more than text.
#[derive(Deserialize)]
struct Payload {
    class: String,
    text: String,
}

fn payloads() -> Vec<Payload> {
    serde_json::from_str(include_str!("../../../../end2end/payloads.json")).unwrap()
}

#[test]
fn there_are_payloads_of_every_class() {
    let payloads = payloads();
    let mut classes = BTreeMap::<_, usize>::new();
    payloads.iter().for_each(|payload| *classes.entry(payload.class.as_str()).or_default() += 1);
    let wanted = ["address", "attribute", "data in script", "mutation", "template", "text", "unicode"];
    assert_eq!(classes.keys().copied().collect::<Vec<_>>(), wanted);
    assert!(payloads.len() >= 60 && classes.values().all(|count| *count >= 7), "{classes:?}");
}

/// Percent-encodes everything that is not a letter or a digit.
fn encoded(text: &str) -> String {
    text.bytes()
        .map(
            |byte| {
                if byte.is_ascii_alphanumeric() { (byte as char).to_string() } else { format!("%{byte:02X}") }
            },
        )
        .collect()
}

fn form(call: RequestBuilder, body: &str) -> RequestBuilder {
    call.header("content-type", "application/x-www-form-urlencoded").body(body.to_owned())
}

/// The answer as a page; what is no page is not to be taken for one.
async fn shape(answer: Response, what: &str) -> Option<Shape> {
    assert!(
        answer.status() != StatusCode::TOO_MANY_REQUESTS && !answer.status().is_server_error(),
        "{what}: {}",
        answer.status()
    );
    let headers = answer.headers();
    if let Some(place) = headers.get("location") {
        assert_eq!(leads_to(place.to_str().unwrap()), "here", "{what}");
    }
    assert_eq!(headers["x-content-type-options"], "nosniff");
    let is_page = headers.get("content-type").is_some_and(|kind| kind.to_str().unwrap().contains("html"));
    let body = answer.text().await.unwrap();
    is_page.then(|| Shape::of(&body))
}
