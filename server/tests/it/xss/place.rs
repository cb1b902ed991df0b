//! A place of a request into which text from outside goes.

/// Who asks. Some pages are only there for whoever is in the middle of something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Who {
    Nobody,
    /// Signed in, has a passkey, has paid somebody, and has asked for another number.
    Owner,
    /// Signed in, and has asked for another address.
    ChangesEmail,
    /// Has been sent the codes.
    SignsUp,
    /// Has given the password, and has asked for the codes of the way back.
    FirstStep,
    /// Has come by the provider and is nobody yet.
    Newcomer,
}

/// Innocent texts are of every kind that is answered otherwise: what is shown differs in shape between them, and
/// between two of one kind it may not.
pub(super) struct Place {
    pub(super) who: Who,
    pub(super) method: &'static str,
    /// `{}` stands for the text, here and in the form; what else stands in braces is known to the cast.
    pub(super) path: &'static str,
    pub(super) form: &'static str,
    pub(super) cookie: &'static str,
    pub(super) innocents: &'static [&'static str],
    /// Nothing of the text is shown again, so that a few payloads will do.
    pub(super) is_quiet: bool,
}

impl Place {
    pub(super) fn name(&self) -> String {
        format!("{} {} {}{} by {:?}", self.method, self.path, self.form, self.cookie, self.who)
    }

    /// Whether it is at an address of this pattern.
    pub(super) fn is_at(&self, method: &str, pattern: &str) -> bool {
        let path = self.path.split('?').next().unwrap_or_default();
        let (ours, theirs) = (path.split('/').count(), pattern.split('/').count());
        let mut parts = path.split('/').zip(pattern.split('/'));
        let alike = parts.all(|(part, wanted)| part == wanted || wanted.starts_with('{') && !part.is_empty());
        self.method == method && ours == theirs && alike
    }
}

pub(super) const fn get(path: &'static str, innocents: &'static [&'static str]) -> Place {
    Place { who: Who::Owner, method: "GET", path, form: "", cookie: "", innocents, is_quiet: false }
}

pub(super) const fn post(
    path: &'static str,
    form: &'static str,
    innocents: &'static [&'static str],
) -> Place {
    Place { who: Who::Owner, method: "POST", path, form, cookie: "", innocents, is_quiet: false }
}

pub(super) const fn cookie(cookie: &'static str) -> Place {
    Place {
        who: Who::Nobody,
        method: "GET",
        path: "/sign-in",
        form: "",
        cookie,
        innocents: &["x"],
        is_quiet: true,
    }
}

/// Of whose text nothing is shown.
pub(super) const fn quiet(place: Place) -> Place {
    Place { is_quiet: true, ..place }
}

pub(super) const fn by(who: Who, place: Place) -> Place {
    Place { who, ..place }
}
