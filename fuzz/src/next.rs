//! `next=`: where to go after signing in.

use bolero::check;
use domain::LocalPath;
use url::Url;

use crate::typed::text;

const PIECES: [&str; 20] = [
    "/",
    "/",
    "\\",
    ".",
    ":",
    "@",
    "?",
    "#",
    "a",
    "%",
    "%2f",
    "%2F",
    "%5c",
    "%5C",
    "%09",
    "%0d%0a",
    "%25",
    "evil.example",
    "https:",
    "\t",
];

#[test]
fn a_way_on_never_leads_off_the_site() {
    check!().with_type::<(bool, Vec<u8>)>().for_each(|input| {
        let asked = text(input, &PIECES);
        let Some(path) = LocalPath::parse(&asked) else { return };
        assert_eq!(path.as_str(), asked);
        assert!(path.as_str().bytes().all(|byte| byte.is_ascii_graphic()), "{asked:?} breaks a header");
        // As a browser would follow it (WHATWG URL), from any page of ours; decoded once by something on the way, too.
        for page in
            ["https://okane.example/", "https://okane.example/sign-in?next=x", "http://127.0.0.1:3000/a/b"]
        {
            let page = Url::parse(page).unwrap();
            for followed in [asked.clone(), decoded(&asked)] {
                let followed = page.join(&followed).unwrap();
                assert_eq!(followed.origin(), page.origin(), "{asked:?} leads to {followed}");
            }
        }
        let json = serde_json::to_string(&path).unwrap();
        assert_eq!(serde_json::from_str::<LocalPath>(&json).unwrap(), path);
    });
}

fn decoded(text: &str) -> String {
    let mut bytes = vec![];
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let hex = (*first == b'%').then(|| after.get(..2)).flatten();
        let hex = hex.filter(|hex| hex.iter().all(u8::is_ascii_hexdigit));
        let byte = hex.and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        bytes.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { &after[2..] } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
