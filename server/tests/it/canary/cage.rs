//! The server with a password to everything it talks to, and doors before what can be taken away from it.

use std::net::{SocketAddr, TcpListener};

use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::Value;
use sqlx::PgPool;
use tokio::task::JoinSet;

use super::traveller::Traveller;
use super::{DATABASE, MAIL, REDIS};
use crate::mail::Mail;
use crate::openid::provider::{CLIENT, Provider, SECRET as CLIENT_SECRET};
use crate::openid::visitor::Visitor;
use crate::support::door::Door;
use crate::support::redis::Redis;
use crate::world::*;

pub struct Cage {
    pub world: World,
    pub mail: Mail,
    pub provider: Provider,
    pub heard: Heard,
    redis: Redis,
    metrics: String,
    to_postgres: Door,
    to_redis: Door,
}

impl Cage {
    pub async fn new(owner: &PgPool) -> Self {
        let (mail, provider, redis) = (Mail::start().await, Provider::new().await, Redis::start().await);
        assert_eq!(redis.say(&["CONFIG", "SET", "requirepass", REDIS]), "OK");
        let to_postgres = Door::before("Postgres", postgres(owner), None).await;
        let to_redis = Door::before("Redis", local(redis.port), None).await;
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let metrics = format!("127.0.0.1:{port}");
        let mut database = database(owner, local(to_postgres.port));
        database.set_password(Some(DATABASE)).unwrap();
        let mut settings = vec![
            ("DATABASE_URL", database.to_string()),
            ("REDIS_URL", format!("redis://:{REDIS}@127.0.0.1:{}", to_redis.port)),
            ("METRICS_ADDR", metrics.clone()),
            ("OIDC_ISSUER", provider.issuer.clone()),
            ("OIDC_CLIENT_ID", CLIENT.to_owned()),
            ("OIDC_CLIENT_SECRET", CLIENT_SECRET.to_owned()),
            ("RUST_LOG", "debug".to_owned()),
            ("RATE_LIMIT_SCALE", "1000".to_owned()),
        ];
        settings.extend(mail.settings_for(&format!("okane:{MAIL}@")));
        let mut world = World::with(owner.clone(), &settings).await;
        world.mail = Some(mail.clone());
        let heard = Heard::default();
        Cage { world, mail, provider, heard, redis, metrics, to_postgres, to_redis }
    }

    /// From now on no Redis answers.
    pub fn lose_redis(&self) {
        self.to_redis.strand();
        self.to_redis.lead_to(local(1));
    }

    /// From now on no Postgres answers.
    pub fn lose_postgres(&self) {
        self.to_postgres.strand();
        self.to_postgres.lead_to(local(1));
    }

    async fn hear(&mut self, call: RequestBuilder) -> (StatusCode, String) {
        self.heard.keep(call.send().await.unwrap()).await
    }

    pub async fn get(&mut self, person: &Person, path: &str) -> (StatusCode, String) {
        self.hear(self.world.get(path).header("cookie", &person.cookie)).await
    }

    pub async fn form(&mut self, person: &Person, path: &str, body: String) -> (StatusCode, String) {
        let call = self.world.http.post(format!("{}{path}", self.world.origin)).body(body);
        let call = call.header("content-type", "application/x-www-form-urlencoded");
        self.hear(call.header("cookie", &person.cookie)).await
    }

    pub async fn call(
        &mut self,
        person: &Person,
        path: &str,
        key: &str,
        body: &Value,
    ) -> (StatusCode, String) {
        let call = self.world.post(path, body).header("cookie", &person.cookie);
        self.hear(call.header("idempotency-key", key)).await
    }

    /// A browser of somebody's, with the cookie it begins with.
    pub fn traveller(&mut self, cookie: &str) -> Traveller<'_> {
        let visitor = Visitor { world: &self.world, cookie: cookie.to_owned() };
        Traveller { visitor, heard: &mut self.heard }
    }

    /// Sends everything once more that travellers have sent, all at once; what is answered is kept.
    pub async fn everything_again(&mut self) {
        let mut calls = JoinSet::new();
        for Sent { method, path, cookie, form } in std::mem::take(&mut self.heard.sent) {
            let call = self.world.http.request(method, format!("{}{path}", self.world.origin));
            let call = call.header("content-type", "application/x-www-form-urlencoded").body(form);
            calls.spawn(call.header("cookie", cookie).send());
        }
        for answer in calls.join_all().await {
            self.heard.keep(answer.unwrap()).await;
        }
    }

    /// What is counted.
    pub async fn metrics(&self) -> String {
        let answer = self.world.http.get(format!("http://{}/metrics", self.metrics)).send().await.unwrap();
        answer.text().await.unwrap()
    }

    /// Every key of Redis with its value, by another door than the server's.
    pub async fn everything_in_redis(&self) -> String {
        let url = format!("redis://:{REDIS}@127.0.0.1:{}", self.redis.port);
        let client = ::redis::Client::open(url).unwrap();
        let mut redis = client.get_multiplexed_async_connection().await.unwrap();
        let keys: Vec<Vec<u8>> = ::redis::cmd("KEYS").arg("*").query_async(&mut redis).await.unwrap();
        let mut found = String::new();
        for key in keys {
            let value: Option<Vec<u8>> =
                ::redis::cmd("GET").arg(&key).query_async(&mut redis).await.unwrap_or_default();
            for part in [key, value.unwrap_or_default()] {
                found.push_str(&String::from_utf8_lossy(&part));
                found.push('\n');
            }
        }
        found
    }
}

/// What was said through the bars.
#[derive(Default)]
pub struct Heard {
    /// Every answer that was got, with its headers but for the session, which belongs there.
    pub answers: Vec<String>,
    pub sent: Vec<Sent>,
    /// Of every session that was begun.
    pub cookies: Vec<String>,
}

/// What a traveller has sent.
pub struct Sent {
    pub method: Method,
    pub path: String,
    pub cookie: String,
    pub form: String,
}

impl Heard {
    pub async fn keep(&mut self, answer: reqwest::Response) -> (StatusCode, String) {
        let status = answer.status();
        let mut headers = answer.headers().clone();
        if let Some(cookie) = headers.remove("set-cookie").and_then(|it| it.to_str().ok().map(str::to_owned))
        {
            let value = cookie.split_once('=').unwrap().1.split(';').next().unwrap();
            self.cookies.extend((value.len() > 20).then(|| value.to_owned())); // and not one that is ended
        }
        let body = answer.text().await.unwrap();
        self.answers.push(format!("{headers:?}\n{body}"));
        (status, body)
    }
}

pub fn local(port: u16) -> SocketAddr {
    ([127, 0, 0, 1], port).into()
}
