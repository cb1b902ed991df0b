//! What whoever runs OKANE does about a person, and what the person sees of it.

use std::process::{Command, Output};

use reqwest::StatusCode;
use serde_json::{Value, json};
use sqlx::{ConnectOptions as _, PgPool};

use crate::openid::visitor::{Visitor, location};
use crate::world::*;

/// `okane …`, by the owner of the database.
fn okane(owner: &PgPool, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_okane"));
    command.args(arguments).env_clear();
    command.env("DATABASE_URL", owner.connect_options().to_url_lossy().as_str()).output().unwrap()
}

fn said(output: &Output) -> String {
    assert!(output.status.success(), "{output:?}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

async fn is_signed_in(world: &World, person: &Person) -> bool {
    person.get(world, "/api/v1/balance").await.status() == StatusCode::OK
}

async fn begins(world: &World, phone: &str, password: &str) -> (StatusCode, Value) {
    let credentials = json!({ "identifier": phone, "password": password });
    let answer = world.post("/api/v1/session", &credentials).send().await.unwrap();
    (answer.status(), answer.json().await.unwrap())
}

#[sqlx::test(migrations = "../migrations")]
async fn whoever_is_suspended_is_signed_out_everywhere_and_nothing_leaves_until_they_are_back(owner: PgPool) {
    const WIDE: &[(&str, &str)] = &[("RATE_LIMIT_SCALE", "100")];
    let (one, two) = (World::with(owner.clone(), WIDE).await, World::with(owner.clone(), WIDE).await);
    let (asha, vikram) = (one.person("Asha Rao").await, one.person("Vikram Shah").await);
    let other = two.signs_in(&asha.phone).await;
    let waits = json!({ "to": vikram.phone, "amount_minor": 1_00, "undo_seconds": 600 });
    let (status, held) = asha.pay(&one, "waits", &waits).await;
    assert_eq!((status, &held["status"]), (StatusCode::CREATED, &json!("PENDING")));

    let shut = said(&okane(&owner, &["suspend", &asha.phone, "--because", "stolen, says the police"]));
    assert!(shut.contains("1 waiting payments were given back"), "{shut}");
    for world in [&one, &two] {
        assert!(!is_signed_in(world, &asha).await && !is_signed_in(world, &other).await);
        let (status, problem) = begins(world, &asha.phone, PASSWORD).await;
        assert_eq!((status, &problem["type"]), (StatusCode::FORBIDDEN, &json!("/problems/suspended")));
        let (status, problem) = begins(world, &asha.phone, "a-wrong-password").await;
        assert_eq!((status, &problem["type"]), (StatusCode::UNAUTHORIZED, &json!("/problems/signed-out")));
    }
    let mut visitor = Visitor::new(&one);
    let form = format!("identifier={}&password={PASSWORD}&next=", asha.phone.replace('+', "%2B"));
    let page = visitor.submit("/sign-in", &form).await;
    assert_eq!(page.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let page = page.text().await.unwrap();
    assert!(page.contains("This account is suspended") && !page.contains("police"), "{page}");
    // Another password is no way round it.
    let reset = visitor.submit("/forgotten", &format!("identifier={}", asha.phone.replace('+', "%2B"))).await;
    let code = one.code(&asha.phone).await;
    let to = location(&reset);
    let query = to.split_once('?').map(|(_, query)| query).unwrap_or_default().to_owned();
    let form = format!("{query}&code={code}&password=kettle-moss-arch");
    visitor.submit("/forgotten/code", &form).await;
    assert_eq!(begins(&one, &asha.phone, "kettle-moss-arch").await.0, StatusCode::FORBIDDEN);
    // What is sent to them arrives.
    let (status, _) = vikram.pay(&two, "arrives", &json!({ "to": asha.phone, "amount_minor": 5_00 })).await;
    assert_eq!(status, StatusCode::CREATED);

    assert!(said(&okane(&owner, &["suspend", &asha.phone, "--because", "again"])).contains("already"));
    assert!(said(&okane(&owner, &["restore", &asha.phone])).contains("can sign in again"));
    assert!(!is_signed_in(&one, &asha).await, "what was ended stays ended");
    let credentials = json!({ "identifier": asha.phone, "password": "kettle-moss-arch" });
    let answer = one.post("/api/v1/session", &credentials).send().await.unwrap();
    let cookie = answer.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    let balance: Value =
        one.get("/api/v1/balance").header("cookie", &cookie).send().await.unwrap().json().await.unwrap();
    assert_eq!(balance["available_minor"], WELCOME + 5_00, "what waited is back, and what came is there");
    let pay = one.post("/api/v1/transfers", &json!({ "to": vikram.phone, "amount_minor": 1_00 }));
    let answer = pay.header("cookie", &cookie).header("idempotency-key", "frozen").send().await.unwrap();
    assert_eq!(answer.json::<Value>().await.unwrap()["type"], "/problems/frozen", "until its owner thaws it");
    assert!(said(&okane(&owner, &["restore", &asha.phone])).contains("was not shut out"));
    audit(&owner);
}

#[sqlx::test(migrations = "../migrations")]
async fn the_operator_ends_the_sessions_of_one_or_of_all_and_names_nobody_who_is_not_there(owner: PgPool) {
    let world = World::new(owner.clone()).await;
    let (asha, vikram) = (world.person("Asha Rao").await, world.person("Vikram Shah").await);
    world.signs_in(&asha.phone).await;
    for wrong in [&["sign-out"][..], &["sign-out", &asha.phone, "--everybody"], &["sign-out", "nobody"]] {
        assert_eq!(okane(&owner, wrong).status.code(), Some(2), "{wrong:?}");
    }
    assert!(!okane(&owner, &["sign-out", "+919999999999"]).status.success());
    assert!(!okane(&owner, &["suspend", &asha.phone, "--because", " "]).status.success());
    assert!(is_signed_in(&world, &asha).await && is_signed_in(&world, &vikram).await);
    assert_eq!(said(&okane(&owner, &["sign-out", &asha.phone])), "2 sessions ended\n");
    assert!(!is_signed_in(&world, &asha).await && is_signed_in(&world, &vikram).await);
    let asha = world.signs_in(&asha.phone).await;
    assert_eq!(said(&okane(&owner, &["sign-out", "--everybody"])), "2 sessions ended\n");
    assert!(!is_signed_in(&world, &asha).await && !is_signed_in(&world, &vikram).await);
}

#[sqlx::test(migrations = "../migrations")]
async fn the_web_can_end_no_suspension_nor_read_why_it_is(owner: PgPool) {
    let world = World::new(owner.clone()).await;
    let asha = world.person("Asha Rao").await;
    said(&okane(&owner, &["suspend", &asha.phone, "--because", "stolen"]));
    let mut web = owner.begin().await.unwrap();
    sqlx::query("SET LOCAL ROLE okane_web").execute(&mut *web).await.unwrap();
    sqlx::query("SELECT person FROM suspensions").execute(&mut *web).await.unwrap();
    web.rollback().await.unwrap();
    for statement in [
        "DELETE FROM suspensions",
        "UPDATE suspensions SET since = now()",
        "INSERT INTO suspensions (person, reason) SELECT id, 'x' FROM users",
        "SELECT reason FROM suspensions",
    ] {
        let mut web = owner.begin().await.unwrap();
        sqlx::query("SET LOCAL ROLE okane_web").execute(&mut *web).await.unwrap();
        let error = sqlx::query(statement).execute(&mut *web).await.unwrap_err();
        assert_eq!(error.as_database_error().unwrap().code().as_deref(), Some("42501"), "{statement}");
    }
}
