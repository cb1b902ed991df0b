//! The body of a bank's callback.

use bolero::{TypeGenerator, check};
use ledger::on_ramp::{BankMessage, PaymentOutcome};
use serde_json::{Value, json};
use webhook::bank_callback::message::parse;

/// A body, right but for what is put into it, or any bytes at all.
#[derive(Debug, TypeGenerator)]
enum Body {
    Any(Vec<u8>),
    Filled {
        paid: bool,
        token: String,
        paise: i64,
        currency: String,
        reference: String,
    },
    /// A whole one with some bytes changed.
    Broken(Vec<(u16, u8)>),
}

fn filled(paid: bool, token: &str, paise: i64, currency: &str, reference: &str) -> Value {
    let kind = if paid { "payment.succeeded" } else { "payment.failed" };
    let data =
        json!({ "token": token, "amount_minor": paise, "currency": currency, "bank_reference": reference });
    json!({ "type": kind, "timestamp": "2026-11-22T09:00:00Z", "data": data })
}

fn is_sane(name: &str) -> bool {
    (1..=255).contains(&name.len()) && !name.chars().any(char::is_control)
}

#[test]
fn a_body_is_read_as_what_it_says_or_called_malformed() {
    check!().with_type::<Body>().for_each(|body| {
        let bytes = match body {
            Body::Any(bytes) => bytes.clone(),
            Body::Filled { paid, token, paise, currency, reference } => {
                filled(*paid, token, *paise, currency, reference).to_string().into_bytes()
            }
            Body::Broken(changes) => {
                let mut bytes = filled(true, "t0ken", 500_00, "INR", "DS-1").to_string().into_bytes();
                for (place, byte) in changes {
                    let place = usize::from(*place) % bytes.len();
                    bytes[place] = *byte;
                }
                bytes
            }
        };
        let read = parse(&bytes);
        if let Body::Filled { token, currency, reference, .. } = body {
            let sane = [token, currency, reference].into_iter().all(|name| is_sane(name));
            assert_eq!(sane, matches!(read, BankMessage::Payment { .. }), "{body:?}");
        }
        let BankMessage::Payment { outcome, token, amount_minor, currency, bank_reference } = read else {
            return;
        };
        assert!([&token, &currency, &bank_reference].into_iter().all(|name| is_sane(name)), "{body:?}");
        // A second reader of the same bytes sees the same.
        let value: Value = serde_json::from_slice(&bytes).unwrap();
        let paid = matches!(outcome, PaymentOutcome::Succeeded);
        assert_eq!(value["type"], if paid { "payment.succeeded" } else { "payment.failed" });
        let data = filled(paid, &token, amount_minor, &currency, &bank_reference)["data"].take();
        for (name, said) in data.as_object().unwrap() {
            assert_eq!(&value["data"][name], said, "{body:?}");
        }
    });
}
