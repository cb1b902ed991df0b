//! Following a wallet as it changes: nothing lost, nothing told twice, and only to its owner.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use reqwest::{Response, StatusCode};
use serde_json::{Value, json};
use sqlx::PgPool;

use crate::world::*;

/// A stream of events, read as a browser reads it.
struct Events {
    response: Response,
    text: String,
}

/// One event.
#[derive(Debug)]
struct Told {
    name: String,
    id: String,
    data: Value,
}

impl Events {
    async fn open(world: &World, person: &Person, last: &str) -> Events {
        let call = world.get("/api/v1/events").header("cookie", &person.cookie);
        let call = if last.is_empty() { call } else { call.header("last-event-id", last) };
        let response = call.send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Events { response, text: String::new() }
    }

    /// The next event; `None` where the stream ends or nothing comes in time.
    async fn next(&mut self, patience: Duration) -> Option<Told> {
        let deadline = Instant::now() + patience;
        loop {
            if let Some((event, rest)) = self.text.split_once("\n\n") {
                let field = |name: &str| {
                    let lines = event.lines().filter_map(|line| line.strip_prefix(name));
                    lines.map(|value| value.trim_start()).collect::<String>()
                };
                let told = Told {
                    name: field("event:"),
                    id: field("id:"),
                    data: serde_json::from_str(&field("data:")).unwrap_or_default(),
                };
                self.text = rest.to_owned();
                if told.data.is_null() {
                    continue; // as a browser does, to which this is no event
                }
                return Some(told);
            }
            let wait = deadline.saturating_duration_since(Instant::now());
            let chunk = tokio::time::timeout(wait, self.response.chunk()).await.ok()?.ok()??;
            self.text.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }

    async fn change(&mut self) -> Told {
        loop {
            let told = self.next(Duration::from_secs(10)).await.expect("an event");
            if told.name == "change" {
                return told;
            }
        }
    }
}

fn body(to: &Person, paise: i64) -> Value {
    json!({ "to": to.phone, "amount_minor": paise })
}

#[sqlx::test(migrations = "../migrations")]
async fn a_stream_begins_with_how_it_stands_and_goes_on_with_what_moves(owner: PgPool) {
    let world = World::new(owner).await;
    let (asha, vikram) = (world.person("Asha Rao").await, world.person("Vikram Shah").await);
    let (mut hers, mut his) =
        (Events::open(&world, &asha, "").await, Events::open(&world, &vikram, "").await);
    let first = his.change().await;
    assert_eq!(first.data["available_minor"], WELCOME);
    assert_eq!(first.data["movements"], json!([]), "what was there before is no news");
    hers.change().await;

    let (status, made) = asha.pay(&world, "one", &body(&vikram, 12_34)).await;
    assert_eq!(status, StatusCode::CREATED);
    let (sent, came) = (hers.change().await, his.change().await);
    for (told, paise, direction, sentence) in [
        (&sent, WELCOME - 12_34, "out", "₹12.34 moved to Vikram Shah."),
        (&came, WELCOME + 12_34, "in", "₹12.34 came from Asha Rao."),
    ] {
        assert_eq!(told.data["available_minor"], paise);
        assert_eq!(told.data["movements"][0]["id"], made["id"]);
        assert_eq!(told.data["movements"][0]["direction"], direction);
        assert_eq!(told.data["sentences"], json!([sentence]));
    }
    assert!(his.next(Duration::from_millis(600)).await.is_none(), "nothing is told twice");
}

#[sqlx::test(migrations = "../migrations")]
async fn a_thousand_reconnects_between_two_servers_lose_nothing_and_double_nothing(owner: PgPool) {
    const RECONNECTS: usize = 1000;
    let redis = std::env::var("REDIS_URL").ok();
    // The throttle of look-ups is not what is tried here.
    let mut settings = vec![("RATE_LIMIT_SCALE", "1000")];
    settings.extend(redis.iter().map(|url| ("REDIS_URL", url.as_str())));
    let (one, two) = (World::with(owner.clone(), &settings).await, World::with(owner, &settings).await);
    let (asha, vikram) = (one.person("Asha Rao").await, one.person("Vikram Shah").await);
    let paying = async {
        let mut made = HashSet::new();
        for n in 0..300 {
            let world = if n % 2 == 0 { &one } else { &two };
            let key = format!("key-{n}");
            let to = body(&vikram, 1);
            let (status, answer) = asha.pay(world, &key, &to).await;
            assert_eq!(status, StatusCode::CREATED, "{answer}");
            made.insert(answer["id"].as_str().unwrap().to_owned());
        }
        made
    };
    let following = async {
        let (mut heard, mut last) = (Vec::new(), Events::open(&one, &vikram, "").await.change().await.id);
        for n in 0..RECONNECTS {
            let mut events = Events::open(if n % 2 == 0 { &two } else { &one }, &vikram, &last).await;
            // What an event tells counts once its id is known; a cut in the middle of one is read anew.
            if let Some(told) = events.next(Duration::from_millis(if n % 10 == 0 { 40 } else { 4 })).await
                && told.name == "change"
            {
                let movements = told.data["movements"].as_array().unwrap().iter();
                heard.extend(movements.map(|movement| movement["id"].as_str().unwrap().to_owned()));
                last = told.id;
            }
        }
        (heard, last)
    };
    let (made, (mut heard, last)) = tokio::join!(paying, following);
    let mut events = Events::open(&one, &vikram, &last).await;
    while heard.len() < made.len() {
        let told = events.change().await;
        let movements = told.data["movements"].as_array().unwrap().iter();
        heard.extend(movements.map(|movement| movement["id"].as_str().unwrap().to_owned()));
    }
    assert_eq!(heard.len(), made.len(), "each once");
    assert_eq!(heard.into_iter().collect::<HashSet<_>>(), made);
}

#[sqlx::test(migrations = "../migrations")]
async fn what_another_server_commits_is_told_soon_with_redis_and_without(owner: PgPool) {
    let redis = std::env::var("REDIS_URL").ok();
    for url in [None, redis.as_deref()] {
        let settings: Vec<_> = url.iter().map(|url| ("REDIS_URL", *url)).collect();
        let one = World::with(owner.clone(), &settings).await;
        let two = World::with(owner.clone(), &settings).await;
        let (asha, vikram) = (one.person("Asha Rao").await, one.person("Vikram Shah").await);
        let mut his = Events::open(&two, &vikram, "").await;
        his.change().await;
        let mut waits = vec![];
        for n in 0..8 {
            let asked = Instant::now();
            assert_eq!(asha.pay(&one, &n.to_string(), &body(&vikram, 1)).await.0, StatusCode::CREATED);
            his.change().await;
            waits.push(asked.elapsed());
        }
        waits.sort();
        assert!(waits[4] < Duration::from_secs(2), "with {url:?}: {waits:?}");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn a_new_name_or_contact_is_told_to_its_owners_pages_on_every_server_and_to_nobody_else(owner: PgPool) {
    let redis = std::env::var("REDIS_URL").ok();
    for url in [None, redis.as_deref()] {
        let settings: Vec<_> = url.iter().map(|url| ("REDIS_URL", *url)).collect();
        let one = World::with(owner.clone(), &settings).await;
        let two = World::with(owner.clone(), &settings).await;
        let (asha, vikram) = (one.person("Asha Rao").await, one.person("Vikram Shah").await);
        let (mut near, mut far) = (Events::open(&one, &asha, "").await, Events::open(&two, &asha, "").await);
        let mut his = Events::open(&two, &vikram, "").await;
        for events in [&mut near, &mut far, &mut his] {
            events.change().await;
            let more = events.next(Duration::from_millis(1200)).await;
            assert!(more.is_none(), "how it stood when the page was opened is no news: {more:?}");
        }
        for (path, form) in [
            ("/settings/profile", format!("name=Asha+Iyer+{}", url.map_or("A", |_| "B"))),
            ("/people", format!("to=%2B{}", &vikram.phone[1..])),
        ] {
            let call = one.http.post(format!("{}{path}", one.origin)).header("cookie", &asha.cookie);
            let call = call.header("content-type", "application/x-www-form-urlencoded").body(form);
            assert_eq!(call.send().await.unwrap().status(), StatusCode::SEE_OTHER, "{path}");
            for events in [&mut near, &mut far] {
                let told = events.next(Duration::from_secs(3)).await.expect(path);
                assert_eq!((told.name.as_str(), told.data), ("renewed", json!({})), "{path} with {url:?}");
            }
        }
        let more = his.next(Duration::from_millis(300)).await;
        assert!(more.is_none(), "{more:?}");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn a_stream_is_the_owners_and_ends_with_the_session_and_with_the_server(owner: PgPool) {
    let world = World::new(owner).await;
    let (asha, vikram) = (world.person("Asha Rao").await, world.person("Vikram Shah").await);
    assert_eq!(world.get("/api/v1/events").send().await.unwrap().status(), StatusCode::UNAUTHORIZED);
    let mut his = Events::open(&world, &vikram, "999999.999999").await;
    assert_eq!(his.change().await.data["movements"], json!([]), "a place that never was tells nothing");
    let mut signed_out = Events::open(&world, &vikram, "").await;
    signed_out.change().await;
    let end = world.http.delete(format!("{}/api/v1/session", world.origin)).header("cookie", &vikram.cookie);
    assert_eq!(end.send().await.unwrap().status(), StatusCode::NO_CONTENT);
    assert_eq!(asha.pay(&world, "one", &body(&vikram, 1)).await.0, StatusCode::CREATED);
    assert!(signed_out.next(Duration::from_secs(5)).await.is_none(), "an ended session hears nothing more");

    let mut hers = Events::open(&world, &asha, "").await;
    hers.change().await;
    let began = Instant::now();
    world.stop();
    while hers.next(Duration::from_secs(10)).await.is_some() {}
    assert!(began.elapsed() < Duration::from_secs(5), "a server that stops does not wait for its streams");
}

#[sqlx::test(migrations = "../migrations")]
async fn a_page_to_which_nothing_happens_hears_signs_of_life(owner: PgPool) {
    let world = World::new(owner).await;
    let mut hers = Events::open(&world, &world.person("Asha Rao").await, "").await;
    hers.change().await;
    let told = hers.next(Duration::from_secs(25)).await.expect("a sign");
    assert_eq!(told.name, "beat");
}

#[sqlx::test(migrations = "../migrations")]
async fn nobody_opens_streams_without_end(owner: PgPool) {
    let world = World::new(owner).await;
    let asha = world.person("Asha Rao").await;
    let mut open = vec![];
    for _ in 0..24 {
        open.push(Events::open(&world, &asha, "").await);
    }
    assert_eq!(asha.get(&world, "/api/v1/events").await.status(), StatusCode::TOO_MANY_REQUESTS);
    open.clear();
    let start = Instant::now();
    while asha.get(&world, "/api/v1/events").await.status() != StatusCode::OK {
        assert!(start.elapsed() < Duration::from_secs(20), "closed streams count no longer");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
