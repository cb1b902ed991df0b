//! The arithmetic of a measurement, in integers: a table of money has no float either.

/// The value that `percent` of these, sorted, do not exceed (nearest rank); 0 where there is none.
pub fn percentile(sorted: &[u64], percent: usize) -> u64 {
    let rank = (sorted.len() * percent).div_ceil(100);
    sorted.get(rank.saturating_sub(1)).copied().unwrap_or(0)
}

/// The one in the middle, or halfway between the two that are; 0 where there is none.
pub fn median(mut values: Vec<u64>) -> u64 {
    values.sort_unstable();
    let middle = values.len() / 2;
    match (values.get(middle), values.len() % 2) {
        (None, _) => 0,
        (Some(&upper), 0) => (values[middle - 1] + upper) / 2,
        (Some(&one), _) => one,
    }
}

/// How many times `of` one is, as people write it: `3.25`; nothing where `of` is nothing.
pub fn ratio(one: u64, of: u64) -> Option<String> {
    let hundredths = (one * 100 + of / 2).checked_div(of)?;
    Some(format!("{}.{:02}", hundredths / 100, hundredths % 100))
}

/// Microseconds as milliseconds: `12.3`, and `0.42` where tenths would say little.
pub fn milliseconds(micros: u64) -> String {
    if micros < 10_000 {
        format!("{}.{:02}", micros / 1_000, micros % 1_000 / 10)
    } else {
        format!("{}.{}", micros / 1_000, micros % 1_000 / 100)
    }
}

/// A count with its thousands apart: `10,000,000`.
pub fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_a_value_that_was_measured() {
        let hundred: Vec<u64> = (1..=100).collect();
        assert_eq!((percentile(&hundred, 50), percentile(&hundred, 99)), (50, 99));
        assert_eq!((percentile(&[7, 9], 50), percentile(&[7, 9], 99)), (7, 9));
        assert_eq!(percentile(&[], 99), 0);
    }

    #[test]
    fn one_bad_round_does_not_move_the_median() {
        assert_eq!(median(vec![900, 30, 31]), 31);
        assert_eq!(median(vec![10, 40, 20, 30]), 25);
        assert_eq!(median(vec![]), 0);
    }

    #[test]
    fn a_ratio_is_rounded_to_hundredths_and_never_divides_by_nothing() {
        assert_eq!(ratio(1_000, 400).as_deref(), Some("2.50"));
        assert_eq!(ratio(2, 3).as_deref(), Some("0.67"));
        assert_eq!(ratio(5, 0), None);
    }

    #[test]
    fn times_and_counts_read_as_people_write_them() {
        assert_eq!((milliseconds(423).as_str(), milliseconds(12_345).as_str()), ("0.42", "12.3"));
        assert_eq!((grouped(999).as_str(), grouped(10_000_000).as_str()), ("999", "10,000,000"));
    }
}
