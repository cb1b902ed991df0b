//! The figures and facts of a receipt.

use domain::{
    Paise,
    view::{Counterparty, Receipt, TransferStatus},
};
use leptos::prelude::*;

use crate::ui::{
    money::{Money, Signed, Size},
    movement::other_side,
};

/// Double entry, as it is in the ledger: what one side loses the other gains. What waits lies between them,
/// and nothing final stands under it.
#[component]
pub(super) fn BothSides(
    /// Of what; posted or set aside.
    receipt: Receipt,
) -> impl IntoView {
    let settled = receipt.status == TransferStatus::Posted;
    let other = match &receipt.counterparty {
        Counterparty::Person(person) if !settled => format!("Held for {}", person.name),
        Counterparty::Person(person) => format!("{}’s wallet", person.name),
        Counterparty::Bank(bank) => bank.to_string(),
        Counterparty::Okane => "OKANE, promotions".to_owned(),
    };
    let theirs = Paise::ZERO.checked_sub(receipt.amount).unwrap_or_default();
    let sum = receipt.amount.checked_add(theirs).unwrap_or_default();
    let row = |account: String, change: Paise| {
        view! {
            <tr class="border-b border-line">
                <th class="py-3 pr-2" scope="row">
                    {account}
                </th>
                <td class="py-3 text-end">
                    <Signed of=change size=Size::Figure/>
                </td>
            </tr>
        }
    };
    let ours = row((if settled { "Your wallet" } else { "You can spend" }).to_owned(), receipt.amount);
    let theirs = row(other, theirs);
    let (first, second) = if receipt.amount.is_negative() { (ours, theirs) } else { (theirs, ours) };
    view! {
        <section class="grid gap-3 border-t border-line pt-6 print:pt-3" aria-labelledby="sides">
            <h2 id="sides">{if settled { "Both sides" } else { "Where it is" }}</h2>
            <table class="w-full border-collapse">
                <thead class="border-b border-ink text-13 text-soft">
                    <tr>
                        <th class="py-2" scope="col">
                            "Account"
                        </th>
                        <th class="py-2 text-end" scope="col">
                            "Change"
                        </th>
                    </tr>
                </thead>
                <tbody>{first} {second}</tbody>
                <tfoot>
                    <tr class=if settled { "sum font-semibold" } else { "font-semibold" }>
                        <th class="py-3 font-semibold" scope="row">
                            "Sum"
                        </th>
                        <td class="py-3 text-end">{sum.to_string()}</td>
                    </tr>
                </tfoot>
            </table>
        </section>
    }
}

/// Who, what for, what it cost, and under which reference it is known.
#[component]
pub(super) fn Details(
    /// Of what.
    receipt: Receipt,
) -> impl IntoView {
    let sent = receipt.amount.is_negative();
    let phone = match &receipt.counterparty {
        Counterparty::Person(person) => Some(person.phone.clone()),
        Counterparty::Bank(_) | Counterparty::Okane => None,
    };
    let other = other_side(&receipt.counterparty);
    let other = match &receipt.counterparty {
        Counterparty::Person(person) => {
            view! { <a href=format!("/people/{}", person.id)>{other}</a> }.into_any()
        }
        Counterparty::Bank(_) | Counterparty::Okane => other.into_any(),
    };
    let note = receipt.note.as_str().to_owned();
    view! {
        <section class="grid gap-3 border-t border-line pt-6 print:pt-3" aria-labelledby="details">
            <h2 id="details">"Details"</h2>
            <dl class="facts">
                <div>
                    <dt>{if sent { "To" } else { "From" }}</dt>
                    <dd>
                        {other}
                        {phone.map(|phone| view! { <span class="block text-14 text-soft">{phone}</span> })}
                    </dd>
                </div>
                {(!note.is_empty())
                    .then(|| {
                        view! {
                            <div>
                                <dt>"Note"</dt>
                                <dd>{note}</dd>
                            </div>
                        }
                    })}
                {sent
                    .then(|| {
                        view! {
                            <div>
                                <dt>"Fee"</dt>
                                <dd>{Paise::ZERO.to_string()}</dd>
                            </div>
                        }
                    })}
                {receipt
                    .balance_after
                    .map(|balance| {
                        view! {
                            <div>
                                <dt>"Balance after"</dt>
                                <dd>
                                    <Money of=balance size=Size::Figure/>
                                </dd>
                            </div>
                        }
                    })}
                <div>
                    <dt>"Reference"</dt>
                    <dd class="ref">{receipt.reference}</dd>
                </div>
            </dl>
        </section>
    }
}
