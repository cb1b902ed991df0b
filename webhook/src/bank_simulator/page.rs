//! What the bank's pages look like. Plain forms and one stylesheet; no script, and nothing of OKANE's.
//! Must never show a token.

use domain::Paise;
use jiff::{Timestamp, tz::TimeZone};
use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::{
    bench::Fault,
    brand::Brand,
    payment::{Delivery, Payment, State},
};

const BUILDING: PreEscaped<&str> = PreEscaped(include_str!("bank.svg"));

/// A payment to decide about, or the decision.
pub fn payment(payment: &Payment) -> Markup {
    let title = if payment.state == State::Pending { "Approve a payment" } else { "Payment decided" };
    let main = html! {
        @if payment.state == State::Pending { (pending(payment)) } @else { (decided(payment)) }
    };
    let brand = Brand::of(payment.bank);
    frame(title, &payment.bank.to_string(), &brand, main)
}

/// There is no such payment.
pub fn unknown() -> Markup {
    notice(
        "No such payment",
        "The bank has no payment at this address. Go back to where you came from and start again.",
    )
}

/// The form came without a choice.
pub fn unclear() -> Markup {
    notice(
        "Nothing was decided",
        "The bank did not understand the choice. Go back and press one of the two buttons.",
    )
}

fn notice(title: &str, sentence: &str) -> Markup {
    let brand = Brand { motto: "No branch in particular", ..Brand::of(domain::Bank::Deccan) };
    frame(
        title,
        "Bank simulator",
        &brand,
        html! {
            section.sheet { h1 { (title) } p { (sentence) } }
        },
    )
}

fn frame(title: &str, bank: &str, brand: &Brand, main: Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en-IN" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="robots" content="noindex";
                title { (title) " · " (bank) " (simulator)" }
                link rel="icon" href="/bank.svg" type="image/svg+xml";
                link rel="stylesheet" href="/bank.css";
            }
            body class=(brand.class) {
                div.stripes role="note" { p { "BANK SIMULATOR: no real bank, no real money" } }
                header { div { (BUILDING) p { b { (bank) } span { (brand.motto) } } } }
                main { (main) }
            }
        }
    }
}

fn pending(payment: &Payment) -> Markup {
    html! {
        form #decision.sheet method="post" {
            h1 { "Approve this payment" }
            (facts(payment))
            div.choices {
                button type="submit" name="decide" value="approve" { "Approve payment" }
                button.quiet type="submit" name="decide" value="decline" { "Decline payment" }
            }
            p.small { "After either choice the bank returns you to OKANE. Closing this page leaves the request unanswered." }
        }
        section.sheet.bench aria-labelledby="bench" {
            h2 #bench { "Fault bench" }
            fieldset {
                legend.small { "For developers. Decides how the bank tells OKANE about this payment." }
                @for fault in Fault::ALL {
                    label {
                        input type="radio" name="fault" form="decision" value=(fault.code())
                            checked[fault == Fault::default()];
                        (fault.label())
                    }
                }
            }
        }
    }
}

fn decided(payment: &Payment) -> Markup {
    let word = if payment.state == State::Approved { "approved" } else { "declined" };
    html! {
        section.sheet {
            h1 { "You " (word) " this payment" }
            p { "A payment is decided once. The bank will not ask again." }
            (facts(payment))
            p { a.button href=(payment.return_url) { "Back to OKANE" } }
        }
        section.sheet.bench aria-labelledby="told" {
            h2 #told { "What the bank told OKANE" }
            @if payment.deliveries.is_empty() { p.small { "Nothing so far." } } @else {
                ol { @for delivery in &payment.deliveries { (told(delivery)) } }
            }
        }
    }
}

fn told(delivery: &Delivery) -> Markup {
    html! {
        li {
            (at(delivery.at)) ": "
            @match (delivery.status, &delivery.error) {
                (Some(status), _) => { "answered " (status) },
                (None, Some(error)) => { "no answer, " (error) },
                (None, None) => { "no answer" },
            }
        }
    }
}

fn facts(payment: &Payment) -> Markup {
    let amount = Paise::new(payment.amount_minor);
    html! {
        table {
            tbody {
                tr { th scope="row" { "Amount" }
                    td.big { (payment.currency) " " (amount.grouped_rupees()) "." (amount.paise_digits()) } }
                tr { th scope="row" { "Paid to" } td { "OKANE wallet" } }
                tr { th scope="row" { "Merchant reference" } td { (payment.merchant_reference()) } }
                tr { th scope="row" { "Paid from" } td { (Brand::of(payment.bank).account) } }
                tr { th scope="row" { "Requested" } td { (at(payment.requested_at)) } }
                @if let Some(decided_at) = payment.decided_at {
                    tr { th scope="row" { "Decided" } td { (at(decided_at)) } }
                    tr { th scope="row" { "Bank reference" } td { (payment.bank_reference) } }
                }
            }
        }
    }
}

/// As Indian banks print it; UTC where the zone is not known.
fn at(time: Timestamp) -> Markup {
    let zone = TimeZone::get("Asia/Kolkata").unwrap_or(TimeZone::UTC);
    let printed = time.to_zoned(zone).strftime("%d-%m-%Y %H:%M:%S %Z").to_string();
    html! { time datetime=(time) { (printed) } }
}
