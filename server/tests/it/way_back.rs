//! The slow way back, as somebody without script goes it, and as everybody concerned sees it.

use reqwest::StatusCode;
use sqlx::PgPool;

use crate::address::told;
use crate::openid::visitor::{Visitor, location};
use crate::second_factor::{browser, first_step, turn_on};
use crate::world::*;

const PAGE: &str = "/sign-in/way-back";
const SETTINGS: &str = "/settings/second-factor";

async fn wide(owner: &PgPool) -> World {
    World::with(owner.clone(), &[("RATE_LIMIT_SCALE", "100")]).await
}

async fn page(visitor: &mut Visitor<'_>, path: &str) -> String {
    visitor.get(path).await.text().await.unwrap()
}

async fn week_goes_by(owner: &PgPool) {
    let moved =
        "UPDATE ways_back SET asked_at = asked_at - interval '7 days', until = until - interval '7 days'";
    assert_eq!(sqlx::query(moved).execute(owner).await.unwrap().rows_affected(), 1);
}

/// The first step, in a browser of its own, and the wait.
async fn waits<'a>(world: &'a World, phone: &str) -> Visitor<'a> {
    let (mut visitor, step) = first_step(world, phone, PASSWORD).await;
    assert!(
        page(&mut visitor, &location(&step)).await.contains("I have neither the app nor a recovery code")
    );
    assert!(page(&mut visitor, PAGE).await.contains("You wait 7 days."));
    assert_eq!(location(&visitor.submit(PAGE, "ask=1").await), PAGE);
    let wrong = visitor.submit(PAGE, "begin=1&phone_code=").await;
    assert_eq!(wrong.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let code = world.code(phone).await;
    assert_eq!(location(&visitor.submit(PAGE, &format!("begin=1&phone_code={code}")).await), PAGE);
    visitor
}

#[sqlx::test(migrations = "../migrations")]
async fn who_has_lost_app_and_codes_waits_and_is_let_in_by_the_password_said_again(owner: PgPool) {
    let world = wide(&owner).await;
    let asha = world.person("Asha Rao").await;
    let mut here = browser(&world, &asha);
    turn_on(&mut here, &asha.phone).await;
    let mut visitor = waits(&world, &asha.phone).await;
    assert!(page(&mut visitor, PAGE).await.contains("The wait has begun"));
    let early = visitor.submit(PAGE, "take=1&phone_code=123456").await;
    assert_eq!(early.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert!(early.text().await.unwrap().contains("and not before."));
    assert!(!visitor.is_signed_in().await);
    week_goes_by(&owner).await;
    let (mut visitor, _) = first_step(&world, &asha.phone, PASSWORD).await;
    assert!(page(&mut visitor, PAGE).await.contains("The wait is over"));
    let unproven = visitor.submit(PAGE, "take=1&phone_code=123456").await;
    assert_eq!(unproven.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(location(&visitor.submit(PAGE, "ask=1").await), PAGE);
    assert!(page(&mut visitor, PAGE).await.contains("This turns your second step off."));
    let wrong = visitor.submit(PAGE, "take=1&phone_code=").await;
    assert!(wrong.text().await.unwrap().contains("Your second step is on as before."));
    assert!(here.is_signed_in().await && !visitor.is_signed_in().await);
    let before = visitor.cookie.clone();
    let code = world.code(&asha.phone).await;
    let taken = visitor.submit(PAGE, &format!("take=1&phone_code={code}")).await;
    assert_eq!(location(&taken), "/settings/second-factor?changed=off");
    assert_ne!(visitor.cookie, before, "under another id");
    assert!(visitor.is_signed_in().await && !here.is_signed_in().await);
    told(&world, &asha.phone, "turned off without a code, after the wait").await;
    // And little leaves for a day.
    let limits = page(&mut visitor, "/settings/limits").await;
    assert!(limits.contains("Your phone number, email or second step was changed."), "{limits}");
    let (_, whole) = first_step(&world, &asha.phone, PASSWORD).await;
    assert_eq!(location(&whole), "/people");
}

#[sqlx::test(migrations = "../migrations")]
async fn whoever_is_signed_in_or_has_the_message_ends_it(owner: PgPool) {
    let world = wide(&owner).await;
    let asha = world.person("Asha Rao").await;
    let mut here = browser(&world, &asha);
    turn_on(&mut here, &asha.phone).await;
    waits(&world, &asha.phone).await;
    assert!(page(&mut here, SETTINGS).await.contains("End this and keep it on"));
    assert_eq!(location(&here.submit(SETTINGS, "keep=1").await), "/settings/second-factor?changed=kept");
    assert!(!page(&mut here, SETTINGS).await.contains("End this and keep it on"));

    let mut thief = waits(&world, &asha.phone).await;
    let message = told(&world, &asha.phone, "/stop-way-back?token=").await;
    let link = &message[message.find("/stop-way-back").unwrap()..];
    let mut reader = Visitor::new(&world);
    assert!(page(&mut reader, link).await.contains("Keep the second step"));
    assert!(
        page(&mut thief, PAGE).await.contains("The wait has begun"),
        "a link that is only followed ends nothing"
    );
    let token = link.split_once('?').unwrap().1;
    assert_eq!(location(&reader.submit("/stop-way-back", token).await), "/stop-way-back?done=1");
    assert_eq!(reader.submit("/stop-way-back", token).await.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page(&mut thief, PAGE).await.contains("Send the code"));
    assert!(!reader.is_signed_in().await);
}

#[sqlx::test(migrations = "../migrations")]
async fn who_has_not_said_the_password_learns_nothing_of_a_second_step(owner: PgPool) {
    let world = wide(&owner).await;
    let asha = world.person("Asha Rao").await;
    turn_on(&mut browser(&world, &asha), &asha.phone).await;
    let ravi = world.person("Ravi Menon").await;
    for person in [&asha, &ravi] {
        let (mut visitor, refused) = first_step(&world, &person.phone, "a-wrong-password").await;
        assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page(&mut visitor, PAGE).await.contains("This sign-in is over"));
        for form in ["ask=1", "begin=1&phone_code=123456", "take=1&phone_code=123456"] {
            let refused = visitor.submit(PAGE, form).await;
            assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
            let text = refused.text().await.unwrap();
            assert!(text.contains("This is over") && !text.contains("phone_code"), "known and unknown alike");
        }
    }
}
