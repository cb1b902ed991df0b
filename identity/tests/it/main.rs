//! Identity against a real Postgres, a database for each test. Everything runs as the web role, so each
//! test also shows that its rights suffice; the owner's pool only looks at what was written.
#![allow(clippy::unwrap_used)]

mod cached;
mod contact;
mod current_user;
mod openid;
mod password;
mod payee;
mod picture;
mod profile;
mod session;
mod sign_in;
mod sign_up;
mod throttle;

use std::time::Duration;

use argon2::PasswordHasher as _;
use domain::{Email, Handle, Payee, PersonName, Phone, UserId, view};
use identity::{Errand, Identity, Network, NewPassword, SignUp, SignUpError};
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

/// Identity as in production: the narrow throttles, the web role.
async fn identity(owner: &PgPool) -> Identity {
    Identity::new(web(owner).await, cache::Cache::local(), 1)
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
        password: NewPassword::parse(PASSWORD, &[]).unwrap(),
    }
}

fn with_email(person: SignUp, email: &str) -> SignUp {
    SignUp { email: Some(Email::parse(email).unwrap()), ..person }
}

async fn ananya(identity: &Identity) -> Result<UserId, SignUpError> {
    identity.sign_up(with_email(person("Ananya Iyer", "98450 12264"), "ananya@example.in"), HERE).await
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
