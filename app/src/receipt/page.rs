//! The receipt: safe to reload, to keep and to print.

use domain::{
    Paise,
    view::{Counterparty, Receipt},
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use super::api;
use crate::ui::{
    alive::Print,
    layout::{Place, Private},
    load::load,
    money::{Money, Signed, Size},
    movement::other_side,
    seal::Seal,
    steps::{Progress, Step},
    time::{Detail, Time},
};

/// `/receipts/{transfer}`
#[component]
pub fn ReceiptPage() -> impl IntoView {
    let id = use_params_map().read_untracked().get("id").unwrap_or_default();
    view! {
        <Private at=Place::Activity>
            {load(api::receipt(id), |receipt| view! { <ReceiptView receipt=receipt/> })}
        </Private>
    }
}

#[component]
fn ReceiptView(receipt: Receipt) -> impl IntoView {
    view! {
        <Title text=format!("Receipt {}", receipt.reference)/>
        <article class="slip grid max-w-[34rem] gap-6 overflow-clip print:gap-4">
            <Outcome receipt=receipt.clone()/>
            <WhatHappened receipt=receipt.clone()/>
            <BothSides receipt=receipt.clone()/>
            <Details receipt=receipt/>
            <div class="flex flex-wrap gap-3 print:hidden">
                <Print/>
                <a class="btn btn-s" href="/activity">
                    "Activity"
                </a>
            </div>
        </article>
    }
}

#[component]
fn Outcome(receipt: Receipt) -> impl IntoView {
    let name = other_side(&receipt.counterparty);
    let words = match (&receipt.counterparty, receipt.amount.is_negative()) {
        (_, true) => format!("moved to {name}"),
        (Counterparty::Bank(_), false) => format!("added from {name}"),
        (_, false) => format!("came from {name}"),
    };
    view! {
        <div class="grid grid-cols-[minmax(0,1fr)_auto] items-start gap-x-2 gap-y-3">
            <div class="grid gap-2">
                <h1 class="grid gap-2 text-18 leading-[1.4] font-[560] tracking-[-0.008em]">
                    <span>
                        <Money of=magnitude(receipt.amount) size=Size::Large/>
                    </span>
                    " "
                    <span>{words}</span>
                </h1>
                <p class="text-14 text-soft">
                    <Time at=receipt.ended_at.unwrap_or(receipt.made_at) show=Detail::Exact/>
                </p>
            </div>
            <Seal class="stamp -mt-1 -mr-1.5 size-[84px] -rotate-9 sm:-my-2.5 sm:-mr-2 sm:size-28"/>
        </div>
    }
}

#[component]
fn WhatHappened(receipt: Receipt) -> impl IntoView {
    let name = other_side(&receipt.counterparty);
    let (first, place) = match (&receipt.counterparty, receipt.amount.is_negative()) {
        (Counterparty::Bank(_), false) => ("Confirmed by the bank", "It is in your wallet.".to_owned()),
        (Counterparty::Okane, false) => ("Given by OKANE", "It is in your wallet.".to_owned()),
        (_, true) => ("You confirmed", format!("It is in {name}’s wallet.")),
        (_, false) => ("The sender confirmed", "It is in your wallet.".to_owned()),
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
                <Step is=Progress::Sealed what="Settled" at=receipt.ended_at>
                    {place}
                </Step>
            </ol>
            {each_step}
        </section>
    }
}

/// Double entry, as it is in the ledger: what one side loses the other gains.
#[component]
fn BothSides(receipt: Receipt) -> impl IntoView {
    let other = match &receipt.counterparty {
        Counterparty::Person(person) => format!("{}’s wallet", person.name),
        Counterparty::Bank(bank) => bank.to_string(),
        Counterparty::Okane => "OKANE, promotions".to_owned(),
    };
    let theirs = Paise::ZERO.checked_sub(receipt.amount).unwrap_or_default();
    let sum = receipt.amount.checked_add(theirs).unwrap_or_default();
    let row = |account: String, change: Paise| {
        view! {
            <tr class="border-b border-line">
                <th class="py-3 pr-2" scope="row">
                    {account}
                </th>
                <td class="py-3 text-end">
                    <Signed of=change size=Size::Figure/>
                </td>
            </tr>
        }
    };
    let ours = row("Your wallet".to_owned(), receipt.amount);
    let theirs = row(other, theirs);
    let (first, second) = if receipt.amount.is_negative() { (ours, theirs) } else { (theirs, ours) };
    view! {
        <section class="grid gap-3 border-t border-line pt-6 print:pt-3" aria-labelledby="sides">
            <h2 id="sides">"Both sides"</h2>
            <table class="w-full border-collapse">
                <thead class="border-b border-ink text-13 text-soft">
                    <tr>
                        <th class="py-2" scope="col">
                            "Account"
                        </th>
                        <th class="py-2 text-end" scope="col">
                            "Change"
                        </th>
                    </tr>
                </thead>
                <tbody>{first} {second}</tbody>
                <tfoot>
                    <tr class="sum font-semibold">
                        <th class="py-3 font-semibold" scope="row">
                            "Sum"
                        </th>
                        <td class="py-3 text-end">{sum.to_string()}</td>
                    </tr>
                </tfoot>
            </table>
        </section>
    }
}

#[component]
fn Details(receipt: Receipt) -> impl IntoView {
    let sent = receipt.amount.is_negative();
    let phone = match &receipt.counterparty {
        Counterparty::Person(person) => Some(person.phone.clone()),
        Counterparty::Bank(_) | Counterparty::Okane => None,
    };
    let note = receipt.note.as_str().to_owned();
    view! {
        <section class="grid gap-3 border-t border-line pt-6 print:pt-3" aria-labelledby="details">
            <h2 id="details">"Details"</h2>
            <dl class="facts">
                <div>
                    <dt>{if sent { "To" } else { "From" }}</dt>
                    <dd>
                        {other_side(&receipt.counterparty)}
                        {phone.map(|phone| view! { <span class="block text-14 text-soft">{phone}</span> })}
                    </dd>
                </div>
                {(!note.is_empty())
                    .then(|| {
                        view! {
                            <div>
                                <dt>"Note"</dt>
                                <dd>{note}</dd>
                            </div>
                        }
                    })}
                {sent
                    .then(|| {
                        view! {
                            <div>
                                <dt>"Fee"</dt>
                                <dd>{Paise::ZERO.to_string()}</dd>
                            </div>
                        }
                    })}
                {receipt
                    .balance_after
                    .map(|balance| {
                        view! {
                            <div>
                                <dt>"Balance after"</dt>
                                <dd>
                                    <Money of=balance size=Size::Figure/>
                                </dd>
                            </div>
                        }
                    })}
                <div>
                    <dt>"Reference"</dt>
                    <dd class="ref">{receipt.reference}</dd>
                </div>
            </dl>
        </section>
    }
}

fn magnitude(amount: Paise) -> Paise {
    if amount.is_negative() { Paise::ZERO.checked_sub(amount).unwrap_or_default() } else { amount }
}
