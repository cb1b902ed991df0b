//! Everything between two people, and what it comes to.

use domain::{
    Paise,
    view::{ActivityPage, Person, Position},
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{
    hooks::{use_params_map, use_query_map},
    location::Url,
};

use super::{Between, PersonForm, api, star::Star};
use crate::ui::{
    day::days,
    field::Refused,
    form::{FormError, submitted},
    icon::{Glyph, Icon},
    layout::{Place, Private},
    load::load,
    money::{Money, Signed, Size, magnitude},
    movement::{Columns, Days},
    person::{Disc, known_by},
    time::{Clock, Detail, Time},
};

/// `/people/{id}`
#[component]
pub fn PersonPage() -> impl IntoView {
    let id = use_params_map().read_untracked().get("id").unwrap_or_default();
    let before = use_query_map().read_untracked().get("before").filter(|before| !before.is_empty());
    let newest = before.is_none();
    let error = submitted::<PersonForm>().map(|refused| refused.error).unwrap_or_default();
    view! {
        <Private at=Place::People>
            {load(
                api::person(id, before),
                move |between| view! { <PersonView between=between newest=newest error=error.clone()/> },
            )}
        </Private>
    }
}

#[component]
fn PersonView(between: Between, newest: bool, error: FormError) -> impl IntoView {
    let Between { person, favourite, only_added, position, page } = between;
    let address = format!("/people/{}", person.id);
    view! {
        <Title text=person.name.clone()/>
        <Refused error=error outcome="Nothing was changed." fields=&[]/>
        <div class="grid gap-10 xl:grid-cols-[minmax(0,1fr)_19.5rem] xl:items-start xl:gap-18">
            <div class="grid min-w-0 gap-8">
                <div data-live="person">
                    <Head person=person.clone() favourite=favourite position=position/>
                </div>
                <div class="empty:hidden" data-live="movements">
                    <Movements page=page newest=newest address=address/>
                </div>
            </div>
            <aside class="grid gap-8" aria-label="Summary">
                <div class="empty:hidden" data-live="sums">
                    {(position.payments > 0).then(|| view! { <Sums position=position/> })}
                </div>
                {only_added.then(|| view! { <Remove person=person/> })}
            </aside>
        </div>
    }
}

#[component]
fn Head(person: Person, favourite: bool, position: Position) -> impl IntoView {
    view! {
        <header class="grid gap-5">
            <div class="grid grid-cols-[auto_minmax(0,1fr)_auto] items-center gap-4">
                <Disc of=person.id name=person.name.clone() picture=person.picture large=true/>
                <div>
                    <h1>{person.name.clone()}</h1>
                    <p class="text-14 text-soft">{known_by(&person)}</p>
                </div>
                <Star id=person.id.to_string() name=person.name favourite=favourite/>
            </div>
            <p>
                <InWords position=position/>
            </p>
            <p>
                <a class="btn btn-main max-sm:w-full" href=format!("/send?to={}", person.id)>
                    <Icon of=Glyph::Send/>
                    "Send"
                </a>
            </p>
        </header>
    }
}

/// The net position, as one would say it.
#[component]
fn InWords(position: Position) -> impl IntoView {
    let net = position.net();
    let much = view! {
        <strong class="font-[620]">
            <Money of=magnitude(net)/>
        </strong>
    };
    if position.payments == 0 {
        "No money has moved between you.".into_any()
    } else if net == Paise::ZERO {
        "You are even: you have sent as much as you received.".into_any()
    } else if net.is_negative() {
        view! { "You have sent " {much} " more than you received." }.into_any()
    } else {
        view! { "You have received " {much} " more than you sent." }.into_any()
    }
}

#[component]
fn Movements(page: ActivityPage, newest: bool, address: String) -> impl IntoView {
    let ActivityPage { movements, next } = page;
    if movements.is_empty() && newest {
        return None;
    }
    let days = days(movements, &Clock::here(), !newest, next.is_some());
    Some(view! {
        <section class="grid gap-4" aria-labelledby="between">
            <h2 id="between">"Movements"</h2>
            {if days.is_empty() {
                view! { <p class="text-soft">"There is nothing older."</p> }.into_any()
            } else {
                view! { <Days days=days columns=Columns::Between/> }.into_any()
            }}
            <nav class="mt-2 flex flex-wrap items-center justify-between gap-3 empty:hidden" aria-label="Pages">
                {(!newest)
                    .then(|| {
                        view! {
                            <a class="btn btn-s" href=address.clone()>
                                <Icon of=Glyph::Left/>
                                "Newest"
                            </a>
                        }
                    })}
                {next
                    .map(|next| {
                        view! {
                            <a class="btn btn-s ml-auto" href=format!("{address}?before={}", Url::escape(&next))>
                                "Older"
                                <Icon of=Glyph::Right/>
                            </a>
                        }
                    })}
            </nav>
        </section>
    })
}

/// What each sent, and the difference under the double rule.
#[component]
fn Sums(position: Position) -> impl IntoView {
    let Position { sent, received, payments, since } = position;
    let row = |title: &'static str, amount: Paise, class: &'static str| {
        view! {
            <tr class=class>
                <th class="py-3 pr-2" scope="row">
                    {title}
                </th>
                <td class="py-3 text-end">
                    <Signed of=amount size=Size::Figure/>
                </td>
            </tr>
        }
    };
    let sent = Paise::ZERO.checked_sub(sent).unwrap_or_default();
    view! {
        <section class="grid gap-3" aria-labelledby="sums">
            <h2 id="sums">"Between you"</h2>
            <table class="w-full border-collapse border-t border-ink">
                <tbody>
                    {row("You sent", sent, "border-b border-line")}
                    {row("You received", received, "border-b border-line")}
                </tbody>
                <tfoot>{row("Net", position.net(), "sum font-semibold")}</tfoot>
            </table>
            <p class="text-14 text-soft">
                {if payments == 1 { "1 payment".to_owned() } else { format!("{payments} payments") }}
                {since.map(|since| view! { " since " <Time at=since show=Detail::Day/> })}
            </p>
        </section>
    }
}

/// For whoever is there because they were added; whoever one has dealt with stays in the list.
#[component]
fn Remove(person: Person) -> impl IntoView {
    view! {
        <form class="grid justify-items-start gap-2" method="post" action=format!("/people/{}", person.id)>
            <button class="btn btn-s" type="submit" name="remove" value="1">
                "Remove from your people"
            </button>
            <p class="text-14 text-soft">"They are not told, and you can add them again."</p>
        </form>
    }
}
