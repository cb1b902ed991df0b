//! What is counted is told on an address of its own, and tells nothing of anybody.

use std::net::TcpListener;

use reqwest::StatusCode;
use sqlx::PgPool;

use crate::world::*;

#[sqlx::test(migrations = "../migrations")]
async fn requests_and_the_cache_are_counted_by_route_on_another_address_and_name_nobody(owner: PgPool) {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let address = format!("127.0.0.1:{port}");
    let world = World::with(owner, &[("METRICS_ADDR", &address)]).await;
    let person = world.person("Asha Rao").await;
    for _ in 0..3 {
        assert_eq!(person.get(&world, "/api/v1/balance").await.status(), StatusCode::OK);
    }
    assert_eq!(person.get(&world, "/home").await.status(), StatusCode::OK);
    let id = "0199c3a4-2b1f-7c3d-9e4f-5a6b7c8d9e0f";
    let missing = person.get(&world, &format!("/api/v1/transfers/{id}")).await;
    assert_eq!(missing.status(), StatusCode::NOT_FOUND);
    assert_eq!(world.get("/nonsense/of/somebody").send().await.unwrap().status(), StatusCode::NOT_FOUND);

    let told =
        world.http.get(format!("http://{address}/metrics")).send().await.unwrap().text().await.unwrap();
    for line in [
        r#"okane_http_requests_total{route="/api/v1/balance",status="200"} 3"#,
        r#"okane_http_requests_total{route="/api/v1/transfers/{id}",status="404"} 1"#,
        r#"okane_http_requests_total{route="none",status="404"} 1"#,
        r#"okane_http_request_seconds_count{route="/api/v1/balance"} 3"#,
        r#"okane_cache_reads_total{kind=""#,
    ] {
        assert!(told.contains(line), "{line} is not in\n{told}");
    }
    for secret in [&person.phone[3..], id, "somebody", person.cookie.split('=').nth(1).unwrap()] {
        assert!(!told.contains(secret), "{secret}");
    }
    assert_eq!(world.get("/metrics").send().await.unwrap().status(), StatusCode::NOT_FOUND);
}
