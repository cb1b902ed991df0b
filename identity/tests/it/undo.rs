//! The way back: whoever a number or an address was taken from has it again, and nobody else meanwhile.

use identity::{
    CodeError, ResetError,
    address::{AskError, UndoToken},
};

use super::address::*;
use super::*;

#[sqlx::test(migrations = "../migrations")]
async fn for_a_day_the_number_that_was_left_gives_another_password_and_the_new_one_does_not(owner: PgPool) {
    let home = home(&owner, cache::Cache::local(), 100).await;
    let id = ananya(&home).await;
    changed(&home, id, number(NEW), OLD, NEW).await;
    let codes_to =
        |address: &str| home.messages(address).into_iter().filter(|one| one.message.code.is_some()).count();
    let before = codes_to(NEW);
    let reset = async |address: &str, code: Code, password: &str| {
        let attempt = home.forgotten(Address::parse(address).unwrap(), HERE).await.unwrap();
        let code = home.messages(address).into_iter().find_map(|one| one.message.code).unwrap_or(code);
        let password = NewPassword::parse(password, &[]).unwrap();
        home.reset_password(attempt, code, password, (HERE, None)).await
    };
    let refused = reset(NEW, home.code(NEW), "another long password").await;
    assert!(matches!(refused, Err(ResetError::Code(CodeError::Refused))), "{refused:?}");
    assert_eq!(codes_to(NEW), before, "no code goes there");
    let former =
        reset(OLD, home.code(OLD), "another long password").await.unwrap().expect("theirs until today");
    home.is_told(OLD, "changed by a code that we sent").await;
    assert!(home.sign_in(OLD, "another long password".into(), HERE).await.is_err(), "it is no name yet");
    assert!(home.restore_address(&former, None).await.unwrap());
    assert!(home.sign_in(OLD, "another long password".into(), HERE).await.is_ok());
    assert!(home.sign_in(NEW, "another long password".into(), HERE).await.is_err());
    home.is_told(OLD, "again what it was before").await;
    assert!(!home.restore_address(&former, None).await.unwrap(), "once");
    assert!(
        reset(OLD, home.code(OLD), "a second long password").await.unwrap().is_none(),
        "it is theirs now"
    );
}

#[sqlx::test(migrations = "../migrations")]
async fn after_the_day_the_new_number_gives_another_password_and_the_one_that_was_left_is_nobodys(
    owner: PgPool,
) {
    let home = home(&owner, cache::Cache::local(), 100).await;
    let id = ananya(&home).await;
    changed(&home, id, number(NEW), OLD, NEW).await;
    let codes_to =
        |address: &str| home.messages(address).into_iter().filter(|one| one.message.code.is_some()).count();
    let reset = async |address: &str, password: &str| {
        let attempt = home.forgotten(Address::parse(address).unwrap(), HERE).await.unwrap();
        let password = NewPassword::parse(password, &[]).unwrap();
        home.reset_password(attempt, home.code(address), password, (HERE, None)).await
    };
    let late = home.forgotten(Address::parse(OLD).unwrap(), HERE).await.unwrap();
    time_goes_by(&owner, "24 hours").await;
    let password = NewPassword::parse("another long password", &[]).unwrap();
    let refused = home.reset_password(late, home.code(OLD), password, (HERE, None)).await;
    assert!(
        matches!(refused, Err(ResetError::Code(CodeError::Refused))),
        "asked for in time, and too late: {refused:?}"
    );
    assert!(reset(NEW, "a third long password").await.unwrap().is_none());
    let nobody = codes_to(OLD);
    home.forgotten(Address::parse(OLD).unwrap(), HERE).await.unwrap();
    assert_eq!(codes_to(OLD), nobody, "after the day it is nobody's");
}

#[sqlx::test(migrations = "../migrations")]
async fn whoever_it_was_taken_from_puts_it_back_once_within_a_day_and_nobody_else_gets_it_meanwhile(
    owner: PgPool,
) {
    let home = home(&owner, cache::Cache::local(), 100).await;
    let id = ananya(&home).await;
    changed(&home, id, number(NEW), OLD, NEW).await;
    let token = undo_link(&home, OLD);
    assert_eq!(rows_that_hold(&owner, token.as_str()).await, 0, "the tables have its hash alone");

    let attempt = home.sign_up(person("Mallory", OLD), HERE).await.unwrap();
    let proof = Proof { code: home.code(OLD), email_code: None };
    let taken = home.prove_sign_up(Which::Attempt(attempt), proof, HERE).await;
    assert!(matches!(taken, Err(CodeError::Taken)), "{taken:?}");

    assert_eq!(home.undoable(&token).await.unwrap().unwrap().person, id);
    let other = UndoToken::parse(&"0".repeat(32)).unwrap();
    assert!(
        !home.undo_address(&other, None).await.unwrap() && home.undoable(&other).await.unwrap().is_none()
    );
    let (one, two) = tokio::join!(home.undo_address(&token, None), home.undo_address(&token, None));
    assert!(one.unwrap() ^ two.unwrap(), "of two at once one undoes it");
    assert!(!home.undo_address(&token, None).await.unwrap(), "twice");
    assert_eq!(phone_of(&home, id).await, "+91 98450 12264");
    assert_eq!((signs_in(&home, OLD).await, signs_in(&home, NEW).await), (Some(id), None));
    assert_eq!(count(&owner, "sessions").await, 0);
    home.is_told(OLD, "again what it was before").await;
    let second = home.ask_for_address(id, number(NEW), HERE).await;
    assert!(
        matches!(second, Err(AskError::Cooling { .. })),
        "nor does whoever did it do it again: {second:?}"
    );

    time_goes_by(&owner, "24 hours").await;
    changed(&home, id, number(NEW), OLD, NEW).await;
    let token = undo_link(&home, OLD);
    time_goes_by(&owner, "24 hours").await;
    assert!(home.undoable(&token).await.unwrap().is_none());
    assert!(!home.undo_address(&token, None).await.unwrap(), "a day has gone by");
    home.enter(person("Vikram Shah", OLD)).await;
    home.forget_old().await.unwrap();
    assert_eq!(count(&owner, "address_changes").await, 0);
}

#[sqlx::test(migrations = "../migrations")]
async fn the_way_back_goes_to_either_end_and_undoes_whatever_was_changed_beside_it(owner: PgPool) {
    let home = home(&owner, cache::Cache::local(), 100).await;
    let id = home.enter(person("Meera Krishnan", "98450 12200")).await;
    // Whoever has got in leaves themselves a way back in, before they take the number.
    changed(&home, id, mail("mallory@example.in"), "98450 12200", "mallory@example.in").await;
    changed(&home, id, number(NEW), "98450 12200", NEW).await;
    let undo = undo_link(&home, "98450 12200");
    time_goes_by(&owner, "23 hours").await;
    let key = "INSERT INTO passkeys (id, user_id, credential_id, credential, counter, name, made_at)
               SELECT gen_random_uuid(), $1, $2, '{}', 0, 'theirs', now() - $3::text::interval";
    sqlx::query("INSERT INTO passkey_handles (user_id) VALUES ($1)")
        .bind(id.uuid())
        .execute(&owner)
        .await
        .unwrap();
    for (credential, age) in [(b"new", "46 hours"), (b"old", "48 hours")] {
        let made = sqlx::query(key).bind(id.uuid()).bind(&credential[..]).bind(age);
        made.execute(&owner).await.unwrap();
    }
    let second_step = "INSERT INTO second_factors (person, secret, sealed_by, last_step, salt)
                       VALUES ($1, repeat('s', 48)::bytea, '8 bytes.', 1, '16 bytes of salt')";
    sqlx::query(second_step).bind(id.uuid()).execute(&owner).await.unwrap();
    assert_eq!(undo_link(&home, "mallory@example.in"), undo, "the address of the other kind hears of it too");
    assert!(home.undo_address(&undo, None).await.unwrap());
    let kept: (String, Option<String>) = sqlx::query_as("SELECT phone, email FROM users WHERE id = $1")
        .bind(id.uuid())
        .fetch_one(&owner)
        .await
        .unwrap();
    assert_eq!(kept, ("+919845012200".to_owned(), None));
    assert_eq!(count(&owner, "second_factors").await, 0, "nor does a second step shut its owner out");
    let keys: Vec<Vec<u8>> =
        sqlx::query_scalar("SELECT credential_id FROM passkeys").fetch_all(&owner).await.unwrap();
    assert_eq!(keys, [b"old".to_vec()], "what was added in the day that is undone opens nothing");
    home.forgotten(Address::parse("mallory@example.in").unwrap(), HERE).await.unwrap();
    let sent = home.messages("mallory@example.in");
    assert!(
        !sent.iter().any(|one| one.message.text.contains("choose a new password. It")),
        "no way in is left"
    );
}

#[sqlx::test(migrations = "../migrations")]
async fn the_web_can_forget_no_change_that_can_still_be_undone(owner: PgPool) {
    let home = home(&owner, cache::Cache::local(), 100).await;
    let id = ananya(&home).await;
    changed(&home, id, number(NEW), OLD, NEW).await;
    let web = web(&owner).await;
    for table in ["address_changes", "notices"] {
        let error = sqlx::raw_sql(sqlx::AssertSqlSafe(format!("DELETE FROM {table}")))
            .execute(&web)
            .await
            .unwrap_err();
        assert!(error.to_string().contains("permission denied"), "{table}: {error}");
    }
    home.forget_old().await.unwrap();
    assert_eq!(count(&owner, "address_changes").await, 1);
}
