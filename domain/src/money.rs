//! Money: whole paise, never a float, not even for display.

use std::fmt;

use serde::{Deserialize, Serialize};

/// An amount of Indian rupees in paise (1/100 rupee), signed: balances, entries, differences.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Paise(i64);

impl Paise {
    /// No money.
    pub const ZERO: Paise = Paise(0);

    /// Reads a sum of zero or more that a person typed: `1,234.5`, `₹1234.50`, `1234`. Commas must group
    /// thousands or lakhs, so that a decimal comma (`1,50`) is refused rather than read a hundredfold. What
    /// is too long to be counted becomes the largest sum there is.
    pub fn parse(text: &str) -> Result<Self, AmountError> {
        let text = text.trim();
        let text = text.strip_prefix('₹').map(str::trim_start).unwrap_or(text);
        if text.is_empty() {
            return Err(AmountError::Empty);
        }
        let (negative, text) = match text.strip_prefix(['-', '\u{2212}']) {
            Some(rest) => (true, rest.trim_start().trim_start_matches('₹')),
            None => (false, text),
        };
        let (rupees, fraction) = text.split_once('.').unwrap_or((text, ""));
        let rupees = ungroup(rupees).ok_or(AmountError::NotANumber)?;
        if !fraction.bytes().all(|b| b.is_ascii_digit()) || text.ends_with('.') {
            return Err(AmountError::NotANumber);
        }
        if negative {
            return Err(AmountError::NotPositive);
        }
        if fraction.len() > 2 {
            return Err(AmountError::TooPrecise);
        }
        let paise = format!("0{rupees}{fraction:0<2}").parse();
        Ok(Paise(paise.unwrap_or(i64::MAX)))
    }

    /// Wraps a count of paise.
    pub const fn new(paise: i64) -> Self {
        Paise(paise)
    }

    /// The count of paise.
    pub const fn get(self) -> i64 {
        self.0
    }

    /// The sum, or `None` where it does not fit.
    pub const fn checked_add(self, other: Paise) -> Option<Paise> {
        match self.0.checked_add(other.0) {
            Some(sum) => Some(Paise(sum)),
            None => None,
        }
    }

    /// The difference, or `None` where it does not fit.
    pub const fn checked_sub(self, other: Paise) -> Option<Paise> {
        match self.0.checked_sub(other.0) {
            Some(difference) => Some(Paise(difference)),
            None => None,
        }
    }

    /// Less than nothing.
    pub const fn is_negative(self) -> bool {
        self.0 < 0
    }

    /// Rupees in lakh and crore groups, without sign or symbol: `1,23,456`.
    pub fn grouped_rupees(self) -> String {
        group(self.0.unsigned_abs() / 100)
    }

    /// The two digits after the point.
    pub fn paise_digits(self) -> String {
        format!("{:02}", self.0.unsigned_abs() % 100)
    }

    /// With its sign always shown, for movements: `+₹5,000.00`, `−₹640.00` (U+2212), `₹0.00`.
    pub fn signed(self) -> String {
        if self.0 > 0 { format!("+{self}") } else { self.to_string() }
    }

    /// For screen readers, who skip a minus: `minus ₹640.00`, `plus ₹5,000.00`.
    pub fn spoken(self) -> String {
        match self.0 {
            0 => self.to_string(),
            n if n < 0 => format!("minus {}", self.magnitude()),
            _ => format!("plus {self}"),
        }
    }

    /// For chips and sentences about limits: whole rupees without decimals, `₹1,00,000`.
    pub fn short(self) -> String {
        let full = self.to_string();
        full.strip_suffix(".00").map(str::to_owned).unwrap_or(full)
    }

    /// For the value of a text field: `1250.50`, without symbol or commas.
    pub fn plain(self) -> String {
        let sign = if self.0 < 0 { "-" } else { "" };
        format!("{sign}{}.{}", self.0.unsigned_abs() / 100, self.paise_digits())
    }

    /// In words, to be read twice before sending: `One thousand two hundred fifty rupees and fifty paise`.
    pub fn words(self) -> String {
        let (rupees, paise) = (self.0.unsigned_abs() / 100, self.0.unsigned_abs() % 100);
        let unit =
            |n: u64, one: &str, many: &str| format!("{} {}", words(n), if n == 1 { one } else { many });
        let text = match (rupees, paise) {
            (r, 0) => unit(r, "rupee", "rupees"),
            (0, p) => unit(p, "paisa", "paise"),
            (r, p) => format!("{} and {}", unit(r, "rupee", "rupees"), unit(p, "paisa", "paise")),
        };
        let text = if self.is_negative() { format!("minus {text}") } else { text };
        let mut letters = text.chars();
        letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
    }

    fn magnitude(self) -> String {
        format!("₹{}.{}", self.grouped_rupees(), self.paise_digits())
    }
}

/// `₹1,23,45,678.90`, with U+2212 before a negative amount.
impl fmt::Display for Paise {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_negative() {
            f.write_str("\u{2212}")?;
        }
        f.write_str(&self.magnitude())
    }
}

/// A sum a person asks to move: more than zero and at most [`Amount::MAX`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
pub struct Amount(i64);

impl Amount {
    /// The most that moves at a time: ₹1,00,000.
    pub const MAX: Amount = Amount(1_00_000_00);
    /// The least that is added from a bank at a time: ₹1.
    pub const MIN_ON_RAMP: Amount = Amount(1_00);

    /// Checks a count of paise against the limits of one movement.
    pub const fn new(paise: i64) -> Result<Self, AmountError> {
        if paise <= 0 {
            Err(AmountError::NotPositive)
        } else if paise > Amount::MAX.0 {
            Err(AmountError::AboveLimit { limit: Paise(Amount::MAX.0) })
        } else {
            Ok(Amount(paise))
        }
    }

    /// Reads what a person typed, as [`Paise::parse`] does.
    pub fn parse(text: &str) -> Result<Self, AmountError> {
        Paise::parse(text).and_then(|paise| Amount::new(paise.0))
    }

    /// The same rules, and at least ₹1: what a bank is asked for.
    pub fn for_on_ramp(self) -> Result<Self, AmountError> {
        if self < Amount::MIN_ON_RAMP {
            return Err(AmountError::BelowLimit { limit: Amount::MIN_ON_RAMP.paise() });
        }
        Ok(self)
    }

    /// As signed money.
    pub const fn paise(self) -> Paise {
        Paise(self.0)
    }

    /// The count of paise.
    pub const fn get(self) -> i64 {
        self.0
    }
}

impl TryFrom<i64> for Amount {
    type Error = AmountError;

    fn try_from(paise: i64) -> Result<Self, AmountError> {
        Amount::new(paise)
    }
}

impl From<Amount> for i64 {
    fn from(amount: Amount) -> i64 {
        amount.0
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.paise().fmt(f)
    }
}

/// Why a typed amount was not taken. The text is the sentence on the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum AmountError {
    /// Nothing was typed.
    #[error("Enter an amount.")]
    Empty,
    /// Not digits with an optional point.
    #[error("Enter the amount in figures, like 1,234.50.")]
    NotANumber,
    /// More than two decimals.
    #[error("Use at most two decimals: there is nothing smaller than a paisa.")]
    TooPrecise,
    /// Zero or less.
    #[error("The amount must be more than ₹0.00.")]
    NotPositive,
    /// Under the least for this kind of movement.
    #[error("The least you can move at a time is {}.", limit.short())]
    BelowLimit {
        /// The limit.
        limit: Paise,
    },
    /// Over the most for one movement.
    #[error("The most you can move at a time is {}.", limit.short())]
    AboveLimit {
        /// The limit.
        limit: Paise,
    },
}

/// Lakh and crore groups: three digits, then twos.
fn group(rupees: u64) -> String {
    let digits = rupees.to_string();
    let (head, tail) = digits.split_at(digits.len().saturating_sub(3));
    let mut out = String::with_capacity(digits.len() + digits.len() / 2);
    for (i, digit) in head.chars().enumerate() {
        if i > 0 && (head.len() - i).is_multiple_of(2) {
            out.push(',');
        }
        out.push(digit);
    }
    if !head.is_empty() {
        out.push(',');
    }
    out + tail
}

/// Removes grouping commas where they group thousands or lakhs; `None` where anything else stands.
fn ungroup(text: &str) -> Option<String> {
    let groups: Vec<&str> = text.split(',').collect();
    let digits = |g: &&str| !g.is_empty() && g.bytes().all(|b| b.is_ascii_digit());
    if !groups.iter().all(digits) {
        return None;
    }
    if let [first, middle @ .., last] = groups.as_slice()
        && (last.len() != 3 || first.len() > 3 || !middle.iter().all(|g| matches!(g.len(), 2 | 3)))
    {
        return None;
    }
    Some(groups.concat())
}

/// A count in Indian English: crore, lakh, thousand, hundred.
fn words(n: u64) -> String {
    const ONES: [&str; 20] = [
        "zero",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
        "fifteen",
        "sixteen",
        "seventeen",
        "eighteen",
        "nineteen",
    ];
    const TENS: [&str; 10] =
        ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
    const UNITS: [(u64, &str); 4] =
        [(1_00_00_000, "crore"), (1_00_000, "lakh"), (1_000, "thousand"), (100, "hundred")];
    if let Some((size, unit)) = UNITS.into_iter().find(|(size, _)| n >= *size) {
        let head = format!("{} {unit}", words(n / size));
        return if n.is_multiple_of(size) { head } else { format!("{head} {}", words(n % size)) };
    }
    match n as usize {
        n @ 0..20 => ONES[n].to_owned(),
        n if n % 10 == 0 => TENS[n / 10].to_owned(),
        n => format!("{}-{}", TENS[n / 10], ONES[n % 10]),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn amounts_are_grouped_in_lakhs_and_crores() {
        for (paise, text) in [
            (0, "₹0.00"),
            (5, "₹0.05"),
            (99_999, "₹999.99"),
            (1_000_00, "₹1,000.00"),
            (1_23_456_78, "₹1,23,456.78"),
            (1_23_45_678_90, "₹1,23,45,678.90"),
            (-640_00, "\u{2212}₹640.00"),
            (i64::MIN, "\u{2212}₹92,23,37,20,36,85,47,758.08"),
        ] {
            assert_eq!(Paise::new(paise).to_string(), text);
        }
    }

    #[test]
    fn a_sign_is_written_and_spoken() {
        assert_eq!(Paise::new(500).signed(), "+₹5.00");
        assert_eq!(Paise::new(-500).signed(), "\u{2212}₹5.00");
        assert_eq!(Paise::new(-500).spoken(), "minus ₹5.00");
        assert_eq!(Paise::new(500).spoken(), "plus ₹5.00");
        assert_eq!(Paise::ZERO.signed(), "₹0.00");
    }

    #[test]
    fn limits_are_written_without_decimals_only_when_whole() {
        assert_eq!(Amount::MAX.paise().short(), "₹1,00,000");
        assert_eq!(Paise::new(150).short(), "₹1.50");
    }

    #[test]
    fn amounts_are_read_out_in_words() {
        assert_eq!(Paise::new(1_250_50).words(), "One thousand two hundred fifty rupees and fifty paise");
        assert_eq!(Paise::new(1_20_000_00).words(), "One lakh twenty thousand rupees");
        assert_eq!(Paise::new(1_00).words(), "One rupee");
        assert_eq!(Paise::new(1).words(), "One paisa");
        assert_eq!(Paise::new(123_45).words(), "One hundred twenty-three rupees and forty-five paise");
    }

    #[test]
    fn what_people_type_is_understood() {
        for (text, paise) in [
            ("1,234.5", 1_234_50),
            ("₹1234.50", 1_234_50),
            ("1234", 1_234_00),
            (" 10 ", 10_00),
            ("₹ 1,00,000", 1_00_000_00),
            ("100,000", 1_00_000_00),
            ("0.01", 1),
            ("007", 7_00),
        ] {
            assert_eq!(Amount::parse(text).map(Amount::get), Ok(paise), "{text}");
        }
    }

    #[test]
    fn what_is_not_an_amount_is_refused_by_name() {
        use AmountError::*;
        let above = AboveLimit { limit: Amount::MAX.paise() };
        for (text, error) in [
            ("", Empty),
            ("₹", Empty),
            ("abc", NotANumber),
            ("1e3", NotANumber),
            ("1,50", NotANumber),
            ("1,,000", NotANumber),
            ("12.", NotANumber),
            (".5", NotANumber),
            ("+5", NotANumber),
            ("NaN", NotANumber),
            ("١٠", NotANumber),
            ("１０", NotANumber),
            ("1.005", TooPrecise),
            ("0", NotPositive),
            ("0.00", NotPositive),
            ("-5", NotPositive),
            ("\u{2212}5", NotPositive),
            ("-₹5", NotPositive),
            ("1,00,000.01", above),
            ("9223372036854775808", above),
            ("99999999999999999999999999", above),
        ] {
            assert_eq!(Amount::parse(text), Err(error), "{text}");
        }
    }

    #[test]
    fn a_sum_may_be_nothing_or_more_than_moves_at_a_time() {
        for (text, paise) in [("0", 0), ("10,00,000", 10_00_000_00), ("9223372036854775808", i64::MAX)] {
            assert_eq!(Paise::parse(text), Ok(Paise::new(paise)), "{text}");
        }
        assert_eq!(Paise::parse("-1"), Err(AmountError::NotPositive));
    }

    #[test]
    fn a_bank_is_asked_for_a_rupee_at_least() {
        let paisa = Amount::new(99).expect("positive");
        assert_eq!(paisa.for_on_ramp(), Err(AmountError::BelowLimit { limit: Paise::new(100) }));
        assert!(Amount::MIN_ON_RAMP.for_on_ramp().is_ok());
    }

    proptest! {
        #[test]
        fn every_amount_reads_back_as_it_is_written(paise in 1..=Amount::MAX.get()) {
            let amount = Amount::new(paise).expect("within limits");
            prop_assert_eq!(Amount::parse(&amount.to_string()), Ok(amount));
            prop_assert_eq!(Amount::parse(&amount.paise().plain()), Ok(amount));
        }

        #[test]
        fn no_text_makes_the_parser_panic(text in "\\PC*") {
            let _ = Amount::parse(&text);
        }

        #[test]
        fn nothing_outside_the_limits_becomes_an_amount(paise in prop_oneof![i64::MIN..=0, Amount::MAX.get() + 1..=i64::MAX]) {
            prop_assert!(Amount::new(paise).is_err());
            prop_assert!(serde_json::from_str::<Amount>(&paise.to_string()).is_err());
        }
    }

    #[test]
    fn sums_and_differences_are_exact_or_none() {
        let (five, two) = (Paise::new(5), Paise::new(2));
        assert_eq!(five.get(), 5);
        assert_eq!(five.checked_add(two), Some(Paise::new(7)));
        assert_eq!(two.checked_sub(five), Some(Paise::new(-3)));
        assert_eq!(Paise::new(i64::MAX).checked_add(Paise::new(1)), None);
        assert_eq!(Paise::new(i64::MIN).checked_sub(Paise::new(1)), None);
        assert!(Paise::new(-1).is_negative() && !Paise::ZERO.is_negative());
    }

    #[test]
    fn commas_group_thousands_or_lakhs_and_nothing_else() {
        for (text, paise) in
            [("123,456", 123_456_00), ("1,23,456", 123_456_00), ("12,34,567.5", 1_234_567_50)]
        {
            assert_eq!(Paise::parse(text), Ok(Paise::new(paise)), "{text}");
        }
        for text in ["1234,567", "1,23", "1,2345,678", "1,2,345", ",123", "1,,234"] {
            assert_eq!(Paise::parse(text), Err(AmountError::NotANumber), "{text}");
        }
    }

    #[test]
    fn for_a_text_field_there_is_a_sign_only_below_nothing() {
        assert_eq!([-1, 0, 1_234_50].map(|paise| Paise::new(paise).plain()), ["-0.01", "0.00", "1234.50"]);
        assert_eq!(i64::from(Amount::MAX), 1_00_000_00);
    }

    #[test]
    fn nothing_has_no_sign() {
        assert_eq!((Paise::ZERO.signed().as_str(), Paise::ZERO.spoken().as_str()), ("₹0.00", "₹0.00"));
    }
}
