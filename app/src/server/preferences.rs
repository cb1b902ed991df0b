//! Preferences in cookies: read for every page, written by a plain form.

use axum::Form;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{AppendHeaders, IntoResponse, Redirect};
use domain::LocalPath;
use serde::Deserialize;

use crate::preferences::{Preferences, Theme};

const A_YEAR: u32 = 365 * 24 * 60 * 60;

/// The form in the account menu; each button sends one of the two.
#[derive(Deserialize)]
pub(super) struct Choice {
    theme: Option<String>,
    hide: Option<String>,
    #[serde(default)]
    next: String,
}

/// The preferences of the browser that sent these headers. Nothing in them is trusted beyond its form.
pub(super) fn read(headers: &HeaderMap) -> Preferences {
    let mut preferences = Preferences::default();
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    for (name, value) in
        cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='))
    {
        match name {
            "theme" => preferences.theme = Theme::parse(value),
            "hide" => preferences.hide_amounts = value == "1",
            "zone" if is_zone(value) => preferences.zone = value.replace("%2F", "/"),
            _ => {}
        }
    }
    preferences
}

/// Letters of an IANA zone name, with its slash perhaps encoded.
fn is_zone(value: &str) -> bool {
    (1..=64).contains(&value.len())
        && value.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'_' | b'-' | b'+' | b'%'))
}

/// Remembers a choice and goes back to the page it was made on.
pub(super) async fn save(Form(choice): Form<Choice>) -> impl IntoResponse {
    let theme = choice.theme.map(|theme| format!("theme={}", Theme::parse(&theme).code()));
    let hide = choice.hide.map(|hide| format!("hide={}", if hide == "1" { "1" } else { "0" }));
    let cookies = theme.into_iter().chain(hide).filter_map(|pair| {
        HeaderValue::from_str(&format!("{pair}; Path=/; Max-Age={A_YEAR}; SameSite=Lax")).ok()
    });
    let cookies: Vec<_> = cookies.map(|cookie| (header::SET_COOKIE, cookie)).collect();
    let next = LocalPath::parse(&choice.next).unwrap_or_else(LocalPath::home);
    (AppendHeaders(cookies), Redirect::to(next.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies_become_preferences_and_nonsense_does_not() {
        let mut headers = HeaderMap::new();
        headers
            .insert(header::COOKIE, HeaderValue::from_static("a=b; theme=dark; hide=1; zone=Europe%2FParis"));
        let read_back = read(&headers);
        assert_eq!((read_back.theme, read_back.hide_amounts), (Theme::Dark, true));
        assert_eq!(read_back.zone, "Europe/Paris");
        headers.insert(header::COOKIE, HeaderValue::from_static("theme=<b>; zone=\"><script>"));
        assert_eq!(read(&headers), Preferences::default());
    }
}
