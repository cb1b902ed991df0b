//! Who, how much, what for.

use domain::{Paise, view::Person};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::{Blank, SendForm, api};
use crate::{
    approval::announced,
    people::Acquaintance,
    ui::{
        amount::AmountField,
        confirm::Confirm,
        field::{Field, Refused, Sentence},
        form::{FormError, Submitted, submitted},
        layout::{Place, Private},
        load::load,
        person::{Disc, known_by},
    },
};

const FIELDS: &[(&str, &str)] =
    &[("to", "To"), ("amount", "Amount"), ("note", "Note"), ("confirm", "Your password")];

/// `/send`, `/send?to=…`, `/send?draft=…`
#[component]
pub fn SendPage() -> impl IntoView {
    let refused = submitted::<SendForm>();
    let asked = |name| use_query_map().read_untracked().get(name).filter(|value| !value.is_empty());
    let (draft, to) = match &refused {
        Some(refused) => (None, Some(refused.form.person.clone()).filter(|person| !person.is_empty())),
        None => (asked("draft"), asked("to")),
    };
    view! {
        <Title text="Send"/>
        <Private at=Place::Send>
            {load(
                api::blank(draft, to),
                move |blank| {
                    let (blank, error) = with_typed(blank, refused.clone());
                    view! { <SendView blank=blank error=error/> }
                },
            )}
        </Private>
    }
}

/// What was typed and refused, in the place of what the page would begin with.
fn with_typed(blank: Blank, refused: Option<Submitted<SendForm>>) -> (Blank, FormError) {
    match refused {
        Some(Submitted { form, error }) => {
            let form = SendForm { person: blank.form.person.clone(), ..form };
            (Blank { form, ..blank }, error)
        }
        None => (blank, FormError::default()),
    }
}

#[component]
fn SendView(blank: Blank, error: FormError) -> impl IntoView {
    let Blank { form, person, approve_above, recent } = blank;
    let approves = approve_above.map(|above| format!(" {}", announced(above))).unwrap_or_default();
    let who = match person {
        Some(person) => view! { <To person=person error=error.clone()/> }.into_any(),
        None => view! {
            <Field
                name="to"
                label="To"
                value=form.to
                error=error.clone()
                help="The whole phone number, or the whole @handle. You see the registered name before anything moves."
                maxlength=32
            />
            <Recent people=recent/>
        }
        .into_any(),
    };
    view! {
        <form class="grid max-w-[35rem] gap-8" method="post" action="/send" novalidate>
            <h1>"Send money"</h1>
            <Refused error=error.clone() outcome="Nothing was sent. No money moved." fields=FIELDS/>
            <input type="hidden" name="key" value=form.key/>
            <div class="grid gap-4">{who}</div>
            <AmountField
                value=form.amount
                error=error.of("amount").map(str::to_owned)
                help=format!("At most ₹1,00,000 at a time, or your own limit.{approves}")
                least=Paise::ZERO
                offers=Vec::new()
            />
            <Field
                name="note"
                label="Note"
                value=form.note
                error=error.clone()
                help="Only you and the person you pay see it."
                maxlength=140
                may_be_empty=true
            />
            <Confirm error=error/>
            <button class="btn btn-main w-full" type="submit">
                "Review"
            </button>
        </form>
    }
}

/// Somebody who was chosen and not typed: shown, and named to the server by id.
#[component]
fn To(person: Person, error: FormError) -> impl IntoView {
    let sentence = error.of("to").map(str::to_owned);
    let (name, picture) = (person.name.clone(), person.picture);
    view! {
        <div class="grid gap-1.5" id="to" role="group" aria-labelledby="to-label">
            <p class="label" id="to-label">
                "To"
            </p>
            <input type="hidden" name="person" value=person.id.to_string()/>
            <div class="grid grid-cols-[auto_minmax(0,1fr)_auto] items-center gap-x-3 border-y border-line py-3">
                <Disc of=person.id name=name picture=picture/>
                <div>
                    <p class="leading-[1.35] font-[620]">{person.name.clone()}</p>
                    <p class="text-14 text-soft">{known_by(&person)}</p>
                </div>
                <a class="more" href="/send">
                    "Change"
                </a>
            </div>
            <Sentence of="to" text=sentence/>
        </div>
    }
}

/// Favourites and whoever was dealt with last: a link each, to the same form with them in it.
#[component]
fn Recent(people: Vec<Acquaintance>) -> impl IntoView {
    if people.is_empty() {
        return None;
    }
    let links = people.into_iter().map(|one| {
        let person = one.person;
        view! {
            <li>
                <a class="chip gap-2 pl-1.5" href=format!("/send?to={}", person.id)>
                    <Disc of=person.id name=person.name.clone() picture=person.picture/>
                    {person.name.clone()}
                </a>
            </li>
        }
    });
    Some(view! {
        <nav class="grid gap-2" aria-label="Your people">
            <ul class="flex flex-wrap gap-2">{links.collect_view()}</ul>
            <a class="more justify-self-start" href="/people">
                "All your people"
            </a>
        </nav>
    })
}
