//! A sum of money, as typed.

use bolero::check;
use domain::{Amount, Paise};

use crate::typed::text;

/// What a sum is made of, and what it must not be made of.
const PIECES: [&str; 24] = [
    "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "00", "000", ",", ",", ".", "₹", " ", "-", "−", "+",
    "e", "E3", "١", "\u{a0}",
];

#[test]
fn an_amount_is_what_its_digits_say_or_is_refused() {
    check!().with_type::<(bool, Vec<u8>)>().for_each(|input| {
        let typed = text(input, &PIECES);
        let Ok(paise) = Paise::parse(&typed) else {
            assert!(Amount::parse(&typed).is_err());
            return;
        };
        let bare = typed.trim().trim_start_matches('₹').trim_start();
        assert!(bare.chars().all(|c| c.is_ascii_digit() || c == ',' || c == '.'), "{typed:?} was read");
        assert_eq!(Some(paise.get()), counted(bare), "{typed:?}");
        for written in [paise.to_string(), paise.short(), paise.plain()] {
            assert_eq!(Paise::parse(&written), Ok(paise), "{typed:?} is written {written:?}");
        }
        let allowed = (1..=Amount::MAX.get()).contains(&paise.get());
        assert_eq!(Amount::parse(&typed).map(Amount::get).ok(), allowed.then_some(paise.get()), "{typed:?}");
        assert!(!paise.words().is_empty());
    });
}

/// The same in another way: rupees and paise as one number, the largest where it does not fit.
fn counted(bare: &str) -> Option<i64> {
    let digits: String = bare.chars().filter(|c| *c != ',').collect();
    let (rupees, fraction) = digits.split_once('.').unwrap_or((&digits, ""));
    let hundredths = match *fraction.as_bytes() {
        [] => 0,
        [tenths] => i128::from(tenths - b'0') * 10,
        [tenths, ones] => i128::from(tenths - b'0') * 10 + i128::from(ones - b'0'),
        _ => return None,
    };
    let rupees = rupees.bytes().fold(0i128, |sum, digit| (sum * 10 + i128::from(digit - b'0')).min(1 << 100));
    Some(i64::try_from(rupees * 100 + hundredths).unwrap_or(i64::MAX))
}
