//! A page that is alive: it follows what happens to the wallet, and shows it without being read anew.
//!
//! The server draws everything, here too. When something is new the island fetches the page once more and puts
//! the regions that are marked `data-live` in the place of the old ones; a region that holds parts which are
//! alive themselves carries a `data-state` instead, and a new state shows the whole page anew. Without script the
//! same pages are right when they are loaded.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    time::Duration,
};

use leptos::{prelude::*, task::spawn_local};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Document, DomParser, Element, EventSource, HtmlElement, MessageEvent, Response, SupportedType,
    js_sys::{Array, Date, JSON, Reflect},
};

/// Between two looks at the connection.
const TICK: Duration = Duration::from_secs(2);
/// After so many milliseconds without a sign of life the connection is made anew: the server gives one every 15 s.
const SILENCE: i64 = 40_000;
/// How long an announcement stays.
const STAY: Duration = Duration::from_secs(8);
/// How many milliseconds whoever has set out for another page is not called back to this one.
const WAY: i64 = 10_000;

thread_local! {
    /// When somebody last set out for another page, by a link or a form. What a form changes here comes as news while its
    /// answer is on the way, and showing the page anew would end that.
    static LEFT: Cell<i64> = const { Cell::new(0) };
}

/// What the dot says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Live,
    Reconnecting,
    Offline,
}

impl State {
    const fn parts(self) -> (&'static str, &'static str) {
        match self {
            State::Live => ("live live-on", "Live"),
            State::Reconnecting => ("live live-wait", "Reconnecting"),
            State::Offline => ("live live-off", "Offline"),
        }
    }
}

/// The dot that tells whether the page is alive, and the place where news are announced.
#[island]
pub fn Live() -> impl IntoView {
    let (state, said) = (RwSignal::new(State::Reconnecting), RwSignal::new(String::new()));
    Effect::new(move |_| {
        let line = Line::default();
        line.tick(state, said);
        for name in ["online", "offline"] {
            let line = line.clone();
            _ = window_event_listener_untyped(name, move |_| line.tick(state, said));
        }
        _ = window_event_listener_untyped("beforeunload", |_| LEFT.set(now()));
        let shown = {
            let line = line.clone();
            Closure::<dyn Fn()>::new(move || line.tick(state, said))
        };
        _ = document().add_event_listener_with_callback("visibilitychange", shown.as_ref().unchecked_ref());
        shown.forget(); // as long as the page
        if let Ok(ticking) = set_interval_with_handle(move || line.tick(state, said), TICK) {
            on_cleanup(move || ticking.clear());
        }
    });
    view! {
        <p class=move || state.get().parts().0>
            <i aria-hidden="true"></i>
            <span class="max-md:sr-only">{move || state.get().parts().1}</span>
        </p>
        <div class="toast" class:toast-shown=move || !said.get().is_empty()>
            <p role="status">{said}</p>
            <a href="/activity" class:hidden=move || said.get().is_empty()>"View"</a>
        </div>
    }
}

/// The connection, and how far it has told.
#[derive(Clone, Default)]
struct Line {
    source: Rc<RefCell<Option<EventSource>>>,
    last: Rc<RefCell<String>>,
    heard: Rc<Cell<i64>>,
    /// Something is new that the page does not show yet.
    is_behind: Rc<Cell<bool>>,
    is_drawing: Rc<Cell<bool>>,
}

impl Line {
    /// Sees that there is a connection where one is wanted, and that the dot tells the truth.
    fn tick(&self, state: RwSignal<State>, said: RwSignal<String>) {
        // A browser has six connections for all tabs of a site. One that nobody sees needs none.
        if document().hidden() {
            return self.close();
        }
        let is_silent = now() - self.heard.get() > SILENCE;
        let ready = self.source.borrow().as_ref().map(EventSource::ready_state);
        if is_silent || ready.is_none_or(|ready| ready == EventSource::CLOSED) {
            self.open(state, said);
        }
        let ready = self.source.borrow().as_ref().map(EventSource::ready_state);
        let now = match ready {
            _ if !window().navigator().on_line() => State::Offline,
            Some(EventSource::OPEN) => State::Live,
            _ => State::Reconnecting,
        };
        if state.get_untracked() != now {
            state.set(now);
        }
        if (now == State::Live && self.is_behind.get()) || waits() {
            self.is_behind.set(true);
            self.draw();
        }
    }

    /// Shows what is new. One look at a time, so that an older answer never comes after a newer one; what fails is
    /// tried again at the next tick, because nobody will tell of it twice.
    fn draw(&self) {
        if self.is_drawing.replace(true) {
            return;
        }
        let line = self.clone();
        spawn_local(async move {
            while line.is_behind.replace(false) {
                let shown = show_anew().await;
                reassure(shown.is_ok());
                if shown.is_err() {
                    line.is_behind.set(true);
                    break;
                }
            }
            line.is_drawing.set(false);
        });
    }

    fn close(&self) {
        if let Some(source) = self.source.borrow_mut().take() {
            source.close();
        }
    }

    fn open(&self, state: RwSignal<State>, said: RwSignal<String>) {
        self.close();
        self.heard.set(now());
        let Ok(source) = EventSource::new(&format!("/api/v1/events?since={}", self.last.borrow())) else {
            return;
        };
        let (line, hears) = (self.clone(), source.clone());
        let told = Closure::<dyn Fn(web_sys::Event)>::new(move |event: web_sys::Event| {
            let kind = event.type_();
            if kind != "error" {
                line.heard.set(now());
            }
            match (kind.as_str(), event.dyn_into::<MessageEvent>()) {
                ("change", Ok(message)) => line.change(&message, said),
                ("renewed", _) => line.is_behind.set(true),
                _ => {}
            }
            line.tick(state, said);
        });
        for name in ["open", "error", "beat", "change", "renewed"] {
            _ = hears.add_event_listener_with_callback(name, told.as_ref().unchecked_ref());
        }
        told.forget(); // as long as the connection, of which a page has few
        *self.source.borrow_mut() = Some(source);
    }

    fn change(&self, message: &MessageEvent, said: RwSignal<String>) {
        let is_first = self.last.replace(message.last_event_id()).is_empty();
        let change = message.data().as_string().and_then(|text| JSON::parse(&text).ok()).unwrap_or_default();
        let sentences = Reflect::get(&change, &"sentences".into()).unwrap_or_default();
        let version = Reflect::get(&change, &"version".into()).unwrap_or_default();
        let sentences: Vec<_> = Array::from(&sentences).iter().filter_map(|text| text.as_string()).collect();
        if !sentences.is_empty() {
            said.set(sentences.join(" "));
            set_timeout(move || said.set(String::new()), STAY);
        }
        if !(is_first && shows(&version)) {
            self.is_behind.set(true);
            self.draw();
        }
    }
}

/// Whether this page is about something that is under way, which is looked after whether or not a line tells.
fn waits() -> bool {
    matches!(document().query_selector("[data-waiting]"), Ok(Some(_)))
}

/// Says under what is under way whether there are answers.
fn reassure(is_answered: bool) {
    if let Ok(Some(place)) = document().query_selector("[data-waiting]") {
        let usual = place.get_attribute("data-waiting").unwrap_or_default();
        let sentence =
            if is_answered { usual.as_str() } else { "No answer just now; we keep asking. Nothing is lost." };
        if place.text_content().as_deref() != Some(sentence) {
            place.set_text_content(Some(sentence));
        }
    }
}

/// Milliseconds by the browser's clock.
fn now() -> i64 {
    Date::now() as i64
}

/// Whether what the page shows is of this version.
fn shows(version: &JsValue) -> bool {
    let drawn = document().query_selector("[data-revision]").ok().flatten();
    drawn
        .and_then(|drawn| drawn.get_attribute("data-revision"))
        .is_some_and(|drawn| drawn.parse().ok() == version.as_f64().map(|version| version as i64))
}

/// Fetches this page and puts its regions in the place of those that are shown.
async fn show_anew() -> Result<(), JsValue> {
    let regions = document().query_selector_all("[data-live]")?;
    if regions.length() == 0 {
        return Ok(());
    }
    let address = window().location().href()?;
    let response: Response = JsFuture::from(window().fetch_with_str(&address)).await?.dyn_into()?;
    if response.status() == 404 {
        return load_anew(); // no longer this person's to see
    }
    if !response.ok() {
        return Err(JsValue::from(response.status()));
    }
    let text = JsFuture::from(response.text()?).await?.as_string().unwrap_or_default();
    let fresh = DomParser::new()?.parse_from_string(&text, SupportedType::TextHtml)?;
    let mut is_this = false;
    for place in 0..regions.length() {
        let Some(region) = regions.get(place).and_then(|node| node.dyn_into::<Element>().ok()) else {
            continue;
        };
        is_this |= exchange(&region, &fresh)?;
    }
    // A form that was refused is shown at an address of its own, which may lead to the page that it is on. Anything else
    // that one is led to instead is the way out.
    if response.redirected() && !is_this {
        return load_anew();
    }
    document().set_title(&fresh.title());
    Ok(())
}

fn load_anew() -> Result<(), JsValue> {
    if now() - LEFT.get() < WAY {
        return Err("somebody is on the way to another page".into());
    }
    let location = window().location();
    location.replace(&location.href()?)
}

/// Puts the region of this name in the place of this one; answers whether there is one.
fn exchange(region: &Element, fresh: &Document) -> Result<bool, JsValue> {
    let name = region.get_attribute("data-live").unwrap_or_default();
    let Some(new) = fresh.query_selector(&format!("[data-live={name}]"))? else { return Ok(false) };
    if region.has_attribute("data-state") {
        if region.get_attribute("data-state") != new.get_attribute("data-state") {
            load_anew()?;
        }
        return Ok(true);
    }
    if let Some(revision) = new.get_attribute("data-revision") {
        region.set_attribute("data-revision", &revision)?;
    }
    if region.inner_html() == new.inner_html() {
        return Ok(true);
    }
    // Whoever was on a link in there is on the same link afterwards.
    let focused = document().active_element().filter(|active| region.contains(Some(active)));
    let link = focused.and_then(|active| active.get_attribute("href"));
    region.set_inner_html(&new.inner_html());
    if let Some(again) =
        link.and_then(|href| region.query_selector(&format!("a[href='{href}']")).ok().flatten())
    {
        _ = again.unchecked_into::<HtmlElement>().focus();
    }
    Ok(true)
}
