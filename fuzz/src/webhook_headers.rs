//! The three headers of a bank's callback.

use bolero::{TypeGenerator, check};
use http::{HeaderMap, HeaderName, HeaderValue};
use jiff::Timestamp;
use webhook::signature::{ID, SIGNATURE, Secrets, TIMESTAMP};

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const NOW: i64 = 1_800_000_000;

#[derive(Debug, TypeGenerator)]
struct Callback {
    id: Vec<u8>,
    /// Seconds from now, or what stands there instead.
    timestamp: Result<i16, Vec<u8>>,
    /// Ours among others, or others alone.
    signed: bool,
    signatures: Vec<Vec<u8>>,
    body: Vec<u8>,
    /// A byte of the body, to be changed.
    change: (u16, u8),
}

fn header(name: &'static str, value: &[u8]) -> Option<(HeaderName, HeaderValue)> {
    Some((HeaderName::from_static(name), HeaderValue::from_bytes(value).ok()?))
}

#[test]
fn a_callback_is_believed_exactly_when_it_is_signed_whole_and_of_now() {
    let secrets = Secrets::parse(SECRET).unwrap();
    let now = Timestamp::from_second(NOW).unwrap();
    check!().with_type::<Callback>().for_each(|callback| {
        let timestamp = match &callback.timestamp {
            Ok(offset) => (NOW + i64::from(*offset)).to_string().into_bytes(),
            Err(bytes) => bytes.clone(),
        };
        let is_named = (1..=255).contains(&callback.id.len()) && callback.id.iter().all(u8::is_ascii_graphic);
        let id = String::from_utf8_lossy(&callback.id);
        let at = callback.timestamp.as_ref().map_or(0, |offset| NOW + i64::from(*offset));
        let ours = secrets.sign(&id, at, &callback.body).into_bytes();
        let mut signatures = callback.signatures.clone();
        if callback.signed {
            signatures.push(ours.clone());
        }
        let signatures = signatures.join(&b' ');
        let headers: Option<HeaderMap> =
            [(ID, &callback.id), (TIMESTAMP, &timestamp), (SIGNATURE, &signatures)]
                .into_iter()
                .map(|(name, value)| header(name, value))
                .collect();
        let Some(headers) = headers else { return };

        let believed = secrets.verify(&headers, &callback.body, now);
        let is_of_now = callback.timestamp.as_ref().is_ok_and(|offset| offset.unsigned_abs() <= 300);
        let is_text = signatures.iter().all(|byte| (0x20..0x7f).contains(byte) || *byte == b'\t');
        if callback.signed && is_named && is_of_now && is_text {
            assert_eq!(believed.as_deref(), Ok(&*id), "{callback:?}");
        } else if !callback.signed {
            assert!(believed.is_err(), "{callback:?} was believed");
        } else if believed.is_ok() {
            panic!("{callback:?} was believed");
        }
        if let Some(place) = usize::from(callback.change.0).checked_rem(callback.body.len()) {
            let mut other = callback.body.clone();
            other[place] ^= callback.change.1.max(1);
            assert!(
                secrets.verify(&headers, &other, now).is_err(),
                "{callback:?} was believed with another body"
            );
        }
    });
}
