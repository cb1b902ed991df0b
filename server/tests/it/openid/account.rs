//! Connecting the provider's account to one that somebody has, disconnecting it, and being asked again who one is.

use reqwest::StatusCode;
use serde_json::json;
use sqlx::PgPool;

use super::provider::Provider;
use super::visitor::{Visitor, location};
use super::{assert_log_is_clean, count, known_to};
use crate::second_factor::turn_on;
use crate::world::*;

const CONNECT: &str = "connect=1&confirm=brass-lamp-river";
const DISCONNECT: &str = "disconnect=1&confirm=brass-lamp-river";

/// Somebody with a password, in a browser.
async fn with_password<'a>(world: &'a World, name: &str) -> (Person, Visitor<'a>) {
    let person = world.person(name).await;
    let cookie = person.cookie.clone();
    (person, Visitor { world, cookie })
}

/// Somebody without one.
async fn without_password<'a>(world: &'a World) -> Visitor<'a> {
    let mut visitor = Visitor::new(world);
    visitor.come_by_google("").await;
    let made = visitor.sign_up("name=Asha+Rao&phone=98450+12264", "+919845012264").await;
    assert_eq!(location(&made), "/home");
    visitor
}

/// Connects, up to what comes back from the provider.
async fn connect(visitor: &mut Visitor<'_>) -> String {
    let led = visitor.submit("/settings/google", CONNECT).await;
    assert_eq!(led.status(), StatusCode::SEE_OTHER);
    visitor.decide(&location(&led)).await
}

async fn pause(owner: &PgPool, time: &str) {
    let statement = "UPDATE sessions SET created_at = created_at - $1::text::interval,
                                         expires_at = expires_at - $1::text::interval";
    sqlx::query(statement).bind(time).execute(owner).await.unwrap();
}

#[sqlx::test(migrations = "../migrations")]
async fn an_account_is_connected_for_the_password_and_signs_out_everywhere_else(owner: PgPool) {
    let provider = Provider::new().await;
    let world = known_to(&provider, &owner).await;
    let (meera, mut here) = with_password(&world, "Meera Krishnan").await;
    let mut elsewhere = Visitor::new(&world);
    let sign_in = format!("identifier={}&password={PASSWORD}", meera.phone.replace('+', "%2B"));
    elsewhere.submit("/sign-in", &sign_in).await;
    for form in
        ["connect=1", "connect=1&confirm=a-wrong-password", "disconnect=1", "confirm=brass-lamp-river"]
    {
        let refused = here.submit("/settings/google", form).await;
        assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY, "{form}");
    }
    assert!(here.get("/settings/google").await.text().await.unwrap().contains("Connect Google"));

    let back = connect(&mut here).await;
    let before = here.cookie.clone();
    let connected = here.get(&back).await;
    assert_eq!(location(&connected), "/settings/google?changed=connected");
    assert_ne!(here.cookie, before);
    assert!(here.is_signed_in().await && !elsewhere.is_signed_in().await);
    let page = here.get("/settings/google?changed=connected").await.text().await.unwrap();
    for text in ["is connected.", "asha@example.in", "Disconnect Google"] {
        assert!(page.contains(text), "{text}: {page}");
    }
    let sessions = here.get("/settings/sessions").await.text().await.unwrap();
    assert!(sessions.contains("this one") && !sessions.contains("End all other sessions"), "{sessions}");

    let mut by_google = Visitor::new(&world);
    assert_eq!(location(&by_google.come_by_google("").await), "/home");
    assert!(by_google.get("/settings/profile").await.text().await.unwrap().contains("Meera Krishnan"));

    // Who has a password is asked for it, whichever way they came.
    by_google.submit("/settings/freeze", "freeze=1").await;
    let asked = by_google.submit("/settings/freeze", "thaw=1").await;
    assert!(asked.text().await.unwrap().contains("Enter your password to thaw your wallet."));

    let wrong = here.submit("/settings/google", "disconnect=1&confirm=a-wrong-password").await;
    assert_eq!(wrong.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let gone = here.submit("/settings/google", DISCONNECT).await;
    assert_eq!(location(&gone), "/settings/google?changed=disconnected");
    assert!(here.is_signed_in().await && !by_google.is_signed_in().await, "what it opened is shut at once");
    assert_eq!(location(&Visitor::new(&world).come_by_google("").await), "/sign-up/google");

    // Connected once more it is another way in: what the first one opened stays shut.
    let back = connect(&mut here).await;
    here.get(&back).await;
    assert!(!by_google.is_signed_in().await);
    assert_eq!(count(&owner, "users").await, 1);
    assert_log_is_clean(&world, &provider);
}

#[sqlx::test(migrations = "../migrations")]
async fn an_answer_connects_nothing_to_whoever_did_not_ask_for_it(owner: PgPool) {
    let provider = Provider::new().await;
    let world = known_to(&provider, &owner).await;
    let (_, mut meera) = with_password(&world, "Meera Krishnan").await;
    let (_, mut vikram) = with_password(&world, "Vikram Shah").await;
    // Somebody's answer in another's browser, which is how one would get one's account into their wallet.
    let back = connect(&mut vikram).await;
    assert_eq!(location(&meera.get(&back).await), "/settings/google?google=stale");
    // The browser is another's meanwhile.
    let mut shared = vikram.clone();
    let asked = "UPDATE sessions s SET data = jsonb_set(data, '{openid,purpose,Connect}',
                     (SELECT to_jsonb(id) FROM users WHERE name = 'Meera Krishnan')) WHERE data ? 'openid'";
    sqlx::query(asked).execute(&owner).await.unwrap();
    assert_eq!(location(&shared.get(&back).await), "/settings/google?google=other");
    // Signing in is not connecting.
    let came = meera.come_by_google("").await;
    assert_eq!(location(&came), "/sign-up/google");
    assert_eq!(count(&owner, "openid_identities").await, 0);
}

#[sqlx::test(migrations = "../migrations")]
async fn one_account_opens_one_wallet_and_a_wallet_has_one_account(owner: PgPool) {
    let provider = Provider::new().await;
    let world = known_to(&provider, &owner).await;
    let asha = without_password(&world).await;
    let (_, mut meera) = with_password(&world, "Meera Krishnan").await;
    let back = connect(&mut meera).await;
    let refused = location(&meera.get(&back).await);
    assert_eq!(refused, "/settings/google?google=taken");
    let page = meera.get(&refused).await.text().await.unwrap();
    assert!(page.contains("opens another wallet already"), "{page}");

    provider.change(|claims| claims["sub"] = "subject-2".into());
    let back = connect(&mut meera).await;
    meera.get(&back).await;
    provider.change(|claims| claims["sub"] = "subject-3".into());
    let back = connect(&mut meera).await;
    assert_eq!(location(&meera.get(&back).await), "/settings/google?google=linked");
    assert!(meera.is_signed_in().await && asha.is_signed_in().await);
    assert_eq!(count(&owner, "openid_identities").await, 2);
}

#[sqlx::test(migrations = "../migrations")]
async fn nobody_takes_away_their_last_way_in(owner: PgPool) {
    let provider = Provider::new().await;
    let world = known_to(&provider, &owner).await;
    let mut asha = without_password(&world).await;
    let page = asha.get("/settings/google").await.text().await.unwrap();
    assert!(page.contains("your only way to sign in") && !page.contains("Disconnect Google"), "{page}");
    for form in ["disconnect=1", "disconnect=1&confirm=", DISCONNECT] {
        let refused = asha.submit("/settings/google", form).await;
        assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY, "{form}");
    }
    let deleted = sqlx::query("DELETE FROM openid_identities").execute(&owner).await.unwrap_err();
    let constraint = deleted.as_database_error().unwrap().constraint().map(str::to_owned);
    assert_eq!(constraint.as_deref(), Some("openid_identities_last_way_in"));
    assert_eq!(count(&owner, "openid_identities").await, 1);
}

#[sqlx::test(migrations = "../migrations")]
async fn who_has_no_password_shows_at_the_provider_that_it_is_still_them(owner: PgPool) {
    let provider = Provider::new().await;
    let world = known_to(&provider, &owner).await;
    let vikram = world.person("Vikram Shah").await;
    let mut asha = without_password(&world).await;
    let send = format!("to={}&amount=12.34&note=&key=key-1", vikram.phone.replace('+', "%2B"));
    assert!(location(&asha.submit("/send", &send).await).starts_with("/send/review"));
    pause(&owner, "16 minutes").await;
    let asked = asha.submit("/send/review?draft=key-1", "draft=key-1").await;
    assert_eq!(asked.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let page = asked.text().await.unwrap();
    assert!(
        page.contains("formaction=\"/sign-in/google\"")
            && page.contains("value=\"/send/review?draft=key-1\""),
        "{page}"
    );
    assert!(!page.contains("name=\"confirm\""), "there is no password to ask for");

    let again = "draft=key-1&again=%2Fsend%2Freview%3Fdraft%3Dkey-1";
    // Another account than theirs, and theirs without having been asked for it, are not them.
    provider.change(|claims| claims["sub"] = "subject-2".into());
    assert_eq!(location(&asha.come_by_google(again).await), "/settings/google?google=other");
    provider.change(|claims| claims["auth_time"] = (claims["iat"].as_i64().unwrap() - 3600).into());
    assert_eq!(location(&asha.come_by_google(again).await), "/settings/google?google=refused");
    let still = asha.submit("/send/review?draft=key-1", "draft=key-1").await;
    assert_eq!(still.status(), StatusCode::UNPROCESSABLE_ENTITY);

    provider.change(|_| ());
    let address = asha.leave(again).await;
    assert!(address.contains("max_age=0") && address.contains("prompt=select_account"), "{address}");
    let back = asha.decide(&address).await;
    assert_eq!(location(&asha.get(&back).await), "/send/review?draft=key-1");
    let sent = asha.submit("/send/review?draft=key-1", "draft=key-1").await;
    assert!(location(&sent).starts_with("/receipts/"), "what they were doing is still there");
}

#[sqlx::test(migrations = "../migrations")]
async fn who_has_no_password_thaws_by_the_provider(owner: PgPool) {
    let provider = Provider::new().await;
    let world = known_to(&provider, &owner).await;
    let mut asha = without_password(&world).await;
    asha.submit("/settings/freeze", "freeze=1").await;
    let begun = "UPDATE sessions SET data = jsonb_set(data, '{openid.begun}',
                     to_jsonb(to_char(now() - interval '301 seconds', 'YYYY-MM-DD\"T\"HH24:MI:SSOF\":00\"')))";
    sqlx::query(begun).execute(&owner).await.unwrap();
    let refused = asha.submit("/settings/freeze", "thaw=1").await;
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let page = asha.get("/settings/freeze").await.text().await.unwrap();
    assert!(page.contains("Continue with Google") && !page.contains("name=\"confirm\""), "{page}");
    assert_eq!(location(&asha.come_by_google("thaw=1&again=/settings/freeze").await), "/settings/freeze");
    let thawed = asha.submit("/settings/freeze", "thaw=1").await;
    assert_eq!(location(&thawed), "/settings/freeze?changed=thaw");
}

#[sqlx::test(migrations = "../migrations")]
async fn a_browser_that_is_signed_in_at_the_provider_is_not_enough_where_a_second_step_is_on(owner: PgPool) {
    let provider = Provider::new().await;
    let world = known_to(&provider, &owner).await;
    let mut asha = without_password(&world).await;
    let factor = turn_on(&mut asha, "+919845012264").await;
    asha.submit("/settings/freeze", "freeze=1").await;
    assert_eq!(location(&asha.come_by_google("thaw=1&again=/settings/freeze").await), "/settings/freeze");
    let frozen = async || {
        let frozen: bool =
            sqlx::query_scalar("SELECT thaw_at IS NULL FROM freezes").fetch_one(&owner).await.unwrap();
        frozen
    };
    let taken = factor.codes[0].replace('-', "");
    for (form, path) in [
        ("thaw=1", "/settings/freeze"),
        ("thaw=1&confirm=000000", "/settings/freeze"),
        ("set=1&pin=582913", "/settings/approval"),
        (&format!("email=asha%40example.in&confirm={PASSWORD}"), "/settings/email"),
    ] {
        let refused = asha.submit(path, form).await;
        assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY, "{path} {form}");
        let page = refused.text().await.unwrap();
        assert!(page.contains("Code from your app") && page.contains("name=\"confirm\""), "{path}: {page}");
        assert!(frozen().await);
    }
    let thawed = asha.submit("/settings/freeze", &format!("thaw=1&confirm={taken}")).await;
    assert_eq!(location(&thawed), "/settings/freeze?changed=thaw");
    let again = asha.submit("/settings/freeze", &format!("thaw=1&confirm={taken}")).await;
    assert_eq!(again.status(), StatusCode::UNPROCESSABLE_ENTITY, "a recovery code is one once");
}

#[sqlx::test(migrations = "../migrations")]
async fn without_a_provider_there_is_no_button_and_nothing_at_its_addresses(owner: PgPool) {
    let world = World::new(owner).await;
    let (_, mut meera) = with_password(&world, "Meera Krishnan").await;
    let mut nobody = Visitor::new(&world);
    for path in ["/sign-in", "/sign-up"] {
        assert!(!nobody.get(path).await.text().await.unwrap().contains("Google"), "{path}");
    }
    assert!(!meera.get("/settings/profile").await.text().await.unwrap().contains("Google"));
    for visitor in [&mut nobody, &mut meera] {
        for path in ["/sign-in/google/callback", "/sign-up/google", "/settings/google"] {
            assert_eq!(visitor.get(path).await.status(), StatusCode::NOT_FOUND, "GET {path}");
        }
        let functions = ["arrival", "sign_up", "ways", "change"].map(|name| format!("/fn/google/{name}"));
        let pages = ["/sign-in/google", "/sign-up/google", "/settings/google"].map(str::to_owned);
        for path in pages.iter().chain(&functions) {
            assert_eq!(visitor.submit(path, "").await.status(), StatusCode::NOT_FOUND, "POST {path}");
        }
    }
    let problem = world.post("/sign-in/google", &json!({})).send().await.unwrap();
    assert_eq!(problem.status(), StatusCode::NOT_FOUND);
}
