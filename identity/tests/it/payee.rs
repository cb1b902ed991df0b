//! Finding whom to pay.

use std::time::Instant;

use identity::PayeeError;
use sqlx::PgPool;

use super::*;

#[sqlx::test(migrations = "../migrations")]
async fn a_payee_is_found_by_the_exact_number_with_its_middle_hidden(owner: PgPool) {
    let identity = identity(&owner).await;
    let a = ananya(&identity).await;
    let b = identity.enter(person("Bharat Rao", "98450 12265")).await;

    let found = identity.find_payee(a, HERE, &payee("098450-12265"), Errand::Look).await.unwrap();
    assert_eq!(found.id, b);
    assert_eq!(found.payee, stranger(b, "Bharat Rao", "+91 98••• ••265"));
    assert_eq!(
        identity.find_payee(a, HERE, &payee("98450 12264"), Errand::Look).await.unwrap().id,
        a,
        "oneself too"
    );
    for near in ["98450 12266", "+1 98450 12265", "+44 98450 12265"] {
        let error = identity.find_payee(a, HERE, &payee(near), Errand::Look).await.unwrap_err();
        assert!(matches!(error, PayeeError::Unknown), "{near}: {error:?}");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn a_payee_is_found_by_the_whole_handle_in_any_case_and_by_no_part_of_it(owner: PgPool) {
    let identity = identity(&owner).await;
    let a = ananya(&identity).await;
    let b = identity.enter(person("Bharat Rao", "98450 12265")).await;
    identity.choose_handle(b, &handle("bharat")).await.unwrap();

    let found = identity.find_payee(a, HERE, &payee("@Bharat"), Errand::Look).await.unwrap();
    assert_eq!((found.id, found.payee.handle), (b, Some(handle("bharat"))));
    for near in ["@bharat_", "@bhar", "@bha%", "@bhara_"] {
        let Ok(near) = domain::Payee::parse(near) else { continue };
        let error = identity.find_payee(a, HERE, &near, Errand::Look).await.unwrap_err();
        assert!(matches!(error, PayeeError::UnknownHandle), "{near}: {error:?}");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn look_ups_are_throttled_for_each_asker_found_or_not(owner: PgPool) {
    let identity = identity(&owner).await;
    let a = ananya(&identity).await;
    let b = identity.enter(person("Bharat Rao", "98450 12265")).await;

    for i in 0..10 {
        let outcome =
            identity.find_payee(a, HERE, &payee(["98450 12265", "98450 99999"][i % 2]), Errand::Look).await;
        assert!(!matches!(outcome, Err(PayeeError::TooMany { .. })), "look-up {i}");
    }
    for number in ["98450 12265", "98450 99999"] {
        let error = identity.find_payee(a, HERE, &payee(number), Errand::Look).await.unwrap_err();
        let PayeeError::TooMany { seconds } = error else { panic!("{error:?}") };
        assert!((1..=7).contains(&seconds), "one comes back every six seconds, not {seconds}");
    }
    identity.find_payee(b, HERE, &payee("98450 12264"), Errand::Look).await.unwrap();
}

/// Who exists is told to whoever is signed in and has tries left; how long it takes tells nothing more. In turns, so that a
/// busy moment of the machine falls on both, and three times, as what is in the program is there each time.
#[sqlx::test(migrations = "../migrations")]
#[ignore = "times itself: runs alone"]
async fn a_look_up_takes_the_same_time_for_known_and_unknown(owner: PgPool) {
    let identity = home(&owner, cache::Cache::local(), 1_000_000).await;
    let a = ananya(&identity).await;
    identity.enter(person("Bharat Rao", "98450 12265")).await;
    let (known, unknown) = (payee("98450 12265"), payee("98450 99999"));
    for round in 0..3 {
        let mut times = [Vec::new(), Vec::new()];
        for n in 0..300 {
            for kind in [n % 2, 1 - n % 2] {
                let begun = Instant::now();
                let found = identity.find_payee(a, HERE, [&known, &unknown][kind], Errand::Look).await;
                times[kind].push(begun.elapsed());
                assert_eq!(found.is_ok(), kind == 0);
            }
        }
        let [known, unknown] = times.map(|mut times| median(&mut times));
        println!("looking up, round {round}: known {known:?}, unknown {unknown:?}");
        if known.abs_diff(unknown) * 20 <= known.max(unknown) {
            return;
        }
    }
    panic!("a look-up tells by its time who is known");
}
