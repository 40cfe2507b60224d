//! The cards of test mode (docs.leanrails.com/guides/testing, docs.fluveo.com/guides/testing) and
//! the reasons for which a bank declines (docs.fluveo.com/errors/decline-codes).

use serde::{Deserialize, Serialize};

/// Why the bank said no.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Decline {
    Generic,
    InsufficientFunds,
    ExpiredCard,
}

impl Decline {
    /// The `decline_code`.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Generic => "generic_decline",
            Self::InsufficientFunds => "insufficient_funds",
            Self::ExpiredCard => "expired_card",
        }
    }

    pub(super) const fn message(self) -> &'static str {
        match self {
            Self::Generic => "Your card was declined.",
            Self::InsufficientFunds => "Your card has insufficient funds.",
            Self::ExpiredCard => "Your card has expired.",
        }
    }
}

/// What the bank makes of a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Card {
    Good,
    Declined(Decline),
    AsksForAction,
}

/// A card that pays, and where its answer comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Method {
    /// `None` for a card that was typed in, of which nothing is kept.
    pub(super) id: Option<String>,
    pub(super) card: Card,
}

impl Method {
    pub(super) fn asks_for_action(&self) -> bool {
        self.card == Card::AsksForAction
    }
}

/// The payment methods of test mode.
const METHODS: [(&str, Card); 5] = [
    ("pm_card_visa", Card::Good),
    ("pm_card_declined", Card::Declined(Decline::Generic)),
    (
        "pm_card_insufficient_funds",
        Card::Declined(Decline::InsufficientFunds),
    ),
    ("pm_card_expired", Card::Declined(Decline::ExpiredCard)),
    ("pm_card_3ds_required", Card::AsksForAction),
];

/// The numbers of test mode. Only the first is in the pages; the others are those that are common
/// in test modes, as otherwise nothing could be declined where payment methods are refused.
const NUMBERS: [(&str, Card); 5] = [
    ("4242424242424242", Card::Good),
    ("4000000000000002", Card::Declined(Decline::Generic)),
    (
        "4000000000009995",
        Card::Declined(Decline::InsufficientFunds),
    ),
    ("4000000000000069", Card::Declined(Decline::ExpiredCard)),
    ("4000000000003220", Card::AsksForAction),
];

/// The payment method with this id; `None` where test mode has none.
pub(super) fn of_method(id: &str) -> Option<Method> {
    let (_, card) = METHODS.iter().find(|(known, _)| *known == id)?;
    Some(Method {
        id: Some(id.to_owned()),
        card: *card,
    })
}

/// The card with this number; any other is declined.
pub(super) fn of_number(number: &str) -> Method {
    let known = NUMBERS.iter().find(|(known, _)| *known == number);
    let card = known.map_or(Card::Declined(Decline::Generic), |(_, card)| *card);
    Method { id: None, card }
}
