//! How often people may try: together on all servers, and by where they come from.

use std::{net::IpAddr, time::Instant};

use identity::{CurrentUser, PayeeError, SendCodeError, SignInError, TooMany};
use sqlx::PgPool;

use super::*;

fn network(address: &str) -> Network {
    Network::from(address.parse::<IpAddr>().unwrap())
}

async fn tries(identity: &Identity, identifier: &str, network: Network) -> Result<CurrentUser, SignInError> {
    signed_in(identity.sign_in(identifier, "a password that is wrong".into(), network).await)
}

/// As if this much time had gone by since everybody's last try.
async fn time_goes_by(owner: &PgPool, time: &str) {
    let statement = "UPDATE throttles SET free_at = free_at - $1::text::interval";
    sqlx::query(statement).bind(time).execute(owner).await.unwrap();
}

#[sqlx::test(migrations = "../migrations")]
async fn two_servers_have_one_count_and_neither_asks_redis(owner: PgPool) {
    // A Redis that is dead, for one of them; the other has none.
    let dead = cache::Cache::connect(Some("redis://127.0.0.1:1"));
    let (one, two) = (home(&owner, dead, 1).await, identity(&owner).await);
    let id = ananya(&one).await;
    for identity in [&one, &two].into_iter().cycle().take(6) {
        let error = tries(identity, "98450 12264", HERE).await.unwrap_err();
        assert!(matches!(error, SignInError::Refused), "{error:?}");
    }
    for identity in [&one, &two] {
        let error = identity.sign_in("98450 12264", PASSWORD.into(), HERE).await.unwrap_err();
        assert!(matches!(error, SignInError::TooMany { .. }), "{error:?}");
        assert!(identity.current_user(id).await.unwrap().is_some(), "an open session goes on");
        identity.confirm(id, PASSWORD.into()).await.unwrap();
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn of_many_who_try_at_once_on_two_servers_no_more_are_let_in_than_may(owner: PgPool) {
    let (one, two) = (identity(&owner).await, identity(&owner).await);
    let id = ananya(&one).await;
    let all = (0..120).map(|n| {
        let identity = if n % 2 == 0 { one.clone() } else { two.clone() };
        tokio::spawn(async move { identity.take_top_up(id, HERE).await })
    });
    let mut taken = 0;
    for one in all.collect::<Vec<_>>() {
        match one.await.unwrap() {
            Ok(()) => taken += 1,
            Err(TooMany::Wait { seconds }) => assert!((1..=61).contains(&seconds), "{seconds}"),
            Err(error) => panic!("{error:?}"),
        }
    }
    assert_eq!(taken, 30);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_try_comes_back_after_its_share_of_the_time(owner: PgPool) {
    let identity = identity(&owner).await;
    for _ in 0..6 {
        tries(&identity, "98450 12264", HERE).await.unwrap_err();
    }
    let SignInError::TooMany { seconds } = tries(&identity, "98450 12264", HERE).await.unwrap_err() else {
        panic!("the seventh")
    };
    assert!((440..=451).contains(&seconds), "one comes back in seven and a half minutes, not in {seconds} s");
    time_goes_by(&owner, &format!("{seconds} seconds")).await;
    let error = tries(&identity, "98450 12264", HERE).await.unwrap_err();
    assert!(matches!(error, SignInError::Refused), "who waited as told is let in: {error:?}");
    let error = tries(&identity, "98450 12264", HERE).await.unwrap_err();
    assert!(matches!(error, SignInError::TooMany { .. }), "once");
}

#[sqlx::test(migrations = "../migrations")]
async fn in_half_an_hour_no_more_than_ten_passwords_are_looked_at(owner: PgPool) {
    let identity = identity(&owner).await;
    let mut looked_at = 0;
    for _ in 0..30 {
        while let SignInError::Refused = tries(&identity, "98450 12264", HERE).await.unwrap_err() {
            looked_at += 1;
        }
        time_goes_by(&owner, "1 minute").await;
    }
    assert!((9..=10).contains(&looked_at), "{looked_at}");
}

#[sqlx::test(migrations = "../migrations")]
async fn those_who_move_money_from_one_network_are_counted_together(owner: PgPool) {
    let identity = identity(&owner).await;
    let from = network("203.0.113.7");
    for _ in 0..6 {
        let payer = UserId::new(uuid::Uuid::now_v7());
        identity.take_payment(payer, from).await.unwrap();
        identity.take_top_up(payer, from).await.unwrap();
    }
    let used_up = "UPDATE throttles SET free_at = now() + interval '30 minutes' WHERE kind IN ('payment_network', 'top_up_network')";
    assert_eq!(sqlx::query(used_up).execute(&owner).await.unwrap().rows_affected(), 2);
    let payer = UserId::new(uuid::Uuid::now_v7());
    assert!(matches!(identity.take_payment(payer, from).await, Err(TooMany::Wait { .. })));
    assert!(matches!(identity.take_top_up(payer, from).await, Err(TooMany::Wait { .. })));
    let payee = payee("98450 99999");
    let error = identity.find_payee(payer, from, &payee, Errand::Pay).await.unwrap_err();
    assert!(matches!(error, PayeeError::TooMany { .. }), "{error:?}");
    identity.take_payment(payer, network("203.0.113.8")).await.unwrap();
}

#[sqlx::test(migrations = "../migrations")]
async fn nobody_takes_a_whole_history_away_page_by_page(owner: PgPool) {
    let identity = identity(&owner).await;
    let (reader, other) = (UserId::new(uuid::Uuid::now_v7()), UserId::new(uuid::Uuid::now_v7()));
    let mut read = 0;
    let refused = loop {
        match identity.take_older_page(reader).await {
            Ok(()) => read += 1,
            Err(refused) => break refused,
        }
    };
    assert!((600..=620).contains(&read), "{read}");
    assert!(matches!(refused, TooMany::Wait { seconds: 1..=4 }), "{refused:?}");
    identity.take_older_page(other).await.unwrap();
}

#[sqlx::test(migrations = "../migrations")]
async fn a_thousand_accounts_cannot_be_tried_from_one_network_nor_from_its_neighbours_addresses(
    owner: PgPool,
) {
    let identity = identity(&owner).await;
    ananya(&identity).await;
    let mut looked_at = 0;
    for n in 0..1000u32 {
        // Each from another address of one IPv6 network.
        let from = network(&format!("2001:db8:7:7::{n:x}"));
        match tries(&identity, &format!("97000 {n:05}"), from).await.unwrap_err() {
            SignInError::Refused => looked_at += 1,
            SignInError::TooMany { seconds } => assert!((1..=10).contains(&seconds), "{seconds}"),
            error => panic!("{error:?}"),
        }
        if looked_at > 210 {
            break;
        }
    }
    assert!((200..=210).contains(&looked_at), "{looked_at} passwords were looked at");
    // Whoever is somewhere else notices nothing.
    identity.sign_in("98450 12264", PASSWORD.into(), network("2001:db8:7:8::1")).await.unwrap();
}

#[sqlx::test(migrations = "../migrations")]
async fn a_try_that_one_count_refuses_takes_nothing_of_the_others(owner: PgPool) {
    let identity = identity(&owner).await;
    for _ in 0..300 {
        tries(&identity, "98450 12264", HERE).await.unwrap_err();
    }
    let error = tries(&identity, "98450 12265", HERE).await.unwrap_err();
    assert!(matches!(error, SignInError::Refused), "the network has tries left: {error:?}");
}

#[sqlx::test(migrations = "../migrations")]
async fn codes_asked_for_from_one_network_are_counted_whatever_the_number(owner: PgPool) {
    let identity = identity(&owner).await;
    let mut made = 0;
    for n in 0..60u32 {
        // Refused before any hashing from the fifty-first on.
        match identity.sign_up(person("Somebody", &format!("97000 {n:05}")), network("203.0.113.7")).await {
            Ok(_) => made += 1,
            Err(SendCodeError::TooMany { seconds }) => assert!((1..=37).contains(&seconds), "{seconds}"),
            Err(error) => panic!("{error:?}"),
        }
    }
    assert!((50..=52).contains(&made), "{made}");
    identity.sign_up(person("Bharat", "98450 12265"), network("203.0.113.8")).await.unwrap();
}

#[sqlx::test(migrations = "../migrations")]
async fn look_ups_by_many_people_on_one_network_are_counted_together(owner: PgPool) {
    let identity = identity(&owner).await;
    let payee = payee("98450 99999");
    let mut looked = 0;
    for _ in 0..15 {
        let asker = UserId::new(uuid::Uuid::now_v7());
        for _ in 0..10 {
            match identity.find_payee(asker, HERE, &payee, Errand::Look).await.unwrap_err() {
                PayeeError::Unknown => looked += 1,
                PayeeError::TooMany { .. } => {}
                error => panic!("{error:?}"),
            }
        }
    }
    assert!((100..=115).contains(&looked), "{looked}");
}

#[sqlx::test(migrations = "../migrations")]
async fn payments_are_counted_with_the_look_up_or_by_themselves(owner: PgPool) {
    let identity = identity(&owner).await;
    let asker = UserId::new(uuid::Uuid::now_v7());
    for _ in 0..100 {
        identity.take_payment(asker, HERE).await.unwrap();
    }
    assert!(matches!(identity.take_payment(asker, HERE).await, Err(TooMany::Wait { .. })));
    let payee = payee("98450 99999");
    let error = identity.find_payee(asker, HERE, &payee, Errand::Pay).await.unwrap_err();
    assert!(matches!(error, PayeeError::TooMany { .. }), "{error:?}");
    let error = identity.find_payee(asker, HERE, &payee, Errand::Look).await.unwrap_err();
    assert!(matches!(error, PayeeError::Unknown), "to look is another thing: {error:?}");
}

#[sqlx::test(migrations = "../migrations")]
async fn neither_numbers_nor_addresses_are_kept_and_what_counts_no_more_is_forgotten(owner: PgPool) {
    let identity = identity(&owner).await;
    tries(&identity, "98450 12264", network("203.0.113.7")).await.unwrap_err();
    assert_eq!(count(&owner, "throttles").await, 2);
    for text in ["9845012264", "203.0.113"] {
        assert_eq!(rows_that_hold(&owner, text).await, 0, "{text}");
    }
    identity.forget_old().await.unwrap();
    assert_eq!(count(&owner, "throttles").await, 2, "they count");
    time_goes_by(&owner, "45 minutes").await;
    identity.forget_old().await.unwrap();
    assert_eq!(count(&owner, "throttles").await, 0);
}

#[sqlx::test(migrations = "../migrations")]
async fn the_web_can_give_nobody_their_tries_back(owner: PgPool) {
    let web = web(&owner).await;
    for statement in [
        "DELETE FROM throttles",
        "TRUNCATE throttles",
        "UPDATE throttles SET free_at = now()",
        "INSERT INTO throttles VALUES ('sign_in', sha256(''), now())",
        "SELECT * FROM throttles",
    ] {
        let error = sqlx::raw_sql(statement).execute(&web).await.unwrap_err();
        let code = error.as_database_error().unwrap().code().unwrap().into_owned();
        assert_eq!(code, "42501", "{statement}");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn those_who_sweep_and_those_who_try_keep_nobody_waiting(owner: PgPool) {
    let (one, two) = (identity(&owner).await, identity(&owner).await);
    let began = Instant::now();
    let trying = |identity: Home| async move {
        for n in 0..150 {
            tokio::join!(
                async {
                    identity
                        .find_payee(
                            UserId::new(uuid::Uuid::from_u128(n % 7)),
                            HERE,
                            &payee("98450 99999"),
                            Errand::Pay,
                        )
                        .await
                        .unwrap_err()
                },
                async { identity.forget_old().await.unwrap() },
            );
        }
    };
    tokio::join!(trying(one), trying(two));
    assert!(
        began.elapsed() < Duration::from_secs(20),
        "{:?}: somebody waited for a deadlock",
        began.elapsed()
    );
}
