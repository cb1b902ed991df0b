//! The web's part: opening an intent, handing it to the bank, showing how far it is.

use domain::view::{OnRamp, OnRampStatus};
use domain::{
    Amount, Bank, IdempotencyKey, OnRampId, OnRampRefusal, Paise, TransferId, UserId, id::reference,
};
use uuid::Uuid;

use super::repo;
use crate::{Ledger, account, balance, outbox};

/// What a person asks for.
#[derive(Debug, Clone)]
pub struct OnRampRequest {
    /// From which bank.
    pub bank: Bank,
    /// How much.
    pub amount: Amount,
    /// The name of this attempt: asked again under it, the same intent is the answer.
    pub key: IdempotencyKey,
}

/// An intent that was opened, now or when its key was first used.
#[derive(Debug, Clone)]
pub struct Intent {
    /// Its id, the address of its status page.
    pub id: OnRampId,
    /// What must still be told to the bank; `None` where it knows already.
    pub request: Option<BankRequest>,
    /// The bank's page for people, where it is known.
    pub bank_page: Option<String>,
}

/// What the bank is told. Not serialisable: the token is for the bank alone.
#[derive(Clone)]
pub struct BankRequest {
    /// The intent.
    pub id: OnRampId,
    /// Names the payment between us and the bank.
    pub token: String,
    /// Which bank.
    pub bank: Bank,
    /// How much.
    pub amount: Paise,
}

impl std::fmt::Debug for BankRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BankRequest")
            .field("id", &self.id)
            .field("amount", &self.amount)
            .finish_non_exhaustive()
    }
}

/// Why there is no intent.
#[derive(Debug, thiserror::Error)]
pub enum OnRampError {
    /// A "no", with nothing written.
    #[error(transparent)]
    Refused(#[from] OnRampRefusal),
    /// Trouble with the database.
    #[error("the intent could not be stored")]
    Storage(#[from] sqlx::Error),
}

impl Ledger {
    /// Opens an intent, once per key. No money moves. The bank's call is put on the outbox in the same
    /// transaction, so it is made even if this process dies now.
    pub async fn open_on_ramp(&self, person: UserId, request: OnRampRequest) -> Result<Intent, OnRampError> {
        let account = account::repo::id(&self.0.pool, person).await?;
        let id = OnRampId::new(Uuid::now_v7());
        // Version 4: 122 bits from the system's generator.
        let token = Uuid::new_v4().simple().to_string();
        let mut tx = self.0.pool.begin().await?;
        if repo::insert_in_tx(&mut tx, id, account, &request, &token).await? {
            outbox::repo::add_in_tx(&mut tx, "bank_payment", id.uuid(), outbox::HEAD_START).await?;
            let balance = account::repo::balance(&mut *tx, person).await?;
            tx.commit().await?;
            balance::publish(&self.0.cache, &[(person, balance)]).await;
            let request = BankRequest { id, token, bank: request.bank, amount: request.amount.paise() };
            return Ok(Intent { id, request: Some(request), bank_page: None });
        }
        let earlier = repo::by_key(&mut *tx, account, &request.key).await?;
        if earlier.bank != request.bank.code() || earlier.amount != request.amount.get() {
            return Err(OnRampRefusal::KeyReused.into());
        }
        let id = OnRampId::new(earlier.id);
        let ask =
            BankRequest { id, token: earlier.token, bank: request.bank, amount: request.amount.paise() };
        let known = earlier.bank_page.is_some() || earlier.status != OnRampStatus::Processing.code();
        // Nobody is sent to pay for an intent that has ended: the money would only reach suspense.
        let open = earlier.status == OnRampStatus::Processing.code();
        Ok(Intent { id, request: (!known).then_some(ask), bank_page: earlier.bank_page.filter(|_| open) })
    }

    /// Notes that the bank took the request, and where its page is; the outbox need not ask again.
    pub async fn at_bank(&self, id: OnRampId, page: &str) -> sqlx::Result<()> {
        let mut tx = self.0.pool.begin().await?;
        repo::at_bank_in_tx(&mut tx, id, page).await?;
        outbox::repo::done_by_subject_in_tx(&mut tx, "bank_payment", id.uuid()).await?;
        tx.commit().await
    }

    /// What the bank must still be told about an intent; `None` once it knows or the intent has ended.
    pub async fn bank_request(&self, id: OnRampId) -> sqlx::Result<Option<BankRequest>> {
        let Some(row) = repo::untold(&self.0.pool, id).await? else { return Ok(None) };
        let bank = Bank::parse(&row.bank).map_err(|error| sqlx::Error::Decode(error.into()))?;
        Ok(Some(BankRequest { id, token: row.token, bank, amount: Paise::new(row.amount) }))
    }

    /// An intent, for its owner; `None` for anyone else, as for one that does not exist.
    pub async fn on_ramp(&self, person: UserId, id: OnRampId) -> sqlx::Result<Option<OnRamp>> {
        repo::of_owner(&self.0.pool, person, id).await?.map(view).transpose()
    }

    /// The intents of a person that wait for the bank, newest first.
    pub async fn open_on_ramps(&self, person: UserId) -> sqlx::Result<Vec<OnRamp>> {
        repo::open_of_owner(&self.0.pool, person).await?.into_iter().map(view).collect()
    }

    /// Ends the intents the bank did not answer in time; says how many.
    pub async fn expire_on_ramps(&self) -> sqlx::Result<u64> {
        repo::expire(&self.0.pool).await
    }
}

fn view(row: repo::ViewRow) -> sqlx::Result<OnRamp> {
    Ok(OnRamp {
        id: OnRampId::new(row.id),
        reference: reference(row.id),
        bank: Bank::parse(&row.bank).map_err(|error| sqlx::Error::Decode(error.into()))?,
        amount: Paise::new(row.amount),
        status: OnRampStatus::parse(&row.status).ok_or(sqlx::Error::RowNotFound)?,
        created_at: row.created_at.to_jiff(),
        expires_at: row.expires_at.to_jiff(),
        at_bank_at: row.at_bank_at.map(|at| at.to_jiff()),
        bank_page: row.bank_page,
        settled_at: row.settled_at.map(|at| at.to_jiff()),
        bank_reference: row.bank_reference,
        transfer: row.transfer_id.map(TransferId::new),
        late: row.late,
    })
}
