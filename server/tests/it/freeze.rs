//! Freezing as a browser without script does it, and as a program hears of it.

use reqwest::{Response, StatusCode};
use serde_json::json;
use sqlx::PgPool;

use crate::world::*;

async fn submit(world: &World, person: &Person, form: &str) -> Response {
    let call = world.http.post(format!("{}/settings/freeze", world.origin)).header("cookie", &person.cookie);
    let call = call.header("content-type", "application/x-www-form-urlencoded");
    call.body(form.to_owned()).send().await.unwrap()
}

#[sqlx::test(migrations = "../migrations")]
async fn one_tap_stops_every_server_and_the_password_lets_go(owner: PgPool) {
    let (one, two) = (World::new(owner.clone()).await, World::new(owner.clone()).await);
    let (asha, vikram) = (one.person("Asha Rao").await, one.person("Vikram Shah").await);
    let body = json!({ "to": vikram.phone, "amount_minor": 100 });
    assert_eq!(asha.pay(&one, "key-1", &body).await.0, StatusCode::CREATED);

    // Whoever is in a hurry is asked for nothing, however long they were away.
    let away = "UPDATE sessions SET expires_at = expires_at - interval '16 minutes'";
    sqlx::query(away).execute(&owner).await.unwrap();
    let frozen = submit(&one, &asha, "freeze=1").await;
    assert_eq!(frozen.headers()["location"], "/settings/freeze?changed=frozen");
    for world in [&one, &two] {
        let (status, problem) = asha.pay(world, "key-2", &body).await;
        assert_eq!(
            (status, &problem["type"]),
            (StatusCode::UNPROCESSABLE_ENTITY, &json!("/problems/frozen"))
        );
        let home = asha.get(world, "/home").await.text().await.unwrap();
        assert!(home.contains("Your wallet is frozen since"), "{home}");
    }
    assert_eq!(
        vikram.pay(&two, "key-3", &json!({ "to": asha.phone, "amount_minor": 50 })).await.0,
        StatusCode::CREATED
    );

    for form in ["thaw=1", "thaw=1&confirm=a-wrong-password"] {
        let refused = submit(&two, &asha, form).await;
        assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY, "{form}");
        let page = refused.text().await.unwrap();
        assert!(page.contains("Your wallet stays frozen.") && !page.contains("a-wrong-password"), "{page}");
    }
    assert_eq!(
        submit(&one, &asha, "delay=60").await.status(),
        StatusCode::UNPROCESSABLE_ENTITY,
        "it asks who is there"
    );
    assert_eq!(
        submit(&two, &asha, &format!("thaw=1&confirm={PASSWORD}")).await.status(),
        StatusCode::SEE_OTHER
    );
    assert_eq!(asha.pay(&one, "key-2", &body).await.0, StatusCode::CREATED);
    audit(&owner);
}
