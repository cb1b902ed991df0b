//! The outcome first: what became of the money, or what will and when.

use domain::{
    Paise,
    view::{Counterparty, HoldReason, Receipt, TransferStatus},
};
use jiff::Timestamp;
use leptos::prelude::*;

use crate::ui::{
    money::{Money, Size, magnitude},
    movement::other_side,
    seal::{Seal, SealPlace},
    time::{Clock, Detail, Time},
};

/// The sentence, its moment, and the seal or its place.
#[component]
pub(super) fn Outcome(
    /// Of what.
    receipt: Receipt,
    /// Above this a first payment waits.
    large: Paise,
) -> impl IntoView {
    const FIGURE: &str = "-mt-1 -mr-1.5 size-[84px] -rotate-9 sm:-my-2.5 sm:-mr-2 sm:size-28";
    let (word, at) = moment(&receipt);
    // What is over says first how; what waits says why beside its clock.
    let waits = matches!(receipt.status, TransferStatus::Pending { .. });
    let (how, why) = if waits { (None, why(&receipt, large)) } else { (why(&receipt, large), None) };
    let figure = match receipt.status {
        TransferStatus::Posted => view! { <Seal class=format!("stamp {FIGURE}")/> }.into_any(),
        TransferStatus::Pending { .. } => view! { <SealPlace class=FIGURE/> }.into_any(),
        TransferStatus::Voided | TransferStatus::Expired => ().into_any(),
    };
    view! {
        <div class="grid grid-cols-[minmax(0,1fr)_auto] items-start gap-x-2 gap-y-3">
            <div class="grid gap-2">
                <h1 class="grid gap-2 text-18 leading-[1.4] font-[560] tracking-[-0.008em]">
                    <span>
                        <Money of=magnitude(receipt.amount) size=Size::Large/>
                    </span>
                    " "
                    <span>{what(&receipt)}</span>
                </h1>
                {how.map(|how| view! { <p>{how}</p> })}
                <p class="text-14 text-soft">
                    {word} " " <Time at=at show=Detail::Exact/>
                </p>
            </div>
            {figure}
            {why.map(|why| view! { <p class="col-span-2">{why}</p> })}
        </div>
    }
}

/// What follows the amount in the heading.
fn what(receipt: &Receipt) -> String {
    let name = other_side(&receipt.counterparty);
    match (receipt.status, &receipt.counterparty, receipt.amount.is_negative()) {
        (TransferStatus::Posted, _, true) => format!("moved to {name}"),
        (TransferStatus::Posted, Counterparty::Bank(_), false) => format!("added from {name}"),
        (TransferStatus::Posted, _, false) => format!("came from {name}"),
        (TransferStatus::Pending { until, .. }, _, true) => {
            format!("is held until {}. It moves to {name} then.", Clock::here().second(until))
        }
        (TransferStatus::Pending { until, .. }, _, false) => {
            format!("is held until {}. It comes from {name} then.", Clock::here().second(until))
        }
        (TransferStatus::Voided | TransferStatus::Expired, ..) => format!("was not sent to {name}"),
    }
}

/// Why it waits, or did not come to its end.
fn why(receipt: &Receipt, large: Paise) -> Option<String> {
    let name = other_side(&receipt.counterparty);
    let large = large.short();
    match (receipt.status, receipt.amount.is_negative()) {
        (TransferStatus::Posted | TransferStatus::Pending { reason: HoldReason::Undo, .. }, _) => None,
        (TransferStatus::Pending { reason: HoldReason::FirstPayment, .. }, true) => {
            Some(format!("It waits because {name} is new to you and it is more than {large}."))
        }
        (TransferStatus::Pending { reason: HoldReason::FirstPayment, .. }, false) => Some(format!(
            "It waits because you are new to {name} and it is more than {large}. Until then it is not in your \
             wallet, and {name} can still cancel it."
        )),
        (TransferStatus::Voided, _) => Some("Cancelled. No money moved.".to_owned()),
        (TransferStatus::Expired, _) => Some(
            "It could not be moved when its time came, and was given back to you. No money moved.".to_owned(),
        ),
    }
}

/// What happened last, and when; a word only where the heading does not say it.
fn moment(receipt: &Receipt) -> (&'static str, Timestamp) {
    let ended_at = receipt.ended_at.unwrap_or(receipt.made_at);
    match receipt.status {
        TransferStatus::Posted => ("", ended_at),
        TransferStatus::Pending { .. } => ("Confirmed", receipt.made_at),
        TransferStatus::Voided | TransferStatus::Expired => ("", ended_at),
    }
}
