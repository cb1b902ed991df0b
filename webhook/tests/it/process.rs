//! A running `okane-webhook` whose every conversation goes through a door: with Postgres, with Redis, with banks.

use std::net::{SocketAddr, ToSocketAddrs as _};

use http::StatusCode;
use reqwest::{Client, RequestBuilder};
use sqlx::{ConnectOptions as _, PgPool};
use webhook::signature::{ID, SIGNATURE, TIMESTAMP};

use crate::support::door::Door;
use crate::support::program::{Program, client};
use crate::support::redis;
use crate::support::watch::Watch;
use crate::world::{SECRET, now, secrets};

/// The process, and the doors around it. Ends with the test.
pub struct Process {
    pub watch: Watch,
    program: Program,
    bank: Door,
    http: Client,
}

impl Process {
    pub async fn around(owner: &PgPool) -> Self {
        let watch = Watch::default();
        let postgres = Door::before("Postgres", postgres(owner), Some(&watch)).await;
        let (_, redis) = redis::door(&watch).await;
        let program = program(owner, local(postgres.port), &[("REDIS_URL", &redis)]);
        watch.over(&program);
        program.start().await;
        let bank = Door::into("bank", local(program.port()), Some(&watch)).await;
        Process { watch, program, bank, http: client() }
    }

    /// Starts it anew; banks do not have to know.
    pub async fn start_again(&self) {
        self.watch.rest();
        self.program.start().await;
        self.bank.lead_to(local(self.program.port()));
    }

    /// One delivery, as the bank sees it.
    pub async fn deliver(&self, (headers, body): Delivery) -> reqwest::Result<(StatusCode, String)> {
        let call = self.http.post(format!("http://127.0.0.1:{}/webhooks/bank", self.bank.port)).body(body);
        let add = |call: RequestBuilder, (name, value): (&str, String)| call.header(name, value);
        let answer = headers.into_iter().fold(call, add).send().await?;
        Ok((answer.status(), answer.text().await?))
    }
}

/// A test that fails leaves nobody in the database that is to be dropped.
impl Drop for Process {
    fn drop(&mut self) {
        self.program.end();
    }
}

/// A door of the bank's, not open yet, on the database that this pool has, which it finds at this address.
pub fn program(owner: &PgPool, postgres: SocketAddr, more: &[(&'static str, &str)]) -> Program {
    let mut database = owner.connect_options().to_url_lossy();
    database.set_host(Some("127.0.0.1")).unwrap();
    database.set_port(Some(postgres.port())).unwrap();
    database
        .query_pairs_mut()
        .append_pair("options[role]", "okane_webhook")
        .append_pair("sslmode", "disable");
    let mut environment =
        vec![("DATABASE_URL", database.to_string()), ("BANK_WEBHOOK_SECRETS", SECRET.to_owned())];
    environment.extend(more.iter().map(|(name, value)| (*name, (*value).to_owned())));
    Program::new(env!("CARGO_BIN_EXE_okane-webhook"), env!("CARGO_TARGET_TMPDIR"), environment)
}

/// Where this pool's Postgres is.
pub fn postgres(owner: &PgPool) -> SocketAddr {
    let options = owner.connect_options();
    let mut found = (options.get_host(), options.get_port()).to_socket_addrs().unwrap();
    found.find(SocketAddr::is_ipv4).unwrap()
}

/// Headers and a body.
pub type Delivery = ([(&'static str, String); 3], String);

/// A message, signed now.
pub fn delivery(id: &str, body: &str) -> Delivery {
    let at = now();
    let signature = secrets(SECRET).sign(id, at, body.as_bytes());
    ([(ID, id.to_owned()), (TIMESTAMP, at.to_string()), (SIGNATURE, signature)], body.to_owned())
}

fn local(port: u16) -> SocketAddr {
    ([127, 0, 0, 1], port).into()
}
