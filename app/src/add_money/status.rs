//! How far a top-up is. Safe to leave, to reload and to come back to.

use domain::view::{OnRamp, OnRampStatus};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use super::{api, timeline::Timeline};
use crate::ui::{
    layout::{Place, Private},
    load::load,
    money::{Money, Size},
    movement::OnRampState,
    note::{Note, Tone},
    time::{Detail, Time},
};

const UPDATES: &str = "This page updates by itself.";

/// `/add-money/{intent}`
#[component]
pub fn AddMoneyStatusPage() -> impl IntoView {
    let id = use_params_map().read_untracked().get("id").unwrap_or_default();
    view! {
        <Private at=Place::AddMoney>
            {load(api::status(id), |on_ramp| view! { <StatusView on_ramp=on_ramp/> })}
        </Private>
    }
}

#[component]
fn StatusView(on_ramp: OnRamp) -> impl IntoView {
    view! {
        <Title text=title(&on_ramp)/>
        <div
            class="grid gap-10 xl:grid-cols-[minmax(0,1fr)_19.5rem] xl:items-start xl:gap-18"
            data-live="status"
        >
            <div class="grid max-w-[35rem] min-w-0 gap-8">
                <Outcome on_ramp=on_ramp.clone()/>
                <Timeline on_ramp=on_ramp.clone()/>
                <Next on_ramp=on_ramp.clone()/>
            </div>
            <Facts on_ramp=on_ramp/>
        </div>
    }
}

fn title(on_ramp: &OnRamp) -> &'static str {
    match on_ramp.status {
        OnRampStatus::Processing => "Adding money",
        OnRampStatus::Success => "Added to your wallet",
        OnRampStatus::Failure => "Declined by the bank",
        OnRampStatus::Expired => "Closed without an answer",
    }
}

/// The outcome first, then where the money is.
#[component]
fn Outcome(on_ramp: OnRamp) -> impl IntoView {
    let bank = on_ramp.bank;
    let (what, sentence) = match (on_ramp.status, on_ramp.at_bank_at) {
        (OnRampStatus::Processing, None) => (
            format!("waits for {bank}"),
            "We could not reach the bank yet; we keep trying. No money moved.".to_owned(),
        ),
        (OnRampStatus::Processing, Some(_)) => (
            format!("is at {bank}"),
            "Nothing is in your wallet until the bank confirms. You can leave this page: it goes on without you."
                .to_owned(),
        ),
        (OnRampStatus::Success, _) => ("is in your wallet".to_owned(), format!("{bank} confirmed it.")),
        (OnRampStatus::Failure, _) => ("was not added".to_owned(), on_stop(&on_ramp, "did not approve it")),
        (OnRampStatus::Expired, _) => ("was not added".to_owned(), on_stop(&on_ramp, "did not answer in time")),
    };
    view! {
        <div class="grid gap-3">
            <p>
                <OnRampState status=on_ramp.status/>
            </p>
            <h1>
                <Money of=on_ramp.amount/>
                " "
                {what}
            </h1>
            <p class="text-soft">{sentence}</p>
            {on_ramp
                .late
                .then(|| {
                    view! {
                        <Note tone=Tone::Held>
                            <p class="font-[620]">
                                <Money of=on_ramp.amount/>
                                " is held, outside your wallet"
                            </p>
                            <p class="text-14">
                                "The bank paid after this had closed. The money is set aside under "
                                <span class="ref">{on_ramp.reference}</span> "."
                            </p>
                        </Note>
                    }
                })}
        </div>
    }
}

/// Where the bank paid late, money did move: the note below tells where it is.
fn on_stop(on_ramp: &OnRamp, why: &str) -> String {
    let truth = if on_ramp.late { "" } else { " No money moved." };
    format!("{} {why}.{truth}", on_ramp.bank)
}

/// The way on, and while there is something to wait for, the waiting.
#[component]
fn Next(on_ramp: OnRamp) -> impl IntoView {
    let again = format!("/add-money?amount={}", on_ramp.amount.plain());
    match on_ramp.status {
        OnRampStatus::Processing => view! {
            <div class="grid gap-3">
                <div class="btns">
                    {on_ramp
                        .bank_page
                        .clone()
                        .map(|page| {
                            view! {
                                <a class="btn" href=page>
                                    "Back to the bank’s page"
                                </a>
                            }
                        })}
                    <a class="btn btn-text" href="/home">
                        "Home"
                    </a>
                </div>
                <p class="text-14 text-soft noscript:hidden" role="status" data-waiting=UPDATES>
                    {UPDATES}
                </p>
                <noscript>
                    <meta http-equiv="refresh" content="3"/>
                    <p class="text-14 text-soft">"This page is read anew every three seconds."</p>
                </noscript>
            </div>
        }
        .into_any(),
        OnRampStatus::Success => view! {
            <div class="btns">
                {on_ramp
                    .transfer
                    .map(|transfer| {
                        view! {
                            <a class="btn btn-main" href=format!("/receipts/{transfer}")>
                                "See the receipt"
                            </a>
                        }
                    })}
                <a class="btn" href="/home">
                    "Home"
                </a>
            </div>
        }
        .into_any(),
        OnRampStatus::Failure | OnRampStatus::Expired => view! {
            <div class="btns">
                <a class="btn btn-main" href=again>
                    "Try again"
                </a>
                <a class="btn" href="/home">
                    "Home"
                </a>
            </div>
        }
        .into_any(),
    }
}

#[component]
fn Facts(on_ramp: OnRamp) -> impl IntoView {
    let open = on_ramp.status == OnRampStatus::Processing;
    view! {
        <aside class="grid gap-3" aria-labelledby="facts">
            <h2 id="facts">"Details"</h2>
            <dl class="facts border-t border-ink pt-3">
                <div>
                    <dt>"Amount"</dt>
                    <dd>
                        <Money of=on_ramp.amount size=Size::Figure/>
                    </dd>
                </div>
                <div>
                    <dt>"From"</dt>
                    <dd>{on_ramp.bank.to_string()}</dd>
                </div>
                {open
                    .then(|| {
                        view! {
                            <div>
                                <dt>"Closes"</dt>
                                <dd>
                                    <Time at=on_ramp.expires_at show=Detail::Second/>
                                </dd>
                            </div>
                        }
                    })}
                <div>
                    <dt>"Reference"</dt>
                    <dd class="ref">{on_ramp.reference}</dd>
                </div>
            </dl>
        </aside>
    }
}
