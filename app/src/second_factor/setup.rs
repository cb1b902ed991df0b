//! Turning the second step on: first who asks, then the app's first code.

use leptos::prelude::*;

use crate::ui::{confirm::Proof, field::Field, form::FormError};

/// Light around a QR code, in squares of it (ISO/IEC 18004, 9.1).
const QUIET: usize = 4;

/// Nothing is shown yet.
#[component]
pub(super) fn Begin(error: FormError) -> impl IntoView {
    view! {
        <form class="grid gap-4" method="post" action=super::page::HERE novalidate>
            <input type="hidden" name="begin" value="1"/>
            <Proof error=error>
                <button class="btn btn-main justify-self-start" type="submit">
                    "Set up"
                </button>
            </Proof>
            <p class="text-14 text-soft">
                "You need an app for codes on your phone, such as Google Authenticator, Aegis or 2FAS."
            </p>
        </form>
    }
}

/// The secret, and the form for its first code.
#[component]
pub(super) fn Offered(qr: String, side: usize, key: String, error: FormError) -> impl IntoView {
    let whole = side + 2 * QUIET;
    view! {
        <section class="grid gap-4 border-t border-ink pt-4" aria-labelledby="scan-title">
            <h2 id="scan-title">"1. Add OKANE to your app"</h2>
            <p class="text-soft">"Scan this with the app, or type the key below it. It is shown for ten minutes, in this browser alone."</p>
            // Dark on light in both themes: not every camera reads the other.
            <svg
                class="h-auto w-52 rounded-ctl border border-line"
                viewBox=format!("-{QUIET} -{QUIET} {whole} {whole}")
                role="img"
                aria-label="QR code of the key"
                shape-rendering="crispEdges"
            >
                <rect x=format!("-{QUIET}") y=format!("-{QUIET}") width=whole.to_string() height=whole.to_string() fill="#ffffff"></rect>
                <path d=qr fill="#1b1a17"></path>
            </svg>
            <p class="grid gap-0.5">
                <span class="text-14 text-soft">"Key"</span>
                <code class="ref whitespace-normal" data-key>{key}</code>
            </p>
        </section>
        <section class="grid gap-4 border-t border-ink pt-4" aria-labelledby="first-title">
            <h2 id="first-title">"2. Enter both codes"</h2>
            <form class="grid gap-4" method="post" action=super::page::HERE novalidate>
                <Field
                    name="code"
                    label="Code"
                    value=""
                    error=error.clone()
                    help="The six digits that your app shows."
                    autocomplete="off"
                    inputmode="numeric"
                    maxlength=16
                />
                <Field
                    name="sent"
                    label="Code from your phone number"
                    value=""
                    error=error
                    help="We sent it to your number: whoever knows your password alone turns nothing on."
                    autocomplete="one-time-code"
                    inputmode="numeric"
                    maxlength=16
                />
                <div class="flex flex-wrap gap-3">
                    <button class="btn btn-main" type="submit" name="turn_on" value="1">
                        "Turn on"
                    </button>
                    <button class="btn" type="submit" name="again" value="1">
                        "Send a new code"
                    </button>
                </div>
                <p class="text-14 text-soft">
                    "Turning it on signs you out everywhere else. From then on, keep the recovery codes that you are shown: without the app and without them it takes days to get into your wallet again."
                </p>
            </form>
        </section>
    }
}
