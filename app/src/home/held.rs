//! What of one's money is set aside: what for, why, and until when.

use domain::view::{HoldReason, Movement, TransferStatus};
use leptos::prelude::*;

use crate::ui::{
    money::{Money, Size, magnitude},
    movement::{HoldState, other_side},
};

/// The payments that wait; nothing where none does.
#[component]
pub(super) fn Held(
    /// Movements of the kind `Hold`, all pending.
    held: Vec<Movement>,
) -> impl IntoView {
    if held.is_empty() {
        return None;
    }
    Some(view! {
        <section aria-labelledby="held">
            <h2 class="mb-3" id="held">
                "Held"
            </h2>
            <ul class="border-t border-ink">{held.into_iter().filter_map(row).collect_view()}</ul>
        </section>
    })
}

fn row(movement: Movement) -> Option<impl IntoView> {
    let Movement::Hold { transfer, counterparty, amount, status, .. } = movement else { return None };
    let why = match status {
        TransferStatus::Pending { reason: HoldReason::FirstPayment, .. } => {
            "A large payment to somebody new. "
        }
        _ => "Set aside so that you can undo it. ",
    };
    Some(view! {
        <li class="relative grid gap-1 border-b border-line py-4">
            <p class="flex flex-wrap items-baseline justify-between gap-x-4">
                <Money of=magnitude(amount) size=Size::Figure/>
                <HoldState status=status/>
            </p>
            <p class="text-14 text-soft">
                {format!("For {}. ", other_side(&counterparty))} {why}
                <a class="whitespace-nowrap after:absolute after:inset-0" href=format!("/receipts/{transfer}")>
                    "See or cancel it"
                </a>
            </p>
        </li>
    })
}
