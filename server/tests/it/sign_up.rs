//! From a form to a person, as a browser and as a program go it.

use reqwest::{Response, StatusCode};
use serde_json::{Value, json};
use sqlx::PgPool;

use crate::world::*;

const PHONE: &str = "+919811111111";

async fn submit(world: &World, path: &str, form: &str) -> Response {
    let call = world.http.post(format!("{}{path}", world.origin)).body(form.to_owned());
    call.header("content-type", "application/x-www-form-urlencoded").send().await.unwrap()
}

fn location(answer: &Response) -> String {
    answer.headers()["location"].to_str().unwrap().to_owned()
}

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
    let address = location(&submit(&world, "/sign-up", &form).await);
    let attempt = address.split(['=', '&']).nth(1).unwrap().to_owned();
    let page = world.get(&address).send().await.unwrap().text().await.unwrap();
    for text in
        ["+91 98111 11111", "asha@example.in", "autocomplete=\"one-time-code\"", "inputmode=\"numeric\""]
    {
        assert!(page.contains(text), "{text}: {page}");
    }
    let first = world.code(PHONE).await;
    let again = submit(&world, &address, &format!("attempt={attempt}&again=1&next=/activity")).await;
    assert_eq!(location(&again), format!("{address}&sent=1"));
    let page = world.get(&location(&again)).send().await.unwrap().text().await.unwrap();
    assert!(page.contains("A new code is on its way."), "{page}");
    let (second, email) = (world.code(PHONE).await, world.code("asha@example.in").await);

    let forms = [
        (format!("code={first}&email_code={email}"), "This code is not right"),
        (format!("code=12&email_code={email}"), "Enter the six digits"),
        (format!("code={second}&email_code={first}"), "not the code that went to your email"),
    ];
    for (codes, sentence) in forms.into_iter().filter(|(codes, _)| first != second || !codes.contains(&first))
    {
        let answer = submit(&world, &address, &format!("attempt={attempt}&{codes}&next=/activity")).await;
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY, "{codes}");
        let page = answer.text().await.unwrap();
        assert!(page.contains(sentence) && page.contains("No account was made yet."), "{codes}: {page}");
    }
    let right = format!("attempt={attempt}&code={second}&email_code={email}&next=/activity");
    let proven = submit(&world, &address, &right).await;
    assert_eq!(location(&proven), "/activity");
    assert!(proven.headers().contains_key("set-cookie"));
    let over = world.get(&address).send().await.unwrap().text().await.unwrap();
    assert!(over.contains("This code is over"), "{over}");
    let credentials = json!({ "identifier": "asha@example.in", "password": PASSWORD });
    let signed_in = world.post("/api/v1/session", &credentials).send().await.unwrap();
    assert_eq!(signed_in.status(), StatusCode::OK, "the address is proven too");
}
