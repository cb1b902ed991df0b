//! A QR code as the outline of its dark squares, drawn here: no address of anybody else's ever sees a secret.

use fast_qr::{ECL, QRBuilder};

/// The outline (SVG 2, 9.3) and how many squares it has on a side; `None` for what does not fit.
pub(super) fn outline(text: &str) -> Option<(String, usize)> {
    let code = QRBuilder::new(text).ecl(ECL::M).build().ok()?;
    let dark = |x: usize, y: usize| code[y][x].value();
    let squares = (0..code.size).flat_map(|y| (0..code.size).map(move |x| (x, y)));
    let path = squares.filter(|(x, y)| dark(*x, *y)).map(|(x, y)| format!("M{x} {y}h1v1h-1z")).collect();
    Some((path, code.size))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_its_three_eyes_and_grows_with_what_it_says() {
        let (path, side) = outline("otpauth://totp/OKANE:1?secret=GEZDGNBV").expect("it fits");
        for (x, y) in [(0, 0), (side - 7, 0), (0, side - 7)] {
            assert!(path.contains(&format!("M{x} {y}h1v1h-1z")), "{x} {y}");
            assert!(!path.contains(&format!("M{} {}h", x + 1, y + 1)), "an eye is a ring");
        }
        assert!(outline(&"x".repeat(100)).expect("it fits").1 > side);
        assert!(outline(&"x".repeat(10_000)).is_none());
    }
}
