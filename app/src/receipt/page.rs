//! The receipt: safe to reload, to keep and to print.

use domain::view::{Receipt, TransferStatus};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use super::{
    CancelForm, Shown, api,
    details::{BothSides, Details},
    history::History,
    outcome::Outcome,
    waiting::Waiting,
};
use crate::ui::{
    alive::Print,
    field::Refused,
    form::{FormError, submitted},
    layout::{Place, Private},
    load::load,
};

/// `/receipts/{transfer}`
#[component]
pub fn ReceiptPage() -> impl IntoView {
    let id = use_params_map().read_untracked().get("id").unwrap_or_default();
    let error = submitted::<CancelForm>().map(|refused| refused.error).unwrap_or_default();
    view! {
        <Private at=Place::Activity>
            {load(
                api::receipt(id),
                move |shown| view! { <ReceiptView shown=shown error=error.clone()/> },
            )}
        </Private>
    }
}

#[component]
fn ReceiptView(shown: Shown, error: FormError) -> impl IntoView {
    let Shown { receipt, large } = shown;
    let state = receipt.status.code();
    view! {
        <Title text=format!("Receipt {}", receipt.reference)/>
        <div class="grid max-w-[34rem] gap-4">
            <Refused error=error outcome="It was not cancelled." fields=&[]/>
            <article data-live="receipt" data-state=state class="slip grid gap-6 overflow-clip print:gap-4">
                <Outcome receipt=receipt.clone() large=large/>
                {waits(&receipt).then(|| view! { <Waiting receipt=receipt.clone()/> })}
                <History receipt=receipt.clone()/>
                {moves(&receipt).then(|| view! { <BothSides receipt=receipt.clone()/> })}
                <Details receipt=receipt/>
                <div class="flex flex-wrap gap-3 print:hidden">
                    <Print/>
                    <a class="btn btn-s" href="/activity">
                        "Activity"
                    </a>
                </div>
            </article>
        </div>
    }
}

fn waits(receipt: &Receipt) -> bool {
    matches!(receipt.status, TransferStatus::Pending { .. })
}

/// Whether the reader's money has moved or is set aside.
fn moves(receipt: &Receipt) -> bool {
    receipt.status == TransferStatus::Posted || waits(receipt) && receipt.amount.is_negative()
}
