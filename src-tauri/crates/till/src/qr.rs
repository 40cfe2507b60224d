//! QR codes of payment pages.

use qrcodegen::{QrCode, QrCodeEcc};

use crate::api::QrView;

/// The light border that scanners want, squares (ISO/IEC 18004, the quiet zone).
const QUIET: i32 = 4;

/// The code of a link. `None` for a text that no QR code can hold.
pub(crate) fn view(text: &str) -> Option<QrView> {
    use std::fmt::Write as _;
    let code = QrCode::encode_text(text, QrCodeEcc::Medium).ok()?;
    let side = code.size();
    let mut path = String::new();
    for y in 0..side {
        let mut x = 0;
        while x < side {
            let run = (x..side).take_while(|&at| code.get_module(at, y)).count();
            let run = i32::try_from(run).ok()?;
            if run > 0 {
                let (left, top) = (x + QUIET, y + QUIET);
                write!(path, "M{left} {top}h{run}v1h-{run}z").ok()?;
            }
            x += run.max(1);
        }
    }
    Some(QrView {
        size: u32::try_from(side + 2 * QUIET).ok()?,
        path,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_its_three_corners_and_a_quiet_border() {
        let view = view("https://pay.example/1").unwrap();
        let far = view.size - 4 - 7;
        for (x, y) in [(4, 4), (far, 4), (4, far)] {
            let corner = format!("M{x} {y}h7v1h-7z");
            assert!(view.path.contains(&corner), "{corner} in {}", view.path);
        }
        assert!(!view.path.contains("M3 "), "nothing in the border");
    }

    #[test]
    fn what_is_too_long_for_a_code_has_none() {
        assert_eq!(super::view(&"x".repeat(3_000)), None);
    }
}
