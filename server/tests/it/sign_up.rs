//! From a form to a person, as a browser and as a program go it.

use reqwest::StatusCode;
use serde_json::{Value, json};
use sqlx::PgPool;

use crate::openid::visitor::{Visitor, location};
use crate::world::*;

const PHONE: &str = "+919811111111";

#[sqlx::test(migrations = "../migrations")]
async fn until_the_number_is_proven_nobody_can_be_paid_or_sign_in_by_it(owner: PgPool) {
    let world = World::new(owner).await;
    let vikram = world.person("Vikram Shah").await;
    let asked = world.asks_to_sign_up("Asha Rao", PHONE).await;
    assert!(!asked.headers().contains_key("set-cookie"));
    assert_eq!(asked.json::<Value>().await.unwrap(), json!({ "verify": "phone" }));

    let body = json!({ "to": PHONE, "amount_minor": 1_00 });
    let (status, problem) = vikram.pay(&world, "key-1", &body).await;
    assert_eq!(
        (status, &problem["type"]),
        (StatusCode::UNPROCESSABLE_ENTITY, &json!("/problems/unknown-payee"))
    );
    let credentials = json!({ "identifier": PHONE, "password": PASSWORD });
    let signed_in = world.post("/api/v1/session", &credentials).send().await.unwrap();
    assert_eq!(signed_in.status(), StatusCode::UNAUTHORIZED);

    let code = world.code(PHONE).await;
    let wrong = if code == "000000" { "000001" } else { "000000" };
    let prove = async |code: &str| {
        world.post("/api/v1/users/verify", &json!({ "phone": PHONE, "code": code })).send().await.unwrap()
    };
    let refused = prove(wrong).await;
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(refused.json::<Value>().await.unwrap()["type"], "/problems/code-refused");
    assert_eq!(prove("12").await.status(), StatusCode::BAD_REQUEST);
    let proven = prove(&code).await;
    assert_eq!(proven.status(), StatusCode::CREATED);
    let cookie = proven.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    assert!(proven.json::<Value>().await.unwrap()["id"].is_string());
    let balance = world.get("/api/v1/balance").header("cookie", cookie).send().await.unwrap();
    assert_eq!(balance.json::<Value>().await.unwrap()["available_minor"], WELCOME);
    assert_eq!(prove(&code).await.status(), StatusCode::UNPROCESSABLE_ENTITY, "once");
    let (status, paid) = vikram.pay(&world, "key-2", &body).await;
    assert_eq!(status, StatusCode::CREATED, "{paid}");
}

#[sqlx::test(migrations = "../migrations")]
async fn a_browser_is_asked_for_the_code_can_have_a_new_one_and_comes_back_to_where_it_was_going(
    owner: PgPool,
) {
    let world = World::new(owner).await;
    let form = format!(
        "name=Asha+Rao&phone={}&email=asha%40example.in&password={PASSWORD}&next=/activity",
        &PHONE[3..]
    );
    let mut visitor = Visitor::new(&world);
    let address = location(&visitor.submit("/sign-up", &form).await);
    let attempt = address.split(['=', '&']).nth(1).unwrap().to_owned();
    let page = visitor.get(&address).await.text().await.unwrap();
    for text in
        ["+91 98111 11111", "asha@example.in", "autocomplete=\"one-time-code\"", "inputmode=\"numeric\""]
    {
        assert!(page.contains(text), "{text}: {page}");
    }
    let first = world.code(PHONE).await;
    let again = visitor.submit(&address, &format!("attempt={attempt}&again=1&next=/activity")).await;
    assert_eq!(location(&again), format!("{address}&sent=1"));
    let page = visitor.get(&location(&again)).await.text().await.unwrap();
    assert!(page.contains("A new code is on its way."), "{page}");
    let (second, email) = (world.code(PHONE).await, world.code("asha@example.in").await);

    let forms = [
        (format!("code={first}&email_code={email}"), "This code is not right"),
        (format!("code=12&email_code={email}"), "Enter the six digits"),
        (format!("code={second}&email_code={first}"), "not the code that went to your email"),
    ];
    for (codes, sentence) in forms.into_iter().filter(|(codes, _)| first != second || !codes.contains(&first))
    {
        let answer = visitor.submit(&address, &format!("attempt={attempt}&{codes}&next=/activity")).await;
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY, "{codes}");
        let page = answer.text().await.unwrap();
        assert!(page.contains(sentence) && page.contains("No account was made yet."), "{codes}: {page}");
    }
    let right = format!("attempt={attempt}&code={second}&email_code={email}&next=/activity");
    let proven = visitor.submit(&address, &right).await;
    assert_eq!(location(&proven), "/activity");
    assert!(proven.headers().contains_key("set-cookie"));
    assert_eq!(location(&visitor.get(&address).await), "/home", "who is signed in has no use for it");
    let credentials = json!({ "identifier": "asha@example.in", "password": PASSWORD });
    let signed_in = world.post("/api/v1/session", &credentials).send().await.unwrap();
    assert_eq!(signed_in.status(), StatusCode::OK, "the address is proven too");
}

#[sqlx::test(migrations = "../migrations")]
async fn a_link_to_somebody_elses_attempt_proves_nothing_of_theirs(owner: PgPool) {
    let world = World::new(owner).await;
    let (mut attacker, mut owner_of_it) = (Visitor::new(&world), Visitor::new(&world));
    let form = format!("name=Mallory&phone={}&email=&password={PASSWORD}&next=", &PHONE[3..]);
    let link = location(&attacker.submit("/sign-up", &form).await);
    let page = owner_of_it.get(&link).await.text().await.unwrap();
    assert!(page.contains("This code is over") && !page.contains("98111"), "{page}");
    let (_, attempt) = link.split_once('?').unwrap();
    let code = world.code(PHONE).await;
    let proof = format!("{attempt}&code={code}");
    assert_eq!(owner_of_it.submit(&link, &proof).await.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert!(!owner_of_it.is_signed_in().await);
    assert_eq!(location(&attacker.submit(&link, &proof).await), "/home", "the code was not used up by it");
}
