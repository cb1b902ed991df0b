//! Approving payments as a browser without script does it, and as a program does.

use reqwest::{Response, StatusCode};
use serde_json::{Value, json};
use sqlx::PgPool;

use crate::world::*;

const PIN: &str = "314159";

async fn submit(world: &World, person: &Person, path: &str, form: &str) -> Response {
    let call = world.http.post(format!("{}{path}", world.origin)).header("cookie", &person.cookie);
    let call = call.header("content-type", "application/x-www-form-urlencoded");
    call.body(form.to_owned()).send().await.unwrap()
}

/// Somebody who approves payments above ₹100.
async fn careful(world: &World) -> Person {
    let person = world.person("Asha Rao").await;
    let set = format!("set=1&pin={PIN}&confirm={PASSWORD}");
    for form in [&set, "ask=above&above=100"] {
        let answer = submit(world, &person, "/settings/approval", form).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{form}");
    }
    person
}

async fn approve(world: &World, person: &Person, body: &Value) -> (StatusCode, Value) {
    let call = world.post("/api/v1/approvals", body).header("cookie", &person.cookie);
    let answer = call.send().await.unwrap();
    (answer.status(), answer.json().await.unwrap())
}

/// Keeps a payment for review; answers with the address of the review.
async fn draft(world: &World, person: &Person, to: &Person, amount: &str, key: &str) -> String {
    let form = format!("to={}&amount={amount}&note=&key={key}", to.phone.replace('+', "%2B"));
    let answer = submit(world, person, "/send", &form).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    answer.headers()["location"].to_str().unwrap().to_owned()
}

async fn balance(world: &World, person: &Person) -> i64 {
    let body: Value = person.get(world, "/api/v1/balance").await.json().await.unwrap();
    body["available_minor"].as_i64().unwrap()
}

#[sqlx::test(migrations = "../migrations")]
async fn a_program_approves_the_payment_it_makes_and_no_other(owner: PgPool) {
    let world = World::new(owner.clone()).await;
    let (asha, vikram) = (careful(&world).await, world.person("Vikram Shah").await);
    let pay = json!({ "to": vikram.phone, "amount_minor": 200_00 });
    let (status, problem) = asha.pay(&world, "key-1", &pay).await;
    assert_eq!((status, &problem["type"]), (StatusCode::FORBIDDEN, &json!("/problems/approval-needed")));
    assert!(problem["detail"].as_str().unwrap().contains("No money moved."), "{problem}");

    let approval = |amount: i64, pin: &str| json!({ "key": "key-1", "to": vikram.phone, "amount_minor": amount, "pin": pin });
    let (status, problem) = approve(&world, &asha, &approval(200_00, "314150")).await;
    assert_eq!((status, &problem["type"]), (StatusCode::FORBIDDEN, &json!("/problems/wrong-pin")));
    // A PIN is looked at whether or not the money is there.
    let (status, _) = approve(&world, &asha, &approval(99_000_00, "314150")).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    assert_eq!(approve(&world, &asha, &approval(99_000_00, PIN)).await.0, StatusCode::CREATED);
    assert_eq!(asha.pay(&world, "key-1", &pay).await.0, StatusCode::FORBIDDEN, "of another amount");
    let (status, approved) = approve(&world, &asha, &approval(200_00, PIN)).await;
    assert!(status == StatusCode::CREATED && approved["expires_at"].is_string(), "{approved}");
    assert_eq!(asha.pay(&world, "key-2", &pay).await.0, StatusCode::FORBIDDEN, "under another key");
    assert_eq!(asha.pay(&world, "key-1", &pay).await.0, StatusCode::CREATED);
    assert_eq!(asha.pay(&world, "key-1", &pay).await.0, StatusCode::CREATED, "the same one, told again");
    assert_eq!(balance(&world, &asha).await, WELCOME - 200_00);
    assert_eq!(
        approve(&world, &vikram, &json!({ "key": "k", "to": asha.phone, "amount_minor": 1, "pin": PIN }))
            .await
            .1["type"],
        "/problems/no-pin"
    );
    audit(&owner);
}

#[sqlx::test(migrations = "../migrations")]
async fn the_review_asks_for_the_pin_and_sends_in_the_same_form(owner: PgPool) {
    let world = World::new(owner.clone()).await;
    let (asha, vikram) = (careful(&world).await, world.person("Vikram Shah").await);
    let form = asha.get(&world, "/send").await.text().await.unwrap();
    assert!(form.contains("You approve payments above ₹100."), "announced before anything is confirmed");
    let small = draft(&world, &asha, &vikram, "100", "small").await;
    assert!(!asha.get(&world, &small).await.text().await.unwrap().contains("Your PIN"));
    let large = draft(&world, &asha, &vikram, "100.01", "large").await;
    assert!(asha.get(&world, &large).await.text().await.unwrap().contains("Your PIN"));
    for (pin, says) in
        [("", "Enter your PIN"), ("31415", "A PIN is six digits."), ("314150", "You have 9 more tries.")]
    {
        let refused = submit(&world, &asha, &large, &format!("draft=large&pin={pin}")).await;
        assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
        let page = refused.text().await.unwrap();
        assert!(page.contains(says) && page.contains("No money moved."), "{pin}: {page}");
    }
    assert_eq!(balance(&world, &asha).await, WELCOME);
    for _ in 0..2 {
        let sent = submit(&world, &asha, &large, &format!("draft=large&pin={PIN}")).await;
        assert_eq!(sent.status(), StatusCode::SEE_OTHER);
        assert!(sent.headers()["location"].to_str().unwrap().starts_with("/receipts/"));
    }
    assert_eq!(balance(&world, &asha).await, WELCOME - 100_01);

    let lost = draft(&world, &asha, &vikram, "200", "lost").await;
    for _ in 0..10 {
        submit(&world, &asha, &lost, "draft=lost&pin=314150").await;
    }
    let page = submit(&world, &asha, &lost, &format!("draft=lost&pin={PIN}")).await.text().await.unwrap();
    assert!(page.contains("Your PIN holds no longer") && !page.contains("Send ₹"), "{page}");
    assert_eq!(balance(&world, &asha).await, WELCOME - 100_01);
    audit(&owner);
}

#[sqlx::test(migrations = "../migrations")]
async fn to_be_asked_less_often_takes_the_password_and_more_often_nothing(owner: PgPool) {
    let world = World::new(owner.clone()).await;
    let asha = careful(&world).await;
    let security = asha.get(&world, "/settings/security").await.text().await.unwrap();
    assert!(security.contains("/settings/approval") && security.contains("Above ₹100"), "{security}");
    for (form, status, says) in [
        ("set=1&pin=123456&confirm=x", 422, "one of the first that thieves try"),
        ("set=1&pin=271828", 422, "Enter your password to set a PIN."),
        ("set=1&pin=271828&confirm=wrong", 422, "This is not your password."),
        ("remove=1", 422, "Enter your password to remove your PIN."),
        ("ask=above&above=100.01", 422, "Enter your password to be asked less often."),
        ("ask=never&confirm=wrong", 422, "This is not your password."),
        ("ask=above&above=", 422, "Amount"),
        ("ask=sometimes", 422, "Choose one of these."),
        ("ask=always", 303, ""),
        (&format!("ask=never&confirm={PASSWORD}"), 303, ""),
        (&format!("remove=1&confirm={PASSWORD}"), 303, ""),
        ("ask=always", 422, "Set a PIN first"),
    ] {
        let answer = submit(&world, &asha, "/settings/approval", form).await;
        assert_eq!(answer.status().as_u16(), status, "{form}");
        let page = answer.text().await.unwrap();
        assert!(page.contains(says) && !page.contains("271828"), "{form}: {page}");
    }
}
