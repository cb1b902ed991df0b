//! What a stolen service could do with its role: its own part, and nothing of anyone else's.

use domain::UserId;
use sqlx::{AssertSqlSafe, PgPool};

use crate::fixture::{Bench, refusal, request};

const NO_RIGHT: &str = "42501";

/// What refuses the statement; with `{a}` and `{b}` for the accounts of two people.
struct Role<'a> {
    pool: &'a PgPool,
    accounts: [i64; 2],
}

impl Role<'_> {
    async fn tries(&self, statement: &str) -> String {
        let [a, b] = self.accounts.map(|account| account.to_string());
        let statement = statement.replace("{a}", &a).replace("{b}", &b);
        refusal(sqlx::raw_sql(AssertSqlSafe(statement)).execute(self.pool).await)
    }

    async fn has_no_right_to(&self, statements: &[&str]) {
        for statement in statements {
            assert_eq!(self.tries(statement).await, NO_RIGHT, "{statement}");
        }
    }
}

/// Nobody may do these, whoever they are.
const NOBODY: [&str; 36] = [
    "INSERT INTO entries SELECT * FROM entries",
    "UPDATE entries SET amount = amount * 2",
    "DELETE FROM entries",
    "TRUNCATE entries",
    "UPDATE transfers SET amount = 1",
    "DELETE FROM transfers",
    "TRUNCATE transfers CASCADE",
    "INSERT INTO accounts (id) VALUES (4)",
    "UPDATE accounts SET balance = 100",
    "UPDATE accounts SET held = 0, version = 0",
    "DELETE FROM accounts",
    "INSERT INTO transfers (id, kind, debit_account, credit_account, amount, idempotency_key)
     VALUES (gen_random_uuid(), 'p2p', {a}, {b}, 1, 'k')",
    "UPDATE holds SET status = 'POSTED'",
    "DELETE FROM holds",
    "UPDATE limits SET most = 1",
    "UPDATE undo_windows SET seconds = 0",
    "UPDATE freezes SET thaw_at = now()",
    "UPDATE payees SET first_paid_at = '-infinity'",
    "UPDATE policy SET per_day = 1",
    "UPDATE on_ramps SET amount = 10000000",
    "UPDATE on_ramps SET account_id = {b}",
    "UPDATE on_ramps SET expires_at = 'infinity'",
    "DELETE FROM on_ramps",
    "UPDATE bank_events SET outcome = 'ignored'",
    "DELETE FROM bank_events",
    "ALTER TABLE entries DISABLE TRIGGER ALL",
    "ALTER TABLE accounts DROP CONSTRAINT accounts_not_overdrawn",
    "INSERT INTO transfers (id, kind, debit_account, credit_account, amount)
     VALUES (gen_random_uuid(), 'welcome', 2, {b}, 100)",
    "ALTER TABLE transfers DISABLE TRIGGER transfers_post",
    "CREATE OR REPLACE FUNCTION check_zero_sum() RETURNS trigger LANGUAGE sql AS ''",
    "CREATE TABLE public.mine ()",
    "CREATE TEMP TABLE mine (payer_account bigint, amount bigint, status text, id uuid)",
    "SELECT reserve_holds()",
    "SELECT remember_payees()",
    "UPDATE on_ramps SET status = 'FAILURE', settled_at = now()",
    "SET session_replication_role = replica",
];

async fn two_people(bench: &Bench) -> [UserId; 2] {
    let (ananya, vikram) = (bench.funded("Ananya", 500_00).await, bench.person("Vikram").await);
    bench.web.transfer(ananya, request(vikram, 100_00)).await.unwrap();
    [ananya, vikram]
}

async fn role<'a>(bench: &'a Bench, pool: &'a PgPool, name: &str, [a, b]: [UserId; 2]) -> Role<'a> {
    let user: String = sqlx::query_scalar("SELECT current_user::text").fetch_one(pool).await.unwrap();
    assert_eq!(user, name);
    Role { pool, accounts: [bench.account(a).await, bench.account(b).await] }
}

#[sqlx::test(migrations = "../migrations")]
async fn the_web_role_cannot_credit_from_the_bank_or_touch_what_is_posted(admin: PgPool) {
    let bench = Bench::new(admin);
    let people = two_people(&bench).await;
    bench.intent(people[0], 500_00).await;
    let web = role(&bench, &bench.web_pool, "okane_web", people).await;
    web.has_no_right_to(&NOBODY).await;
    web.has_no_right_to(&[
        "SELECT * FROM settle('{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}')",
        "UPDATE on_ramps SET status = 'SUCCESS', transfer_id = (SELECT id FROM transfers LIMIT 1), settled_at = now()",
        "INSERT INTO on_ramps (id, account_id, idempotency_key, bank, amount, token, status, settled_at, transfer_id)
         SELECT gen_random_uuid(), {a}, 'k', 'deccan', 100, repeat('x', 32), 'SUCCESS', now(), id FROM transfers LIMIT 1",
        "SELECT * FROM bank_events",
        "INSERT INTO bank_events (id, body, outcome) VALUES ('msg', '', 'settled')",
        "UPDATE users SET phone = '+919845012264'",
        "UPDATE users SET id = gen_random_uuid()",
        "DELETE FROM users",
    ])
    .await;
    bench.assert_books_right().await;
}

#[sqlx::test(migrations = "../migrations")]
async fn the_webhook_role_cannot_transfer_or_read_people(admin: PgPool) {
    let bench = Bench::new(admin);
    let people = two_people(&bench).await;
    let bank = role(&bench, &bench.bank_pool, "okane_webhook", people).await;
    bank.has_no_right_to(&NOBODY).await;
    bank.has_no_right_to(&[
        "SELECT * FROM give_welcome(gen_random_uuid(), gen_random_uuid(), 1)",
        "SELECT * FROM pay('{}', '{}', '{}', '{}', '{}', '{}', '{}')",
        "SELECT post_holds('{}')",
        "SELECT cancel_hold(gen_random_uuid(), gen_random_uuid())",
        "SELECT set_undo_window(gen_random_uuid(), 10)",
        "SELECT freeze(gen_random_uuid())",
        "SELECT thaw(gen_random_uuid())",
        "SELECT set_thaw_delay(gen_random_uuid(), 60)",
        "INSERT INTO on_ramps (id, account_id, idempotency_key, bank, amount, token)
         VALUES (gen_random_uuid(), {a}, 'k', 'deccan', 100, repeat('x', 32))",
        "UPDATE on_ramps SET token = repeat('x', 32)",
        "SELECT token FROM on_ramps",
        "INSERT INTO bank_events (id, body, outcome) VALUES ('msg', '', 'settled')",
        "SELECT balance FROM accounts",
        "SELECT * FROM entries",
        "SELECT * FROM users",
        "SELECT * FROM sessions",
        "SELECT * FROM password_credentials",
        "SELECT * FROM openid_identities",
        "SELECT * FROM session_hashes",
        "SELECT * FROM outbox",
        "DELETE FROM outbox",
    ])
    .await;
    bench.assert_books_right().await;
}

/// Behind the functions stand the constraints: whoever gets past the former meets the latter.
#[sqlx::test(migrations = "../migrations")]
async fn even_the_owner_credits_only_what_an_intent_names_and_only_once(admin: PgPool) {
    let bench = Bench::new(admin);
    let people = two_people(&bench).await;
    let [intent, next] = [bench.intent(people[0], 500_00).await, bench.intent(people[0], 500_00).await];
    let owner = Role {
        pool: &bench.admin,
        accounts: [bench.account(people[0]).await, bench.account(people[1]).await],
    };
    let credit = |account: &str, paise: i64, event: &str| {
        format!(
            "INSERT INTO bank_events (id, body, outcome) VALUES ('{event}', '', 'settled') ON CONFLICT DO NOTHING;
             INSERT INTO transfers (id, kind, debit_account, credit_account, amount, on_ramp_id, bank_event_id)
             VALUES (gen_random_uuid(), 'on_ramp', 1, {account}, {paise}, '{}', '{event}')",
            intent.id
        )
    };
    assert_eq!(owner.tries(&credit("{b}", 500_00, "msg_1")).await, "transfers_match_on_ramp");
    assert_eq!(owner.tries(&credit("{a}", 500_01, "msg_1")).await, "transfers_match_on_ramp");
    assert_eq!(owner.tries(&credit("3", 500_00, "msg_1")).await, "transfers_kind_accounts");
    let right = credit("{a}", 500_00, "msg_1").replace("{a}", &owner.accounts[0].to_string());
    sqlx::raw_sql(AssertSqlSafe(right)).execute(owner.pool).await.unwrap();
    assert_eq!(owner.tries(&credit("{a}", 500_00, "msg_2")).await, "transfers_one_per_on_ramp");
    let again = credit("{a}", 500_00, "msg_1").replace(&intent.id.to_string(), &next.id.to_string());
    assert_eq!(owner.tries(&again).await, "transfers_one_per_bank_event");
    assert_eq!(bench.money(people[0]).await, 900_00);

    for (kind, debit, credit) in [
        ("p2p", "1", "{a}"),
        ("p2p", "2", "{a}"),
        ("p2p", "3", "{a}"),
        ("p2p", "{a}", "1"),
        ("welcome", "1", "{a}"),
        ("welcome", "3", "{a}"),
        ("welcome", "{b}", "{a}"),
        ("gift", "1", "{a}"),
    ] {
        let key = if kind == "p2p" { "'k'" } else { "NULL" };
        let mint = format!(
            "INSERT INTO transfers (id, kind, debit_account, credit_account, amount, idempotency_key)
             VALUES (gen_random_uuid(), '{kind}', {debit}, {credit}, 100, {key})"
        );
        assert_eq!(owner.tries(&mint).await, "transfers_kind_accounts", "{kind} {debit} {credit}");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn the_auditor_reads_the_books_and_writes_nothing(admin: PgPool) {
    let bench = Bench::new(admin);
    let people = two_people(&bench).await;
    let auditor = role(&bench, &bench.auditor, "okane_auditor", people).await;
    auditor.has_no_right_to(&NOBODY).await;
    auditor
        .has_no_right_to(&[
            "SELECT * FROM pay('{}', '{}', '{}', '{}', '{}', '{}', '{}')",
            "SELECT expire_holds('{}')",
            "SELECT set_limit(gen_random_uuid(), 'day', 1)",
            "SELECT trust_payee(gen_random_uuid(), gen_random_uuid(), true)",
            "SELECT set_undo_window(gen_random_uuid(), 10)",
            "INSERT INTO on_ramps (id, account_id, idempotency_key, bank, amount, token)
         VALUES (gen_random_uuid(), {a}, 'k', 'deccan', 100, repeat('x', 32))",
            "UPDATE on_ramps SET status = 'EXPIRED', settled_at = now()",
            "INSERT INTO bank_events (id, body, outcome) VALUES ('msg', '', 'settled')",
            "INSERT INTO outbox (topic, subject) VALUES ('suspense_alert', gen_random_uuid())",
            "DELETE FROM outbox",
            "INSERT INTO users (id, name, phone) VALUES (gen_random_uuid(), 'x', '+919845012264')",
            "UPDATE users SET name = 'x'",
            "SELECT * FROM settle('{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}')",
            "SELECT phone FROM users",
            "SELECT * FROM sessions",
            "SELECT * FROM password_credentials",
            "SELECT * FROM openid_identities",
            "SELECT * FROM session_hashes",
        ])
        .await;
    assert_eq!(ledger::audit::audit(&bench.auditor).await.unwrap().accounts, 5);
}
