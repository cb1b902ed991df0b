//! What approves a payment, asked for on the page that shows it.

use domain::{Paise, approval::PinState};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::passkey::Button;
use crate::ui::{
    field::Field,
    form::FormError,
    note::{Note, Tone},
};

/// Where the options of a passkey are asked for.
const BY_PASSKEY: &str = "/fn/send/passkey";

/// When somebody is asked, as a sentence.
pub fn announced(above: Paise) -> String {
    match above {
        Paise::ZERO => "You approve every payment.".to_owned(),
        _ => format!("You approve payments above {}.", above.short()),
    }
}

/// By what somebody can approve, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// Above which amount.
    pub above: Paise,
    /// How it stands with the PIN.
    pub pin: PinState,
    /// Whether there is a passkey.
    pub has_passkeys: bool,
}

/// Stands in the form that pays: the field, and the button; beside it, or in its place where there is no PIN that holds, a
/// passkey; and where there is neither, the way to a new PIN.
#[component]
pub fn Ask(
    /// What there is.
    asked: Asked,
    /// The draft's key.
    draft: String,
    /// How much is sent.
    amount: Paise,
    /// Why the form was refused.
    error: FormError,
    /// What follows the field.
    children: Children,
) -> impl IntoView {
    let Asked { above, pin, has_passkeys } = asked;
    if pin != PinState::Set && !has_passkeys {
        let why = match pin {
            PinState::None => "You have no PIN, and passkeys cannot be used here.",
            _ => "Your PIN holds no longer.",
        };
        let lost = view! {
            <Note tone=Tone::Bad>
                <p class="font-[620]">{format!("{} {why}", announced(above))}</p>
                <p class="text-14">
                    <a href="/settings/approval">"Set a PIN"</a> ", or send less. No money moved."
                </p>
            </Note>
        };
        return lost.into_any();
    }
    let by_passkey = move |class: &'static str| {
        let word = format!("Send {amount} by a passkey");
        // A key is made of what needs no encoding, or is encoded here.
        let say = format!("draft={}", leptos_router::location::Url::escape(&draft));
        view! { <Button does="get" ask=BY_PASSKEY say=say class=class word=word/> }
    };
    if pin != PinState::Set {
        let alone = view! {
            <Note tone=Tone::Plain>
                <p class="font-[620]">{announced(above)}</p>
                <p class="text-14">"Your passkey approves what stands here, and nothing else."</p>
            </Note>
            <p class="hidden text-soft noscript:block">
                    "Browsers ask for passkeys by script alone, and script is off here. Turn it on, or " <a href="/settings/approval">"set a PIN"</a>
                    ". No money moved."
                </p>
            {by_passkey("btn btn-main w-full")}
        };
        return alone.into_any();
    }
    view! {
        <div class="grid gap-4">
            <Note tone=Tone::Plain>
                <p class="font-[620]">{announced(above)}</p>
                <p class="text-14">
                    {if has_passkeys { "Your PIN or a passkey" } else { "Your PIN" }}
                    " approves what stands here, and nothing else."
                </p>
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
        {has_passkeys.then(|| by_passkey("btn w-full"))}
    }
    .into_any()
}
