//! A phone number, as typed.

use bolero::check;
use domain::Phone;

use crate::typed::text;

const PIECES: [&str; 22] = [
    "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "91", "98450", "(", ")", "-", "+", ".", " ", "\u{a0}",
    "٣", "３", "x",
];

#[test]
fn a_phone_number_has_one_spelling_or_is_refused() {
    check!().with_type::<(bool, Vec<u8>)>().for_each(|input| {
        let typed = text(input, &PIECES);
        let Ok(phone) = Phone::parse(&typed) else { return };
        let digits = phone.as_str().strip_prefix('+').unwrap();
        assert!((8..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()), "{typed:?}");
        assert!(!digits.starts_with('0'), "{typed:?}");
        assert!(
            typed.chars().all(|c| c.is_ascii_digit() || c.is_whitespace() || "+-().".contains(c)),
            "{typed:?}"
        );
        for written in [phone.as_str(), &phone.spaced()] {
            assert_eq!(Phone::parse(written).as_ref(), Ok(&phone), "{typed:?} is written {written:?}");
        }
        // Of the digits a stranger sees five at most, and never all.
        let shown = phone.masked().bytes().filter(u8::is_ascii_digit).count();
        assert!(shown < digits.len() && shown <= 7 && phone.masked() != phone.as_str(), "{}", phone.masked());
        let json = serde_json::to_string(&phone).unwrap();
        assert_eq!(serde_json::from_str::<Phone>(&json).unwrap(), phone);
    });
}
