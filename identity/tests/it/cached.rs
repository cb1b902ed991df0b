//! People through a real Redis: a change shows at once in every process, other people's included.

use std::time::Duration;

use cache::Cache;
use domain::PersonName;
use sqlx::PgPool;

use crate::{Home, handle, home, person};

fn url() -> String {
    std::env::var("REDIS_URL").unwrap_or_else(|_| "redis://127.0.0.1:63799".to_owned())
}

/// Identity as one of several processes on a common Redis has it.
async fn process(owner: &PgPool) -> Home {
    home(owner, Cache::connect(Some(&url())), 100).await
}

/// On a busy machine Redis may answer later than the cache waits; what must never be seen is asserted outside.
async fn soon(what: &str, is_so: impl AsyncFn() -> bool) {
    let wait = async {
        while !is_so().await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    assert!(tokio::time::timeout(Duration::from_secs(8), wait).await.is_ok(), "{what}");
}

#[sqlx::test(migrations = "../migrations")]
async fn what_is_read_again_comes_from_the_cache(owner: PgPool) {
    let (here, there) = (process(&owner).await, process(&owner).await);
    let asha = here.enter(person("Asha Rao", "+919800000001")).await;
    here.people(&[asha]).await.unwrap();
    here.profile(asha).await.unwrap();
    // Nobody can do this; it shows where the next answers come from.
    sqlx::raw_sql("ALTER TABLE users DISABLE TRIGGER ALL; UPDATE users SET name = 'Nobody'")
        .execute(&owner)
        .await
        .unwrap();
    soon("cached", async || there.people(&[asha]).await.unwrap()[&asha].view.name == "Asha Rao").await;
    soon("cached", async || there.profile(asha).await.unwrap().unwrap().view.name == "Asha Rao").await;
}

#[sqlx::test(migrations = "../migrations")]
async fn a_change_shows_at_once_here_and_in_every_other_process(owner: PgPool) {
    let (here, there) = (process(&owner).await, process(&owner).await);
    let asha = here.enter(person("Asha Rao", "+919800000001")).await;
    let vikram = here.enter(person("Vikram Shah", "+919800000002")).await;
    for n in 0..20 {
        there.people(&[asha]).await.unwrap();
        there.profile(asha).await.unwrap();
        let name = PersonName::parse(&format!("Asha Rao {}", ["Nair", "Iyer"][n % 2])).unwrap();
        here.rename(asha, &name).await.unwrap();
        assert_eq!(here.people(&[asha]).await.unwrap()[&asha].view.name, name.as_str());
        soon("renamed", async || there.people(&[asha]).await.unwrap()[&asha].view.name == name.as_str())
            .await;
        soon("renamed", async || there.profile(asha).await.unwrap().unwrap().view.name == name.as_str())
            .await;

        assert_eq!(there.contacts(asha).await.unwrap().view.len(), n % 2);
        match n % 2 {
            0 => here.add_contact(asha, vikram).await.unwrap(),
            _ => here.remove_contact(asha, vikram).await.unwrap(),
        }
        assert_eq!(here.contacts(asha).await.unwrap().view.len(), 1 - n % 2);
        soon("kept", async || there.contacts(asha).await.unwrap().view.len() == 1 - n % 2).await;
    }
    here.choose_handle(asha, &handle("asha")).await.unwrap();
    soon("chosen", async || there.people(&[asha]).await.unwrap()[&asha].view.handle == Some(handle("asha")))
        .await;
}

#[sqlx::test(migrations = "../migrations")]
async fn without_redis_or_with_a_dead_one_everything_is_read_and_right(owner: PgPool) {
    for (n, url) in [None, Some("redis://127.0.0.1:1")].into_iter().enumerate() {
        let here = home(&owner, Cache::connect(url), 100).await;
        let asha = here.enter(person("Asha Rao", &format!("+91980000000{n}"))).await;
        here.profile(asha).await.unwrap();
        here.rename(asha, &PersonName::parse("Asha Nair").unwrap()).await.unwrap();
        assert_eq!(here.profile(asha).await.unwrap().unwrap().view.name, "Asha Nair", "{url:?}");
        assert_eq!(here.people(&[asha]).await.unwrap()[&asha].view.name, "Asha Nair", "{url:?}");
        assert!(here.contacts(asha).await.unwrap().view.is_empty(), "{url:?}");
    }
}
