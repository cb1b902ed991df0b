//! Whom people keep, and how new that is.

use domain::view::Contact;
use identity::{ContactError, MAX_CONTACTS};
use sqlx::PgPool;

use super::*;

#[sqlx::test(migrations = "../migrations")]
async fn whoever_is_kept_can_be_starred_and_removed_and_each_change_is_a_version(owner: PgPool) {
    let identity = identity(&owner).await;
    let a = ananya(&identity).await;
    let b = identity.enter(person("Bharat Rao", "98450 12265")).await;
    let c = identity.enter(person("Chitra Nair", "98450 12266")).await;
    let kept = async || {
        let contacts = identity.contacts(a).await.unwrap();
        let people =
            contacts.view.iter().map(|contact| (contact.person, contact.favourite)).collect::<Vec<_>>();
        (contacts.version, people)
    };
    assert_eq!(kept().await, (0, vec![]));
    identity.add_contact(a, b).await.unwrap();
    identity.add_contact(a, c).await.unwrap();
    assert_eq!(kept().await, (2, vec![(c, false), (b, false)]), "the latest added first");
    identity.set_favourite(a, b, true).await.unwrap();
    assert_eq!(kept().await, (3, vec![(b, true), (c, false)]), "favourites before");
    identity.set_favourite(a, b, true).await.unwrap();
    identity.add_contact(a, b).await.unwrap();
    assert_eq!(kept().await, (3, vec![(b, true), (c, false)]), "what is so already is no change");
    identity.set_favourite(a, b, false).await.unwrap();
    identity.remove_contact(a, c).await.unwrap();
    assert_eq!(kept().await, (5, vec![(b, false)]));
    identity.remove_contact(a, c).await.unwrap();
    assert_eq!(kept().await.0, 5);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_star_keeps_somebody_and_nobody_sees_whom_another_keeps(owner: PgPool) {
    let identity = identity(&owner).await;
    let a = ananya(&identity).await;
    let b = identity.enter(person("Bharat Rao", "98450 12265")).await;
    identity.set_favourite(a, b, true).await.unwrap();
    assert_eq!(identity.contact(a, b).await.unwrap(), Some(Contact { person: b, favourite: true }));
    assert_eq!(identity.contact(b, a).await.unwrap(), None);
    let theirs = identity.contacts(b).await.unwrap();
    assert_eq!((theirs.version, theirs.view), (0, vec![]));
}

#[sqlx::test(migrations = "../migrations")]
async fn nobody_keeps_themself(owner: PgPool) {
    let identity = identity(&owner).await;
    let a = ananya(&identity).await;
    let refused = identity.add_contact(a, a).await;
    assert!(matches!(refused, Err(ContactError::Oneself)), "{refused:?}");
}

#[sqlx::test(migrations = "../migrations")]
async fn there_is_room_for_so_many_and_whoever_is_among_them_can_still_be_starred(owner: PgPool) {
    let identity = identity(&owner).await;
    let a = ananya(&identity).await;
    let b = identity.enter(person("Bharat Rao", "98450 12265")).await;
    identity.add_contact(a, b).await.unwrap();
    let crowd = "WITH crowd AS (
            INSERT INTO users (id, name, phone) SELECT gen_random_uuid(), 'X', '+9190000' || lpad(n::text, 5, '0')
            FROM generate_series(1, $1) AS n RETURNING id)
         INSERT INTO contacts (owner, person) SELECT $2, id FROM crowd";
    sqlx::query(crowd).bind(MAX_CONTACTS as i32 - 1).bind(a.uuid()).execute(&owner).await.unwrap();
    let c = identity.enter(person("Chitra Nair", "98450 12266")).await;
    for refused in [identity.add_contact(a, c).await, identity.set_favourite(a, c, true).await] {
        assert!(matches!(refused, Err(ContactError::Full)), "{refused:?}");
    }
    identity.add_contact(a, b).await.unwrap();
    identity.set_favourite(a, b, true).await.unwrap();
    assert_eq!(identity.contacts(a).await.unwrap().view.len(), MAX_CONTACTS as usize);
}
