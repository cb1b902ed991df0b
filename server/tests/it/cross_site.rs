//! What a page of somebody else's can make a visitor's browser send, with the visitor's cookie: refused at every door
//! before anything is read, and nothing is changed by it.

use std::collections::BTreeMap;

use reqwest::{Method, RequestBuilder, StatusCode};
use sqlx::{AssertSqlSafe, PgPool};

use crate::access::{Belongings, FUNCTIONS, PAGES, ROUTES};
use crate::world::*;

const FORM: &str = "application/x-www-form-urlencoded";

/// A request that changes something.
struct Door {
    method: Method,
    path: String,
    kind: &'static str,
    body: String,
}

/// Every server function, every unsafe route of the API, every address that takes a form. What ends a session is last.
fn doors(belongings: &Belongings) -> Vec<Door> {
    let door = |method: &str, path: &str, kind, body: &str| Door {
        method: method.to_uppercase().parse().unwrap(),
        path: belongings.fill(path),
        kind,
        body: belongings.fill(body),
    };
    let functions = FUNCTIONS.iter().map(|(path, arguments, _)| door("post", path, FORM, arguments));
    let pages = PAGES.iter().filter(|(method, ..)| *method == "POST");
    let pages = pages.map(|(method, path, form, _)| door(method, path, FORM, form));
    let unsafe_routes = ROUTES.iter().filter(|(method, ..)| *method != "get");
    let routes = unsafe_routes
        .map(|(method, _, path, body, _)| door(method, &format!("/api/v1{path}"), "application/json", body));
    let mut doors: Vec<_> = functions.chain(pages).chain(routes).collect();
    doors.sort_by_key(|door| door.method == Method::DELETE || door.path == "/sign-out");
    doors
}

/// One way in which somebody else's page asks.
struct Shape {
    name: &'static str,
    headers: Vec<(&'static str, String)>,
    /// Instead of the door's own: what a form of another site can send without asking first (Fetch, 2.2.2).
    kind: Option<&'static str>,
}

fn shapes(port: u16) -> [Shape; 11] {
    let shape = |name, headers: &[(&'static str, &str)], kind| Shape {
        name,
        headers: headers.iter().map(|(name, value)| (*name, (*value).to_owned())).collect(),
        kind,
    };
    let evil = ("origin", "https://evil.example");
    let next_door = format!("http://127.0.0.1:{}", if port == u16::MAX { port - 1 } else { port + 1 });
    [
        shape("an old browser's foreign origin", &[evil], None),
        shape("a browser's foreign origin", &[evil, ("sec-fetch-site", "cross-site")], None),
        shape("a page in a sandbox", &[("origin", "null")], None),
        shape("no origin", &[("sec-fetch-site", "cross-site")], None),
        shape(
            "a sibling's page",
            &[("origin", "http://pay.127.0.0.1"), ("sec-fetch-site", "same-site")],
            None,
        ),
        shape("a foreign referer and nothing else", &[("referer", "https://evil.example/win")], None),
        shape("JSON that says it is text", &[evil], Some("text/plain;charset=UTF-8")),
        shape("a form with files", &[evil], Some("multipart/form-data; boundary=edge")),
        shape("a page at the next port", &[("origin", &next_door)], Some(FORM)),
        shape(
            "a name that was made to lead here",
            &[("host", "evil.example"), ("origin", "http://evil.example"), ("sec-fetch-site", "same-origin")],
            None,
        ),
        shape(
            "a host that a proxy is said to have seen",
            &[evil, ("x-forwarded-host", "evil.example")],
            None,
        ),
    ]
}

fn ask(world: &World, door: &Door, person: &Person) -> RequestBuilder {
    let call = world.http.request(door.method.clone(), format!("{}{}", world.origin, door.path));
    call.header("cookie", &person.cookie).header("idempotency-key", "key-9").body(door.body.clone())
}

/// What stands in every table, but for what the relay notes of its own tries.
async fn everything(owner: &PgPool) -> BTreeMap<String, String> {
    // A session that is over is swept away within a minute, whoever asks for what meanwhile.
    sqlx::query("DELETE FROM sessions WHERE expires_at <= now()").execute(owner).await.unwrap();
    let tables: Vec<String> = sqlx::query_scalar(
        "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'outbox'",
    )
    .fetch_all(owner)
    .await
    .unwrap();
    let mut found = BTreeMap::<String, String>::new();
    for table in tables {
        let rows = format!("SELECT coalesce(string_agg(t::text, ' ' ORDER BY t::text), '') FROM {table} t");
        found.insert(table, sqlx::query_scalar(AssertSqlSafe(rows)).fetch_one(owner).await.unwrap());
    }
    assert!(found["transfers"].len() + found["throttles"].len() > 100, "there is something to change");
    found
}

#[sqlx::test(migrations = "../migrations")]
async fn no_door_takes_what_another_site_sends_and_nothing_is_changed_by_it(owner: PgPool) {
    let world = World::new(owner.clone()).await;
    let belongings = Belongings::new(&world, &owner).await;
    let before = everything(&owner).await;
    let doors = doors(&belongings);
    for door in &doors {
        for shape in shapes(world.program.port()) {
            let call =
                ask(&world, door, &belongings.owner).header("content-type", shape.kind.unwrap_or(door.kind));
            let add = |call: RequestBuilder, (name, value): &(_, String)| call.header(*name, value);
            let answer = shape.headers.iter().fold(call, add).send().await.unwrap();
            let what = format!("{} {} by {}", door.method, door.path, shape.name);
            assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{what}");
            assert!(!answer.headers().contains_key("set-cookie"), "{what}");
            assert!(!answer.headers().contains_key("access-control-allow-origin"), "{what}");
            let page = answer.text().await.unwrap();
            assert!(
                page.contains("This came from another site") && page.contains("No money moved"),
                "{what}"
            );
        }
    }
    let after = everything(&owner).await;
    for (table, rows) in &before {
        assert!(after[table] == *rows, "{table} was changed");
    }

    // The same from our own pages is heard, so it is who asks that decided.
    for door in &doors {
        let call = ask(&world, door, &belongings.owner).header("content-type", door.kind);
        let call = call.header("origin", &world.origin).header("sec-fetch-site", "same-origin");
        let status = call.send().await.unwrap().status();
        assert_ne!(status, StatusCode::FORBIDDEN, "{} {} from here", door.method, door.path);
    }
    assert_ne!(everything(&owner).await["sessions"], before["sessions"], "it has signed out");
}

#[sqlx::test(migrations = "../migrations")]
async fn a_link_changes_nothing_whoever_follows_it(owner: PgPool) {
    let world = World::new(owner.clone()).await;
    let belongings = Belongings::new(&world, &owner).await;
    let before = everything(&owner).await;
    for door in doors(&belongings) {
        let address = if door.body.is_empty() { door.path } else { format!("{}?{}", door.path, door.body) };
        let cookie = &belongings.owner.cookie;
        for (name, value) in
            [("x-http-method-override", "POST"), ("x-method-override", "DELETE"), ("accept", "text/html")]
        {
            let call = world.http.get(format!("{}{address}", world.origin)).header("cookie", cookie);
            let answer =
                call.header(name, value).header("sec-fetch-site", "cross-site").send().await.unwrap();
            assert!(answer.status().as_u16() < 500, "{address}: {}", answer.status());
        }
    }
    let after = everything(&owner).await;
    for (table, rows) in &before {
        assert!(after[table] == *rows || table == "sessions" && after[table].len() == rows.len(), "{table}");
    }
}
