//! The activity, asked for oddly.

use reqwest::StatusCode;
use serde_json::json;
use sqlx::PgPool;

use crate::world::*;

const NOBODY: &str = "00000000000000000000000000000000";

#[sqlx::test(migrations = "../migrations")]
async fn no_page_of_the_activity_that_one_can_ask_for_is_trouble(owner: PgPool) {
    let world = World::new(owner).await;
    let asha = world.person("Asha Rao").await;
    let times = [
        "0",
        "-1",
        "253402207200999999",
        "253402300800000000",
        "-210866803200000000",
        "-210866803200000001",
        "-377705023201000000",
        "9223372036854775807",
        "-9223372036854775808",
        "9223372036854775808",
        "1e15",
        "NaN",
        "infinity",
        "%D9%A1",
        "%00",
        "%FF",
        "",
    ];
    for before in times.map(|time| format!("before={time}.{NOBODY}")).iter().map(String::as_str).chain([
        "before=",
        "before=.",
        "before=1.",
        "before=1.-1",
        "before=1.1.1",
        "before=1&before=2",
        "limit=0",
        "limit=18446744073709551615",
        "limit=-1",
        "limit=18446744073709551616",
        "limit=ten",
        "limit=",
        "limit=1&limit=2",
    ]) {
        let answer = asha.get(&world, &format!("/api/v1/activity?{before}")).await;
        match answer.status() {
            StatusCode::OK => (),
            status => {
                assert_eq!(status, StatusCode::BAD_REQUEST, "{before}");
                assert_eq!(answer.headers()["content-type"], "application/problem+json", "{before}");
            }
        }
        let page = asha.get(&world, &format!("/activity?{before}")).await.status();
        assert!(matches!(page, StatusCode::OK | StatusCode::NOT_FOUND), "{before}: {page}");
    }
    assert!(!world.log().contains("ERROR"), "{}", world.log());
}

#[sqlx::test(migrations = "../migrations")]
async fn a_row_that_was_drawn_before_shows_what_its_reader_is_to_see_now(owner: PgPool) {
    let world = World::new(owner.clone()).await;
    let asha = world.person("Asha Rao").await;
    let meera = world.person("Meera Krishnan").await;
    let body = json!({"to": meera.phone, "amount_minor": 12_350, "note": "tea", "undo_seconds": 0});
    assert_eq!(asha.pay(&world, "tea", &body).await.0, StatusCode::CREATED);
    let page = async |person: &Person, cookies: &str| {
        let call = world.get("/activity").header("cookie", format!("{}; {cookies}", person.cookie));
        call.send().await.unwrap().text().await.unwrap()
    };

    let (first, second) = (page(&asha, "").await, page(&asha, "").await);
    let row = |page: &str| page.split_once("<ol>").unwrap().1.split_once("</ol>").unwrap().0.to_owned();
    assert_eq!(row(&first), row(&second));
    assert!(row(&first).contains("\u{2212}₹123.50") && row(&first).contains("+05:30"), "{first}");
    let hidden = page(&asha, "hide=1").await;
    assert!(!hidden.contains("123.50") && row(&hidden).contains("amount hidden"), "{hidden}");
    let elsewhere = page(&asha, "zone=Asia/Tokyo").await;
    assert!(row(&elsewhere).contains("+09:00") && !row(&elsewhere).contains("+05:30"), "{elsewhere}");
    let other_side = page(&meera, "").await;
    assert!(row(&other_side).contains("+₹123.50") && row(&other_side).contains("Asha Rao"), "{other_side}");

    let call = world.http.post(format!("{}/settings/profile", world.origin)).header("cookie", &meera.cookie);
    let call =
        call.header("origin", &world.origin).header("content-type", "application/x-www-form-urlencoded");
    assert!(call.body("name=Meera+Iyer").send().await.unwrap().status().is_redirection());
    let renamed = page(&asha, "").await;
    assert!(row(&renamed).contains("Meera Iyer") && !row(&renamed).contains("Krishnan"), "{renamed}");
}
