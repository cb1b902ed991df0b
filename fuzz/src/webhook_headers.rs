//! The three headers of a bank's callback.

use bolero::{TypeGenerator, check};
use http::{HeaderMap, HeaderName, HeaderValue};
use jiff::Timestamp;
use webhook::signature::{ID, SIGNATURE, Secrets, TIMESTAMP};

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const NOW: i64 = 1_800_000_000;

#[derive(Debug, TypeGenerator)]
struct Callback {
    /// Of visible characters, or of any.
    id: Result<Vec<u8>, Vec<u8>>,
    /// Seconds from now, mostly near the edge of what is tolerated, or what stands there instead.
    timestamp: Result<i16, Vec<u8>>,
    /// Ours among others, or others alone.
    signed: bool,
    signatures: Result<Vec<String>, Vec<Vec<u8>>>,
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
        let near = |offset: &i16| match offset.rem_euclid(8) {
            place @ 0..4 => [300, 301, -300, -301][place as usize],
            _ => i64::from(offset % 310),
        };
        let offset = callback.timestamp.as_ref().ok().map(near);
        let timestamp = match &callback.timestamp {
            Err(bytes) => bytes.clone(),
            Ok(_) => (NOW + offset.unwrap()).to_string().into_bytes(),
        };
        let bytes = match &callback.id {
            Ok(visible) => visible.iter().map(|byte| b'!' + byte % 94).collect(),
            Err(any) => any.clone(),
        };
        let is_named = (1..=255).contains(&bytes.len()) && bytes.iter().all(u8::is_ascii_graphic);
        let id = String::from_utf8_lossy(&bytes);
        let at = offset.map_or(0, |offset| NOW + offset);
        let ours = secrets.sign(&id, at, &callback.body).into_bytes();
        let mut signatures = match &callback.signatures {
            Ok(texts) => {
                texts.iter().map(|text| format!("v1,{}", text.escape_default()).into_bytes()).collect()
            }
            Err(any) => any.clone(),
        };
        if callback.signed {
            signatures.push(ours.clone());
        }
        let signatures = signatures.join(&b' ');
        let headers: Option<HeaderMap> = [(ID, &bytes), (TIMESTAMP, &timestamp), (SIGNATURE, &signatures)]
            .into_iter()
            .map(|(name, value)| header(name, value))
            .collect();
        let Some(headers) = headers else { return };

        let believed = secrets.verify(&headers, &callback.body, now);
        let is_of_now = offset.is_some_and(|offset| offset.abs() <= 300);
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
