//! The last look before money moves: who, how much, what is left.

use domain::{
    Paise, TransferRefusal,
    view::{HoldReason, Outlook},
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{hooks::use_query_map, location::Url};

use super::{ConfirmForm, Review, api};
use crate::approval::Ask;
use crate::ui::{
    confirm::Confirm,
    field::Refused,
    form::{FormError, submitted},
    layout::{Place, Private},
    load::load,
    money::{Money, Size},
    note::{Note, Tone},
    person::Disc,
};

const FIELDS: &[(&str, &str)] = &[("pin", "Your PIN"), ("confirm", "Your password")];

/// `/send/review?draft=…`
#[component]
pub fn ReviewPage() -> impl IntoView {
    let refused = submitted::<ConfirmForm>();
    let asked = use_query_map().read_untracked().get("draft").unwrap_or_default();
    let (draft, error) = match refused {
        Some(refused) if !refused.form.draft.is_empty() => (refused.form.draft, refused.error),
        Some(refused) => (asked, refused.error),
        None => (asked, FormError::default()),
    };
    view! {
        <Title text="Review"/>
        <Private at=Place::Send>
            {load(
                api::review(draft),
                move |review| view! { <ReviewView review=review error=error.clone()/> },
            )}
        </Private>
    }
}

#[component]
fn ReviewView(review: Review, error: FormError) -> impl IntoView {
    let draft = Url::escape(&review.draft);
    let back = format!("/send?draft={draft}");
    view! {
        <form class="grid max-w-[35rem] gap-6" method="post" action=format!("/send/review?draft={draft}")>
            <h1>"Send this?"</h1>
            <Refused error=error.clone() outcome="Nothing was sent. No money moved." fields=FIELDS/>
            <input type="hidden" name="draft" value=review.draft.clone()/>
            <Slip review=review.clone() back=back.clone()/>
            {match (review.outlook.refusal, review.ask) {
                (None, None) => view! { <Last amount=review.amount error=error/> }.into_any(),
                (None, Some(asked)) => view! {
                    <Ask asked=asked draft=review.draft amount=review.amount error=error.clone()>
                        <Last amount=review.amount error=error/>
                    </Ask>
                }
                .into_any(),
                (Some(refusal), _) => view! { <Impossible refusal=refusal/> }.into_any(),
            }}
            <a class="btn btn-text" href=back>
                "Back to the form"
            </a>
        </form>
    }
}

/// The button, and the password before it where the session was left alone.
#[component]
fn Last(amount: Paise, error: FormError) -> impl IntoView {
    view! {
        <Confirm error=error/>
        <button class="btn btn-main w-full" type="submit">
            {format!("Send {amount}")}
        </button>
    }
}

/// Why there is no button, and the way on.
#[component]
fn Impossible(refusal: TransferRefusal) -> impl IntoView {
    let (way, href) = match refusal {
        TransferRefusal::AboveLimit { .. } => ("Look at your limits", "/settings/limits"),
        TransferRefusal::CoolingOff { .. } => ("See what is left and until when", "/settings/limits"),
        TransferRefusal::Frozen => ("Thaw it", "/settings/freeze"),
        _ => ("Add money", "/add-money"),
    };
    view! {
        <Note tone=Tone::Bad>
            <p class="font-[620]">{refusal.to_string()}</p>
            <p class="text-14">
                <a href=href>{way}</a>
                {(refusal != TransferRefusal::Frozen).then_some(", or send less.")}
            </p>
        </Note>
    }
}

#[component]
fn Slip(review: Review, back: String) -> impl IntoView {
    let Review { person, amount, note, outlook, left_after, .. } = review;
    let name = person.name.clone();
    view! {
        <div class="slip grid gap-6">
            <div class="grid gap-2">
                <p>
                    <Money of=amount size=Size::Large always=true/>
                </p>
                <p class="text-14 text-soft">{amount.words()}</p>
            </div>
            <div class="grid gap-4 border-y border-line py-5">
                <div class="grid grid-cols-[auto_minmax(0,1fr)_auto] items-center gap-x-3 gap-y-1">
                    <Disc of=person.id name=name.clone() picture=person.picture/>
                    <div>
                        <p class="leading-[1.35] font-[620]">{person.name}</p>
                        <p class="text-14 text-soft">
                            "Registered name"
                            {person.handle.map(|handle| view! { <span class="block">{handle.to_string()}</span> })}
                            <span class="block whitespace-nowrap">{person.phone}</span>
                        </p>
                    </div>
                    <a class="more" href=back>
                        "Change"
                    </a>
                </div>
                {match (outlook.first_time, outlook.wait) {
                    (true, _) => view! { <FirstTime name=name outlook=outlook/> }.into_any(),
                    (false, Some((seconds, HoldReason::FirstPayment))) => {
                        view! { <StillNew name=name seconds=seconds/> }.into_any()
                    }
                    (false, _) => ().into_any(),
                }}
            </div>
            <Facts note=note left_after=left_after outlook=outlook/>
        </div>
    }
}

/// What is different about a first payment.
#[component]
fn FirstTime(name: String, outlook: Outlook) -> impl IntoView {
    let way_back = match outlook.wait {
        None => "Nobody can take the money back for you.".to_owned(),
        Some((seconds, HoldReason::Undo)) => {
            format!(
                "You can undo this for {}; after that nobody can take the money back for you.",
                span(seconds)
            )
        }
        Some((seconds, HoldReason::FirstPayment)) => format!(
            "It waits up to {}, because it is large. Until it has moved you can cancel it; after that nobody can \
             take the money back for you.",
            span(seconds)
        ),
    };
    view! {
        <Note tone=Tone::Held>
            <p class="font-[620]">{format!("You have not paid {name} before")}</p>
            <p class="text-14">{format!("Check the name with them. {way_back}")}</p>
        </Note>
    }
}

/// Why a large payment waits though it is not the first.
#[component]
fn StillNew(name: String, seconds: u32) -> impl IntoView {
    view! {
        <Note tone=Tone::Held>
            <p class="font-[620]">{format!("You first paid {name} less than {} ago", span(seconds))}</p>
            <p class="text-14">
                {format!(
                    "It waits {}, because it is large. Until it has moved you can cancel it; after that nobody can take \
                     the money back for you.",
                    span(seconds),
                )}
            </p>
        </Note>
    }
}

/// `10 seconds`, `60 minutes`.
fn span(seconds: u32) -> String {
    match seconds {
        1 => "1 second".to_owned(),
        2..120 => format!("{seconds} seconds"),
        _ => format!("{} minutes", seconds.div_ceil(60)),
    }
}

#[component]
fn Facts(note: String, left_after: Paise, outlook: Outlook) -> impl IntoView {
    let arrives = outlook.wait.map(|(seconds, _)| format!("In {}", span(seconds)));
    view! {
        <dl class="facts">
            <div>
                <dt>"From"</dt>
                <dd>"Your wallet"</dd>
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
            <div>
                <dt>"Fee"</dt>
                <dd>{Paise::ZERO.to_string()}</dd>
            </div>
            <div>
                <dt>"Left after"</dt>
                <dd>
                    <Money of=left_after size=Size::Figure/>
                </dd>
            </div>
            <div>
                <dt>"Arrives"</dt>
                <dd>{arrives.unwrap_or_else(|| "At once".to_owned())}</dd>
            </div>
        </dl>
    }
}
