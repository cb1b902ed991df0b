//! The field for an amount. With script it answers while one types, by the same rules as the server.

use std::{cell::Cell, rc::Rc};

use domain::{Amount, AmountError, Paise};
use leptos::prelude::*;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Element, Event, HtmlInputElement};

use super::icon::{Glyph, Icon};

/// Label, field, the amount in words or the sentence why it will be refused, and sums to choose from.
#[component]
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
    let typed = read(&value, least);
    let wrong = error.is_some();
    let sentence = error.unwrap_or_else(|| match typed {
        Ok(amount) => amount.words(),
        Err(_) => help.clone(),
    });
    let offers = offers
        .into_iter()
        .map(|offer| {
            let href = format!("?amount={}", offer.get() / 100);
            let chosen = (typed == Ok(offer)).then_some("true");
            view! {
                <a class="chip" href=href aria-current=chosen data-paise=offer.get().to_string()>
                    {offer.short()}
                </a>
            }
        })
        .collect_view();
    view! {
        <div class="grid gap-4" data-amount>
            <div class="grid gap-1.5">
                <label class="label" for="amount">
                    "Amount"
                </label>
                <div class="write">
                    <span aria-hidden="true">"₹"</span>
                    <input
                        id="amount"
                        name="amount"
                        type="text"
                        inputmode="decimal"
                        autocomplete="off"
                        maxlength="24"
                        placeholder="0"
                        required
                        value=value
                        aria-invalid=wrong.then_some("true")
                        aria-describedby="amount-says"
                    />
                </div>
                <p
                    id="amount-says"
                    class=if wrong { "err" } else { "help" }
                    data-help=help
                    data-least=least.get().to_string()
                >
                    <span class:hidden=!wrong>
                        <Icon of=Glyph::Alert/>
                    </span>
                    <span>{sentence}</span>
                </p>
            </div>
            <div class="flex flex-wrap gap-2 empty:hidden">{offers}</div>
            <AmountWords/>
        </div>
    }
}

/// What the server will make of it.
fn read(text: &str, least: Paise) -> Result<Paise, AmountError> {
    let amount = Amount::parse(text)?.paise();
    if amount < least { Err(AmountError::BelowLimit { limit: least }) } else { Ok(amount) }
}

/// Answers while one types into the field that it stands beside, and lets a sum be chosen at once.
#[island]
fn AmountWords() -> impl IntoView {
    Effect::new(|_| {
        if let Some(words) = Words::find() {
            words.listen();
        }
    });
}

/// The field, and the place where it is answered.
#[derive(Clone)]
struct Words {
    field: HtmlInputElement,
    says: Element,
    offers: Vec<Element>,
    help: String,
    least: Paise,
    /// A refusal is shown once the field was left, not while somebody is in the middle of a number.
    settled: Rc<Cell<bool>>,
}

impl Words {
    fn find() -> Option<Words> {
        let place = document().query_selector("[data-amount]").ok()??;
        let field = place.query_selector("input").ok()??.dyn_into().ok()?;
        let says = place.query_selector("[data-help]").ok()??;
        let least = says.get_attribute("data-least")?.parse().map(Paise::new).ok()?;
        let chips = place.query_selector_all("[data-paise]").ok()?;
        let offers = (0..chips.length()).filter_map(|n| chips.get(n)?.dyn_into().ok()).collect();
        let help = says.get_attribute("data-help")?;
        Some(Words { field, says, offers, help, least, settled: Rc::default() })
    }

    fn listen(self) {
        // What was typed or restored before the script arrived. The server's refusal stays until another is typed.
        if self.says.class_name() != "err" {
            self.answer();
        }
        let words = self.clone();
        on(&self.field, "input", move |_| words.answer());
        let words = self.clone();
        on(&self.field, "change", move |_| {
            words.settled.set(true);
            words.answer();
        });
        for offer in &self.offers {
            let (words, paise) = (self.clone(), paise(offer));
            on(offer, "click", move |event| {
                event.prevent_default();
                words.field.set_value(&(paise / 100).to_string());
                words.answer();
            });
        }
    }

    /// The amount in words, or why it will be refused.
    fn answer(&self) {
        let typed = read(&self.field.value(), self.least);
        let (class, sentence) = match typed {
            Ok(amount) => ("help", amount.words()),
            Err(error) if self.settled.get() && error != AmountError::Empty => ("err", error.to_string()),
            Err(_) => ("help", self.help.clone()),
        };
        let is_wrong = class == "err";
        self.says.set_class_name(class);
        mark(&self.field, "aria-invalid", is_wrong);
        if let Some(icon) = self.says.first_element_child() {
            icon.set_class_name(if is_wrong { "" } else { "hidden" });
        }
        if let Some(place) = self.says.last_element_child() {
            place.set_text_content(Some(&sentence));
        }
        for offer in &self.offers {
            mark(offer, "aria-current", typed.as_ref().is_ok_and(|typed| typed.get() == paise(offer)));
        }
    }
}

fn mark(element: &Element, attribute: &str, is_so: bool) {
    _ = if is_so { element.set_attribute(attribute, "true") } else { element.remove_attribute(attribute) };
}

/// The sum that a chip offers.
fn paise(offer: &Element) -> i64 {
    offer.get_attribute("data-paise").and_then(|paise| paise.parse().ok()).unwrap_or(0)
}

/// Listens as long as the page is there.
fn on(target: &web_sys::EventTarget, name: &str, listen: impl Fn(Event) + 'static) {
    let listen = Closure::<dyn Fn(Event)>::new(listen);
    _ = target.add_event_listener_with_callback(name, listen.as_ref().unchecked_ref());
    listen.forget();
}
