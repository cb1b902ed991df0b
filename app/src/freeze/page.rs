//! What freezing means, the button, and the way back.

use domain::{ThawDelay, view::Freeze};
use jiff::Timestamp;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::{FreezeForm, api};
use crate::google::ByGoogle;
use crate::ui::{
    confirm::{Confirm, Proof},
    field::{Refused, Sentence, described_by},
    form::{FormError, submitted},
    layout::{Place, Private, SettingsTabs},
    load::load,
    note::{Note, Tone},
    time::Clock,
};

const FIELDS: &[(&str, &str)] = &[("confirm", "Your password"), ("delay", "Time to thaw")];

/// `/settings/freeze`
#[component]
pub fn FreezePage() -> impl IntoView {
    let (form, error) = match submitted::<FreezeForm>() {
        Some(refused) => (refused.form, refused.error),
        None => (FreezeForm::default(), FormError::default()),
    };
    let changed = use_query_map().read_untracked().get("changed").filter(|_| error == FormError::default());
    view! {
        <Title text="Freeze"/>
        <Private at=Place::Settings>
            {load(
                api::state(),
                move |freeze| {
                    view! {
                        <FreezeView freeze=freeze form=form.clone() error=error.clone() changed=changed.clone()/>
                    }
                },
            )}
        </Private>
    }
}

#[component]
fn FreezeView(freeze: Freeze, form: FreezeForm, error: FormError, changed: Option<String>) -> impl IntoView {
    let outcome =
        if form.delay.is_some() { "The time to thaw was not changed." } else { "Your wallet stays frozen." };
    let of = |sent: bool| if sent { error.clone() } else { FormError::default() };
    let (thaw_error, delay_error) = (of(form.thaw.is_some()), of(form.delay.is_some()));
    let now = Timestamp::now();
    let state = match (freeze.is_frozen(now), freeze.thaws_at) {
        (false, _) => view! { <Open just_thawed=changed.as_deref() == Some("thaw")/> }.into_any(),
        (true, None) => view! {
            <Frozen freeze=freeze/>
            <Thaw delay=freeze.delay error=thaw_error/>
        }
        .into_any(),
        (true, Some(_)) => view! {
            <Frozen freeze=freeze/>
            <Keep/>
        }
        .into_any(),
    };
    view! {
        <div class="grid max-w-[35rem] gap-8">
            <SettingsTabs/>
            <div class="grid gap-2">
                <h1>"Freeze"</h1>
                <p class="text-soft">
                    "Freezing stops everything that leaves your wallet, at once and wherever you are signed in. Payments that still wait are given back to you. Money that comes in still arrives."
                </p>
            </div>
            <Refused error=error outcome=outcome fields=FIELDS/>
            {state}
            <Delay freeze=freeze chosen=form.delay error=delay_error changed=changed.as_deref() == Some("delay")/>
        </div>
    }
}

/// Nothing is frozen: the one button.
#[component]
fn Open(
    /// It was, until now.
    just_thawed: bool,
) -> impl IntoView {
    let proof = if use_context::<ByGoogle>().is_some() { "your Google account" } else { "your password" };
    view! {
        {just_thawed
            .then(|| {
                view! {
                    <div role="status">
                        <Note tone=Tone::Good>
                            <p class="font-[620]">"Your wallet is thawed. You can pay again."</p>
                        </Note>
                    </div>
                }
            })}
        <form class="grid gap-3" method="post" action="/settings/freeze">
            <input type="hidden" name="freeze" value="1"/>
            <button class="btn btn-main w-full" type="submit">
                "Freeze now"
            </button>
            <p class="text-14 text-soft">{format!("Nothing more is asked. To thaw it you need {proof}.")}</p>
        </form>
    }
}

/// That it is frozen, since when, and until when: here and on the home page.
#[component]
pub fn Frozen(
    /// How it stands.
    freeze: Freeze,
    /// With the way to the freeze's page.
    #[prop(optional)]
    way: bool,
) -> impl IntoView {
    let clock = Clock::here();
    let since = freeze.since.map(|at| format!("Your wallet is frozen since {}.", clock.within(at)));
    let until = match freeze.thaws_at {
        Some(at) => format!(
            "It thaws {}. Until then nothing leaves it; money that comes in still arrives.",
            clock.within(at)
        ),
        None => "Nothing leaves it. Money that comes in still arrives.".to_owned(),
    };
    view! {
        <div role="status">
            <Note tone=Tone::Held>
                <p class="font-[620]">{since}</p>
                <p class="text-14">
                    {until}
                    {way.then(|| view! { " " <a href="/settings/freeze">"Thaw it"</a> })}
                </p>
            </Note>
        </div>
    }
}

/// The way back, for the password.
#[component]
fn Thaw(delay: ThawDelay, error: FormError) -> impl IntoView {
    let help = match delay {
        ThawDelay::None => "It thaws at once.".to_owned(),
        _ => format!("It thaws {} after you ask, as you chose beforehand.", name(delay).to_lowercase()),
    };
    view! {
        <form class="grid gap-4" method="post" action="/settings/freeze" novalidate>
            <input type="hidden" name="thaw" value="1"/>
            <Proof error=error help=help>
                <button class="btn btn-main w-full" type="submit">
                    "Thaw"
                </button>
            </Proof>
        </form>
    }
}

/// The thaw was asked for, perhaps by somebody else.
#[component]
fn Keep() -> impl IntoView {
    view! {
        <form class="grid gap-3" method="post" action="/settings/freeze">
            <input type="hidden" name="freeze" value="1"/>
            <button class="btn btn-main w-full" type="submit">
                "Keep it frozen"
            </button>
            <p class="text-14 text-soft">"Was it not you who asked to thaw it? Keep it frozen, and end your other sessions."</p>
        </form>
    }
}

/// The delay, and the form to choose another.
#[component]
fn Delay(freeze: Freeze, chosen: Option<String>, error: FormError, changed: bool) -> impl IntoView {
    let sentence = error.of("delay").map(str::to_owned);
    let shown =
        chosen.unwrap_or_else(|| freeze.next.map_or(freeze.delay, |(next, _)| next).minutes().to_string());
    let choices = ThawDelay::ALL.map(|choice| {
        let minutes = choice.minutes().to_string();
        let selected = minutes == shown;
        view! {
            <option value=minutes selected=selected>
                {name(choice)}
            </option>
        }
    });
    let next = freeze.next.map(|(next, at)| format!("{} from {}.", name(next), Clock::here().within(at)));
    let done = changed.then(|| match &next {
        Some(_) => "A shorter time holds only when the present one has gone by.".to_owned(),
        None => format!("Your time to thaw is now: {}.", name(freeze.delay).to_lowercase()),
    });
    view! {
        <section class="grid gap-4 border-t border-ink pt-4" aria-labelledby="delay-title">
            <div class="flex flex-wrap items-baseline justify-between gap-x-4">
                <h2 id="delay-title">"Time to thaw"</h2>
                <p class="font-[620]">{name(freeze.delay)}</p>
            </div>
            {next.map(|next| view! { <p class="text-14 text-held">{next}</p> })}
            {done
                .map(|done| {
                    view! {
                        <div role="status">
                            <Note tone=Tone::Good>
                                <p class="font-[620]">{done}</p>
                            </Note>
                        </div>
                    }
                })}
            <form
                class="grid grid-cols-[minmax(0,1fr)_auto] items-start gap-3"
                method="post"
                action="/settings/freeze"
                novalidate
            >
                <div class="grid min-w-0 gap-1.5">
                    <label class="label" for="delay">
                        "New time to thaw"
                    </label>
                    <select
                        class="in"
                        id="delay"
                        name="delay"
                        aria-invalid=sentence.is_some().then_some("true")
                        aria-describedby=described_by("delay", sentence.is_some(), true)
                    >
                        {choices.collect_view()}
                    </select>
                    <Sentence of="delay" text=sentence/>
                    <p class="help" id="delay-help">
                        "From your password to the thaw: time to notice if somebody else has it. A longer one holds at once."
                    </p>
                </div>
                <button class="btn mt-[26px]" type="submit">
                    "Change" <span class="sr-only">" the time to thaw"</span>
                </button>
                <div class="col-span-2 empty:hidden">
                    <Confirm error=error when_refused=true/>
                </div>
            </form>
        </section>
    }
}

fn name(delay: ThawDelay) -> &'static str {
    match delay {
        ThawDelay::None => "At once",
        ThawDelay::Hour => "An hour",
        ThawDelay::Day => "A day",
    }
}
