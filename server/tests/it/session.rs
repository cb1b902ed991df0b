//! How long a session lasts, as its browser and its owner see it.

use reqwest::{Response, StatusCode};
use serde_json::json;
use sqlx::PgPool;

use crate::world::*;

#[sqlx::test(migrations = "../migrations")]
async fn who_only_reads_stays_signed_in_and_who_is_away_for_two_hours_does_not(owner: PgPool) {
    let world = World::new(owner.clone()).await;
    let asha = world.person("Asha Rao").await;
    assert!(
        asha.set_cookie.contains("Max-Age=43200"),
        "the cookie outlives every pause: {}",
        asha.set_cookie
    );
    let balance_after = async |pause: &str| {
        let statement = "UPDATE sessions SET created_at = created_at - $1::text::interval,
                                             expires_at = expires_at - $1::text::interval";
        sqlx::query(statement).bind(pause).execute(&owner).await.unwrap();
        asha.get(&world, "/api/v1/balance").await.status()
    };
    for _ in 0..3 {
        assert_eq!(balance_after("1 hour 50 minutes").await, StatusCode::OK);
    }
    assert_eq!(balance_after("2 hours").await, StatusCode::UNAUTHORIZED);
}

#[sqlx::test(migrations = "../migrations")]
async fn what_a_session_did_on_one_server_it_sees_on_another_whose_cache_heard_nothing(owner: PgPool) {
    let Ok(redis) = std::env::var("REDIS_URL") else { return };
    let with_redis = [("REDIS_URL", redis.as_str())];
    // The first server cannot reach the others' Redis: what it commits, nobody tells them for half a minute.
    let lost = [("REDIS_URL", "redis://127.0.0.1:1")];
    let (one, two) = (World::with(owner.clone(), &lost).await, World::with(owner.clone(), &with_redis).await);
    // Nor does the outbox.
    sqlx::raw_sql("CREATE RULE nothing AS ON INSERT TO outbox DO INSTEAD NOTHING")
        .execute(&owner)
        .await
        .unwrap();
    let (asha, vikram) = (two.person("Asha Rao").await, two.person("Vikram Shah").await);
    let available = async |cookie: &str| {
        let answer = two.get("/api/v1/balance").header("cookie", cookie).send().await.unwrap();
        answer.json::<serde_json::Value>().await.unwrap()["available_minor"].as_i64().unwrap()
    };
    assert_eq!(available(&asha.cookie).await, WELCOME);
    let body = json!({ "to": vikram.phone, "amount_minor": 1_00 });
    let call = one.post("/api/v1/transfers", &body).header("cookie", &asha.cookie);
    let answer = call.header("idempotency-key", "one").send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::CREATED);
    let seen = answer.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    assert!(seen.starts_with("seen="), "{seen}");
    assert_eq!(available(&format!("{}; {seen}", asha.cookie)).await, WELCOME - 1_00);
}

/// As if nothing had been done in any session for so long.
async fn pause(owner: &PgPool, time: &str) {
    let statement = "UPDATE sessions SET created_at = created_at - $1::text::interval,
                                         expires_at = expires_at - $1::text::interval";
    sqlx::query(statement).bind(time).execute(owner).await.unwrap();
}

/// A plain form, sent without script.
async fn submit(world: &World, cookie: &str, path: &str, form: &str) -> Response {
    let call = world.http.post(format!("{}{path}", world.origin)).header("cookie", cookie);
    let call = call.header("content-type", "application/x-www-form-urlencoded");
    call.body(form.to_owned()).send().await.unwrap()
}

/// Signs somebody in once more, as this program.
async fn sign_in_again(world: &World, person: &Person, agent: &str) -> String {
    let credentials = json!({ "identifier": person.phone, "password": PASSWORD });
    let call = world.post("/api/v1/session", &credentials).header("user-agent", agent);
    let answer = call.send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    answer.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned()
}

#[sqlx::test(migrations = "../migrations")]
async fn who_was_away_says_their_password_on_the_same_page_and_what_was_typed_is_carried_on(owner: PgPool) {
    let world = World::new(owner.clone()).await;
    let (asha, vikram) = (world.person("Asha Rao").await, world.person("Vikram Shah").await);
    let to = vikram.phone.replace('+', "%2B");
    let send = format!("to={to}&amount=12.34&note=for+tea&key=key-1");
    assert_eq!(submit(&world, &asha.cookie, "/send", &send).await.status(), StatusCode::SEE_OTHER);
    pause(&owner, "16 minutes").await;
    let page = asha.get(&world, "/home").await;
    assert_eq!(page.status(), StatusCode::OK, "what is only read is read on");
    for (path, form) in [
        ("/send", send.as_str()),
        ("/send/review?draft=key-1", "draft=key-1"),
        ("/add-money", "amount=500&bank=deccan&key=key-2"),
        ("/settings/limits", "day=100"),
        ("/settings/limits", "undo=10"),
        ("/settings/sessions", "others=1"),
        ("/send", &format!("{send}&confirm=")),
    ] {
        let answer = submit(&world, &asha.cookie, path, form).await;
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY, "{path}");
        let page = answer.text().await.unwrap();
        assert!(page.contains("Is it still you?") && page.contains("name=\"confirm\""), "{path}: {page}");
        let carried = ["12.34", "for tea", "key-1", "500", "100", "10", "1"];
        let typed = carried.iter().any(|typed| page.contains(&format!("value=\"{typed}\"")));
        assert!(typed, "{path} keeps what was typed");
    }
    // The functions behind the forms ask too, whoever calls them.
    let called = submit(&world, &asha.cookie, "/fn/send/confirm", "form[draft]=key-1").await;
    assert!(called.text().await.unwrap().contains("not used for a while"));

    let wrong = submit(&world, &asha.cookie, "/send", &format!("{send}&confirm=a-wrong-password")).await;
    assert_eq!(wrong.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let wrong = wrong.text().await.unwrap();
    assert!(wrong.contains("This is not your password.") && wrong.contains("12.34"));
    assert!(!wrong.contains("a-wrong-password"), "it does not travel back");
    let right = submit(&world, &asha.cookie, "/send", &format!("{send}&confirm={PASSWORD}")).await;
    assert_eq!(right.status(), StatusCode::SEE_OTHER);
    let review = asha.get(&world, "/send/review?draft=key-1").await.text().await.unwrap();
    assert!(!review.contains("Is it still you?"), "once is enough");
    let sent = submit(&world, &asha.cookie, "/send/review?draft=key-1", "draft=key-1").await;
    assert!(sent.headers()["location"].to_str().unwrap().starts_with("/receipts/"));
}

#[sqlx::test(migrations = "../migrations")]
async fn a_person_sees_their_sessions_and_ends_them_at_once_on_every_server(owner: PgPool) {
    let (one, two) = (World::new(owner.clone()).await, World::new(owner.clone()).await);
    let (asha, vikram) = (one.person("Asha Rao").await, one.person("Vikram Shah").await);
    let agent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0";
    let other = sign_in_again(&one, &asha, agent).await;
    let third = sign_in_again(&two, &asha, "curl/8").await;
    let is_open = async |cookie: &str, world: &World| {
        let answer = world.get("/api/v1/balance").header("cookie", cookie).send().await.unwrap();
        answer.status() == StatusCode::OK
    };
    let page = asha.get(&one, "/settings/sessions").await.text().await.unwrap();
    for text in ["this one", "Firefox on Windows", "A program", "from 127.0.0.…"] {
        assert!(page.contains(text), "{text}: {page}");
    }
    assert!(!page.contains("127.0.0.1"), "no whole address");

    // The one that calls itself Firefox, by the name that its row gives it.
    let names: Vec<&str> = page.split("name=\"end\" value=\"").skip(1).map(|rest| &rest[..64]).collect();
    assert_eq!(names.len(), 2);
    let firefox: String = sqlx::query_scalar(
        "SELECT encode(id_hash, 'hex') FROM sessions WHERE data #>> '{device,name}' = 'Firefox on Windows'",
    )
    .fetch_one(&owner)
    .await
    .unwrap();
    assert!(names.contains(&firefox.as_str()));
    submit(&one, &vikram.cookie, "/settings/sessions", &format!("end={firefox}")).await;
    assert!(is_open(&other, &two).await, "it is not Vikram's to end");
    let ended = submit(&one, &asha.cookie, "/settings/sessions", &format!("end={firefox}")).await;
    assert_eq!(ended.headers()["location"], "/settings/sessions?ended=one");
    assert!(!is_open(&other, &two).await && !is_open(&other, &one).await);
    assert!(is_open(&third, &one).await);

    submit(&two, &asha.cookie, "/settings/sessions", "others=1").await;
    assert!(
        !is_open(&third, &one).await
            && is_open(&asha.cookie, &one).await
            && is_open(&vikram.cookie, &two).await
    );
}

#[sqlx::test(migrations = "../migrations")]
async fn a_session_that_goes_on_elsewhere_shows_its_owner_both_places(owner: PgPool) {
    let world = World::with(owner.clone(), &[("TRUSTED_PROXIES", "127.0.0.1")]).await;
    let asha = world.person("Asha Rao").await;
    let at = async |place: &str, path: &str| {
        let call = world.get(path).header("cookie", &asha.cookie).header("x-forwarded-for", place);
        let answer = call.send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        answer.text().await.unwrap()
    };
    at("203.0.113.7", "/home").await;
    let page = at("203.0.113.9", "/settings/sessions").await;
    assert!(page.contains("from 203.0.113.…") && !page.contains("198.51.100"), "{page}");
    // Whoever has taken the cookie uses it from somewhere else, by whatever road.
    at("198.51.100.7", "/api/v1/balance").await;
    let row = "SELECT last_network FROM sessions WHERE person IS NOT NULL";
    let last: Option<String> = sqlx::query_scalar(row).fetch_one(&owner).await.unwrap();
    assert_eq!(last.as_deref(), Some("198.51.100.…"));
    let other = world.signs_in(&asha.phone).await;
    let page = other.get(&world, "/settings/sessions").await.text().await.unwrap();
    assert!(page.contains("from 198.51.100.…") && page.contains("from 127.0.0.…"), "{page}");
    // And who goes on in that very session sees it as well.
    for _ in 0..2 {
        let page = at("203.0.113.7", "/settings/sessions").await;
        assert!(page.contains("Also used from 198.51.100.…"), "{page}");
    }
}

/// Signs in on a page, as a browser does.
async fn sign_in_on_a_page(world: &World, phone: &str) -> String {
    let form = format!("identifier={}&password={PASSWORD}&next=", phone.replace('+', "%2B"));
    let answer = submit(world, "", "/sign-in", &form).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    answer.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned()
}

#[sqlx::test(migrations = "../migrations")]
async fn a_page_that_was_left_alone_moves_no_money_by_a_call_either(owner: PgPool) {
    let world = World::new(owner.clone()).await;
    let (asha, vikram) = (world.person("Asha Rao").await, world.person("Vikram Shah").await);
    let cookie = sign_in_on_a_page(&world, &asha.phone).await;
    let call = async |cookie: &str, path: &str, key: &str| {
        let body = match path {
            "on-ramps" => json!({ "amount_minor": 500_00, "bank": "deccan" }),
            "approvals" => json!({ "key": key, "to": vikram.phone, "amount_minor": 100, "pin": "582913" }),
            _ => json!({ "to": vikram.phone, "amount_minor": 100 }),
        };
        let call = world.post(&format!("/api/v1/{path}"), &body).header("cookie", cookie);
        let answer = call.header("idempotency-key", key).send().await.unwrap();
        (answer.status(), answer.json::<serde_json::Value>().await.unwrap())
    };
    assert_eq!(call(&cookie, "transfers", "before").await.0, StatusCode::CREATED);
    pause(&owner, "16 minutes").await;
    for path in ["transfers", "on-ramps", "approvals"] {
        let (status, problem) = call(&cookie, path, path).await;
        assert_eq!(
            (status, &problem["type"]),
            (StatusCode::FORBIDDEN, &json!("/problems/left-alone")),
            "{path}"
        );
    }
    let made: i64 =
        sqlx::query_scalar("SELECT (SELECT count(*) FROM transfers) + (SELECT count(*) FROM on_ramps)")
            .fetch_one(&owner)
            .await
            .unwrap();
    assert_eq!(made, 3, "two welcomes and what was paid before");
    let balance = world.get("/api/v1/balance").header("cookie", &cookie).send().await.unwrap();
    assert_eq!(balance.status(), StatusCode::OK, "what is only read is read on");
    assert_eq!(
        call(&asha.cookie, "transfers", "program").await.0,
        StatusCode::CREATED,
        "a program has nobody to ask"
    );
    let form = format!("to={}&amount=1&note=&key=page&confirm={PASSWORD}", vikram.phone.replace('+', "%2B"));
    assert_eq!(submit(&world, &cookie, "/send", &form).await.status(), StatusCode::SEE_OTHER);
    assert_eq!(call(&cookie, "transfers", "after").await.0, StatusCode::CREATED);
}

#[sqlx::test(migrations = "../migrations")]
async fn another_password_ends_every_session_but_the_one_that_chose_it_which_gets_a_new_id(owner: PgPool) {
    const NEW: &str = "kettle-moss-arch";
    let (one, two) = (World::new(owner.clone()).await, World::new(owner.clone()).await);
    let asha = one.person("Asha Rao").await;
    let other = sign_in_again(&two, &asha, "curl/8").await;
    let is_open = async |cookie: &str| {
        let answer = two.get("/api/v1/balance").header("cookie", cookie).send().await.unwrap();
        answer.status() == StatusCode::OK
    };
    for (form, sentence) in [
        (format!("confirm=&password={NEW}"), "Enter the password you have now."),
        (format!("confirm=a-wrong-password&password={NEW}"), "This is not your password."),
        (format!("confirm={PASSWORD}&password=short"), "Use at least 12 characters"),
        (format!("confirm={PASSWORD}&password=PasswordPassword"), "one of the first"),
        (format!("confirm={PASSWORD}&password=asha+rao+2024"), "easy to guess"),
    ] {
        let answer = submit(&one, &asha.cookie, "/settings/password", &form).await;
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY, "{form}");
        let page = answer.text().await.unwrap();
        assert!(page.contains(sentence) && page.contains("Your password was not changed."), "{form}: {page}");
        assert!(!page.contains(NEW) && !page.contains(PASSWORD), "{form}");
    }
    assert!(is_open(&other).await);

    pause(&owner, "16 minutes").await; // it asks for the password in any case, and that is enough
    let form = format!("confirm={PASSWORD}&password={NEW}");
    let answer = submit(&one, &asha.cookie, "/settings/password", &form).await;
    assert_eq!(answer.headers()["location"], "/settings/password?changed=1");
    let cookie = answer.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    assert!(!is_open(&other).await && !is_open(&asha.cookie).await && is_open(&cookie).await);
    let page = one.get("/settings/password?changed=1").header("cookie", &cookie).send().await.unwrap();
    let page = page.text().await.unwrap();
    assert!(page.contains("You are signed in here and nowhere else now."), "{page}");
    let sessions = one.get("/settings/sessions").header("cookie", &cookie).send().await.unwrap();
    let sessions = sessions.text().await.unwrap();
    assert!(sessions.contains("this one") && !sessions.contains("name=\"end\""), "it is in the list, alone");

    for (password, status) in [(NEW, StatusCode::OK), (PASSWORD, StatusCode::UNAUTHORIZED)] {
        let credentials = json!({ "identifier": asha.phone, "password": password });
        let answer = two.post("/api/v1/session", &credentials).send().await.unwrap();
        assert_eq!(answer.status(), status);
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn signing_out_tells_the_browser_to_forget(owner: PgPool) {
    let world = World::new(owner).await;
    let asha = world.person("Asha Rao").await;
    let other = sign_in_again(&world, &asha, "curl/8").await;
    let page = submit(&world, &asha.cookie, "/sign-out", "").await;
    let call = world.http.delete(format!("{}/api/v1/session", world.origin)).header("cookie", other);
    for answer in [page, call.send().await.unwrap()] {
        assert_eq!(answer.headers()["clear-site-data"], r#""cache", "cookies", "storage""#);
    }
}
