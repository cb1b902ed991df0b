//! Passkeys, as a browser's script carries them between a device and our forms, and every way around them that there is
//! not.

use reqwest::{Response, StatusCode, Url};
use scraper::{Html, Selector};
use serde_json::Value;
use sqlx::PgPool;

use crate::authenticator::{Authenticator, PRESENT, VERIFIED};
use crate::openid::known_to;
use crate::openid::provider::Provider;
use crate::openid::visitor::{Visitor, location};
use crate::second_factor::{browser, first_step, turn_on};
use crate::world::*;

const PAGE: &str = "/settings/passkeys";
/// What browsers say of a page that is opened on the machine of a server that says nothing of its origin.
pub const ORIGIN: &str = "http://localhost:3000";

pub fn form(fields: &[(&str, &str)]) -> String {
    let url = Url::parse_with_params("http://form", fields).unwrap();
    url.query().unwrap().to_owned()
}

async fn wide(owner: &PgPool) -> World {
    World::with(owner.clone(), &[("RATE_LIMIT_SCALE", "100")]).await
}

/// Begins to add one; answers with what the page that follows tells the device.
async fn begin(visitor: &mut Visitor<'_>, name: &str) -> Value {
    begin_with(visitor, &form(&[("begin", "1"), ("name", name), ("confirm", PASSWORD)])).await
}

async fn begin_with(visitor: &mut Visitor<'_>, form: &str) -> Value {
    let begun = visitor.submit(PAGE, form).await;
    assert_eq!(location(&begun), "/settings/passkeys/new");
    let page = visitor.get("/settings/passkeys/new").await.text().await.unwrap();
    options(&page)
}

/// What this page tells the device.
pub fn options(page: &str) -> Value {
    let page = Html::parse_document(page);
    let place = page.select(&Selector::parse("[data-ceremony=create]").unwrap()).next().unwrap();
    serde_json::from_str(place.attr("data-options").unwrap()).unwrap()
}

pub async fn add(visitor: &mut Visitor<'_>) -> Authenticator {
    let options = begin(visitor, "My phone").await;
    made(visitor, &options).await
}

/// Makes what was asked for.
async fn made(visitor: &mut Visitor<'_>, options: &Value) -> Authenticator {
    assert_eq!(options["rp"]["id"], "localhost");
    let (device, answer) = Authenticator::make(options, ORIGIN);
    let added = visitor.submit("/settings/passkeys/new", &form(&[("passkey", &answer.to_string())])).await;
    assert_eq!(location(&added), "/settings/passkeys?changed=added");
    device
}

/// The same where the second step is on.
async fn add_with(visitor: &mut Visitor<'_>, code: &str) -> Authenticator {
    let fields = [("begin", "1"), ("name", "My phone"), ("code", code), ("confirm", PASSWORD)];
    let options = begin_with(visitor, &form(&fields)).await;
    made(visitor, &options).await
}

/// What this browser is told when somebody presses the button on the page of signing in.
pub async fn asked(visitor: &mut Visitor<'_>) -> Value {
    let answer = visitor.submit("/fn/sign_in/passkey", "").await;
    assert_eq!(answer.status(), StatusCode::OK);
    let options: String = answer.json().await.unwrap();
    serde_json::from_str(&options).unwrap()
}

/// What it is told when somebody shows that it is them.
async fn told(visitor: &mut Visitor<'_>) -> Value {
    let options: String = visitor.submit("/fn/settings/passkeys/prove", "").await.json().await.unwrap();
    serde_json::from_str(&options).unwrap()
}

async fn answers(visitor: &mut Visitor<'_>, answer: &Value) -> Response {
    visitor.submit("/sign-in", &form(&[("passkey", &answer.to_string()), ("next", "/people")])).await
}

async fn id_of(owner: &PgPool) -> String {
    sqlx::query_scalar("SELECT id::text FROM passkeys").fetch_one(owner).await.unwrap()
}

#[sqlx::test(migrations = "../migrations")]
async fn a_passkey_signs_in_without_the_second_step_and_to_where_one_was_going(owner: PgPool) {
    let world = wide(&owner).await;
    let asha = world.person("Asha Rao").await;
    let mut here = browser(&world, &asha);
    let factor = turn_on(&mut here, &asha.phone).await;
    let mut device = add_with(&mut here, &factor.codes[0]).await;
    let mut visitor = Visitor::new(&world);
    let options = asked(&mut visitor).await;
    let before = visitor.cookie.clone();
    let answer = device.answer(&options);
    let begun = answers(&mut visitor, &answer).await;
    assert_eq!(location(&begun), "/people");
    assert!(visitor.is_signed_in().await);
    assert_ne!(visitor.cookie, before, "under another id");
    // Whoever is let in by the password is still asked for the second step.
    assert!(location(&first_step(&world, &asha.phone, PASSWORD).await.1).starts_with("/sign-in/code"));
    // The same answer, in the same browser and in another that was asked something else.
    let mut other = Visitor::new(&world);
    asked(&mut other).await;
    for browser in [&mut visitor.clone(), &mut other] {
        let refused = answers(browser, &answer).await;
        assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            !refused.text().await.unwrap().contains("clientDataJSON"),
            "what was sent is not shown again"
        );
    }
    assert!(!other.is_signed_in().await);
}

#[sqlx::test(migrations = "../migrations")]
async fn an_answer_to_what_another_browser_was_asked_opens_nothing_there_or_here(owner: PgPool) {
    let world = wide(&owner).await;
    let asha = world.person("Asha Rao").await;
    let mut device = add(&mut browser(&world, &asha)).await;
    let (mut hers, mut thief) = (Visitor::new(&world), Visitor::new(&world));
    let answer = device.answer(&asked(&mut hers).await);
    asked(&mut thief).await;
    for visitor in [&mut thief, &mut Visitor::new(&world)] {
        assert_eq!(answers(visitor, &answer).await.status(), StatusCode::UNPROCESSABLE_ENTITY);
        assert!(!visitor.is_signed_in().await);
    }
    device.origin = "http://127.0.0.1:3000".to_owned();
    let elsewhere = device.answer(&asked(&mut thief).await);
    assert_eq!(answers(&mut thief, &elsewhere).await.status(), StatusCode::UNPROCESSABLE_ENTITY);
    device.origin = ORIGIN.to_owned();
    device.flags = PRESENT;
    let unseen = device.answer(&asked(&mut thief).await);
    assert_eq!(answers(&mut thief, &unseen).await.status(), StatusCode::UNPROCESSABLE_ENTITY);
}

#[sqlx::test(migrations = "../migrations")]
async fn adding_and_removing_take_the_password_and_end_the_sessions_elsewhere(owner: PgPool) {
    let world = wide(&owner).await;
    let asha = world.person("Asha Rao").await;
    let mut here = browser(&world, &asha);
    for fields in
        ["begin=1&name=x", "begin=1&name=x&confirm=a-wrong-password", "begin=1&confirm=x", "confirm=x"]
    {
        assert_eq!(here.submit(PAGE, fields).await.status(), StatusCode::UNPROCESSABLE_ENTITY, "{fields}");
    }
    let page = here.get("/settings/passkeys/new").await.text().await.unwrap();
    assert!(page.contains("No passkey is being added") && !page.contains("data-ceremony"));

    let elsewhere = browser(&world, &world.signs_in(&asha.phone).await);
    let quiet = browser(&world, &world.signs_in(&asha.phone).await);
    let before = here.cookie.clone();
    add(&mut here).await;
    assert!(here.is_signed_in().await && !elsewhere.is_signed_in().await);
    assert_ne!(here.cookie, before);

    let (elsewhere, id) = (browser(&world, &world.signs_in(&asha.phone).await), id_of(&owner).await);
    for fields in [format!("remove={id}"), format!("remove={id}&confirm=a-wrong-password")] {
        let refused = here.submit(PAGE, &fields).await;
        assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text().await.unwrap().contains("No passkey was removed."));
    }
    let mut ravi = browser(&world, &world.person("Ravi Menon").await);
    ravi.submit(PAGE, &form(&[("remove", &id), ("confirm", PASSWORD)])).await;
    assert!(elsewhere.is_signed_in().await, "somebody else has removed nothing");
    let removed = here.submit(PAGE, &form(&[("remove", &id), ("confirm", PASSWORD)])).await;
    assert_eq!(location(&removed), "/settings/passkeys?changed=removed");
    assert!(here.is_signed_in().await && !elsewhere.is_signed_in().await);
    assert!(
        !quiet.is_signed_in().await,
        "what has ended is not brought back by ways in that are again what they were"
    );
}

#[sqlx::test(migrations = "../migrations")]
async fn where_the_second_step_is_on_a_passkey_is_added_for_a_code_of_it_or_another_passkey(owner: PgPool) {
    let world = wide(&owner).await;
    let asha = world.person("Asha Rao").await;
    let mut here = browser(&world, &asha);
    let page = here.get(PAGE).await.text().await.unwrap();
    assert!(!page.contains("name=\"code\""), "nobody is asked for what they do not have");
    let factor = turn_on(&mut here, &asha.phone).await;
    assert!(here.get(PAGE).await.text().await.unwrap().contains("name=\"code\""));
    let code = factor.codes[0].as_str();
    for (code, password) in [("", PASSWORD), ("123456", PASSWORD), (code, "a-wrong-password"), (code, "")] {
        let fields = [("begin", "1"), ("name", "Mine"), ("code", code), ("confirm", password)];
        let refused = here.submit(PAGE, &form(&fields)).await;
        assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY, "{code} {password}");
        assert!(refused.text().await.unwrap().contains("No passkey was added."));
    }
    let page = here.get("/settings/passkeys/new").await.text().await.unwrap();
    assert!(page.contains("No passkey is being added"));
    let mut device = add_with(&mut here, code).await;
    let fields = [("begin", "1"), ("name", "Again"), ("code", code), ("confirm", PASSWORD)];
    let again = here.submit(PAGE, &form(&fields)).await;
    assert_eq!(again.status(), StatusCode::UNPROCESSABLE_ENTITY, "a code is taken once");
    let proof = device.answer(&told(&mut here).await).to_string();
    begin_with(&mut here, &form(&[("begin", "1"), ("name", "My key"), ("proof", &proof)])).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn a_passkey_is_called_otherwise_by_its_owner_and_by_nobody_else(owner: PgPool) {
    let world = wide(&owner).await;
    let (asha, ravi) = (world.person("Asha Rao").await, world.person("Ravi Menon").await);
    let (mut here, mut his) = (browser(&world, &asha), browser(&world, &ravi));
    add(&mut here).await;
    let id = id_of(&owner).await;
    let called = async || {
        let name = sqlx::query_scalar::<_, String>("SELECT name FROM passkeys");
        name.fetch_one(&owner).await.unwrap()
    };
    let page = here.get(&format!("{PAGE}?rename={id}")).await.text().await.unwrap();
    assert!(page.contains("value=\"My phone\"") && !page.contains("name=\"confirm\""));
    let refused = his.submit(PAGE, &form(&[("rename", &id), ("name", "His")])).await;
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let long = "x".repeat(41);
    for name in ["", long.as_str()] {
        let refused = here.submit(PAGE, &form(&[("rename", &id), ("name", name)])).await;
        assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text().await.unwrap().contains("The passkey is called as before."));
    }
    assert_eq!(called().await, "My phone");
    let elsewhere = browser(&world, &world.signs_in(&asha.phone).await);
    let renamed = here.submit(PAGE, &form(&[("rename", &id), ("name", "My tablet")])).await;
    assert_eq!(location(&renamed), "/settings/passkeys?changed=renamed");
    assert_eq!(called().await, "My tablet");
    assert!(elsewhere.is_signed_in().await, "it opens what it opened before");
}

#[sqlx::test(migrations = "../migrations")]
async fn whoever_was_away_and_approves_by_a_passkey_is_back(owner: PgPool) {
    let world = wide(&owner).await;
    let (asha, vikram) = (world.person("Asha Rao").await, world.person("Vikram Shah").await);
    let (mut here, mut device) = careful(&world, &asha).await;
    draft(&mut here, &vikram, "200", "away").await;
    let is_away = async |here: &mut Visitor<'_>| {
        let page = here.get("/send").await.text().await.unwrap();
        page.contains("Is it still you?")
    };
    assert!(!is_away(&mut here).await);
    let pause = "UPDATE sessions SET created_at = created_at - interval '16 minutes',
                                     expires_at = expires_at - interval '16 minutes'";
    sqlx::query(pause).execute(&owner).await.unwrap();
    assert!(is_away(&mut here).await);
    let answer = device.answer(&asked_about(&mut here, "away").await);
    device.flags = PRESENT;
    let unseen = device.answer(&asked_about(&mut here, "away").await);
    let refused = sends(&mut here, "away", &unseen).await;
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let old = sends(&mut here, "away", &answer).await;
    assert_eq!(old.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert!(is_away(&mut here).await, "nobody was seen");
    device.flags = PRESENT | VERIFIED;
    let answer = device.answer(&asked_about(&mut here, "away").await);
    assert!(location(&sends(&mut here, "away", &answer).await).starts_with("/receipts/"));
    assert!(!is_away(&mut here).await);
    assert!(draft(&mut here, &vikram, "1", "back").await.starts_with("/send/review"));
}

#[sqlx::test(migrations = "../migrations")]
async fn whoever_was_at_google_longer_ago_uses_a_passkey_instead(owner: PgPool) {
    let provider = Provider::new().await;
    let world = known_to(&provider, &owner).await;
    let mut asha = Visitor::new(&world);
    asha.come_by_google("").await;
    asha.sign_up("name=Asha+Rao&phone=98450+12264", "+919845012264").await;
    let long_ago = async || {
        let begun = "UPDATE sessions SET data = jsonb_set(data, '{openid.begun}',
                         to_jsonb(to_char(now() - interval '301 seconds', 'YYYY-MM-DD\"T\"HH24:MI:SSOF\":00\"')))";
        sqlx::query(begun).execute(&owner).await.unwrap();
    };
    long_ago().await;
    let page = asha.get(PAGE).await.text().await.unwrap();
    assert!(
        page.contains("Continue with Google") && !page.contains("Use a passkey instead"),
        "there is none"
    );
    asha.come_by_google("again=/settings/passkeys").await;
    let options = begin_with(&mut asha, "begin=1&name=My+phone").await;
    let mut device = made(&mut asha, &options).await;
    long_ago().await;
    let id = id_of(&owner).await;
    let page = asha.get(&format!("{PAGE}?remove={id}")).await.text().await.unwrap();
    for text in ["Continue with Google", "Use a passkey instead", "Remove it"] {
        assert!(page.contains(text), "{text}");
    }
    let refused = asha.submit(PAGE, &form(&[("remove", &id)])).await;
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let proof = device.answer(&told(&mut asha).await).to_string();
    let removed = asha.submit(PAGE, &form(&[("remove", &id), ("proof", &proof)])).await;
    assert_eq!(location(&removed), "/settings/passkeys?changed=removed");
}

#[sqlx::test(migrations = "../migrations")]
async fn a_passkey_is_added_in_the_session_that_gave_the_password_and_in_no_other(owner: PgPool) {
    let world = wide(&owner).await;
    let asha = world.person("Asha Rao").await;
    let mut here = browser(&world, &asha);
    let mut elsewhere = browser(&world, &world.signs_in(&asha.phone).await);
    let options = begin(&mut here, "My phone").await;
    let (_, answer) = Authenticator::make(&options, ORIGIN);
    let sent = form(&[("passkey", &answer.to_string())]);
    let refused = elsewhere.submit("/settings/passkeys/new", &sent).await;
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let added = here.submit("/settings/passkeys/new", &sent).await;
    assert_eq!(location(&added), "/settings/passkeys?changed=added");
    let again = here.submit("/settings/passkeys/new", &sent).await;
    assert_eq!(again.status(), StatusCode::UNPROCESSABLE_ENTITY, "it is done already");
}

#[sqlx::test(migrations = "../migrations")]
async fn where_there_can_be_no_passkeys_there_is_no_button_and_no_page(owner: PgPool) {
    let world = World::with(owner, &[("PUBLIC_ORIGIN", "http://okane.example")]).await;
    let page = world.get("/sign-in").send().await.unwrap().text().await.unwrap();
    assert!(page.contains("Sign in") && !page.contains("passkey"));
    let asha = world.person("Asha Rao").await;
    assert_eq!(asha.get(&world, PAGE).await.status(), StatusCode::NOT_FOUND);
    let security = asha.get(&world, "/settings/security").await.text().await.unwrap();
    assert!(!security.contains("Passkeys"));
}

/// Somebody who approves payments above ₹100 by a passkey and has no PIN.
async fn careful<'a>(world: &'a World, person: &Person) -> (Visitor<'a>, Authenticator) {
    let mut visitor = browser(world, person);
    let device = add(&mut visitor).await;
    let asked = visitor.submit("/settings/approval", "ask=above&above=100").await;
    assert_eq!(location(&asked), "/settings/approval?changed=limit");
    (visitor, device)
}

/// Keeps a payment for review; answers with the address of the review.
async fn draft(visitor: &mut Visitor<'_>, to: &Person, amount: &str, key: &str) -> String {
    let fields = [("to", to.phone.as_str()), ("amount", amount), ("note", ""), ("key", key)];
    location(&visitor.submit("/send", &form(&fields)).await)
}

/// What this browser is told when somebody presses the button on the review.
async fn asked_about(visitor: &mut Visitor<'_>, key: &str) -> Value {
    let answer = visitor.submit("/fn/send/passkey", &form(&[("draft", key)])).await;
    assert_eq!(answer.status(), StatusCode::OK);
    let options: String = answer.json().await.unwrap();
    serde_json::from_str(&options).unwrap()
}

async fn sends(visitor: &mut Visitor<'_>, key: &str, answer: &Value) -> Response {
    let fields = [("draft", key), ("passkey", &answer.to_string())];
    visitor.submit(&format!("/send/review?draft={key}"), &form(&fields)).await
}

async fn balance(visitor: &mut Visitor<'_>) -> i64 {
    let body: Value = visitor.get("/api/v1/balance").await.json().await.unwrap();
    body["available_minor"].as_i64().unwrap()
}

#[sqlx::test(migrations = "../migrations")]
async fn a_passkey_approves_the_payment_that_is_shown_and_no_other(owner: PgPool) {
    let world = wide(&owner).await;
    let (asha, vikram) = (world.person("Asha Rao").await, world.person("Vikram Shah").await);
    let meera = world.person("Meera Krishnan").await;
    let (mut here, mut device) = careful(&world, &asha).await;
    let review = draft(&mut here, &vikram, "200", "shown").await;
    let page = here.get(&review).await.text().await.unwrap();
    assert!(page.contains("by a passkey") && !page.contains("Your PIN"), "there is no PIN to ask for");
    draft(&mut here, &vikram, "201", "more").await;
    draft(&mut here, &meera, "200", "meera").await;
    draft(&mut here, &vikram, "200", "again").await;
    let refused = |answer: Response| async {
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.text().await.unwrap().contains("No money moved."));
    };
    refused(here.submit(&review, "draft=shown").await).await;
    // Of another amount, to somebody else, under another key: what was asked about one is not answered for another.
    for other in ["more", "meera", "again"] {
        let answer = device.answer(&asked_about(&mut here, other).await);
        refused(sends(&mut here, "shown", &answer).await).await;
    }
    // What was asked for signing in, or answered without seeing anybody, or by somebody else's passkey.
    let answer = device.answer(&asked(&mut here).await);
    refused(sends(&mut here, "shown", &answer).await).await;
    device.flags = PRESENT;
    let answer = device.answer(&asked_about(&mut here, "shown").await);
    refused(sends(&mut here, "shown", &answer).await).await;
    device.flags = PRESENT | VERIFIED;
    let (_, mut hers) = careful(&world, &meera).await;
    let answer = hers.answer(&asked_about(&mut here, "shown").await);
    refused(sends(&mut here, "shown", &answer).await).await;
    assert_eq!(balance(&mut here).await, WELCOME);

    let answer = device.answer(&asked_about(&mut here, "shown").await);
    let sent = sends(&mut here, "shown", &answer).await;
    assert!(location(&sent).starts_with("/receipts/"));
    refused(sends(&mut here, "again", &answer).await).await;
    assert_eq!(balance(&mut here).await, WELCOME - 200_00);
    let by: String = sqlx::query_scalar("SELECT method FROM approvals").fetch_one(&owner).await.unwrap();
    assert_eq!(by, "passkey");
    audit(&owner);
}

#[sqlx::test(migrations = "../migrations")]
async fn with_the_last_thing_to_approve_by_goes_the_amount_and_no_sooner(owner: PgPool) {
    let world = wide(&owner).await;
    let asha = world.person("Asha Rao").await;
    let (mut here, _device) = careful(&world, &asha).await;
    let limits = || async {
        let count = sqlx::query_scalar::<_, i64>("SELECT count(*) FROM approval_limits");
        count.fetch_one(&owner).await.unwrap()
    };
    let set = here.submit("/settings/approval", &format!("set=1&pin=314159&confirm={PASSWORD}")).await;
    assert_eq!(set.status(), StatusCode::SEE_OTHER);
    let removed = here.submit("/settings/approval", &format!("remove=1&confirm={PASSWORD}")).await;
    assert_eq!(removed.status(), StatusCode::SEE_OTHER);
    assert_eq!(limits().await, 1, "the passkey approves");
    let id = id_of(&owner).await;
    here.submit(PAGE, &form(&[("remove", &id), ("confirm", PASSWORD)])).await;
    assert_eq!(limits().await, 0, "nobody is asked for what they do not have");
}

#[sqlx::test(migrations = "../migrations")]
async fn a_passkey_stands_in_the_place_of_the_password_for_one_form(owner: PgPool) {
    let world = wide(&owner).await;
    let (asha, ravi) = (world.person("Asha Rao").await, world.person("Ravi Menon").await);
    let (mut here, mut his) = (browser(&world, &asha), browser(&world, &ravi));
    let (mut device, mut his_device) = (add(&mut here).await, add(&mut his).await);
    let page = here.get("/settings/approval").await.text().await.unwrap();
    assert!(page.contains("Use a passkey instead") && page.contains("Your password"));
    let set = |proof: &Value| form(&[("set", "1"), ("pin", "314159"), ("proof", &proof.to_string())]);
    // Of another session, of another person, for another purpose, and of a device that has seen nobody.
    let elsewhere = device.answer(&told(&mut browser(&world, &world.signs_in(&asha.phone).await)).await);
    let another = his_device.answer(&told(&mut here).await);
    let to_sign_in = device.answer(&asked(&mut here).await);
    for proof in [&elsewhere, &another, &to_sign_in] {
        told(&mut here).await;
        let refused = here.submit("/settings/approval", &set(proof)).await;
        assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
        assert!(!refused.text().await.unwrap().contains("clientDataJSON"));
    }
    device.flags = PRESENT;
    let unseen = device.answer(&told(&mut here).await);
    assert_eq!(
        here.submit("/settings/approval", &set(&unseen)).await.status(),
        StatusCode::UNPROCESSABLE_ENTITY
    );
    device.flags = PRESENT | VERIFIED;
    let proof = device.answer(&told(&mut here).await);
    let done = here.submit("/settings/approval", &set(&proof)).await;
    assert_eq!(location(&done), "/settings/approval?changed=pin");
    for again in [set(&proof), "remove=1".to_owned()] {
        let refused = here.submit("/settings/approval", &again).await;
        assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY, "it was for one form");
    }
}
