//! How long one's payments can be undone: a choice of four.

use domain::UndoWindow;
use leptos::prelude::*;

use crate::ui::{
    confirm::Confirm,
    field::{Sentence, described_by},
    form::FormError,
    note::{Note, Tone},
};

/// The choice, as it is, and the form to change it.
#[component]
pub(super) fn Undo(
    window: UndoWindow,
    /// What was chosen and refused.
    chosen: Option<String>,
    error: FormError,
    /// It was changed just now.
    changed: bool,
) -> impl IntoView {
    let sentence = error.of("undo").map(str::to_owned);
    let shown = chosen.unwrap_or_else(|| window.seconds().to_string());
    let choices = UndoWindow::ALL.map(|choice| {
        let seconds = choice.seconds().to_string();
        let selected = seconds == shown;
        view! {
            <option value=seconds selected=selected>
                {name(choice)}
            </option>
        }
    });
    view! {
        <section class="grid gap-4 border-t border-ink pt-4" aria-labelledby="undo-title">
            <div class="flex flex-wrap items-baseline justify-between gap-x-4">
                <h2 id="undo-title">"Time to undo"</h2>
                <p class="font-[620]">{name(window)}</p>
            </div>
            {changed.then(|| view! { <Done window=window/> })}
            <form
                class="grid grid-cols-[minmax(0,1fr)_auto] items-start gap-3"
                method="post"
                action="/settings/limits"
                novalidate
            >
                <div class="grid min-w-0 gap-1.5">
                    <label class="label" for="undo">
                        "New time to undo"
                    </label>
                    <select
                        class="in"
                        id="undo"
                        name="undo"
                        aria-invalid=sentence.is_some().then_some("true")
                        aria-describedby=described_by("undo", sentence.is_some(), true)
                    >
                        {choices.collect_view()}
                    </select>
                    <Sentence of="undo" text=sentence/>
                    <p class="help" id="undo-help">
                        "Each payment you send waits so long before it moves. The first one to somebody waits in any case."
                    </p>
                </div>
                <button class="btn mt-[26px]" type="submit">
                    "Change" <span class="sr-only">" the time to undo"</span>
                </button>
                <div class="col-span-2 empty:hidden">
                    <Confirm error=error when_refused=true/>
                </div>
            </form>
        </section>
    }
}

/// What holds from now on.
#[component]
fn Done(window: UndoWindow) -> impl IntoView {
    let sentence = match window {
        UndoWindow::Off => "Payments to people you have paid before move at once now.".to_owned(),
        _ => format!("You can undo each payment for {} now.", name(window)),
    };
    view! {
        <div role="status">
            <Note tone=Tone::Good>
                <p class="font-[620]">{sentence}</p>
            </Note>
        </div>
    }
}

fn name(window: UndoWindow) -> String {
    match window {
        UndoWindow::Off => "Off".to_owned(),
        _ => format!("{} seconds", window.seconds()),
    }
}
