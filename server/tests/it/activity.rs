//! The activity, asked for oddly.

use reqwest::StatusCode;
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
