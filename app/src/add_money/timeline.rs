//! What became of a top-up so far, step by step.

use domain::view::{OnRamp, OnRampStatus};
use leptos::prelude::*;

use crate::ui::{
    money::Money,
    steps::{Progress, Step},
    time::Clock,
};

/// Created, at the bank, answered, in the wallet.
#[component]
pub(super) fn Timeline(on_ramp: OnRamp) -> impl IntoView {
    view! {
        <section class="slip" aria-label="Progress">
            <ol class="steps">
                <Step is=Progress::Done what="Created" at=Some(on_ramp.created_at)>
                    "You asked for " <Money of=on_ramp.amount/> "."
                </Step>
                <AtBank on_ramp=on_ramp.clone()/>
                <Answer on_ramp=on_ramp/>
            </ol>
        </section>
    }
}

#[component]
fn AtBank(on_ramp: OnRamp) -> impl IntoView {
    let processing = on_ramp.status == OnRampStatus::Processing;
    let closes = Clock::here().minute(on_ramp.expires_at);
    match (on_ramp.at_bank_at, processing) {
        (Some(at), true) => view! {
            <Step is=Progress::Now what="At bank" at=Some(at)>
                {format!(
                    "{} answers by {closes}. If it does not, this closes and no money moves.",
                    on_ramp.bank,
                )}
            </Step>
        }
        .into_any(),
        (None, true) => view! {
            <Step is=Progress::Now what="On the way to the bank">
                {format!("We try again until {closes}.")}
            </Step>
        }
        .into_any(),
        (Some(at), false) => view! { <Step is=Progress::Done what="At bank" at=Some(at)/> }.into_any(),
        (None, false) => ().into_any(),
    }
}

#[component]
fn Answer(on_ramp: OnRamp) -> impl IntoView {
    let at = on_ramp.settled_at;
    let bank_reference = on_ramp.bank_reference;
    match on_ramp.status {
        OnRampStatus::Processing => view! {
            <Step is=Progress::Todo what="Confirmed by the bank"/>
            <Step is=Progress::SealPlace what="In wallet"/>
        }
        .into_any(),
        OnRampStatus::Success => view! {
            <Step is=Progress::Done what="Confirmed by the bank" at=at>
                {bank_reference
                    .map(|reference| view! { "Bank reference " <span class="ref">{reference}</span> })}
            </Step>
            <Step is=Progress::Sealed what="In wallet" at=at/>
        }
        .into_any(),
        OnRampStatus::Failure => view! { <Step is=Progress::Stopped what="Declined" at=at/> }.into_any(),
        OnRampStatus::Expired => {
            view! { <Step is=Progress::Stopped what="Closed without an answer" at=at/> }.into_any()
        }
    }
}
