//! Fields that no form has: whose something is and how it stands is never told by whoever asks.

use reqwest::StatusCode;
use serde_json::{Value, json};
use sqlx::PgPool;

use crate::access::{Belongings, FUNCTIONS, PAGES, ROUTES};
use crate::world::*;

/// What somebody would like to be able to say.
fn wishes(owner: &str) -> Value {
    json!({
        "user_id": owner, "user": owner, "id": owner, "owner": owner, "account_id": 1, "payer": owner, "from": owner,
        "status": "POSTED", "balance": 1_000_000_00, "available_minor": 1_000_000_00, "is_admin": true, "role": "owner",
        "release_at": "2000-01-01T00:00:00Z", "created_at": "2000-01-01T00:00:00Z", "token": "canary", "hash": "canary",
    })
}

/// Everything of somebody's, as it stands in Postgres.
async fn everything_of(database: &PgPool, id: &str) -> String {
    let rows = "SELECT concat_ws(E'\n', u::text, a::text,
                       (SELECT string_agg(t::text, ' ' ORDER BY t::text) FROM transfers t),
                       (SELECT string_agg(c::text, ' ' ORDER BY c::text) FROM contacts c WHERE c.owner = u.id),
                       (SELECT string_agg(o::text, ' ' ORDER BY o::text) FROM on_ramps o WHERE o.account_id = a.id))
                FROM users u JOIN accounts a ON a.owner = u.id WHERE u.id::text = $1";
    sqlx::query_scalar(rows).bind(id).fetch_one(database).await.unwrap()
}

#[sqlx::test(migrations = "../migrations")]
async fn fields_that_nothing_of_ours_sends_are_refused_or_change_nothing_of_anybody_elses(database: PgPool) {
    let world = World::with(database.clone(), &[("RATE_LIMIT_SCALE", "1000")]).await;
    let belongings = Belongings::new(&world, &database).await;
    let owner: String = sqlx::query_scalar("SELECT id::text FROM users WHERE phone = $1")
        .bind(&belongings.owner.phone)
        .fetch_one(&database)
        .await
        .unwrap();
    let before = everything_of(&database, &owner).await;
    let wishes = wishes(&owner);
    let fields = wishes.as_object().unwrap();

    // A call says what is wrong with it.
    for (method, _, path, body, _) in
        ROUTES.iter().filter(|(method, _, _, body, _)| *method == "post" && *body != "{}")
    {
        for (name, value) in fields {
            let mut body: Value = serde_json::from_str(body).unwrap();
            body[name] = value.clone();
            let call =
                world.post(&format!("/api/v1{path}"), &body).header("cookie", &belongings.stranger.cookie);
            let answer = call.header("idempotency-key", format!("key-{name}")).send().await.unwrap();
            assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{method} {path} with {name}");
        }
    }

    // A form and a function hear what they have asked for.
    let wished = |begin: &str, end: &str| -> String {
        fields
            .iter()
            .map(|(name, value)| format!("&{begin}{name}{end}={}", value.to_string().trim_matches('"')))
            .collect()
    };
    let functions = FUNCTIONS.iter().filter(|(path, ..)| !path.contains("sessions"));
    let mut asks: Vec<_> = functions
        .map(|(path, arguments, _)| (*path, format!("{arguments}{}{}", wished("form[", "]"), wished("", ""))))
        .collect();
    let forms =
        PAGES.iter().filter(|(method, ..)| *method == "POST").map(|(_, path, form, _)| (*path, *form));
    let forms = forms.filter(|(path, _)| *path != "/sign-out");
    asks.extend(forms.map(|(path, form)| (path, format!("{form}{}", wished("", "")))));
    for (path, body) in asks {
        let call = world
            .http
            .post(format!("{}{}", world.origin, belongings.fill(path)))
            .body(belongings.fill(&body));
        let call = call.header("content-type", "application/x-www-form-urlencoded");
        let answer = call.header("cookie", &belongings.stranger.cookie).send().await.unwrap();
        let said = answer.text().await.unwrap();
        assert!(!said.contains(&belongings.owner.phone), "{path}: {said}");
    }
    assert_eq!(everything_of(&database, &owner).await, before);
    let rich = belongings.stranger.get(&world, "/api/v1/balance").await.json::<Value>().await.unwrap();
    assert!(rich["available_minor"].as_i64().unwrap() <= WELCOME, "{rich}");
    audit(&database);
}
