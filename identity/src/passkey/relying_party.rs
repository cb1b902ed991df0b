//! Who we are to people's devices, and what we ask of them (WebAuthn Level 3, 7.1 and 7.2).

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Serialize;
use serde_json::{Value, json};
use uuid::Uuid;
use webauthn_rs::prelude::{
    DiscoverableAuthentication, Passkey as Credential, PasskeyRegistration, PublicKeyCredential,
    RegisterPublicKeyCredential, Url, Webauthn, WebauthnBuilder, WebauthnError,
};

use super::PasskeyError;

/// What devices show.
const NAME: &str = "OKANE";
/// By which this machine is known: an address is no name that a passkey could be bound to.
const THIS_MACHINE: &str = "localhost";

/// What a device is told, for `PublicKeyCredential.parseCreationOptionsFromJSON` or `parseRequestOptionsFromJSON`, and what
/// its answer is held against.
pub(super) struct Question {
    pub(super) options: Value,
    pub(super) state: Value,
}

/// The one to whom passkeys of ours are bound, by the host of our origin: a page of any other gets no answer for us.
pub(crate) struct RelyingParty(Option<Webauthn>);

impl RelyingParty {
    /// For this origin. Without https browsers let nobody have passkeys, but on this machine, and there by `localhost`
    /// alone.
    pub(crate) fn of(origin: &str) -> Self {
        let built = || {
            let mut origin = Url::parse(origin).ok()?;
            let is_local = matches!(origin.host_str()?, "127.0.0.1" | THIS_MACHINE | "[::1]");
            if is_local {
                origin.set_host(Some(THIS_MACHINE)).ok()?;
            } else if origin.scheme() != "https" {
                return None;
            }
            WebauthnBuilder::new(origin.domain()?, &origin).ok()?.rp_name(NAME).build().ok()
        };
        RelyingParty(built())
    }

    /// Whether there can be passkeys of ours.
    pub(super) fn is_possible(&self) -> bool {
        self.0.is_some()
    }

    /// Asks for a new passkey: one that its device finds by itself, and uses only once it has seen who is there. None of
    /// `present` is to be made a second time.
    pub(super) fn ask_for_new(
        &self,
        handle: Uuid,
        name: &str,
        full_name: &str,
        present: &[Credential],
    ) -> Result<Question, PasskeyError> {
        let present = present.iter().map(|credential| credential.cred_id().clone()).collect();
        let asked = self.webauthn()?.start_passkey_registration(handle, name, full_name, Some(present));
        let mut question = question(asked)?;
        // The crate asks for neither, for the sake of keys that have no room; one that is not found cannot sign in here.
        question.options["authenticatorSelection"]["residentKey"] = json!("required");
        question.options["authenticatorSelection"]["requireResidentKey"] = json!(true);
        Ok(question)
    }

    /// Reads what a device has made.
    pub(super) fn made(&self, answer: &str, state: Value) -> Result<Credential, PasskeyError> {
        let state: PasskeyRegistration = read_state(state)?;
        let answer: RegisterPublicKeyCredential = read(answer)?;
        self.webauthn()?.finish_passkey_registration(&answer, &state).map_err(not_believed)
    }

    /// Asks for a use of one of these, or, where there are none, of any that the device finds.
    pub(super) fn ask(&self, among: &[Credential]) -> Result<Question, PasskeyError> {
        let mut question = question(self.webauthn()?.start_discoverable_authentication())?;
        let named = among.iter().map(
            |credential| json!({ "type": "public-key", "id": URL_SAFE_NO_PAD.encode(credential.cred_id()) }),
        );
        question.options["allowCredentials"] = named.collect();
        Ok(question)
    }

    /// Whether this answer is one to the question, by this passkey, and its device has seen who is there (the question says
    /// that it has to); which of its owner's it is was looked up. Answers with
    /// the passkey as it is from now on, and how often the device says it was used.
    pub(super) fn believe(
        &self,
        answer: &Answer,
        state: Value,
        mut credential: Credential,
    ) -> Result<(Credential, u32), PasskeyError> {
        let state: DiscoverableAuthentication = read_state(state)?;
        let believed = self.webauthn()?.finish_discoverable_authentication_v2(&answer.0, state, &credential);
        let believed = believed.map_err(not_believed)?;
        credential.update_credential(&believed);
        Ok((credential, believed.counter()))
    }

    fn webauthn(&self) -> Result<&Webauthn, PasskeyError> {
        self.0.as_ref().ok_or(PasskeyError::Refused)
    }
}

/// The answer of a device, which nobody has believed yet.
pub(super) struct Answer(PublicKeyCredential);

impl Answer {
    /// As `PublicKeyCredential.toJSON` writes it.
    pub(super) fn parse(answer: &str) -> Result<Self, PasskeyError> {
        read(answer).map(Answer)
    }

    /// Which passkey it says it is by.
    pub(super) fn credential_id(&self) -> &[u8] {
        self.0.get_credential_id()
    }

    /// Whose it says it is; not all devices do where they were told which passkeys are asked for.
    pub(super) fn handle(&self) -> Option<Uuid> {
        self.0.get_user_unique_id().and_then(|handle| Uuid::from_slice(handle).ok())
    }
}

/// Takes apart what the crate gives to the device and what it keeps. The mediation that it asks for is left out: it is for a
/// field that offers passkeys, and ours are asked for by a button.
fn question<O: Serialize, S: Serialize>(
    asked: Result<(O, S), WebauthnError>,
) -> Result<Question, PasskeyError> {
    let (options, state) = asked.map_err(not_believed)?;
    let mut options = serde_json::to_value(options).map_err(unreadable)?;
    Ok(Question {
        options: options["publicKey"].take(),
        state: serde_json::to_value(state).map_err(unreadable)?,
    })
}

fn read<T: serde::de::DeserializeOwned>(answer: &str) -> Result<T, PasskeyError> {
    serde_json::from_str(answer).map_err(|_| PasskeyError::Refused)
}

fn read_state<T: serde::de::DeserializeOwned>(state: Value) -> Result<T, PasskeyError> {
    serde_json::from_value(state).map_err(unreadable)
}

/// What was kept by a program that wrote it otherwise.
fn unreadable(error: serde_json::Error) -> PasskeyError {
    PasskeyError::Storage(sqlx::Error::Decode(error.into()))
}

/// Why is for the log; to whoever asks all of it is one.
fn not_believed(error: WebauthnError) -> PasskeyError {
    tracing::warn!(%error, "an answer of a passkey was not believed");
    PasskeyError::Refused
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(origin: &str) -> Option<String> {
        let asked = RelyingParty::of(origin).ask(&[]).ok()?;
        asked.options["rpId"].as_str().map(str::to_owned)
    }

    #[test]
    fn passkeys_are_bound_to_the_host_of_our_origin() {
        assert_eq!(host("https://okane.example"), Some("okane.example".to_owned()));
        assert_eq!(host("https://okane.example:8443"), Some("okane.example".to_owned()));
        for local in ["http://127.0.0.1:3000", "http://localhost:3000", "http://[::1]:3000"] {
            assert_eq!(host(local), Some("localhost".to_owned()), "{local}");
        }
        for none in ["http://okane.example", "https://192.0.2.7", "okane.example", ""] {
            assert_eq!(host(none), None, "{none}");
        }
    }

    #[test]
    fn a_device_is_asked_to_see_who_is_there_and_to_find_the_passkey_by_itself() {
        let party = RelyingParty::of("https://okane.example");
        let new = party.ask_for_new(Uuid::new_v4(), "+919845012264", "Asha Rao", &[]).expect("a question");
        let selection = &new.options["authenticatorSelection"];
        assert_eq!(selection["residentKey"], "required");
        assert_eq!(selection["userVerification"], "required");
        assert_eq!(new.options["attestation"], "none");
        let asked = party.ask(&[]).expect("a question");
        assert_eq!(asked.options["userVerification"], "required");
        assert_ne!(asked.options["challenge"], party.ask(&[]).expect("a question").options["challenge"]);
    }
}
