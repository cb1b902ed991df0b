//! Who is to be paid has to be seen, so that a look-up tells whether somebody is here. It tells nothing more: of whom
//! there is not, it says the same in the same words, and in the time that finding somebody takes.

use reqwest::StatusCode;
use serde_json::{Value, json};
use sqlx::PgPool;

use super::likeness::{TRIES, ask, assert_alike, take_the_same_time};
use super::{UNHINDERED, sends};
use crate::world::*;

const UNKNOWN: &str = "+919700000000";
/// Of another country, where nobody is.
const FOREIGN: &str = "+442079460958";
const HANDLE: &str = "@nobody_here0";

#[sqlx::test(migrations = "../migrations")]
#[ignore = "times itself: runs alone"]
async fn of_whom_there_is_not_a_look_up_answers_alike_and_in_the_time_of_any(owner: PgPool) {
    let world = World::with(owner, &UNHINDERED).await;
    let ravi = world.person("Ravi Menon").await;
    let pay = |to: &str| {
        let call = world.post("/api/v1/transfers", &json!({ "to": to, "amount_minor": 1_00 }));
        call.header("cookie", &ravi.cookie).header("idempotency-key", "a-look")
    };
    let form = |path: &str, to: &str| {
        let call = sends(&world, path, &[("to", to), ("amount", "1"), ("note", ""), ("key", "a-look")]);
        call.header("cookie", &ravi.cookie)
    };
    let add = |to: &str| sends(&world, "/people", &[("to", to)]).header("cookie", &ravi.cookie);
    // A handle is called so; nothing else differs.
    const SENTENCES: [&str; 2] = ["Nobody with this number uses OKANE.", "Nobody has this handle."];
    let mut seen = Vec::new();
    for to in [UNKNOWN, FOREIGN, HANDLE] {
        let [called, sent, added] = [ask(pay(to)).await, ask(form("/send", to)).await, ask(add(to)).await];
        for answer in [&called, &sent, &added] {
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{to}: {}", answer.body);
            assert!(SENTENCES.iter().any(|sentence| answer.body.contains(sentence)), "{}", answer.body);
        }
        let problem: Value = serde_json::from_str(&called.body).unwrap();
        assert_eq!(problem["type"], "/problems/unknown-payee");
        let typed = [&[to][..], &SENTENCES].concat();
        let answers = [called, sent, added].map(|answer| {
            let (status, mut headers, body) = answer.without(&typed);
            headers.retain(|(name, _)| name != "content-length"); // of a sentence that is shorter
            (status, headers, body)
        });
        seen.push(answers);
    }
    assert_alike(&seen[0], &seen[1]);
    assert_alike(&seen[0], &seen[2]);

    // Whoever names themself is found, and refused right after.
    let known = ask(form("/send", &ravi.phone)).await;
    assert!(known.body.contains("This is your own number."), "{}", known.body);
    let what = ["looking a number up", "looking a number of elsewhere up", "looking a handle up"];
    take_the_same_time(what, 2 * TRIES, async |pair, is_known| {
        let unknown = [UNKNOWN, FOREIGN, HANDLE][pair];
        ask(form("/send", if is_known { &ravi.phone } else { unknown })).await.took
    })
    .await;
}
