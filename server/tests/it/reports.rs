//! What browsers tell of breaches of the policy: counted, logged once, and never believed.

use std::net::TcpListener;

use reqwest::{Response, StatusCode};
use serde_json::json;
use sqlx::PgPool;

use crate::world::*;

const OLD: &str = "application/csp-report";
const NEW: &str = "application/reports+json";

async fn tell(world: &World, kind: &str, body: impl ToString) -> Response {
    let call = world.http.post(format!("{}/reports/csp", world.origin)).header("content-type", kind);
    call.body(body.to_string()).send().await.unwrap()
}

#[sqlx::test(migrations = "../migrations")]
async fn a_breach_is_counted_by_directive_and_logged_once_without_anything_of_anybody(owner: PgPool) {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let address = format!("127.0.0.1:{port}");
    let world = World::with(owner, &[("METRICS_ADDR", &address)]).await;
    let page = "https://okane.example/receipts/0199-canary?draft=canary#canary";
    let old = json!({ "csp-report": {
        "document-uri": page, "referrer": page, "violated-directive": "script-src-elem",
        "effective-directive": "script-src-elem", "blocked-uri": "https://evil.example/x.js?cookie=canary",
        "script-sample": "canary", "disposition": "enforce"
    } });
    let new = json!([
        { "type": "csp-violation", "age": 3, "url": page, "user_agent": "canary", "body": {
            "documentURL": page, "blockedURL": "inline", "effectiveDirective": "style-src-attr", "sample": "canary" } },
        { "type": "deprecation", "body": { "id": "canary" } },
        { "type": "csp-violation", "body": { "effectiveDirective": "canary", "blockedURL": "canary", "documentURL": "canary" } },
    ]);
    for _ in 0..3 {
        assert_eq!(tell(&world, OLD, &old).await.status(), StatusCode::NO_CONTENT);
        assert_eq!(
            tell(&world, "application/reports+json; charset=utf-8", &new).await.status(),
            StatusCode::NO_CONTENT
        );
    }
    let told =
        world.http.get(format!("http://{address}/metrics")).send().await.unwrap().text().await.unwrap();
    for line in [
        r#"okane_csp_reports_total{directive="script-src-elem"} 3"#,
        r#"okane_csp_reports_total{directive="style-src-attr"} 3"#,
        r#"okane_csp_reports_total{directive="other"} 3"#,
    ] {
        assert!(told.contains(line), "{line} is not in\n{told}");
    }
    let log = world.log();
    let lines: Vec<_> = log.lines().filter(|line| line.contains("a page broke its policy")).collect();
    assert_eq!(lines.len(), 3, "{lines:?}");
    assert!(
        lines.iter().any(|line| line.contains("evil.example") && line.contains("/receipts/…")),
        "{lines:?}"
    );
    assert!(!log.contains("canary") && !told.contains("canary"), "{log}");
}

#[sqlx::test(migrations = "../migrations")]
async fn what_is_no_report_is_refused_and_so_is_more_than_anybody_reads(owner: PgPool) {
    let world = World::new(owner).await;
    for (kind, body, status) in [
        ("application/json", "{}".to_owned(), 415),
        ("text/plain", "x".to_owned(), 415),
        (OLD, "{".to_owned(), 400),
        (OLD, "[]".to_owned(), 400),
        (NEW, "{}".to_owned(), 400),
        (NEW, "[".repeat(15_000), 400),
        (OLD, "a".repeat(17 * 1024), 413),
    ] {
        let answer = tell(&world, kind, &body).await;
        assert_eq!(answer.status().as_u16(), status, "{kind} {}", &body[..body.len().min(20)]);
    }
    let foreign = world.http.post(format!("{}/reports/csp", world.origin)).header("content-type", OLD);
    let foreign = foreign.header("origin", "https://evil.example").body("{}").send().await.unwrap();
    assert_eq!(foreign.status(), StatusCode::FORBIDDEN);

    let mut refused = None;
    for _ in 0..200 {
        let answer = tell(&world, NEW, "[]").await;
        if answer.status() == StatusCode::TOO_MANY_REQUESTS {
            refused = Some(answer);
            break;
        }
        assert_eq!(answer.status(), StatusCode::NO_CONTENT);
    }
    assert_eq!(refused.expect("at some time it is enough").headers()["retry-after"], "60");
    assert_eq!(world.get("/sign-in").send().await.unwrap().status(), StatusCode::OK, "and pages go on");
}
