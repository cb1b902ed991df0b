//! Mistakes in what stands between a wallet and whoever would empty it: freezes, approvals, and the day after a change of
//! number or address.

use super::catalog::Mutant;

/// Found by one operation after the other, or by whole batches.
pub const BY_THE_MACHINE_OF_GUARDS: &[Mutant] = &[
    Mutant {
        sentence: "nobody asks whether the wallet is frozen",
        changes: &[("pay", "ELSIF r.is_frozen THEN", "ELSIF false THEN")],
        walls: &[],
        found: "instead of Err(Frozen)",
    },
    Mutant {
        sentence: "whoever asks for a thaw has it at once",
        changes: &[("pay", "(thaw_at IS NULL OR thaw_at > instant)", "thaw_at IS NULL")],
        walls: &[],
        found: "instead of Err(Frozen)",
    },
    Mutant {
        sentence: "a freeze gives nothing back",
        changes: &[("freeze", "payee_account = ANY (locked)", "false")],
        walls: &[],
        found: "the answer is 0 instead of",
    },
    Mutant {
        sentence: "what a frozen wallet was to pay is posted when its time comes",
        changes: &[("post_holds", "f.frozen_at IS NOT NULL", "false")],
        walls: &[],
        found: "account",
    },
    Mutant {
        sentence: "freezing again calls no thaw off",
        changes: &[("freeze", "thaw_at = NULL", "thaw_at = f.thaw_at")],
        walls: &[],
        found: "the answer is",
    },
    Mutant {
        sentence: "a shorter delay of the thaw is in force at once",
        changes: &[("set_thaw_delay", "greatest(wanted, present)", "wanted")],
        walls: &[],
        found: "the answer is",
    },
    Mutant {
        sentence: "asking again for a thaw makes it later",
        changes: &[("thaw", " AND thaw_at IS NULL", "")],
        walls: &[],
        found: "it is over at or the answer is",
    },
    Mutant {
        sentence: "an approval is of any amount",
        changes: &[("pay", " AND y.amount = q.amount", "")],
        walls: &[],
        found: "instead of Err(ApprovalNeeded",
    },
    Mutant {
        sentence: "an approval is of any payee",
        changes: &[("pay", " AND y.payee = q.payee", "")],
        walls: &[],
        found: "instead of Err(ApprovalNeeded",
    },
    Mutant {
        sentence: "an approval is under any key, and so pays twice",
        changes: &[("pay", " AND y.idempotency_key = q.key", "")],
        walls: &[],
        found: "instead of Err(ApprovalNeeded",
    },
    Mutant {
        sentence: "anybody approves",
        changes: &[("pay", "y.person = q.payer AND ", "")],
        walls: &[],
        found: "instead of Err(ApprovalNeeded",
    },
    Mutant {
        sentence: "an approval is never over",
        changes: &[("pay", "AND y.expires_at > instant", "")],
        walls: &[],
        found: "instead of Err(ApprovalNeeded",
    },
    Mutant {
        sentence: "just the amount that needs no approval needs one",
        changes: &[("pay", "above < q.amount", "above <= q.amount")],
        walls: &[],
        found: "the answer is Err(ApprovalNeeded",
    },
    Mutant {
        sentence: "whoever is at the keyboard is asked less often from now on",
        changes: &[("set_approval_limit", "NOT is_proven AND", "false AND")],
        walls: &[],
        found: "instead of \"a looser approval limit without proof\"",
    },
    Mutant {
        sentence: "a cooling-off does not count what waits",
        changes: &[(
            "pay",
            "r.cooling_most - (SELECT held FROM accounts WHERE id = r.payer)",
            "r.cooling_most",
        )],
        walls: &[],
        found: "CoolingOff",
    },
    Mutant {
        sentence: "a cooling-off does not count what has left",
        changes: &[("pay", "version > r.since_version AND amount < 0", "false")],
        walls: &[],
        found: "CoolingOff",
    },
    Mutant {
        sentence: "what comes in buys a cooling-off out",
        changes: &[("pay", "version > r.since_version AND amount < 0", "version > r.since_version")],
        walls: &[],
        found: "CoolingOff",
    },
    Mutant {
        sentence: "a batch takes out of a cooling-off what it leaves, many times",
        changes: &[("pay", "cooling[a] := cooling[a] - r.amount;", "")],
        walls: &[],
        found: "CoolingOff",
    },
    Mutant {
        sentence: "the last paisa of a cooling-off is refused",
        changes: &[("pay", "cooling[a] < r.amount", "cooling[a] <= r.amount")],
        walls: &[],
        found: "the answer is Err(CoolingOff",
    },
    Mutant {
        sentence: "a cooling-off is over an hour early",
        changes: &[("cool_off", "24 hours", "23 hours")],
        walls: &[],
        found: "it is over at",
    },
    Mutant {
        sentence: "undoing a change forgets what has left since it was made",
        changes: &[(
            "cool_off",
            "CASE WHEN c.until > clock_timestamp() THEN c.since_version",
            "CASE WHEN false THEN c.since_version",
        )],
        walls: &[],
        found: "CoolingOff or the answer is",
    },
    Mutant {
        sentence: "a second change is made within the day",
        changes: &[("cool_off", "IF NOT is_undone AND", "IF false AND")],
        walls: &[],
        found: "the answer is true instead of false",
    },
    Mutant {
        sentence: "a change is undone whenever somebody finds the link",
        changes: &[(
            "undo_address_change",
            "WHERE undo_hash = hash AND undone_at IS NULL AND changed_at > now() - interval '24 hours'",
            "WHERE undo_hash = hash AND undone_at IS NULL",
        )],
        walls: &[],
        found: "the answer is Some",
    },
];

/// Found only where many do things at once.
pub const BY_THE_RACE_OF_GUARDS: &[Mutant] = &[
    Mutant {
        sentence: "whether the wallet is frozen is read before it is locked",
        changes: &[
            ("pay", "DECLARE\n", "DECLARE\n    frozen bigint[];\n"),
            (
                "pay",
                "BEGIN\n    PERFORM",
                "BEGIN\n    frozen := array(SELECT account_id FROM freezes WHERE frozen_at IS NOT NULL
                                     AND (thaw_at IS NULL OR thaw_at > clock_timestamp()));\n    PERFORM",
            ),
            (
                "pay",
                "account_id = payer.id AND frozen_at IS NOT NULL AND (thaw_at IS NULL OR thaw_at > instant)",
                "account_id = payer.id AND account_id = ANY (frozen)",
            ),
        ],
        walls: &[],
        found: "frozen wallet or refused for what was never so",
    },
    Mutant {
        sentence: "an approval under one key is spent under every other",
        changes: &[("pay", " AND y.idempotency_key = q.key", "")],
        walls: &[],
        found: "without an approval of its own",
    },
];
