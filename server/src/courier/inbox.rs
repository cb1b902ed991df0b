//! What was sent, to be read: in development, and only there.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use identity::{Address, Code, Inbox, Received};
use leptos::prelude::*;
use serde::Serialize;

/// Messages on the page.
const SHOWN: usize = 100;

/// `/dev/inbox` for people, and `/api/dev/inbox/{phone or e-mail}` for programs.
pub(crate) fn router(inbox: Arc<Inbox>) -> Router {
    Router::new()
        .route("/dev/inbox", get(page))
        .route("/api/dev/inbox/{address}", get(list))
        .with_state(inbox)
}

/// A message.
#[derive(Serialize)]
struct Item {
    to: String,
    text: String,
    /// The code in it, if one is.
    code: Option<String>,
    /// Whole seconds, so that no digits of it look like a code.
    at: String,
}

impl From<Received> for Item {
    fn from(Received { at, message }: Received) -> Self {
        let code = message.code.as_ref().map(|code: &Code| code.as_str().to_owned());
        Item { to: message.to.to_string(), text: message.text, code, at: at.strftime("%FT%TZ").to_string() }
    }
}

/// Those to one address, the newest first.
async fn list(State(inbox): State<Arc<Inbox>>, Path(address): Path<String>) -> Response {
    match Address::parse(&address) {
        Some(address) => Json(items(inbox.to(&address))).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn page(State(inbox): State<Arc<Inbox>>) -> Response {
    let rows = items(inbox.newest(SHOWN)).into_iter().map(|item| {
        view! {
            <article>
                <h2>{item.to}</h2>
                <p>{item.at}</p>
                <pre>{item.text}</pre>
            </article>
        }
    });
    let html = Owner::new_root(None).with(|| {
        view! {
            <html lang="en-IN">
                <head>
                    <meta charset="utf-8"/>
                    <meta name="viewport" content="width=device-width, initial-scale=1"/>
                    <title>"Inbox"</title>
                </head>
                <body>
                    <main>
                        <h1>"Inbox"</h1>
                        <p>"What this development server has sent, the newest first. Load the page again to see more."</p>
                        {rows.collect_view()}
                    </main>
                </body>
            </html>
        }
        .to_html()
    });
    ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], format!("<!DOCTYPE html>{html}")).into_response()
}

fn items(received: Vec<Received>) -> Vec<Item> {
    received.into_iter().map(Item::from).collect()
}
