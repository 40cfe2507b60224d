//! What a sale has beside its amount, as it is typed here: decimal amounts, which cross to the till as
//! the digits of its keypad.

use money::{AmountError, Currency, Money};
use till::api::{ApiError, Code, ItemLineInput, ModifierInput, SaleInput};

use crate::arguments::Charge;

/// What was typed beside the amount; `None` where nothing was.
///
/// # Errors
/// What is wrong with an amount; [`Code::ItemInvalid`] for a line without one.
pub(super) fn input(charge: &Charge, currency: Currency) -> Result<Option<SaleInput>, ApiError> {
    let is_plain = !charge.keyed
        && !charge.hold
        && charge.tip.is_none()
        && charge.service_charge.is_none()
        && charge.lines.is_empty();
    if is_plain {
        return Ok(None);
    }
    let optional = |text: &Option<String>| match text {
        Some(text) => digits(text, currency),
        None => Ok(String::new()),
    };
    let lines = charge.lines.iter().map(|text| line(text, currency));
    Ok(Some(SaleInput {
        keyed: charge.keyed,
        hold: charge.hold,
        tip_digits: optional(&charge.tip)?,
        service_charge_digits: optional(&charge.service_charge)?,
        lines: lines.collect::<Result<_, _>>()?,
    }))
}

/// A decimal amount as digits: whole minor units.
///
/// # Errors
/// What is wrong with it.
pub(super) fn digits(text: &str, currency: Currency) -> Result<String, ApiError> {
    Money::from_decimal(text, currency)
        .map(|amount| amount.minor().to_string())
        .map_err(|error| ApiError::with(code(error), text))
}

const fn code(error: AmountError) -> Code {
    match error {
        AmountError::Empty => Code::AmountEmpty,
        AmountError::Negative => Code::AmountNegative,
        AmountError::TooLarge => Code::AmountTooLarge,
        AmountError::TooManyDecimals => Code::AmountDecimals,
        AmountError::NotANumber | AmountError::DifferentCurrencies => Code::AmountInvalid,
    }
}

/// `NAME=AMOUNT`, or `N x NAME=AMOUNT`, where the amount is for all of them; then, each behind a `;`,
/// its modifiers, whose amount may have a minus. A name may have a `=` of its own, as the last one
/// counts, and a `;`, as what has no amount yet goes on behind it.
fn line(text: &str, currency: Currency) -> Result<ItemLineInput, ApiError> {
    let mut parts = parts(text).into_iter();
    let first = parts.next().unwrap_or_default();
    let (name, quantity, amount) = priced(&first)?;
    let modifiers = parts.map(|part| modifier(&part, currency));
    Ok(ItemLineInput {
        name: name.to_owned(),
        quantity,
        digits: digits(amount, currency)?,
        modifiers: modifiers.collect::<Result<_, _>>()?,
    })
}

fn modifier(part: &str, currency: Currency) -> Result<ModifierInput, ApiError> {
    let (name, quantity, amount) = priced(part)?;
    let taken_off = amount.strip_prefix('-');
    Ok(ModifierInput {
        name: name.to_owned(),
        quantity,
        digits: digits(taken_off.unwrap_or(amount).trim(), currency)?,
        discount: taken_off.is_some(),
    })
}

/// What stands between one `;` and the next, where each part has an amount.
fn parts(text: &str) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    for piece in text.split(';') {
        match parts.last_mut().filter(|part| !part.contains('=')) {
            Some(part) => {
                part.push(';');
                part.push_str(piece);
            }
            None => parts.push(piece.to_owned()),
        }
    }
    parts
}

/// The name, the number and the amount as it was written.
fn priced(part: &str) -> Result<(&str, u32, &str), ApiError> {
    let none = || ApiError::with(Code::ItemInvalid, part);
    let (sold, amount) = part.rsplit_once('=').ok_or_else(none)?;
    let (quantity, name) = quantity(sold.trim()).ok_or_else(none)?;
    Ok((name, quantity, amount.trim()))
}

/// `None`: a number of things beyond all counting.
fn quantity(sold: &str) -> Option<(u32, &str)> {
    let counted = sold.split_once(" x ").map(|(number, name)| {
        let number = number.trim();
        let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
        (is_number, number, name.trim())
    });
    match counted {
        Some((true, number, name)) => Some((number.parse().ok()?, name)),
        Some((false, ..)) | None => Some((1, sold)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_a_number_a_name_and_an_amount() {
        let table = [
            ("2 x Coffee=7.00", 2, "Coffee", "700"),
            ("Coffee=3.5", 1, "Coffee", "350"),
            (" 12 x  Flat white = 40 ", 12, "Flat white", "4000"),
            ("0 x Coffee=7", 0, "Coffee", "700"),
            ("Box 2 x 4=9.99", 1, "Box 2 x 4", "999"),
            ("a=b=1", 1, "a=b", "100"),
            ("2x Coffee=7", 1, "2x Coffee", "700"),
            ("=7", 1, "", "700"),
        ];
        for (text, quantity, name, digits) in table {
            let line = line(text, Currency::Gbp).unwrap();
            let read = (line.quantity, line.name.as_str(), line.digits.as_str());
            assert_eq!(read, (quantity, name, digits), "{text:?}");
        }
    }

    /// Name, quantity, digits, and whether it is taken off.
    type Modified = (&'static str, u32, &'static str, bool);

    #[test]
    fn modifiers_stand_behind_their_line() {
        let table: [(&str, &str, &[Modified]); 4] = [
            (
                "2 x Burger=20.00; 2 x Cheese=1.50; Student=-2",
                "Burger",
                &[("Cheese", 2, "150", false), ("Student", 1, "200", true)],
            ),
            ("Fish; chips=5", "Fish; chips", &[]),
            (
                "Fish; chips=5;Salt; vinegar=0.10",
                "Fish; chips",
                &[("Salt; vinegar", 1, "10", false)],
            ),
            ("Tea=1;Two=for=-0.5", "Tea", &[("Two=for", 1, "50", true)]),
        ];
        for (text, name, expected) in table {
            let line = line(text, Currency::Gbp).unwrap();
            let read: Vec<_> = line
                .modifiers
                .iter()
                .map(|one| (&*one.name, one.quantity, &*one.digits, one.discount))
                .collect();
            assert_eq!((&*line.name, &*read), (name, expected), "{text:?}");
        }
        for (text, expected) in [
            ("Tea=1;", Code::ItemInvalid),
            ("Tea=1;Milk", Code::ItemInvalid),
            ("Tea=1;Milk=", Code::AmountEmpty),
            ("Tea=1;Milk=--1", Code::AmountNegative),
        ] {
            assert_eq!(
                line(text, Currency::Gbp).unwrap_err().code,
                expected,
                "{text:?}"
            );
        }
    }

    #[test]
    fn a_line_that_is_none_is_told_as_what_it_is() {
        let table = [
            ("Coffee", Code::ItemInvalid),
            ("", Code::ItemInvalid),
            ("99999999999 x Coffee=7", Code::ItemInvalid),
            ("Coffee=", Code::AmountEmpty),
            ("Coffee=seven", Code::AmountInvalid),
            ("Coffee=7,00", Code::AmountInvalid),
            ("Coffee=-7", Code::AmountNegative),
            ("Coffee=7.001", Code::AmountDecimals),
        ];
        for (text, expected) in table {
            let error = line(text, Currency::Gbp).unwrap_err();
            assert_eq!(error.code, expected, "{text:?}");
        }
    }

    #[test]
    fn a_decimal_is_digits_in_its_own_currency() {
        let table = [
            ("1.5", Currency::Gbp, Ok("150")),
            ("0", Currency::Gbp, Ok("0")),
            ("500", Currency::Jpy, Ok("500")),
            ("1.234", Currency::Kwd, Ok("1234")),
            ("9999999999.99", Currency::Usd, Ok("999999999999")),
            ("10000000000", Currency::Usd, Err(Code::AmountTooLarge)),
            ("500.5", Currency::Jpy, Err(Code::AmountDecimals)),
            ("", Currency::Gbp, Err(Code::AmountEmpty)),
        ];
        for (text, currency, expected) in table {
            let read = digits(text, currency).map_err(|error| error.code);
            assert_eq!(read, expected.map(str::to_owned), "{text:?} in {currency}");
        }
    }
}
