//! Every address there is: of the pages, as the framework lists them for the router, and of the handlers beside them, as
//! they stand in the router's source. An address that no matrix has fails here.

use std::collections::BTreeSet;
use std::path::Path;

use app::App;
use app::server::openid::CALLBACK;
use leptos_axum::generate_route_list;

use crate::access::PAGES;

/// Where pages and forms are routed.
const PAGES_AND_FORMS: &str = "app/src/server/pages.rs";

/// The sources below a folder of this repository, each with its path; without their tests.
pub fn sources(folder: &str) -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let (mut folders, mut found) = (vec![root.join(folder)], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in folder.read_dir().unwrap().map(|entry| entry.unwrap().path()) {
            if entry.is_dir() {
                folders.push(entry);
            } else if entry.extension().is_some_and(|end| end == "rs") {
                let text = std::fs::read_to_string(&entry).unwrap();
                let text = text.split("#[cfg(test)]").next().unwrap_or_default().to_owned();
                found.push((entry.strip_prefix(root).unwrap().to_str().unwrap().to_owned(), text));
            }
        }
    }
    found
}

/// The routes of a source: the address as it is written there, and what answers.
fn routes(source: &str) -> impl Iterator<Item = (&str, &str)> {
    source.split(".route(").skip(1).map(|rest| rest.split_once(',').unwrap())
}

/// Method and address of every page, every form and every file of somebody's.
pub fn doors() -> BTreeSet<(String, String)> {
    let drawn = generate_route_list(App);
    let mut doors: BTreeSet<_> =
        drawn.iter().map(|page| ("GET".to_owned(), page.path().to_owned())).collect();
    let router = sources(PAGES_AND_FORMS.rsplit_once('/').unwrap().0);
    let (_, router) = router.into_iter().find(|(file, _)| file == PAGES_AND_FORMS).unwrap();
    for (address, handler) in routes(&router) {
        let address = match address.trim() {
            "openid::CALLBACK" => CALLBACK,
            literal => literal.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap(),
        };
        let methods: &[_] = match handler.trim_start().split('(').next().unwrap() {
            "post" if address.starts_with("/fn/") => &[], // They have a matrix of their own.
            "form" | "post" => &["POST"],
            "get" => &["GET"],
            "picture::upload" => &["GET", "POST"],
            other => panic!("nobody knows what {other} takes at {address}"),
        };
        doors.extend(methods.iter().map(|method| ((*method).to_owned(), address.to_owned())));
    }
    doors
}

#[test]
fn every_page_and_every_form_stands_in_the_matrix() {
    let pattern = |path: &str| {
        let path = path.split('?').next().unwrap_or_default().replace("{picture}", "{person}/{file}");
        ["{transfer}", "{payee}", "{on_ramp}"].iter().fold(path, |path, id| path.replace(id, "{id}"))
    };
    let listed = PAGES.iter().map(|(method, path, ..)| ((*method).to_owned(), pattern(path))).collect();
    assert_eq!(&doors() ^ &listed, BTreeSet::new(), "these are routed and not listed, or listed and gone");
}

/// Addresses that are neither pages nor forms, nor calls that the description of the API has; each with who may ask.
const BESIDE: [(&str, &str); 6] = [
    ("\"/openapi.json\"", "everybody: it is the description"),
    ("REPORTS", "every browser: `reports` has what it takes"),
    ("\"/dev/inbox\"", "everybody, where DEV_INBOX is: `courier` has where that is"),
    ("\"/api/dev/inbox/{address}\"", "as the page of it"),
    ("\"/healthz\"", "everybody"),
    ("\"/readyz\"", "everybody"),
];

#[test]
fn no_address_is_routed_anywhere_else() {
    let all = ["app/src", "server/src", "service/src"].map(sources).concat();
    let elsewhere = all.iter().filter(|(file, _)| file != PAGES_AND_FORMS);
    let routed: BTreeSet<_> =
        elsewhere.flat_map(|(_, text)| routes(text).map(|(address, _)| address)).collect();
    assert_eq!(routed, BESIDE.iter().map(|(address, _)| *address).collect());
}
