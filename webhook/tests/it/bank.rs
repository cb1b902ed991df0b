//! What the simulator does for people, for the wallet, and for whoever tests.

use std::time::{Duration, Instant};

use serde_json::json;
use uuid::Uuid;

use crate::bank_world::*;

#[tokio::test]
async fn approving_tells_the_wallet_once_under_a_signature_and_sends_the_person_back() {
    let door = FakeDoor::answering(&[200]).await;
    let bank = Bank::before(&door, None).await;
    let id = bank.payment().await;
    let back = bank.press(&id, "decide=approve").await;
    assert_eq!(back.status(), 303);
    assert_eq!(back.headers()["location"], "http://127.0.0.1:3000/add-money/1");

    let heard = door.heard(); // before the redirect, where the wallet is quick
    assert_eq!(heard.len(), 1);
    assert!(heard[0].verified);
    let listed = bank.listed(&id).await;
    assert_eq!(heard[0].body["type"], "payment.succeeded");
    for field in ["token", "amount_minor", "currency", "bank_reference"] {
        assert_eq!(heard[0].body["data"][field], listed[field], "{field}");
    }
    assert_eq!((&listed["state"], &listed["deliveries"][0]["status"]), (&json!("approved"), &json!(200)));
}

#[tokio::test]
async fn declining_tells_the_wallet_that_it_failed() {
    let door = FakeDoor::answering(&[200]).await;
    let bank = Bank::before(&door, None).await;
    let id = bank.payment().await;
    assert_eq!(bank.press(&id, "decide=decline").await.status(), 303);
    assert_eq!(door.heard()[0].body["type"], "payment.failed");
    assert_eq!(bank.listed(&id).await["state"], "declined");
}

#[tokio::test]
async fn a_payment_is_decided_once() {
    let door = FakeDoor::answering(&[200]).await;
    let bank = Bank::before(&door, None).await;
    let id = bank.payment().await;
    assert_eq!(bank.press(&id, "decide=approve").await.status(), 303);
    let again = bank.press(&id, "decide=decline").await;
    assert_eq!(again.status(), 200);
    let page = again.text().await.unwrap();
    assert!(page.contains("You approved this payment") && page.contains("/add-money/1"), "{page}");
    assert_eq!(bank.listed(&id).await["state"], "approved");
    assert_eq!(door.heard().len(), 1);
}

#[tokio::test]
async fn a_wallet_in_trouble_is_told_again_until_it_takes_the_same_message() {
    let door = FakeDoor::answering(&[503, 500, 401, 200]).await;
    let bank = Bank::before(&door, None).await;
    let id = bank.payment().await;
    bank.press(&id, "decide=approve").await;
    let listed = bank.until(&id, |listed| listed["callback"]["done"] == true).await;
    let statuses: Vec<_> =
        listed["deliveries"].as_array().unwrap().iter().map(|delivery| &delivery["status"]).collect();
    assert_eq!(statuses, [503, 500, 401, 200]);
    let heard = door.heard();
    assert!(heard.iter().all(|one| one.verified && one.id == heard[0].id && one.body == heard[0].body));
}

#[tokio::test]
async fn what_the_wallet_refuses_for_good_or_sends_elsewhere_is_not_told_again() {
    for refusal in [400, 404, 422, 301] {
        let door = FakeDoor::answering(&[refusal]).await;
        let bank = Bank::before(&door, None).await;
        let id = bank.payment().await;
        bank.press(&id, "decide=approve").await;
        bank.until(&id, |listed| listed["callback"]["done"] == true).await;
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert_eq!(door.heard().len(), 1, "{refusal}");
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let inside = FakeDoor::answering(&[200]).await;
    let mut door = inside.clone();
    door.url = inside.behind_a_redirect().await;
    let bank = Bank::before(&door, None).await;
    let id = bank.payment().await;
    bank.press(&id, "decide=approve").await;
    let listed = bank.until(&id, |listed| listed["callback"]["done"] == true).await;
    assert_eq!(listed["deliveries"][0]["status"], 307);
    assert_eq!(inside.heard().len(), 0);
}

#[tokio::test]
async fn a_person_does_not_wait_for_a_wallet_that_hangs() {
    let door = FakeDoor::answering(&[0]).await;
    let bank = Bank::before(&door, None).await;
    let id = bank.payment().await;
    let begun = Instant::now();
    assert_eq!(bank.press(&id, "decide=approve").await.status(), 303);
    assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn a_restart_loses_nothing_and_tells_what_was_not_told() {
    let state = std::env::temp_dir().join(format!("okane-bank-{}.json", Uuid::new_v4()));
    let refusing = FakeDoor::answering(&[503]).await;
    let bank = Bank::before(&refusing, Some(&state)).await;
    let (told, pending) = (bank.payment().await, bank.payment().await);
    bank.press(&told, "decide=approve").await;
    let id = refusing.heard()[0].id.clone();
    bank.until(&told, |listed| listed["deliveries"].as_array().unwrap().len() == 12).await;

    let door = FakeDoor::answering(&[200]).await;
    let bank = Bank::before(&door, Some(&state)).await;
    let listed = bank.until(&told, |listed| listed["callback"]["done"] == true).await;
    assert_eq!(listed["state"], "approved");
    assert_eq!(listed["deliveries"].as_array().unwrap().len(), 13);
    assert_eq!(door.heard()[0].id, id, "the same message");
    assert_eq!(bank.listed(&pending).await["state"], "pending");
    assert_eq!(door.heard().len(), 1, "nothing is told about what nobody decided");
    std::fs::remove_file(state).unwrap();
}

#[tokio::test]
async fn one_token_is_one_payment() {
    let door = FakeDoor::answering(&[200]).await;
    let bank = Bank::before(&door, None).await;
    let token = new_token();
    let (first, payment) = bank.post("/api/payments", &wanted(&token)).await;
    let (second, same) = bank.post("/api/payments", &wanted(&token)).await;
    assert_eq!((first, second, &payment), (201, 200, &same));
    let page = format!("{}/pay/{}", bank.origin, payment["id"].as_str().unwrap());
    assert_eq!(payment["page"], page.as_str());

    let mut other = wanted(&token);
    other["amount_minor"] = json!(1);
    assert_eq!(bank.post("/api/payments", &other).await.0, 409);
}

#[tokio::test]
async fn requests_that_make_no_sense_are_refused() {
    let door = FakeDoor::answering(&[200]).await;
    let bank = Bank::before(&door, None).await;
    for (field, value) in [
        ("token", json!("short")),
        ("token", json!("with a space in the middle of it")),
        ("amount_minor", json!(0)),
        ("amount_minor", json!(-50_000)),
        ("amount_minor", json!(0.5)),
        ("currency", json!("USD")),
        ("bank", json!("hdfc")),
        ("return_url", json!("/add-money")),
        ("return_url", json!("javascript:alert(1)")),
    ] {
        let mut request = wanted(&new_token());
        request[field] = value;
        let (status, body) = bank.post("/api/payments", &request).await;
        assert_eq!(status, 422, "{field}: {body}");
        assert_eq!(body["status"], 422);
    }
    assert_eq!(
        bank.post("/api/payments/pay_none/deliver", &json!({ "type": "payment.failed" })).await.0,
        404
    );
}

#[tokio::test]
async fn the_page_is_the_banks_keeps_the_token_and_allows_only_its_own_files() {
    let door = FakeDoor::answering(&[200]).await;
    let bank = Bank::before(&door, None).await;
    let id = bank.payment().await;
    let token = bank.listed(&id).await["token"].as_str().unwrap().to_owned();
    let answer = bank.page(&id).await;
    let policy = answer.headers()["content-security-policy"].to_str().unwrap().to_owned();
    let page = answer.text().await.unwrap();
    for part in [
        "BANK SIMULATOR: no real bank, no real money",
        "Deccan Savings",
        "INR 500.00",
        "OKANE wallet",
        ">Approve payment</button>",
        ">Decline payment</button>",
        "Fault bench",
    ] {
        assert!(page.contains(part), "{part}");
    }
    assert!(!page.contains(&token) && !page.contains("<script") && !page.contains("style="));
    assert!(policy.starts_with("default-src 'none'; style-src 'self'"));
    assert!(policy.ends_with("form-action 'self' http://127.0.0.1:3000"), "{policy}");
    for file in ["/bank.css", "/bank.svg"] {
        assert_eq!(bank.http.get(format!("{}{file}", bank.origin)).send().await.unwrap().status(), 200);
    }
    let none = bank.page("pay_none").await;
    assert_eq!(none.status(), 404);
    assert!(none.text().await.unwrap().contains("No such payment"));
    assert_eq!(bank.press(&id, "decide=maybe").await.status(), 422);
}

#[tokio::test]
async fn every_fault_of_the_bench_does_what_it_says() {
    for (form, copies, verified, amount) in [
        ("decide=approve&fault=none", 1, true, 50_000),
        ("decide=approve&fault=five-times", 5, true, 50_000),
        ("decide=approve&fault=twenty-minutes-late", 1, false, 50_000),
        ("decide=approve&fault=wrong-amount", 1, true, 50_100),
        ("decide=approve&fault=bad-signature", 1, false, 50_000),
        ("decide=approve&fault=never", 0, true, 0),
    ] {
        let door = FakeDoor::answering(&[200]).await;
        let bank = Bank::before(&door, None).await;
        let id = bank.payment().await;
        assert_eq!(bank.press(&id, form).await.status(), 303);
        let heard = door.heard_times(copies).await;
        for one in heard {
            assert_eq!(
                (one.verified, one.body["data"]["amount_minor"].as_i64()),
                (verified, Some(amount)),
                "{form}"
            );
        }
        assert_eq!(bank.listed(&id).await["callback"]["done"], true, "{form}");
    }
}

#[tokio::test]
async fn callbacks_are_delivered_as_told() {
    let door = FakeDoor::answering(&[200]).await;
    let bank = Bank::before(&door, None).await;
    let id = bank.payment().await;
    let deliver = format!("/api/payments/{id}/deliver");
    let told = json!({ "type": "payment.failed", "times": 3, "delay_ms": 100, "amount_minor": 7, "webhook_id": "msg_mine" });
    let begun = Instant::now();
    let (status, answer) = bank.post(&deliver, &told).await;
    assert!(begun.elapsed() >= Duration::from_millis(100));
    assert_eq!((status, &answer["statuses"]), (200, &json!([200, 200, 200])));
    for one in door.heard() {
        assert_eq!((one.id.as_str(), &one.body["type"]), ("msg_mine", &json!("payment.failed")));
        assert_eq!(one.body["data"]["amount_minor"], 7);
    }
    assert_eq!(bank.post(&deliver, &told).await.0, 200);
    let said = door.heard_times(6).await;
    assert!(said.iter().all(|one| one.body == said[0].body), "one id says one thing, in a second call too");
    for odd in [
        json!({ "type": "payment.succeeded", "skew_s": 600 }),
        json!({ "type": "payment.succeeded", "break_signature": true }),
    ] {
        assert_eq!(bank.post(&deliver, &odd).await.0, 200);
        assert!(!door.heard().last().unwrap().verified, "{odd}");
    }
    assert_eq!(bank.post(&deliver, &json!({ "type": "payment.succeeded", "tiems": 2 })).await.0, 422);
    assert_eq!(bank.post(&deliver, &json!({ "type": "payment.succeeded", "times": 65 })).await.0, 422);
    let listed = bank.listed(&id).await;
    assert_eq!(listed["state"], "pending", "telling is not deciding");
    assert_eq!(listed["deliveries"].as_array().unwrap().len(), 8);
}
