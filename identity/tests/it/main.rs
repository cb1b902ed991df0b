//! Identity against a real Postgres, a database for each test. Everything runs as the web role, so each
//! test also shows that its rights suffice; the owner's pool only looks at what was written.
#![allow(clippy::unwrap_used)]

mod address;
#[path = "../support/authenticator.rs"]
mod authenticator;
mod cached;
mod contact;
mod current_user;
mod forgotten;
mod notice;
mod openid;
mod passkey;
mod password;
mod payee;
mod picture;
mod pin;
mod profile;
mod second_factor;
mod session;
mod sign_in;
mod sign_up;
mod throttle;
mod undo;
mod way_back;

use std::{ops::Deref, sync::Arc, time::Duration};

use argon2::PasswordHasher as _;
use domain::{Email, Handle, Payee, PersonName, Phone, UserId, view};
use identity::{
    Address, Code, CodeError, CurrentUser, Errand, Identity, Inbox, Network, NewPassword, Opened, Post,
    Proof, Received, SignInError, SignUp, WayIn, Which,
};
use secrecy::SecretString;
use sqlx::{PgPool, postgres::PgPoolOptions};

const PASSWORD: &str = "correct horse battery";
/// Where everybody is who is nowhere in particular.
const HERE: Network = Network::UNKNOWN;

/// The same database as the web service sees it.
async fn web(owner: &PgPool) -> PgPool {
    let options = owner.connect_options().as_ref().clone().options([("role", "okane_web")]);
    let pool = PgPoolOptions::new().max_connections(8).connect_with(options).await.unwrap();
    let role: String = sqlx::query_scalar("SELECT current_user::text").fetch_one(&pool).await.unwrap();
    assert_eq!(role, "okane_web");
    pool
}

/// Identity, and where what it sends is read.
#[derive(Clone)]
struct Home {
    identity: Identity,
    inbox: Arc<Inbox>,
}

impl Deref for Home {
    type Target = Identity;

    fn deref(&self) -> &Identity {
        &self.identity
    }
}

impl Home {
    /// What was sent there, the newest first.
    fn messages(&self, address: &str) -> Vec<Received> {
        self.inbox.to(&Address::parse(address).unwrap())
    }

    /// Waits until a message is there that holds this text: notices are given beside whatever goes on. Answers with it.
    async fn is_told(&self, address: &str, text: &str) -> String {
        for _ in 0..500 {
            let messages = self.messages(address).into_iter().map(|received| received.message.text);
            if let Some(found) = messages.into_iter().find(|message| message.contains(text)) {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("{address} was not told {text:?}: {:?}", self.messages(address));
    }

    /// The newest code that was sent there.
    fn code(&self, address: &str) -> Code {
        self.messages(address).into_iter().find_map(|received| received.message.code).unwrap()
    }

    /// Signs in where one step is enough.
    async fn sign_in(
        &self,
        identifier: &str,
        password: SecretString,
        network: Network,
    ) -> Result<CurrentUser, SignInError> {
        signed_in(self.identity.sign_in(identifier, password, network).await)
    }

    /// Makes a person who has proven all they have.
    async fn enter(&self, person: SignUp) -> UserId {
        let (phone, email) = (person.phone.clone(), person.email.clone());
        let attempt = self.sign_up(person, HERE).await.unwrap();
        let email_code = email.map(|email| self.code(email.as_str()));
        let proof = Proof { code: self.code(phone.as_str()), email_code };
        self.prove_sign_up(Which::Attempt(attempt), proof, HERE).await.unwrap()
    }
}

/// The session that the first step has opened.
fn signed_in(opened: Result<Opened, SignInError>) -> Result<CurrentUser, SignInError> {
    opened.map(|opened| match opened {
        Opened::Session(user) => user,
        Opened::SecondStep(_) => panic!("a second step is left"),
    })
}

/// Identity as in production: the narrow throttles, the web role.
async fn identity(owner: &PgPool) -> Home {
    home(owner, cache::Cache::local(), 1).await
}

/// The same with this cache and throttles this wide.
async fn home(owner: &PgPool, cache: cache::Cache, rate_scale: u32) -> Home {
    let inbox = Arc::new(Inbox::default());
    let post = Post::new(inbox.clone(), "https://okane.example", "the key of these tests".into());
    Home { identity: Identity::new(web(owner).await, cache, rate_scale, post), inbox }
}

fn phone(text: &str) -> Phone {
    Phone::parse(text).unwrap()
}

fn payee(text: &str) -> Payee {
    Payee::parse(text).unwrap()
}

fn handle(text: &str) -> Handle {
    Handle::parse(text).unwrap()
}

/// What others see of somebody who has told nothing of themself.
fn stranger(id: UserId, name: &str, phone: &str) -> view::Person {
    view::Person { id, name: name.into(), phone: phone.into(), handle: None, picture: None }
}

fn person(name: &str, phone_number: &str) -> SignUp {
    SignUp {
        name: PersonName::parse(name).unwrap(),
        phone: phone(phone_number),
        email: None,
        way_in: WayIn::Password(NewPassword::parse(PASSWORD, &[]).unwrap()),
    }
}

fn with_email(person: SignUp, email: &str) -> SignUp {
    SignUp { email: Some(Email::parse(email).unwrap()), ..person }
}

async fn ananya(home: &Home) -> UserId {
    home.enter(with_email(person("Ananya Iyer", "98450 12264"), "ananya@example.in")).await
}

async fn hash_of(owner: &PgPool, id: UserId) -> String {
    let hash = sqlx::query_scalar("SELECT hash FROM password_credentials WHERE user_id = $1");
    hash.bind(id.uuid()).fetch_one(owner).await.unwrap()
}

/// As if the password had been hashed when it cost half as much.
async fn hash_as_before(owner: &PgPool, id: UserId) {
    const CHEAPER: &str = "$argon2id$v=19$m=9728,t=2,p=1$";
    let costs = argon2::Params::new(9728, 2, 1, None).unwrap();
    let hash = argon2::Argon2::from(costs).hash_password(PASSWORD.as_bytes()).unwrap().to_string();
    assert!(hash.starts_with(CHEAPER));
    // The sessions of a password that was never hashed anew know it by the hash that stands there.
    let statement = "UPDATE password_credentials SET hash = $2 WHERE user_id = $1";
    sqlx::query(statement).bind(id.uuid()).bind(hash).execute(owner).await.unwrap();
}

async fn count(owner: &PgPool, table: &'static str) -> i64 {
    let statement = sqlx::AssertSqlSafe(format!("SELECT count(*) FROM {table}"));
    sqlx::query_scalar(statement).fetch_one(owner).await.unwrap()
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort();
    times[times.len() / 2]
}

/// How many rows of any table hold this text, as text or as the bytes of it.
async fn rows_that_hold(owner: &PgPool, text: &str) -> i64 {
    let tables: Vec<String> =
        sqlx::query_scalar("SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'")
            .fetch_all(owner)
            .await
            .unwrap();
    assert!(tables.len() > 5, "the search looks at the real tables");
    let mut found = 0;
    for table in tables {
        let statement = format!(
            "SELECT count(*) FROM {table} t
             WHERE strpos(t::text, $1) > 0 OR strpos(t::text, encode(convert_to($1, 'UTF8'), 'hex')) > 0"
        );
        let rows: i64 =
            sqlx::query_scalar(sqlx::AssertSqlSafe(statement)).bind(text).fetch_one(owner).await.unwrap();
        found += rows;
    }
    found
}
