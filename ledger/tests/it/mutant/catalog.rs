//! The mistakes that ledgers are known for, each as a change of the functions that really run, with the
//! constraints gone that would have refused it: what is tried is whether the tests see it, not the walls.

/// A mistake.
pub struct Mutant {
    /// What is wrong, as a sentence.
    pub sentence: &'static str,
    /// A function by its name, what stands in it, and what stands there instead.
    pub changes: &'static [(&'static str, &'static str, &'static str)],
    /// Constraints, indexes and triggers that would have refused it.
    pub walls: &'static [&'static str],
    /// How it is found: a part of what whoever found it says.
    pub found: &'static str,
}

const OVERDRAWN: &str = "ALTER TABLE accounts DROP CONSTRAINT accounts_not_overdrawn";
const RUNNING: &str = "ALTER TABLE entries DROP CONSTRAINT entries_not_overdrawn";
const ZERO_SUM: &str = "DROP TRIGGER entries_zero_sum ON entries";
const KEY: &str = "ALTER TABLE transfers DROP CONSTRAINT transfers_one_per_key";
const HELD_KEY: &str = "ALTER TABLE holds DROP CONSTRAINT holds_one_per_key";
const POSITIVE: &str = "ALTER TABLE transfers DROP CONSTRAINT transfers_amount_positive";
const ON_RAMP: &str = "ALTER TABLE transfers DROP CONSTRAINT transfers_one_per_on_ramp";
const AMOUNT: &str = "ALTER TABLE transfers DROP CONSTRAINT transfers_match_on_ramp";
const EVENT: &str = "ALTER TABLE bank_events DROP CONSTRAINT bank_events_pkey CASCADE";
const ENDS_ONCE: &str = "DROP TRIGGER on_ramps_end_once ON on_ramps";
const HELD_NEVER_NEGATIVE: &str = "ALTER TABLE accounts DROP CONSTRAINT accounts_held_not_negative";

/// Found by one operation after the other, or by whole batches.
pub const BY_THE_MACHINE: &[Mutant] = &[
    Mutant {
        sentence: "nobody asks whether there is enough money",
        changes: &[("pay", "ELSIF available[a] < r.amount THEN", "ELSIF false THEN")],
        walls: &[OVERDRAWN, RUNNING],
        found: "instead of Err(NotEnoughMoney",
    },
    Mutant {
        sentence: "the second spend of the same money in a batch is not refused",
        changes: &[("pay", "available[a] := available[a] - r.amount;", "")],
        walls: &[OVERDRAWN, RUNNING],
        found: "instead of",
    },
    Mutant {
        sentence: "nobody asks whether the key was used",
        changes: &[("pay", "ELSIF r.earlier IS NOT NULL THEN", "ELSIF false THEN")],
        walls: &[KEY, HELD_KEY],
        found: "the answer is",
    },
    Mutant {
        sentence: "a key is not remembered within its batch",
        changes: &[("pay", "used[r.leader] := r.n;", "")],
        walls: &[KEY, HELD_KEY],
        found: "the answer is",
    },
    Mutant {
        sentence: "another payment under a used key is called the same",
        changes: &[(
            "pay",
            "(r.earlier_payee, r.earlier_amount, r.earlier_note) = (r.payee, r.amount, r.note)",
            "true",
        )],
        walls: &[],
        found: "instead of Err(KeyReused)",
    },
    Mutant {
        sentence: "a transfer is written with one leg",
        changes: &[(
            "post_transfers",
            "SELECT debit_account AS account_id, -amount AS change, p.* FROM posted p\n        UNION ALL\n        SELECT credit_account, amount, p.* FROM posted p",
            "SELECT credit_account AS account_id, amount AS change, p.* FROM posted p",
        )],
        walls: &[ZERO_SUM],
        found: "has 1 entries",
    },
    Mutant {
        sentence: "the running balance does not run within a batch",
        changes: &[(
            "post_transfers",
            "a.balance + sum(l.change) OVER history AS balance_after",
            "a.balance + l.change AS balance_after",
        )],
        walls: &[RUNNING],
        found: "the newest entry of account",
    },
    Mutant {
        sentence: "the account forgets its newest hash",
        changes: &[("post_transfers", "head = n.hash,", "")],
        walls: &[],
        found: "audit: each entry's hash",
    },
    Mutant {
        sentence: "a new balance looks as old as the one before it",
        changes: &[("post_transfers", "revision = a.revision + n.entries,", "")],
        walls: &[],
        found: "changed from",
    },
    Mutant {
        sentence: "a negative amount is accepted",
        changes: &[],
        walls: &[POSITIVE, OVERDRAWN, RUNNING],
        found: "paise were paid",
    },
    Mutant {
        sentence: "an id of a message may be used again",
        changes: &[("settle", "IF earlier IS NOT NULL THEN", "IF false THEN")],
        walls: &[EVENT],
        found: "instead of",
    },
    Mutant {
        sentence: "under a used id another body is called a repeat",
        changes: &[("settle", "WHEN NOT r.same_body THEN 'contradicted'", "WHEN false THEN 'contradicted'")],
        walls: &[],
        found: "instead of",
    },
    Mutant {
        sentence: "a success after a failure revives the intent",
        changes: &[(
            "settle",
            "WHEN intent_status[i] = 'PROCESSING' AND r.paid THEN",
            "WHEN intent_status[i] IN ('PROCESSING', 'FAILURE') AND r.paid THEN",
        )],
        walls: &[ENDS_ONCE],
        found: "instead of",
    },
    Mutant {
        sentence: "a success after expiry is credited to the user",
        changes: &[("settle", "ELSE 'suspense' END;", "ELSE 'settled' END;")],
        walls: &[ENDS_ONCE],
        found: "instead of",
    },
    Mutant {
        sentence: "whatever amount the bank says is credited",
        changes: &[(
            "settle",
            "WHEN r.amount <> intent_amount[i] THEN 'wrong_amount'",
            "WHEN r.amount <= 0 THEN 'wrong_amount'",
        )],
        walls: &[AMOUNT],
        found: "instead of or out of range",
    },
    Mutant {
        sentence: "dollars are credited as rupees",
        changes: &[("settle", "WHEN r.currency <> 'INR' THEN 'wrong_currency'", "")],
        walls: &[],
        found: "instead of",
    },
    Mutant {
        sentence: "a payment that waited is posted twice",
        changes: &[
            (
                "post_holds",
                "SELECT id, 'p2p', payer_account",
                "SELECT CASE n WHEN 1 THEN id ELSE gen_random_uuid() END, 'p2p', payer_account",
            ),
            (
                "post_holds",
                "FROM holds WHERE id = ANY (ended)",
                "FROM holds, generate_series(1, 2) AS n WHERE id = ANY (ended)",
            ),
        ],
        walls: &[KEY, OVERDRAWN, RUNNING],
        found: "account",
    },
    Mutant {
        sentence: "a cancelled payment keeps its money held",
        changes: &[(
            "release_reserved",
            "WHERE status <> 'PENDING' GROUP BY",
            "WHERE status = 'POSTED' GROUP BY",
        )],
        walls: &[],
        found: "account",
    },
    Mutant {
        sentence: "a payment that waits holds no money",
        changes: &[("reserve_holds", "a.held + c.amount", "a.held")],
        walls: &[HELD_NEVER_NEGATIVE],
        found: "instead of",
    },
    Mutant {
        sentence: "anybody may cancel a payment",
        changes: &[(
            "cancel_hold",
            "WHERE id = hold AND payer_account = payer_id AND status",
            "WHERE id = hold AND status",
        )],
        walls: &[],
        found: "account",
    },
    Mutant {
        sentence: "a payment is cancelled after its time has come",
        changes: &[("cancel_hold", " AND release_at > clock_timestamp()", "")],
        walls: &[],
        found: "instead of Some(Moving)",
    },
    Mutant {
        sentence: "a paisa makes its payee known, and what is large goes at once",
        changes: &[(
            "pay",
            "k.first_paid_at <= instant - make_interval(mins => p.first_wait_minutes)",
            "k.first_paid_at IS NOT NULL",
        )],
        walls: &[],
        found: "instead of",
    },
    Mutant {
        sentence: "nobody ever becomes known",
        changes: &[(
            "pay",
            " OR k.first_paid_at <= instant - make_interval(mins => p.first_wait_minutes)",
            "",
        )],
        walls: &[],
        found: "instead of",
    },
    Mutant {
        sentence: "a payer's own time to undo does not count",
        changes: &[("pay", "greatest(w.seconds, CASE", "greatest(0, CASE")],
        walls: &[],
        found: "instead of",
    },
    Mutant {
        sentence: "limits do not count what waits",
        changes: &[("pay", "held + CASE WHEN spent_on = today", "CASE WHEN spent_on = today")],
        walls: &[],
        found: "instead of",
    },
    Mutant {
        sentence: "a limit is checked against what was spent before the batch",
        changes: &[("pay", "spent_day[a] := spent_day[a] + r.amount;", "")],
        walls: &[],
        found: "instead of",
    },
    Mutant {
        sentence: "what was spent last month counts for ever",
        changes: &[(
            "post_transfers",
            "WHEN n.spent > 0 AND a.spent_on < date_trunc('month', today) THEN 0",
            "WHEN false THEN 0",
        )],
        walls: &[],
        found: "instead of",
    },
    Mutant {
        sentence: "a raised limit is in force at once",
        changes: &[("set_limit", "least(wanted, present)", "wanted")],
        walls: &[],
        found: "the answer is",
    },
];

/// Found only where many do things at once.
pub const BY_THE_RACE: &[Mutant] = &[
    Mutant {
        sentence: "the balance is read before the account is locked",
        changes: &[
            ("pay", "    PERFORM FROM accounts WHERE owner = ANY (payers || payees) ORDER BY id FOR NO KEY UPDATE;\n", ""),
            (
                "pay",
                "FROM accounts a WHERE owner = ANY (payers || payees);\n",
                "FROM accounts a WHERE owner = ANY (payers || payees);\n    PERFORM FROM accounts WHERE owner = ANY (payers || payees) ORDER BY id FOR NO KEY UPDATE;\n",
            ),
        ],
        walls: &[OVERDRAWN, RUNNING],
        found: "there was",
    },
    Mutant {
        sentence: "accounts are locked in the order of the requests",
        changes: &[(
            "pay",
            "WHERE owner = ANY (payers || payees) ORDER BY id FOR NO KEY UPDATE",
            "WHERE owner = ANY (payers || payees) ORDER BY array_position(payers || payees, owner) FOR NO KEY UPDATE",
        )],
        walls: &[],
        found: "deadlocks",
    },
    Mutant {
        sentence: "whether the key was used is looked up before the account is locked",
        changes: &[
            ("pay", "DECLARE\n", "DECLARE\n    known uuid[];\n"),
            (
                "pay",
                "BEGIN\n    PERFORM",
                "BEGIN\n    known := array(SELECT id FROM transfers WHERE idempotency_key = ANY (keys)
                                   UNION ALL SELECT id FROM holds WHERE idempotency_key = ANY (keys));\n    PERFORM",
            ),
            ("pay", "t.idempotency_key = q.key", "t.idempotency_key = q.key AND t.id = ANY (known)"),
            ("pay", "h.idempotency_key = q.key", "h.idempotency_key = q.key AND h.id = ANY (known)"),
        ],
        walls: &[KEY, HELD_KEY],
        found: "doubled",
    },
    Mutant {
        sentence: "an intent is settled without any lock",
        changes: &[
            ("settle", "PERFORM FROM on_ramps WHERE token = ANY (tokens) ORDER BY id FOR UPDATE;", ""),
            ("settle", "ORDER BY id FOR NO KEY UPDATE;", ";"),
        ],
        walls: &[ON_RAMP, ENDS_ONCE],
        found: "was credited or deadlock",
    },
];

/// Found where somebody changes the books behind everybody's back.
pub const BY_THE_CHAIN: &[Mutant] = &[Mutant {
    sentence: "the chain does not cover the note",
    changes: &[("entry_bytes", " || framed(note)", "")],
    walls: &[],
    found: "a changed note was not found",
}];
