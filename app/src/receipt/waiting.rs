//! While it waits: how long still, and the way back.

use domain::view::{HoldReason, Receipt, TransferStatus};
use jiff::Timestamp;
use leptos::prelude::*;

use super::countdown::Countdown;
use crate::ui::icon::{Glyph, Icon};

/// The clock for both people, the button for the one who pays.
#[component]
pub(super) fn Waiting(
    /// Of what; pending.
    receipt: Receipt,
) -> impl IntoView {
    let TransferStatus::Pending { until, reason } = receipt.status else { return ().into_any() };
    let sent = receipt.amount.is_negative();
    let left = milliseconds(Timestamp::now(), until);
    let whole = milliseconds(receipt.made_at, until);
    let label = match (sent, reason) {
        (true, HoldReason::Undo) => "Time left to undo",
        (true, HoldReason::FirstPayment) => "Time left to cancel",
        (false, _) => "Time left until it comes",
    };
    let address = format!("/receipts/{}", receipt.transfer);
    // Once when its time comes, and now and then before: it may have been cancelled elsewhere.
    let refresh = (left / 1000 + 1).clamp(2, 30);
    view! {
        <div class="grid gap-3 print:hidden">
            <Countdown label=label left=left whole=whole/>
            {sent
                .then(|| {
                    view! {
                        <form method="post" action=address.clone()>
                            <button class="btn w-full" type="submit">
                                <Icon of=Glyph::Undo/>
                                "Cancel payment"
                            </button>
                        </form>
                    }
                })}
            <noscript>
                <meta http-equiv="refresh" content=format!("{refresh};url={address}")/>
                <p class="text-14 text-soft">"This page is read anew by itself."</p>
            </noscript>
        </div>
    }
    .into_any()
}

/// From one moment to a later one; nothing where it is past.
fn milliseconds(from: Timestamp, until: Timestamp) -> u32 {
    u32::try_from(until.as_millisecond() - from.as_millisecond()).unwrap_or(0)
}
