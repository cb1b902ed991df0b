//! The limits: what is used, what is left, and a form to change each.

use domain::{Paise, Period, view::Limit};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::{LimitForm, Settings, api, undo::Undo};
use crate::address::Cooling;
use crate::ui::{
    confirm::Confirm,
    field::{Field, Refused},
    form::{FormError, submitted},
    layout::{Place, Private, SettingsTabs},
    load::load,
    money::Money,
    note::{Note, Tone},
    time::Clock,
};

const FIELDS: &[(&str, &str)] = &[
    ("transfer", "One payment"),
    ("day", "A day"),
    ("month", "A month"),
    ("undo", "Time to undo"),
    ("confirm", "Your password"),
];

/// `/settings/limits`
#[component]
pub fn LimitsPage() -> impl IntoView {
    let (form, error) = match submitted::<LimitForm>() {
        Some(refused) => (refused.form, refused.error),
        None => (LimitForm::default(), FormError::default()),
    };
    let changed = use_query_map().read_untracked().get("changed");
    let changed = changed.filter(|_| error == FormError::default());
    view! {
        <Title text="Limits"/>
        <Private at=Place::Settings>
            {load(
                api::limits(),
                move |settings| {
                    view! {
                        <LimitsView settings=settings form=form.clone() error=error.clone() changed=changed.clone()/>
                    }
                },
            )}
        </Private>
    }
}

#[component]
fn LimitsView(
    settings: Settings,
    form: LimitForm,
    error: FormError,
    /// The name of what was changed.
    changed: Option<String>,
) -> impl IntoView {
    let Settings { limits, undo, cooling } = settings;
    let changed_undo = changed.as_deref() == Some("undo");
    let changed = changed.and_then(|name| Period::parse(&name));
    let done = limits.iter().find(|limit| Some(limit.period) == changed).copied();
    let outcome = match form.undo {
        Some(_) => "The time to undo was not changed.",
        None => "The limit was not changed.",
    };
    let chosen = form.undo.clone();
    let undo_error = if form.undo.is_some() { error.clone() } else { FormError::default() };
    let refused = error.clone();
    let each = limits.into_iter().map(|limit| {
        // The one that was sent asks for the password, where it is asked for.
        let error = if form.of(limit.period).is_some() { error.clone() } else { FormError::default() };
        let typed = form.of(limit.period).unwrap_or_default().to_owned();
        view! { <One limit=limit typed=typed error=error/> }
    });
    let each = each.collect_view();
    view! {
        <div class="grid max-w-[35rem] gap-8">
            <SettingsTabs/>
            <div class="grid gap-2">
                <h1>"Limits"</h1>
                <p class="text-soft">
                    "The most that can leave your wallet. A lower limit holds at once, a higher one only later: whoever gets hold of your phone cannot raise it and pay at once."
                </p>
            </div>
            <Refused error=refused outcome=outcome fields=FIELDS/>
            {done.map(|limit| view! { <Done limit=limit/> })}
            {cooling.map(|cooling| view! { <Cooling cooling=cooling/> })}
            {each}
            <Undo window=undo chosen=chosen error=undo_error changed=changed_undo/>
        </div>
    }
}

/// From when a limit holds that was just changed.
#[component]
fn Done(limit: Limit) -> impl IntoView {
    let (name, most) = (name(limit.period), limit.most.short());
    let (first, then) = match limit.next {
        Some((next, at)) => (
            format!("Your limit for {name} rises to {} on {}.", next.short(), Clock::here().within(at)),
            format!("Until then it stays {most}."),
        ),
        None => (format!("Your limit for {name} is {most} now."), String::new()),
    };
    view! {
        <div role="status">
            <Note tone=Tone::Good>
                <p class="font-[620]">{first}</p>
                <p class="text-14 empty:hidden">{then}</p>
            </Note>
        </div>
    }
}

#[component]
fn One(limit: Limit, typed: String, error: FormError) -> impl IntoView {
    let period = limit.period;
    let (title, label) = match period {
        Period::Transfer => ("One payment", "New limit for one payment"),
        Period::Day => ("A day", "New limit for a day"),
        Period::Month => ("A month", "New limit for a month"),
    };
    let next = limit.next.map(|(next, at)| {
        view! {
            <p class="text-14 text-held">{format!("Rises to {} on {}.", next.short(), Clock::here().within(at))}</p>
        }
    });
    view! {
        <section class="grid gap-4 border-t border-ink pt-4" aria-labelledby=format!("{}-title", period.code())>
            <div class="flex flex-wrap items-baseline justify-between gap-x-4">
                <h2 id=format!("{}-title", period.code())>{title}</h2>
                <p class="font-[620]">
                    "Up to " <Money of=limit.most/>
                </p>
            </div>
            {(period != Period::Transfer).then(|| view! { <Used limit=limit title=title/> })}
            {next}
            <form
                class="grid grid-cols-[minmax(0,1fr)_auto] items-start gap-3"
                method="post"
                action="/settings/limits"
                novalidate
            >
                <Field
                    name=period.code()
                    label=label
                    value=typed
                    error=error.clone()
                    help=format!("At most {}.", limit.highest.short())
                    inputmode="decimal"
                    maxlength=24
                />
                <button class="btn mt-[26px]" type="submit">
                    "Change"
                    <span class="sr-only">{format!(" the limit for {}", name(period))}</span>
                </button>
                <div class="col-span-2 empty:hidden">
                    <Confirm error=error when_refused=true/>
                </div>
            </form>
        </section>
    }
}

/// The bar, and the same in words.
#[component]
fn Used(limit: Limit, title: &'static str) -> impl IntoView {
    let full = limit.most.max(Paise::new(1));
    view! {
        <div class="grid gap-2">
            <progress
                class="meter"
                aria-label=format!("{title}: used")
                max=full.get().to_string()
                value=limit.used.min(full).get().to_string()
            ></progress>
            <p class="flex flex-wrap justify-between gap-x-4 text-14 text-soft">
                <span><Money of=limit.used/> " used"</span>
                <span><Money of=limit.left()/> " left"</span>
            </p>
        </div>
    }
}

fn name(period: Period) -> &'static str {
    match period {
        Period::Transfer => "one payment",
        Period::Day => "a day",
        Period::Month => "a month",
    }
}
