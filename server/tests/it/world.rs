//! A running `okane serve` on a database of its own, and people with a browser's cookie.

use std::{
    fs::File,
    net::TcpListener,
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use reqwest::{Client, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};
use sqlx::{ConnectOptions as _, PgPool};
use uuid::Uuid;

const PASSWORD: &str = "brass-lamp-river";
/// Paise that everyone has at their first sign-in.
pub const WELCOME: i64 = 100_000;

/// The server, narrow throttles and all. Ends with the test.
pub struct World {
    pub origin: String,
    pub http: Client,
    log: PathBuf,
    process: Child,
}

impl World {
    pub async fn new(owner: PgPool) -> Self {
        World::with(owner, &[]).await
    }

    /// One more server on the same database, told something more by its environment.
    pub async fn with(owner: PgPool, settings: &[(&str, &str)]) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let origin = format!("http://127.0.0.1:{port}");
        let mut database = owner.connect_options().to_url_lossy();
        database.query_pairs_mut().append_pair("options[role]", "okane_web");
        let log = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{}.log", Uuid::new_v4()));
        let process = Command::new(env!("CARGO_BIN_EXE_okane"))
            .arg("serve")
            .env_clear()
            .env("DATABASE_URL", database.as_str())
            .env("LISTEN_ADDR", format!("127.0.0.1:{port}"))
            .env("PUBLIC_ORIGIN", &origin)
            .env("BANK_URL", "http://127.0.0.1:1")
            .env("WELCOME_CREDIT", WELCOME.to_string())
            .envs(settings.iter().copied())
            .stdin(Stdio::null())
            .stdout(File::create(&log).unwrap())
            .spawn()
            .unwrap();
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        let world = World { origin, http, log, process };
        for _ in 0..400 {
            let ready = world.http.get(format!("{}/readyz", world.origin)).send().await;
            if ready.is_ok_and(|answer| answer.status() == StatusCode::OK) {
                return world;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("okane is not ready: {}", world.log());
    }

    /// Tells it to stop, as whoever deploys does.
    pub fn stop(&self) {
        let stopped = Command::new("kill").arg(self.process.id().to_string()).status();
        assert!(stopped.unwrap().success());
    }

    /// Everything it has logged.
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap()
    }

    /// Somebody new, signed in.
    pub async fn person(&self, name: &str) -> Person {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let phone = format!("+9198{:08}", NUMBER.fetch_add(1, Ordering::Relaxed));
        let new = json!({ "name": name, "phone": phone, "password": PASSWORD });
        let answer = self.post("/api/v1/users", &new).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::CREATED);
        let credentials = json!({ "identifier": phone, "password": PASSWORD });
        let answer = self.post("/api/v1/session", &credentials).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        let set_cookie = answer.headers()["set-cookie"].to_str().unwrap().to_owned();
        Person { phone, cookie: set_cookie.split(';').next().unwrap().to_owned(), set_cookie }
    }

    pub fn get(&self, path: &str) -> RequestBuilder {
        self.http.get(format!("{}{path}", self.origin))
    }

    pub fn post(&self, path: &str, body: &Value) -> RequestBuilder {
        self.http.post(format!("{}{path}", self.origin)).json(body)
    }
}

/// A test that fails leaves no server behind either, nor anybody in the database that is to be dropped.
impl Drop for World {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = std::fs::remove_file(&self.log);
    }
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
    pub async fn get(&self, world: &World, path: &str) -> Response {
        world.get(path).header("cookie", &self.cookie).send().await.unwrap()
    }

    /// One call that pays.
    pub async fn pay(&self, world: &World, key: &str, body: &Value) -> (StatusCode, Value) {
        let call = world.post("/api/v1/transfers", body).header("cookie", &self.cookie);
        let answer = call.header("idempotency-key", key).send().await.unwrap();
        (answer.status(), answer.json().await.unwrap())
    }
}
