//! What a page is made of, as a browser reads it.

use std::collections::BTreeMap;

use reqwest::Url;
use scraper::{Html, Node};

use super::{Payload, payloads};

/// What a page is made of: each element with its attributes, where its addresses lead, what its scripts say, and how
/// often each is there.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Shape(BTreeMap<String, usize>);

impl Shape {
    pub(super) fn of(html: &str) -> Self {
        const ADDRESSES: [&str; 6] = ["href", "src", "action", "formaction", "srcset", "xlink:href"];
        let mut parts = BTreeMap::new();
        let mut count = |part: String| *parts.entry(part).or_default() += 1;
        for node in Html::parse_document(html).tree.nodes() {
            match node.value() {
                Node::Comment(_) => count("a comment".to_owned()),
                Node::Text(text) if node.parent().is_some_and(|parent| is_raw(parent.value())) => {
                    count(format!("raw text {}", &**text));
                }
                Node::Element(element) => {
                    let mut names: Vec<_> = element.attrs().map(|(name, _)| name).collect();
                    names.sort_unstable();
                    assert!(
                        !names.iter().any(|name| name.starts_with("on")),
                        "{} has {names:?}",
                        element.name()
                    );
                    count(format!("{} {names:?}", element.name()));
                    for (_, address) in element.attrs().filter(|(name, _)| ADDRESSES.contains(name)) {
                        count(format!("{} to {}", element.name(), leads_to(address)));
                    }
                }
                _ => {}
            }
        }
        Shape(parts)
    }

    /// What one has and the other has not.
    pub(super) fn differs_from(&self, other: &Shape) -> Vec<String> {
        let more = |one: &Shape, other: &Shape, sign: char| -> Vec<String> {
            let differing = one.0.iter().filter(|(part, count)| other.0.get(*part) != Some(count));
            differing.map(|(part, count)| format!("{sign} {count} × {part}")).collect()
        };
        [more(self, other, '+'), more(other, self, '-')].concat()
    }
}

fn is_raw(node: &Node) -> bool {
    node.as_element().is_some_and(|element| ["script", "style", "noscript"].contains(&element.name()))
}

/// Here, or under which scheme elsewhere, as a browser reads an address.
pub(super) fn leads_to(address: &str) -> String {
    let page = Url::parse("https://okane.example/x/y").unwrap();
    let Ok(place) = page.join(address) else { return "nowhere".to_owned() };
    if place.origin() == page.origin() { "here".to_owned() } else { format!("{} elsewhere", place.scheme()) }
}

#[test]
fn what_a_payload_would_do_is_seen_by_its_shape() {
    let page = |text: &str| Shape::of(&format!("<!DOCTYPE html><title>t</title><p title=\"x\">{text}</p>"));
    let innocent = page("tea");
    for Payload { text, .. } in payloads().iter().filter(|payload| payload.class == "text") {
        let seen = std::panic::catch_unwind(|| page(text) != innocent).unwrap_or(true);
        assert!(seen, "{text}");
    }
    let attribute = |text: &str| Shape::of(&format!("<!DOCTYPE html><a href=\"{text}\">x</a>"));
    for text in ["javascript:xss=1", "//evil.example", "\" style=\"x"] {
        assert_ne!(attribute(text), attribute("/home"), "{text}");
    }
}
