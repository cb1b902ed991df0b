//! The settings of the second step.

use jiff::Timestamp;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::{
    Codes, SecondFactorForm, State, api,
    codes::Kept,
    setup::{Begin, Offered},
};
use crate::ui::{
    confirm::Proof,
    field::{Field, Refused},
    form::{FormError, submitted},
    layout::{Place, Private, SettingsTabs},
    load::load,
    note::{Note, Tone},
    time::{Clock, Detail, Time},
};

pub(super) const HERE: &str = "/settings/second-factor";
const FIELDS: &[(&str, &str)] =
    &[("code", "Code"), ("sent", "Code from your phone number"), ("confirm", "Your password")];

/// `/settings/second-factor`
#[component]
pub fn SecondFactorPage() -> impl IntoView {
    let query = use_query_map().read_untracked();
    let refused = submitted::<SecondFactorForm>();
    let doing = Doing::wanted(query.get("do").as_deref(), refused.as_ref().map(|refused| &refused.form));
    let error = refused.map(|refused| refused.error).unwrap_or_default();
    let changed = query.get("changed").filter(|_| error == FormError::default());
    let codes: Option<Codes> = use_context();
    view! {
        <Title text="Second step"/>
        <Private at=Place::Settings>
            <div class="grid max-w-[35rem] gap-8">
                <SettingsTabs/>
                <div class="grid gap-2">
                    <h1>"Second step"</h1>
                    <p class="text-soft">
                        "Whoever knows your password needs your phone too: signing in asks for a code that an app on it makes. Turning it on or off signs you out everywhere else."
                    </p>
                </div>
                {match codes {
                    Some(codes) => view! { <Kept codes=codes/> }.into_any(),
                    None => {
                        load(
                            api::state(),
                            move |state| {
                                view! {
                                    <StateView state=state doing=doing error=error.clone() changed=changed.clone()/>
                                }
                            },
                        )
                            .into_any()
                    }
                }}
            </div>
        </Private>
    }
}

#[component]
fn StateView(state: State, doing: Option<Doing>, error: FormError, changed: Option<String>) -> impl IntoView {
    let refused = view! { <Refused error=error.clone() outcome="Nothing was changed." fields=FIELDS/> };
    let state = match state {
        State::Off => view! {
            {(changed.as_deref() == Some("off"))
                .then(|| view! { <Done first="Your second step is off." then="Signing in asks for your password alone.".to_owned()/> })}
            <Begin error=error/>
        }
        .into_any(),
        State::Offered { qr, side, key } => view! {
            {(changed.as_deref() == Some("sent"))
                .then(|| view! { <Done first="A new code is on its way." then="The one before holds no longer.".to_owned()/> })}
            <Offered qr=qr side=side key=key error=error/>
        }
        .into_any(),
        State::On { since, recovery_codes, way_back } => view! {
            {(changed.as_deref() == Some("kept"))
                .then(|| view! { <Done first="Your second step stays on." then="This wait is ended. Whoever asked can take the first step of signing in as you: choose a new password, and look at your Google account if it is connected.".to_owned()/> })}
            {way_back.map(|until| view! { <WayBack until=until/> })}
            {(changed.as_deref() == Some("recovered"))
                .then(|| {
                    let then = format!("{} If you have lost your phone, turn the second step off and set it up anew.", left(recovery_codes));
                    view! { <Done first="You used a recovery code." then=then/> }
                })}
            <On since=since recovery_codes=recovery_codes doing=doing error=error/>
        }
        .into_any(),
    };
    view! {
        {refused}
        {state}
    }
}

#[component]
fn Done(first: &'static str, then: String) -> impl IntoView {
    view! {
        <div role="status">
            <Note tone=Tone::Good>
                <p class="font-[620]">{first}</p>
                <p class="text-14">{then}</p>
            </Note>
        </div>
    }
}

fn left(recovery_codes: i64) -> String {
    match recovery_codes {
        0 => "No recovery code is left.".to_owned(),
        1 => "1 recovery code is left.".to_owned(),
        many => format!("{many} recovery codes are left."),
    }
}

/// Somebody waits for turning it off without a code; whoever is signed in can end that.
#[component]
fn WayBack(until: Timestamp) -> impl IntoView {
    view! {
        <form class="grid gap-4" method="post" action=HERE>
            <Note tone=Tone::Held>
                <p class="font-[620]">
                    {format!("From {} your second step can be turned off without a code.", Clock::here().within(until))}
                </p>
                <p class="text-14">
                    "Somebody who can take the first step of signing in as you says that your app and your recovery codes are lost."
                </p>
            </Note>
            <button class="btn btn-main justify-self-start" type="submit" name="keep" value="1">
                "End this and keep it on"
            </button>
        </form>
    }
}

/// What is done with one that is on: each has a form of its own, so that the Enter key does what stands beside the field.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Doing {
    Renew,
    TurnOff,
}

impl Doing {
    /// As a refused form says, or the address.
    fn wanted(asked: Option<&str>, refused: Option<&SecondFactorForm>) -> Option<Doing> {
        match (refused, asked) {
            (Some(form), _) if form.renew.is_some() => Some(Doing::Renew),
            (Some(form), _) if form.turn_off.is_some() => Some(Doing::TurnOff),
            (_, Some("renew")) => Some(Doing::Renew),
            (_, Some("turn_off")) => Some(Doing::TurnOff),
            _ => None,
        }
    }

    const fn field(self) -> &'static str {
        match self {
            Doing::Renew => "renew",
            Doing::TurnOff => "turn_off",
        }
    }

    const fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Doing::Renew => (
                "Make new recovery codes?",
                "Ten others are shown, once. Those you have now are worth nothing from then on.",
                "Make new recovery codes",
            ),
            Doing::TurnOff => (
                "Turn the second step off?",
                "Signing in asks for your password alone from then on, and your app’s codes are worth nothing. You are signed out everywhere else.",
                "Turn off",
            ),
        }
    }
}

/// Since when, how many recovery codes there are, and what can be done.
#[component]
fn On(since: Timestamp, recovery_codes: i64, doing: Option<Doing>, error: FormError) -> impl IntoView {
    let below = match doing {
        Some(doing) => view! { <Do doing=doing error=error/> }.into_any(),
        None => view! {
            <div class="btns">
                <a class="btn" href=format!("{HERE}?do=renew")>
                    "Make new recovery codes"
                </a>
                <a class="btn" href=format!("{HERE}?do=turn_off")>
                    "Turn off"
                </a>
            </div>
        }
        .into_any(),
    };
    view! {
        <div class="grid gap-0.5 border-y border-line py-4">
            <p class="font-[620]">"On, since " <Time at=since show=Detail::Within/></p>
            <p class="text-14 text-soft">{left(recovery_codes)}</p>
        </div>
        {below}
    }
}

#[component]
fn Do(doing: Doing, error: FormError) -> impl IntoView {
    let (title, what, button) = doing.words();
    view! {
        <section class="grid gap-4" aria-labelledby="do">
            <h2 id="do">{title}</h2>
            <p class="text-soft">{what}</p>
            <form class="grid gap-4" method="post" action=HERE novalidate>
                <input type="hidden" name=doing.field() value="1"/>
                <Field
                    name="code"
                    label="Code"
                    value=""
                    error=error.clone()
                    help="Of your app, or a recovery code, which is then used up."
                    autocomplete="one-time-code"
                    maxlength=32
                />
                <Proof error=error>
                    <button class="btn btn-main justify-self-start" type="submit">
                        {button}
                    </button>
                </Proof>
            </form>
            <a class="btn btn-text justify-self-start" href=HERE>
                "Not now"
            </a>
        </section>
    }
}
