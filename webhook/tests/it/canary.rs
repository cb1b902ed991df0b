//! The bank's secrets, put through every road of its door and through what goes wrong on the way, and then looked for
//! where they have no business.

use std::net::{SocketAddr, TcpListener};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::StatusCode;
use serde_json::Value;
use sqlx::{ConnectOptions as _, PgPool};

use crate::{
    process::{self, Delivery},
    support::{door::Door, program::client},
    world::*,
};

const KEY: &[u8] = b"canary-webhook-secret-5d0e-71fb";
const DATABASE: &str = "canary-database-password-c90d";

fn local(port: u16) -> SocketAddr {
    ([127, 0, 0, 1], port).into()
}

/// A message, signed with the canary.
fn delivery(secret: &str, id: &str, body: &Value) -> Delivery {
    let (at, body) = (now(), body.to_string());
    let signature = secrets(secret).sign(id, at, body.as_bytes());
    (
        [
            ("webhook-id", id.to_owned()),
            ("webhook-timestamp", at.to_string()),
            ("webhook-signature", signature),
        ],
        body,
    )
}

#[sqlx::test(migrations = "../migrations")]
async fn no_secret_of_the_banks_is_found_where_it_has_no_business_whatever_goes_wrong(owner: PgPool) {
    let world = World::new(owner.clone()).await;
    let secret = format!("whsec_{}", STANDARD.encode(KEY));
    let postgres = Door::before("Postgres", process::postgres(&owner), None).await;
    let metrics =
        format!("127.0.0.1:{}", TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port());
    let mut database = owner.connect_options().to_url_lossy();
    database.set_host(Some("127.0.0.1")).unwrap();
    database.set_port(Some(postgres.port)).unwrap();
    database.set_password(Some(DATABASE)).unwrap();
    database
        .query_pairs_mut()
        .append_pair("options[role]", "okane_webhook")
        .append_pair("sslmode", "disable");
    let settings = [
        ("DATABASE_URL", database.as_str()),
        ("BANK_WEBHOOK_SECRETS", &secret),
        ("METRICS_ADDR", &metrics),
        ("REDIS_URL", "redis://127.0.0.1:1"),
        ("RUST_LOG", "debug"),
    ];
    let program = process::program(&owner, local(postgres.port), &settings);
    program.start().await;

    let intents = [world.intent().await, world.intent().await, world.intent().await];
    let (http, mut answers, mut signatures) = (client(), Vec::new(), Vec::new());
    let mut send = async |delivery: Delivery| {
        signatures.push(delivery.0[2].1.trim_start_matches("v1,").to_owned());
        let call = http.post(format!("{}/webhooks/bank", program.origin())).body(delivery.1);
        let call = delivery.0.iter().fold(call, |call, (name, value)| call.header(*name, value));
        let answer = call.send().await.unwrap();
        let (status, headers) = (answer.status(), format!("{:?}", answer.headers()));
        answers.push(format!("{headers}\n{}", answer.text().await.unwrap()));
        status
    };
    assert_eq!(send(delivery(&secret, "msg_1", &succeeded(&intents[0]))).await, StatusCode::OK);
    assert_eq!(send(delivery(&secret, "msg_1", &succeeded(&intents[0]))).await, StatusCode::OK);
    assert_eq!(
        send(delivery(&secret, "msg_1", &failed(&intents[0]))).await,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    let wrong = message("payment.succeeded", &intents[1].token, 1, "INR");
    assert_eq!(send(delivery(&secret, "msg_2", &wrong)).await, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(send(delivery(&secret, "msg_3", &Value::from("canary"))).await, StatusCode::BAD_REQUEST);
    assert_eq!(send(delivery(STRANGER, "msg_4", &succeeded(&intents[1]))).await, StatusCode::UNAUTHORIZED);
    sqlx::query("ALTER TABLE transfers ADD CONSTRAINT canary CHECK (amount < 1) NOT VALID")
        .execute(&owner)
        .await
        .unwrap();
    assert_eq!(
        send(delivery(&secret, "msg_5", &succeeded(&intents[2]))).await,
        StatusCode::SERVICE_UNAVAILABLE
    );
    postgres.strand();
    postgres.lead_to(local(1));
    assert_eq!(
        send(delivery(&secret, "msg_6", &succeeded(&intents[2]))).await,
        StatusCode::SERVICE_UNAVAILABLE
    );

    let log = program.log();
    assert!(log.contains("cannot settle now"), "it has something to tell: {log}");
    let told = http.get(format!("http://{metrics}/metrics")).send().await.unwrap().text().await.unwrap();
    let command = std::fs::read(format!("/proc/{}/cmdline", program.pid())).unwrap();
    let command = String::from_utf8_lossy(&command).into_owned();
    let mut canaries = vec![
        DATABASE.to_owned(),
        secret["whsec_".len()..].to_owned(),
        String::from_utf8(KEY.to_vec()).unwrap(),
    ];
    canaries.extend(intents.iter().map(|intent| intent.token.clone()));
    canaries.extend(signatures);
    let places = [("the log", &log), ("metrics", &told), ("the command line", &command)];
    let places = places.into_iter().chain(answers.iter().map(|answer| ("an answer", answer)));
    for (place, text) in places {
        for canary in &canaries {
            let line = text.lines().find(|line| line.contains(canary.as_str()));
            assert_eq!(line, None, "{canary} stands in {place}");
        }
    }
    program.end();
    world.close().await;
}
