//! A payment page as a QR code on a terminal, two rows of squares to a line of text.

use qrcodegen::{QrCode, QrCodeEcc};

/// The light border that scanners want, squares (ISO/IEC 18004, the quiet zone).
const QUIET: i32 = 4;

/// White on black, and back again: the light squares are drawn, so that a code is dark on light on
/// every terminal, whatever its own colours.
const LIGHT_ON_DARK: &str = "\u{1b}[97;40m";
const AS_BEFORE: &str = "\u{1b}[0m";

/// The lines of a text's code. `None` for a text that no QR code can hold.
pub(crate) fn lines(text: &str) -> Option<Vec<String>> {
    let rows = rows(text)?;
    let lines = rows.into_iter();
    Some(
        lines
            .map(|row| format!("{LIGHT_ON_DARK}{row}{AS_BEFORE}"))
            .collect(),
    )
}

/// The same without colours.
fn rows(text: &str) -> Option<Vec<String>> {
    let code = QrCode::encode_text(text, QrCodeEcc::Medium).ok()?;
    let places = -QUIET..code.size() + QUIET;
    let is_light = |x, y| !code.get_module(x, y);
    let rows = places.clone().step_by(2).map(|y| {
        let squares = places.clone().map(|x| {
            // Below the last row of an odd number of rows there is nothing to draw.
            let below = places.contains(&(y + 1)) && is_light(x, y + 1);
            match (is_light(x, y), below) {
                (true, true) => '█',
                (true, false) => '▀',
                (false, true) => '▄',
                (false, false) => ' ',
            }
        });
        squares.collect()
    });
    Some(rows.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "https://pay.example/one-time/7c1d0a52?t=R-20418";

    /// Whether each square is dark, read back from the lines.
    fn dark(rows: &[String]) -> Vec<Vec<bool>> {
        let halves = rows.iter().flat_map(|row| {
            let half = |lit: [char; 2]| row.chars().map(|one| !lit.contains(&one)).collect();
            [half(['█', '▀']), half(['█', '▄'])]
        });
        halves.collect()
    }

    #[test]
    fn what_is_drawn_is_the_code_of_the_page_with_its_border() {
        let code = QrCode::encode_text(PAGE, QrCodeEcc::Medium).unwrap();
        let rows = rows(PAGE).unwrap();
        let drawn = dark(&rows);
        let side = usize::try_from(code.size() + 2 * QUIET).unwrap();
        assert!(drawn.iter().all(|row| row.len() == side));
        for (y, row) in (-QUIET..code.size() + QUIET).zip(&drawn) {
            for (x, is_dark) in (-QUIET..).zip(row) {
                assert_eq!(*is_dark, code.get_module(x, y), "{x} {y}");
            }
        }
        let lines = lines(PAGE).unwrap();
        assert_eq!(lines.len(), side.div_ceil(2));
        assert!(lines.iter().all(|line| line.ends_with(AS_BEFORE)));
    }

    #[test]
    fn what_is_too_long_for_a_code_has_none() {
        assert_eq!(super::lines(&"x".repeat(3_000)), None);
    }
}
