//! Paying by the API, again and again.

use reqwest::StatusCode;
use serde_json::json;
use sqlx::PgPool;

use crate::world::*;

#[sqlx::test(migrations = "../migrations")]
async fn asking_again_under_a_key_needs_no_look_up_and_another_body_is_refused(owner: PgPool) {
    let world = World::new(owner).await;
    let asha = world.person("Asha Rao").await;
    let vikram = world.person("Vikram Shah").await;
    let meera = world.person("Meera Nair").await;
    let body = json!({ "to": vikram.phone, "amount_minor": 1_00, "note": "tea" });
    let (status, first) = asha.pay(&world, "first", &body).await;
    assert_eq!(status, StatusCode::CREATED);

    let mut payments = 1;
    while asha.pay(&world, &payments.to_string(), &body).await.0 == StatusCode::CREATED {
        payments += 1;
        assert!(payments < 100, "look-ups are counted");
    }
    for _ in 0..20 {
        let (status, again) = asha.pay(&world, "first", &body).await;
        assert_eq!((status, &again["id"]), (StatusCode::CREATED, &first["id"]), "{again}");
        assert_eq!((&again["created_at"], &again["to"]), (&first["created_at"], &first["to"]));
    }
    for other in [
        json!({ "to": vikram.phone, "amount_minor": 1_01, "note": "tea" }),
        json!({ "to": vikram.phone, "amount_minor": 1_00, "note": "coffee" }),
        json!({ "to": meera.phone, "amount_minor": 1_00, "note": "tea" }),
        json!({ "to": asha.phone, "amount_minor": 1_00, "note": "tea" }),
        json!({ "to": "+919000000000", "amount_minor": 1_00, "note": "tea" }),
    ] {
        let (status, problem) = asha.pay(&world, "first", &other).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{other}");
        assert_eq!(problem["type"], "/problems/key-reused", "{other}");
    }

    let hers = asha.get(&world, "/api/v1/balance").await.json::<serde_json::Value>().await.unwrap();
    assert_eq!(hers["available_minor"], WELCOME - payments * 1_00, "each key paid once");
    let (status, _) = vikram.pay(&world, "first", &json!({ "to": asha.phone, "amount_minor": 1_00 })).await;
    assert_eq!(status, StatusCode::CREATED, "the key of another person is another key");
}
