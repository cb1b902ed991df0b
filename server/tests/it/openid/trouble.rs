//! A provider that is of no use: people are told so within seconds, and everything else goes on.

use std::process::Command;
use std::time::{Duration, Instant};

use reqwest::StatusCode;
use serde_json::json;
use sqlx::{ConnectOptions as _, PgPool};

use super::provider::{Manner, Provider};
use super::visitor::{Visitor, location};
use super::{assert_log_is_clean, count, known_to};
use crate::world::*;

/// How it is of no use, and what the log says of that.
const USELESS: [(Manner, &str); 5] = [
    (Manner::Slow, "does not answer"),
    (Manner::Garbage, "cannot be read"),
    (Manner::Huge, "has no end"),
    (Manner::Broken, "answered 500"),
    (Manner::Elsewhere, "answered 307"),
];
const PATIENCE: Duration = Duration::from_secs(7);

#[sqlx::test(migrations = "../migrations")]
async fn a_provider_that_does_not_say_who_it_is_leads_nobody_anywhere(owner: PgPool) {
    for (manner, reason) in USELESS {
        let provider = Provider::new().await;
        provider.told().manner = manner;
        let world = known_to(&provider, &owner).await;
        let mut visitor = Visitor::new(&world);
        let began = Instant::now();
        assert_eq!(visitor.leave("").await, "/sign-in?google=away", "{manner:?}");
        assert!(began.elapsed() < PATIENCE, "{manner:?} took {:?}", began.elapsed());
        let page = visitor.get("/sign-in?google=away").await.text().await.unwrap();
        assert!(page.contains("Google does not answer just now"), "{page}");
        assert!(world.log().contains(reason), "{reason}: {}", world.log());
        // It comes to its senses, and so do we.
        provider.told().manner = Manner::Sound;
        assert_eq!(location(&visitor.come_by_google("").await), "/sign-up/google", "{manner:?}");
        assert!(!world.log().contains("canary"));
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn a_provider_that_fails_while_somebody_is_there_opens_nothing(owner: PgPool) {
    for (manner, _) in USELESS {
        let provider = Provider::new().await;
        let world = known_to(&provider, &owner).await;
        let mut visitor = Visitor::new(&world);
        let address = visitor.leave("").await;
        let back = visitor.decide(&address).await;
        provider.told().manner = manner;
        let began = Instant::now();
        let answer = visitor.get(&back).await;
        assert_eq!(location(&answer), "/sign-in?google=away", "{manner:?}");
        assert!(began.elapsed() < PATIENCE, "{manner:?} took {:?}", began.elapsed());
        assert!(!visitor.is_signed_in().await);
        assert_log_is_clean(&world, &provider);
    }
    assert_eq!((count(&owner, "users").await, count(&owner, "openid_identities").await), (0, 0));
}

#[sqlx::test(migrations = "../migrations")]
async fn a_provider_that_is_down_keeps_nobody_else_waiting(owner: PgPool) {
    let settings =
        [("OIDC_ISSUER", "http://127.0.0.1:1"), ("OIDC_CLIENT_ID", "us"), ("OIDC_CLIENT_SECRET", SECRET)];
    let world = World::with(owner, &settings).await;
    let mut visitor = Visitor::new(&world);
    assert_eq!(visitor.leave("").await, "/sign-in?google=away");
    let asha = world.person("Asha Rao").await;
    let form = format!("connect=1&confirm={PASSWORD}");
    let mut asha = Visitor { world: &world, cookie: asha.cookie };
    let refused = asha.submit("/settings/google", &form).await;
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text().await.unwrap().contains("Google does not answer just now"));
    assert!(asha.is_signed_in().await);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_provider_that_speaks_of_another_is_not_followed(owner: PgPool) {
    for (name, value) in [
        ("issuer", json!("https://accounts.google.com")),
        ("token_endpoint", json!("http://inside.example/token")),
        ("code_challenge_methods_supported", json!(["plain"])),
    ] {
        let provider = Provider::new().await;
        let lie = value.clone();
        provider.told().document = Box::new(move |document| document[name] = lie.clone());
        let world = known_to(&provider, &owner).await;
        assert_eq!(Visitor::new(&world).leave("").await, "/sign-in?google=away", "{name} {value}");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn who_leaves_for_the_provider_very_often_waits(owner: PgPool) {
    let provider = Provider::new().await;
    let world = known_to(&provider, &owner).await;
    sqlx::query("INSERT INTO throttles VALUES ('sign_in_network', sha256('127.0.0.1'), now() + interval '31 minutes')")
        .execute(&owner)
        .await
        .unwrap();
    let answer = Visitor::new(&world).submit("/sign-in/google", "").await;
    assert_eq!(answer.status(), StatusCode::TOO_MANY_REQUESTS);
    assert!(answer.headers().contains_key("retry-after"));
}

#[sqlx::test(migrations = "../migrations")]
async fn settings_that_cannot_work_stop_the_start_with_a_sentence(owner: PgPool) {
    for (settings, sentence) in [
        (vec![("OIDC_CLIENT_ID", "us")], "OIDC_CLIENT_ID and OIDC_CLIENT_SECRET belong together"),
        (vec![("OIDC_CLIENT_SECRET", SECRET)], "OIDC_CLIENT_ID and OIDC_CLIENT_SECRET belong together"),
        (
            vec![("OIDC_CLIENT_ID", "us"), ("OIDC_CLIENT_SECRET", "your-client-secret")],
            "OIDC_CLIENT_SECRET is what stands in examples",
        ),
        (
            vec![
                ("OIDC_CLIENT_ID", "us"),
                ("OIDC_CLIENT_SECRET", "canary"),
                ("OIDC_ISSUER", "http://id.example"),
            ],
            "OIDC_ISSUER must be reached by https",
        ),
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_okane"))
            .env_clear()
            .env("DATABASE_URL", owner.connect_options().to_url_lossy().as_str())
            .env("METRICS_ADDR", "127.0.0.1:0")
            .env("LISTEN_ADDR", "127.0.0.1:0")
            .env("SESSION_SECRET", SECRET)
            .env("DEV_INBOX", "1")
            .envs(settings)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && said.contains(sentence), "{output:?}");
        assert!(!said.contains("canary") && !said.contains("your-client-secret"));
    }
}
