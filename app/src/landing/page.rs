//! The landing page. It tells only what is true today.

use domain::Paise;
use leptos::prelude::*;
use leptos_meta::Title;

use super::DemoAccount;
use crate::ui::{
    layout::Public,
    money::{Money, Size},
    seal::Seal,
};

const TRUTHS: [(&str, &str); 3] = [
    ("No money moved.", "The payment was refused or stopped, with the reason and a reference."),
    ("₹1,250.50 is at your bank.", "A top-up counts once the bank has confirmed it, and not before."),
    ("₹1,250.50 moved.", "It is in the other person’s wallet. The receipt carries the seal."),
];

const STEPS: [(&str, &str); 3] = [
    ("You see who", "The registered name and the masked number, before you confirm."),
    ("You see how much", "In figures and in words, with what you will have left."),
    (
        "You see what happened",
        "A receipt with its time, both sides and your balance, at an address of its own.",
    ),
];

/// `/`
#[component]
pub fn LandingPage() -> impl IntoView {
    let demo = use_context::<DemoAccount>().is_some();
    view! {
        <Title text="Send money and see exactly where it is"/>
        <Public sign_in=true>
            <section class="mx-auto grid max-w-[1200px] gap-10 px-4 pt-10 pb-14 lg:grid-cols-[minmax(0,1.1fr)_minmax(0,25rem)] lg:items-center lg:gap-18 lg:px-10 lg:py-18">
                <div class="grid gap-6">
                    <h1 class="max-w-[12ch] text-hero font-[640] tracking-[-0.04em]">
                        "Send money. See exactly where it is."
                    </h1>
                    <p class="max-w-[34rem] text-18 text-soft">
                        "OKANE is a wallet for India: add money from your bank, send it to a person, and keep a receipt that says what happened, to the second."
                    </p>
                    <Ways demo=demo/>
                </div>
                <ExampleReceipt/>
            </section>
            <Band id="truths" title="Every payment ends in one sentence" rows=TRUTHS/>
            <Band id="steps" title="How a payment goes" rows=STEPS/>
            <footer class="border-t border-line px-4 py-6 text-14 text-soft lg:px-[max(2.5rem,calc((100vw-1200px)/2+2.5rem))]">
                <p>"The money here is simulated. No real bank is connected."</p>
            </footer>
        </Public>
    }
}

#[component]
fn Ways(demo: bool) -> impl IntoView {
    let sign_up = if demo { "btn" } else { "btn btn-main" };
    view! {
        <div class="btns">
            {demo
                .then(|| {
                    view! {
                        <form class="grid" method="post" action="/demo">
                            <button class="btn btn-main" type="submit">
                                "Open the demo account"
                            </button>
                        </form>
                    }
                })}
            <a class=sign_up href="/sign-up">
                "Create an account"
            </a>
        </div>
        {demo
            .then(|| {
                view! {
                    <p class="text-14 text-soft">
                        "The demo is a real account with simulated money. Nothing to fill in."
                    </p>
                }
            })}
    }
}

#[component]
fn ExampleReceipt() -> impl IntoView {
    view! {
        <figure class="slip grid gap-6 overflow-clip shadow-lift rotate-[-0.6deg]" aria-label="An example receipt">
            <div class="grid grid-cols-[minmax(0,1fr)_auto] items-start gap-x-2">
                <div class="grid gap-2">
                    <p class="text-14 text-soft">"An example receipt"</p>
                    <p>
                        <Money of=Paise::new(640_00) size=Size::Large always=true/>
                    </p>
                    <p>"moved to Farhan Qureshi"</p>
                </div>
                <Seal class="stamp size-[84px] -rotate-9 sm:size-28"/>
            </div>
            <dl class="facts">
                <div>
                    <dt>"When"</dt>
                    <dd>"Sat 21 Nov, 20:47"</dd>
                </div>
                <div>
                    <dt>"Note"</dt>
                    <dd>"Dinner"</dd>
                </div>
                <div>
                    <dt>"Reference"</dt>
                    <dd class="ref">"OK-4D8T-71MX"</dd>
                </div>
            </dl>
        </figure>
    }
}

#[component]
fn Band(id: &'static str, title: &'static str, rows: [(&'static str, &'static str); 3]) -> impl IntoView {
    let rows = rows.map(|(first, then)| {
        view! {
            <li class="grid gap-1 border-b border-line py-4 first:border-t first:border-t-ink lg:grid-cols-[minmax(0,2fr)_minmax(0,3fr)] lg:items-baseline lg:gap-6">
                <strong class="text-18 font-[620] tracking-[-0.01em]">{first}</strong>
                <span class="text-soft">{then}</span>
            </li>
        }
    });
    view! {
        <section class="border-t border-line" aria-labelledby=id>
            <div class="mx-auto grid max-w-[1200px] gap-6 px-4 py-10 lg:grid-cols-[minmax(0,1fr)_minmax(0,2fr)] lg:gap-10 lg:px-10 lg:py-14">
                <h2 class="lg:border-t lg:border-ink lg:pt-4" id=id>
                    {title}
                </h2>
                <ul>{rows.collect_view()}</ul>
            </div>
        </section>
    }
}
