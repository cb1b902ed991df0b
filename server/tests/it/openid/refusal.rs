//! Answers that are not believed: nobody is signed in by one, nothing is written, and the log says why in a line without
//! a token.

use reqwest::StatusCode;
use serde_json::{Value, json};
use sqlx::PgPool;

use super::key::Key;
use super::provider::{CLIENT, Provider, Signing};
use super::visitor::{Visitor, location};
use super::{assert_log_is_clean, count, known_to};
use crate::world::*;

/// How often the log gives a reason.
fn times(world: &World, reason: &str) -> usize {
    world.log().lines().filter(|line| line.contains("nobody came in") && line.contains(reason)).count()
}

/// Comes back with this, and is refused for this reason.
async fn is_refused(visitor: &mut Visitor<'_>, back: &str, code: &str, reason: &str) {
    let before = times(visitor.world, reason);
    let answer = visitor.get(back).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{reason}");
    assert_eq!(location(&answer), format!("/sign-in?google={code}"), "{reason}");
    assert!(!visitor.is_signed_in().await, "{reason}");
    assert_eq!(times(visitor.world, reason), before + 1, "{reason}: {}", visitor.world.log());
    let page = visitor.get(&location(&answer)).await.text().await.unwrap();
    assert!(page.contains("role=\"alert\"") && page.contains("Continue with Google"), "{reason}: {page}");
}

async fn assert_nothing_was_written(owner: &PgPool) {
    assert_eq!((count(owner, "users").await, count(owner, "openid_identities").await), (0, 0));
    let newcomers = "SELECT count(*) FROM sessions WHERE data ? 'openid.newcomer'";
    assert_eq!(sqlx::query_scalar::<_, i64>(newcomers).fetch_one(owner).await.unwrap(), 0);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_token_that_is_not_as_it_must_be_opens_nothing(owner: PgPool) {
    type Change = fn(&mut Value);
    fn without(claims: &mut Value, name: &str) {
        claims.as_object_mut().unwrap().remove(name);
    }
    fn moved(claims: &mut Value, name: &str, seconds: i64) {
        claims[name] = (claims["iat"].as_i64().unwrap() + seconds).into();
    }
    let lies: [(&str, Change); 24] = [
        ("another nonce", |claims| claims["nonce"] = "another".into()),
        ("another nonce", |claims| without(claims, "nonce")),
        ("another audience", |claims| claims["aud"] = "another".into()),
        ("another audience", |claims| claims["aud"] = json!(["another", "third"])),
        ("another audience", |claims| claims["aud"] = json!([])),
        ("another audience", |claims| without(claims, "aud")),
        ("another audience", |claims| claims["aud"] = json!([CLIENT, "another"])), // and who asked?
        ("another audience", |claims| {
            claims["aud"] = json!([CLIENT, "another"]);
            claims["azp"] = "another".into();
        }),
        ("another audience", |claims| claims["azp"] = "another".into()),
        ("another issuer", |claims| claims["iss"] = "https://accounts.google.com".into()),
        ("another issuer", |claims| claims["iss"] = format!("{}/", claims["iss"].as_str().unwrap()).into()),
        ("another issuer", |claims| without(claims, "iss")),
        ("cannot be read", |claims| claims["iss"] = json!([claims["iss"], "https://evil.example"])),
        ("not of now", |claims| moved(claims, "exp", -61)),
        ("not of now", |claims| without(claims, "exp")),
        ("not of now", |claims| without(claims, "iat")),
        ("not of now", |claims| moved(claims, "iat", 120)),
        ("not of now", |claims| moved(claims, "iat", -700)),
        ("not of now", |claims| moved(claims, "nbf", 120)),
        ("names nobody", |claims| without(claims, "sub")),
        ("cannot be read", |claims| claims["sub"] = 1.into()),
        ("names nobody", |claims| claims["sub"] = "".into()),
        ("names nobody", |claims| claims["sub"] = "s".repeat(256).into()),
        ("cannot be read", |claims| *claims = json!("rubbish")),
    ];
    let provider = Provider::new().await;
    let world = known_to(&provider, &owner).await;
    for (reason, lie) in lies {
        provider.change(lie);
        let mut visitor = Visitor::new(&world);
        let address = visitor.leave("").await;
        let back = visitor.decide(&address).await;
        is_refused(&mut visitor, &back, "refused", reason).await;
    }
    assert_nothing_was_written(&owner).await;
    assert_log_is_clean(&world, &provider);

    // What it is compared with: the same, told soundly, and for several of whom we have asked.
    let truths: [Change; 3] = [
        |_| (),
        |claims| {
            claims["aud"] = json!([CLIENT, "another"]);
            claims["azp"] = CLIENT.into();
        },
        |claims| moved(claims, "exp", -30), // a clock that is a little behind
    ];
    for truth in truths {
        provider.change(truth);
        assert_eq!(location(&Visitor::new(&world).come_by_google("").await), "/sign-up/google");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn a_token_that_its_provider_has_not_signed_opens_nothing(owner: PgPool) {
    let provider = Provider::new().await;
    let world = known_to(&provider, &owner).await;
    for (reason, signing) in [
        ("cannot be read", Signing::None), // it is no algorithm at all
        ("algorithm that is not taken", Signing::PublicKey),
        ("signature is wrong", Signing::Foreign),
        ("signature is wrong", Signing::Tampered),
        ("none of the provider's", Signing::Unpublished),
    ] {
        provider.told().signing = signing;
        let mut visitor = Visitor::new(&world);
        let address = visitor.leave("").await;
        let back = visitor.decide(&address).await;
        is_refused(&mut visitor, &back, "refused", reason).await;
    }
    assert_nothing_was_written(&owner).await;
    assert_log_is_clean(&world, &provider);
}

#[sqlx::test(migrations = "../migrations")]
async fn an_answer_that_this_browser_did_not_ask_for_just_now_opens_nothing(owner: PgPool) {
    const STALE: &str = "no attempt of this browser";
    let provider = Provider::new().await;
    let world = known_to(&provider, &owner).await;
    let mut victim = Visitor::new(&world);
    let mut attacker = Visitor::new(&world);
    let address = attacker.leave("").await;
    let answer = attacker.decide(&address).await;
    is_refused(&mut victim, &answer, "stale", STALE).await; // who has asked nothing
    victim.leave("").await;
    is_refused(&mut victim, &answer, "stale", STALE).await; // who has asked something else
    let code = answer.split('&').next().unwrap();
    is_refused(&mut attacker, code, "stale", STALE).await;
    is_refused(&mut attacker, &format!("{code}&state="), "stale", STALE).await;
    is_refused(&mut attacker, &format!("{answer}x"), "stale", STALE).await;
    is_refused(&mut attacker, &format!("{answer}&state=twice"), "stale", STALE).await;
    // What asked is still open to the answer that was asked for, once.
    assert_eq!(location(&attacker.get(&answer).await), "/sign-up/google");
    is_refused(&mut attacker, &answer, "stale", STALE).await;

    let began = "UPDATE sessions SET data = jsonb_set(data, '{openid,begun}',
                     to_jsonb(to_char(now() - $1::text::interval, 'YYYY-MM-DD\"T\"HH24:MI:SSOF\":00\"')))
                 WHERE data ? 'openid'";
    for ago in ["590 seconds", "601 seconds"] {
        let mut late = Visitor::new(&world);
        let address = late.leave("").await;
        let back = late.decide(&address).await;
        sqlx::query(began).bind(ago).execute(&owner).await.unwrap();
        if ago == "590 seconds" {
            assert_eq!(location(&late.get(&back).await), "/sign-up/google");
        } else {
            is_refused(&mut late, &back, "stale", STALE).await;
        }
    }
    assert_eq!((count(&owner, "users").await, count(&owner, "openid_identities").await), (0, 0));
    assert_log_is_clean(&world, &provider);
}

#[sqlx::test(migrations = "../migrations")]
async fn an_answer_that_comes_eight_times_at_once_is_heard_once(owner: PgPool) {
    let provider = Provider::new().await;
    provider.told().is_strict = false; // it gives tokens for a code as often as it is asked
    let world = known_to(&provider, &owner).await;
    let mut visitor = Visitor::new(&world);
    let address = visitor.leave("").await;
    let back = visitor.decide(&address).await;
    let mut answers = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let call = world.get(&back).header("cookie", &visitor.cookie);
        answers.spawn(async move { location(&call.send().await.unwrap()) });
    }
    let heard = answers.join_all().await;
    assert_eq!(heard.iter().filter(|path| *path == "/sign-up/google").count(), 1, "{heard:?}");
    assert_eq!(heard.iter().filter(|path| *path == "/sign-in?google=stale").count(), 7, "{heard:?}");
}

#[sqlx::test(migrations = "../migrations")]
async fn a_code_that_was_used_or_is_of_another_attempt_opens_nothing(owner: PgPool) {
    let provider = Provider::new().await;
    let world = known_to(&provider, &owner).await;
    let code = |answer: &str| answer.split('&').next().unwrap().to_owned();
    let state = |answer: &str| answer.split('&').nth(1).unwrap().to_owned();
    let mut attacker = Visitor::new(&world);

    // A code that somebody else was given, put into an attempt of one's own: the verifier is another.
    let mut victim = Visitor::new(&world);
    let address = victim.leave("").await;
    let stolen = victim.decide(&address).await;
    let address = attacker.leave("").await;
    let own = attacker.decide(&address).await;
    let mixed = format!("{}&{}", code(&stolen), state(&own));
    is_refused(&mut attacker, &mixed, "refused", "refused the code").await;
    // The same before a provider that looks at nothing: the nonce is another.
    provider.told().is_strict = false;
    let mut victim = Visitor::new(&world);
    let address = victim.leave("").await;
    let stolen = victim.decide(&address).await;
    let address = attacker.leave("").await;
    let own = attacker.decide(&address).await;
    let mixed = format!("{}&{}", code(&stolen), state(&own));
    is_refused(&mut attacker, &mixed, "refused", "another nonce").await;
    provider.told().is_strict = true;

    let mut visitor = Visitor::new(&world);
    let address = visitor.leave("").await;
    let first = visitor.decide(&address).await;
    assert_eq!(location(&visitor.get(&first).await), "/sign-up/google");
    let address = visitor.leave("").await;
    let second = visitor.decide(&address).await;
    let mixed = format!("{}&{}", code(&first), state(&second));
    is_refused(&mut visitor, &mixed, "refused", "refused the code").await;
    assert_eq!((count(&owner, "users").await, count(&owner, "openid_identities").await), (0, 0));
    assert_log_is_clean(&world, &provider);
}

#[sqlx::test(migrations = "../migrations")]
async fn an_answer_of_another_issuer_opens_nothing(owner: PgPool) {
    let provider = Provider::new().await;
    let signs = json!(true);
    provider.told().document =
        Box::new(move |document| document["authorization_response_iss_parameter_supported"] = signs.clone());
    let world = known_to(&provider, &owner).await;
    let issuer = provider.issuer.clone();
    for iss in [None, Some("https://evil.example".to_owned()), Some(format!("{issuer}/"))] {
        provider.told().iss = iss;
        let mut visitor = Visitor::new(&world);
        let address = visitor.leave("").await;
        let back = visitor.decide(&address).await;
        is_refused(&mut visitor, &back, "refused", "of another issuer").await;
    }
    assert_nothing_was_written(&owner).await;
    provider.told().iss = Some(issuer);
    assert_eq!(location(&Visitor::new(&world).come_by_google("").await), "/sign-up/google");
    assert_log_is_clean(&world, &provider);
}

#[sqlx::test(migrations = "../migrations")]
async fn who_declines_and_whom_the_provider_refuses_is_told_so(owner: PgPool) {
    let provider = Provider::new().await;
    let world = known_to(&provider, &owner).await;
    for (error, code, reason) in [
        ("access_denied", "cancelled", "whoever was asked declined"),
        ("server_error", "refused", "the provider refused"),
        ("<script>alert(1)</script>", "refused", "the provider refused"),
    ] {
        let mut visitor = Visitor::new(&world);
        let address = visitor.leave("").await;
        let state = visitor.decide(&address).await.split('&').nth(1).unwrap().to_owned();
        let back = format!("/sign-in/google/callback?error={error}&{state}");
        is_refused(&mut visitor, &back, code, reason).await;
    }
    assert!(!world.log().contains("script"));
}

#[sqlx::test(migrations = "../migrations")]
async fn a_provider_may_change_its_keys_and_is_not_asked_for_them_at_every_lie(owner: PgPool) {
    let provider = Provider::new().await;
    let world = known_to(&provider, &owner).await;
    assert_eq!(location(&Visitor::new(&world).come_by_google("").await), "/sign-up/google");
    provider.told().keys = vec![Key::new("key-2")];
    assert_eq!(location(&Visitor::new(&world).come_by_google("").await), "/sign-up/google");
    assert_eq!(provider.told().keys_read, 2);
    provider.told().signing = Signing::Unpublished;
    for _ in 0..5 {
        let came = Visitor::new(&world).come_by_google("").await;
        assert_eq!(location(&came), "/sign-in?google=refused");
    }
    assert_eq!(provider.told().keys_read, 2, "once a minute at most");
}
