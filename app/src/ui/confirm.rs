//! The password, or a passkey in its place, asked for again on the page where one is.

use leptos::prelude::*;

use super::{
    field::Field,
    form::{AWAY, FormError},
    note::{Note, Tone},
};
use crate::google::{Again, ByGoogle};
use crate::passkey::Prove;

/// Given to a page whose session was left alone.
#[derive(Debug, Clone, Copy)]
pub struct Away;

/// Stands in a form and asks for the password, where it was refused for want of it, or will be.
#[component]
pub fn Confirm(
    /// Why the form was refused.
    error: FormError,
    /// Only where it was refused: on a page of several forms.
    #[prop(optional)]
    when_refused: bool,
) -> impl IntoView {
    let refused = error.of("confirm").is_some();
    let expected = !when_refused && use_context::<Away>().is_some();
    if !refused && !expected {
        return None;
    }
    let by_google = use_context::<ByGoogle>();
    if by_google == Some(ByGoogle { is_fresh: true }) && refused && !error.is_away() {
        return Some(view! { <CodeToo error=error/> }.into_any());
    }
    if by_google.is_some() {
        let again = view! {
            <Again>"This page was not used for a while. Your session was begun with Google: continue there, and fill this in when you are back."</Again>
            <Prove/>
        };
        return Some(again.into_any());
    }
    // Its first asking is no mistake of anybody's.
    let wrong = if error.is_away() { FormError::default() } else { error };
    Some(view! {
        <div class="grid gap-4" role=refused.then_some("alert") tabindex="-1" autofocus=refused>
            <Note tone=Tone::Plain>
                <p class="font-[620]">"Is it still you?"</p>
                <p class="text-14">{AWAY}</p>
            </Note>
            <Field name="confirm" label="Your password" kind="password" value="" error=wrong autocomplete="current-password"/>
            <Prove/>
        </div>
    }
    .into_any())
}

/// Stands in a form that asks anew who is there in any case: the password and the button, or, of a session that was begun
/// with Google, the button once its owner has just been there again (and a code, where a second step is on), and until then the way there. Whoever has a passkey may
/// use that in the place of either.
#[component]
pub fn Proof(
    /// Why the form was refused.
    error: FormError,
    /// Said before failing.
    #[prop(optional, into)]
    help: Option<String>,
    /// The button.
    children: ChildrenFn,
) -> impl IntoView {
    match use_context::<ByGoogle>() {
        Some(ByGoogle { is_fresh: true }) => {
            // Where a second step is on, the first press is told so.
            let code = error.of("confirm").is_some().then(|| view! { <CodeToo error=error.clone()/> });
            view! {
                <p class="help">{help}</p>
                {code}
                {children()}
            }
            .into_any()
        }
        Some(ByGoogle { is_fresh: false }) => {
            let sentence = "Show once more that it is you: continue with Google, and you come back here.";
            view! {
                <Again>{sentence}</Again>
                <Prove>{children()}</Prove>
            }
            .into_any()
        }
        None => view! {
            <Field
                name="confirm"
                label="Your password"
                kind="password"
                value=""
                error=error
                help=help.unwrap_or_default()
                autocomplete="current-password"
            />
            <Prove/>
            {children()}
        }
        .into_any(),
    }
}

/// In the place of a password that there is not: a code, or a recovery code, of whoever has a second step.
#[component]
fn CodeToo(error: FormError) -> impl IntoView {
    view! {
        <Field
            name="confirm"
            label="Code from your app"
            value=""
            error=error
            help="Or a recovery code. Your second step is on, and Google alone is one step."
            autocomplete="one-time-code"
            maxlength=32
        />
    }
}
