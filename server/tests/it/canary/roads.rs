//! What somebody does with money, and with a second step.

use serde_json::json;

use super::cage::Cage;
use super::{KEY, NOTE, PIN, WRONG, WRONG_PIN};
use crate::second_factor::Factor;
use crate::world::*;

const PAGE_THAT_STOPS: &str = "/stop-way-back";

/// Every road that a secret takes, with the answers that are no secret's business.
pub async fn all_roads(cage: &mut Cage, asha: &Person, vikram: &Person, round: usize) {
    let number = asha.phone.replace('+', "%2B");
    let wrong = json!({ "identifier": asha.phone, "password": WRONG });
    cage.call(asha, "/api/v1/session", "x", &wrong).await;
    cage.form(asha, "/sign-in", format!("identifier={number}&password={WRONG}&next=")).await;
    cage.form(asha, "/sign-up", format!("name=1&phone=1&password={WRONG}&next=")).await;
    cage.form(asha, "/fn/sign_in", format!("form[identifier]={number}&form[password]={WRONG}&form[next]="))
        .await;
    cage.form(asha, "/fn/sign_in", format!("form[identifier][]={number}&form[password][x]={WRONG}")).await;
    cage.form(asha, "/settings/freeze", format!("thaw=1&confirm={WRONG}")).await;
    cage.form(asha, "/settings/freeze", format!("thaw=1&confirm={PASSWORD}")).await;
    cage.form(asha, "/settings/limits", format!("day=x&confirm={WRONG}&confirm={PASSWORD}")).await;
    cage.form(asha, "/settings/approval", format!("set=1&pin={PIN}&confirm={PASSWORD}")).await;
    cage.form(asha, "/settings/approval", "ask=above&above=50000".to_owned()).await;
    for pin in [json!(WRONG_PIN), json!(PIN), json!(738416), json!([PIN]), json!({ "pin": PIN })] {
        let approval =
            json!({ "key": "canary-approval", "to": vikram.phone, "amount_minor": 1_00, "pin": pin });
        cage.call(asha, "/api/v1/approvals", "x", &approval).await;
    }
    cage.form(asha, "/fn/settings/approval/change", format!("form[set]=1&form[pin]={PIN}&form[pin]={PIN}"))
        .await;
    let pay = json!({ "to": vikram.phone, "amount_minor": 1_00, "note": NOTE });
    let other = json!({ "to": vikram.phone, "amount_minor": 2_00, "note": NOTE });
    let key = format!("{KEY}-{round}");
    for body in [&pay, &pay, &other] {
        cage.call(asha, "/api/v1/transfers", &key, body).await;
    }
    cage.call(asha, "/api/v1/on-ramps", &key, &json!({ "amount_minor": 500_00, "bank": "deccan" })).await;
    cage.form(asha, "/add-money", format!("amount=500&bank=deccan&key={key}-page")).await;
    for path in
        ["/home", "/activity", "/people", "/send", "/settings/sessions", "/settings/profile", "/nonsense"]
    {
        cage.get(asha, path).await;
    }
    cage.get(vikram, "/home").await;
    let by_key = format!("/api/v1/transfers/by-key/{key}");
    cage.get(asha, &by_key).await;
    // Here the key belongs: it names the draft, in the form and in its address.
    let heard = cage.heard.answers.len();
    cage.form(
        asha,
        "/send",
        format!("to={}&amount=1&note=x&key={key}-draft", vikram.phone.replace('+', "%2B")),
    )
    .await;
    let (_, page) = cage.form(asha, "/send/review", format!("draft={key}-draft&pin={WRONG_PIN}")).await;
    assert!(!page.contains(WRONG_PIN), "{page}");
    cage.form(asha, "/send/review", format!("draft={key}-draft&pin={PIN}")).await;
    cage.heard.answers.truncate(heard);
}

/// The second step of somebody who has one, by codes that are right, wrong and used before.
pub async fn second_steps(cage: &mut Cage, rohan: &Person, factor: &Factor, round: usize) {
    let mut there = cage.traveller("");
    there.submit("/sign-in", &first_step(rohan)).await;
    for code in [&factor.key, &factor.codes[round], &factor.codes[round]] {
        there.submit("/sign-in/code", &format!("code={code}&next=")).await;
    }
    there.get("/settings/second-factor").await;
}

/// The slow way round it, by a code that is wrong and one that is right, until its owner reads of it.
pub async fn way_back(cage: &mut Cage, rohan: &Person) {
    const PAGE: &str = "/sign-in/way-back";
    let mail = cage.mail.clone();
    let mut there = cage.traveller("");
    there.submit("/sign-in", &first_step(rohan)).await;
    assert_eq!(there.submit(PAGE, "ask=1").await, PAGE);
    let code = mail.code(&rohan.phone).await;
    there.submit(PAGE, &format!("begin=1&phone_code=12&email_code={code}")).await;
    assert_eq!(there.submit(PAGE, &format!("begin=1&phone_code={code}")).await, PAGE);
    let token = mail.token(&rohan.phone, PAGE_THAT_STOPS).await;
    there.other().open(PAGE_THAT_STOPS, &token).await;
}

fn first_step(person: &Person) -> String {
    format!("identifier={}&password={PASSWORD}&next=", person.phone.replace('+', "%2B"))
}
