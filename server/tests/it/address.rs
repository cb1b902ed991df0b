//! Another number, cooling off, the way back, and what people are told, as a browser goes it without script.

use reqwest::StatusCode;
use serde_json::{Value, json};
use sqlx::PgPool;

use crate::openid::visitor::{Visitor, location};
use crate::world::*;

pub const NEW: &str = "+919611111111";

/// Signs in by the page, as a browser that calls itself so.
pub async fn browser<'a>(world: &'a World, phone: &str) -> Visitor<'a> {
    let mut visitor = Visitor::new(world);
    let form = format!("identifier={}&password={PASSWORD}&next=", phone.replace('+', "%2B"));
    assert_eq!(location(&visitor.submit("/sign-in", &form).await), "/home");
    visitor
}

/// Asks for this number and enters both codes; where that leads.
async fn change_number(visitor: &mut Visitor<'_>, from: &str, to: &str) -> String {
    let form = format!("phone={}&confirm={PASSWORD}", to.replace('+', "%2B"));
    assert_eq!(location(&visitor.submit("/settings/phone", &form).await), "/settings/phone/code");
    let (from, to) = (visitor.world.code(from).await, visitor.world.code(to).await);
    let form = format!("from_code={from}&to_code={to}");
    location(&visitor.submit("/settings/phone/code", &form).await)
}

/// Waits for a message that holds this text; notices are sent beside whatever goes on.
pub async fn told(world: &World, address: &str, text: &str) -> String {
    for _ in 0..500 {
        let inbox = world.get(&format!("/api/dev/inbox/{address}")).send().await.unwrap();
        let messages: Vec<Value> = inbox.json().await.unwrap();
        let found =
            messages.iter().filter_map(|message| message["text"].as_str()).find(|one| one.contains(text));
        if let Some(found) = found {
            return found.to_owned();
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("{address} was not told {text:?}");
}

#[sqlx::test(migrations = "../migrations")]
async fn a_changed_number_cools_off_and_whoever_had_it_puts_it_back_and_freezes_the_wallet(owner: PgPool) {
    let world = World::new(owner.clone()).await;
    let (asha, ravi) = (world.person("Asha Rao").await, world.person("Ravi Menon").await);
    sqlx::query("UPDATE policy SET cooling_most = 50000").execute(&owner).await.unwrap();
    let mut intruder = browser(&world, &asha.phone).await;
    assert_eq!(change_number(&mut intruder, &asha.phone, NEW).await, "/settings/phone?changed=changed");
    assert_eq!(asha.get(&world, "/api/v1/balance").await.status(), StatusCode::UNAUTHORIZED, "elsewhere");
    let page = intruder.get("/settings/phone?changed=changed").await.text().await.unwrap();
    for text in [
        "Your phone number is changed.",
        "signed in here and nowhere else",
        "At most ₹500 leaves your wallet",
    ] {
        assert!(page.contains(text), "{text}: {page}");
    }
    assert!(!page.contains("New phone number"), "what is refused has no form");
    let limits = intruder.get("/settings/limits").await.text().await.unwrap();
    assert!(limits.contains("At most ₹500 leaves your wallet"), "{limits}");

    let pay = |key: &'static str, paise: i64| {
        let call = world.post("/api/v1/transfers", &json!({ "to": ravi.phone, "amount_minor": paise }));
        call.header("cookie", intruder.cookie.clone()).header("idempotency-key", key).send()
    };
    assert_eq!(pay("key-1", 300_00).await.unwrap().status(), StatusCode::CREATED);
    let refused = pay("key-2", 200_01).await.unwrap();
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let problem: Value = refused.json().await.unwrap();
    let detail = problem["detail"].as_str().unwrap();
    assert_eq!(problem["type"], "/problems/cooling-off");
    for text in ["₹500", "₹200 of it", "IST", "No money moved."] {
        assert!(detail.contains(text), "{text}: {detail}");
    }

    let message = told(&world, &asha.phone, "the phone number of your account was changed").await;
    let link = format!("/undo-change{}", message.split_once("/undo-change").unwrap().1);
    let mut anybody = Visitor::new(&world);
    let page = anybody.get(&link).await.text().await.unwrap();
    assert!(page.contains("This was not me") && !page.contains("Asha"), "{page}");
    assert!(intruder.is_signed_in().await, "a link that is opened changes nothing");
    let form = link.split_once('?').unwrap().1;
    assert_eq!(location(&anybody.submit("/undo-change", form).await), "/undo-change?done=1");
    assert!(!intruder.is_signed_in().await);
    let again = anybody.submit("/undo-change", form).await;
    assert_eq!(again.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert!(again.text().await.unwrap().contains("This link is over"), "once");

    let back = world.signs_in(&asha.phone).await;
    let (status, problem) = back.pay(&world, "key-3", &json!({ "to": ravi.phone, "amount_minor": 1 })).await;
    assert_eq!((status.as_u16(), &problem["type"]), (422, &json!("/problems/frozen")));
    let notices = back.get(&world, "/settings/notices").await.text().await.unwrap();
    assert!(notices.contains("Your phone number was changed."), "{notices}");
    audit(&owner);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_change_is_proven_by_the_session_that_asked_and_announced_with_its_price(owner: PgPool) {
    let world = World::new(owner).await;
    let asha = world.person("Asha Rao").await;
    let (mut one, mut other) = (browser(&world, &asha.phone).await, browser(&world, &asha.phone).await);
    let page = one.get("/settings/phone").await.text().await.unwrap();
    assert!(page.contains("for 24 hours at most ₹5,000 leaves your wallet"), "{page}");
    for (form, sentence) in [
        ("phone=12&confirm=x".to_owned(), "Nothing was changed."),
        (format!("phone={}", &NEW[3..]), "Enter your password"),
        (format!("phone={}&confirm=wrong-password-here", &NEW[3..]), "This is not your password."),
        (format!("phone={}&confirm={PASSWORD}", &asha.phone[3..]), "This is what you have already."),
    ] {
        let answer = one.submit("/settings/phone", &form).await;
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY, "{form}");
        let page = answer.text().await.unwrap();
        assert!(page.contains(sentence), "{form}: {page}");
    }
    let form = format!("phone={}&confirm={PASSWORD}", &NEW[3..]);
    assert_eq!(location(&one.submit("/settings/phone", &form).await), "/settings/phone/code");
    let codes = format!("from_code={}&to_code={}", world.code(&asha.phone).await, world.code(NEW).await);
    let page = other.get("/settings/phone/code").await.text().await.unwrap();
    assert!(page.contains("These codes are over") && !page.contains("96111"), "{page}");
    assert_eq!(other.submit("/settings/phone/code", &codes).await.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(
        location(&one.submit("/settings/phone/code", &codes).await),
        "/settings/phone?changed=changed"
    );
    assert!(one.is_signed_in().await && !other.is_signed_in().await);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_sign_in_on_something_new_is_told_to_number_and_page_and_thawing_too(owner: PgPool) {
    let world = World::new(owner.clone()).await;
    let asha = world.person("Asha Rao").await;
    for _ in 0..500 {
        let known: i64 =
            sqlx::query_scalar("SELECT count(*) FROM known_devices").fetch_one(&owner).await.unwrap();
        if known == 1 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    let page = asha.get(&world, "/settings/notices").await.text().await.unwrap();
    assert!(page.contains("Nothing happened that you need to know of."), "{page}");
    let credentials = json!({ "identifier": asha.phone, "password": PASSWORD });
    let call = world.post("/api/v1/session", &credentials);
    let agent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0";
    assert_eq!(call.header("user-agent", agent).send().await.unwrap().status(), StatusCode::OK);
    let text = told(&world, &asha.phone, "Somebody signed in to your account").await;
    assert!(text.contains("Firefox on Windows") && text.contains("/settings/sessions"), "{text}");
    let page = asha.get(&world, "/settings/notices").await.text().await.unwrap();
    assert!(page.contains("Firefox on Windows") && page.contains("Somebody signed in"), "{page}");

    let mut visitor = browser(&world, &asha.phone).await;
    visitor.submit("/settings/freeze", "freeze=1").await;
    visitor.submit("/settings/freeze", &format!("thaw=1&confirm={PASSWORD}")).await;
    told(&world, &asha.phone, "Your wallet was asked to thaw").await;
}

#[sqlx::test(migrations = "../migrations")]
async fn whoever_gets_another_password_by_the_former_number_has_it_back_and_a_frozen_wallet(owner: PgPool) {
    let world = World::new(owner.clone()).await;
    let (asha, ravi) = (world.person("Asha Rao").await, world.person("Ravi Menon").await);
    let mut intruder = browser(&world, &asha.phone).await;
    change_number(&mut intruder, &asha.phone, NEW).await;
    let mut owner_of_it = Visitor::new(&world);
    let number = asha.phone.replace('+', "%2B");
    let led = location(&owner_of_it.submit("/forgotten", &format!("identifier={number}")).await);
    let attempt = led.split_once("attempt=").unwrap().1.to_owned();
    let code = world.code(&asha.phone).await;
    let form = format!("attempt={attempt}&code={code}&password=another-long-password");
    assert_eq!(location(&owner_of_it.submit("/forgotten/code", &form).await), "/sign-in?changed=restored");
    let page = owner_of_it.get("/sign-in?changed=restored").await.text().await.unwrap();
    assert!(page.contains("what they were a day ago"), "{page}");
    assert!(!intruder.is_signed_in().await);
    let form = format!("identifier={number}&password=another-long-password&next=");
    assert_eq!(location(&owner_of_it.submit("/sign-in", &form).await), "/home");
    let call = world.post("/api/v1/transfers", &json!({ "to": ravi.phone, "amount_minor": 1 }));
    let call = call.header("cookie", owner_of_it.cookie.clone()).header("idempotency-key", "key-1");
    let problem: Value = call.send().await.unwrap().json().await.unwrap();
    assert_eq!(problem["type"], "/problems/frozen");
}
