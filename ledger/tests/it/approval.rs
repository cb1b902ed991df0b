//! Approvals: what was approved is paid, and nothing else, whatever the program forgot to ask.

use std::time::Duration;

use domain::approval::ApprovalMethod;
use domain::{Paise, TransferRefusal, UserId};
use ledger::approval::{ApprovalLimitError, Approving};
use ledger::hold::Cancellation;
use ledger::transfer::{TransferError, TransferRequest, Undo};
use sqlx::PgPool;

use crate::fixture::{Bench, amount, at_once, key, refusal, request};

/// Somebody with money and a PIN, who approves payments above ₹100.
async fn careful(bench: &Bench) -> UserId {
    let person = bench.funded("Ananya", 5_000_00).await;
    has_a_pin(bench, person).await;
    bench.web.set_approval_limit(person, Some(Paise::new(100_00)), false).await.unwrap();
    person
}

async fn has_a_pin(bench: &Bench, person: UserId) {
    let pin =
        sqlx::query("INSERT INTO pins (user_id, hash, sealed_by) VALUES ($1, '$argon2id$', '8 bytes.')")
            .bind(person.uuid());
    pin.execute(&bench.web_pool).await.unwrap();
}

fn approving(request: &TransferRequest) -> Approving {
    Approving { key: request.key.clone(), to: request.to, amount: request.amount }
}

async fn approve(bench: &Bench, person: UserId, payment: &Approving) {
    bench.web.approve(person, payment, ApprovalMethod::Pin).await.unwrap();
}

/// As the ledger decides it, with nothing asked before.
async fn pays(bench: &Bench, from: UserId, request: TransferRequest) -> Result<bool, TransferRefusal> {
    match bench.web.transfer(from, request).await {
        Ok(transfer) => Ok(!transfer.replayed),
        Err(TransferError::Refused(refusal)) => Err(refusal),
        Err(error) => panic!("{error:?}"),
    }
}

const NEEDED: Result<bool, TransferRefusal> =
    Err(TransferRefusal::ApprovalNeeded { above: Paise::new(100_00) });

#[sqlx::test(migrations = "../migrations")]
async fn above_the_amount_nothing_leaves_that_was_not_approved(admin: PgPool) {
    let bench = Bench::new(admin);
    let (ananya, vikram) = (careful(&bench).await, bench.person("Vikram").await);
    assert_eq!(pays(&bench, ananya, request(vikram, 100_00)).await, Ok(true), "not above it");
    let large = request(vikram, 100_01);
    assert_eq!(pays(&bench, ananya, large.clone()).await, NEEDED);
    let outlook = bench.web.outlook(ananya, vikram, large.amount).await.unwrap();
    assert_eq!((outlook.approve_above, outlook.refusal), (Some(Paise::new(100_00)), None));
    assert_eq!(pays(&bench, ananya, request(vikram, 9_999_00)).await, NEEDED, "also of more than there is");

    assert!(!bench.web.is_approved(ananya, &approving(&large)).await.unwrap());
    approve(&bench, ananya, &approving(&large)).await;
    assert!(bench.web.is_approved(ananya, &approving(&large)).await.unwrap());
    assert_eq!(pays(&bench, ananya, large.clone()).await, Ok(true));
    assert_eq!(pays(&bench, ananya, large).await, Ok(false), "the same payment, told again");
    assert_eq!(bench.money(ananya).await, 5_000_00 - 200_01);
    bench.assert_books_right().await;
}

#[sqlx::test(migrations = "../migrations")]
async fn an_approval_is_of_one_payment_alone(admin: PgPool) {
    let bench = Bench::new(admin);
    let (ananya, vikram) = (careful(&bench).await, bench.person("Vikram").await);
    let (meera, other) = (bench.person("Meera").await, careful(&bench).await);
    let right = request(vikram, 500_00);
    approve(&bench, ananya, &approving(&right)).await;
    for (what, from, tampered) in [
        ("another amount", ananya, TransferRequest { amount: amount(500_01), ..right.clone() }),
        ("a smaller amount", ananya, TransferRequest { amount: amount(499_99), ..right.clone() }),
        ("another payee", ananya, TransferRequest { to: meera, ..right.clone() }),
        ("another key", ananya, TransferRequest { key: key("another"), ..right.clone() }),
        ("another person", other, right.clone()),
    ] {
        assert_eq!(pays(&bench, from, tampered).await, NEEDED, "{what}");
    }
    let early = "UPDATE approvals SET expires_at = expires_at - interval '5 minutes'";
    sqlx::query(early).execute(&bench.admin).await.unwrap();
    assert_eq!(pays(&bench, ananya, right.clone()).await, NEEDED, "five minutes later");
    bench.web.forget_approvals().await.unwrap();
    assert_eq!(bench.number("SELECT count(*) FROM approvals").await, 0);

    // Of two approvals under one key the later one holds.
    approve(&bench, ananya, &Approving { amount: amount(700_00), ..approving(&right) }).await;
    approve(&bench, ananya, &approving(&right)).await;
    let first = TransferRequest { amount: amount(700_00), ..right.clone() };
    assert_eq!(pays(&bench, ananya, first).await, NEEDED);
    assert_eq!(pays(&bench, ananya, right.clone()).await, Ok(true));
    let again = TransferRequest { to: meera, ..right };
    assert_eq!(pays(&bench, ananya, again).await, Err(TransferRefusal::KeyReused), "spent");
    assert_eq!(bench.money(ananya).await, 4_500_00);
}

#[sqlx::test(migrations = "../migrations")]
async fn sixteen_at_once_spend_one_approval_once(admin: PgPool) {
    let bench = Bench::new(admin);
    let (ananya, vikram) = (careful(&bench).await, bench.person("Vikram").await);
    let right = request(vikram, 500_00);
    approve(&bench, ananya, &approving(&right)).await;
    let made = at_once((0..16).map(|n| {
        let ledger = ledger::Ledger::new(bench.web_pool.clone(), cache::Cache::local());
        let under = if n % 2 == 0 { right.key.clone() } else { key(&format!("other-{n}")) };
        let request = TransferRequest { key: under, ..right.clone() };
        async move { ledger.transfer(ananya, request).await }
    }));
    let made = made.await;
    let fresh = made.iter().flatten().filter(|transfer| !transfer.replayed).count();
    assert_eq!((fresh, made.iter().flatten().count()), (1, 8), "{made:?}");
    assert_eq!(bench.money(ananya).await, 4_500_00);
}

#[sqlx::test(migrations = "../migrations")]
async fn an_approval_counts_when_a_payment_begins_to_wait(admin: PgPool) {
    let bench = Bench::new(admin);
    let (ananya, vikram) = (careful(&bench).await, bench.person("Vikram").await);
    let waits = TransferRequest { undo: Undo::Seconds(600), ..request(vikram, 500_00) };
    assert_eq!(pays(&bench, ananya, waits.clone()).await, NEEDED);
    approve(&bench, ananya, &approving(&waits)).await;
    let hold = bench.web.transfer(ananya, waits).await.unwrap();
    sqlx::query("DELETE FROM approvals").execute(&bench.admin).await.unwrap();
    bench.tamper("UPDATE holds SET release_at = now()").await;
    assert_eq!(bench.web.post_due_holds().await.unwrap(), 1);
    assert_eq!(bench.money(ananya).await, 4_500_00);
    assert_ne!(bench.web.cancel(ananya, hold.id).await.unwrap(), Some(Cancellation::Cancelled));
}

#[sqlx::test(migrations = "../migrations")]
async fn stricter_holds_at_once_and_looser_takes_a_proof(admin: PgPool) {
    let bench = Bench::new(admin);
    let person = bench.funded("Ananya", 5_000_00).await;
    let set = async |above: Option<i64>, proven| match bench
        .web
        .set_approval_limit(person, above.map(Paise::new), proven)
        .await
    {
        Ok(()) => "set",
        Err(ApprovalLimitError::NeedsProof) => "needs proof",
        Err(ApprovalLimitError::NothingToApproveBy) => "nothing to approve by",
        Err(error) => panic!("{error:?}"),
    };
    assert_eq!(set(Some(0), true).await, "nothing to approve by");
    has_a_pin(&bench, person).await;
    assert_eq!(set(None, false).await, "set", "nothing has become looser");
    for (above, proven, said, then) in [
        (Some(100_00), false, "set", Some(100_00)),
        (Some(50_00), false, "set", Some(50_00)),
        (Some(50_01), false, "needs proof", Some(50_00)),
        (None, false, "needs proof", Some(50_00)),
        (Some(0), false, "set", Some(0)),
        (Some(1), false, "needs proof", Some(0)),
        (Some(1), true, "set", Some(1)),
        (None, true, "set", None),
        (Some(70_00), false, "set", Some(70_00)),
    ] {
        assert_eq!(set(above, proven).await, said, "{above:?} {proven}");
        assert_eq!(bench.web.approval_limit(person).await.unwrap(), then.map(Paise::new));
    }
    sqlx::query("DELETE FROM pins").execute(&bench.web_pool).await.unwrap();
    assert_eq!(
        bench.web.approval_limit(person).await.unwrap(),
        None,
        "nobody is asked for what they have not"
    );
}

#[sqlx::test(migrations = "../migrations")]
async fn a_payment_that_waits_for_its_lock_meets_the_limit_that_was_set_meanwhile(admin: PgPool) {
    let bench = Bench::new(admin);
    let (ananya, vikram) = (bench.funded("Ananya", 5_000_00).await, bench.person("Vikram").await);
    has_a_pin(&bench, ananya).await;
    let mut setting = bench.web_pool.begin().await.unwrap();
    let limit = sqlx::query("SELECT set_approval_limit($1, 10000, false)").bind(ananya.uuid());
    limit.execute(&mut *setting).await.unwrap();
    let web = bench.web.clone();
    let paying = tokio::spawn(async move { web.transfer(ananya, request(vikram, 500_00)).await });
    while bench.number("SELECT count(*) FROM pg_locks WHERE NOT granted").await == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    setting.commit().await.unwrap();
    let refused = paying.await.unwrap();
    assert!(
        matches!(refused, Err(TransferError::Refused(TransferRefusal::ApprovalNeeded { .. }))),
        "{refused:?}"
    );
    // And the other way round: nobody is told that a limit holds while a payment before it is not yet done.
    let mut paid = bench.admin.begin().await.unwrap();
    sqlx::query("SELECT FROM accounts WHERE owner = $1 FOR NO KEY UPDATE")
        .bind(ananya.uuid())
        .execute(&mut *paid)
        .await
        .unwrap();
    let set = bench.web.set_approval_limit(ananya, Some(Paise::ZERO), false);
    assert!(tokio::time::timeout(Duration::from_millis(200), set).await.is_err());
}

#[sqlx::test(migrations = "../migrations")]
async fn nobody_makes_an_approval_that_holds_longer_or_of_another_kind(admin: PgPool) {
    let bench = Bench::new(admin);
    let (ananya, vikram) = (careful(&bench).await, bench.person("Vikram").await);
    let payment = approving(&request(vikram, 500_00));
    for method in ApprovalMethod::ALL {
        let until = bench.web.approve(ananya, &payment, method).await.unwrap();
        let left = until.duration_since(jiff::Timestamp::now()).as_secs();
        assert!((290..=300).contains(&left), "{left}");
    }
    for (statement, refused) in [
        ("UPDATE approvals SET expires_at = 'infinity'", "42501"),
        ("UPDATE approval_limits SET above = 1", "42501"),
        ("DELETE FROM approval_limits", "42501"),
        ("SELECT can_approve(gen_random_uuid())", "42501"),
        ("SELECT approve(person, 'k', payee, 1, 'wish') FROM approvals", "approvals_method_known"),
        ("SELECT approve(person, 'k', payee, 0, 'pin') FROM approvals", "approvals_amount_positive"),
        ("UPDATE pins SET failures = 11", "pins_failures"),
        ("UPDATE pins SET hash = '123456'", "pins_hash_argon2id"),
        (
            "INSERT INTO approvals SELECT person, 'k', payee, amount, method, 'infinity' FROM approvals",
            "42501",
        ),
    ] {
        assert_eq!(refusal(sqlx::query(statement).execute(&bench.web_pool).await), refused, "{statement}");
    }
    for pool in [&bench.bank_pool, &bench.auditor] {
        for statement in [
            "SELECT hash FROM pins",
            "SELECT * FROM approvals",
            "SELECT approve(gen_random_uuid(), 'k', gen_random_uuid(), 1, 'pin')",
            "SELECT set_approval_limit(gen_random_uuid(), NULL, true)",
        ] {
            assert_eq!(refusal(sqlx::query(statement).execute(pool).await), "42501", "{statement}");
        }
    }
}
