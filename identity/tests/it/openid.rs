//! Ways in by a provider: whose they are, and what becomes of sessions when they change.

use axum_login::AuthUser as _;
use identity::openid::{Account, LinkError, UnlinkError};

use super::*;

const ISSUER: &str = "https://accounts.google.com";

fn account(subject: &str) -> Account {
    Account::new(ISSUER, subject, Some(Email::parse("asha@example.in").unwrap())).unwrap()
}

/// Somebody who comes by an account at the provider.
fn comer(subject: &str, number: &str) -> SignUp {
    SignUp { way_in: WayIn::Account(account(subject)), ..person("Asha Rao", number) }
}

async fn asha(home: &Home) -> UserId {
    home.enter(comer("1", "98450 00001")).await
}

/// What the sessions of somebody carry.
async fn carried(identity: &Identity, id: UserId) -> Vec<u8> {
    identity.current_user(id).await.unwrap().unwrap().session_auth_hash().to_vec()
}

#[sqlx::test(migrations = "../migrations")]
async fn somebody_is_who_a_provider_says_by_issuer_and_subject_alone(owner: PgPool) {
    let identity = identity(&owner).await;
    let id = asha(&identity).await;
    assert_eq!(identity.by_account(&account("1")).await.unwrap(), Some(id));
    let elsewhere = Account::new("https://id.example", "1", None).unwrap();
    for other in [account("2"), elsewhere] {
        assert_eq!(identity.by_account(&other).await.unwrap(), None, "{other:?}");
    }
    let accounts = "SELECT count(*) FROM accounts WHERE owner = $1";
    assert_eq!(sqlx::query_scalar::<_, i64>(accounts).bind(id.uuid()).fetch_one(&owner).await.unwrap(), 1);
}

#[sqlx::test(migrations = "../migrations")]
async fn whoever_has_come_by_an_account_is_not_made_again_nor_before_they_have_read_a_code(owner: PgPool) {
    let identity = identity(&owner).await;
    identity.sign_up(comer("1", "98450 00001"), HERE).await.unwrap();
    assert_eq!((count(&owner, "users").await, count(&owner, "openid_identities").await), (0, 0));
    asha(&identity).await;
    for (subject, number) in [("1", "98450 00002"), ("2", "98450 00001")] {
        let attempt = identity.sign_up(comer(subject, number), HERE).await.unwrap();
        // No code came to the number that has an account; whoever knew one would be refused by the tables.
        let Some(code) = identity.messages(number).into_iter().find_map(|received| received.message.code)
        else {
            panic!("no message to {number}");
        };
        let proof = Proof { code, email_code: None };
        let made = identity.prove_sign_up(Which::Attempt(attempt), proof, HERE).await;
        assert!(matches!(made, Err(CodeError::Taken | CodeError::Refused)), "{made:?}");
    }
    assert_eq!((count(&owner, "users").await, count(&owner, "openid_identities").await), (1, 1));
    assert_eq!(count(&owner, "password_credentials").await, 0);
}

#[sqlx::test(migrations = "../migrations")]
async fn what_sessions_carry_changes_with_every_way_in_and_never_comes_back(owner: PgPool) {
    let identity = identity(&owner).await;
    let id = ananya(&identity).await;
    let mut seen = vec![carried(&identity, id).await];
    for _ in 0..2 {
        identity.link(id, &account("1"), None).await.unwrap();
        seen.push(carried(&identity, id).await);
        assert!(identity.unlink(id, ISSUER, None).await.unwrap());
        assert_eq!(carried(&identity, id).await, seen[0], "the password alone, as before");
    }
    let linked: std::collections::BTreeSet<_> = seen.iter().collect();
    assert_eq!(linked.len(), 3, "each connecting is another");
    assert!(!identity.unlink(id, ISSUER, None).await.unwrap(), "there is none");
}

#[sqlx::test(migrations = "../migrations")]
async fn an_account_is_one_persons_and_a_person_has_one_of_a_provider(owner: PgPool) {
    let identity = identity(&owner).await;
    let (asha, ananya) = (asha(&identity).await, ananya(&identity).await);
    assert!(matches!(identity.link(ananya, &account("1"), None).await, Err(LinkError::Taken)));
    assert!(matches!(identity.link(asha, &account("2"), None).await, Err(LinkError::Linked)));
    let ways = identity.ways_in(ananya, ISSUER).await.unwrap();
    assert!(ways.has_password && ways.link.is_none(), "{ways:?}");
    let ways = identity.ways_in(asha, ISSUER).await.unwrap();
    assert!(!ways.has_password && ways.link.unwrap().email.as_deref() == Some("asha@example.in"));
}

#[sqlx::test(migrations = "../migrations")]
async fn of_two_ways_in_that_are_taken_away_at_once_one_stays(owner: PgPool) {
    let identity = identity(&owner).await;
    let id = asha(&identity).await;
    assert!(matches!(identity.unlink(id, ISSUER, None).await, Err(UnlinkError::LastWayIn)));
    for _ in 0..10 {
        let other = Account::new("https://id.example", "1", None).unwrap();
        identity.link(id, &other, None).await.unwrap();
        let (one, two) =
            tokio::join!(identity.unlink(id, ISSUER, None), identity.unlink(id, "https://id.example", None));
        assert_ne!(one.is_ok(), two.is_ok(), "{one:?} {two:?}");
        if one.is_ok() {
            identity.link(id, &account("1"), None).await.unwrap();
            identity.unlink(id, "https://id.example", None).await.unwrap();
        }
    }
    assert_eq!(count(&owner, "openid_identities").await, 1);
}

#[sqlx::test(migrations = "../migrations")]
async fn the_web_gives_no_account_to_somebody_else(owner: PgPool) {
    let identity = identity(&owner).await;
    asha(&identity).await;
    let web = web(&owner).await;
    for statement in
        ["UPDATE openid_identities SET user_id = user_id", "UPDATE openid_identities SET subject = '2'"]
    {
        let refused = sqlx::query(statement).execute(&web).await.unwrap_err();
        assert_eq!(refused.as_database_error().unwrap().code().as_deref(), Some("42501"), "{statement}");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn whoever_came_by_an_account_gets_a_password_by_the_code_that_comes_to_their_number(owner: PgPool) {
    let identity = identity(&owner).await;
    let id = asha(&identity).await;
    assert!(!identity.has_password(id).await.unwrap());
    let before = carried(&identity, id).await;
    let attempt = identity.forgotten(Address::parse("98450 00001").unwrap(), HERE).await.unwrap();
    let password = NewPassword::parse("brass lamp river", &[]).unwrap();
    identity.reset_password(attempt, identity.code("98450 00001"), password, (HERE, None)).await.unwrap();
    assert!(identity.has_password(id).await.unwrap());
    assert_ne!(carried(&identity, id).await, before, "what was begun by the account alone is over");
    let signed_in = identity.sign_in("98450 00001", "brass lamp river".into(), HERE).await.unwrap();
    assert_eq!(signed_in.id, id);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_program_proves_no_sign_up_that_came_by_an_account(owner: PgPool) {
    let identity = identity(&owner).await;
    identity.sign_up(comer("1", "98450 00001"), HERE).await.unwrap();
    let proof = Proof { code: identity.code("98450 00001"), email_code: None };
    let made = identity.prove_sign_up(Which::Phone(phone("98450 00001")), proof, HERE).await;
    assert!(matches!(made, Err(CodeError::Refused)), "{made:?}");
    assert_eq!(count(&owner, "users").await, 0);
}

#[sqlx::test(migrations = "../migrations")]
async fn connecting_and_disconnecting_end_every_session_for_good_and_connecting_is_told(owner: PgPool) {
    let identity = identity(&owner).await;
    let id = ananya(&identity).await;
    let begin = "INSERT INTO sessions (id_hash, data, expires_at)
                 VALUES (sha256('x'), jsonb_build_object('axum-login.data', jsonb_build_object('user_id', $1::text)), now() + interval '1 hour')";
    for connects in [true, false] {
        sqlx::query(begin).bind(id.uuid().to_string()).execute(&owner).await.unwrap();
        assert_eq!(count(&owner, "sessions").await, 1);
        if connects {
            identity.link(id, &account("1"), None).await.unwrap();
        } else {
            assert!(identity.unlink(id, ISSUER, None).await.unwrap());
        }
        assert_eq!(count(&owner, "sessions").await, 0, "{connects}");
    }
    identity.is_told("98450 12264", "A Google account can sign in to your wallet from now on").await;
    identity.is_told("98450 12264", "does not sign in to your wallet any more").await;
}
