//! What is sent to people, and who carries it. Short, in our name, and with a code there is never a link.

mod inbox;

use std::{fmt, sync::Arc};

use domain::moment;
pub use inbox::{Inbox, Received};
use jiff::Timestamp;
use secrecy::SecretString;

use crate::{
    Address,
    address::{Kind, PendingAddress, UndoToken},
    code::{Code, Seal},
    notice::{Event, when_and_where},
    session::Device,
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

    /// Our own origin, `https://okane.example`.
    pub(crate) fn origin(&self) -> &str {
        &self.origin
    }

    /// A code for whoever creates an account.
    pub(crate) fn sign_up_code(&self, to: Address, code: Code) {
        self.code(to, code, "create your account");
    }

    /// A code for whoever has forgotten their password.
    pub(crate) fn reset_code(&self, to: Address, code: Code) {
        self.code(to, code, "choose a new password");
    }

    /// A code for whoever turns a second step of signing in on.
    pub(crate) fn second_factor_code(&self, to: Address, code: Code) {
        self.code(to, code, "turn on the second step of signing in");
    }

    /// A code for whoever has lost app and recovery codes.
    pub(crate) fn way_back_code(&self, to: Address, code: Code) {
        self.code(to, code, "turn off your second step without the app, which you have lost (if you did not ask, choose a new password: somebody took the first step of signing in as you)");
    }

    /// The wait has begun, and how it is ended.
    pub(crate) fn way_back_begun(
        &self,
        to: Address,
        until: Timestamp,
        stop: &UndoToken,
        device: Option<&Device>,
    ) {
        let text = format!(
            "OKANE: somebody who can take the first step of signing in as you says that your app and your recovery codes are lost ({when}). From \
             {until} they can turn your second step off. If this was not you, end it: \
             {origin}/stop-way-back?token={token}",
            when = when_and_where(Timestamp::now(), device),
            until = moment::in_india(until),
            origin = self.origin,
            token = stop.as_str(),
        );
        self.courier.take(Message { to, subject: "Your second step is to be turned off", text, code: None });
    }

    /// It is nearly over.
    pub(crate) fn way_back_near(&self, to: Address, until: Timestamp, stop: &UndoToken) {
        let text = format!(
            "OKANE: from {until} your second step can be turned off by whoever said that your app and your recovery codes are lost and who \
             reads the codes that we send. If this is not you, end it: {origin}/stop-way-back?token={token}",
            until = moment::in_india(until),
            origin = self.origin,
            token = stop.as_str(),
        );
        self.courier.take(Message {
            to,
            subject: "Your second step can soon be turned off",
            text,
            code: None,
        });
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

    /// A code for whoever has the number or address that is to be left, or the number where an e-mail address is added.
    pub(crate) fn change_code_from(&self, pending: &PendingAddress, code: Code) {
        let errand = match (&pending.from, &pending.to) {
            (None, _) => "add an email address to your account".to_owned(),
            (_, None) => "take this email address away from your account".to_owned(),
            (_, Some(Address::Phone(phone))) => format!("change your phone number to {}", phone.masked()),
            (_, Some(Address::Email(_))) => "change the email address of your account".to_owned(),
        };
        self.code(pending.proves.clone(), code, &errand);
    }

    /// A code for whoever has the one that is to take its place.
    pub(crate) fn change_code_to(&self, to: Address, code: Code) {
        self.code(to, code, "use this with your account");
    }

    /// To where it was, or is another way: what was changed, and the way to undo it.
    pub(crate) fn address_changed(
        &self,
        pending: &PendingAddress,
        to: Address,
        undo: &UndoToken,
        device: Option<&Device>,
    ) {
        let what = match (pending.kind, &pending.from, &pending.to) {
            (Kind::Phone, ..) => "the phone number of your account was changed",
            (Kind::Email, None, _) => "an email address was added to your account",
            (Kind::Email, _, None) => "the email address was removed from your account",
            (Kind::Email, ..) => "the email address of your account was changed",
        };
        let text = format!(
            "OKANE: {what} ({when}). If this was not you, undo it within a day: {origin}/undo-change?token={token}",
            when = when_and_where(Timestamp::now(), device),
            origin = self.origin,
            token = undo.as_str(),
        );
        self.courier.take(Message { to, subject: "Your OKANE account was changed", text, code: None });
    }

    /// What happened, when and from where, and what to do about it.
    pub(crate) fn notice(&self, to: Address, event: Event, when: &str) {
        let remedy = event.remedy().replace("{origin}", &self.origin);
        let text = format!("OKANE: {} ({when}) If it was not you, {remedy}.", event.sentence());
        self.courier.take(Message { to, subject: "News of your OKANE account", text, code: None });
    }

    fn host(&self) -> &str {
        let host = self.origin.split_once("://").map_or(&*self.origin, |(_, host)| host);
        host.split([':', '/']).next().unwrap_or(host)
    }
}
