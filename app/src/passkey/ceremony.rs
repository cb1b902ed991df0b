//! The button that asks the browser for a passkey, and puts its answer into the form that it stands in. Without script there
//! is none: no browser has a form for this.

use leptos::{prelude::*, task::spawn_local};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Element, HtmlElement, HtmlFormElement, HtmlInputElement, RequestInit, Response,
    js_sys::{Function, JSON, Object, Promise, Reflect, encode_uri_component},
};

use super::{Possible, api};
use crate::ui::load::load;

/// Where the options of signing in are asked for.
const SIGN_IN: &str = "/fn/sign_in/passkey";

/// Said where what came is no answer of a function of ours.
const AWAY: &str =
    "This cannot be done just now: the trouble is on our side. No money moved. Try again in a moment.";

/// On the page of signing in; nothing where there can be no passkeys.
#[component]
pub fn SignIn(
    /// Where one was going.
    #[prop(into)]
    next: String,
) -> impl IntoView {
    use_context::<Possible>()?;
    Some(view! {
        <form class="noscript:hidden" method="post" action="/sign-in">
            <input type="hidden" name="next" value=next/>
            <Button does="get" ask=SIGN_IN class="btn w-full" word="Sign in with a passkey"/>
        </form>
    })
}

/// Where the options of a proof are asked for.
const PROVE: &str = "/fn/settings/passkeys/prove";

/// Stands beside the password that is asked for again: a passkey in its place, for whoever has one. The form is sent by its
/// own button.
#[component]
pub fn Prove(
    /// What else stands there for whoever has one: the form's button, where there is none otherwise.
    #[prop(optional)]
    children: Option<ChildrenFn>,
) -> impl IntoView {
    use_context::<Possible>()?;
    Some(load(api::passkeys(), move |passkeys| {
        (!passkeys.is_empty()).then(|| {
            view! {
                <div class="grid gap-4 noscript:hidden">
                    <Button does="get" ask=PROVE into="proof" waits=true class="btn btn-s justify-self-start" word="Use a passkey instead"/>
                    {children.as_ref().map(|children| children())}
                </div>
            }
        })
    }))
}

/// Asks for a passkey, and sends the form that it stands in with the answer.
#[component]
pub fn Button(
    /// `create`, or `get`.
    does: &'static str,
    /// What the browser is told, as JSON, where that is known.
    #[prop(optional, into)]
    options: Option<String>,
    /// Where it is asked for otherwise,
    #[prop(optional, into)]
    ask: Option<String>,
    /// and what is said there, as a form.
    #[prop(optional, into)]
    say: Option<String>,
    /// The field for the answer.
    #[prop(default = "passkey")]
    into: &'static str,
    /// Leaves it to another button to send the form.
    #[prop(optional)]
    waits: bool,
    /// How it looks.
    class: &'static str,
    /// What it says.
    #[prop(into)]
    word: String,
) -> impl IntoView {
    view! {
        <div
            class="grid gap-1.5 noscript:hidden"
            data-ceremony=does
            data-options=options
            data-ask=ask
            data-say=say
            data-waits=waits.then_some("")
        >
            <input type="hidden" name=into/>
            // Until the script is there that makes it do something.
            <button class=format!("{class} disabled:opacity-50") type="button" disabled>
                {word}
            </button>
            <p class="err empty:hidden" role="alert"></p>
            <p class="help empty:hidden" role="status"></p>
            <Ceremonies/>
        </div>
    }
}

/// Lets the buttons of the page ask.
#[island]
fn Ceremonies() -> impl IntoView {
    Effect::new(|_| {
        let Ok(places) = document().query_selector_all("[data-ceremony]") else { return };
        for n in 0..places.length() {
            if let Some(place) = places.get(n).and_then(|node| node.dyn_into::<Element>().ok()) {
                _ = listen(place);
            }
        }
    });
}

fn listen(place: Element) -> Option<()> {
    let button: HtmlElement = place.query_selector("button").ok()??.dyn_into().ok()?;
    if !button.has_attribute("disabled") {
        return None; // another of these has done it
    }
    _ = button.remove_attribute("disabled");
    let (again, back) = (place.clone(), button.clone());
    let came_back = move |event: web_sys::Event| {
        let is_kept = Reflect::get(&event, &"persisted".into()).is_ok_and(|kept| kept.is_truthy());
        if is_kept {
            reset(&again, &back);
        }
    };
    // As long as the page is there, and so is this.
    std::mem::forget(window_event_listener_untyped("pageshow", came_back));
    let pressed = button.clone();
    let listen = Closure::<dyn Fn()>::new(move || {
        let (place, button) = (place.clone(), pressed.clone());
        if button.has_attribute("aria-busy") {
            return;
        }
        _ = button.set_attribute("aria-busy", "true");
        say(&place, "alert", "");
        spawn_local(async move {
            match answer(&place).await {
                Ok(is_sent) if is_sent => return, // busy until the next page is there
                Ok(_) => _ = button.set_attribute("disabled", ""),
                Err(trouble) => say(&place, "alert", &sentence(&trouble)),
            }
            _ = button.remove_attribute("aria-busy");
        });
    });
    _ = button.add_event_listener_with_callback("click", listen.as_ref().unchecked_ref());
    listen.forget();
    Some(())
}

/// As if it had not been pressed, on a page that a browser kept and shows again: its answer was sent, and is one once.
fn reset(place: &Element, button: &HtmlElement) {
    if let Some(field) = field(place) {
        field.set_value("");
    }
    for attribute in ["aria-busy", "disabled"] {
        _ = button.remove_attribute(attribute);
    }
    say(place, "alert", "");
    say(place, "status", "");
}

fn field(place: &Element) -> Option<HtmlInputElement> {
    place.query_selector("input").ok()??.dyn_into().ok()
}

/// Asks the device, and sends the form unless that waits; says whether another page is on its way.
async fn answer(place: &Element) -> Result<bool, JsValue> {
    let does = place.get_attribute("data-ceremony").unwrap_or_default();
    let options = match place.get_attribute("data-options") {
        Some(options) => options,
        None => match fetched(place).await? {
            Some(options) => options,
            None => {
                sign_in()?;
                return Ok(true);
            }
        },
    };
    let parse = if does == "create" { "parseCreationOptionsFromJSON" } else { "parseRequestOptionsFromJSON" };
    let kind = Reflect::get(&window(), &"PublicKeyCredential".into())?;
    let told = Object::new();
    Reflect::set(&told, &"publicKey".into(), &call(&kind, parse, &JSON::parse(&options)?)?)?;
    let credentials = Reflect::get(&window().navigator(), &"credentials".into())?;
    let asked: Promise = call(&credentials, &does, &told)?.dyn_into()?;
    let credential = JsFuture::from(asked).await?;
    // By its own `toJSON`.
    let answer = JSON::stringify(&credential)?.as_string().unwrap_or_default();
    let form = place.closest("form")?.and_then(|form| form.dyn_into::<HtmlFormElement>().ok());
    let (Some(field), Some(form)) = (field(place), form) else { return Err(JsValue::NULL) };
    field.set_value(&answer);
    form.set_no_validate(true); // the answer stands in the place of whatever else it asks for
    if place.has_attribute("data-waits") {
        say(place, "status", "Your passkey has shown that it is you. Go on.");
        return Ok(false);
    }
    form.request_submit()?;
    Ok(true)
}

/// Whose session ended meanwhile signs in, and comes back to this page.
fn sign_in() -> Result<(), JsValue> {
    let location = window().location();
    let here = format!("{}{}", location.pathname()?, location.search()?);
    location.assign(&format!("/sign-in?next={}", encode_uri_component(&here)))
}

/// What the browser is to be told, as the server function of this place answers; `None` where it leads to the page of
/// signing in.
async fn fetched(place: &Element) -> Result<Option<String>, JsValue> {
    let headers = Object::new();
    Reflect::set(&headers, &"accept".into(), &"application/json".into())?;
    Reflect::set(&headers, &"content-type".into(), &"application/x-www-form-urlencoded".into())?;
    let init = RequestInit::new();
    init.set_method("POST");
    init.set_headers(&headers);
    init.set_body(&place.get_attribute("data-say").unwrap_or_default().into());
    let address = place.get_attribute("data-ask").unwrap_or_default();
    let asked = window().fetch_with_str_and_init(&address, &init);
    let response: Response = JsFuture::from(asked).await?.dyn_into()?;
    if response.redirected() {
        return Ok(None);
    }
    let text = JsFuture::from(response.text()?).await?.as_string().unwrap_or_default();
    let said = JSON::parse(&text).map_err(|_| AWAY)?;
    match said.as_string() {
        Some(options) => Ok(Some(options)),
        None => Err(Reflect::get(&said, &"summary".into())?), // it was refused, and says why
    }
}

fn call(on: &JsValue, name: &str, with: &JsValue) -> Result<JsValue, JsValue> {
    Reflect::get(on, &name.into())?.dyn_into::<Function>()?.call1(on, with)
}

fn say(place: &Element, role: &str, sentence: &str) {
    if let Ok(Some(says)) = place.query_selector(&format!("[role={role}]")) {
        says.set_text_content(Some(sentence));
    }
}

/// Why there is no answer (WebAuthn Level 3, 5.1.3 and 5.1.4).
fn sentence(trouble: &JsValue) -> String {
    if let Some(said) = trouble.as_string() {
        return said;
    }
    let name = Reflect::get(trouble, &"name".into()).ok().and_then(|name| name.as_string());
    match name.as_deref() {
        Some("NotAllowedError") => "No passkey was used: it was cancelled, or took too long. Try again.",
        Some("InvalidStateError") => "This device holds a passkey of yours already.",
        Some("SecurityError") => "Passkeys do not work at this address of ours.",
        Some("TypeError") => "This browser cannot use a passkey here, or you are offline.",
        _ => "Your device could not use a passkey. Try again, or go on without one.",
    }
    .to_owned()
}
