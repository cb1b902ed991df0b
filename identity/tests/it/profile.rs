//! How people show themselves, and how new that is.

use domain::PersonName;
use identity::ChooseHandleError;
use sqlx::PgPool;

use super::*;

#[sqlx::test(migrations = "../migrations")]
async fn a_new_name_is_what_everybody_sees_from_then_on(owner: PgPool) {
    let identity = identity(&owner).await;
    let a = ananya(&identity).await;
    identity.rename(a, &PersonName::parse("Ananya Iyer Rao").unwrap()).await.unwrap();
    let own = identity.profile(a).await.unwrap().unwrap();
    let seen = identity.people(&[a]).await.unwrap().remove(&a).unwrap();
    assert_eq!((own.version, &*own.view.name), (1, "Ananya Iyer Rao"));
    assert_eq!((seen.version, &*seen.view.name), (1, "Ananya Iyer Rao"));
}

#[sqlx::test(migrations = "../migrations")]
async fn a_handle_is_one_persons_in_any_case_and_chosen_once(owner: PgPool) {
    let identity = identity(&owner).await;
    let a = ananya(&identity).await;
    let b = identity.enter(person("Bharat Rao", "98450 12265")).await;
    identity.choose_handle(a, &handle("@Ananya")).await.unwrap();

    let taken = identity.choose_handle(b, &handle("ANANYA")).await;
    assert!(matches!(taken, Err(ChooseHandleError::Taken)), "{taken:?}");
    let again = identity.choose_handle(a, &handle("ananya_2")).await;
    assert!(matches!(again, Err(ChooseHandleError::Chosen)), "{again:?}");
    identity.choose_handle(a, &handle("ananya")).await.unwrap();
    let own = identity.profile(a).await.unwrap().unwrap();
    assert_eq!((own.version, own.view.handle), (1, Some(handle("ananya"))), "the same again changes nothing");
    assert_eq!(identity.profile(b).await.unwrap().unwrap().view.handle, None);
}

#[sqlx::test(migrations = "../migrations")]
async fn of_many_who_want_one_handle_at_once_one_gets_it(owner: PgPool) {
    let identity = identity(&owner).await;
    let mut tries = tokio::task::JoinSet::new();
    for i in 0..8 {
        let id = identity.enter(person("Somebody", &format!("98450122{i}0"))).await;
        let identity = identity.clone();
        tries.spawn(async move { identity.choose_handle(id, &handle("wanted")).await });
    }
    let answers = tries.join_all().await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
    assert_eq!(answers.iter().filter(|a| matches!(a, Err(ChooseHandleError::Taken))).count(), 7);
}

#[sqlx::test(migrations = "../migrations")]
async fn asking_which_handles_are_taken_counts_as_looking_people_up(owner: PgPool) {
    let identity = identity(&owner).await;
    let a = ananya(&identity).await;
    let b = identity.enter(person("Bharat Rao", "98450 12265")).await;
    identity.choose_handle(a, &handle("ananya")).await.unwrap();
    for i in 0..10 {
        let outcome = identity.choose_handle(b, &handle("ananya")).await;
        assert!(matches!(outcome, Err(ChooseHandleError::Taken)), "try {i}: {outcome:?}");
    }
    let outcome = identity.choose_handle(b, &handle("ananya")).await;
    assert!(matches!(outcome, Err(ChooseHandleError::TooMany { .. })), "{outcome:?}");
    assert!(
        identity.find_payee(b, HERE, &payee("@ananya"), Errand::Look).await.is_err(),
        "both are counted together"
    );
}

/// What a writer who goes past the application is told.
async fn refusal(pool: &PgPool, statement: &'static str) -> String {
    let error = sqlx::raw_sql(statement).execute(pool).await.unwrap_err();
    let error = error.into_database_error().unwrap();
    error.constraint().map(str::to_owned).or(error.code().map(|code| code.into_owned())).unwrap()
}

#[sqlx::test(migrations = "../migrations")]
async fn postgres_refuses_what_a_handle_is_not_whoever_writes_it(owner: PgPool) {
    let identity = identity(&owner).await;
    let a = ananya(&identity).await;
    for odd in [
        "UPDATE users SET handle = 'ab'",
        "UPDATE users SET handle = 'Ananya'",
        "UPDATE users SET handle = 'a b c'",
    ] {
        assert_eq!(refusal(&owner, odd).await, "users_handle_form", "{odd}");
    }
    identity.choose_handle(a, &handle("ananya")).await.unwrap();
    for odd in ["UPDATE users SET handle = 'other'", "UPDATE users SET handle = NULL"] {
        assert_eq!(refusal(&owner, odd).await, "users_handle_once", "{odd}");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn no_writer_can_forget_the_version_and_no_service_can_set_it(owner: PgPool) {
    let identity = identity(&owner).await;
    let a = ananya(&identity).await;
    let version = async || identity.profile(a).await.unwrap().unwrap().version;
    for (n, change) in [
        "UPDATE users SET name = 'Other'",
        "UPDATE users SET email = NULL",
        "UPDATE users SET phone = '+919845099999'",
        "UPDATE users SET handle = 'other'",
        "INSERT INTO pictures (user_id, jpeg) SELECT id, '\\xffd8ff00' FROM users",
        "UPDATE pictures SET jpeg = '\\xffd8ff01'",
        "DELETE FROM pictures",
    ]
    .into_iter()
    .enumerate()
    {
        sqlx::raw_sql("DELETE FROM cooling_offs").execute(&owner).await.unwrap(); // as if days lay between them
        sqlx::raw_sql(change).execute(&owner).await.unwrap();
        assert_eq!(version().await, n as i64 + 1, "{change}");
    }
    sqlx::raw_sql("UPDATE users SET name = name, created_at = now()").execute(&owner).await.unwrap();
    assert_eq!(version().await, 7, "nothing that is shown has changed");
    const NO_RIGHT: &str = "42501";
    let web = web(&owner).await;
    for attempt in [
        "UPDATE users SET profile_version = 0",
        "UPDATE users SET contacts_version = 0",
        "UPDATE contacts SET owner = person",
        "UPDATE pictures SET user_id = gen_random_uuid()",
        "UPDATE users SET phone = '+919845012265'",
        "UPDATE users SET email = NULL",
        "UPDATE address_changes SET undone_at = now()",
    ] {
        assert_eq!(refusal(&web, attempt).await, NO_RIGHT, "{attempt}");
    }
}
