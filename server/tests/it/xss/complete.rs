//! No form, no field and no query of an address is forgotten: each is a place for payloads, or is said why not.

use std::collections::BTreeSet;

use super::places::places;
use crate::doors::{doors, sources};

/// Doors for forms into which nothing is put, each with the reason.
const EXCEPTIONS: [(&str, &str); 3] = [
    ("/sign-out", "takes no field, and ends the session that asks for everything else"),
    ("/sign-in/google", "leads to the provider: what comes of its fields is in `way_on`"),
    ("/settings/profile/picture", "a file that is made anew; its own name and kind are not read"),
];

#[test]
fn every_address_that_takes_a_form_is_a_place_for_payloads_or_an_exception() {
    for (method, pattern) in doors().into_iter().filter(|(method, _)| method == "POST") {
        let is_place = places().any(|place| place.is_at(&method, &pattern));
        let is_exception = EXCEPTIONS.iter().any(|(path, _)| *path == pattern);
        assert!(is_place != is_exception, "{method} {pattern} is neither, or both");
    }
    let doors = doors();
    let gone =
        EXCEPTIONS.iter().filter(|(path, _)| !doors.contains(&("POST".to_owned(), (*path).to_owned())));
    assert_eq!(gone.count(), 0, "an exception is of a door that there is");
}

/// What a page reads of its address is named where it reads it: `.get("next")`.
#[test]
fn every_query_that_a_page_reads_is_a_place_for_payloads() {
    let pages = sources("app/src").into_iter().filter(|(_, text)| text.contains("use_query_map"));
    let mut read = BTreeSet::new();
    for (_, text) in pages {
        for door in ["get(\"", "asked(\""] {
            read.extend(
                text.split(door).skip(1).filter_map(|rest| rest.split('"').next()).map(str::to_owned),
            );
        }
    }
    read.remove("id"); // It stands in the path.
    assert!(read.len() > 10, "{read:?}");
    for name in read {
        let put = [format!("?{name}={{}}"), format!("&{name}={{}}")];
        let is_place = places().any(|place| put.iter().any(|put| place.path.contains(put)));
        assert!(is_place, "no payload is put into {name}");
    }
}

/// Only looked at for being there, and sends a message each time.
const PRESSED: &str = "again";

/// The fields of each form that a source has, and whether it says of one that it is never shown again.
fn fields(source: &str) -> Vec<(&str, bool)> {
    let structs = source.split("pub struct ").skip(1).filter_map(|rest| rest.split("\n}").next());
    let forms = structs.filter(|text| text.lines().next().is_some_and(|head| head.ends_with("Form {")));
    let (mut fields, mut is_secret) = (Vec::new(), false);
    for line in forms.flat_map(str::lines).map(str::trim) {
        if let Some((name, _)) = line.strip_prefix("pub ").and_then(|rest| rest.split_once(": ")) {
            fields.push((name, is_secret));
        }
        is_secret = line.starts_with("///") && line.contains("Never shown again");
    }
    fields
}

#[test]
fn every_field_of_a_form_is_a_place_for_payloads_or_is_never_shown_again() {
    let put: BTreeSet<_> = places().flat_map(|place| place.form.split('&')).collect();
    let mut count = 0;
    for (file, text) in sources("app/src").into_iter().filter(|(file, _)| file.ends_with("/mod.rs")) {
        for (name, is_secret) in fields(&text) {
            let is_place = put.contains(&*format!("{name}={{}}"));
            assert!(is_place || is_secret || name == PRESSED, "{file}: no payload is put into {name}");
            count += 1;
        }
    }
    assert!(count > 50, "{count}");
}
