//! Movements as a ledger: a day under an ink rule, its rows under hairlines, figures on the right edge.

use domain::{
    Paise,
    view::{Counterparty, Movement, OnRampStatus, TransferStatus},
};
use leptos::prelude::*;

use super::{
    day::Day,
    icon::{Glyph, Icon},
    money::{Money, Signed, Size, magnitude},
    person::Disc,
    row::rows,
    time::{Detail, Time},
};

/// What a list of movements tells of each.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Columns {
    /// Who, what, how much.
    #[default]
    Short,
    /// Also time, state and running balance, in columns where there is room.
    Ledger,
    /// All are with one person, whose page it is: what for, and how much.
    Between,
}

/// What a movement is called from its reader's side.
pub fn direction<P>(counterparty: &Counterparty<P>, amount: Paise) -> &'static str {
    match (counterparty, amount.is_negative()) {
        (Counterparty::Person(_), true) => "Sent",
        (Counterparty::Person(_), false) => "Received",
        (Counterparty::Bank(_), true) => "Returned to the bank",
        (Counterparty::Bank(_), false) => "Added",
        (Counterparty::Okane, true) => "Taken back",
        (Counterparty::Okane, false) => "Welcome credit",
    }
}

/// The name of the other side.
pub fn other_side(counterparty: &Counterparty) -> String {
    match counterparty {
        Counterparty::Person(person) => person.name.clone(),
        Counterparty::Bank(bank) => bank.to_string(),
        Counterparty::Okane => "OKANE".to_owned(),
    }
}

/// Movements under their days.
#[component]
pub fn Days(
    /// Newest first.
    days: Vec<Day>,
    /// What is told of each.
    #[prop(optional)]
    columns: Columns,
) -> impl IntoView {
    let days = days.into_iter().map(|day| {
        let rows = rows(day.movements, columns).map(|row| view! { <li inner_html=row></li> }).collect_view();
        view! {
            <section>
                <h3 class="day">
                    {day.label}
                    {day
                        .net
                        .map(|net| {
                            view! {
                                <span class="font-[450] text-soft">
                                    <span class="sr-only">"Net for the day "</span>
                                    <Signed of=net/>
                                </span>
                            }
                        })}
                </h3>
                <ol>{rows}</ol>
            </section>
        }
    });
    view! { <div class=if columns == Columns::Ledger { "days ledger" } else { "days" }>{days.collect_view()}</div> }
}

/// A movement as it stands in a list.
#[component]
pub fn MovementView(
    /// What moved, or tried to.
    movement: Movement,
    /// What is told of it.
    columns: Columns,
) -> impl IntoView {
    let at = movement.at();
    let (ledger, between) = (columns == Columns::Ledger, columns == Columns::Between);
    let fig = if ledger {
        "grid justify-items-end text-end lg:contents"
    } else {
        "grid justify-items-end text-end"
    };
    let (href, disc, who, what, figures) = match movement {
        Movement::Entry { transfer, counterparty, amount, balance_after, note, .. } => (
            format!("/receipts/{transfer}"),
            disc(&counterparty).into_any(),
            other_side(&counterparty),
            (direction(&counterparty, amount), note.as_str().to_owned()),
            entry_figures(amount, balance_after, ledger).into_any(),
        ),
        Movement::Hold { transfer, counterparty, amount, status, note, .. } => (
            format!("/receipts/{transfer}"),
            disc(&counterparty).into_any(),
            other_side(&counterparty),
            (unmoved(amount, status), note.as_str().to_owned()),
            hold_figures(amount, status, ledger).into_any(),
        ),
        Movement::Attempt { on_ramp, bank, amount, status, .. } => (
            format!("/add-money/{on_ramp}"),
            disc(&Counterparty::Bank(bank)).into_any(),
            bank.to_string(),
            ("Top-up", String::new()),
            attempt_figures(amount, status, ledger).into_any(),
        ),
    };
    let (word, note) = what;
    let (title, note) = match (between, note.is_empty()) {
        (false, _) => (who, note),
        (true, false) => (note, String::new()),
        (true, true) => ("Without a note".to_owned(), note),
    };
    let class = if between { "move move-plain" } else { "move" };
    let disc = (!between).then_some(disc);
    let minute = move || view! { <Time at=at show=Detail::Minute/> };
    view! {
        <div class=class>
            {ledger.then(|| view! { <span class="hidden text-14 text-soft lg:block">{minute()}</span> })} {disc}
            <div class="min-w-0">
                <p class="leading-[1.35] font-[560]">
                    <a href=href>{title}</a>
                </p>
                <p class="line-clamp-2 text-14 text-soft">
                    {word} <span class=if ledger { "lg:hidden" } else { "" }>" · " {minute()}</span>
                    {(!note.is_empty()).then(|| format!(" · {note}"))}
                </p>
            </div>
            <div class=fig>{figures}</div>
        </div>
    }
}

fn entry_figures(amount: Paise, balance_after: Paise, ledger: bool) -> impl IntoView {
    let state = ledger.then(|| {
        view! {
            <span class="sr-only lg:not-sr-only">
                <span class="state state-ok lg:flex lg:justify-end">
                    <Icon of=Glyph::Check/>
                    "Settled"
                </span>
            </span>
        }
    });
    let balance = ledger.then(|| {
        view! {
            <span class="text-13 text-soft lg:text-end lg:text-14">
                <span class="sr-only">"Balance after: "</span>
                <Money of=balance_after/>
            </span>
        }
    });
    view! {
        {state}
        <span class="lg:text-end">
            <Signed of=amount size=Size::Figure/>
        </span>
        {balance}
    }
}

/// What a payment is called that has not moved.
fn unmoved(amount: Paise, status: TransferStatus) -> &'static str {
    match (status, amount.is_negative()) {
        (TransferStatus::Voided | TransferStatus::Expired, _) => "Not sent",
        (_, true) => "Sending",
        (_, false) => "Coming in",
    }
}

/// Soft and without a sign, as an attempt is: nothing moved.
fn hold_figures(amount: Paise, status: TransferStatus, ledger: bool) -> impl IntoView {
    let state = if ledger { "order-1 flex justify-end lg:order-none" } else { "order-1 flex justify-end" };
    view! {
        <span class=state>
            <HoldState status=status/>
        </span>
        <span class="text-soft lg:text-end">
            <Money of=magnitude(amount)/>
        </span>
    }
}

/// How far a payment is that has not moved: shape, words, colour.
#[component]
pub fn HoldState(
    /// How far.
    status: TransferStatus,
) -> impl IntoView {
    let (class, glyph, words) = match status {
        TransferStatus::Pending { .. } => ("state state-held", Glyph::Clock, "Waiting until "),
        TransferStatus::Voided => ("state", Glyph::Cross, "Cancelled"),
        TransferStatus::Expired => ("state state-bad", Glyph::Cross, "Given back"),
        TransferStatus::Posted => ("state state-ok", Glyph::Check, "Settled"),
    };
    let until = match status {
        TransferStatus::Pending { until, .. } => Some(view! { <Time at=until show=Detail::Minute/> }),
        _ => None,
    };
    view! {
        <span class=class>
            <Icon of=glyph/>
            <span>{words} {until}</span>
        </span>
    }
}

/// An attempt has no sign and is soft: nothing moved.
fn attempt_figures(amount: Paise, status: OnRampStatus, ledger: bool) -> impl IntoView {
    let state = if ledger { "order-1 flex justify-end lg:order-none" } else { "order-1 flex justify-end" };
    view! {
        <span class=state>
            <OnRampState status=status short=true/>
        </span>
        <span class="text-soft lg:text-end">
            <Money of=amount/>
        </span>
    }
}

/// How far a top-up is: shape, word, colour.
#[component]
pub fn OnRampState(
    /// How far.
    status: OnRampStatus,
    /// One word, for a column.
    #[prop(optional)]
    short: bool,
) -> impl IntoView {
    let (class, glyph, words, word) = match status {
        OnRampStatus::Processing => ("state state-held", Glyph::Clock, "Processing", "Processing"),
        OnRampStatus::Success => ("state state-ok", Glyph::Check, "Added to your wallet", "Added"),
        OnRampStatus::Failure => ("state state-bad", Glyph::Cross, "Declined by the bank", "Declined"),
        OnRampStatus::Expired => ("state state-bad", Glyph::Cross, "Expired", "Expired"),
    };
    view! {
        <span class=class>
            <Icon of=glyph/>
            {if short { word } else { words }}
        </span>
    }
}

/// Picture or initials of a person, the sign of a bank, ours.
fn disc(counterparty: &Counterparty) -> impl IntoView + use<> {
    match counterparty {
        Counterparty::Person(person) => {
            view! { <Disc of=person.id name=person.name.clone() picture=person.picture/> }.into_any()
        }
        Counterparty::Bank(_) => {
            view! { <span class="disc rounded-ctl!" aria-hidden="true"><Icon of=Glyph::Bank/></span> }
                .into_any()
        }
        Counterparty::Okane => {
            view! { <span class="disc rounded-ctl!" aria-hidden="true">"OK"</span> }.into_any()
        }
    }
}
