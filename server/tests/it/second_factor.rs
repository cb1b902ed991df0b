//! The second step, as a browser without script takes it and as a program does, and every way around it that there is not.

use std::time::{Duration, UNIX_EPOCH};

use reqwest::{Response, StatusCode};
use scraper::{Html, Selector};
use serde_json::{Value, json};
use sqlx::PgPool;
use totp_rs::{Builder, Secret, Totp};

use crate::openid::provider::Provider;
use crate::openid::visitor::{Visitor, location};
use crate::openid::{count, known_to};
use crate::world::*;

const PAGE: &str = "/settings/second-factor";

/// What the app of somebody shows, a step before or after now; waits where a step is about to end.
async fn shown(app: &Totp, steps: i64) -> String {
    let now = || i64::try_from(UNIX_EPOCH.elapsed().unwrap().as_secs()).unwrap();
    while now() % 30 > 22 {
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    app.generate((now() + 30 * steps).unsigned_abs()).to_string()
}

fn texts(page: &str, selector: &str) -> Vec<String> {
    let found = Selector::parse(selector).unwrap();
    Html::parse_document(page).select(&found).map(|one| one.text().collect()).collect()
}

/// Somebody's app and what they wrote down.
pub struct Factor {
    /// As it is typed into an app.
    pub key: String,
    app: Totp,
    pub codes: Vec<String>,
}

impl Factor {
    /// What the app shows now.
    pub async fn code(&self) -> String {
        shown(&self.app, 0).await
    }
}

/// Turns it on, with the code of the step before.
pub async fn turn_on(visitor: &mut Visitor<'_>, phone: &str) -> Factor {
    let begun = visitor.submit(PAGE, &format!("begin=1&confirm={PASSWORD}")).await;
    assert_eq!(location(&begun), PAGE);
    let page = visitor.get(PAGE).await.text().await.unwrap();
    let key = texts(&page, "[data-key]").remove(0);
    let key = key.replace(' ', "");
    let secret = Secret::try_from_base32(&key).unwrap();
    let app = Builder::new().with_secret(secret).build().unwrap();
    let sent = visitor.world.code(phone).await;
    let on = visitor.submit(PAGE, &format!("turn_on=1&code={}&sent={sent}", shown(&app, -1).await)).await;
    assert_eq!(on.status(), StatusCode::OK);
    assert_eq!(on.headers()["cache-control"], "no-store");
    let codes = texts(&on.text().await.unwrap(), "ol li");
    assert_eq!(codes.len(), 10);
    Factor { key, app, codes }
}

pub fn browser<'a>(world: &'a World, person: &Person) -> Visitor<'a> {
    Visitor { world, cookie: person.cookie.clone() }
}

fn encoded(phone: &str) -> String {
    phone.replace('+', "%2B")
}

/// The first step, in a browser of their own.
pub async fn first_step<'a>(world: &'a World, phone: &str, password: &str) -> (Visitor<'a>, Response) {
    let mut visitor = Visitor::new(world);
    let form = format!("identifier={}&password={password}&next=/people", encoded(phone));
    let answer = visitor.submit("/sign-in", &form).await;
    (visitor, answer)
}

async fn wide(owner: &PgPool) -> World {
    World::with(owner.clone(), &[("RATE_LIMIT_SCALE", "100")]).await
}

#[sqlx::test(migrations = "../migrations")]
async fn the_page_about_security_says_what_a_code_by_text_message_is_worth_until_there_is_more(
    owner: PgPool,
) {
    let world = wide(&owner).await;
    let asha = world.person("Asha Rao").await;
    let mut here = browser(&world, &asha);
    const SENTENCE: &str = "whoever takes over your number reads that";
    assert!(here.get("/settings/security").await.text().await.unwrap().contains(SENTENCE));
    turn_on(&mut here, &asha.phone).await;
    assert!(!here.get("/settings/security").await.text().await.unwrap().contains(SENTENCE));
}

#[sqlx::test(migrations = "../migrations")]
async fn the_password_alone_leads_to_the_second_step_and_a_code_of_it_to_where_one_was_going(owner: PgPool) {
    let world = wide(&owner).await;
    let asha = world.person("Asha Rao").await;
    let elsewhere = world.signs_in(&asha.phone).await;
    let mut here = browser(&world, &asha);
    for form in
        ["begin=1", "begin=1&confirm=a-wrong-password", "turn_on=1&code=123456", "turn_on=1", "confirm=x"]
    {
        let refused = here.submit(PAGE, form).await;
        assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY, "{form}");
        assert!(!refused.text().await.unwrap().contains("data-key"), "{form}");
    }
    let factor = turn_on(&mut here, &asha.phone).await;
    assert_ne!(here.cookie, asha.cookie, "a fresh id");
    assert!(here.is_signed_in().await);
    assert_eq!(elsewhere.get(&world, "/api/v1/balance").await.status(), StatusCode::UNAUTHORIZED);
    let page = here.get(PAGE).await.text().await.unwrap();
    assert!(page.contains("10 recovery codes are left.") && !page.contains(&factor.codes[0]), "{page}");
    assert!(!page.contains("data-key"), "what is on is shown to nobody");

    let (mut visitor, answer) = first_step(&world, &asha.phone, PASSWORD).await;
    assert_eq!(
        (answer.status(), &*location(&answer)),
        (StatusCode::SEE_OTHER, "/sign-in/code?next=%2Fpeople")
    );
    for path in ["/home", "/people", PAGE] {
        let led = visitor.get(path).await;
        assert!(location(&led).starts_with("/sign-in"), "{path}");
    }
    assert!(!visitor.is_signed_in().await);
    assert!(visitor.get("/sign-in/code").await.text().await.unwrap().contains("Enter your code"));
    for (code, sentence) in
        [("12", "Enter the six digits"), (&*shown(&factor.app, 5).await, "This code is not right")]
    {
        let refused = visitor.submit("/sign-in/code", &format!("code={code}&next=/people")).await;
        assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
        let page = refused.text().await.unwrap();
        assert!(page.contains(sentence) && !page.contains(&format!("value=\"{code}\"")), "{page}");
    }
    let before = visitor.cookie.clone();
    let code = shown(&factor.app, 0).await;
    let taken = visitor.submit("/sign-in/code", &format!("code={code}&next=/people")).await;
    assert_eq!(location(&taken), "/people");
    assert_ne!(visitor.cookie, before, "a session of another id");
    assert!(
        visitor.is_signed_in().await && !Visitor { cookie: before, ..visitor.clone() }.is_signed_in().await
    );
    let sessions = visitor.get("/settings/sessions").await.text().await.unwrap();
    assert!(sessions.contains("this one"), "{sessions}");

    // The code is used up, and a way on leads nowhere else.
    let (mut visitor, _) = first_step(&world, &asha.phone, PASSWORD).await;
    let again = visitor.submit("/sign-in/code", &format!("code={code}")).await;
    assert_eq!(again.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let next = shown(&factor.app, 1).await;
    let taken = visitor.submit("/sign-in/code", &format!("code={next}&next=https://evil.example")).await;
    assert_eq!(location(&taken), "/home");
}

#[sqlx::test(migrations = "../migrations")]
async fn a_recovery_code_signs_in_once_and_leads_to_where_it_is_said_how_many_are_left(owner: PgPool) {
    let world = wide(&owner).await;
    let asha = world.person("Asha Rao").await;
    let factor = turn_on(&mut browser(&world, &asha), &asha.phone).await;
    let (mut visitor, _) = first_step(&world, &asha.phone, PASSWORD).await;
    let form = format!("code={}&next=/people", factor.codes[0].to_lowercase());
    let taken = visitor.submit("/sign-in/code", &form).await;
    assert_eq!(location(&taken), "/settings/second-factor?changed=recovered");
    let page = visitor.get(&location(&taken)).await.text().await.unwrap();
    assert!(
        page.contains("You used a recovery code.") && page.contains("9 recovery codes are left."),
        "{page}"
    );
    let (mut again, _) = first_step(&world, &asha.phone, PASSWORD).await;
    assert_eq!(again.submit("/sign-in/code", &form).await.status(), StatusCode::UNPROCESSABLE_ENTITY);

    // New ones, and off, want the password and a code, and neither alone.
    for form in [
        format!("renew=1&code={}", factor.codes[1]),
        format!("renew=1&confirm={PASSWORD}"),
        format!("turn_off=1&confirm={PASSWORD}&code={}", factor.codes[0]),
        format!("turn_off=1&confirm=a-wrong-password&code={}", factor.codes[1]),
    ] {
        assert_eq!(visitor.submit(PAGE, &form).await.status(), StatusCode::UNPROCESSABLE_ENTITY, "{form}");
    }
    assert!(
        visitor.get(PAGE).await.text().await.unwrap().contains("9 recovery codes are left."),
        "none was used up"
    );
    let renewed = visitor.submit(PAGE, &format!("renew=1&confirm={PASSWORD}&code={}", factor.codes[1])).await;
    let new = texts(&renewed.text().await.unwrap(), "ol li");
    assert!(new.len() == 10 && !new.contains(&factor.codes[2]));
    let off = |code: &str| format!("turn_off=1&confirm={PASSWORD}&code={code}");
    assert_eq!(visitor.submit(PAGE, &off(&factor.codes[2])).await.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let done = visitor.submit(PAGE, &off(&new[0])).await;
    assert_eq!(location(&done), "/settings/second-factor?changed=off");
    assert!(visitor.is_signed_in().await);
    let (alone, answer) = first_step(&world, &asha.phone, PASSWORD).await;
    assert!(location(&answer) == "/people" && alone.is_signed_in().await);
}

#[sqlx::test(migrations = "../migrations")]
async fn another_browser_takes_no_second_step_nor_does_one_that_knew_the_session_before(owner: PgPool) {
    let world = wide(&owner).await;
    let asha = world.person("Asha Rao").await;
    let factor = turn_on(&mut browser(&world, &asha), &asha.phone).await;
    // Somebody has planted a session of theirs.
    let mut planted = Visitor::new(&world);
    let number = encoded("+919700000001");
    planted.submit("/sign-up", &format!("name=Eve&phone={number}&password={PASSWORD}")).await;
    assert!(!planted.cookie.is_empty());
    let mut visitor = planted.clone();
    let form = format!("identifier={}&password={PASSWORD}", encoded(&asha.phone));
    assert_eq!(location(&visitor.submit("/sign-in", &form).await), "/sign-in/code?next=%2Fhome");
    let code = shown(&factor.app, 0).await;
    for mut other in [planted, Visitor::new(&world)] {
        let refused = other.submit("/sign-in/code", &format!("code={code}")).await;
        assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text().await.unwrap().contains("This sign-in is over"));
        let verify =
            world.post("/api/v1/session/verify", &json!({ "code": code })).header("cookie", &other.cookie);
        assert_eq!(verify.send().await.unwrap().status(), StatusCode::UNAUTHORIZED);
    }
    let late = "UPDATE pending_sign_ins SET expires_at = now()";
    sqlx::query(late).execute(&owner).await.unwrap();
    let refused = visitor.submit("/sign-in/code", &format!("code={code}")).await;
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY, "too late");
    assert!(visitor.get("/sign-in/code").await.text().await.unwrap().contains("This sign-in is over"));
    visitor.submit("/sign-in", &form).await;
    assert_eq!(
        location(&visitor.submit("/sign-in/code", &format!("code={code}")).await),
        "/home",
        "the code was not used up"
    );
}

#[sqlx::test(migrations = "../migrations")]
async fn a_program_takes_both_steps_and_goes_round_neither(owner: PgPool) {
    let world = wide(&owner).await;
    let asha = world.person("Asha Rao").await;
    let factor = turn_on(&mut browser(&world, &asha), &asha.phone).await;
    let credentials = json!({ "identifier": asha.phone, "password": PASSWORD });
    let answer = world.post("/api/v1/session", &credentials).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    let cookie = answer.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    let problem: Value = answer.json().await.unwrap();
    assert_eq!(problem["type"], "/problems/second-step", "{problem}");
    let mut program = Visitor { world: &world, cookie };
    assert!(!program.is_signed_in().await);
    let verify = async |cookie: &str, body: Value| {
        let call = world.post("/api/v1/session/verify", &body).header("cookie", cookie);
        call.send().await.unwrap()
    };
    for (body, status) in [
        (json!({ "code": "12" }), StatusCode::BAD_REQUEST),
        (json!({ "code": shown(&factor.app, 0).await, "person": "x" }), StatusCode::BAD_REQUEST),
        (json!({ "code": shown(&factor.app, 4).await }), StatusCode::UNPROCESSABLE_ENTITY),
    ] {
        let answer = verify(&program.cookie, body).await;
        assert_eq!(answer.status(), status);
        assert_eq!(answer.headers()["content-type"], "application/problem+json");
    }
    let answer = verify(&program.cookie, json!({ "code": shown(&factor.app, 0).await })).await;
    assert_eq!(answer.status(), StatusCode::OK);
    let fresh = answer.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    assert_ne!(fresh, program.cookie);
    program.cookie = fresh;
    assert!(program.is_signed_in().await);
    assert_eq!(
        verify(&program.cookie, json!({ "code": factor.codes[0] })).await.status(),
        StatusCode::UNAUTHORIZED
    );
}

#[sqlx::test(migrations = "../migrations")]
async fn neither_google_nor_a_new_password_goes_round_it(owner: PgPool) {
    let provider = Provider::new().await;
    let world = known_to(&provider, &owner).await;
    let asha = world.person("Asha Rao").await;
    let mut here = browser(&world, &asha);
    let led = here.submit("/settings/google", &format!("connect=1&confirm={PASSWORD}")).await;
    let back = here.decide(&location(&led)).await;
    assert_eq!(location(&here.get(&back).await), "/settings/google?changed=connected");
    let factor = turn_on(&mut here, &asha.phone).await;

    let mut by_google = Visitor::new(&world);
    let came = by_google.come_by_google("next=/people").await;
    assert_eq!(location(&came), "/sign-in/code?next=%2Fpeople");
    assert!(!by_google.is_signed_in().await);
    let code = shown(&factor.app, 0).await;
    assert_eq!(
        location(&by_google.submit("/sign-in/code", &format!("code={code}&next=/people")).await),
        "/people"
    );
    assert!(by_google.is_signed_in().await);

    let mut forgetful = Visitor::new(&world);
    let asked = forgetful.submit("/forgotten", &format!("identifier={}", encoded(&asha.phone))).await;
    let address = location(&asked);
    let attempt = address.strip_prefix("/forgotten/code?attempt=").unwrap();
    let sent = world.code(&asha.phone).await;
    let form = format!("attempt={attempt}&code={sent}&password=kettle-moss-arch");
    assert_eq!(location(&forgetful.submit(&address, &form).await), "/sign-in?changed=password");
    assert!(!forgetful.is_signed_in().await && !by_google.is_signed_in().await);
    let (visitor, answer) = first_step(&world, &asha.phone, "kettle-moss-arch").await;
    assert_eq!(location(&answer), "/sign-in/code?next=%2Fpeople");
    assert!(!visitor.is_signed_in().await);
}

#[sqlx::test(migrations = "../migrations")]
async fn who_has_no_password_turns_it_on_with_google_and_is_known_to_have_come_by_it(owner: PgPool) {
    let provider = Provider::new().await;
    let world = known_to(&provider, &owner).await;
    let mut asha = Visitor::new(&world);
    asha.come_by_google("").await;
    asha.sign_up("name=Asha+Rao&phone=98450+12264", "+919845012264").await;
    let factor = turn_on(&mut asha, "+919845012264").await;
    let mut again = Visitor::new(&world);
    assert_eq!(location(&again.come_by_google("").await), "/sign-in/code?next=%2Fhome");
    again.submit("/sign-in/code", &format!("code={}", shown(&factor.app, 0).await)).await;
    assert!(again.is_signed_in().await);
    let page = again.get(PAGE).await.text().await.unwrap();
    assert!(page.contains("Turn off") && !page.contains("Your password"), "{page}");
    let off = again.submit(PAGE, &format!("turn_off=1&code={}", factor.codes[0])).await;
    assert_eq!(location(&off), "/settings/second-factor?changed=off");
    assert_eq!(count(&owner, "second_factors").await, 0);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_wrong_password_does_not_tell_who_has_one(owner: PgPool) {
    let world = wide(&owner).await;
    let (asha, ravi) = (world.person("Asha Rao").await, world.person("Ravi Menon").await);
    turn_on(&mut browser(&world, &asha), &asha.phone).await;
    let mut answers = Vec::new();
    for phone in [&asha.phone, &ravi.phone, "+919700000000"] {
        let wrong = json!({ "identifier": phone, "password": "a-wrong-password" });
        let answer = world.post("/api/v1/session", &wrong).send().await.unwrap();
        let names: Vec<_> = answer.headers().keys().map(ToString::to_string).collect();
        answers.push((answer.status(), names, answer.text().await.unwrap()));
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    assert_eq!(answers[0].0, StatusCode::UNAUTHORIZED);
    assert_eq!(count(&owner, "pending_sign_ins").await, 0);
}
