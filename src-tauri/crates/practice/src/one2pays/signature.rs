//! The signature of a request (docs.one2pays.com/docs/reference/authentication): HMAC-SHA256 with
//! the secret key over the timestamp, a full stop, and the very bytes of the body.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// Whether a signature belongs to this timestamp and body. As in the reference's samples it must
/// be `sha256=` and 64 digits in lower case.
pub(super) fn is_signed(secret: &str, timestamp: &str, body: &[u8], signature: &str) -> bool {
    let Some(told) = signature.strip_prefix("sha256=").and_then(from_hex) else {
        return false;
    };
    // HMAC takes a key of any length, so this never fails.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else {
        return false;
    };
    mac.update(timestamp.as_bytes());
    mac.update(b".");
    mac.update(body);
    mac.verify_slice(&told).is_ok()
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digit = |one: u8| match one {
        b'0'..=b'9' => one.checked_sub(b'0'),
        b'a'..=b'f' => one.checked_sub(b'a').and_then(|one| one.checked_add(10)),
        _ => None,
    };
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if !rest.is_empty() {
        return None;
    }
    let bytes = pairs.iter().map(|[high, low]| {
        let high = digit(*high)?.checked_mul(16)?;
        high.checked_add(digit(*low)?)
    });
    bytes.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "sk_test_practice";

    /// Computed with Python's own implementation:
    /// `python3 -c 'import hmac; print(hmac.new(SECRET, TIMESTAMP + b"." + BODY, "sha256").hexdigest())'`
    const VECTORS: [(&str, &str, &str); 3] = [
        (
            "1767225600000",
            "",
            "4e7b909d575abb88eb5fbed7e833318b6c71969cfc029cf53d03bd56d6c2f31a",
        ),
        (
            "1767225600000",
            r#"{"amount":"100.00","referenceId":"order-1"}"#,
            "10202ab60256db23f6758c88760285a5936ea1459ae243133f2bb25684b1a7a9",
        ),
        (
            "1",
            "{\"description\":\"ก๋วยเตี๋ยว ñ\"}",
            "16d1fe5c820c398bfe5f79667e04b03eb1387e9c49482c04284bf4e4613b01a8",
        ),
    ];

    #[test]
    fn the_vectors_of_another_implementation_are_signed() {
        for (timestamp, body, hex) in VECTORS {
            let signature = format!("sha256={hex}");
            let is_good = |secret, timestamp, body: &str, signature: &str| {
                is_signed(secret, timestamp, body.as_bytes(), signature)
            };
            assert!(is_good(SECRET, timestamp, body, &signature), "{body}");
            assert!(!is_good("sk_test_practicf", timestamp, body, &signature));
            assert!(!is_good(SECRET, "1767225600001", body, &signature));
            let longer = format!("{body} ");
            assert!(!is_good(SECRET, timestamp, &longer, &signature));
            for damaged in [
                hex.to_owned(),
                format!("SHA256={hex}"),
                format!("sha256={}", hex.to_uppercase()),
                format!("sha256={}", &hex[..62]),
                format!("sha256={}", &hex[..63]),
                format!("sha256={hex}00"),
                "sha256=".to_owned(),
                String::new(),
            ] {
                assert!(!is_good(SECRET, timestamp, body, &damaged), "{damaged}");
            }
        }
    }
}
