//! Sending a picture, and taking it away.

use leptos::prelude::*;

use super::page::HERE;
use crate::ui::{
    field::{Sentence, described_by},
    form::FormError,
};

/// A form of its own, as it carries a file.
#[component]
pub(super) fn Picture(
    /// One is shown, and can be taken away.
    has: bool,
    /// Why a file was refused.
    error: FormError,
) -> impl IntoView {
    let sentence = error.of("picture").map(str::to_owned);
    view! {
        <section class="grid gap-4 border-t border-ink pt-4" aria-labelledby="picture-title">
            <h2 id="picture-title">"Your picture"</h2>
            <form
                class="grid gap-4"
                method="post"
                action="/settings/profile/picture"
                enctype="multipart/form-data"
                novalidate
            >
                <div class="grid min-w-0 gap-1.5">
                    <label class="label" for="picture">
                        "Picture"
                    </label>
                    <input
                        class="in file"
                        id="picture"
                        name="picture"
                        type="file"
                        accept="image/jpeg,image/png,image/webp"
                        required
                        aria-invalid=sentence.is_some().then_some("true")
                        aria-describedby=described_by("picture", sentence.is_some(), true)
                    />
                    <Sentence of="picture" text=sentence/>
                    <p class="help" id="picture-help">
                        "JPEG, PNG or WebP, at most 5 MB. It is cut square and made small. Where and when it was taken is not kept."
                    </p>
                </div>
                <div class="flex flex-wrap gap-3">
                    <button class="btn" type="submit">
                        "Save"
                        <span class="sr-only">" the picture"</span>
                    </button>
                    {has
                        .then(|| {
                            view! {
                                <button class="btn btn-text" type="submit" form="remove-picture">
                                    "Remove the picture"
                                </button>
                            }
                        })}
                </div>
            </form>
            {has
                .then(|| {
                    view! {
                        <form class="hidden" id="remove-picture" method="post" action=HERE>
                            <input type="hidden" name="remove_picture" value="1"/>
                        </form>
                    }
                })}
        </section>
    }
}
