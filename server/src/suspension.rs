//! What whoever runs OKANE does about a person, by the owner of the database; the exit code tells.

use std::process::ExitCode;

use anyhow::{Context as _, bail, ensure};
use cache::Cache;
use domain::UserId;
use identity::{Address, suspension};
use ledger::Ledger;
use secrecy::{ExposeSecret as _, SecretString};
use service::{pool, secret::in_address};
use sqlx::PgPool;

use crate::settings::{SignOut, Suspend, Whose};

/// Shuts somebody out. Their wallet is frozen with it, so that what waits to leave it comes back.
pub(crate) async fn suspend(settings: &Suspend) -> anyhow::Result<ExitCode> {
    let reason = settings.because.trim();
    ensure!((1..=200).contains(&reason.chars().count()), "--because takes 1 to 200 characters");
    let owner = open(&settings.person.database.database_url).await?;
    let person = find(&owner, &settings.person.whose).await?;
    if let Some(url) = &settings.redis_url {
        in_address("REDIS_URL", url)?;
    }
    let cache = Cache::connect(settings.redis_url.as_ref().map(|url| url.expose_secret()));
    // First the money: should the other fail, nothing has left meanwhile.
    let given_back = Ledger::new(owner.clone(), cache).freeze(person).await?;
    match suspension::suspend(&owner, person, reason).await? {
        true => println!("{person} is shut out"),
        false => println!("{person} was shut out already"),
    }
    println!("the wallet is frozen; {given_back} waiting payments were given back");
    Ok(ExitCode::SUCCESS)
}

/// Lets them in again.
pub(crate) async fn restore(settings: &Whose) -> anyhow::Result<ExitCode> {
    let owner = open(&settings.database.database_url).await?;
    let person = find(&owner, &settings.whose).await?;
    match suspension::restore(&owner, person).await? {
        true => println!("{person} can sign in again; the wallet stays frozen until its owner thaws it"),
        false => println!("{person} was not shut out"),
    }
    Ok(ExitCode::SUCCESS)
}

/// Ends sessions, on every server with their next request.
pub(crate) async fn sign_out(settings: &SignOut) -> anyhow::Result<ExitCode> {
    let owner = open(&settings.database.database_url).await?;
    let person = match &settings.whose {
        Some(whose) => Some(find(&owner, whose).await?),
        None => None,
    };
    let ended = suspension::end_sessions(&owner, person).await?;
    println!("{ended} sessions ended");
    Ok(ExitCode::SUCCESS)
}

async fn open(database_url: &SecretString) -> anyhow::Result<PgPool> {
    PgPool::connect_with(pool::options(database_url)?).await.context("no database")
}

async fn find(owner: &PgPool, address: &Address) -> anyhow::Result<UserId> {
    match suspension::whose(owner, address).await? {
        Some(person) => Ok(person),
        None => bail!("nobody has this phone number or e-mail address"),
    }
}
