//! The activity page: pages of it follow each other by plain links.

use domain::view;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{hooks::use_query_map, location::Url};

use super::api;
use crate::ui::{
    day::days,
    icon::{Glyph, Icon},
    layout::{Place, Private},
    load::load,
    movement::{Columns, Days},
    seal::SealPlace,
    time::Clock,
};

/// `/activity`
#[component]
pub fn ActivityPage() -> impl IntoView {
    let before = use_query_map().read_untracked().get("before").filter(|before| !before.is_empty());
    let newest = before.is_none();
    view! {
        <Title text="Activity"/>
        <Private at=Place::Activity>
            {load(api::activity(before), move |page| view! { <ActivityView page=page newest=newest/> })}
        </Private>
    }
}

#[component]
fn ActivityView(page: view::ActivityPage, newest: bool) -> impl IntoView {
    let empty = page.movements.is_empty();
    view! {
        <h1 class="mb-6">"Activity"</h1>
        <div data-live="activity">
        {match (empty, newest) {
            (true, true) => view! { <Empty/> }.into_any(),
            (true, false) => view! { <p class="text-soft">"There is nothing older."</p> }.into_any(),
            (false, _) => view! { <Ledger page=page.clone() newest=newest/> }.into_any(),
        }}
        <nav class="mt-6 flex flex-wrap items-center justify-between gap-3" aria-label="Pages">
            {(!newest)
                .then(|| {
                    view! {
                        <a class="btn btn-s" href="/activity">
                            <Icon of=Glyph::Left/>
                            "Newest"
                        </a>
                    }
                })}
            {page
                .next
                .map(|next| {
                    view! {
                        <a class="btn btn-s ml-auto" href=format!("/activity?before={}", Url::escape(&next))>
                            "Older"
                            <Icon of=Glyph::Right/>
                        </a>
                    }
                })}
        </nav>
        </div>
    }
}

#[component]
fn Ledger(page: view::ActivityPage, newest: bool) -> impl IntoView {
    let days = days(page.movements, &Clock::here(), !newest, page.next.is_some());
    view! {
        <section aria-labelledby="rows">
            <h2 class="sr-only" id="rows">
                "Movements"
            </h2>
            <p class="ledger-head hidden pb-4 text-13 text-soft lg:grid" aria-hidden="true">
                <span>"Time"</span>
                <span class="col-span-2">"Who and what"</span>
                <span class="text-end">"State"</span>
                <span class="text-end">"Amount"</span>
                <span class="text-end">"Balance after"</span>
            </p>
            <Days days=days columns=Columns::Ledger/>
        </section>
    }
}

#[component]
fn Empty() -> impl IntoView {
    view! {
        <section class="grid max-w-[35rem] justify-items-start gap-3">
            <SealPlace class="size-[88px]"/>
            <h2>"Nothing has moved yet"</h2>
            <p class="text-soft">
                "Every payment and every attempt will be listed here, the newest first, with the balance after each."
            </p>
            <a class="btn btn-main mt-3" href="/add-money">
                "Add money"
            </a>
        </section>
    }
}
