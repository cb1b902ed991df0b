//! Where one is signed in.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::{EndForm, Session, api};
use crate::ui::{
    confirm::Confirm,
    field::Refused,
    form::{FormError, submitted},
    layout::{Place, Private, SettingsTabs},
    load::load,
    note::{Note, Tone},
    time::{Detail, Time},
};

/// `/settings/sessions`
#[component]
pub fn SessionsPage() -> impl IntoView {
    let (form, error) = match submitted::<EndForm>() {
        Some(refused) => (refused.form, refused.error),
        None => (EndForm::default(), FormError::default()),
    };
    let ended = use_query_map().read_untracked().get("ended").filter(|_| error == FormError::default());
    view! {
        <Title text="Sessions"/>
        <Private at=Place::Settings>
            {load(
                api::sessions(),
                move |sessions| {
                    view! {
                        <SessionsView sessions=sessions form=form.clone() error=error.clone() ended=ended.clone()/>
                    }
                },
            )}
        </Private>
    }
}

#[component]
fn SessionsView(
    sessions: Vec<Session>,
    form: EndForm,
    error: FormError,
    ended: Option<String>,
) -> impl IntoView {
    let are_others = sessions.iter().any(|session| !session.is_this);
    view! {
        <div class="grid max-w-[35rem] gap-8">
            <SettingsTabs/>
            <div class="grid gap-2">
                <h1>"Sessions"</h1>
                <p class="text-soft">
                    "Where you are signed in. Two hours without use end a session, and so do twelve hours in any case. One that you do not know is somebody else’s: end it, "
                    <a href="/settings/password">"change your password"</a>", and freeze your wallet."
                </p>
            </div>
            <Refused error=error.clone() outcome="No session was ended." fields=&[("confirm", "Your password")]/>
            <Again form=form error=error/>
            {ended.map(|which| view! { <Ended which=which/> })}
            <ul class="border-t border-ink">
                {sessions.into_iter().map(|session| view! { <Row session=session/> }).collect_view()}
            </ul>
            {are_others.then(|| view! { <Others/> })}
        </div>
    }
}

/// What was asked for, once more, with the password.
#[component]
fn Again(form: EndForm, error: FormError) -> impl IntoView {
    error.of("confirm")?;
    let word = if form.others.is_some() { "End all other sessions" } else { "End this session" };
    Some(view! {
        <form class="grid gap-4" method="post" action="/settings/sessions" novalidate>
            {form.end.map(|name| view! { <input type="hidden" name="end" value=name/> })}
            {form.others.map(|others| view! { <input type="hidden" name="others" value=others/> })}
            <Confirm error=error/>
            <button class="btn btn-main justify-self-start" type="submit">
                {word}
            </button>
        </form>
    })
}

#[component]
fn Ended(which: String) -> impl IntoView {
    let sentence = match which.as_str() {
        "others" => "You are signed in here and nowhere else now.",
        _ => "That session is over. Whoever used it is signed out.",
    };
    view! {
        <div role="status">
            <Note tone=Tone::Good>
                <p class="font-[620]">{sentence}</p>
            </Note>
        </div>
    }
}

#[component]
fn Row(session: Session) -> impl IntoView {
    let device = session.device.unwrap_or_else(|| "A device we did not note".to_owned());
    let has_moved = session.network != session.last_network;
    let also = session.also_network.filter(|also| Some(also) != session.network.as_ref());
    let also =
        also.map(|also| view! { <p class="text-14 font-[620]">{format!("Also used from {also}")}</p> });
    let from = |network: Option<String>| network.map(|network| format!(" from {network}"));
    let end = (!session.is_this).then(|| {
        view! {
            <form method="post" action="/settings/sessions">
                <input type="hidden" name="end" value=session.name.to_string()/>
                <button class="btn btn-s" type="submit">
                    "End" <span class="sr-only">{format!(" the session of {device}")}</span>
                </button>
            </form>
        }
    });
    view! {
        <li class="grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-4 gap-y-1 border-b border-line py-4">
            <div class="grid gap-0.5">
                <p class="font-[620]">
                    {device.clone()}
                    {session.is_this.then(|| view! { <span class="font-normal text-soft">" · this one"</span> })}
                </p>
                <p class=if has_moved { "text-14 font-[620]" } else { "text-14 text-soft" }>
                    "Last used " <Time at=session.last_use show=Detail::Within/> {from(session.last_network)}
                </p>
                {also}
                <p class="text-14 text-soft">
                    "Signed in " <Time at=session.since show=Detail::Within/> {from(session.network)}
                </p>
            </div>
            {end}
        </li>
    }
}

#[component]
fn Others() -> impl IntoView {
    view! {
        <form method="post" action="/settings/sessions">
            <input type="hidden" name="others" value="1"/>
            <button class="btn justify-self-start" type="submit">
                "End all other sessions"
            </button>
        </form>
    }
}
