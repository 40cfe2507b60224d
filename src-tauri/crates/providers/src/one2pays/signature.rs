//! The signature of a request (docs.one2pays.com/docs/reference/authentication): HMAC-SHA256 with
//! the secret key over the timestamp, a full stop, and the very bytes of the body. Method, path and
//! query are not signed.

use std::fmt::Write;

use hmac::{Hmac, KeyInit, Mac};
use secrets::Secret;
use sha2::Sha256;

/// The value of `X-Signature`. `None` where the library refuses the key, which it does for none.
pub(super) fn signature(secret: &Secret, timestamp: &str, body: &[u8]) -> Option<String> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.expose().as_bytes()).ok()?;
    mac.update(timestamp.as_bytes());
    mac.update(b".");
    mac.update(body);
    let mut text = "sha256=".to_owned();
    for byte in mac.finalize().into_bytes() {
        write!(text, "{byte:02x}").ok()?;
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;
    use std::process::{Command, Stdio};

    use super::*;

    const SECRET: &str = "sk_test_canary-7f3a91c2d4";

    /// Made with another implementation, Python's:
    /// `hmac.new(SECRET, TIMESTAMP + b"." + BODY, "sha256").hexdigest()`.
    const VECTORS: [(&str, &str, &str); 4] = [
        (
            "1767225600000",
            r#""#,
            "9253f908c0584bf93446fb58de744c509651834fe6db4a013a1639669fc9f432",
        ),
        (
            "1767225600000",
            r#"{"amount":"350.50","referenceId":"R-1"}"#,
            "e07f814665ead443b636aecab577a84f0ab7da717bedfd59e77e4cf483732463",
        ),
        (
            "1",
            r#"{"description":"ก๋วยเตี๋ยว ñ"}"#,
            "b3986dca71ccbbe98f0ac1b4175ecbd9aeacb75d4eacfd4cb602669ebb100a47",
        ),
        (
            "9007199254740993",
            r#"a.b.c"#,
            "eee00eba80ab38d6be59319d0a8586ef711372c1227d913fc2815fa8f80820b1",
        ),
    ];

    fn signed(secret: &str, timestamp: &str, body: &str) -> String {
        let secret = Secret::new(secret).unwrap();
        signature(&secret, timestamp, body.as_bytes()).unwrap()
    }

    #[test]
    fn a_signature_is_what_another_implementation_makes() {
        for (timestamp, body, expected) in VECTORS {
            let found = signed(SECRET, timestamp, body);
            assert_eq!(found, format!("sha256={expected}"), "{timestamp} {body}");
        }
    }

    /// RFC 4231, test case 2, whose text happens to have no full stop in it: the plain HMAC of the
    /// library is checked, as everything else depends on it.
    #[test]
    fn the_library_passes_the_vector_of_the_standard() {
        let mut mac = Hmac::<Sha256>::new_from_slice(b"Jefe").unwrap();
        mac.update(b"what do ya want for nothing?");
        let found: String = mac
            .finalize()
            .into_bytes()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        assert_eq!(found, expected);
    }

    /// What `openssl` makes of it on the machine of the test; `None` where there is none.
    fn openssl(timestamp: &str, body: &str) -> Option<String> {
        let mut child = Command::new("openssl")
            .args(["dgst", "-sha256", "-hmac", SECRET, "-r"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        let text = format!("{timestamp}.{body}");
        child.stdin.take()?.write_all(text.as_bytes()).ok()?;
        let output = child.wait_with_output().ok()?;
        let text = String::from_utf8(output.stdout).ok()?;
        let hex = text.split_whitespace().next()?;
        (output.status.success() && hex.len() == 64).then(|| hex.to_owned())
    }

    #[test]
    fn openssl_agrees_where_there_is_one() {
        let long = "x".repeat(10_000);
        for (timestamp, body) in [("1767225600000", ""), ("1", "{}"), ("1790000000123", &long)] {
            let Some(expected) = openssl(timestamp, body) else {
                println!("there is no openssl here: only the fixed vectors were checked");
                return;
            };
            assert_eq!(
                signed(SECRET, timestamp, body),
                format!("sha256={expected}")
            );
        }
    }

    #[test]
    fn every_part_counts() {
        let first = signed(SECRET, "1767225600000", "{}");
        let others = [
            signed("sk_test_canary-7f3a91c2d5", "1767225600000", "{}"),
            signed(SECRET, "1767225600001", "{}"),
            signed(SECRET, "1767225600000", "{} "),
            signed(SECRET, "1767225600000", ""),
        ];
        assert!(!others.contains(&first));
    }
}
