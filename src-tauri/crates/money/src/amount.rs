use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Currency;

/// The largest amount the till handles, in minor units: twelve digits.
///
/// It keeps every sum of a day far from the edge of an `i64`, and every amount exact as a
/// JavaScript number (below 2^53).
pub const MAX_MINOR: i64 = 999_999_999_999;

/// An exact amount: minor units and a currency. Never negative, never above [`MAX_MINOR`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Parts", into = "Parts")]
pub struct Money {
    minor: i64,
    currency: Currency,
}

/// The shape of an amount in the journal and on the bridge.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Parts {
    minor: i64,
    currency: Currency,
}

/// Why a text or number is not an amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AmountError {
    /// Nothing was given.
    #[error("the amount is empty")]
    Empty,
    /// Below zero.
    #[error("the amount is negative")]
    Negative,
    /// Above [`MAX_MINOR`].
    #[error("the amount is too large")]
    TooLarge,
    /// More decimals than the currency has.
    #[error("the amount has more decimals than the currency")]
    TooManyDecimals,
    /// Something else than digits and one point.
    #[error("the amount is not a number")]
    NotANumber,
    /// Two currencies met in one sum.
    #[error("the amounts are in different currencies")]
    DifferentCurrencies,
}

impl Money {
    /// An amount of `minor` units.
    ///
    /// # Errors
    /// [`AmountError::Negative`] and [`AmountError::TooLarge`].
    pub const fn new(minor: i64, currency: Currency) -> Result<Self, AmountError> {
        if minor < 0 {
            return Err(AmountError::Negative);
        }
        if minor > MAX_MINOR {
            return Err(AmountError::TooLarge);
        }
        Ok(Self { minor, currency })
    }

    /// Nothing, in a currency.
    #[must_use]
    pub const fn zero(currency: Currency) -> Self {
        Self { minor: 0, currency }
    }

    /// Whole minor units.
    #[must_use]
    pub const fn minor(self) -> i64 {
        self.minor
    }

    /// The currency.
    #[must_use]
    pub const fn currency(self) -> Currency {
        self.currency
    }

    /// Whether there is nothing to pay.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.minor == 0
    }

    /// The sum.
    ///
    /// # Errors
    /// [`AmountError::DifferentCurrencies`] and [`AmountError::TooLarge`].
    pub fn plus(self, other: Self) -> Result<Self, AmountError> {
        self.same_currency(other)?;
        let sum = self
            .minor
            .checked_add(other.minor)
            .ok_or(AmountError::TooLarge)?;
        Self::new(sum, self.currency)
    }

    /// What is left after taking `other` away.
    ///
    /// # Errors
    /// [`AmountError::DifferentCurrencies`] and [`AmountError::Negative`].
    pub fn minus(self, other: Self) -> Result<Self, AmountError> {
        self.same_currency(other)?;
        let rest = self
            .minor
            .checked_sub(other.minor)
            .ok_or(AmountError::Negative)?;
        Self::new(rest, self.currency)
    }

    fn same_currency(self, other: Self) -> Result<(), AmountError> {
        if self.currency == other.currency {
            Ok(())
        } else {
            Err(AmountError::DifferentCurrencies)
        }
    }

    /// Reads a plain decimal ("350.5", "350", "0.05"): digits, at most one point, no sign, no
    /// exponent, no grouping. Trailing zeros beyond the currency's decimals are accepted, as some
    /// systems write them; any other digit there is an error, never rounded.
    ///
    /// # Errors
    /// See [`AmountError`].
    pub fn from_decimal(text: &str, currency: Currency) -> Result<Self, AmountError> {
        if text.is_empty() {
            return Err(AmountError::Empty);
        }
        let (negative, unsigned) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (whole, fraction) = match unsigned.split_once('.') {
            Some((_, "")) => return Err(AmountError::NotANumber),
            Some((whole, fraction)) => (whole, fraction),
            None => (unsigned, ""),
        };
        let only_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || !only_digits(whole) || !only_digits(fraction) {
            return Err(AmountError::NotANumber);
        }
        if negative {
            return Err(AmountError::Negative);
        }
        let kept = fraction.trim_end_matches('0');
        if kept.len() > currency.exponent() {
            return Err(AmountError::TooManyDecimals);
        }
        let digits = format!("{whole}{kept:0<width$}", width = currency.exponent());
        let significant = digits.trim_start_matches('0');
        if significant.is_empty() {
            return Ok(Self::zero(currency));
        }
        let minor = significant
            .parse::<i64>()
            .map_err(|_| AmountError::TooLarge)?;
        Self::new(minor, currency)
    }

    /// The amount with exactly the currency's decimals ("350.50"), as decimal systems want it.
    #[must_use]
    pub fn to_decimal(self) -> String {
        let (major, fraction) = self.split();
        if fraction.is_empty() {
            major
        } else {
            format!("{major}.{fraction}")
        }
    }

    /// Major and minor digits apart ("1180", "00"); the second is empty where there is no minor unit.
    #[must_use]
    pub fn split(self) -> (String, String) {
        let exponent = self.currency.exponent();
        let padded = format!(
            "{:0>width$}",
            self.minor,
            width = exponent.saturating_add(1)
        );
        let (major, fraction) = padded.split_at(padded.len().saturating_sub(exponent));
        (major.to_owned(), fraction.to_owned())
    }

    /// The major digits in groups of three ("1,180").
    #[must_use]
    pub fn grouped_major(self) -> String {
        let (major, _) = self.split();
        let mut grouped = String::with_capacity(major.len().saturating_mul(2));
        for (index, digit) in major.chars().enumerate() {
            let left = major.len().saturating_sub(index);
            if index > 0 && left.is_multiple_of(3) {
                grouped.push(',');
            }
            grouped.push(digit);
        }
        grouped
    }
}

/// As a cashier reads it: "MX$1,180.00". The same in every language the till speaks.
impl fmt::Display for Money {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (_, fraction) = self.split();
        write!(
            formatter,
            "{}{}",
            self.currency.symbol(),
            self.grouped_major()
        )?;
        if fraction.is_empty() {
            Ok(())
        } else {
            write!(formatter, ".{fraction}")
        }
    }
}

impl TryFrom<Parts> for Money {
    type Error = AmountError;

    fn try_from(parts: Parts) -> Result<Self, Self::Error> {
        Self::new(parts.minor, parts.currency)
    }
}

impl From<Money> for Parts {
    fn from(money: Money) -> Self {
        Self {
            minor: money.minor,
            currency: money.currency,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn decimals_are_read_exactly_or_refused() {
        use AmountError::*;
        let table: &[(&str, Currency, Result<i64, AmountError>)] = &[
            ("350.5", Currency::Mxn, Ok(35_050)),
            ("350.50", Currency::Mxn, Ok(35_050)),
            ("350.500", Currency::Mxn, Ok(35_050)),
            ("350", Currency::Mxn, Ok(35_000)),
            ("0.05", Currency::Mxn, Ok(5)),
            ("0", Currency::Mxn, Ok(0)),
            ("00012", Currency::Mxn, Ok(1_200)),
            ("500", Currency::Jpy, Ok(500)),
            ("500.0", Currency::Jpy, Ok(500)),
            ("500.5", Currency::Jpy, Err(TooManyDecimals)),
            ("1.234", Currency::Kwd, Ok(1_234)),
            ("1.2345", Currency::Kwd, Err(TooManyDecimals)),
            ("350.505", Currency::Mxn, Err(TooManyDecimals)),
            ("9999999999.99", Currency::Mxn, Ok(MAX_MINOR)),
            ("10000000000.00", Currency::Mxn, Err(TooLarge)),
            ("99999999999999999999999", Currency::Mxn, Err(TooLarge)),
            ("", Currency::Mxn, Err(Empty)),
            ("-1", Currency::Mxn, Err(Negative)),
            ("-", Currency::Mxn, Err(NotANumber)),
            ("+1", Currency::Mxn, Err(NotANumber)),
            ("1e3", Currency::Mxn, Err(NotANumber)),
            ("1,000", Currency::Mxn, Err(NotANumber)),
            ("1.000,00", Currency::Mxn, Err(NotANumber)),
            (".5", Currency::Mxn, Err(NotANumber)),
            ("5.", Currency::Mxn, Err(NotANumber)),
            ("1.2.3", Currency::Mxn, Err(NotANumber)),
            (" 1", Currency::Mxn, Err(NotANumber)),
            ("NaN", Currency::Mxn, Err(NotANumber)),
            ("٣", Currency::Mxn, Err(NotANumber)),
        ];
        for (text, currency, expected) in table {
            let read = Money::from_decimal(text, *currency).map(Money::minor);
            assert_eq!(read, *expected, "{text:?} in {currency}");
        }
    }

    #[test]
    fn amounts_are_shown_with_the_decimals_of_their_currency() {
        let table = [
            (Currency::Mxn, 118_000, "MX$1,180.00", "1180.00"),
            (Currency::Mxn, 5, "MX$0.05", "0.05"),
            (Currency::Jpy, 1_234_567, "¥1,234,567", "1234567"),
            (Currency::Kwd, 1_234, "KD 1.234", "1.234"),
            (Currency::Gbp, 100_000, "£1,000.00", "1000.00"),
            (Currency::Thb, 0, "฿0.00", "0.00"),
        ];
        for (currency, minor, shown, decimal) in table {
            let money = Money::new(minor, currency).unwrap();
            assert_eq!(money.to_string(), shown);
            assert_eq!(money.to_decimal(), decimal);
        }
    }

    #[test]
    fn sums_keep_their_bounds() {
        let peso = |minor| Money::new(minor, Currency::Mxn).unwrap();
        assert_eq!(peso(1).plus(peso(2)), Ok(peso(3)));
        assert_eq!(peso(MAX_MINOR).plus(peso(1)), Err(AmountError::TooLarge));
        assert_eq!(peso(1).minus(peso(2)), Err(AmountError::Negative));
        let euro = Money::new(1, Currency::Eur).unwrap();
        assert_eq!(peso(1).plus(euro), Err(AmountError::DifferentCurrencies));
    }

    #[test]
    fn a_forged_amount_is_refused_when_read_back() {
        for forged in [
            r#"{"minor":-1,"currency":"MXN"}"#,
            r#"{"minor":1000000000000,"currency":"MXN"}"#,
            r#"{"minor":1.5,"currency":"MXN"}"#,
            r#"{"minor":1,"currency":"XXX"}"#,
            r#"{"minor":1,"currency":"MXN","extra":1}"#,
        ] {
            assert!(serde_json::from_str::<Money>(forged).is_err(), "{forged}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(minor in 0..=MAX_MINOR, index in 0..Currency::ALL.len()) {
            let money = Money::new(minor, Currency::ALL[index]).unwrap();
            prop_assert_eq!(Money::from_decimal(&money.to_decimal(), money.currency()), Ok(money));
            let json = serde_json::to_string(&money).unwrap();
            prop_assert_eq!(serde_json::from_str::<Money>(&json).unwrap(), money);
        }

        #[test]
        fn no_text_panics(text in ".{0,40}") {
            for currency in Currency::ALL {
                let _ = Money::from_decimal(&text, currency);
            }
        }
    }
}
