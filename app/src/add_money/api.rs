//! From the form to an intent, to the bank, and back.

use domain::view::OnRamp;
use leptos::prelude::*;

use super::AddMoneyForm;
use crate::ui::form::{FormError, PageError};

/// An empty form with its key.
#[server(name = BlankAddMoney, prefix = "/fn", endpoint = "add_money/blank")]
pub async fn blank() -> Result<AddMoneyForm, PageError> {
    use crate::server::{fresh_key, require_user};

    require_user()?;
    Ok(AddMoneyForm { key: fresh_key().into(), ..AddMoneyForm::default() })
}

/// Opens an intent and hands it to the bank; answers with where to go: the bank's page, or the status page
/// where the bank cannot be reached. The relay then goes on asking the bank.
#[server(name = StartAddMoney, prefix = "/fn", endpoint = "add_money/start")]
pub async fn start(form: AddMoneyForm) -> Result<String, FormError> {
    use domain::{Amount, Bank, IdempotencyKey};
    use ledger::on_ramp::{OnRampError, OnRampRequest};

    use crate::server::{form_trouble, handles, network, require_present, too_often};

    let user = require_present()?;
    let handles = handles();
    let mut error = FormError::default();
    let amount = error.take("amount", Amount::parse(&form.amount).and_then(Amount::for_on_ramp));
    let bank = error.take("bank", Bank::parse(&form.bank));
    let key = IdempotencyKey::parse(&form.key).ok();
    let (Some(amount), Some(bank), Some(key)) = (amount, bank, key) else { return Err(error.or_stale()) };
    handles.identity.take_top_up(user, network()).await.map_err(too_often)?;

    let intent = match handles.ledger.open_on_ramp(user, OnRampRequest { bank, amount, key }).await {
        Ok(intent) => intent,
        Err(OnRampError::Refused(refusal)) => return Err(FormError::summary(refusal)),
        Err(OnRampError::Storage(error)) => return Err(form_trouble(&error)),
    };
    let bank_page = handles.tell_bank(&intent).await.map_err(|error| form_trouble(&error))?;
    Ok(bank_page.unwrap_or_else(|| format!("/add-money/{}", intent.id)))
}

/// The status of an intent, for its owner only.
#[server(name = ReadStatus, prefix = "/fn", endpoint = "add_money/status")]
pub async fn status(id: String) -> Result<OnRamp, PageError> {
    use crate::server::{handles, missing, require_user, storage};

    let user = require_user()?;
    let id = id.parse().map_err(|_| missing())?;
    handles().ledger.on_ramp(user, id).await.map_err(storage)?.ok_or_else(missing)
}
