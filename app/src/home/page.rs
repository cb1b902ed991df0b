//! The home page.

use domain::{
    Paise,
    view::{Balance, Movement, OnRamp, Profile},
};
use jiff::Timestamp;
use leptos::prelude::*;
use leptos_meta::Title;

use super::{Home, api, held::Held};
use crate::freeze::Frozen;
use crate::ui::{
    day::days,
    icon::{Glyph, Icon},
    layout::{Place, Private},
    load::load,
    money::{Money, Size},
    movement::{Days, OnRampState},
    seal::SealPlace,
    time::{Clock, Detail, Time},
};

/// How many movements the page shows.
const RECENT: usize = 5;

/// `/home`
#[component]
pub fn HomePage() -> impl IntoView {
    view! {
        <Title text="Home"/>
        <Private at=Place::Home>{load(api::home(), |home| view! { <HomeView home=home/> })}</Private>
    }
}

/// What the page shows once it is read.
#[component]
fn HomeView(home: Home) -> impl IntoView {
    let Home { me, balance, held, recent, incoming, freeze } = home;
    let is_frozen = freeze.is_frozen(Timestamp::now());
    view! {
        <div class="grid gap-10 xl:grid-cols-[minmax(0,1fr)_19.5rem] xl:items-start xl:gap-18">
            <div class="grid min-w-0 gap-8">
                <div class="empty:hidden" data-live="freeze">
                    {is_frozen.then(|| view! { <Frozen freeze=freeze way=true/> })}
                </div>
                <div data-live="balance" data-revision=balance.version.to_string()>
                    <Spendable balance=balance/>
                </div>
                <Actions empty=balance.available <= Paise::ZERO/>
                <div class="grid gap-8 empty:hidden" data-live="movements">
                    <Held held=held/>
                    {(!recent.is_empty()).then(|| view! { <OnItsWay incoming=incoming.clone() class="xl:hidden"/> })}
                    <Recent movements=recent/>
                </div>
            </div>
            <aside class="grid gap-8" aria-label="More">
                <div class="empty:hidden" data-live="incoming">
                    <OnItsWay incoming=incoming class="max-xl:hidden"/>
                </div>
                <div data-live="me">
                    <Identity me=me/>
                </div>
                <div class="empty:hidden" data-live="freezing">
                    {(!is_frozen).then(|| view! { <Freezing/> })}
                </div>
            </aside>
        </div>
    }
}

#[component]
fn Spendable(balance: Balance) -> impl IntoView {
    let is_held = balance.held > Paise::ZERO;
    let held_class = if is_held { "state state-held" } else { "text-14 text-soft" };
    view! {
        <section class="grid justify-items-start gap-3" aria-labelledby="spend">
            <h1 class="grid justify-items-start gap-2 tracking-normal" id="spend">
                <span class="text-14 font-medium text-soft">"You can spend"</span>
                <span class="sum inline-block pb-2.5">
                    <Money of=balance.available size=Size::Balance/>
                </span>
            </h1>
            <p class=held_class>
                {is_held.then(|| view! { <Icon of=Glyph::Pause/> })}
                <span><Money of=balance.held/> " held"</span>
            </p>
        </section>
    }
}

/// On a phone the bar holds the sending; here stands what the bar does not make plain.
#[component]
fn Actions(empty: bool) -> impl IntoView {
    let (send, add) = if empty { ("btn", "btn btn-main") } else { ("btn btn-main", "btn") };
    view! {
        <div class="grid grid-cols-2 gap-3 md:flex">
            <a class=format!("{send} max-md:hidden") href="/send">
                <Icon of=Glyph::Send/>
                "Send"
            </a>
            <a class=add href="/add-money">
                <Icon of=Glyph::Add/>
                "Add money"
            </a>
            <a class="btn md:hidden" href="/people">
                <Icon of=Glyph::People/>
                "People"
            </a>
        </div>
    }
}

#[component]
fn Recent(movements: Vec<Movement>) -> impl IntoView {
    if movements.is_empty() {
        return view! {
            <section class="grid max-w-[35rem] justify-items-start gap-3">
                <SealPlace class="size-[88px]"/>
                <h2>"Nothing has moved yet"</h2>
                <p class="text-soft">
                    "Add money from a bank, or give somebody your number. Every movement will be listed here with its receipt."
                </p>
            </section>
        }
        .into_any();
    }
    let cut_below = movements.len() >= RECENT;
    let days = days(movements, &Clock::here(), false, cut_below);
    view! {
        <section aria-labelledby="last">
            <div class="mb-3 flex flex-wrap items-center justify-between gap-x-4">
                <h2 id="last">"Last movements"</h2>
                <a class="more" href="/activity">
                    "All activity"
                </a>
            </div>
            <Days days=days/>
        </section>
    }
    .into_any()
}

/// Asked of a bank, not answered: not held money, not yet anybody's.
#[component]
fn OnItsWay(incoming: Vec<OnRamp>, class: &'static str) -> impl IntoView {
    if incoming.is_empty() {
        return None;
    }
    let rows = incoming.into_iter().map(|on_ramp| {
        view! {
            <li class="relative grid gap-1 border-b border-line py-4">
                <p class="flex flex-wrap items-baseline justify-between gap-x-4">
                    <Money of=on_ramp.amount size=Size::Figure/>
                    <OnRampState status=on_ramp.status/>
                </p>
                <p class="text-14 text-soft">
                    {format!("From {}, since ", on_ramp.bank)} <Time at=on_ramp.created_at show=Detail::Within/> ". "
                    <a class="whitespace-nowrap after:absolute after:inset-0" href=format!("/add-money/{}", on_ramp.id)>
                        "See each step"
                    </a>
                </p>
            </li>
        }
    });
    Some(view! {
        <section class=class>
            <h2 class="mb-3">"On its way in"</h2>
            <ul class="border-t border-ink">{rows.collect_view()}</ul>
        </section>
    })
}

/// In one tap, wherever one is when it is needed.
#[component]
fn Freezing() -> impl IntoView {
    view! {
        <section class="grid gap-3" aria-labelledby="freezing">
            <h2 id="freezing">"If something is wrong"</h2>
            <form class="grid gap-2" method="post" action="/settings/freeze">
                <input type="hidden" name="freeze" value="1"/>
                <button class="btn justify-self-start" type="submit">
                    <Icon of=Glyph::Pause/>
                    "Freeze wallet"
                </button>
                <p class="text-14 text-soft">
                    "Stops everything that leaves it, at once. To thaw it you need your password."
                </p>
            </form>
        </section>
    }
}

/// What somebody needs to pay this person.
#[component]
fn Identity(me: Profile) -> impl IntoView {
    let handle = match &me.handle {
        Some(handle) => view! { <p>{handle.to_string()}</p> }.into_any(),
        None => view! { <a class="more justify-self-start" href="/settings/profile">"Choose a handle"</a> }
            .into_any(),
    };
    view! {
        <section class="grid gap-3" aria-labelledby="me">
            <h2 id="me">"To be paid"</h2>
            <div class="grid gap-1 border-t border-b border-t-ink border-b-line py-4">
                <p class="font-[620]">{me.name}</p>
                <p class="whitespace-nowrap">{me.phone}</p>
                {handle}
                <p class="text-14 text-soft">"Give one of these to whoever pays you. They see your name before they confirm."</p>
            </div>
        </section>
    }
}
