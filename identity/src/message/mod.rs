//! What is sent to people, and who carries it. Short, in our name, and with a code there is never a link.

mod inbox;

use std::{fmt, sync::Arc};

pub use inbox::{Inbox, Received};
use secrecy::SecretString;

use crate::{
    Address,
    code::{Code, Seal},
};

/// One message.
#[derive(Clone)]
pub struct Message {
    /// To whom.
    pub to: Address,
    /// What an e-mail says above it; never anything secret, as it is shown everywhere.
    pub subject: &'static str,
    /// What it says.
    pub text: String,
    /// The code that stands in it, if one does.
    pub code: Option<Code>,
}

/// Shows to whom and nothing of what it says.
impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Message")
            .field("to", &self.to)
            .field("subject", &self.subject)
            .finish_non_exhaustive()
    }
}

/// Takes messages to people. It must not make whoever hands one over wait: that would tell who is sent one.
pub trait Courier: Send + Sync {
    /// Takes a message, at once; a message that does not arrive can be asked for again.
    fn take(&self, message: Message);
}

/// How codes leave, and how they are kept meanwhile.
#[derive(Clone)]
pub struct Post {
    courier: Arc<dyn Courier>,
    origin: Arc<str>,
    pub(crate) seal: Seal,
}

impl Post {
    /// Messages go by this courier and name this origin, `https://okane.example`; codes are sealed under this key.
    pub fn new(courier: Arc<dyn Courier>, origin: &str, key: SecretString) -> Self {
        Post { courier, origin: origin.into(), seal: Seal::new(key) }
    }

    /// A code for whoever creates an account.
    pub(crate) fn sign_up_code(&self, to: Address, code: Code) {
        self.code(to, code, "create your account");
    }

    /// A code for whoever has forgotten their password.
    pub(crate) fn reset_code(&self, to: Address, code: Code) {
        self.code(to, code, "choose a new password");
    }

    fn code(&self, to: Address, code: Code, errand: &str) {
        let digits = code.as_str();
        let mut text = format!(
            "OKANE: {digits} is your code to {errand}. It holds for ten minutes. We never ask you for it: \
             tell it to nobody."
        );
        if let Address::Phone(_) = to {
            // Only on this site a phone offers to fill it in (Origin-bound one-time codes, WICG).
            text.push_str(&format!("\n\n@{} #{digits}", self.host()));
        }
        self.courier.take(Message { to, subject: "Your code for OKANE", text, code: Some(code) });
    }

    /// Somebody wants an account with what has one.
    pub(crate) fn has_account(&self, to: Address) {
        let what = match to {
            Address::Phone(_) => "number",
            Address::Email(_) => "address",
        };
        let origin = &self.origin;
        let text = format!(
            "OKANE: this {what} has an account already. Sign in at {origin}/sign-in, or choose a new password at \
             {origin}/forgotten. If you did not ask, there is nothing to do."
        );
        self.courier.take(Message { to, subject: "You have an account with OKANE", text, code: None });
    }

    /// A password became another.
    pub(crate) fn password_changed(&self, to: Address) {
        let text = format!(
            "OKANE: your password was changed. If it was not you, choose a new one at {origin}/forgotten, see that no Google \
             account of somebody else's is connected at {origin}/settings/google, and freeze your wallet.",
            origin = self.origin
        );
        self.courier.take(Message { to, subject: "Your OKANE password was changed", text, code: None });
    }

    /// An account at a provider became a way in.
    pub(crate) fn account_connected(&self, to: Address) {
        let text = format!(
            "OKANE: a Google account can sign in to your wallet from now on. If it was not you, choose a new password at \
             {origin}/forgotten, disconnect it at {origin}/settings/google, and freeze your wallet.",
            origin = self.origin
        );
        self.courier.take(Message { to, subject: "A Google account was connected", text, code: None });
    }

    /// The second step of signing in was turned on or off.
    pub(crate) fn second_factor_changed(&self, to: Address, on: bool) {
        let (what, subject) = match on {
            true => ("asks for a code of your app", "Your second step is on"),
            false => ("asks for no second step any more", "Your second step is off"),
        };
        let text = format!(
            "OKANE: signing in {what}. If it was not you, choose a new password at {origin}/forgotten and freeze your \
             wallet.",
            origin = self.origin
        );
        self.courier.take(Message { to, subject, text, code: None });
    }

    /// Somebody went on without the app.
    pub(crate) fn recovery_code_used(&self, to: Address, left: i64) {
        let text = format!(
            "OKANE: one of your recovery codes was used, and {left} are left. If it was not you, choose a new password at \
             {origin}/forgotten and freeze your wallet.",
            origin = self.origin
        );
        self.courier.take(Message { to, subject: "A recovery code was used", text, code: None });
    }

    fn host(&self) -> &str {
        let host = self.origin.split_once("://").map_or(&*self.origin, |(_, host)| host);
        host.split([':', '/']).next().unwrap_or(host)
    }
}
