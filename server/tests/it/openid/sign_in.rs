//! Coming by the provider: the first time, and every other time.

use reqwest::StatusCode;
use serde_json::{Value, json};
use sqlx::PgPool;

use super::provider::Provider;
use super::visitor::{Visitor, location};
use super::{assert_log_is_clean, count, known_to};
use crate::world::*;

const FORM: &str = "name=Asha+Rao&phone=98450+12264";
const PHONE: &str = "+919845012264";

#[sqlx::test(migrations = "../migrations")]
async fn who_comes_for_the_first_time_says_name_and_number_once_and_is_known_from_then_on(owner: PgPool) {
    let provider = Provider::new().await;
    let world = known_to(&provider, &owner).await;
    let mut asha = Visitor::new(&world);
    let page = asha.get("/sign-in?next=/people").await;
    let policy = page.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(
        policy.contains(&format!("form-action 'self' http://127.0.0.1:1 {};", provider.issuer)),
        "{policy}"
    );
    assert!(page.text().await.unwrap().contains("Continue with Google"));

    asha.leave("").await;
    let mut fixed = asha.clone();
    let came = asha.come_by_google("next=/people").await;
    assert_eq!((came.status(), &*location(&came)), (StatusCode::SEE_OTHER, "/sign-up/google"));
    assert!(!asha.is_signed_in().await);
    assert_eq!(count(&owner, "users").await, 0, "nobody is made before they say so");
    let stranger = fixed.get("/sign-up/google").await.text().await.unwrap();
    assert!(!stranger.contains("Asha Rao"), "who knew the session's id before does not get what came to it");
    let page = asha.get("/sign-up/google").await.text().await.unwrap();
    assert!(page.contains("value=\"Asha Rao\"") && page.contains("as asha@example.in."), "{page}");

    let before = asha.cookie.clone();
    let wrong = asha.submit("/sign-up/google", "name=&phone=1").await;
    assert_eq!(wrong.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let made = asha.sign_up(FORM, PHONE).await;
    assert_eq!((made.status(), &*location(&made)), (StatusCode::SEE_OTHER, "/people"));
    assert_ne!(asha.cookie, before, "a session of another id");
    assert!(!Visitor { cookie: before, ..asha.clone() }.is_signed_in().await);
    let balance: Value = asha.get("/api/v1/balance").await.json().await.unwrap();
    assert_eq!(balance["available_minor"], WELCOME, "as for anybody else");

    let mut again = Visitor::new(&world);
    let came = again.come_by_google("").await;
    assert_eq!(location(&came), "/home");
    assert!(again.is_signed_in().await);
    assert_eq!((count(&owner, "users").await, count(&owner, "openid_identities").await), (1, 1));
    let email: Option<String> =
        sqlx::query_scalar("SELECT email FROM users").fetch_one(&owner).await.unwrap();
    assert_eq!(email, None, "an address that a provider names is no name to sign in by");

    let suspended = "INSERT INTO suspensions (person, reason) SELECT id, 'stolen' FROM users";
    sqlx::query(suspended).execute(&owner).await.unwrap();
    assert!(!again.is_signed_in().await);
    let came = again.come_by_google("").await;
    assert_eq!(location(&came), "/sign-in?google=suspended");
    let page = again.get(&location(&came)).await.text().await.unwrap();
    assert!(page.contains("This account is suspended"), "{page}");
    assert_log_is_clean(&world, &provider);
}

#[sqlx::test(migrations = "../migrations")]
async fn of_the_tokens_that_a_provider_gives_nothing_is_kept_or_passed_on(owner: PgPool) {
    let provider = Provider::new().await;
    let world = known_to(&provider, &owner).await;
    let mut asha = Visitor::new(&world);
    asha.come_by_google("").await;
    let kept = "SELECT string_agg(data::text, ' ') FROM sessions";
    let newcomer: String = sqlx::query_scalar(kept).fetch_one(&owner).await.unwrap();
    let form = asha.get("/sign-up/google").await.text().await.unwrap();
    asha.sign_up(FORM, PHONE).await;
    let session: String = sqlx::query_scalar(kept).fetch_one(&owner).await.unwrap();
    let home = asha.get("/home").await.text().await.unwrap();
    assert!(newcomer.contains("openid.newcomer") && asha.is_signed_in().await);
    let secrets = provider.secrets();
    let tokens: Vec<_> = secrets.iter().filter(|secret| secret.starts_with("ey")).collect();
    assert!(!tokens.is_empty());
    for secret in secrets.iter().filter(|secret| !secret.is_empty()) {
        for text in [&newcomer, &form, &session, &home] {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn who_came_by_the_provider_sends_and_receives(owner: PgPool) {
    let provider = Provider::new().await;
    let world = known_to(&provider, &owner).await;
    let vikram = world.person("Vikram Shah").await;
    let mut asha = Visitor::new(&world);
    asha.come_by_google("").await;
    asha.sign_up(FORM, PHONE).await;
    let pay = async |cookie: &str, to: &str| {
        let call = world.post("/api/v1/transfers", &json!({ "to": to, "amount_minor": 100 }));
        call.header("cookie", cookie).header("idempotency-key", "key-1").send().await.unwrap().status()
    };
    assert_eq!(pay(&asha.cookie, &vikram.phone).await, StatusCode::CREATED);
    assert_eq!(pay(&vikram.cookie, "98450 12264").await, StatusCode::CREATED);
    audit(&owner);
}

#[sqlx::test(migrations = "../migrations")]
async fn an_address_of_somebodys_opens_nothing_of_theirs_verified_or_not(owner: PgPool) {
    let provider = Provider::new().await;
    let world = known_to(&provider, &owner).await;
    world.person("Meera").await;
    sqlx::query("UPDATE users SET email = 'asha@example.in'").execute(&owner).await.unwrap();
    for verified in [json!(true), json!(false), json!("true"), Value::Null] {
        let said = verified.clone();
        provider.change(move |claims| claims["email_verified"] = said.clone());
        let mut visitor = Visitor::new(&world);
        let came = visitor.come_by_google("").await;
        assert_eq!(location(&came), "/sign-up/google", "{verified}");
        assert!(!visitor.is_signed_in().await);
        let page = visitor.get("/sign-up/google").await.text().await.unwrap();
        assert_eq!(page.contains("asha@example.in"), verified == true, "{verified}");
    }
    assert_eq!((count(&owner, "users").await, count(&owner, "openid_identities").await), (1, 0));
}

#[sqlx::test(migrations = "../migrations")]
async fn a_number_that_is_somebodys_is_answered_as_any_and_its_owner_is_told(owner: PgPool) {
    let provider = Provider::new().await;
    let world = known_to(&provider, &owner).await;
    let meera = world.person("Meera").await;
    let mut asha = Visitor::new(&world);
    asha.come_by_google("").await;
    let form = format!("name=Asha+Rao&phone={}", meera.phone.replace('+', "%2B"));
    let asked = asha.submit("/sign-up/google", &form).await;
    assert_eq!(asked.status(), StatusCode::SEE_OTHER);
    assert!(location(&asked).starts_with("/sign-up/verify?attempt="));
    let inbox = world.get(&format!("/api/dev/inbox/{}", meera.phone)).send().await.unwrap();
    let messages: Vec<Value> = inbox.json().await.unwrap();
    assert_eq!(messages[0]["code"], Value::Null, "no code opens somebody's number to another: {messages:?}");
    assert!(!asha.is_signed_in().await);
    assert_eq!((count(&owner, "users").await, count(&owner, "openid_identities").await), (1, 0));
}

#[sqlx::test(migrations = "../migrations")]
async fn a_code_that_is_sent_four_times_at_once_makes_one_person(owner: PgPool) {
    let provider = Provider::new().await;
    let world = known_to(&provider, &owner).await;
    let mut asha = Visitor::new(&world);
    asha.come_by_google("").await;
    let asked = location(&asha.submit("/sign-up/google", FORM).await);
    let (_, attempt) = asked.split_once('?').unwrap();
    let form = format!("{attempt}&code={}", world.code(PHONE).await);
    let mut sent = tokio::task::JoinSet::new();
    for tab in [(); 4].map(|()| asha.clone()) {
        let call = world.http.post(format!("{}/sign-up/verify", world.origin)).header("cookie", tab.cookie);
        let call = call.header("content-type", "application/x-www-form-urlencoded").body(form.clone());
        sent.spawn(async move { call.send().await.unwrap().status() });
    }
    let answers = sent.join_all().await;
    assert!(answers.contains(&StatusCode::SEE_OTHER), "{answers:?}");
    assert_eq!((count(&owner, "users").await, count(&owner, "openid_identities").await), (1, 1));
}

#[sqlx::test(migrations = "../migrations")]
async fn who_came_ten_minutes_ago_comes_again(owner: PgPool) {
    let provider = Provider::new().await;
    let world = known_to(&provider, &owner).await;
    let mut asha = Visitor::new(&world);
    asha.come_by_google("").await;
    let later = "UPDATE sessions SET data = jsonb_set(data, '{openid.newcomer,since}',
                     to_jsonb(to_char(now() - interval '601 seconds', 'YYYY-MM-DD\"T\"HH24:MI:SSOF\":00\"')))";
    sqlx::query(later).execute(&owner).await.unwrap();
    let page = asha.get("/sign-up/google").await.text().await.unwrap();
    assert!(page.contains("Nobody came here from Google in the last ten minutes"), "{page}");
    let late = asha.submit("/sign-up/google", FORM).await;
    assert_eq!(late.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(count(&owner, "users").await, 0);
}
