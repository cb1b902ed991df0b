//! Whether somebody has an account is not to be learned at the door: not from what is answered, nor from how long it takes.

mod likeness;
mod payee;

use likeness::{TRIES, ask, assert_alike, take_the_same_time};
use reqwest::{RequestBuilder, StatusCode};
use serde_json::json;
use sqlx::PgPool;

use crate::passkey::form;
use crate::world::*;

const UNHINDERED: [(&str, &str); 1] = [("RATE_LIMIT_SCALE", "1000000")];

/// An e-mail address that is somebody's.
const KNOWN: &str = "asha-k@example.in";
const WRONG: &str = "a-password-that-is-wrong";

/// Another that is nobody's, and as long.
const FREE: &str = "asha-f@example.in";
/// A number that is nobody's. It is always the same, so that it too is found wherever tries are counted.
const FREE_PHONE: &str = "+919700000001";

/// A server, and somebody with a number and an address.
async fn with_asha(owner: PgPool) -> (World, Person) {
    let world = World::with(owner.clone(), &UNHINDERED).await;
    let asha = world.person("Asha Rao").await;
    sqlx::query("UPDATE users SET email = $1").bind(KNOWN).execute(&owner).await.unwrap();
    (world, asha)
}

fn sends(world: &World, path: &str, fields: &[(&str, &str)]) -> RequestBuilder {
    let call = world.http.post(format!("{}{path}", world.origin)).body(form(fields));
    call.header("content-type", "application/x-www-form-urlencoded")
}

/// As a page writes a number.
fn spaced(phone: &str) -> String {
    format!("{} {} {}", &phone[..3], &phone[3..8], &phone[8..])
}

#[sqlx::test(migrations = "../migrations")]
#[ignore = "times itself: runs alone"]
async fn signing_in_answers_known_and_unknown_alike(owner: PgPool) {
    let (world, asha) = with_asha(owner).await;
    let phone = |is_known: bool| if is_known { &*asha.phone } else { FREE_PHONE };
    let email = |is_known: bool| if is_known { KNOWN } else { FREE };
    let program =
        |name: &str| world.post("/api/v1/session", &json!({ "identifier": name, "password": WRONG }));
    let browser =
        |name: &str| sends(&world, "/sign-in", &[("identifier", name), ("password", WRONG), ("next", "")]);
    for (known, unknown) in [(phone(true), phone(false)), (email(true), email(false))] {
        let (one, other) = (ask(program(known)).await, ask(program(unknown)).await);
        assert_alike(&one.without(&[]), &other.without(&[]));
        assert_eq!(one.status, StatusCode::UNAUTHORIZED);
        // What was typed is shown again; only what it means differs.
        let (one, other) = (ask(browser(known)).await, ask(browser(unknown)).await);
        assert_alike(&one.without(&[known]), &other.without(&[unknown]));
        assert_eq!(one.status, StatusCode::UNPROCESSABLE_ENTITY);
    }

    let what = ["signing in by number", "signing in by address", "signing in by the page"];
    take_the_same_time(what, TRIES, async |pair, is_known| match pair {
        0 => ask(program(phone(is_known))).await.took,
        1 => ask(program(email(is_known))).await.took,
        _ => ask(browser(phone(is_known))).await.took,
    })
    .await;
}

#[sqlx::test(migrations = "../migrations")]
#[ignore = "times itself: runs alone"]
async fn signing_up_answers_taken_and_free_alike(owner: PgPool) {
    let (world, asha) = with_asha(owner).await;
    let program = |phone: &str, email: Option<&str>| {
        let new = json!({ "name": "Somebody", "phone": phone, "email": email, "password": PASSWORD });
        world.post("/api/v1/users", &new)
    };
    let browser = |phone: &str, email: &str| {
        let fields = [("name", "Somebody"), ("phone", phone), ("email", email), ("password", PASSWORD)];
        sends(&world, "/sign-up", &fields)
    };
    let wrong = |phone: &str, email: Option<&str>| {
        let code = email.map(|_| "000000");
        let proof = json!({ "phone": phone, "code": "000000", "email_code": code });
        world.post("/api/v1/users/verify", &proof)
    };
    // A number alone, a number with an address, and an address of somebody's beside a number of nobody's.
    for (known, unknown) in [
        ((&*asha.phone, None), (FREE_PHONE, None)),
        ((&*asha.phone, Some(KNOWN)), (FREE_PHONE, Some(FREE))),
        (("+919600000001", Some(KNOWN)), ("+919600000002", Some(FREE))),
    ] {
        let both = [known, unknown].map(|(phone, email)| (phone, email.unwrap_or_default()));
        let mut seen = Vec::new();
        for (phone, email) in both {
            let given = Some(email).filter(|email| !email.is_empty());
            let by_program = ask(program(phone, given)).await;
            let refused = ask(wrong(phone, given)).await;
            let by_browser = ask(browser(phone, email)).await;
            // Nor do the pages that these lead to, nor a code that is wrong there.
            let led = by_browser.leads_to().to_owned();
            let page = ask(world.get(&led).header("cookie", &by_browser.cookie)).await;
            assert!(
                page.status == StatusCode::OK && page.body.contains("We sent a message to"),
                "{}",
                page.body
            );
            let attempt = led.split(['=', '&']).nth(1).unwrap();
            let fields =
                [("attempt", attempt), ("code", "000000"), ("email_code", given.map_or("", |_| "000000"))];
            let twice = ask(sends(&world, &led, &fields).header("cookie", &by_browser.cookie)).await;
            assert_eq!(by_program.status, StatusCode::CREATED);
            assert_eq!(by_browser.status, StatusCode::SEE_OTHER);
            assert_eq!(twice.status, StatusCode::UNPROCESSABLE_ENTITY);
            let typed = [phone, email, &spaced(phone), attempt];
            seen.push([by_program, refused, by_browser, page, twice].map(|answer| answer.without(&typed)));
        }
        assert_alike(&seen[0], &seen[1]);
    }

    let what = ["signing up with a number", "signing up with an address", "signing up by the page"];
    take_the_same_time(what, TRIES, async |pair, is_known| {
        let number = if is_known { &*asha.phone } else { FREE_PHONE };
        let address = if is_known { KNOWN } else { FREE };
        match pair {
            0 => ask(program(number, None)).await.took,
            1 => {
                ask(program(if is_known { "+919600000001" } else { "+919600000002" }, Some(address)))
                    .await
                    .took
            }
            _ => ask(browser(number, address)).await.took,
        }
    })
    .await;
}

#[sqlx::test(migrations = "../migrations")]
#[ignore = "times itself: runs alone"]
async fn forgetting_answers_known_and_unknown_alike(owner: PgPool) {
    let (world, asha) = with_asha(owner).await;
    let forget = |name: &str| sends(&world, "/forgotten", &[("identifier", name)]);
    let pairs = [(&*asha.phone, FREE_PHONE), (KNOWN, FREE)];
    for (known, unknown) in pairs {
        let mut seen = Vec::new();
        for name in [known, unknown] {
            let asked = ask(forget(name)).await;
            assert_eq!(asked.status, StatusCode::SEE_OTHER);
            let led = asked.leads_to().to_owned();
            let attempt = led.split_once("attempt=").unwrap().1;
            let page = ask(world.get(&led)).await;
            let fields = [("attempt", attempt), ("code", "000000"), ("password", PASSWORD)];
            let refused = ask(sends(&world, &led, &fields)).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
            seen.push([asked, page, refused].map(|answer| answer.without(&[attempt])));
        }
        assert_alike(&seen[0], &seen[1]);
    }
    let what = ["forgetting by number", "forgetting by address"];
    take_the_same_time(what, 2 * TRIES, async |pair, is_known| {
        let (known, unknown) = pairs[pair];
        ask(forget(if is_known { known } else { unknown })).await.took
    })
    .await;
}

#[sqlx::test(migrations = "../migrations")]
#[ignore = "times itself: runs alone"]
async fn changing_ones_number_or_address_answers_taken_and_free_alike(owner: PgPool) {
    let (world, asha) = with_asha(owner).await;
    let ravi = world.person("Ravi Menon").await;
    let wish = |what: &str, to: &str| {
        let call = sends(&world, &format!("/settings/{what}"), &[(what, to), ("confirm", PASSWORD)]);
        call.header("cookie", &ravi.cookie)
    };
    let pairs = [("phone", &*asha.phone, FREE_PHONE), ("email", KNOWN, FREE)];
    for (what, known, unknown) in pairs {
        let codes = format!("/settings/{what}/code");
        let mut seen = Vec::new();
        for to in [known, unknown] {
            let asked = ask(wish(what, to)).await;
            assert_eq!(asked.status, StatusCode::SEE_OTHER, "{}", asked.body);
            let page = ask(world.get(&codes).header("cookie", &ravi.cookie)).await;
            let wrong = sends(&world, &codes, &[("from_code", "000000"), ("to_code", "000000")]);
            let refused = ask(wrong.header("cookie", &ravi.cookie)).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
            let typed = if what == "phone" { spaced(to) } else { to.to_owned() };
            assert!(page.body.contains(&typed), "{}", page.body);
            seen.push([asked, page, refused].map(|answer| answer.without(&[&typed])));
        }
        assert_alike(&seen[0], &seen[1]);
    }
    let what = ["changing a number", "changing an address"];
    take_the_same_time(what, TRIES, async |pair, is_known| {
        let (what, known, unknown) = pairs[pair];
        ask(wish(what, if is_known { known } else { unknown })).await.took
    })
    .await;
}
