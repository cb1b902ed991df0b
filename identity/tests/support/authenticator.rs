//! A device with one passkey, in software: says what devices say (WebAuthn Level 3, 6 and 7), or anything a test would
//! have it say instead.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use ring::{
    digest::{SHA256, digest},
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _},
};
use serde_json::{Value, json};

/// Somebody is there.
pub const PRESENT: u8 = 1;
/// The device has seen that it is its owner.
pub const VERIFIED: u8 = 4;
/// A key follows.
const WITH_KEY: u8 = 0x40;

pub struct Authenticator {
    /// What the browser says on whose page it is.
    pub origin: String,
    /// To whom the passkey is bound.
    pub rp_id: String,
    /// What the device has seen.
    pub flags: u8,
    /// How often it was used; stands still at 0.
    pub counter: u32,
    /// What it says whose it is.
    pub handle: Option<String>,
    id: Vec<u8>,
    key: EcdsaKeyPair,
}

impl Authenticator {
    /// Makes a passkey as the options ask; answers with what is sent.
    pub fn make(options: &Value, origin: &str) -> (Self, Value) {
        Self::make_as(options, origin, |_| {})
    }

    /// The same of a device that is not as it should be.
    pub fn make_as(options: &Value, origin: &str, odd: impl Fn(&mut Self)) -> (Self, Value) {
        let randomness = SystemRandom::new();
        let algorithm = &ECDSA_P256_SHA256_ASN1_SIGNING;
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(algorithm, &randomness).unwrap();
        let key = EcdsaKeyPair::from_pkcs8(algorithm, pkcs8.as_ref(), &randomness).unwrap();
        let id = digest(&SHA256, key.public_key().as_ref()).as_ref().to_vec();
        let mut made = Authenticator {
            origin: origin.to_owned(),
            rp_id: options["rp"]["id"].as_str().unwrap().to_owned(),
            flags: PRESENT | VERIFIED,
            counter: 1,
            handle: options["user"]["id"].as_str().map(str::to_owned),
            id,
            key,
        };
        odd(&mut made);
        let answer = made.registered(options);
        (made, answer)
    }

    /// By which the device knows it, as browsers write it.
    pub fn id(&self) -> String {
        BASE64.encode(&self.id)
    }

    /// Says once more that it was made, as if it were new.
    pub fn registered(&self, options: &Value) -> Value {
        let point = self.key.public_key().as_ref(); // 4, x, y
        let mut data = self.data(self.flags | WITH_KEY);
        data.extend([0; 16]); // of no make
        data.extend(u16::try_from(self.id.len()).unwrap().to_be_bytes());
        data.extend(&self.id);
        // COSE: an elliptic curve's key (1: 2) for ES256 (3: -7), on P-256 (-1: 1), with x (-2) and y (-3).
        data.extend([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20]);
        data.extend(&point[1..33]);
        data.extend([0x22, 0x58, 0x20]);
        data.extend(&point[33..]);
        // CBOR: { "fmt": "none", "attStmt": {}, "authData": data }
        let mut object = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58".to_vec();
        object.push(u8::try_from(data.len()).unwrap());
        object.extend(data);
        json!({
            "id": BASE64.encode(&self.id),
            "rawId": BASE64.encode(&self.id),
            "type": "public-key",
            "clientExtensionResults": {},
            "response": {
                "attestationObject": BASE64.encode(object),
                "clientDataJSON": BASE64.encode(self.client_data("webauthn.create", options)),
                "transports": ["internal"],
            },
        })
    }

    /// Uses it as the options ask; answers with what is sent.
    pub fn answer(&mut self, options: &Value) -> Value {
        if self.counter > 0 {
            self.counter += 1;
        }
        self.answer_again(options)
    }

    /// The same with a counter that stands still.
    pub fn answer_again(&self, options: &Value) -> Value {
        let (data, client_data) = (self.data(self.flags), self.client_data("webauthn.get", options));
        let signed = [&data, digest(&SHA256, &client_data).as_ref()].concat();
        let signature = self.key.sign(&SystemRandom::new(), &signed).unwrap();
        json!({
            "id": BASE64.encode(&self.id),
            "rawId": BASE64.encode(&self.id),
            "type": "public-key",
            "clientExtensionResults": {},
            "response": {
                "authenticatorData": BASE64.encode(data),
                "clientDataJSON": BASE64.encode(client_data),
                "signature": BASE64.encode(signature),
                "userHandle": self.handle,
            },
        })
    }

    fn data(&self, flags: u8) -> Vec<u8> {
        let mut data = digest(&SHA256, self.rp_id.as_bytes()).as_ref().to_vec();
        data.push(flags);
        data.extend(self.counter.to_be_bytes());
        data
    }

    fn client_data(&self, kind: &str, options: &Value) -> Vec<u8> {
        let data = json!({
            "type": kind, "challenge": options["challenge"], "origin": self.origin, "crossOrigin": false,
        });
        data.to_string().into_bytes()
    }
}
