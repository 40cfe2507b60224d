use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A currency the till can charge in. The exponents are those of ISO 4217.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Currency {
    /// Japanese yen: no minor unit.
    Jpy,
    /// Mexican peso.
    Mxn,
    /// Thai baht.
    Thb,
    /// Pound sterling.
    Gbp,
    /// Euro.
    Eur,
    /// US dollar.
    Usd,
    /// Kuwaiti dinar: a thousand fils.
    Kwd,
}

/// The text is not the code of a currency this till knows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the currency code is not one this till knows")]
pub struct UnknownCurrency;

impl Currency {
    /// Every currency, for tables and tests.
    pub const ALL: [Self; 7] = [
        Self::Jpy,
        Self::Mxn,
        Self::Thb,
        Self::Gbp,
        Self::Eur,
        Self::Usd,
        Self::Kwd,
    ];

    /// The ISO 4217 code, upper case.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Jpy => "JPY",
            Self::Mxn => "MXN",
            Self::Thb => "THB",
            Self::Gbp => "GBP",
            Self::Eur => "EUR",
            Self::Usd => "USD",
            Self::Kwd => "KWD",
        }
    }

    /// How many decimals the minor unit has (ISO 4217).
    #[must_use]
    pub const fn exponent(self) -> usize {
        match self {
            Self::Jpy => 0,
            Self::Mxn | Self::Thb | Self::Gbp | Self::Eur | Self::Usd => 2,
            Self::Kwd => 3,
        }
    }

    /// How many minor units make one major unit.
    #[must_use]
    pub const fn minor_per_major(self) -> i64 {
        match self {
            Self::Jpy => 1,
            Self::Mxn | Self::Thb | Self::Gbp | Self::Eur | Self::Usd => 100,
            Self::Kwd => 1000,
        }
    }

    /// What a cashier reads before the figure. Dollars and pesos are told apart.
    #[must_use]
    pub const fn symbol(self) -> &'static str {
        match self {
            Self::Jpy => "¥",
            Self::Mxn => "MX$",
            Self::Thb => "฿",
            Self::Gbp => "£",
            Self::Eur => "€",
            Self::Usd => "US$",
            Self::Kwd => "KD ",
        }
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.code())
    }
}

impl FromStr for Currency {
    type Err = UnknownCurrency;

    /// Reads a code in either case, as LeanRails writes `usd` and the others `USD`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|currency| currency.code().eq_ignore_ascii_case(text))
            .ok_or(UnknownCurrency)
    }
}
