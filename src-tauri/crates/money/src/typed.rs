use crate::{AmountError, Currency, MAX_MINOR, Money};

/// What a cashier has typed so far: digits that shift in from the right, as on every till.
///
/// It is a buffer of digits and never a locale's text, so there is no comma or point to mistake
/// and no invisible second decimal point.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Typed {
    digits: String,
}

impl Typed {
    /// Takes a buffer back from the screen.
    ///
    /// # Errors
    /// [`AmountError::NotANumber`] for anything but ASCII digits, [`AmountError::TooLarge`] for
    /// more than the till handles.
    pub fn from_digits(digits: &str) -> Result<Self, AmountError> {
        if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(AmountError::NotANumber);
        }
        let digits = digits.trim_start_matches('0').to_owned();
        if digits.is_empty() {
            return Ok(Self { digits });
        }
        match digits.parse::<i64>() {
            Ok(minor) if minor <= MAX_MINOR => Ok(Self { digits }),
            Ok(_) | Err(_) => Err(AmountError::TooLarge),
        }
    }

    /// The digits, without leading zeros.
    #[must_use]
    pub fn digits(&self) -> &str {
        &self.digits
    }

    /// The amount these digits mean in a currency.
    #[must_use]
    pub fn money(&self, currency: Currency) -> Money {
        let minor = self.digits.parse::<i64>().unwrap_or(0);
        Money::new(minor, currency).unwrap_or_else(|_| Money::zero(currency))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_shift_in_from_the_right() {
        let table = [
            ("", Currency::Mxn, "MX$0.00"),
            ("5", Currency::Mxn, "MX$0.05"),
            ("35050", Currency::Mxn, "MX$350.50"),
            ("0035050", Currency::Mxn, "MX$350.50"),
            ("500", Currency::Jpy, "¥500"),
            ("1234", Currency::Kwd, "KD 1.234"),
        ];
        for (digits, currency, shown) in table {
            let typed = Typed::from_digits(digits).unwrap();
            assert_eq!(typed.money(currency).to_string(), shown, "{digits:?}");
        }
    }

    #[test]
    fn anything_else_is_refused() {
        assert_eq!(Typed::from_digits("12.5"), Err(AmountError::NotANumber));
        assert_eq!(Typed::from_digits("-1"), Err(AmountError::NotANumber));
        assert_eq!(Typed::from_digits("٣"), Err(AmountError::NotANumber));
        assert_eq!(
            Typed::from_digits("1000000000000"),
            Err(AmountError::TooLarge)
        );
        assert_eq!(
            Typed::from_digits(&"9".repeat(400)),
            Err(AmountError::TooLarge)
        );
        assert!(Typed::from_digits("999999999999").is_ok());
    }
}
