//! Over HTTP: paying, as somebody else's program does, with a session, a payee by number, a key of its own for
//! each payment; and opening pages, as browsers do.
//!
//! Every connection has a person of its own, who signed in as people do. Only their password comes by a
//! short cut: it is the one of a person who signed up, given to all of them by the owner of the tables.

mod connection;
mod page;

use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use connection::Connection;
pub use page::{Page, Path};
use uuid::Uuid;

use crate::{books::Books, load::Requester};

/// Signs up to make a hash; has no part in what is measured.
const FIRST: &str = "+919700000000";
/// Of everybody who signs in.
const PASSWORD: &str = "brass-lamp-river";

/// A web server with people who have signed in.
#[derive(Clone)]
pub struct Web {
    /// Host and port.
    address: String,
    /// Cookies of people, who are the first of the numbers.
    cookies: Arc<[String]>,
    /// Numbers to pay to.
    phones: Arc<[String]>,
}

impl Web {
    /// Signs this many in, at the server of this address that works on these books.
    pub async fn prepare(url: &str, books: &Books, count: usize) -> Result<Web> {
        let address = url.strip_prefix("http://").context("the web is not at http://")?.to_owned();
        let mut connection = Connection::open(&address).await?;
        let credentials = format!(r#"{{"identifier":"{FIRST}","password":"{PASSWORD}"}}"#);
        let is_there = connection.post("/api/v1/session", "", "", credentials).await?.status == 200;
        if !is_there {
            sign_up(&mut connection).await?; // else by way of another server
        }

        let phones = books.phones().await?;
        books.give_password(FIRST, count).await?;
        let mut cookies = Vec::new();
        for phone in phones.iter().take(count) {
            let credentials = format!(r#"{{"identifier":"{phone}","password":"{PASSWORD}"}}"#);
            let answer = connection.post("/api/v1/session", "", "", credentials).await?;
            ensure!(answer.status == 200, "signing in was answered {}: {}", answer.status, answer.body);
            cookies.push(answer.cookie.context("signing in brought no cookie")?);
        }
        Ok(Web { address, cookies: cookies.into(), phones: phones.into() })
    }

    /// So many, each with a connection and a session of its own.
    pub async fn clients(&self, count: usize) -> Result<Vec<Client>> {
        let mut clients = Vec::new();
        for (own, cookie) in self.cookies.iter().enumerate().take(count) {
            let connection = Connection::open(&self.address).await?;
            let (cookie, phones) = (cookie.clone(), self.phones.clone());
            clients.push(Client {
                connection,
                cookie,
                own,
                phones,
                random: fastrand::Rng::with_seed(own as u64),
            });
        }
        Ok(clients)
    }
}

/// Makes the first person, by the code that the server keeps for us to read.
async fn sign_up(connection: &mut Connection) -> Result<()> {
    let new = format!(r#"{{"name":"First Person","phone":"{FIRST}","password":"{PASSWORD}"}}"#);
    let answer = connection.post("/api/v1/users", "", "", new).await?;
    ensure!(answer.status == 201, "signing up was answered {}: {}", answer.status, answer.body);
    let inbox = connection.read(&format!("/api/dev/inbox/{FIRST}")).await?;
    let messages: serde_json::Value =
        serde_json::from_str(&inbox.body).context("the inbox cannot be read")?;
    let code = messages[0]["code"].as_str().context("no code came")?;
    let proof = format!(r#"{{"phone":"{FIRST}","code":"{code}"}}"#);
    let answer = connection.post("/api/v1/users/verify", "", "", proof).await?;
    ensure!(answer.status == 201, "the code was answered {}: {}", answer.status, answer.body);
    Ok(())
}

/// Somebody who is signed in and pays anybody else.
pub struct Client {
    connection: Connection,
    cookie: String,
    own: usize,
    phones: Arc<[String]>,
    random: fastrand::Rng,
}

impl Requester for Client {
    async fn request(&mut self) -> Result<(), String> {
        let other = self.random.usize(..self.phones.len() - 1);
        let to = &self.phones[other + usize::from(other >= self.own)];
        let body = format!(r#"{{"to":"{to}","amount_minor":1,"note":"tea"}}"#);
        let key = Uuid::new_v4().to_string();
        match self.connection.post("/api/v1/transfers", &self.cookie, &key, body).await {
            Ok(answer) if answer.status == 201 => Ok(()),
            Ok(answer) => Err(format!("{}: {}", answer.status, answer.body)),
            Err(error) => Err(format!("{error:#}")),
        }
    }
}
