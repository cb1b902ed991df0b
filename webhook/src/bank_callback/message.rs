//! The signed bytes, read as what the bank says. What cannot be read is a message too: it is kept.

use ledger::on_ramp::{BankMessage, PaymentOutcome};
use serde::Deserialize;

/// Longer than anything a bank has to name; also keeps what Postgres cannot hold out of it.
const NAME_BYTES: usize = 255;

#[derive(Deserialize)]
struct Callback {
    #[serde(rename = "type")]
    kind: Kind,
    data: Payment,
}

#[derive(Deserialize)]
enum Kind {
    #[serde(rename = "payment.succeeded")]
    Succeeded,
    #[serde(rename = "payment.failed")]
    Failed,
}

#[derive(Deserialize)]
struct Payment {
    token: String,
    amount_minor: i64,
    currency: String,
    bank_reference: String,
}

/// Reads a verified body. Fields we do not know are let be: banks add some.
pub fn parse(body: &[u8]) -> BankMessage {
    // Checked first: serde_json lets pass what is no UTF-8 in fields that nobody reads.
    let text = std::str::from_utf8(body).unwrap_or_default();
    match serde_json::from_str(text) {
        Ok(Callback { kind, data }) if data.is_sane() => BankMessage::Payment {
            outcome: match kind {
                Kind::Succeeded => PaymentOutcome::Succeeded,
                Kind::Failed => PaymentOutcome::Failed,
            },
            token: data.token,
            amount_minor: data.amount_minor,
            currency: data.currency,
            bank_reference: data.bank_reference,
        },
        _ => BankMessage::Malformed,
    }
}

impl Payment {
    fn is_sane(&self) -> bool {
        [&self.token, &self.currency, &self.bank_reference]
            .into_iter()
            .all(|name| (1..=NAME_BYTES).contains(&name.len()) && !name.chars().any(char::is_control))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(kind: &str, token: &str, amount: &str) -> String {
        format!(
            r#"{{"type":"{kind}","timestamp":"2026-11-22T09:00:00Z","data":{{"token":"{token}","amount_minor":{amount},"currency":"INR","bank_reference":"DSB1"}}}}"#
        )
    }

    fn is_malformed(body: &str) -> bool {
        matches!(parse(body.as_bytes()), BankMessage::Malformed)
    }

    #[test]
    fn both_outcomes_are_read_with_every_field() {
        let BankMessage::Payment { outcome, token, amount_minor, currency, bank_reference } =
            parse(body("payment.failed", "t", "50000").as_bytes())
        else {
            panic!("a whole message");
        };
        assert!(matches!(outcome, PaymentOutcome::Failed));
        assert_eq!(
            (token.as_str(), amount_minor, currency.as_str(), bank_reference.as_str()),
            ("t", 50_000, "INR", "DSB1")
        );
        assert!(!is_malformed(&body("payment.succeeded", "t", "50000")));
    }

    #[test]
    fn fields_that_a_bank_adds_are_let_be() {
        assert!(!is_malformed(&body("payment.succeeded", "t", "1").replacen('{', r#"{"new":[{}],"#, 1)));
    }

    #[test]
    fn what_is_not_such_a_message_is_malformed() {
        for amount in ["1.5", "1e3", r#""10""#, "9223372036854775808", "null", "true", "[]", "1e400"] {
            assert!(is_malformed(&body("payment.succeeded", "t", amount)), "{amount}");
        }
        for other in ["", "{}", "[]", "null", "{", "\u{feff}{}"] {
            assert!(is_malformed(other), "{other}");
        }
        assert!(is_malformed(&body("payment.pending", "t", "1")));
        assert!(is_malformed(&body("payment.succeeded", "", "1")));
        assert!(is_malformed(&body("payment.succeeded", "t\\u0000", "1")));
        assert!(is_malformed(&body("payment.succeeded", &"t".repeat(256), "1")));
        assert!(is_malformed(&body("payment.succeeded", "t", "1,\"amount_minor\":2")));
        assert!(is_malformed(&"[".repeat(60_000)));
        assert!(matches!(parse(b"\xff\xfe"), BankMessage::Malformed));
        // JSON is UTF-8 (RFC 8259, 8.1), also where nobody reads it.
        let mut unread = body("payment.succeeded", "t", "1").into_bytes();
        let place = unread.windows(4).position(|four| four == b"2026").expect("a timestamp");
        unread[place] = 0xe4;
        assert!(matches!(parse(&unread), BankMessage::Malformed));
    }
}
