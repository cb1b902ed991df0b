//! Payments that wait: set aside, then posted, cancelled or given back; once, and never left behind.

use domain::view::{HoldReason, Movement, TransferStatus};
use domain::{Paise, TransferRefusal, UndoWindow, UserId};
use ledger::hold::Cancellation;
use ledger::transfer::{Transfer, TransferError, TransferRequest, Undo};
use sqlx::PgPool;

use crate::fixture::{Bench, at_once, key, request};

async fn couple(admin: PgPool) -> (Bench, UserId, UserId) {
    let bench = Bench::new(admin);
    let ananya = bench.funded("Ananya", 50_000_00).await;
    let vikram = bench.person("Vikram").await;
    (bench, ananya, vikram)
}

/// Ananya pays Vikram with ten minutes to undo it.
async fn waiting(bench: &Bench, from: UserId, to: UserId, paise: i64) -> Transfer {
    let wish = TransferRequest { undo: Undo::Seconds(600), ..request(to, paise) };
    bench.web.transfer(from, wish).await.unwrap()
}

/// Lets the time of every hold come.
async fn time_passes(bench: &Bench) {
    bench.tamper("UPDATE holds SET created_at = now() - interval '1 minute', release_at = now() - interval '1 second' WHERE status = 'PENDING'").await;
}

/// What can be spent and what is held, of somebody.
async fn stands(bench: &Bench, person: UserId) -> (i64, i64) {
    let balance = bench.web.balance_now(person).await.unwrap();
    (balance.available.get(), balance.held.get())
}

#[sqlx::test(migrations = "../migrations")]
async fn a_payment_with_time_to_undo_is_set_aside_and_posted_when_its_time_comes(admin: PgPool) {
    let (bench, ananya, vikram) = couple(admin).await;
    let made = waiting(&bench, ananya, vikram, 100_00).await;
    let TransferStatus::Pending { until, reason: HoldReason::Undo } = made.status else {
        panic!("{:?}", made.status)
    };
    assert_eq!(until.duration_since(made.at).as_secs(), 600);
    assert_eq!((made.balance.available, made.balance.held), (Paise::new(49_900_00), Paise::new(100_00)));
    assert_eq!(stands(&bench, vikram).await, (0, 0));
    assert_eq!(bench.web.post_due_holds().await.unwrap(), 0);
    bench.assert_books_right().await;

    time_passes(&bench).await;
    assert_eq!(bench.web.post_due_holds().await.unwrap(), 1);
    assert_eq!((stands(&bench, ananya).await, stands(&bench, vikram).await), ((49_900_00, 0), (100_00, 0)));
    let receipt = bench.web.receipt(vikram, made.id).await.unwrap().unwrap();
    assert_eq!((receipt.transfer, receipt.status), (made.id, TransferStatus::Posted));
    assert_eq!(bench.web.post_due_holds().await.unwrap(), 0);
    bench.assert_books_right().await;
}

#[sqlx::test(migrations = "../migrations")]
async fn a_cancelled_payment_gives_the_money_back_and_never_moves(admin: PgPool) {
    let (bench, ananya, vikram) = couple(admin).await;
    let made = waiting(&bench, ananya, vikram, 100_00).await;
    assert_eq!(bench.web.cancel(vikram, made.id).await.unwrap(), None, "only the payer cancels");
    for _ in 0..2 {
        let cancelled = bench.web.cancel(ananya, made.id).await.unwrap();
        assert_eq!(cancelled, Some(Cancellation::Cancelled));
    }
    assert_eq!(stands(&bench, ananya).await, (50_000_00, 0));
    time_passes(&bench).await;
    assert_eq!(bench.web.post_due_holds().await.unwrap(), 0);
    let receipt = bench.web.receipt(ananya, made.id).await.unwrap().unwrap();
    assert_eq!((receipt.status, receipt.balance_after), (TransferStatus::Voided, None));
    assert!(receipt.ended_at.is_some());
    bench.assert_books_right().await;
}

#[sqlx::test(migrations = "../migrations")]
async fn what_has_moved_or_is_about_to_can_no_longer_be_cancelled(admin: PgPool) {
    let (bench, ananya, vikram) = couple(admin).await;
    let made = waiting(&bench, ananya, vikram, 100_00).await;
    time_passes(&bench).await;
    assert_eq!(bench.web.cancel(ananya, made.id).await.unwrap(), Some(Cancellation::Moving));
    bench.web.post_due_holds().await.unwrap();
    assert_eq!(bench.web.cancel(ananya, made.id).await.unwrap(), Some(Cancellation::TooLate));
    assert_eq!(stands(&bench, vikram).await, (100_00, 0));
}

#[sqlx::test(migrations = "../migrations")]
async fn a_first_payment_can_be_undone_for_a_moment_and_the_next_goes_at_once(admin: PgPool) {
    let (bench, ananya, vikram) = couple(admin).await;
    let usual = |paise| TransferRequest { undo: Undo::AsUsual, ..request(vikram, paise) };
    let first = bench.web.transfer(ananya, usual(10_000_00)).await.unwrap();
    let TransferStatus::Pending { until, reason: HoldReason::Undo } = first.status else {
        panic!("{:?}", first.status)
    };
    assert_eq!(until.duration_since(first.at).as_secs(), 10);
    time_passes(&bench).await;
    bench.web.post_due_holds().await.unwrap();
    assert_eq!(bench.web.transfer(ananya, usual(10_000_00)).await.unwrap().status, TransferStatus::Posted);
    bench.assert_books_right().await;
}

#[sqlx::test(migrations = "../migrations")]
async fn a_large_first_payment_waits_an_hour_visible_to_both_unless_the_payee_is_trusted(admin: PgPool) {
    let (bench, ananya, vikram) = couple(admin).await;
    let meera = bench.person("Meera").await;
    let large = |to| request(to, 10_000_01);
    let made = bench.web.transfer(ananya, large(vikram)).await.unwrap();
    let TransferStatus::Pending { until, reason: HoldReason::FirstPayment } = made.status else {
        panic!("{:?}", made.status)
    };
    assert_eq!(until.duration_since(made.at).as_secs(), 3600);
    let seen = bench.web.receipt(vikram, made.id).await.unwrap().unwrap();
    assert_eq!((seen.status, seen.amount), (made.status, Paise::new(10_000_01)));
    let seen = bench.web.activity(vikram, None, 5).await.unwrap().movements;
    assert!(matches!(seen[..], [Movement::Hold { transfer, .. }] if transfer == made.id), "{seen:?}");

    bench.web.trust(ananya, meera, true).await.unwrap();
    assert_eq!(bench.web.transfer(ananya, large(meera)).await.unwrap().status, TransferStatus::Posted);
    bench.assert_books_right().await;
}

/// Lets so many minutes go by since everybody's first payments.
async fn minutes_pass(bench: &Bench, minutes: u32) {
    bench
        .tamper(format!("UPDATE payees SET first_paid_at = first_paid_at - interval '{minutes} minutes'"))
        .await;
}

/// How long a payment waits that was made, in seconds, and why.
fn wait(made: &Transfer) -> Option<(u32, HoldReason)> {
    let TransferStatus::Pending { until, reason } = made.status else { return None };
    Some((u32::try_from(until.duration_since(made.at).as_secs()).unwrap(), reason))
}

#[sqlx::test(migrations = "../migrations")]
async fn a_paisa_sent_ahead_opens_no_door_for_a_large_payment_until_an_hour_has_gone_by(admin: PgPool) {
    let (bench, ananya, vikram) = couple(admin).await;
    bench.web.transfer(ananya, request(vikram, 1)).await.unwrap();
    let hour = Some((3600, HoldReason::FirstPayment));
    for minutes in [0, 30, 29] {
        minutes_pass(&bench, minutes).await;
        let large = bench.web.transfer(ananya, request(vikram, 10_000_01)).await.unwrap();
        assert_eq!(wait(&large), hour);
        let small = bench.web.transfer(ananya, request(vikram, 1_00)).await.unwrap();
        assert_eq!(wait(&small), None, "what is small goes at once after the first");
    }
    minutes_pass(&bench, 1).await;
    let large = bench.web.transfer(ananya, request(vikram, 10_000_01)).await.unwrap();
    assert_eq!(wait(&large), None);
    bench.assert_books_right().await;
}

#[sqlx::test(migrations = "../migrations")]
async fn the_senders_own_time_to_undo_counts_where_a_payment_says_none(admin: PgPool) {
    let (bench, ananya, vikram) = couple(admin).await;
    let pay = async |undo, paise| {
        let wish = TransferRequest { undo, ..request(vikram, paise) };
        let told = bench.web.outlook(ananya, vikram, wish.amount).await.unwrap();
        let wait = wait(&bench.web.transfer(ananya, wish).await.unwrap());
        assert!(undo != Undo::AsUsual || told.wait == wait, "{told:?} and then {wait:?}");
        wait
    };
    let undo = |seconds| Some((seconds, HoldReason::Undo));
    assert_eq!(bench.web.undo_window(ananya).await.unwrap(), UndoWindow::Off);
    // A first payment can be undone for ten seconds, or for longer if its sender wants it so.
    assert_eq!(pay(Undo::AsUsual, 1_00).await, undo(10));
    bench.web.set_undo_window(ananya, UndoWindow::Thirty).await.unwrap();
    assert_eq!(pay(Undo::AsUsual, 1_00).await, undo(30));
    assert_eq!(pay(Undo::AsUsual, 10_000_01).await, Some((3600, HoldReason::FirstPayment)));
    assert_eq!(pay(Undo::Seconds(0), 1_00).await, None, "whoever says a time means it");
    assert_eq!(pay(Undo::AsUsual, 1_00).await, undo(30));
    minutes_pass(&bench, 60).await;
    assert_eq!(pay(Undo::AsUsual, 10_000_01).await, undo(30));
    bench.web.set_undo_window(ananya, UndoWindow::Off).await.unwrap();
    assert_eq!(pay(Undo::AsUsual, 1_00).await, None);
    assert_eq!(bench.web.undo_window(vikram).await.unwrap(), UndoWindow::Off);
    let odd =
        sqlx::query("SELECT set_undo_window($1, 3600)").bind(ananya.uuid()).execute(&bench.web_pool).await;
    assert_eq!(crate::fixture::refusal(odd), "undo_windows_known");
    bench.assert_books_right().await;
}

#[sqlx::test(migrations = "../migrations")]
async fn the_moment_to_undo_is_the_senders_alone(admin: PgPool) {
    let (bench, ananya, vikram) = couple(admin).await;
    let made = waiting(&bench, ananya, vikram, 100_00).await;
    assert_eq!(bench.web.receipt(vikram, made.id).await.unwrap(), None);
    assert!(bench.web.activity(vikram, None, 5).await.unwrap().movements.is_empty());
    let hers = bench.web.activity(ananya, None, 5).await.unwrap().movements;
    assert!(matches!(hers[0], Movement::Hold { amount, .. } if amount == Paise::new(-100_00)));
}

#[sqlx::test(migrations = "../migrations")]
async fn a_key_names_one_payment_while_it_waits_and_after(admin: PgPool) {
    let (bench, ananya, vikram) = couple(admin).await;
    let wish = TransferRequest { undo: Undo::Seconds(600), key: key("k-1"), ..request(vikram, 100_00) };
    let made = at_once((0..16).map(|_| {
        let (web, wish) = (bench.web.clone(), wish.clone());
        async move { web.transfer(ananya, wish).await.unwrap() }
    }))
    .await;
    assert!(made.iter().all(|transfer| transfer.id == made[0].id && transfer.at == made[0].at));
    assert_eq!(stands(&bench, ananya).await, (49_900_00, 100_00));
    let other = TransferRequest { key: key("k-1"), ..request(vikram, 99_00) };
    let refused = bench.web.transfer(ananya, other).await;
    assert!(matches!(refused, Err(TransferError::Refused(TransferRefusal::KeyReused))), "{refused:?}");
    bench.web.cancel(ananya, made[0].id).await.unwrap();
    let again = bench.web.transfer(ananya, wish.clone()).await.unwrap();
    assert_eq!((again.id, again.status, again.replayed), (made[0].id, TransferStatus::Voided, true));
    assert_eq!(bench.web.transfer_by_key(ananya, &wish.key).await.unwrap(), Some(made[0].id));
}

#[sqlx::test(migrations = "../migrations")]
async fn cancelling_and_posting_at_once_end_a_payment_one_way(admin: PgPool) {
    let (bench, ananya, vikram) = couple(admin).await;
    let mut holds = vec![];
    for _ in 0..24 {
        holds.push(waiting(&bench, ananya, vikram, 1_00).await.id);
    }
    // Each at its own instant, around now.
    bench.tamper("UPDATE holds SET release_at = now() + random() * interval '60 milliseconds'").await;
    let relay = |web: ledger::Ledger| async move {
        for _ in 0..40 {
            web.post_due_holds().await.unwrap();
        }
        0
    };
    let cancel = |web: ledger::Ledger, hold| async move {
        usize::from(web.cancel(ananya, hold).await.unwrap() == Some(Cancellation::Cancelled))
    };
    let (posters, cancelled) = tokio::join!(
        at_once((0..2).map(|_| relay(bench.web.clone()))),
        at_once(holds.iter().map(|hold| cancel(bench.web.clone(), *hold)))
    );
    drop(posters);
    tokio::time::sleep(std::time::Duration::from_millis(80)).await;
    bench.web.post_due_holds().await.unwrap();
    let cancelled: usize = cancelled.into_iter().sum();
    assert_eq!(stands(&bench, vikram).await, ((24 - cancelled as i64) * 1_00, 0));
    assert_eq!(stands(&bench, ananya).await, (50_000_00 - (24 - cancelled as i64) * 1_00, 0));
    bench.assert_books_right().await;
    assert_eq!(bench.deadlocks().await, 0);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_payment_that_cannot_be_posted_is_given_back_and_keeps_no_other(admin: PgPool) {
    let (bench, ananya, vikram) = couple(admin).await;
    let meera = bench.person("Meera").await;
    let (stuck, fine) =
        (waiting(&bench, ananya, vikram, 100_00).await, waiting(&bench, ananya, meera, 100_00).await);
    let full = i64::MAX - 99_99;
    bench.tamper(format!("UPDATE accounts SET balance = {full} WHERE owner = '{vikram}'")).await;
    time_passes(&bench).await;
    assert_eq!(bench.web.post_due_holds().await.unwrap(), 2);
    let status = async |hold| bench.web.receipt(ananya, hold).await.unwrap().unwrap().status;
    assert_eq!(
        (status(stuck.id).await, status(fine.id).await),
        (TransferStatus::Expired, TransferStatus::Posted)
    );
    assert_eq!(stands(&bench, ananya).await, (49_900_00, 0));
}

#[sqlx::test(migrations = "../migrations")]
async fn a_hold_ends_once_whoever_writes(admin: PgPool) {
    let (bench, ananya, vikram) = couple(admin).await;
    let made = waiting(&bench, ananya, vikram, 100_00).await;
    let admin = |statement: String| {
        let admin = bench.admin.clone();
        async move { crate::fixture::refusal(sqlx::raw_sql(sqlx::AssertSqlSafe(statement)).execute(&admin).await) }
    };
    let edit = format!("UPDATE holds SET amount = 1 WHERE id = '{}'", made.id);
    assert_eq!(admin(edit).await, "holds_end_once");
    let unpaid = "UPDATE holds SET status = 'POSTED', transfer_id = id, ended_at = now()".to_owned();
    assert_eq!(admin(unpaid).await, "holds_transfer");
    bench.web.cancel(ananya, made.id).await.unwrap();
    let revived = "UPDATE holds SET status = 'PENDING', ended_at = NULL".to_owned();
    assert_eq!(admin(revived).await, "holds_end_once");
    assert_eq!(admin("DELETE FROM holds".to_owned()).await, "holds_append_only");
}

#[sqlx::test(migrations = "../migrations")]
async fn what_is_told_beforehand_is_what_then_happens(admin: PgPool) {
    let (bench, ananya, vikram) = couple(admin).await;
    let meera = bench.person("Meera").await;
    bench.web.trust(ananya, meera, true).await.unwrap();
    let payments =
        [(vikram, 10_000_01), (vikram, 10_000_00), (meera, 10_000_01), (vikram, 5_00), (vikram, 10_000_01)];
    for (to, paise) in payments {
        let wish = TransferRequest { undo: Undo::AsUsual, ..request(to, paise) };
        let told = bench.web.outlook(ananya, to, wish.amount).await.unwrap();
        let made = bench.web.transfer(ananya, wish).await.unwrap();
        assert_eq!((told.wait, told.refusal), (wait(&made), None), "{paise}");
        if paise == 10_000_00 {
            time_passes(&bench).await;
            bench.web.post_due_holds().await.unwrap();
        }
    }
    bench.web.set_limit(ananya, domain::Period::Day, Paise::new(30_000_00)).await.unwrap();
    for paise in [9_999_99, 90_000_00] {
        let told = bench.web.outlook(ananya, vikram, request(vikram, paise).amount).await.unwrap().refusal;
        let Err(TransferError::Refused(refusal)) = bench.web.transfer(ananya, request(vikram, paise)).await
        else {
            panic!("{paise} was paid")
        };
        assert_eq!(told, Some(refusal));
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn the_home_page_is_told_what_waits_and_nothing_else(admin: PgPool) {
    let (bench, ananya, vikram) = couple(admin).await;
    let (first, second) =
        (waiting(&bench, ananya, vikram, 1_00).await, waiting(&bench, ananya, vikram, 2_00).await);
    bench.web.cancel(ananya, first.id).await.unwrap();
    let held = bench.web.waiting(ananya).await.unwrap();
    let status = second.status;
    assert!(
        matches!(held[..], [Movement::Hold { transfer, status: told, amount, .. }]
            if (transfer, told, amount) == (second.id, status, Paise::new(-2_00))),
        "{held:?}"
    );
    assert!(bench.web.waiting(vikram).await.unwrap().is_empty());
}

#[sqlx::test(migrations = "../migrations")]
async fn a_payment_whose_payee_is_busy_is_not_given_back_but_posted_later(admin: PgPool) {
    let (bench, ananya, vikram) = couple(admin).await;
    let made = waiting(&bench, ananya, vikram, 100_00).await;
    time_passes(&bench).await;
    let impatient = bench.web_pool.connect_options().as_ref().clone().options([("lock_timeout", "50ms")]);
    let impatient = sqlx::postgres::PgPoolOptions::new().connect_lazy_with(impatient);
    let web = ledger::Ledger::new(impatient, cache::Cache::local());
    let mut busy = bench.admin.begin().await.unwrap();
    let lock = "SELECT FROM accounts WHERE owner = $1 FOR UPDATE";
    sqlx::query(lock).bind(vikram.uuid()).execute(&mut *busy).await.unwrap();
    assert_eq!(web.post_due_holds().await.unwrap(), 0);
    busy.rollback().await.unwrap();
    assert_eq!(web.post_due_holds().await.unwrap(), 1);
    let receipt = bench.web.receipt(ananya, made.id).await.unwrap().unwrap();
    assert_eq!(receipt.status, TransferStatus::Posted);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_payment_that_can_be_neither_posted_nor_given_back_keeps_no_other(admin: PgPool) {
    let (bench, ananya, vikram) = couple(admin).await;
    let meera = bench.funded("Meera", 100_00).await;
    waiting(&bench, ananya, vikram, 100_00).await;
    let fine = waiting(&bench, meera, vikram, 50_00).await;
    bench.tamper(format!("UPDATE accounts SET held = 0 WHERE owner = '{ananya}'")).await;
    time_passes(&bench).await;
    assert_eq!(bench.web.post_due_holds().await.unwrap(), 1);
    let receipt = bench.web.receipt(meera, fine.id).await.unwrap().unwrap();
    assert_eq!(receipt.status, TransferStatus::Posted);
}
