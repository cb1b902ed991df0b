//! What is guessed first: what everybody chooses, and what others know of a person (NIST SP 800-63B-4, 3.1.1.2).

use passwords::analyzer::is_common_password;

/// Characters of a password, at least, that have nothing to do with its person.
const OF_THEIR_OWN: usize = 8;
/// Parts of names that are shorter stand in many other words.
const SHORTEST_PART: usize = 3;

/// What is thought of first where a password for a wallet is asked for: our name, our pages, and what is done there (ASVS 5.0,
/// 6.1.2). Those that are long stand first: others may stand in them.
const OURS: [&str; 32] = [
    "approvals",
    "addmoney",
    "sendmoney",
    "mypassword",
    "notices",
    "passkeys",
    "password",
    "passkey",
    "passcode",
    "activity",
    "settings",
    "security",
    "sessions",
    "receipts",
    "receipt",
    "balance",
    "payment",
    "transfer",
    "profile",
    "freeze",
    "limits",
    "people",
    "wallet",
    "account",
    "rupees",
    "rupee",
    "paise",
    "money",
    "okane",
    "signin",
    "login",
    "bank",
];

/// Whether it is among the hundred thousand most common, in whatever case.
pub(super) fn is_common(password: &str) -> bool {
    is_common_password(password) || is_common_password(password.to_lowercase())
}

/// Whether little is left of it without the names, numbers and addresses of its person, and without our words.
pub(super) fn is_about(password: &str, own: &[&str]) -> bool {
    let all = bare(password);
    let mut parts: Vec<String> =
        own.iter().flat_map(|text| parts(text)).chain(OURS.map(str::to_owned)).collect();
    parts.sort_by_key(|part| std::cmp::Reverse(part.len())); // the longest first: others may stand in it
    let left = parts.iter().fold(all.clone(), |left, part| left.replace(part, ""));
    left != all && left.chars().count() < OF_THEIR_OWN
}

/// What may stand in a password of a name, an address or a number: of a number, the digits without its country.
fn parts(text: &str) -> Vec<String> {
    let whole = bare(text);
    if !text.contains(char::is_alphabetic) {
        let country = whole.len().saturating_sub(10);
        return vec![whole.chars().skip(country).collect()]
            .into_iter()
            .filter(|digits: &String| !digits.is_empty())
            .collect();
    }
    let parts = text.split(|c: char| !c.is_alphanumeric()).map(bare);
    parts.filter(|part| part.chars().count() >= SHORTEST_PART).chain([whole]).collect()
}

/// Letters and digits alone, in lower case.
fn bare(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ASHA: [&str; 4] = ["Asha Rao", "+91 98450 12264", "asha.rao@example.in", "asha_r"];

    #[test]
    fn a_password_of_little_more_than_ones_own_name_or_number_is_about_oneself() {
        for password in [
            "Asha-Rao-2024",
            "9845012264!!",
            "asha9845012264",
            "rao.asha.1990",
            "okaneokane12",
            "asha.rao@example.in",
        ] {
            assert!(is_about(password, &ASHA), "{password}");
        }
    }

    #[test]
    fn a_password_of_little_more_than_our_name_our_pages_and_what_is_done_there_is_refused() {
        for password in [
            "okane-wallet-1",
            "OKANE Passkeys!",
            "mywalletpassword",
            "Add Money 2026",
            "sendmoneysendmoney",
            "okanebank12345",
            "Asha's wallet",
            "rupeesrupees99",
        ] {
            assert!(is_about(password, &ASHA), "{password}");
        }
        for password in ["a wallet of brown leather", "money grows on no tree here"] {
            assert!(!is_about(password, &ASHA), "{password}");
        }
    }

    #[test]
    fn a_password_with_enough_besides_is_not() {
        for password in ["brass-lamp-river", "asha likes green rivers", "!!!!!!!!!!!!", "ashram by the sea"] {
            assert!(!is_about(password, &ASHA), "{password}");
        }
        assert!(!is_about("Asha-Rao-2024", &[]));
        assert!(!is_about("Asha-Rao-2024", &["", "  "]));
    }

    #[test]
    fn what_everybody_chooses_is_common_in_any_case() {
        for password in ["passwordpassword", "PasswordPassword", "Liverpool1892", "1q2w3e4r5t6y"] {
            assert!(is_common(password), "{password}");
        }
        assert!(!is_common("brass-lamp-river"));
    }
}
