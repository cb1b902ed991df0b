//! The field for an amount. With script it answers while one types, by the same rules as the server.

use domain::{Amount, AmountError, Paise};
use leptos::{html::Input, prelude::*};

use super::icon::{Glyph, Icon};

/// Label, field, the amount in words or the sentence why it will be refused, and sums to choose from.
#[island]
pub fn AmountField(
    /// As it was typed.
    value: String,
    /// Why the server refused it.
    error: Option<String>,
    /// Said before anything is typed.
    help: String,
    /// The least that is taken.
    least: Paise,
    /// Sums to choose from; without script they are links that fill the form anew.
    offers: Vec<Paise>,
) -> impl IntoView {
    let field = NodeRef::<Input>::new();
    let typed = RwSignal::new(value.clone());
    // A refusal is shown once the field is left, not while somebody is in the middle of a number.
    let (refused, settled) = (RwSignal::new(error), RwSignal::new(false));
    Effect::new(move |_| {
        // What was typed or restored before the script arrived.
        if let Some(input) = field.get() {
            typed.set(input.value());
        }
    });
    let sentence = move || {
        let answer = read(&typed.read(), least);
        match (refused.get(), answer) {
            (Some(server), _) => Err(server),
            (None, Ok(amount)) => Ok(amount.words()),
            (None, Err(AmountError::Empty)) => Ok(help.clone()),
            (None, Err(error)) if settled.get() => Err(error.to_string()),
            (None, Err(_)) => Ok(help.clone()),
        }
    };
    let sentence = Memo::new(move |_| sentence());
    let wrong = move || sentence.read().is_err();
    let change = move |text: String| {
        refused.set(None);
        typed.set(text);
    };
    let offers = offers
        .into_iter()
        .map(|offer| {
            let plain = (offer.get() / 100).to_string();
            let href = format!("?amount={plain}");
            let chosen = move || (read(&typed.read(), least) == Ok(offer)).then_some("true");
            let choose = move |event: leptos::ev::MouseEvent| {
                event.prevent_default();
                if let Some(input) = field.get_untracked() {
                    input.set_value(&plain);
                }
                change(plain.clone());
            };
            view! {
                <a class="chip" href=href aria-current=chosen on:click=choose>
                    {offer.short()}
                </a>
            }
        })
        .collect_view();
    view! {
        <div class="grid gap-4">
            <div class="grid gap-1.5">
                <label class="label" for="amount">
                    "Amount"
                </label>
                <div class="write">
                    <span aria-hidden="true">"₹"</span>
                    <input
                        node_ref=field
                        id="amount"
                        name="amount"
                        type="text"
                        inputmode="decimal"
                        autocomplete="off"
                        maxlength="24"
                        placeholder="0"
                        required
                        value=value
                        aria-invalid=move || wrong().then_some("true")
                        aria-describedby="amount-says"
                        on:input=move |event| change(event_target_value(&event))
                        on:change=move |_| settled.set(true)
                    />
                </div>
                <p id="amount-says" class=move || if wrong() { "err" } else { "help" }>
                    <span class:hidden=move || !wrong()>
                        <Icon of=Glyph::Alert/>
                    </span>
                    <span>{move || sentence.get().unwrap_or_else(|sentence| sentence)}</span>
                </p>
            </div>
            <div class="flex flex-wrap gap-2 empty:hidden">{offers}</div>
        </div>
    }
}

/// What the server will make of it.
fn read(text: &str, least: Paise) -> Result<Paise, AmountError> {
    let amount = Amount::parse(text)?.paise();
    if amount < least { Err(AmountError::BelowLimit { limit: least }) } else { Ok(amount) }
}
