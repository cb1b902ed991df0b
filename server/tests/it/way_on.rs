//! Every way in leads on to where one was going, and never off the site: by a code of the second step, by a passkey, after
//! signing up, by the provider, and back from saying again who one is. The password is in `redirect`.

use std::collections::BTreeSet;

use reqwest::{Response, StatusCode};
use sqlx::PgPool;

use crate::doors::sources;
use crate::openid::known_to;
use crate::openid::provider::Provider;
use crate::openid::visitor::{Visitor, location};
use crate::passkey::{self, form};
use crate::redirect::{ELSEWHERE, assert_no_link_leads_off};
use crate::second_factor::{browser, first_step, turn_on};
use crate::world::*;

/// Where there are forms that say where one was going. Those of the first three are driven in `redirect`.
const FORMS: [&str; 6] = [
    "app/src/people/mod.rs",
    "app/src/server/preferences.rs",
    "app/src/sign_in/mod.rs",
    "app/src/second_factor/mod.rs",
    "app/src/server/openid/door.rs",
    "app/src/sign_up/mod.rs",
];

#[test]
fn every_form_that_says_where_one_was_going_is_driven_here_or_there() {
    let all = sources("app/src");
    let is_form = |text: &str| text.contains("Deserialize") && text.contains(" next: String");
    let known: BTreeSet<_> =
        all.iter().filter(|(_, text)| is_form(text)).map(|(file, _)| file.as_str()).collect();
    assert_eq!(known, FORMS.into_iter().collect());
}

fn assert_leads_home(answer: &Response, next: &str) {
    assert_eq!((answer.status(), &*location(answer)), (StatusCode::SEE_OTHER, "/home"), "{next:?}");
}

/// The page at which a form carries it on has no link there, and neither has the same page when it has refused.
async fn assert_carries_no_link(visitor: &mut Visitor<'_>, path: &str, fields: &[(&str, &str)], next: &str) {
    let page = visitor.get(&format!("{path}?{}", form(fields))).await;
    let refused = visitor.submit(path, &form(&[fields, &[("code", "x")]].concat())).await;
    for (answer, status) in [(page, StatusCode::OK), (refused, StatusCode::UNPROCESSABLE_ENTITY)] {
        assert_eq!(answer.status(), status, "{path} {next:?}");
        let page = answer.text().await.unwrap();
        assert!(page.contains(r#"name="next""#), "{path} {next:?}");
        assert_no_link_leads_off(&page, next);
    }
}

async fn wide(owner: &PgPool) -> World {
    World::with(owner.clone(), &[("RATE_LIMIT_SCALE", "1000")]).await
}

#[sqlx::test(migrations = "../migrations")]
async fn the_second_step_leads_on_within_the_site(owner: PgPool) {
    let world = wide(&owner).await;
    let asha = world.person("Asha Rao").await;
    let factor = turn_on(&mut browser(&world, &asha), &asha.phone).await;
    // A code is taken once; here it is as if half a minute lay between two of them.
    let any_step = "ALTER TABLE second_factors DISABLE TRIGGER second_factors_step_rises";
    sqlx::query(any_step).execute(&owner).await.unwrap();
    for next in ELSEWHERE {
        let (mut visitor, _) = first_step(&world, &asha.phone, PASSWORD).await;
        assert_carries_no_link(&mut visitor, "/sign-in/code", &[("next", next)], next).await;
        sqlx::query("UPDATE second_factors SET last_step = 1").execute(&owner).await.unwrap();
        let code = factor.code().await;
        let taken = visitor.submit("/sign-in/code", &form(&[("code", &code), ("next", next)])).await;
        assert_leads_home(&taken, next);
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn a_passkey_leads_on_within_the_site(owner: PgPool) {
    let world = wide(&owner).await;
    let mut device = passkey::add(&mut browser(&world, &world.person("Asha Rao").await)).await;
    for next in ELSEWHERE {
        let mut visitor = Visitor::new(&world);
        let answer = device.answer(&passkey::asked(&mut visitor).await).to_string();
        let begun = visitor.submit("/sign-in", &form(&[("passkey", &answer), ("next", next)])).await;
        assert_leads_home(&begun, next);
        assert!(visitor.is_signed_in().await);
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn signing_up_leads_on_within_the_site(owner: PgPool) {
    let world = wide(&owner).await;
    for (n, next) in ELSEWHERE.into_iter().enumerate() {
        let phone = format!("+9197000000{n:02}");
        let mut visitor = Visitor::new(&world);
        let new = [("name", "Asha Rao"), ("phone", &phone), ("password", PASSWORD), ("next", next)];
        let asked = visitor.submit("/sign-up", &form(&new)).await;
        let page = location(&asked);
        assert!(page.starts_with("/sign-up/verify?attempt="), "{next:?} leads to {page}");
        let attempt = page.split(['=', '&']).nth(1).unwrap();
        let fields = [("attempt", attempt), ("next", next)];
        assert_carries_no_link(&mut visitor, "/sign-up/verify", &fields, next).await;
        let code = world.code(&phone).await;
        let proof = [("attempt", attempt), ("next", next), ("code", &code)];
        assert_leads_home(&visitor.submit("/sign-up/verify", &form(&proof)).await, next);
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn the_provider_leads_on_within_the_site_and_back_to_it(owner: PgPool) {
    let provider = Provider::new().await;
    let world = known_to(&provider, &owner).await;
    for (n, next) in ELSEWHERE.into_iter().enumerate() {
        let (phone, subject) = (format!("+9197000000{n:02}"), format!("subject-{n}"));
        provider.change(move |claims| claims["sub"] = subject.clone().into());
        let going = form(&[("next", next)]);
        let mut visitor = Visitor::new(&world);
        assert_eq!(location(&visitor.come_by_google(&going).await), "/sign-up/google", "{next:?}");
        let new = form(&[("name", "Asha Rao"), ("phone", &phone)]);
        assert_leads_home(&visitor.sign_up(&new, &phone).await, next);
        let again = visitor.come_by_google(&form(&[("again", next), ("next", next)])).await;
        assert_leads_home(&again, next);
        assert_leads_home(&Visitor::new(&world).come_by_google(&going).await, next);
    }
}
