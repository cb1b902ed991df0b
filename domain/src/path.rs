//! Where to go next, on this site only.

use serde::{Deserialize, Serialize};

/// A path on our own origin, safe to redirect to: it begins with one `/` and cannot leave the site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LocalPath(String);

impl LocalPath {
    /// The page one lands on when there is nowhere else to go.
    pub fn home() -> Self {
        LocalPath("/home".to_owned())
    }

    /// Takes a path with its query. Refuses `//host`, `/\host`, encoded forms of both, schemes, and control characters.
    pub fn parse(text: &str) -> Option<Self> {
        let lower = text.to_ascii_lowercase();
        let second = lower.strip_prefix('/')?;
        let leaves = ["/", "\\", "%2f", "%5c", "%09", "%0a", "%0d"].iter().any(|p| second.starts_with(p));
        let sound = !leaves && text.len() <= 512 && text.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
        sound.then(|| LocalPath(text.to_owned()))
    }

    /// The path.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for LocalPath {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, &'static str> {
        LocalPath::parse(&text).ok_or("not a path of this site")
    }
}

impl From<LocalPath> for String {
    fn from(path: LocalPath) -> String {
        path.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_of_ours_is_kept_with_its_query() {
        assert_eq!(
            LocalPath::parse("/activity?before=1").as_ref().map(LocalPath::as_str),
            Some("/activity?before=1")
        );
    }

    #[test]
    fn nothing_leads_off_the_site() {
        for text in [
            "",
            "home",
            "//evil.example",
            "/\\evil.example",
            "\\/evil",
            "/%2f%2fevil",
            "/%5Cevil",
            "https://evil.example",
            "javascript:alert(1)",
            "/\tevil",
            "/ evil",
            "/%09/evil",
            "/a\r\nb",
        ] {
            assert_eq!(LocalPath::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_path_has_at_most_512_characters_and_home_is_one() {
        let long = format!("/{}", "a".repeat(511));
        assert_eq!(LocalPath::parse(&long).map(String::from), Some(long.clone()));
        assert_eq!(LocalPath::parse(&format!("{long}a")), None);
        assert_eq!(LocalPath::home().as_str(), "/home");
    }
}
