//! The password, asked for again on the page where one is.

use leptos::prelude::*;

use super::{
    field::Field,
    form::{AWAY, FormError},
    note::{Note, Tone},
};

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
    // Its first asking is no mistake of anybody's.
    let wrong = if error.is_away() { FormError::default() } else { error };
    Some(view! {
        <div class="grid gap-4" role=refused.then_some("alert") tabindex="-1" autofocus=refused>
            <Note tone=Tone::Plain>
                <p class="font-[620]">"Is it still you?"</p>
                <p class="text-14">{AWAY}</p>
            </Note>
            <Field name="confirm" label="Your password" kind="password" value="" error=wrong autocomplete="current-password"/>
        </div>
    })
}
