//! The pages where another number or e-mail address is asked for.

use domain::{Paise, view::CoolingOff};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::{AddressForm, Reached, What, api};
use crate::ui::{
    confirm::Proof,
    field::{Field, Refused},
    form::{FormError, submitted},
    layout::{Place, Private, SettingsTabs},
    load::load,
    note::{Note, Tone},
    time::Clock,
};

const FIELDS: &[(&str, &str)] =
    &[("phone", "New phone number"), ("email", "New email"), ("confirm", "Your password")];
const PROOF: &str = "Then we send a code to either end, and you enter both here.";

/// `/settings/phone`
#[component]
pub fn PhonePage() -> impl IntoView {
    view! { <AddressPage what=What::Phone/> }
}

/// `/settings/email`
#[component]
pub fn EmailPage() -> impl IntoView {
    view! { <AddressPage what=What::Email/> }
}

#[component]
fn AddressPage(what: What) -> impl IntoView {
    let (form, error) = match submitted::<AddressForm>() {
        Some(refused) => (refused.form, refused.error),
        None => (AddressForm::default(), FormError::default()),
    };
    let changed = use_query_map().read_untracked().get("changed").filter(|_| error == FormError::default());
    let title = if what == What::Phone { "Phone number" } else { "Email" };
    view! {
        <Title text=title/>
        <Private at=Place::Settings>
            {load(
                api::reached(),
                move |reached| {
                    let (form, error, changed) = (form.clone(), error.clone(), changed.clone());
                    view! { <AddressView what=what reached=reached form=form error=error changed=changed/> }
                },
            )}
        </Private>
    }
}

#[component]
fn AddressView(
    what: What,
    reached: Reached,
    form: AddressForm,
    error: FormError,
    changed: Option<String>,
) -> impl IntoView {
    let (title, now, has) = match what {
        What::Phone => ("Phone number", reached.phone.clone(), true),
        What::Email => {
            ("Email", reached.email.clone().unwrap_or_else(|| "None yet".to_owned()), reached.email.is_some())
        }
    };
    let may = reached.cools_until.is_none();
    view! {
        <div class="grid max-w-[35rem] gap-8">
            <SettingsTabs/>
            <div class="grid gap-2">
                <h1>{title}</h1>
                <p class="font-[620] break-words">{now}</p>
                <p class="text-soft">{explained(what, has, reached.most)}</p>
            </div>
            <Refused error=error.clone() outcome="Nothing was changed." fields=FIELDS/>
            {changed.and_then(|how| done(what, &how)).map(|done| view! { <Done sentence=done/> })}
            {reached.cools_until.map(|until| view! { <Closed until=until cooling=reached.cooling/> })}
            {may.then(|| view! { <New what=what has=has form=form error=error/> })}
        </div>
    }
}

/// What it is for, and what comes of changing it: said before.
fn explained(what: What, has: bool, most: Paise) -> String {
    let price = format!(
        "After a change you are signed out everywhere else, for 24 hours at most {} leaves your wallet, there is no second \
         change, and the new one cannot be used to reset your password.",
        most.short()
    );
    match (what, has) {
        (What::Phone, _) => format!("You sign in and are paid by this number. {price}"),
        (What::Email, true) => format!("You can sign in by this address. {price}"),
        (What::Email, false) => {
            "A second name to sign in by, and a second way to a new password. Adding one signs you out everywhere else."
                .to_owned()
        }
    }
}

fn done(what: What, how: &str) -> Option<&'static str> {
    match (what, how) {
        (What::Phone, "changed") => Some("Your phone number is changed."),
        (What::Email, "changed") => Some("Your email address is changed."),
        (What::Email, "added") => Some("Your email address is added."),
        (What::Email, "removed") => Some("Your email address is removed."),
        _ => None,
    }
}

#[component]
fn Done(sentence: &'static str) -> impl IntoView {
    view! {
        <div role="status">
            <Note tone=Tone::Good>
                <p class="font-[620]">{sentence}</p>
                <p class="text-14">"You are signed in here and nowhere else now. For a day it can be undone by a message that we sent to you, also to where it was before."</p>
            </Note>
        </div>
    }
}

/// There was a change, and there is no second one yet.
#[component]
fn Closed(until: jiff::Timestamp, cooling: Option<CoolingOff>) -> impl IntoView {
    let sentence = format!("It can be changed again {}.", Clock::here().within(until));
    view! {
        <div class="grid gap-4">
            <p>{sentence}</p>
            {cooling.map(|cooling| view! { <Cooling cooling=cooling/> })}
        </div>
    }
}

/// That little leaves the wallet, and until when: here and with the limits.
#[component]
pub fn Cooling(
    /// How it stands.
    cooling: CoolingOff,
) -> impl IntoView {
    let (most, left) = (cooling.most.short(), cooling.left.short());
    view! {
        <Note tone=Tone::Held>
            <p class="font-[620]">{format!("At most {most} leaves your wallet until {}.", Clock::here().within(cooling.until))}</p>
            <p class="text-14">
                {format!("Your phone number, email or second step was changed. {left} of it is left; payments that wait count.")}
            </p>
        </Note>
    }
}

#[component]
fn New(what: What, has: bool, form: AddressForm, error: FormError) -> impl IntoView {
    let field = match what {
        What::Phone => view! {
            <Field
                name="phone"
                label="New phone number"
                kind="tel"
                value=form.phone.unwrap_or_default()
                error=error.clone()
                help="An Indian mobile number needs no +91."
                autocomplete="tel"
                inputmode="tel"
                maxlength=32
            />
        }
        .into_any(),
        What::Email => view! {
            <Field
                name="email"
                label="New email"
                kind="email"
                value=form.email.unwrap_or_default()
                error=error.clone()
                autocomplete="email"
            />
        }
        .into_any(),
    };
    let can_go = has && what == What::Email;
    let heading = match (what, has) {
        (What::Phone, _) => "Another number",
        (What::Email, true) => "Another address",
        (What::Email, false) => "Add an address",
    };
    view! {
        <section class="grid gap-4 border-t border-ink pt-4" aria-labelledby="new-title">
            <h2 id="new-title">{heading}</h2>
            <form class="grid gap-6" method="post" action=what.href() novalidate>
                {field}
                <Proof error=error help=PROOF>
                    <div class="flex flex-wrap gap-3">
                        <button class="btn btn-main" type="submit">
                            "Send the codes"
                        </button>
                        {can_go.then(|| {
                            view! {
                                <button class="btn" type="submit" name="remove" value="1">
                                    "Remove the address"
                                </button>
                            }
                        })}
                    </div>
                </Proof>
                {can_go.then(|| {
                    view! {
                        <p class="text-14 text-soft">
                            "To remove it we send a code to it. Then your phone number is the only way to sign in and to a new password."
                        </p>
                    }
                })}
            </form>
        </section>
    }
}
