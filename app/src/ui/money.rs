//! Amounts on the screen: one formatter, the sign spoken, and dots where a person hides them.

use domain::Paise;
use leptos::prelude::*;

use crate::preferences::hides_amounts;

/// How large an amount is set.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Size {
    /// As the text around it.
    #[default]
    Text,
    /// A figure in a column.
    Figure,
    /// Review and receipt: rupees large, paise smaller, one baseline.
    Large,
    /// The balance: the largest thing there is.
    Balance,
}

impl Size {
    const fn class(self) -> &'static str {
        match self {
            Size::Text => "whitespace-nowrap",
            Size::Figure => "whitespace-nowrap font-[560] tracking-[-0.01em]",
            Size::Large => "whitespace-nowrap text-40 font-[620] tracking-[-0.032em]",
            Size::Balance => "whitespace-nowrap text-figure font-[600] tracking-[-0.04em]",
        }
    }
}

/// An amount without a sign: a balance, a price, an attempt.
#[component]
pub fn Money(
    /// How much.
    of: Paise,
    /// How large.
    #[prop(optional)]
    size: Size,
    /// What a person is about to confirm is shown even where amounts are hidden.
    #[prop(optional)]
    always: bool,
) -> impl IntoView {
    if !always && hides_amounts() {
        return hidden(size).into_any();
    }
    let class = size.class();
    if matches!(size, Size::Text | Size::Figure) {
        return view! { <data class=class value=of.get().to_string()>{of.to_string()}</data> }.into_any();
    }
    let sign = of.is_negative().then_some("\u{2212}");
    view! {
        <data class=class value=of.get().to_string()>
            <span aria-hidden="true">
                {sign} <span class="mr-[0.03em] text-[0.78em] font-[450] text-soft">"₹"</span>
                {of.grouped_rupees()}
                <span class="ml-[0.06em] text-[0.5em] font-[520] tracking-[-0.01em] text-soft">
                    "." {of.paise_digits()}
                </span>
            </span>
            <span class="sr-only">{of.to_string()}</span>
        </data>
    }
    .into_any()
}

/// An amount with its sign, for movements: `+` in green, `−` in ink, and both spoken.
#[component]
pub fn Signed(
    /// How much; negative for money that went out.
    of: Paise,
    /// How large.
    #[prop(optional)]
    size: Size,
) -> impl IntoView {
    if hides_amounts() {
        return hidden(size).into_any();
    }
    let colour = if of > Paise::ZERO && size != Size::Text { "text-credit" } else { "" };
    view! {
        <data class=format!("{} {colour}", size.class()) value=of.get().to_string()>
            <span aria-hidden="true">{of.signed()}</span>
            <span class="sr-only">{of.spoken()}</span>
        </data>
    }
    .into_any()
}

/// The amount without its sign.
pub fn magnitude(amount: Paise) -> Paise {
    if amount.is_negative() { Paise::ZERO.checked_sub(amount).unwrap_or_default() } else { amount }
}

/// Dots of one length, so that they do not tell the amount's size.
fn hidden(size: Size) -> impl IntoView {
    view! {
        <span class=format!("{} text-soft", size.class())>
            <span aria-hidden="true">"₹••••••"</span>
            <span class="sr-only">"amount hidden"</span>
        </span>
    }
}
