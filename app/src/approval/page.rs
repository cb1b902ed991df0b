//! The page on which a PIN is set, and when it is asked for.

use domain::{Paise, approval::PinState};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::{ApprovalForm, Approvals, announced, api};
use crate::ui::{
    confirm::{Confirm, Proof},
    field::{Field, Refused, Sentence, described_by},
    form::{FormError, submitted},
    layout::{Place, Private, SettingsTabs},
    load::load,
    note::{Note, Tone},
};

const FIELDS: &[(&str, &str)] =
    &[("pin", "New PIN"), ("ask", "Ask me"), ("above", "Amount"), ("confirm", "Your password")];

/// `/settings/approval`
#[component]
pub fn ApprovalPage() -> impl IntoView {
    let (form, error) = match submitted::<ApprovalForm>() {
        Some(refused) => (refused.form, refused.error),
        None => (ApprovalForm::default(), FormError::default()),
    };
    let changed = use_query_map().read_untracked().get("changed").filter(|_| error == FormError::default());
    view! {
        <Title text="Approvals"/>
        <Private at=Place::Settings>
            {load(
                api::state(),
                move |approvals| {
                    view! {
                        <ApprovalView approvals=approvals form=form.clone() error=error.clone() changed=changed.clone()/>
                    }
                },
            )}
        </Private>
    }
}

#[component]
fn ApprovalView(
    approvals: Approvals,
    form: ApprovalForm,
    error: FormError,
    changed: Option<String>,
) -> impl IntoView {
    let Approvals { pin, has_passkeys, above } = approvals;
    let asks = form.ask.is_some();
    let outcome = match (asks, &form.remove) {
        (true, _) => "When you are asked was not changed.",
        (false, Some(_)) => "Your PIN was not removed.",
        (false, None) => "Your PIN was not changed.",
    };
    let of = |sent: bool| if sent { error.clone() } else { FormError::default() };
    let (limit_error, pin_error) = (of(asks), of(!asks));
    // One password at a time is asked for.
    let pin_form = limit_error.of("confirm").is_none().then(|| view! { <PinForm pin=pin error=pin_error/> });
    let limit_form = (pin != PinState::None || has_passkeys)
        .then(|| view! { <LimitForm above=above form=form error=limit_error/> });
    view! {
        <div class="grid max-w-[35rem] gap-8">
            <SettingsTabs/>
            <div class="grid gap-2">
                <h1>"Approvals"</h1>
                <p class="text-soft">
                    "A PIN that you are asked for before large payments, or one of your passkeys in its place. Whoever gets hold of your open phone has neither, and what it approves is one payment to one person."
                </p>
            </div>
            <Refused error=error outcome=outcome fields=FIELDS/>
            {changed.and_then(|changed| done(&changed, approvals)).map(|done| view! { <Done done=done/> })}
            {pin_form}
            {limit_form}
        </div>
    }
}

/// What holds from now on.
fn done(changed: &str, approvals: Approvals) -> Option<String> {
    Some(match (changed, approvals.above) {
        ("pin", Some(_)) => "Your PIN is set.".to_owned(),
        ("pin", None) => "Your PIN is set. Choose below when you are asked for it.".to_owned(),
        ("removed", Some(above)) => format!("Your PIN is removed. {} A passkey does it.", announced(above)),
        ("removed", None) => "Your PIN is removed. You are not asked any more.".to_owned(),
        ("limit", Some(above)) => announced(above),
        ("limit", None) => "You are not asked any more.".to_owned(),
        _ => return None,
    })
}

#[component]
fn Done(done: String) -> impl IntoView {
    view! {
        <div role="status">
            <Note tone=Tone::Good>
                <p class="font-[620]">{done}</p>
            </Note>
        </div>
    }
}

/// The PIN: set, changed and removed for the password.
#[component]
fn PinForm(pin: PinState, error: FormError) -> impl IntoView {
    let (state, button) = match pin {
        PinState::None => ("Not set", "Set the PIN"),
        PinState::Set => ("Set", "Change the PIN"),
        PinState::Void => ("Holds no longer", "Set a new PIN"),
    };
    view! {
        <section class="grid gap-4 border-t border-ink pt-4" aria-labelledby="pin-title">
            <div class="flex flex-wrap items-baseline justify-between gap-x-4">
                <h2 id="pin-title">"Your PIN"</h2>
                <p class="font-[620]">{state}</p>
            </div>
            {(pin == PinState::Void)
                .then(|| {
                    view! {
                        <Note tone=Tone::Bad>
                            <p class="font-[620]">"It was wrong ten times in a row, or our key to it was exchanged."</p>
                            <p class="text-14">"It approves nothing any more. Was it not you? End your other sessions."</p>
                        </Note>
                    }
                })}
            <form class="grid gap-6" method="post" action="/settings/approval" novalidate>
                <Field
                    name="pin"
                    label="New PIN"
                    kind="password"
                    value=""
                    error=error.clone()
                    help="Six digits. No date, no pattern, and not the PIN of your phone."
                    inputmode="numeric"
                    maxlength=12
                />
                <Proof error=error>
                    <div class="flex flex-wrap gap-3">
                        <button class="btn btn-main" type="submit" name="set" value="1">
                            {button}
                        </button>
                        {(pin != PinState::None)
                            .then(|| {
                                view! {
                                    <button class="btn" type="submit" name="remove" value="1">
                                        "Remove the PIN"
                                    </button>
                                }
                            })}
                    </div>
                </Proof>
            </form>
        </section>
    }
}

/// When it is asked for.
#[component]
fn LimitForm(above: Option<Paise>, form: ApprovalForm, error: FormError) -> impl IntoView {
    let state = match above {
        None => "Never".to_owned(),
        Some(Paise::ZERO) => "For every payment".to_owned(),
        Some(above) => format!("Above {}", above.short()),
    };
    let chosen = form.ask.unwrap_or_else(|| match above {
        Some(Paise::ZERO) => "always".to_owned(),
        _ => "above".to_owned(),
    });
    let choices =
        [("above", "For payments above an amount"), ("always", "For every payment"), ("never", "Never")];
    let choices = choices.map(|(value, word)| {
        let selected = value == chosen;
        view! {
            <option value=value selected=selected>
                {word}
            </option>
        }
    });
    let sentence = error.of("ask").map(str::to_owned);
    let proof = error.of("confirm").is_some() && !error.is_away();
    let button = move || {
        view! {
            <button class="btn justify-self-start" type="submit">
                "Change" <span class="sr-only">" when I am asked"</span>
            </button>
        }
    };
    view! {
        <section class="grid gap-4 border-t border-ink pt-4" aria-labelledby="ask-title">
            <div class="flex flex-wrap items-baseline justify-between gap-x-4">
                <h2 id="ask-title">"When you are asked"</h2>
                <p class="font-[620]">{state}</p>
            </div>
            <form class="grid gap-6" method="post" action="/settings/approval" novalidate>
                <div class="grid min-w-0 gap-1.5">
                    <label class="label" for="ask">
                        "Ask me"
                    </label>
                    <select
                        class="in"
                        id="ask"
                        name="ask"
                        aria-invalid=sentence.is_some().then_some("true")
                        aria-describedby=described_by("ask", sentence.is_some(), true)
                    >
                        {choices.collect_view()}
                    </select>
                    <Sentence of="ask" text=sentence/>
                    <p class="help" id="ask-help">
                        "To be asked more often holds at once. To be asked less often needs your password."
                    </p>
                </div>
                <Field
                    name="above"
                    label="Amount"
                    value=form.above
                    error=error.clone()
                    help="In rupees, where you chose an amount."
                    inputmode="decimal"
                    maxlength=24
                />
                {if proof {
                    view! { <Proof error=error>{button()}</Proof> }.into_any()
                } else {
                    view! {
                        <Confirm error=error when_refused=true/>
                        {button()}
                    }
                    .into_any()
                }}
            </form>
        </section>
    }
}
