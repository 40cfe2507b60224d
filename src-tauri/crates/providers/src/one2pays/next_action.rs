//! Where the customer goes on: `nextAction`
//! (docs.one2pays.com/docs/payment-methods/promptpay).
//!
//! Its type is `use_payment_app`; what the address in it is called is not in the public copy. So
//! it is looked for by what it is: an address of the web under a name that says where to go, then
//! the text of a PromptPay QR code, then any other address.
//!
//! The text of a QR code is no address. It goes into [`payment::PayPage::url`] all the same: what
//! the till draws from it is the very code that the customer's bank reads.

use serde_json::Value;
use serde_json::value::RawValue;

use crate::answer::web_address;

/// How deep addresses are looked for.
const DEPTH_MAX: usize = 4;

/// Names that say where to go, in lower case and without `_`; `redirectToUrl` may be an object.
const PLACES: [&str; 8] = [
    "url",
    "redirecturl",
    "redirecttourl",
    "checkouturl",
    "paymenturl",
    "pageurl",
    "weburl",
    "hostedurl",
];

/// Beginnings of names that lead back to the shop, not to the payment.
const BACK: [&str; 5] = ["return", "cancel", "callback", "success", "webhook"];

/// What to show to the customer.
pub(super) fn shown(next_action: &RawValue) -> Option<String> {
    let value: Value = serde_json::from_str(next_action.get()).ok()?;
    let mut texts = Vec::new();
    collect("", &value, DEPTH_MAX, &mut texts);
    let place = |(name, text): &(String, &str)| {
        let is_place = PLACES.contains(&name.as_str());
        is_place.then(|| web_address(text)).flatten()
    };
    let code = |(_, text): &(String, &str)| is_payment_code(text).then(|| (*text).to_owned());
    let any = |(_, text): &(String, &str)| web_address(text);
    let mut found = texts.iter().filter_map(place);
    found
        .next()
        .or_else(|| texts.iter().find_map(code))
        .or_else(|| texts.iter().find_map(any))
}

/// Every text with the name it stands under, but those that lead back to the shop.
fn collect<'a>(name: &str, value: &'a Value, depth: usize, texts: &mut Vec<(String, &'a str)>) {
    let Some(depth) = depth.checked_sub(1) else {
        return;
    };
    match value {
        Value::String(text) => texts.push((name.to_owned(), text)),
        Value::Array(elements) => {
            for element in elements {
                collect(name, element, depth, texts);
            }
        }
        Value::Object(fields) => {
            for (name, field) in fields {
                let name = name.replace('_', "").to_ascii_lowercase();
                if !BACK.iter().any(|back| name.starts_with(back)) {
                    collect(&name, field, depth, texts);
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Whether a text is what a payment QR code holds: EMV's merchant-presented format, version 01,
/// with the checksum it ends in (EMVCo, QR Code Specification for Payment Systems,
/// Merchant-Presented Mode, §4.7.3).
fn is_payment_code(text: &str) -> bool {
    const LONGEST: usize = 512; // the format's own limit
    let is_plain = text.len() <= LONGEST && text.bytes().all(|one| matches!(one, b' '..=b'~'));
    let Some((covered, checksum)) = text
        .len()
        .checked_sub(4)
        .and_then(|at| text.split_at_checked(at))
    else {
        return false;
    };
    let told = u16::from_str_radix(checksum, 16);
    is_plain
        && text.starts_with("000201")
        && covered.ends_with("6304")
        && told == Ok(crc16(covered.as_bytes()))
}

/// CRC-16 of ISO/IEC 13239 as EMV uses it: polynomial 1021, starting from FFFF.
fn crc16(bytes: &[u8]) -> u16 {
    bytes.iter().fold(u16::MAX, |crc, byte| {
        let mixed = crc ^ (u16::from(*byte) << 8);
        (0..8).fold(mixed, |crc, _| {
            let shifted = crc << 1;
            if crc & 0x8000 == 0 {
                shifted
            } else {
                shifted ^ 0x1021
            }
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Built by hand from the specification; the checksum by Python's `binascii.crc_hqx`.
    const CODE: &str =
        "00020101021229370016A0000006770101110113006681234567853037645406350.505802TH63048AC4";

    #[test]
    fn a_place_to_go_is_found_under_every_plausible_name() {
        let page = "https://pay.example/p/1";
        let image = "https://cdn.example/qr.png";
        let table = [
            (
                format!(r#"{{"type":"use_payment_app","url":"{page}"}}"#),
                Some(page),
            ),
            (
                format!(r#"{{"type":"x","redirectUrl":"{page}"}}"#),
                Some(page),
            ),
            (format!(r#"{{"redirect_url":"{page}"}}"#), Some(page)),
            (
                format!(
                    r#"{{"redirectToUrl":{{"url":"{page}","returnUrl":"https://shop.example"}}}}"#
                ),
                Some(page),
            ),
            (format!(r#"{{"redirectToUrl":"{page}"}}"#), Some(page)),
            (format!(r#"{{"qrUrl":"{page}"}}"#), Some(page)),
            (
                format!(r#"{{"qrImage":"{image}","paymentUrl":"{page}"}}"#),
                Some(page),
            ),
            (
                format!(r#"{{"qrImage":"{image}","qrCode":"{CODE}"}}"#),
                Some(CODE),
            ),
            (format!(r#"{{"qrCode":"{CODE}"}}"#), Some(CODE)),
            (
                format!(r#"{{"promptpay":{{"qr":{{"data":"{CODE}"}}}}}}"#),
                Some(CODE),
            ),
            (
                format!(r#"{{"qrCode":"{CODE}","url":"{page}"}}"#),
                Some(page),
            ),
            (format!(r#"["{page}"]"#), Some(page)),
            (r#"{"returnUrl":"https://shop.example"}"#.to_owned(), None),
            (r#"{"type":"use_payment_app"}"#.to_owned(), None),
            (r#"{"url":"javascript:alert(1)"}"#.to_owned(), None),
            (
                r#"{"qrImage":"data:image/png;base64,AAAA"}"#.to_owned(),
                None,
            ),
            (
                format!(r#"{{"a":{{"b":{{"c":{{"url":"{page}"}}}}}}}}"#),
                None,
            ),
            (
                format!("{}{}", "[".repeat(10_000), "]".repeat(10_000)),
                None,
            ),
            ("null".to_owned(), None),
        ];
        for (text, expected) in table {
            let raw = RawValue::from_string(text.clone()).unwrap();
            assert_eq!(shown(&raw).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn a_payment_code_is_known_by_its_checksum() {
        assert!(is_payment_code(CODE));
        assert_eq!(crc16(b"123456789"), 0x29B1, "the check value of this CRC");
        let others = [
            CODE.replace("350.50", "350.51"),
            CODE.replace("8AC4", "8AC5"),
            CODE.to_owned() + " ",
            CODE[..80].to_owned(),
            CODE.replacen("000201", "000202", 1),
            "6304".to_owned(),
            "ก".to_owned(),
            String::new(),
        ];
        for other in others {
            assert!(!is_payment_code(&other), "{other}");
        }
    }
}
