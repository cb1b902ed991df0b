//! The profile: what others see of one, a form to change each, and how one likes to see things.

use domain::{Handle, view::Profile};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::{ProfileForm, api, picture::Picture};
use crate::ui::{
    appearance::{HideAmounts, ThemeChoice},
    field::{Field, Refused},
    form::{FormError, submitted},
    layout::{Place, Private, SettingsTabs},
    load::load,
    note::{Note, Tone},
    person::Disc,
};

const FIELDS: &[(&str, &str)] = &[("picture", "Picture"), ("name", "Name"), ("handle", "Handle")];
/// Where its forms lead to.
pub(super) const HERE: &str = "/settings/profile";

/// `/settings/profile`
#[component]
pub fn ProfilePage() -> impl IntoView {
    let (form, error) = match submitted::<ProfileForm>() {
        Some(refused) => (refused.form, refused.error),
        None => (ProfileForm::default(), FormError::default()),
    };
    let changed = use_query_map().read_untracked().get("changed").filter(|_| error == FormError::default());
    view! {
        <Title text="Profile"/>
        <Private at=Place::Settings>
            {load(
                api::profile(),
                move |profile| {
                    let (form, error) = (form.clone(), error.clone());
                    view! { <ProfileView profile=profile form=form error=error changed=changed.clone()/> }
                },
            )}
        </Private>
    }
}

#[component]
fn ProfileView(
    profile: Profile,
    form: ProfileForm,
    error: FormError,
    changed: Option<String>,
) -> impl IntoView {
    let name = form.name.unwrap_or_else(|| profile.name.clone());
    let handle = form.handle.unwrap_or_default();
    let (picture_error, name_error, handle_error) = (error.clone(), error.clone(), error.clone());
    view! {
        <div class="grid max-w-[35rem] gap-8">
            <SettingsTabs/>
            <div data-live="me">
                <Head profile=profile.clone()/>
            </div>
            <Refused error=error outcome="Nothing was changed." fields=FIELDS/>
            {changed.and_then(|what| done(&what, &profile)).map(|sentence| view! { <Done sentence=sentence/> })}
            <Picture has=profile.picture.is_some() error=picture_error/>
            <Name typed=name error=name_error/>
            <HandleSection own=profile.handle.clone() typed=handle error=handle_error/>
            <Reached profile=profile/>
            <Appearance/>
        </div>
    }
}

#[component]
fn Head(profile: Profile) -> impl IntoView {
    view! {
        <header class="grid grid-cols-[auto_minmax(0,1fr)] items-center gap-4">
            <Disc of=profile.id name=profile.name.clone() picture=profile.picture large=true/>
            <div>
                <h1>{profile.name}</h1>
                <p class="text-14 empty:hidden">{profile.handle.map(|handle| handle.to_string())}</p>
                <p class="text-14 text-soft">"As others see you"</p>
            </div>
        </header>
    }
}

/// What was changed, in a sentence.
fn done(what: &str, profile: &Profile) -> Option<String> {
    match what {
        "name" => Some(format!("Your name is {} now, on past payments too.", profile.name)),
        "handle" => profile
            .handle
            .as_ref()
            .map(|handle| format!("Your handle is {handle}. People can pay you by it.")),
        "picture" if profile.picture.is_some() => {
            Some("This is your picture now. Whoever you deal with sees it.".to_owned())
        }
        "picture" => Some("Your picture is removed. Others see your initials.".to_owned()),
        _ => None,
    }
}

#[component]
fn Done(sentence: String) -> impl IntoView {
    view! {
        <div role="status">
            <Note tone=Tone::Good>
                <p class="font-[620]">{sentence}</p>
            </Note>
        </div>
    }
}

#[component]
fn Name(typed: String, error: FormError) -> impl IntoView {
    view! {
        <section class="grid gap-4 border-t border-ink pt-4" aria-labelledby="name-title">
            <h2 id="name-title">"Your name"</h2>
            <form class="one-line" method="post" action=HERE novalidate>
                <Field
                    name="name"
                    label="Full name"
                    value=typed
                    error=error
                    help="Shown to whoever pays you, before they pay."
                    autocomplete="name"
                    maxlength=80
                />
                <button class="btn mt-[26px]" type="submit">
                    "Change"
                    <span class="sr-only">" the name"</span>
                </button>
            </form>
        </section>
    }
}

#[component]
fn HandleSection(own: Option<Handle>, typed: String, error: FormError) -> impl IntoView {
    let inside = match own {
        Some(handle) => view! {
            <p class="font-[620]">{handle.to_string()}</p>
            <p class="text-14 text-soft">"It is yours for good: money that is sent to it comes to you and to nobody after you."</p>
        }
        .into_any(),
        None => view! {
            <form class="one-line" method="post" action=HERE novalidate>
                <Field
                    name="handle"
                    label="Handle"
                    value=typed
                    error=error
                    help="3 to 20 characters: letters from a to z, digits and _. You choose it once."
                    maxlength=21
                />
                <button class="btn mt-[26px]" type="submit">
                    "Choose"
                    <span class="sr-only">" this handle"</span>
                </button>
            </form>
        }
        .into_any(),
    };
    view! {
        <section class="grid gap-2 border-t border-ink pt-4" aria-labelledby="handle-title">
            <h2 class="mb-2" id="handle-title">
                "Your handle"
            </h2>
            {inside}
        </section>
    }
}

/// Where one is reached; changed elsewhere, once it is proven that both are one's own.
#[component]
fn Reached(profile: Profile) -> impl IntoView {
    let (email, change) = match profile.email {
        Some(email) => (email, "Change"),
        None => ("None".to_owned(), "Add"),
    };
    view! {
        <section class="grid gap-4 border-t border-ink pt-4" aria-labelledby="reached">
            <h2 id="reached">"Phone and email"</h2>
            <dl class="facts">
                <div>
                    <dt>"Phone number"</dt>
                    <dd>
                        <span class="whitespace-nowrap">{profile.phone}</span> " " <a href="/settings/phone">"Change" <span class="sr-only">" the number"</span></a>
                    </dd>
                </div>
                <div>
                    <dt>"Email"</dt>
                    <dd class="break-words">
                        {email} " " <a href="/settings/email">{change} <span class="sr-only">" the email"</span></a>
                    </dd>
                </div>
            </dl>
            <p class="text-14 text-soft">"You sign in with these. Others see your number with its middle hidden, and never your email."</p>
            <p class="text-14"><a href="/settings/notices">"What happened to your account lately"</a></p>
        </section>
    }
}

#[component]
fn Appearance() -> impl IntoView {
    view! {
        <section class="grid gap-4 border-t border-ink pt-4" aria-labelledby="appearance">
            <h2 id="appearance">"Appearance in this browser"</h2>
            <div class="max-w-60">
                <ThemeChoice next=HERE.to_owned()/>
            </div>
            <HideAmounts next=HERE.to_owned() in_words=true/>
        </section>
    }
}
