//! How much, and from which bank.

use domain::{Amount, Bank, Paise};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::{AddMoneyForm, api};
use crate::ui::{
    amount::AmountField,
    confirm::Confirm,
    field::{Refused, Sentence, described_by},
    form::{FormError, submitted},
    layout::{Place, Private},
    load::load,
};

/// Sums that are one tap away.
const OFFERS: [Paise; 4] =
    [Paise::new(500_00), Paise::new(1_000_00), Paise::new(5_000_00), Paise::new(10_000_00)];

/// What happens after the button.
const WAY: [(&str, &str); 3] = [
    ("You approve it", "On the bank’s own page. We never see how you sign in there."),
    ("The bank confirms", "Until it does, nothing is added and no money has moved."),
    ("It is in your wallet", "Once, with a receipt. You can leave the page meanwhile."),
];

/// `/add-money`
#[component]
pub fn AddMoneyPage() -> impl IntoView {
    let body = match submitted::<AddMoneyForm>() {
        Some(refused) => view! { <AddMoneyView form=refused.form error=refused.error/> }.into_any(),
        None => {
            let asked = use_query_map().read_untracked().get("amount").unwrap_or_default();
            load(api::blank(), move |form| {
                let form = AddMoneyForm { amount: asked.chars().take(24).collect(), ..form };
                view! { <AddMoneyView form=form error=FormError::default()/> }
            })
        }
    };
    view! {
        <Title text="Add money"/>
        <Private at=Place::AddMoney>{body}</Private>
    }
}

#[component]
fn AddMoneyView(form: AddMoneyForm, error: FormError) -> impl IntoView {
    let (least, most) = (Amount::MIN_ON_RAMP.paise(), Amount::MAX.paise());
    view! {
        <div class="grid gap-10 xl:grid-cols-[minmax(0,1fr)_19.5rem] xl:items-start xl:gap-18">
            <form class="grid max-w-[35rem] gap-8" method="post" action="/add-money" novalidate>
                <h1>"Add money"</h1>
                <Refused
                    error=error.clone()
                    outcome="Nothing was asked of the bank. No money moved."
                    fields=&[("amount", "Amount"), ("bank", "Bank"), ("confirm", "Your password")]
                />
                <input type="hidden" name="key" value=form.key/>
                <AmountField
                    value=form.amount
                    error=error.of("amount").map(str::to_owned)
                    help=format!("From {} to {} at a time.", least.short(), most.short())
                    least=least
                    offers=OFFERS.to_vec()
                />
                <BankField chosen=form.bank error=error.clone()/>
                <Confirm error=error/>
                <div class="grid gap-3">
                    <button class="btn btn-main w-full" type="submit">
                        "Continue to bank"
                    </button>
                    <p class="text-14 text-soft">"Until the bank confirms, no money moves."</p>
                </div>
            </form>
            <aside class="grid gap-3" aria-labelledby="way">
                <h2 id="way">"What happens then"</h2>
                <ol class="border-t border-ink">
                    {WAY
                        .map(|(first, then)| {
                            view! {
                                <li class="grid gap-0.5 border-b border-line py-3">
                                    <span class="font-[560]">{first}</span>
                                    <span class="text-14 text-soft">{then}</span>
                                </li>
                            }
                        })
                        .collect_view()}
                </ol>
            </aside>
        </div>
    }
}

#[component]
fn BankField(chosen: String, error: FormError) -> impl IntoView {
    let sentence = error.of("bank").map(str::to_owned);
    let banks = Bank::ALL.map(|bank| {
        let selected = bank.code() == chosen;
        view! {
            <option value=bank.code() selected=selected>
                {bank.to_string()}
            </option>
        }
    });
    view! {
        <div class="grid min-w-0 gap-1.5">
            <label class="label" for="bank">
                "Bank"
            </label>
            <select
                class="in"
                id="bank"
                name="bank"
                required
                aria-invalid=sentence.is_some().then_some("true")
                aria-describedby=described_by("bank", sentence.is_some(), true)
            >
                <option value="">"Choose a bank"</option>
                {banks.collect_view()}
            </select>
            <Sentence of="bank" text=sentence/>
            <p class="help" id="bank-help">
                "You approve the payment on its own page."
            </p>
        </div>
    }
}
