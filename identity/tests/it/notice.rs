//! What people are told of their accounts.

use identity::{notice::Event, session::Device};

use super::*;

const PHONE: &str = "98450 12264";

fn device(name: &str, network: &str) -> Device {
    Device { name: name.to_owned(), network: network.to_owned() }
}

async fn notices(home: &Home, person: UserId, wanted: usize) -> Vec<identity::notice::Notice> {
    for _ in 0..500 {
        let found = home.notices(person).await.unwrap();
        if found.len() >= wanted {
            assert_eq!(found.len(), wanted, "{found:?}");
            return found;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("{:?}", home.notices(person).await);
}

/// Waits until so many places are known.
async fn known(owner: &PgPool, wanted: i64) {
    for _ in 0..500 {
        if count(owner, "known_devices").await == wanted {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("{} places are known", count(owner, "known_devices").await);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_sign_in_is_news_where_device_or_network_is_new_and_never_the_first(owner: PgPool) {
    let home = identity(&owner).await;
    let id = ananya(&home).await;
    let (firefox, phone) =
        (device("Firefox on Windows", "203.0.113.…"), device("Safari on iPhone", "203.0.113.…"));
    home.signed_in(id, firefox.clone());
    known(&owner, 1).await;
    home.signed_in(id, firefox.clone());
    home.signed_in(id, phone.clone());
    let told = notices(&home, id, 1).await;
    assert_eq!((told[0].event, told[0].device.as_ref()), (Event::SignedIn, Some(&phone)));
    for address in [PHONE, "ananya@example.in"] {
        let text = home.is_told(address, "Somebody signed in").await;
        for part in ["IST, Safari on iPhone, network 203.0.113.…", "https://okane.example/settings/sessions"]
        {
            assert!(text.contains(part), "{part}: {text}");
        }
    }
    home.signed_in(id, device("Firefox on Windows", "198.51.100.…"));
    known(&owner, 3).await;
    notices(&home, id, 2).await;
    home.signed_in(id, device("Safari on iPhone", "198.51.100.…"));
    known(&owner, 4).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    notices(&home, id, 2).await; // both are known, if not together

    sqlx::query("UPDATE known_devices SET last_at = now() - interval '91 days'")
        .execute(&owner)
        .await
        .unwrap();
    sqlx::query("UPDATE notices SET at = now() - interval '91 days'").execute(&owner).await.unwrap();
    assert!(home.notices(id).await.unwrap().is_empty(), "ninety days and no longer");
    // Nothing is known any more, and they did not come just now.
    sqlx::query("UPDATE users SET created_at = now() - interval '91 days'").execute(&owner).await.unwrap();
    home.signed_in(id, firefox.clone());
    notices(&home, id, 1).await;
    sqlx::query("UPDATE known_devices SET last_at = now() - interval '91 days'")
        .execute(&owner)
        .await
        .unwrap();
    sqlx::query("UPDATE notices SET at = now() - interval '91 days'").execute(&owner).await.unwrap();
    home.forget_old().await.unwrap();
    assert_eq!((count(&owner, "known_devices").await, count(&owner, "notices").await), (0, 0));
}

#[sqlx::test(migrations = "../migrations")]
async fn nobody_is_flooded_and_a_flood_of_one_kind_hides_none_of_another(owner: PgPool) {
    let home = identity(&owner).await;
    let id = ananya(&home).await;
    for n in 0..12 {
        home.tell(id, Event::SignedIn, Some(device("Firefox on Linux", &format!("203.0.{n}.…"))));
    }
    notices(&home, id, 10).await;
    home.tell(id, Event::PasswordChanged, None);
    home.is_told(PHONE, "Your password was changed.").await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    let sent = home.messages(PHONE).into_iter().filter(|one| one.message.text.contains("Somebody signed in"));
    assert_eq!(sent.count(), 5);
    assert_eq!(count(&owner, "notices").await, 13, "kept, each of them");
}

#[sqlx::test(migrations = "../migrations")]
async fn what_cannot_be_told_has_happened_all_the_same(owner: PgPool) {
    let home = identity(&owner).await;
    let id = ananya(&home).await;
    sqlx::raw_sql("DROP TABLE notices").execute(&owner).await.unwrap();
    let new = NewPassword::parse("another long password", &[]).unwrap();
    home.change_password(id, PASSWORD.into(), new, &Default::default(), None).await.unwrap();
    assert!(home.sign_in(PHONE, "another long password".into(), HERE).await.is_ok());
}
