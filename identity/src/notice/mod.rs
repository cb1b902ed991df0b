//! What happens to somebody's account is told to them: kept for ninety days, and sent to wherever they are reached, also to
//! where they were until today. After it has happened, beside whatever goes on, and never in its way.

mod device;
pub(crate) mod repo;

use domain::{UserId, moment};
use futures_util::future::try_join;
use jiff::Timestamp;
use uuid::Uuid;

use crate::{Address, Identity, address, session::Device, throttle::Count};

/// Notices that are shown at most, and of each kind: many of one are to hide none of another.
const SHOWN: i64 = 50;
const SHOWN_OF_A_KIND: i64 = 10;

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// Somebody signed in on what was not known of them, or from where.
    SignedIn,
    /// The password was exchanged within a session.
    PasswordChanged,
    /// The same by a code.
    PasswordReset,
    /// An account at Google became a way in.
    GoogleConnected,
    /// It is none any more.
    GoogleDisconnected,
    /// A passkey became a way in.
    PasskeyAdded,
    /// One is none any more.
    PasskeyRemoved,
    /// Signing in asks for a code of an app from now on.
    SecondFactorOn,
    /// It does so no more.
    SecondFactorOff,
    /// Somebody went on without the app.
    RecoveryCodeUsed,
    /// There are other recovery codes, and those there were are worth nothing.
    RecoveryCodesRenewed,
    /// Somebody says that app and recovery codes are lost, and waits.
    WayBackBegun,
    /// They do so no more: it was ended.
    WayBackEnded,
    /// They have waited, and the second step is off.
    WayBackTaken,
    /// Payments are approved less often.
    ApprovalLoosened,
    /// Somebody knew the password and no code.
    SecondStepRefused,
    /// Payments are approved by another PIN, or by a first one.
    PinSet,
    /// They are approved by none.
    PinRemoved,
    /// The PIN was wrong so often that it holds no longer.
    PinVoid,
    /// The wallet was asked to thaw.
    Thawed,
    /// Another number.
    PhoneChanged,
    /// A first e-mail address.
    EmailAdded,
    /// Another one.
    EmailChanged,
    /// None any more.
    EmailRemoved,
    /// "This was not me": what was there before is there again.
    AddressRestored,
}

impl Event {
    const ALL: [Event; 25] = [
        Event::SignedIn,
        Event::PasswordChanged,
        Event::PasswordReset,
        Event::GoogleConnected,
        Event::GoogleDisconnected,
        Event::PasskeyAdded,
        Event::PasskeyRemoved,
        Event::SecondFactorOn,
        Event::SecondFactorOff,
        Event::RecoveryCodeUsed,
        Event::RecoveryCodesRenewed,
        Event::WayBackBegun,
        Event::WayBackEnded,
        Event::WayBackTaken,
        Event::ApprovalLoosened,
        Event::SecondStepRefused,
        Event::PinSet,
        Event::PinRemoved,
        Event::PinVoid,
        Event::Thawed,
        Event::PhoneChanged,
        Event::EmailAdded,
        Event::EmailChanged,
        Event::EmailRemoved,
        Event::AddressRestored,
    ];

    /// The word in tables, the sentence for its person, and how to set right what was not theirs.
    const fn parts(self) -> (&'static str, &'static str, &'static str) {
        const PASSWORD: &str = "choose a new password at {origin}/forgotten, see that no passkey and no Google \
                                account of somebody else's opens it at {origin}/settings/security, and freeze your wallet";
        const OTHER_END: &str = "the message with the link to undo it went to where it was before, and to your phone or \
                                 email that is as it was; and freeze your wallet at {origin}/settings/freeze";
        match self {
            Event::SignedIn => (
                "signed_in",
                "Somebody signed in to your account on a device or from a network that is new to us.",
                "end that session at {origin}/settings/sessions and change your password",
            ),
            Event::PasswordChanged => ("password_changed", "Your password was changed.", PASSWORD),
            Event::PasswordReset => {
                ("password_reset", "Your password was changed by a code that we sent.", PASSWORD)
            }
            Event::GoogleConnected => (
                "google_connected",
                "A Google account can sign in to your wallet from now on.",
                "choose a new password at {origin}/forgotten, disconnect it at {origin}/settings/google, and freeze your wallet",
            ),
            Event::GoogleDisconnected => (
                "google_disconnected",
                "Your Google account does not sign in to your wallet any more.",
                "choose a new password at {origin}/forgotten",
            ),
            Event::PasskeyAdded => (
                "passkey_added",
                "A new passkey can sign in to your wallet and approve payments from now on.",
                "remove it at {origin}/settings/passkeys, choose a new password at {origin}/forgotten, and freeze your wallet",
            ),
            Event::PasskeyRemoved => (
                "passkey_removed",
                "A passkey was removed and does not open your wallet any more.",
                "choose a new password at {origin}/forgotten",
            ),
            Event::SecondFactorOn => (
                "second_factor_on",
                "Signing in to your account asks for a code of your app from now on.",
                PASSWORD,
            ),
            Event::SecondFactorOff => (
                "second_factor_off",
                "Signing in to your account asks for no code of your app any more.",
                PASSWORD,
            ),
            Event::RecoveryCodeUsed => (
                "recovery_code_used",
                "One of your recovery codes was used in place of a code of your app.",
                PASSWORD,
            ),
            Event::RecoveryCodesRenewed => (
                "recovery_codes_renewed",
                "Your account has new recovery codes. Those it had before are worth nothing.",
                PASSWORD,
            ),
            Event::WayBackBegun => (
                "way_back_begun",
                "Somebody who can take the first step of signing in as you says that your app and your recovery codes are lost. When some days have gone by they can turn your second step off.",
                "end it at {origin}/settings/second-factor or by the link in our message, and choose a new password at {origin}/forgotten",
            ),
            Event::WayBackEnded => (
                "way_back_ended",
                "The wait for turning your second step off without a code was ended. It is on as before.",
                "choose a new password at {origin}/forgotten",
            ),
            Event::WayBackTaken => (
                "way_back_taken",
                "Your second step was turned off without a code, after the wait, and somebody signed in.",
                PASSWORD,
            ),
            Event::ApprovalLoosened => {
                ("approval_loosened", "You are asked to approve payments less often from now on.", PASSWORD)
            }
            Event::SecondStepRefused => (
                "second_step_refused",
                "Somebody knew your password and entered five codes that were wrong. They are not signed in.",
                "choose a new password at {origin}/forgotten",
            ),
            Event::PinSet => ("pin_set", "A new PIN approves your payments.", PASSWORD),
            Event::PinRemoved => (
                "pin_removed",
                "Your PIN was removed, and your payments are not approved by one any more.",
                PASSWORD,
            ),
            Event::PinVoid => (
                "pin_void",
                "Your PIN was wrong ten times in a row and holds no longer.",
                "end sessions that are not yours at {origin}/settings/sessions and change your password",
            ),
            Event::Thawed => (
                "thawed",
                "Your wallet was asked to thaw, and money can leave it again when its time to thaw has gone by.",
                "freeze it again at {origin}/settings/freeze and change your password",
            ),
            Event::PhoneChanged => ("phone_changed", "Your phone number was changed.", OTHER_END),
            Event::EmailAdded => ("email_added", "An email address was added to your account.", OTHER_END),
            Event::EmailChanged => ("email_changed", "Your email address was changed.", OTHER_END),
            Event::EmailRemoved => {
                ("email_removed", "Your email address was removed from your account.", OTHER_END)
            }
            Event::AddressRestored => (
                "address_restored",
                "Your phone number or email is again what it was before it was changed. Passkeys and a second step that were added since are gone, you are signed out everywhere, and your wallet is frozen.",
                "choose a new password at {origin}/forgotten",
            ),
        }
    }

    /// The sentence for its person.
    pub const fn sentence(self) -> &'static str {
        self.parts().1
    }

    pub(crate) const fn code(self) -> &'static str {
        self.parts().0
    }

    pub(crate) const fn remedy(self) -> &'static str {
        self.parts().2
    }

    fn parse(code: &str) -> Option<Self> {
        Event::ALL.into_iter().find(|event| event.code() == code)
    }
}

/// What somebody was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// What happened.
    pub event: Event,
    /// On what and from where, as far as it is known.
    pub device: Option<Device>,
    /// When.
    pub at: Timestamp,
}

impl Identity {
    /// Tells a person what happened to their account, and how to set it right. Nobody waits for it, and where it cannot
    /// be told, what happened has happened all the same.
    pub fn tell(&self, person: UserId, event: Event, device: Option<Device>) {
        self.tell_but(person, event, device, Vec::new());
    }

    /// The same, but not to these addresses, which are told in words of their own.
    pub(crate) fn tell_but(&self, person: UserId, event: Event, device: Option<Device>, not: Vec<Address>) {
        let identity = self.clone();
        self.0.telling.spawn(async move {
            if let Err(error) = identity.told(person, event, device, not).await {
                tracing::warn!(%error, event = event.code(), "a notice could not be given");
            }
        });
    }

    /// Once everybody is told of what has happened until now. For a process that is about to stop.
    pub async fn all_told(&self) {
        self.0.telling.close();
        self.0.telling.wait().await;
    }

    async fn told(
        &self,
        person: UserId,
        event: Event,
        device: Option<Device>,
        not: Vec<Address>,
    ) -> sqlx::Result<()> {
        repo::insert(&self.0.pool, Uuid::now_v7(), person, event, device.as_ref()).await?;
        // Each kind by itself: a flood of one hides none of another.
        if self.0.throttle.take([Count::notice(person, event.code())]).await?.is_err() {
            return Ok(());
        }
        let (user, former) =
            try_join(self.stored(person), address::repo::former(&self.0.pool, person)).await?;
        let Some(user) = user else { return Ok(()) };
        let mut reached = vec![Address::Phone(user.phone)];
        reached.extend(user.email.as_deref().and_then(Address::parse));
        reached.extend(former.iter().filter_map(|text| Address::parse(text)));
        let when = when_and_where(Timestamp::now(), device.as_ref());
        for address in reached.into_iter().filter(|address| !not.contains(address)) {
            self.0.post.notice(address, event, &when);
        }
        Ok(())
    }

    /// What a person was told in the last ninety days, the newest first.
    pub async fn notices(&self, person: UserId) -> sqlx::Result<Vec<Notice>> {
        let rows = repo::of(&self.0.pool, person, SHOWN, SHOWN_OF_A_KIND).await?;
        let notice = |row: repo::Row| {
            let device = row.device.zip(row.network).map(|(name, network)| Device { name, network });
            Some(Notice { event: Event::parse(&row.event)?, device, at: row.at.to_jiff() })
        };
        Ok(rows.into_iter().filter_map(notice).collect()) // a newer program's events are not ours to word
    }
}

/// `28 Nov 2026, 14:05 IST, Firefox on Windows, network 203.0.113.…`
pub(crate) fn when_and_where(at: Timestamp, device: Option<&Device>) -> String {
    let at = moment::in_india(at);
    match device {
        Some(Device { name, network }) => format!("{at}, {name}, network {network}"),
        None => at,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_event_is_found_by_its_word_and_says_what_to_do() {
        for event in Event::ALL {
            assert_eq!(Event::parse(event.code()), Some(event));
            assert!(event.code().bytes().all(|b| b.is_ascii_lowercase() || b == b'_'), "{event:?}");
            assert!(event.sentence().ends_with('.') && event.remedy().contains("{origin}"), "{event:?}");
        }
        assert_eq!(Event::parse("other"), None);
    }
}
