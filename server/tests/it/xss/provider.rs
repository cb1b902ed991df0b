//! What a provider says of whoever comes by it.

use reqwest::StatusCode;
use serde_json::Value;
use sqlx::PgPool;

use super::cast::world;
use super::{Payload, Shape, encoded, payloads, shape};
use crate::openid::provider::Provider;
use crate::openid::visitor::{Visitor, location};
use crate::second_factor::browser;
use crate::world::*;

/// The page for whoever comes for the first time, as this is said of them.
async fn arrival(world: &World, provider: &Provider, claim: &'static str, text: &str) -> (Shape, String) {
    let said = Value::from(text);
    provider.change(move |claims| claims[claim] = said.clone());
    let mut visitor = Visitor::new(world);
    assert_eq!(location(&visitor.come_by_google("").await), "/sign-up/google", "{text:?}");
    let answer = visitor.get("/sign-up/google").await;
    assert_eq!(answer.status(), StatusCode::OK, "{text:?}");
    let page = answer.text().await.unwrap();
    (Shape::of(&page), page)
}

#[sqlx::test(migrations = "../migrations")]
async fn what_a_provider_calls_somebody_is_shown_as_text(owner: PgPool) {
    let provider = Provider::new().await;
    let world = world(&provider, &owner).await;
    for (claim, innocent) in [("name", "Asha Rao"), ("email", "asha@example.in")] {
        let (wanted, page) = arrival(&world, &provider, claim, innocent).await;
        assert!(page.contains(innocent));
        for Payload { text, .. } in payloads() {
            let text = if claim == "email" { format!("{text}@example.in") } else { text };
            let (shown, _) = arrival(&world, &provider, claim, &text).await;
            assert!(shown == wanted, "{claim} {text:?}: {:#?}", shown.differs_from(&wanted));
        }
    }
}

/// As with an address of ours: one that is parsed has little that could do harm, so it is written past the parser.
#[sqlx::test(migrations = "../migrations")]
async fn a_connected_address_is_shown_as_text_to_its_owner(owner: PgPool) {
    let provider = Provider::new().await;
    let world = world(&provider, &owner).await;
    let mut asha = browser(&world, &world.person("Asha Rao").await);
    let led = location(&asha.submit("/settings/google", &format!("connect=1&confirm={PASSWORD}")).await);
    let back = asha.decide(&led).await;
    assert_eq!(location(&asha.get(&back).await), "/settings/google?changed=connected");
    let mut look = async |email: &str| {
        let write = sqlx::query("UPDATE openid_identities SET email = $1").bind(email);
        assert_eq!(write.execute(&owner).await.unwrap().rows_affected(), 1);
        let page = asha.get("/settings/google").await.text().await.unwrap();
        assert!(page.contains("@example.in"), "{email:?} is not there");
        Shape::of(&page)
    };
    let innocent = look("asha@example.in").await;
    for Payload { text, .. } in payloads().iter().filter(|payload| !payload.text.contains('\0')) {
        let shown = look(&format!("{text}@example.in")).await;
        assert!(shown == innocent, "{text:?}: {:#?}", shown.differs_from(&innocent));
    }
}

/// Comes back with this as the reason; the page to which that leads.
async fn refusal(world: &World, reason: &str) -> Shape {
    let mut visitor = Visitor::new(world);
    let led = visitor.leave("").await;
    let state = visitor.decide(&led).await.split('&').nth(1).unwrap().to_owned();
    let error = encoded(reason);
    let said = format!("error={error}&error_description={error}&error_uri={error}");
    let answer = visitor.get(&format!("/sign-in/google/callback?{said}&{state}")).await;
    assert_eq!(location(&answer), "/sign-in?google=refused", "{reason:?}");
    shape(visitor.get("/sign-in?google=refused").await, reason).await.unwrap()
}

#[sqlx::test(migrations = "../migrations")]
async fn why_a_provider_refuses_is_shown_nowhere(owner: PgPool) {
    let provider = Provider::new().await;
    let world = world(&provider, &owner).await;
    let wanted = refusal(&world, "server_error").await;
    for Payload { text, .. } in payloads() {
        let shown = refusal(&world, &text).await;
        assert!(shown == wanted, "{text:?}: {:#?}", shown.differs_from(&wanted));
    }
    assert!(!world.log().contains("xss"), "nor does it stand in the log");
}
