//! Favourites, then everybody else one has to do with. Nobody else: there is no directory.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::{Acquaintance, AddForm, People, api, star::Star};
use crate::ui::{
    field::{Field, Refused},
    form::{FormError, submitted},
    icon::{Glyph, Icon},
    layout::{Place, Private},
    load::load,
    person::{Disc, known_by},
    time::{Detail, Time},
};

const FIELDS: &[(&str, &str)] = &[("to", "Phone number or handle")];

/// `/people`
#[component]
pub fn PeoplePage() -> impl IntoView {
    let (form, error) = match submitted::<AddForm>() {
        Some(refused) => (refused.form, refused.error),
        None => (AddForm::default(), FormError::default()),
    };
    let search = use_query_map().read_untracked().get("search").unwrap_or_default();
    let searched = search.clone();
    view! {
        <Title text="People"/>
        <Private at=Place::People>
            <div class="grid gap-8 xl:grid-cols-[minmax(0,1fr)_21rem] xl:items-start xl:gap-18">
                <div class="grid min-w-0 gap-6">
                    <div class="flex flex-wrap items-center justify-between gap-x-4">
                        <h1>"People"</h1>
                        <a class="more xl:hidden" href="#to">
                            "Add somebody"
                        </a>
                    </div>
                    {load(
                        api::people(search),
                        move |people| view! { <Yours people=people search=searched.clone()/> },
                    )}
                </div>
                <Add form=form error=error/>
            </div>
        </Private>
    }
}

/// The one way to somebody new.
#[component]
fn Add(form: AddForm, error: FormError) -> impl IntoView {
    view! {
        <section class="grid gap-4 max-xl:border-t max-xl:border-ink max-xl:pt-4" aria-labelledby="add">
            <h2 id="add">"Add somebody"</h2>
            <Refused error=error.clone() outcome="Nobody was added." fields=FIELDS/>
            <form class="grid gap-4" method="post" action="/people" novalidate>
                <Field
                    name="to"
                    label="Phone number or handle"
                    value=form.to
                    error=error
                    help="The whole number, or the whole @handle. Part of a name finds nobody, so nobody can look you up by yours."
                    maxlength=32
                />
                <button class="btn justify-self-start" type="submit">
                    <Icon of=Glyph::Add/>
                    "Add"
                </button>
            </form>
        </section>
    }
}

#[component]
fn Yours(people: People, search: String) -> impl IntoView {
    let People { found, all } = people;
    if all == 0 {
        return view! { <Nobody/> }.into_any();
    }
    let none = found.is_empty();
    let (favourites, others): (Vec<_>, Vec<_>) = found.into_iter().partition(|one| one.favourite);
    let searching = !search.is_empty();
    let rest = if favourites.is_empty() { "Your people" } else { "Everybody else" };
    view! {
        <search>
            <form class="grid max-w-[35rem] grid-cols-[minmax(0,1fr)_auto] items-end gap-3" method="get" action="/people" novalidate>
                <Field
                    name="search"
                    label="Search your people"
                    kind="search"
                    value=search
                    error=FormError::default()
                    maxlength=80
                />
                <button class="btn" type="submit">
                    <Icon of=Glyph::Search/>
                    "Search"
                </button>
            </form>
        </search>
        <div class="grid gap-6" data-live="people">
            {none
                .then(|| {
                    view! { <p class="text-soft">"None of your people has this in their name, handle or number."</p> }
                })}
            <List title="Favourites" people=favourites/>
            <List title=rest people=others/>
        </div>
        {searching
            .then(|| {
                view! {
                    <p>
                        <a class="btn btn-s" href="/people">
                            <Icon of=Glyph::Left/>
                            "All your people"
                        </a>
                    </p>
                }
            })}
    }
    .into_any()
}

/// One part of the list; nothing where nobody is in it.
#[component]
fn List(title: &'static str, people: Vec<Acquaintance>) -> impl IntoView {
    if people.is_empty() {
        return None;
    }
    let id = if title == "Favourites" { "favourites" } else { "others" };
    let rows = people.into_iter().map(|one| view! { <Row of=one/> }).collect_view();
    Some(view! {
        <section aria-labelledby=id>
            <h2 class="day pt-0!" id=id>
                {title}
            </h2>
            <ul>{rows}</ul>
        </section>
    })
}

#[component]
fn Row(of: Acquaintance) -> impl IntoView {
    let Acquaintance { person, favourite, last } = of;
    let (name, picture) = (person.name.clone(), person.picture);
    view! {
        <li class="move">
            <Disc of=person.id name=name picture=picture/>
            <div class="min-w-0">
                <p class="leading-[1.35] font-[560]">
                    <a href=format!("/people/{}", person.id)>{person.name.clone()}</a>
                </p>
                <p class="text-14 text-soft">{known_by(&person)}</p>
            </div>
            <div class="flex items-center gap-1">
                {last
                    .map(|last| {
                        view! {
                            <span class="text-14 text-soft max-sm:hidden">
                                <span class="sr-only">"Last movement "</span>
                                <Time at=last show=Detail::Day/>
                            </span>
                        }
                    })}
                <Star id=person.id.to_string() name=person.name favourite=favourite/>
            </div>
        </li>
    }
}

#[component]
fn Nobody() -> impl IntoView {
    view! {
        <section class="grid max-w-[35rem] justify-items-start gap-3">
            <h2>"Nobody yet"</h2>
            <p class="text-soft">
                "Whoever you pay, and whoever pays you, will be listed here. You can also add somebody by their whole number or handle. Nobody is told."
            </p>
        </section>
    }
}
