//! A running `okane serve` on a database of its own, and people with a browser's cookie.

use std::net::{SocketAddr, ToSocketAddrs as _};
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};

use nix::sys::signal::Signal;
use reqwest::{Client, RequestBuilder, Response, StatusCode, Url};
use serde_json::{Value, json};
use sqlx::{ConnectOptions as _, PgPool};

use crate::mail::Mail;
use crate::support::program::{Program, client};

pub const PASSWORD: &str = "brass-lamp-river";
/// What codes are sealed with.
pub const SECRET: &str = "5e4c1d0e5e4c1d0e5e4c1d0e5e4c1d0e";
/// Paise that everyone has at their first sign-in.
pub const WELCOME: i64 = 100_000;

/// The server, narrow throttles and all. Ends with the test.
pub struct World {
    pub origin: String,
    pub http: Client,
    pub program: Program,
    /// Where its codes go, if it sends them.
    pub mail: Option<Mail>,
}

impl World {
    pub async fn new(owner: PgPool) -> Self {
        World::with(owner, &[] as &[(&str, &str)]).await
    }

    /// One more server on the same database, told something more by its environment.
    pub async fn with(owner: PgPool, settings: &[(&'static str, impl AsRef<str>)]) -> Self {
        let program = server(&owner, postgres(&owner), settings);
        program.start().await;
        World { origin: program.origin(), http: client(), program, mail: None }
    }

    /// Tells it to stop, as whoever deploys does.
    pub fn stop(&self) {
        self.program.signal(Signal::SIGTERM);
    }

    /// Everything it has logged.
    pub fn log(&self) -> String {
        self.program.log()
    }

    /// Somebody new, signed in.
    pub async fn person(&self, name: &str) -> Person {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let phone = format!("+9198{:08}", NUMBER.fetch_add(1, Ordering::Relaxed));
        self.asks_to_sign_up(name, &phone).await;
        let proof = json!({ "phone": phone, "code": self.code(&phone).await });
        let answer = self.post("/api/v1/users/verify", &proof).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::CREATED);
        Person::with(phone, &answer)
    }

    /// Somebody with an account, signed in.
    pub async fn signs_in(&self, phone: &str) -> Person {
        let credentials = json!({ "identifier": phone, "password": PASSWORD });
        let answer = self.post("/api/v1/session", &credentials).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        Person::with(phone.to_owned(), &answer)
    }

    /// Somebody wants an account, and is sent a code.
    pub async fn asks_to_sign_up(&self, name: &str, phone: &str) -> Response {
        let new = json!({ "name": name, "phone": phone, "password": PASSWORD });
        let answer = self.post("/api/v1/users", &new).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::CREATED);
        answer
    }

    /// The newest code that was sent there.
    pub async fn code(&self, address: &str) -> String {
        if let Some(mail) = &self.mail {
            return mail.code(address).await;
        }
        let inbox = self.get(&format!("/api/dev/inbox/{address}")).send().await.unwrap();
        let messages: Vec<Value> = inbox.json().await.unwrap();
        messages.iter().find_map(|message| message["code"].as_str()).unwrap().to_owned()
    }

    pub fn get(&self, path: &str) -> RequestBuilder {
        self.http.get(format!("{}{path}", self.origin))
    }

    pub fn post(&self, path: &str, body: &Value) -> RequestBuilder {
        self.http.post(format!("{}{path}", self.origin)).json(body)
    }
}

/// A test that fails leaves nobody in the database that is to be dropped.
impl Drop for World {
    fn drop(&mut self) {
        self.program.end();
    }
}

/// A server, not started yet, on the database that this pool has, which it finds at this address.
pub fn server(owner: &PgPool, postgres: SocketAddr, more: &[(&'static str, impl AsRef<str>)]) -> Program {
    let mut environment = vec![
        ("DATABASE_URL", database(owner, postgres).to_string()),
        ("BANK_URL", "http://127.0.0.1:1".to_owned()),
        ("WELCOME_CREDIT", WELCOME.to_string()),
        ("SESSION_SECRET", SECRET.to_owned()),
        ("DEV_INBOX", "1".to_owned()),
    ];
    environment.extend(more.iter().map(|(name, value)| (*name, value.as_ref().to_owned())));
    Program::new(env!("CARGO_BIN_EXE_okane"), env!("CARGO_TARGET_TMPDIR"), environment)
}

/// The database that this pool has, at this address, for the role of the web.
pub fn database(owner: &PgPool, postgres: SocketAddr) -> Url {
    let mut database = owner.connect_options().to_url_lossy();
    database.set_host(Some("127.0.0.1")).unwrap();
    database.set_port(Some(postgres.port())).unwrap();
    database.query_pairs_mut().append_pair("options[role]", "okane_web").append_pair("sslmode", "disable");
    database
}

/// Where this pool's Postgres is.
pub fn postgres(owner: &PgPool) -> SocketAddr {
    let options = owner.connect_options();
    let mut found = (options.get_host(), options.get_port()).to_socket_addrs().unwrap();
    found.find(SocketAddr::is_ipv4).unwrap()
}

/// Proves the books as whoever runs OKANE does.
pub fn audit(owner: &PgPool) {
    let output = Command::new(env!("CARGO_BIN_EXE_okane"))
        .arg("audit")
        .env_clear()
        .env("DATABASE_URL", owner.connect_options().to_url_lossy().as_str())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("all balances together are zero"), "{output:?}");
}

/// Somebody with a session.
pub struct Person {
    pub phone: String,
    /// `name=value`, to send.
    pub cookie: String,
    /// The whole `Set-Cookie` of the sign-in.
    pub set_cookie: String,
}

impl Person {
    fn with(phone: String, answer: &Response) -> Self {
        let set_cookie = answer.headers()["set-cookie"].to_str().unwrap().to_owned();
        Person { phone, cookie: set_cookie.split(';').next().unwrap().to_owned(), set_cookie }
    }

    pub async fn get(&self, world: &World, path: &str) -> Response {
        world.get(path).header("cookie", &self.cookie).send().await.unwrap()
    }

    /// One call that pays.
    pub async fn pay(&self, world: &World, key: &str, body: &Value) -> (StatusCode, Value) {
        self.try_to_pay(world, key, body).await.unwrap()
    }

    /// One call that pays, of a server that may die meanwhile.
    pub async fn try_to_pay(
        &self,
        world: &World,
        key: &str,
        body: &Value,
    ) -> reqwest::Result<(StatusCode, Value)> {
        let call = world.post("/api/v1/transfers", body).header("cookie", &self.cookie);
        let answer = call.header("idempotency-key", key).send().await?;
        Ok((answer.status(), answer.json().await?))
    }
}
