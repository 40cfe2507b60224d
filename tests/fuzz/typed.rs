//! What people type and providers name: amounts, digits, names, addresses.

use money::{AmountError, Currency, MAX_MINOR, Money, Typed};
use payment::{ActName, IdempotencyKey, IntentId, OrderRef, PaymentId, TerminalCode};
use providers::BaseUrl;

use super::fit::is_visible;

/// Currencies with two, none and three decimals.
const CURRENCIES: [Currency; 3] = [Currency::Mxn, Currency::Jpy, Currency::Kwd];

/// Feeds every reader of a typed text.
///
/// # Panics
/// Where a promise is broken.
pub fn check(bytes: &[u8]) {
    check_with(bytes, Money::from_decimal);
}

/// The same with a reader of amounts that can be wrong on purpose.
///
/// # Panics
/// See [`check`].
pub fn check_with(bytes: &[u8], read: impl Fn(&str, Currency) -> Result<Money, AmountError>) {
    let text = String::from_utf8_lossy(bytes);
    for currency in CURRENCIES {
        if let Ok(amount) = read(&text, currency) {
            assert_exact(&text, amount, currency);
        }
        if let Ok(typed) = Typed::from_digits(&text) {
            assert!(text.bytes().all(|byte| byte.is_ascii_digit()), "{text:?}");
            let minor = typed.money(currency).minor().to_string();
            let digits = text.trim_start_matches('0');
            assert_eq!(minor.trim_start_matches('0'), digits, "{text:?}");
        }
    }
    check_names(&text);
    check_address(&text);
}

/// An amount that was read is the one that stands there, to the last digit.
fn assert_exact(text: &str, amount: Money, currency: Currency) {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let (major, minor) = amount.split();
    assert_eq!(
        whole.trim_start_matches('0'),
        major.trim_start_matches('0'),
        "{text:?} was read as {amount}"
    );
    assert_eq!(
        fraction.trim_end_matches('0'),
        minor.trim_end_matches('0'),
        "{text:?} was read as {amount}"
    );
    assert!((0..=MAX_MINOR).contains(&amount.minor()), "{amount:?}");
    assert_eq!(
        Money::from_decimal(&amount.to_decimal(), currency),
        Ok(amount)
    );
    let written = serde_json::to_string(&amount).expect("it is written");
    let again: Money = serde_json::from_str(&written).expect("it is read");
    assert_eq!(again, amount);
}

fn check_names(text: &str) {
    if let Ok(order) = OrderRef::new(text) {
        assert_name(text, order.as_str(), 48);
        assert_eq!(OrderRef::new(order.as_str()), Ok(order.clone()));
        assert!(order.is_of(order.as_str()));
    }
    if let Ok(key) = IdempotencyKey::new(text) {
        assert_name(text, key.as_str(), 60);
    }
    if let Ok(name) = ActName::new(text) {
        assert_name(text, name.as_str(), 128);
    }
    if let Ok(code) = TerminalCode::new(text) {
        assert_name(text, code.as_str(), 64);
        assert!(code.as_str().is_ascii(), "{text:?}");
    }
    if let Ok(intent) = IntentId::new(text) {
        let name = intent.as_str();
        assert_name(text, name, 128);
        assert!(
            !name.contains(['/', '?', '#', '%', '\\', ' ', ':', '@']),
            "{text:?} leaves its place in a path"
        );
        assert!(name.chars().any(|one| one != '.'), "{text:?}");
    }
    if let Ok(id) = text.parse::<PaymentId>() {
        assert_eq!(id.to_string().parse(), Ok(id), "{text:?}");
    }
}

fn assert_name(text: &str, name: &str, limit: usize) {
    assert!(
        !name.is_empty() && name.chars().count() <= limit,
        "{text:?}"
    );
    assert!(name.chars().all(is_visible), "{text:?}");
    assert_eq!(name, name.trim(), "{text:?}");
}

/// A key goes to an address that nobody else can listen to, and to the one that was typed.
fn check_address(text: &str) {
    let Ok(address) = BaseUrl::parse(text) else {
        return;
    };
    let shown = address.as_str();
    assert_eq!(BaseUrl::parse(shown).as_ref(), Ok(&address), "{text:?}");
    assert!(
        !shown.ends_with('/') && shown.is_ascii(),
        "{text:?}: {shown:?}"
    );
    assert!(!shown.contains(['?', '#', '\\']), "{text:?}: {shown:?}");
    let (scheme, rest) = shown.split_once("://").unwrap_or_default();
    let host = rest.split('/').next().unwrap_or_default();
    assert!(!host.contains('@'), "{text:?}: {shown:?}");
    let is_secure = scheme == "https";
    let is_here = ["127.", "[::1]", "localhost"];
    assert!(
        is_secure || is_here.iter().any(|here| host.starts_with(here)),
        "{text:?}: a key would be sent in the clear to {shown:?}"
    );
}

/// What people type, and what they might.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let texts = [
        "350.50",
        "0.05",
        "350",
        "35050",
        "0",
        "-1",
        "1.",
        ".5",
        "1,000.00",
        "1e3",
        "0x10",
        "٣",
        "999999999999",
        "1000000000000",
        "0.0000000000000000001",
        "12.340",
        "R-20418",
        "Mesa 4 ñ",
        "pi_sandbox_RBMHTJ4fIkmSppDILZVCGw",
        "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee",
        "..",
        "R-1-a2",
        "https://api.example.com/v1/",
        "http://127.0.0.1:4100/api",
        "http://localhost",
        "http://127.0.0.1.example.com",
        "https://a@b.example",
        "https://a.example/?x=1#y",
        "http://[::1]:80/",
        "HTTPS://EXAMPLE.com:443",
        "https://exämple.com/ü",
        "file:///etc/passwd",
    ];
    texts.map(|text| text.as_bytes().to_vec()).into()
}
