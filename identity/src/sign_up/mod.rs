//! Becoming a person: first somebody says who they are, then they prove their number, and until then there is nobody.
//! A number that has an account and one that has none must not differ, in answer or in cost; only what is sent differs,
//! and whoever reads that has the number.

pub(crate) mod repo;

use domain::{Email, PersonName, Phone, UserId};
use uuid::Uuid;

use crate::{
    Address, Attempt, Code, CodeError, Identity, Network, NewPassword, Post, SendCodeError, openid::Account,
    throttle::Count,
};

/// What it takes to become a person here.
#[derive(Debug, Clone)]
pub struct SignUp {
    /// Shown to whoever is about to pay them.
    pub name: PersonName,
    /// The address money is sent to, once it is proven.
    pub phone: Phone,
    /// Another name to sign in by, once it is proven.
    pub email: Option<Email>,
    /// How they sign in from then on.
    pub way_in: WayIn,
}

/// What somebody who is to become a person signs in by.
#[derive(Debug, Clone)]
pub enum WayIn {
    /// The password they chose.
    Password(NewPassword),
    /// Their account at a provider, which has said that it is them.
    Account(Account),
}

/// Somebody who has not proven their number yet.
#[derive(Debug, Clone)]
pub struct Pending {
    /// By which their browser knows it.
    pub attempt: Attempt,
    /// Where the code went.
    pub phone: Phone,
    /// Where the other code went.
    pub email: Option<Email>,
    /// They come by an account at a provider.
    pub by_account: bool,
}

/// Which of those who sign up.
#[derive(Debug, Clone)]
pub enum Which {
    /// The one that a browser knows.
    Attempt(Attempt),
    /// The newest with this number and a password: whoever comes by a provider has a browser, which knows its attempt.
    Phone(Phone),
}

/// What proves the addresses of a person.
#[derive(Debug, Clone)]
pub struct Proof {
    /// The code that went to the number.
    pub code: Code,
    /// The one that went to the e-mail address; without it the person has none.
    pub email_code: Option<Code>,
}

impl Identity {
    /// Notes who wants to become a person, in the place of whoever wanted to with the same number, and sends a code; to
    /// a number or an address that has an account, word of that.
    pub async fn sign_up(&self, person: SignUp, network: Network) -> Result<Attempt, SendCodeError> {
        let email = person.email.clone().map(Address::Email);
        let phone = Address::Phone(person.phone.clone());
        self.take_codes([Some(&phone), email.as_ref()], network).await?;
        // Before anybody knows whether the number is free, so that taken and free cost the same.
        let hash = match &person.way_in {
            WayIn::Password(password) => Some(self.0.hasher.hash(password.clone()).await),
            WayIn::Account(_) => None,
        };
        let attempt = Attempt::random();
        let codes = self.codes(attempt, phone, email);
        let taken = repo::begin(&self.0.pool, attempt, &person, hash.as_deref(), &codes.sealed()).await?;
        codes.send(&self.0.post, taken);
        Ok(attempt)
    }

    /// Sends new codes, which alone hold from now on; nothing where there is nobody to send any to.
    pub async fn send_again(&self, attempt: Attempt, network: Network) -> Result<(), SendCodeError> {
        let Some(pending) = self.pending_sign_up(attempt).await? else { return Ok(()) };
        let (phone, email) = (Address::Phone(pending.phone), pending.email.map(Address::Email));
        self.take_codes([Some(&phone), email.as_ref()], network).await?;
        let codes = self.codes(attempt, phone, email);
        if let Some(taken) = repo::renew(&self.0.pool, attempt, &codes.sealed()).await? {
            codes.send(&self.0.post, taken);
        }
        Ok(())
    }

    /// Whoever signs up by this attempt; `None` where it is over.
    pub async fn pending_sign_up(&self, attempt: Attempt) -> Result<Option<Pending>, sqlx::Error> {
        repo::find(&self.0.pool, &Which::Attempt(attempt)).await
    }

    /// Makes the person, with their way in; their account opens with them. What they proved is used up.
    pub async fn prove_sign_up(
        &self,
        which: Which,
        proof: Proof,
        network: Network,
    ) -> Result<UserId, CodeError> {
        let pending = repo::find(&self.0.pool, &which).await?;
        let phone = match (&pending, which) {
            (Some(pending), _) => pending.phone.to_string(),
            (None, Which::Phone(phone)) => phone.to_string(),
            (None, Which::Attempt(attempt)) => attempt.to_string(),
        };
        self.0.throttle.take([Count::try_sign_up(&phone), Count::try_code_from(network)]).await??;
        let pending = pending.ok_or(CodeError::Refused)?;
        let sealed = repo::try_codes(&self.0.pool, pending.attempt).await?.ok_or(CodeError::Refused)?;
        let seal = &self.0.post.seal;
        let phone = Address::Phone(pending.phone);
        if !seal.is_of(&sealed.code, pending.attempt, &phone, &proof.code) {
            return Err(CodeError::Refused);
        }
        let email = pending.email.map(Address::Email);
        let with_email = match (&proof.email_code, &email, &sealed.email_code) {
            (None, ..) => false,
            (Some(code), Some(email), Some(sealed)) if seal.is_of(sealed, pending.attempt, email, code) => {
                true
            }
            (Some(_), ..) => return Err(CodeError::EmailRefused),
        };
        let id = UserId::new(Uuid::now_v7());
        match repo::prove(&self.0.pool, pending.attempt, &sealed.code, id, with_email).await {
            Ok(true) => Ok(id),
            Ok(false) => Err(CodeError::Refused), // another code was sent, or it was used, meanwhile
            Err(error) if is_taken(&error) => Err(CodeError::Taken),
            Err(error) => Err(error.into()),
        }
    }

    /// Takes one of the codes that may be sent to each of these, and from this network.
    async fn take_codes(&self, to: [Option<&Address>; 2], network: Network) -> Result<(), SendCodeError> {
        let addresses = to.into_iter().flatten().map(|address| Count::send_code(address.as_str()));
        self.0.throttle.take(addresses.chain([Count::send_code_from(network)])).await??;
        Ok(())
    }

    fn codes(&self, attempt: Attempt, phone: Address, email: Option<Address>) -> Codes {
        let code = |address: Address| {
            let code = Code::random();
            let sealed = self.0.post.seal.of(attempt, &address, &code);
            Sent { address, code, sealed }
        };
        Codes { phone: code(phone), email: email.map(code) }
    }
}

/// A code on its way.
struct Sent {
    address: Address,
    code: Code,
    sealed: Vec<u8>,
}

/// The codes of one attempt.
struct Codes {
    phone: Sent,
    email: Option<Sent>,
}

impl Codes {
    fn sealed(&self) -> repo::Sealed {
        let email_code = self.email.as_ref().map(|sent| sent.sealed.clone());
        repo::Sealed { code: self.phone.sealed.clone(), email_code }
    }

    fn send(self, post: &Post, taken: repo::Taken) {
        let each = [(Some(self.phone), taken.phone), (self.email, taken.email)];
        for (sent, is_taken) in each {
            match sent {
                Some(sent) if is_taken => post.has_account(sent.address),
                Some(sent) => post.sign_up_code(sent.address, sent.code),
                None => {}
            }
        }
    }
}

fn is_taken(error: &sqlx::Error) -> bool {
    let constraint = error.as_database_error().and_then(|e| e.constraint());
    matches!(constraint, Some("users_phone_unique" | "users_email_unique" | "openid_identities_pkey"))
}
