//! The PIN, asked for on the page that shows what it approves.

use domain::{Paise, approval::PinState};
use leptos::prelude::*;

use crate::ui::{
    field::Field,
    form::FormError,
    note::{Note, Tone},
};

/// When somebody is asked, as a sentence.
pub fn announced(above: Paise) -> String {
    match above {
        Paise::ZERO => "You approve every payment.".to_owned(),
        _ => format!("You approve payments above {}.", above.short()),
    }
}

/// Stands in the form that pays: the field, and the button; or, where the PIN holds no longer, the way to a new one.
#[component]
pub fn Ask(
    /// Above which amount payments are approved.
    above: Paise,
    /// How it stands with the PIN.
    pin: PinState,
    /// Why the form was refused.
    error: FormError,
    /// What follows the field.
    children: Children,
) -> impl IntoView {
    if pin != PinState::Set {
        let lost = view! {
            <Note tone=Tone::Bad>
                <p class="font-[620]">{format!("{} Your PIN holds no longer.", announced(above))}</p>
                <p class="text-14">
                    <a href="/settings/approval">"Set a new PIN"</a> ", or send less. No money moved."
                </p>
            </Note>
        };
        return lost.into_any();
    }
    view! {
        <div class="grid gap-4">
            <Note tone=Tone::Plain>
                <p class="font-[620]">{announced(above)}</p>
                <p class="text-14">"Your PIN approves what stands here, and nothing else."</p>
            </Note>
            <Field
                name="pin"
                label="Your PIN"
                kind="password"
                value=""
                error=error
                inputmode="numeric"
                maxlength=12
            />
        </div>
        {children()}
    }
    .into_any()
}
