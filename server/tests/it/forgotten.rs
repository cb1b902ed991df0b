//! The way from a forgotten password to another, as a browser goes it without script.

use reqwest::{Response, StatusCode};
use serde_json::json;
use sqlx::PgPool;

use crate::world::*;

const NEW: &str = "kettle-moss-arch";

async fn submit(world: &World, path: &str, form: &str) -> Response {
    let call = world.http.post(format!("{}{path}", world.origin)).body(form.to_owned());
    call.header("content-type", "application/x-www-form-urlencoded").send().await.unwrap()
}

fn location(answer: &Response) -> String {
    answer.headers()["location"].to_str().unwrap().to_owned()
}

#[sqlx::test(migrations = "../migrations")]
async fn whoever_has_the_code_chooses_another_password_and_is_signed_out_everywhere(owner: PgPool) {
    let world = World::new(owner).await;
    let asha = world.person("Asha Rao").await;
    let answer =
        submit(&world, "/forgotten", &format!("identifier={}", asha.phone.replace('+', "%2B"))).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    let address = location(&answer);
    let attempt = address.strip_prefix("/forgotten/code?attempt=").unwrap().to_owned();
    let page = world.get(&address).send().await.unwrap().text().await.unwrap();
    assert!(page.contains("If there is an account") && !page.contains(&asha.phone), "{page}");

    let code = world.code(&asha.phone).await;
    let wrong = if code == "000000" { "000001" } else { "000000" };
    for (form, sentence) in [
        (format!("attempt={attempt}&code=12&password={NEW}"), "Enter the six digits"),
        (format!("attempt={attempt}&code={code}&password=short"), "Use at least 12 characters"),
        (format!("attempt={attempt}&code={wrong}&password={NEW}"), "This code is not right"),
        (format!("attempt={attempt}&code={code}&password=asha+rao+2024"), "easy to guess"),
        (format!("attempt=nonsense&code={code}&password={NEW}"), "too old"),
    ] {
        let answer = submit(&world, &address, &form).await;
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY, "{form}");
        let page = answer.text().await.unwrap();
        assert!(page.contains(sentence) && !page.contains(NEW), "{form}: {page}");
    }
    assert_eq!(asha.get(&world, "/api/v1/balance").await.status(), StatusCode::OK);

    let form = format!("attempt={attempt}&code={code}&password={NEW}");
    let answer = submit(&world, &address, &form).await;
    assert_eq!(location(&answer), "/sign-in?changed=password");
    let page = world.get("/sign-in?changed=password").send().await.unwrap().text().await.unwrap();
    assert!(page.contains("You are signed out everywhere."), "{page}");
    assert_eq!(asha.get(&world, "/api/v1/balance").await.status(), StatusCode::UNAUTHORIZED);
    for (password, status) in [(NEW, StatusCode::OK), (PASSWORD, StatusCode::UNAUTHORIZED)] {
        let credentials = json!({ "identifier": asha.phone, "password": password });
        assert_eq!(world.post("/api/v1/session", &credentials).send().await.unwrap().status(), status);
    }
    let again = submit(&world, &address, &form).await;
    assert_eq!(again.status(), StatusCode::UNPROCESSABLE_ENTITY, "a code is used once");
}
