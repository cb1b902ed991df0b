//! What the bank says, credited exactly once: repeated, late, out of order, wrong.

use domain::view::{Counterparty, OnRampStatus};
use domain::{Bank, Paise, UserId};
use ledger::on_ramp::{BankEvent, BankMessage, BankRequest, PaymentOutcome, Settlement};
use sqlx::PgPool;

use crate::fixture::{Bench, at_once, event, failure, success};

const SUSPENSE: &str = "SELECT balance FROM accounts WHERE id = 3";
const EVENTS: &str = "SELECT count(*) FROM bank_events";
const CREDITS: &str = "SELECT count(*) FROM transfers WHERE kind = 'on_ramp'";

async fn settle_at_once(bench: &Bench, events: Vec<BankEvent>) -> Vec<Settlement> {
    at_once(events.into_iter().map(|event| {
        let bank = bench.bank.clone();
        async move { bank.settle(event).await.unwrap() }
    }))
    .await
}

fn count(settlements: &[Settlement], wanted: Settlement) -> usize {
    settlements.iter().filter(|settlement| **settlement == wanted).count()
}

async fn status(bench: &Bench, person: UserId, intent: &BankRequest) -> OnRampStatus {
    bench.web.on_ramp(person, intent.id).await.unwrap().unwrap().status
}

#[sqlx::test(migrations = "../migrations")]
async fn the_banks_word_credits_the_wallet_and_ends_the_intent(admin: PgPool) {
    let bench = Bench::new(admin);
    let ananya = bench.person("Ananya").await;
    let intent = bench.intent(ananya, 500_00).await;
    assert_eq!(bench.bank.settle(success(&intent.token, 500_00)).await.unwrap(), Settlement::Settled);

    let seen = bench.web.on_ramp(ananya, intent.id).await.unwrap().unwrap();
    assert_eq!(
        (seen.status, seen.bank_reference.as_deref(), seen.late),
        (OnRampStatus::Success, Some("DS-1"), false)
    );
    let receipt = bench.web.receipt(ananya, seen.transfer.unwrap()).await.unwrap().unwrap();
    assert_eq!((receipt.amount, receipt.balance_after), (Paise::new(500_00), Some(Paise::new(500_00))));
    assert_eq!((receipt.counterparty, receipt.on_ramp), (Counterparty::Bank(Bank::Deccan), Some(intent.id)));
    assert_eq!(bench.number("SELECT balance FROM accounts WHERE id = 1").await, -500_00);
    bench.assert_books_right().await;
}

#[sqlx::test(migrations = "../migrations")]
async fn sixteen_deliveries_of_one_message_at_once_credit_once(admin: PgPool) {
    let bench = Bench::new(admin);
    let ananya = bench.person("Ananya").await;
    let intent = bench.intent(ananya, 500_00).await;
    let settlements = settle_at_once(&bench, vec![success(&intent.token, 500_00); 16]).await;
    assert_eq!(
        (count(&settlements, Settlement::Settled), count(&settlements, Settlement::Repeated)),
        (1, 15)
    );
    assert_eq!(
        (bench.money(ananya).await, bench.number(EVENTS).await, bench.number(CREDITS).await),
        (500_00, 1, 1)
    );
    bench.assert_books_right().await;
}

#[sqlx::test(migrations = "../migrations")]
async fn one_payment_told_in_sixteen_messages_at_once_is_credited_once(admin: PgPool) {
    let bench = Bench::new(admin);
    let ananya = bench.person("Ananya").await;
    let intent = bench.intent(ananya, 500_00).await;
    let events = (0..16).map(|_| success(&intent.token, 500_00)).collect();
    let settlements = settle_at_once(&bench, events).await;
    assert_eq!(
        (count(&settlements, Settlement::Settled), count(&settlements, Settlement::Repeated)),
        (1, 15)
    );
    assert_eq!(
        (bench.money(ananya).await, bench.number(EVENTS).await, bench.number(CREDITS).await),
        (500_00, 16, 1)
    );
    bench.assert_books_right().await;
}

#[sqlx::test(migrations = "../migrations")]
async fn one_message_id_for_sixteen_payments_at_once_is_carried_out_for_one(admin: PgPool) {
    let bench = Bench::new(admin);
    let ananya = bench.person("Ananya").await;
    for outcome in [PaymentOutcome::Failed, PaymentOutcome::Succeeded] {
        let mut events = vec![];
        for _ in 0..16 {
            let token = bench.intent(ananya, 500_00).await.token;
            events
                .push(BankEvent { id: format!("msg_{outcome:?}"), ..event(outcome, &token, 500_00, "INR") });
        }
        let settlements = settle_at_once(&bench, events).await;
        assert_eq!(count(&settlements, Settlement::Contradicted), 15, "{settlements:?}");
    }
    assert_eq!(bench.number("SELECT count(*) FROM on_ramps WHERE status = 'FAILURE'").await, 1);
    assert_eq!(bench.number("SELECT count(*) FROM on_ramps WHERE status = 'SUCCESS'").await, 1);
    assert_eq!((bench.money(ananya).await, bench.number(EVENTS).await), (500_00, 2));
    bench.assert_books_right().await;
}

#[sqlx::test(migrations = "../migrations")]
async fn a_message_id_that_says_something_else_is_refused_and_changes_nothing(admin: PgPool) {
    let bench = Bench::new(admin);
    let ananya = bench.person("Ananya").await;
    let (paid, open) = (bench.intent(ananya, 500_00).await, bench.intent(ananya, 500_00).await);
    let first = success(&paid.token, 500_00);
    assert_eq!(bench.bank.settle(first.clone()).await.unwrap(), Settlement::Settled);

    let malformed = BankEvent { message: BankMessage::Malformed, body: vec![], ..first.clone() };
    let same_meaning = BankEvent { body: [&first.body[..], b" "].concat(), ..first.clone() };
    let others = [
        failure(&paid.token, 500_00),
        success(&open.token, 500_00),
        success("nobody's", 500_00),
        malformed,
        same_meaning,
    ];
    for other in others {
        let other = BankEvent { id: first.id.clone(), ..other };
        assert_eq!(bench.bank.settle(other.clone()).await.unwrap(), Settlement::Contradicted, "{other:?}");
    }
    assert_eq!(bench.bank.settle(first).await.unwrap(), Settlement::Repeated, "the same bytes still are");
    assert_eq!(status(&bench, ananya, &open).await, OnRampStatus::Processing);
    assert_eq!((bench.money(ananya).await, bench.number(EVENTS).await), (500_00, 1));

    // What was refused is no repeat either when it comes back as something good.
    let wrong = success(&open.token, 1_00);
    assert_eq!(bench.bank.settle(wrong.clone()).await.unwrap(), Settlement::WrongAmount);
    let mended = BankEvent { id: wrong.id, ..success(&open.token, 500_00) };
    assert_eq!(bench.bank.settle(mended).await.unwrap(), Settlement::Contradicted);
    assert_eq!((bench.money(ananya).await, bench.number(EVENTS).await), (500_00, 2));
    bench.assert_books_right().await;
}

#[sqlx::test(migrations = "../migrations")]
async fn two_bodies_under_one_message_id_at_once_are_one_outcome_and_one_refusal(admin: PgPool) {
    let bench = Bench::new(admin);
    let ananya = bench.person("Ananya").await;
    for round in 0..8 {
        // About one intent they meet at its lock; about two of them, only at the id.
        let one = bench.intent(ananya, 1_00).await.token;
        let other = if round % 2 == 0 { one.clone() } else { bench.intent(ananya, 1_00).await.token };
        let first = success(&one, 1_00);
        let second = BankEvent { id: first.id.clone(), ..failure(&other, 1_00) };
        let settlements = settle_at_once(&bench, vec![first, second]).await;
        assert_eq!(count(&settlements, Settlement::Contradicted), 1, "{settlements:?}");
        let done = count(&settlements, Settlement::Settled) + count(&settlements, Settlement::Failed);
        assert_eq!(done, 1, "{settlements:?}");
    }
    assert_eq!(bench.number(EVENTS).await, 8);
    assert_eq!(bench.number("SELECT count(*) FROM on_ramps WHERE status <> 'PROCESSING'").await, 8);
    bench.assert_books_right().await;
}

#[sqlx::test(migrations = "../migrations")]
async fn a_failure_moves_nothing_and_a_success_after_it_is_set_aside_once(admin: PgPool) {
    let bench = Bench::new(admin);
    let ananya = bench.funded("Ananya", 100_00).await;
    let intent = bench.intent(ananya, 500_00).await;
    assert_eq!(bench.bank.settle(failure(&intent.token, 500_00)).await.unwrap(), Settlement::Failed);
    assert_eq!(status(&bench, ananya, &intent).await, OnRampStatus::Failure);
    assert_eq!((bench.money(ananya).await, bench.number(SUSPENSE).await), (100_00, 0));

    let late = (0..16).map(|_| success(&intent.token, 500_00)).collect();
    let settlements = settle_at_once(&bench, late).await;
    assert_eq!(
        (count(&settlements, Settlement::Suspense), count(&settlements, Settlement::Repeated)),
        (1, 15)
    );
    assert_eq!(bench.bank.settle(failure(&intent.token, 500_00)).await.unwrap(), Settlement::Ignored);
    assert_eq!((bench.money(ananya).await, bench.number(SUSPENSE).await), (100_00, 500_00));
    assert_eq!(status(&bench, ananya, &intent).await, OnRampStatus::Failure);
    assert!(bench.web.on_ramp(ananya, intent.id).await.unwrap().unwrap().late);
    assert_eq!(bench.number("SELECT count(*) FROM outbox WHERE topic = 'suspense_alert'").await, 1);
    bench.assert_books_right().await;
}

#[sqlx::test(migrations = "../migrations")]
async fn a_success_after_expiry_is_set_aside_and_alerts(admin: PgPool) {
    let bench = Bench::new(admin);
    let ananya = bench.person("Ananya").await;
    let intent = bench.intent(ananya, 500_00).await;
    bench.run_out(intent.id).await;
    assert_eq!(bench.web.expire_on_ramps().await.unwrap(), 1);
    let late = success(&intent.token, 500_00);
    assert_eq!(bench.bank.settle(late.clone()).await.unwrap(), Settlement::Suspense);
    assert_eq!(bench.bank.settle(late).await.unwrap(), Settlement::Repeated);
    assert_eq!((bench.money(ananya).await, bench.number(SUSPENSE).await), (0, 500_00));
    assert_eq!(status(&bench, ananya, &intent).await, OnRampStatus::Expired);
    assert_eq!(bench.number("SELECT count(*) FROM outbox WHERE topic = 'suspense_alert'").await, 1);
    bench.assert_books_right().await;
}

#[sqlx::test(migrations = "../migrations")]
async fn a_failure_after_success_takes_nothing_back(admin: PgPool) {
    let bench = Bench::new(admin);
    let ananya = bench.person("Ananya").await;
    let intent = bench.intent(ananya, 500_00).await;
    assert_eq!(bench.bank.settle(success(&intent.token, 500_00)).await.unwrap(), Settlement::Settled);
    assert_eq!(bench.bank.settle(failure(&intent.token, 500_00)).await.unwrap(), Settlement::Ignored);
    assert_eq!(bench.money(ananya).await, 500_00);
    assert_eq!(status(&bench, ananya, &intent).await, OnRampStatus::Success);
    bench.assert_books_right().await;
}

#[sqlx::test(migrations = "../migrations")]
async fn success_and_failure_at_once_end_the_intent_one_way(admin: PgPool) {
    let bench = Bench::new(admin);
    let ananya = bench.person("Ananya").await;
    let (mut credited, mut aside) = (0, 0);
    for _ in 0..8 {
        let token = bench.intent(ananya, 1_00).await.token;
        let settlements = settle_at_once(&bench, vec![success(&token, 1_00), failure(&token, 1_00)]).await;
        credited += count(&settlements, Settlement::Settled);
        aside += count(&settlements, Settlement::Suspense);
        let other = count(&settlements, Settlement::Ignored) + count(&settlements, Settlement::Failed);
        assert_eq!(other, 1, "{settlements:?}");
    }
    assert_eq!(credited + aside, 8);
    assert_eq!(bench.money(ananya).await, credited as i64 * 1_00);
    assert_eq!(bench.number(SUSPENSE).await, aside as i64 * 1_00);
    bench.assert_books_right().await;
}

#[sqlx::test(migrations = "../migrations")]
async fn what_is_wrong_is_kept_and_refused_each_time_and_credits_nothing(admin: PgPool) {
    let bench = Bench::new(admin);
    let ananya = bench.person("Ananya").await;
    let intent = bench.intent(ananya, 500_00).await;
    let token = &intent.token;
    let malformed =
        BankEvent { message: BankMessage::Malformed, body: b"{\"type\":7".to_vec(), ..success(token, 1) };
    let wrong = [
        (success(token, 500_01), Settlement::WrongAmount),
        (success(token, -500_00), Settlement::WrongAmount),
        (failure(token, 1), Settlement::WrongAmount),
        (event(PaymentOutcome::Succeeded, token, 500_00, "USD"), Settlement::WrongCurrency),
        (success("nobody's", 500_00), Settlement::UnknownToken),
        (success(&token.to_uppercase(), 500_00), Settlement::UnknownToken),
        (malformed, Settlement::Malformed),
    ];
    for (event, settlement) in wrong {
        for _ in 0..2 {
            assert_eq!(bench.bank.settle(event.clone()).await.unwrap(), settlement);
        }
        let all = settle_at_once(&bench, vec![event.clone(); 4]).await;
        assert_eq!(count(&all, settlement), 4);
        let (body, outcome): (Vec<u8>, String) =
            sqlx::query_as("SELECT body, outcome FROM bank_events WHERE id = $1")
                .bind(&event.id)
                .fetch_one(&bench.admin)
                .await
                .unwrap();
        assert_eq!((body, outcome.as_str()), (event.body, settlement.code()));
    }
    assert_eq!(
        (bench.number(CREDITS).await, bench.number(SUSPENSE).await, bench.money(ananya).await),
        (0, 0, 0)
    );
    assert_eq!(status(&bench, ananya, &intent).await, OnRampStatus::Processing);
    assert_eq!(bench.bank.settle(success(token, 500_00)).await.unwrap(), Settlement::Settled);
    bench.assert_books_right().await;
}

#[sqlx::test(migrations = "../migrations")]
async fn top_ups_of_many_people_at_once_never_deadlock(admin: PgPool) {
    let bench = Bench::new(admin);
    let (mut people, mut events) = (vec![], vec![]);
    for _ in 0..8 {
        let person = bench.person("Ananya").await;
        for _ in 0..8 {
            events.push(success(&bench.intent(person, 1_00).await.token, 1_00));
        }
        people.push(person);
    }
    let settlements = settle_at_once(&bench, events).await;
    assert_eq!(count(&settlements, Settlement::Settled), 64);
    for person in people {
        assert_eq!(bench.money(person).await, 8_00);
    }
    bench.assert_books_right().await;
    assert_eq!(bench.deadlocks().await, 0);
}

/// An intent that is in this state, and in `late` of them has had money set aside.
async fn intent_in(bench: &Bench, person: UserId, status: OnRampStatus, late: bool) -> BankRequest {
    let intent = bench.intent(person, 500_00).await;
    match status {
        OnRampStatus::Processing => {}
        OnRampStatus::Success => drop(bench.bank.settle(success(&intent.token, 500_00)).await.unwrap()),
        OnRampStatus::Failure => drop(bench.bank.settle(failure(&intent.token, 500_00)).await.unwrap()),
        OnRampStatus::Expired => {
            bench.run_out(intent.id).await;
            bench.web.expire_on_ramps().await.unwrap();
        }
    }
    if late {
        assert_eq!(bench.bank.settle(success(&intent.token, 500_00)).await.unwrap(), Settlement::Suspense);
    }
    intent
}

#[sqlx::test(migrations = "../migrations")]
async fn every_state_answers_every_message(admin: PgPool) {
    use OnRampStatus::*;
    use PaymentOutcome::*;
    let bench = Bench::new(admin);
    let ananya = bench.person("Ananya").await;
    for (state, late, outcome, settlement) in [
        (Processing, false, Succeeded, Settlement::Settled),
        (Processing, false, Failed, Settlement::Failed),
        (Success, false, Succeeded, Settlement::Repeated),
        (Success, false, Failed, Settlement::Ignored),
        (Failure, false, Succeeded, Settlement::Suspense),
        (Failure, true, Succeeded, Settlement::Repeated),
        (Failure, false, Failed, Settlement::Ignored),
        (Expired, false, Succeeded, Settlement::Suspense),
        (Expired, true, Succeeded, Settlement::Repeated),
        (Expired, false, Failed, Settlement::Ignored),
    ] {
        let intent = intent_in(&bench, ananya, state, late).await;
        for amount in [-500_00, 0, 499_99, 500_01, i64::MAX] {
            let wrong = bench.bank.settle(event(outcome, &intent.token, amount, "INR")).await.unwrap();
            assert_eq!(wrong, Settlement::WrongAmount, "{state:?} {amount}");
        }
        let foreign = bench.bank.settle(event(outcome, &intent.token, 500_00, "USD")).await.unwrap();
        assert_eq!(foreign, Settlement::WrongCurrency);
        let settled = bench.bank.settle(event(outcome, &intent.token, 500_00, "INR")).await.unwrap();
        assert_eq!(settled, settlement, "{state:?} {outcome:?}");
    }
    bench.assert_books_right().await;
}

#[sqlx::test(migrations = "../migrations")]
async fn a_storm_of_callbacks_in_any_order_credits_each_top_up_once(admin: PgPool) {
    let bench = Bench::new(admin);
    let second_door = ledger::Ledger::new(bench.bank_pool.clone(), cache::Cache::local());
    let mut people = vec![];
    let mut storm = vec![];
    for n in 0..40 {
        let person = bench.person("Somebody").await;
        let intent = bench.intent(person, 1_00).await;
        let first = success(&intent.token, 1_00);
        storm.extend(vec![first; 15]); // one message, delivered again and again
        storm.extend((0..4).map(|_| success(&intent.token, 1_00))); // the same payment in other messages
        storm.push(success(&intent.token, 1_01)); // and once with a wrong amount
        people.push((person, n));
    }
    // Reordered without a random source: a step that has no factor in common with the length.
    let shuffled: Vec<_> = (0..storm.len()).map(|n| storm[n * 37 % storm.len()].clone()).collect();
    let doors = [bench.bank.clone(), second_door];
    let settlements = at_once(shuffled.into_iter().enumerate().map(|(n, event)| {
        let door = doors[n % 2].clone();
        async move { door.settle(event).await.unwrap() }
    }))
    .await;
    drop(doors);
    assert_eq!((settlements.len(), count(&settlements, Settlement::Settled)), (800, 40));
    assert_eq!(count(&settlements, Settlement::WrongAmount), 40);
    for (person, n) in people {
        assert_eq!(bench.money(person).await, 1_00, "top-up {n}");
    }
    bench.assert_books_right().await;
    assert_eq!(bench.deadlocks().await, 0);
}
