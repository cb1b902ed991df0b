//! PINs that are guessed first.

/// Chosen by many, and no pattern of the kinds below: shapes on a keypad, and doubles one after the other.
const CHOSEN_BY_MANY: [&str; 12] = [
    "112233", "123321", "147258", "147852", "159357", "159753", "258369", "321654", "445566", "456789",
    "778899", "789456",
];

/// Whether it is among the first that anybody tries: one digit or a few repeated, digits in a row, or chosen by many.
pub(super) fn is_guessed_first(pin: &str) -> bool {
    let digits = pin.as_bytes();
    let steps = |step: u8| digits.windows(2).all(|pair| pair[1] == b'0' + (pair[0] - b'0' + step) % 10);
    let repeats =
        |length: usize| digits.iter().zip(digits.iter().skip(length)).all(|(one, next)| one == next);
    [0, 1, 9].into_iter().any(steps) || [2, 3].into_iter().any(repeats) || CHOSEN_BY_MANY.contains(&pin)
}

#[cfg(test)]
mod tests {
    use super::is_guessed_first;

    #[test]
    fn what_everybody_tries_first_is_found() {
        for pin in [
            "000000", "777777", "123456", "654321", "012345", "567890", "890123", "098765", "121212",
            "101010", "123123", "007007", "112233", "159753", "789456",
        ] {
            assert!(is_guessed_first(pin), "{pin}");
        }
        for pin in ["314159", "271828", "123457", "112234", "000001", "908172"] {
            assert!(!is_guessed_first(pin), "{pin}");
        }
    }

    #[test]
    fn few_of_a_million_are_refused() {
        let refused = (0..1_000_000).filter(|number| is_guessed_first(&format!("{number:06}"))).count();
        assert!((1000..1200).contains(&refused), "{refused}");
    }
}
