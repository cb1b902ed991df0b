//! What happened so far, step by step.

use domain::view::{Counterparty, Receipt, TransferStatus};
use leptos::prelude::*;

use crate::ui::{
    movement::other_side,
    steps::{Progress, Step},
    time::Clock,
};

/// Confirmed, perhaps held, and how it ended.
#[component]
pub(super) fn History(
    /// Of what.
    receipt: Receipt,
) -> impl IntoView {
    let first = match (&receipt.counterparty, receipt.amount.is_negative()) {
        (Counterparty::Bank(_), false) => "Confirmed by the bank",
        (Counterparty::Okane, false) => "Given by OKANE",
        (_, true) => "You confirmed",
        (_, false) => "The sender confirmed",
    };
    let each_step = receipt.on_ramp.map(|id| {
        view! {
            <p>
                <a class="more" href=format!("/add-money/{id}")>
                    "See each step of the top-up"
                </a>
            </p>
        }
    });
    view! {
        <section class="grid gap-3 border-t border-line pt-6 print:pt-3" aria-labelledby="happened">
            <h2 id="happened">"What happened"</h2>
            <ol class="steps">
                <Step is=Progress::Done what=first at=Some(receipt.made_at)/>
                <End receipt=receipt/>
            </ol>
            {each_step}
        </section>
    }
}

#[component]
fn End(receipt: Receipt) -> impl IntoView {
    let name = other_side(&receipt.counterparty);
    let sent = receipt.amount.is_negative();
    let at = receipt.ended_at;
    match receipt.status {
        TransferStatus::Posted => {
            let place = if sent {
                format!("It is in {name}’s wallet.")
            } else {
                "It is in your wallet.".to_owned()
            };
            view! {
                <Step is=Progress::Sealed what="Settled" at=at>
                    {place}
                </Step>
            }
            .into_any()
        }
        TransferStatus::Pending { until, .. } => {
            let until = Clock::here().second(until);
            let place = if sent {
                format!("Until {until}. Out of what you can spend, not yet in {name}’s wallet.")
            } else {
                format!("Until {until}. Out of what {name} can spend, not yet in your wallet.")
            };
            view! {
                <Step is=Progress::Now what="Held">
                    {place}
                </Step>
                <Step is=Progress::SealPlace what="Settled"/>
            }
            .into_any()
        }
        TransferStatus::Voided => view! {
            <Step is=Progress::Stopped what="You cancelled" at=at>
                "The money is yours to spend again."
            </Step>
        }
        .into_any(),
        TransferStatus::Expired => view! {
            <Step is=Progress::Stopped what="Given back" at=at>
                "The money is yours to spend again."
            </Step>
        }
        .into_any(),
    }
}
