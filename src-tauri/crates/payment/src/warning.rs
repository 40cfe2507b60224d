//! What a cashier is warned of before money moves, and what a manager decides about money that came
//! where none was expected.

use std::fmt;
use std::str::FromStr;

use money::{Currency, Money};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::event::Actor;
use crate::ids::PaymentId;
use crate::record::Payment;
use crate::state::{Class, State};

/// Why a charge may be a mistake. None of them forbids it: somebody presses once more, and the journal
/// keeps who did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Warning {
    /// A payment of the same amount is not known yet: this may be the same purchase under another order.
    UnresolvedTwin {
        /// Which.
        payment: PaymentId,
    },
    /// The order was paid before, or one that is written almost like it is there.
    SameOrder {
        /// Its payment.
        payment: PaymentId,
    },
    /// The same amount in the same place a moment ago.
    SameAmount {
        /// That payment.
        payment: PaymentId,
    },
    /// Ten or a hundred times what is usual at this till.
    UnusualAmount {
        /// 10 or 100.
        times: u32,
        /// What is usual.
        usual: Money,
    },
}

impl Warning {
    /// The payment that it is about, where it is about one.
    #[must_use]
    pub const fn payment(&self) -> Option<PaymentId> {
        match self {
            Self::UnresolvedTwin { payment }
            | Self::SameOrder { payment }
            | Self::SameAmount { payment } => Some(*payment),
            Self::UnusualAmount { .. } => None,
        }
    }

    /// Whether who saw that one has seen this one too. What is usual may shift by a payment in between;
    /// how many times it is says the same.
    #[must_use]
    pub fn is_seen_in(&self, other: &Self) -> bool {
        match (self, other) {
            (
                Self::UnusualAmount { times, .. },
                Self::UnusualAmount {
                    times: seen_times, ..
                },
            ) => times == seen_times,
            (
                Self::UnresolvedTwin { .. }
                | Self::SameOrder { .. }
                | Self::SameAmount { .. }
                | Self::UnusualAmount { .. },
                _,
            ) => self == other,
        }
    }
}

/// The name by which a warning is gone past: `same_amount:ID`, `unusual_amount:10:MXN:4500`.
impl fmt::Display for Warning {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnresolvedTwin { payment } => write!(formatter, "unresolved_twin:{payment}"),
            Self::SameOrder { payment } => write!(formatter, "same_order:{payment}"),
            Self::SameAmount { payment } => write!(formatter, "same_amount:{payment}"),
            Self::UnusualAmount { times, usual } => write!(
                formatter,
                "unusual_amount:{times}:{}:{}",
                usual.currency().code(),
                usual.minor()
            ),
        }
    }
}

/// A text that names no warning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("that is the name of no warning")]
pub struct NoWarning;

impl FromStr for Warning {
    type Err = NoWarning;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (kind, rest) = text.trim().split_once(':').ok_or(NoWarning)?;
        let payment = || rest.parse().map_err(|_| NoWarning);
        match kind {
            "unresolved_twin" => Ok(Self::UnresolvedTwin {
                payment: payment()?,
            }),
            "same_order" => Ok(Self::SameOrder {
                payment: payment()?,
            }),
            "same_amount" => Ok(Self::SameAmount {
                payment: payment()?,
            }),
            "unusual_amount" => {
                let mut parts = rest.split(':');
                let mut part = || parts.next().ok_or(NoWarning);
                let times = part()?.parse().map_err(|_| NoWarning)?;
                let currency = part()?.parse::<Currency>().map_err(|_| NoWarning)?;
                let minor = part()?.parse().map_err(|_| NoWarning)?;
                let usual = Money::new(minor, currency).map_err(|_| NoWarning)?;
                Ok(Self::UnusualAmount { times, usual })
            }
            _ => Err(NoWarning),
        }
    }
}

/// What is to become of money that came after it was not expected any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// The shop keeps it: the customer owes it.
    Keep,
    /// It goes back to the customer.
    GiveBack,
}

/// A decision with who made it and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decided {
    /// What.
    pub decision: Decision,
    /// Why, at most 200 characters.
    pub reason: String,
    /// Who.
    pub by: Actor,
}

impl Payment {
    /// Whether money came that nobody expected any more: after it was shown as over, or before the
    /// withdrawal of a batch arrived (invariant I17). What went back whole is nobody's question.
    #[must_use]
    pub fn is_unexpected(&self) -> bool {
        let is_of_batch = self
            .withdrawal
            .as_ref()
            .is_some_and(|withdrawal| withdrawal.batch.is_some());
        let is_paid = self.state.class() == Class::Paid;
        (self.late || (is_of_batch && is_paid)) && self.state != State::Refunded
    }

    /// Whether the screen says so in the colour of "somebody must look": it turned out paid after it was
    /// shown as over, and nobody has decided about it.
    #[must_use]
    pub fn is_alarming(&self) -> bool {
        self.late && self.decided.is_none() && self.state != State::Refunded
    }

    pub(crate) fn decide(&mut self, decision: Decision, reason: &str, by: &Actor) {
        self.decided = Some(Decided {
            decision,
            reason: reason.to_owned(),
            by: by.clone(),
        });
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn all() -> [Warning; 4] {
        let payment = PaymentId::from_uuid(Uuid::from_u128(7));
        [
            Warning::UnresolvedTwin { payment },
            Warning::SameOrder { payment },
            Warning::SameAmount { payment },
            Warning::UnusualAmount {
                times: 10,
                usual: Money::new(4_500, Currency::Mxn).unwrap(),
            },
        ]
    }

    #[test]
    fn a_warning_comes_back_from_its_name() {
        for warning in all() {
            assert_eq!(warning.to_string().parse(), Ok(warning));
        }
        for text in [
            "",
            "same_amount",
            "same_amount:x",
            "odd:1",
            "unusual_amount:10:XXX:1",
        ] {
            assert_eq!(text.parse::<Warning>(), Err(NoWarning), "{text}");
        }
    }

    #[test]
    fn only_what_was_seen_is_gone_past() {
        let other = Warning::SameAmount {
            payment: PaymentId::from_uuid(Uuid::from_u128(8)),
        };
        for warning in all() {
            assert!(warning.is_seen_in(&warning));
            assert!(!warning.is_seen_in(&other), "{warning}");
        }
        let unusual = |times, minor| Warning::UnusualAmount {
            times,
            usual: Money::new(minor, Currency::Mxn).unwrap(),
        };
        assert!(unusual(10, 4_500).is_seen_in(&unusual(10, 4_600)));
        assert!(!unusual(100, 4_500).is_seen_in(&unusual(10, 4_500)));
    }
}
