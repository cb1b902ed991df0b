//! From the form to a draft, from the draft to the ledger.

use leptos::prelude::*;

use super::{Blank, ConfirmForm, Review, SendForm};
use crate::ui::form::{FormError, PageError};

/// A form with a fresh key: empty, with what was typed for a draft, or to somebody: one of the payer's people
/// by id, or else a number or a handle.
#[server(name = BlankSend, prefix = "/fn", endpoint = "send/blank")]
pub async fn blank(draft: Option<String>, to: Option<String>) -> Result<Blank, PageError> {
    use domain::UserId;

    use crate::server::{acquaintance, acquaintances, drafts, fresh_key, handles, require_user, storage};

    const RECENT: usize = 6;
    let user = require_user()?;
    let handles = handles();
    let kept = match draft {
        Some(key) => drafts().await?.into_iter().find(|draft| draft.key.as_str() == key),
        None => None,
    };
    let mut form = kept.map(|draft| draft.form).unwrap_or_default();
    match to {
        Some(to) if to.parse::<UserId>().is_ok() => form.person = to,
        Some(to) => form.to = to.chars().take(32).collect(),
        None => {}
    }
    let known = match form.person.parse() {
        Ok(id) => acquaintance(&handles, user, id).await.map_err(storage)?,
        Err(_) => None,
    };
    let person = known.map(|known| known.person);
    form.person = person.as_ref().map(|person| person.id.to_string()).unwrap_or_default();
    form.key = fresh_key().into();
    let mut recent = Vec::new();
    if person.is_none() {
        recent = acquaintances(&handles, user).await.map_err(storage)?;
        recent.truncate(RECENT);
    }
    let approve_above = handles.ledger.approval_limit(user).await.map_err(storage)?;
    Ok(Blank { form, person, approve_above, recent })
}

/// Reads the form, finds the payee and keeps the draft; answers with the address of the review. A form that
/// was sent before, and confirmed, leads to its receipt.
#[server(name = DraftSend, prefix = "/fn", endpoint = "send/draft")]
pub async fn draft(form: SendForm) -> Result<String, FormError> {
    use domain::{Amount, IdempotencyKey, Note, TransferRefusal};

    use super::{Chosen, Draft};
    use crate::server::{
        chosen_payee, drafts, form_trouble, fresh_key, handles, keep_draft, require_present,
    };

    let user = require_present()?;
    let handles = handles();
    let mut error = FormError::default();
    let payee = error.take("to", Chosen::parse(&form));
    let amount = error.take("amount", Amount::parse(&form.amount));
    let note = error.take("note", Note::parse(&form.note));
    let key = IdempotencyKey::parse(&form.key).ok();
    let (Some(payee), Some(amount), Some(note), Some(key)) = (payee, amount, note, key) else {
        return Err(error.or_stale());
    };
    let person = chosen_payee(&handles, user, payee).await?;
    let mut draft = Draft { key, form, payee: person.id, person, amount, note };
    match drafts().await?.into_iter().find(|kept| kept.key == draft.key) {
        // The key names what another tab shows, or what was paid: another payment gets another one.
        Some(kept) if !kept.is_same_payment(&draft) => draft.key = fresh_key(),
        _ => {
            let paid =
                handles.ledger.transfer_by_key(user, &draft.key).await.map_err(|e| form_trouble(&e))?;
            if let Some(transfer) = paid {
                return Ok(format!("/receipts/{transfer}"));
            }
        }
    }
    let outlook = handles.ledger.outlook(user, draft.payee, amount).await.map_err(|e| form_trouble(&e))?;
    if let Some(refusal) = outlook.refusal {
        return Err(match refusal {
            TransferRefusal::Frozen => FormError::summary(refusal), // no amount would help
            _ => FormError::field("amount", refusal),
        });
    }
    let review = format!("/send/review?draft={}", draft.key);
    keep_draft(draft).await?;
    Ok(review)
}

/// The draft as it will be carried out. One that was carried out leads to its receipt.
#[server(name = ReadReview, prefix = "/fn", endpoint = "send/review")]
pub async fn review(draft: String) -> Result<Review, PageError> {
    use domain::{IdempotencyKey, Paise};
    use ledger::approval::Approving;

    use crate::approval::Asked;
    use crate::server::{drafts, handles, missing, require_user, storage};

    let user = require_user()?;
    let handles = handles();
    let key = IdempotencyKey::parse(&draft).map_err(|_| missing())?;
    if let Some(transfer) = handles.ledger.transfer_by_key(user, &key).await.map_err(storage)? {
        leptos_axum::redirect(&format!("/receipts/{transfer}"));
        return Err(PageError::NotFound);
    }
    let draft = drafts().await?.into_iter().find(|draft| draft.key == key).ok_or_else(missing)?;
    let available = handles.ledger.balance(user).await.map_err(storage)?.available;
    let outlook = handles.ledger.outlook(user, draft.payee, draft.amount).await.map_err(storage)?;
    let payment = Approving { key: key.clone(), to: draft.payee, amount: draft.amount };
    let ask = match outlook.approve_above {
        Some(above) if !handles.ledger.is_approved(user, &payment).await.map_err(storage)? => {
            let pin = handles.identity.pin_state(user).await.map_err(storage)?;
            let has_passkeys = handles.identity.has_passkeys()
                && !handles.identity.passkeys(user).await.map_err(storage)?.is_empty();
            Some(Asked { above, pin, has_passkeys })
        }
        _ => None,
    };
    let amount = draft.amount.paise();
    Ok(Review {
        draft: key.to_string(),
        person: draft.person,
        amount,
        note: draft.note.as_str().to_owned(),
        outlook,
        ask,
        left_after: available.checked_sub(amount).unwrap_or(Paise::ZERO),
    })
}

/// Asks for a passkey to approve the draft; answers with what the browser is told, as JSON.
#[server(name = AskToApprove, prefix = "/fn", endpoint = "send/passkey")]
pub async fn ask_to_approve(draft: String) -> Result<String, FormError> {
    use ledger::approval::Approving;

    use crate::server::{ask_for_approval, drafts, require_user};

    let user = require_user()?;
    let draft = drafts().await?.into_iter().find(|kept| kept.key.as_str() == draft);
    let draft = draft.ok_or_else(FormError::stale)?;
    ask_for_approval(user, &Approving { key: draft.key, to: draft.payee, amount: draft.amount }).await
}

/// Carries the draft out, once; answers with the address of the receipt.
#[server(name = ConfirmSend, prefix = "/fn", endpoint = "send/confirm")]
pub async fn confirm(form: ConfirmForm) -> Result<String, FormError> {
    use domain::{IdempotencyKey, TransferRefusal, approval::PinState};
    use ledger::approval::Approving;
    use ledger::transfer::{TransferError, TransferRequest, Undo};

    use super::Draft;
    use crate::server::{
        approve_as_typed, approve_by_passkey, drafts, form_trouble, handles, network, payment_trouble,
        require_present, require_user, too_often,
    };

    // A passkey says that its owner is there.
    let user = if form.passkey.is_empty() { require_present()? } else { require_user()? };
    let handles = handles();
    let key = IdempotencyKey::parse(&form.draft).map_err(|_| FormError::stale())?;
    let draft = drafts().await?.into_iter().find(|draft| draft.key == key);
    let Some(draft) = draft else {
        let earlier = handles.ledger.transfer_by_key(user, &key).await.map_err(|e| form_trouble(&e))?;
        return earlier.map(|transfer| format!("/receipts/{transfer}")).ok_or_else(FormError::stale);
    };
    if let Err(error) = handles.identity.take_payment(user, network()).await {
        // Whoever only presses again is led to what they made before.
        let earlier = handles.ledger.transfer_by_key(user, &key).await.map_err(|e| form_trouble(&e))?;
        return earlier.map(|transfer| format!("/receipts/{transfer}")).ok_or_else(|| too_often(error));
    }
    let Draft { payee: to, amount, note, .. } = draft;
    let payment = Approving { key: key.clone(), to, amount };
    if !form.passkey.is_empty() {
        approve_by_passkey(&handles, user, &payment, &form.passkey).await?;
    } else if !form.pin.is_empty() {
        approve_as_typed(&handles, user, &payment, form.pin.into()).await?;
    }
    let request = TransferRequest { to, amount, note, key, undo: Undo::AsUsual };
    match handles.ledger.transfer(user, request).await {
        Ok(transfer) => Ok(format!("/receipts/{}", transfer.id)),
        Err(TransferError::Refused(refusal @ TransferRefusal::ApprovalNeeded { .. })) => {
            let pin = handles.identity.pin_state(user).await.map_err(|error| form_trouble(&error))?;
            Err(match pin {
                PinState::Set => FormError::field("pin", "Enter your PIN to approve this payment."),
                PinState::None | PinState::Void => FormError::summary(refusal),
            })
        }
        Err(TransferError::Refused(refusal)) => Err(FormError::summary(refusal)),
        Err(TransferError::Write(error)) => Err(payment_trouble(&error)),
    }
}
