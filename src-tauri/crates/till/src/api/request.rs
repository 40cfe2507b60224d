//! What comes in. Every text is bounded again where it is used; nothing here is trusted.

use payment::{
    AmountUnit, Generation, Language, LetterLanguage, LinkMethod, RefundRoute, System, Theme,
    Witness,
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::view::{PracticePagePress, PracticePress};

macro_rules! request {
    ($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $kind:ty),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Deserialize, TS)]
        #[serde(deny_unknown_fields)]
        pub struct $name { $($(#[$field_doc])* pub $field: $kind),* }
    };
}

mod asked;
mod day;
mod letter;
mod proof;
mod staff;

pub use asked::*;
pub use day::*;
pub use letter::*;
pub use proof::*;
pub use staff::*;

request!(/// Nothing to say.
    OverviewRequest {});
request!(/// Nothing to say.
    DiagnoseRequest {});
request!(/// The digits typed so far.
TypeAmountRequest {
    /// ASCII digits, at most 12 that count.
    digits: String,
    /// The account to charge through; its currency decides the decimals.
    account: String,
});
request!(/// A sale.
StartChargeRequest {
    /// The shop's own reference, 1 to 48 characters.
    order: String,
    /// The digits typed, as in [`TypeAmountRequest`].
    digits: String,
    /// The account's id.
    account: String,
    /// The terminal's code; empty for a link.
    terminal: String,
    /// The link, where the account's customers pay by one.
    link: Option<LinkInput>,
    /// What a sale on a card machine has beside its amount; none for nothing.
    sale: Option<SaleInput>,
    /// The card on file, where the account charges those.
    card: Option<CardInput>,
});
request!(/// Money that goes back to a card that is presented, without a payment.
StartReturnRequest {
    /// The shop's own reference, 1 to 48 characters.
    order: String,
    /// The digits typed, as in [`TypeAmountRequest`].
    digits: String,
    /// The account's id.
    account: String,
    /// The terminal's code.
    terminal: String,
    /// Why, and how the card comes to the machine.
    terms: ReturnInput,
});
request!(/// Something to be done with a payment.
ActRequest {
    /// The payment's id.
    payment: String,
    /// What.
    act: ActInput,
});
request!(/// A payment that stands open at the provider and is none of this till's.
CloseLeftoverRequest {
    /// The account's id.
    account: String,
    /// The provider's name of it.
    intent: String,
    /// Somebody was told that it may be another till's, and has made sure that nobody waits for it.
    is_confirmed: bool,
});
request!(/// One payment.
PaymentRequest {
    /// Its id.
    payment: String,
});
request!(/// What a person saw on the terminal.
WitnessRequest {
    /// The payment's id.
    payment: String,
    /// What they saw.
    saw: Witness,
    /// The reference on the receipt, at most 60 characters. Wanted where there are managers.
    receipt: String,
    /// What was checked, at most 200 characters. Wanted where there are managers.
    checked: String,
});
request!(/// A page of payments.
ListPaymentsRequest {
    /// Which.
    filter: PaymentsFilter,
    /// What is looked for, empty for all: a part of the order's or the provider's reference, an amount
    /// ("12.50"), the last four digits of a card, a terminal, an account, a cashier, a time of day
    /// ("14:00", "about 2 pm"), or what was scanned. Payments that each word finds. At most 200 characters.
    search: String,
    /// `next` of the page before; none for the first.
    before: Option<String>,
});
request!(/// What was made elsewhere.
LookElsewhereRequest {
    /// Somebody asked for it: a list is read again however fresh it is.
    is_pressed: bool,
});
request!(/// What to withdraw: a dry run, which sends and writes nothing.
PlanVoidRequest {
    /// Which payments.
    choice: VoidChoice,
});
request!(/// Starts what a dry run showed.
StartVoidRequest {
    /// The dry run's name.
    plan: String,
    /// Why, 1 to 60 characters.
    reason: String,
    /// In the words of who asks, at most 200 characters; may be empty.
    note: String,
});
request!(/// One batch.
VoidRequest {
    /// Its id.
    batch: String,
});
request!(/// Nothing to say.
    ListVoidsRequest {});
request!(/// What is to become of a batch.
SteerVoidRequest {
    /// Its id.
    batch: String,
    /// What.
    wish: VoidWish,
});
request!(/// How several payments are withdrawn at once.
ChooseVoidRulesRequest {
    /// How long a batch can be undone, seconds, 0 to 60.
    undo_s: u32,
    /// The reasons to choose from, at most 20 of at most 60 characters; none for the till's own.
    reasons: Vec<String>,
    /// See [`payment::VoidRules`]: 5 to 10 080; none: never.
    close_links_after_min: Option<u32>,
});
request!(/// One account.
AccountRequest {
    /// Its id.
    account: String,
});
request!(/// Language and theme.
ChooseLookRequest {
    /// The language.
    language: Language,
    /// The theme.
    theme: Theme,
});
request!(/// Who stands at the till.
NameCashierRequest {
    /// At most 40 characters.
    name: String,
});
request!(/// One practice terminal.
PracticeTerminalRequest {
    /// Its code.
    terminal: String,
});
request!(/// A press on it.
PracticePressRequest {
    /// Its code.
    terminal: String,
    /// The button.
    press: PracticePress,
});

request!(/// A press on a practice payment page.
PracticePagePressRequest {
    /// The payment's id.
    payment: String,
    /// The button.
    press: PracticePagePress,
});

/// A key on its way to the keychain: it can be read here and nowhere else.
#[derive(Clone, Deserialize, TS)]
#[serde(transparent)]
#[ts(type = "string")]
pub struct KeyInput(String);

impl KeyInput {
    /// Takes a key that did not come over the bridge (standard input of the command line).
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(text)
    }

    /// Hands the text over to become a [`secrets::Secret`].
    #[must_use]
    pub fn into_text(self) -> String {
        self.0
    }
}

impl std::fmt::Debug for KeyInput {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("KeyInput(hidden)")
    }
}

/// An account to add or change.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct SaveAccountRequest {
    /// The id of the account to change; none to add one.
    pub account: Option<String>,
    /// As people call it, 1 to 60 characters.
    pub name: String,
    /// Which system. A known account keeps its own.
    pub system: System,
    /// What its system wants besides.
    pub settings: AccountSettingsInput,
    /// Where its API is.
    pub base_url: String,
    /// A new key; none to keep the one in the keychain.
    pub key: Option<KeyInput>,
    /// Its terminals, 1 to 40; none where its system has none, or lists them itself.
    pub terminals: Vec<TerminalInput>,
}

/// The secret with which an account's webhooks are signed.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct WebhookSecretRequest {
    /// The account's id.
    pub account: String,
    /// The secret, as the provider gave it out.
    pub secret: KeyInput,
}

/// What one system wants of an account and another does not; empty where nothing was typed.
#[derive(Debug, Clone, Default, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct AccountSettingsInput {
    /// Where "back" on the payment page leads.
    pub homepage_url: String,
    /// Where the payment page leads after the payment.
    pub redirect_url: String,
    /// The public half of the key.
    pub public_key: String,
    /// What "100.00" means to it, once somebody has tried.
    pub amount_unit: Option<AmountUnit>,
    /// The currency's code, where the system has several; empty for its usual one.
    pub currency: String,
    /// Who sold the till; empty where nobody did.
    pub reseller_id: String,
    /// Which API of LeanRails; none for its first.
    pub generation: Option<Generation>,
}

/// A payment link as typed in.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct LinkInput {
    /// What the customer reads, 1 to 200 characters.
    pub description: String,
    /// How long it can be paid, minutes; the account's system has its limits.
    pub minutes: u16,
    /// Which method, where the system has several.
    pub method: Option<LinkMethod>,
    /// Who pays, where the system wants to know.
    pub payer: Option<PayerInput>,
    /// Whom the bill is for, where the system takes that.
    pub billing: Option<BillingInput>,
    /// In which language the customer is written to; none for the shop's usual one.
    pub language: Option<LetterLanguage>,
}

/// Whom a bill is for, as typed in; each part may be empty, at most 200 characters. No Debug.
#[derive(Clone, Default, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct BillingInput {
    /// Given name.
    pub first_name: String,
    /// Family name.
    pub last_name: String,
    /// Where the bill is sent.
    pub email: String,
    /// With the country's number.
    pub phone: String,
    /// Street and number.
    pub address_line: String,
    /// City.
    pub city: String,
    /// State.
    pub state: String,
    /// Postal code.
    pub zip: String,
}

impl std::fmt::Debug for BillingInput {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("BillingInput(hidden)")
    }
}

/// The payer's bank account as typed in. Debug shows nothing of it.
#[derive(Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct PayerInput {
    /// The name on the account, 1 to 100 characters.
    pub account_name: String,
    /// 6 to 20 digits; spaces and dashes are ignored.
    pub account_number: String,
    /// The bank's code, three digits.
    pub bank_code: String,
}

impl std::fmt::Debug for PayerInput {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("PayerInput(hidden)")
    }
}

/// What can be asked to be done with a payment, beside cancelling it.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum ActInput {
    /// Ask for a card again.
    TryAgain,
    /// The cashier's word about the signature.
    Sign {
        /// It is the card holder's.
        accepted: bool,
    },
    /// Take what is held.
    Capture,
    /// Undo the whole payment.
    Reverse,
    /// Give money back.
    Refund {
        /// The digits typed, as in [`TypeAmountRequest`]; empty for all that is left.
        digits: String,
        /// How it goes back.
        route: RefundRoute,
    },
}

/// What a sale on a card machine has beside its amount, as typed in.
#[derive(Debug, Clone, Default, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct SaleInput {
    /// The customer is on the telephone.
    pub keyed: bool,
    /// Held now, taken later.
    pub hold: bool,
    /// A tip, as digits; empty for none.
    pub tip_digits: String,
    /// A service charge, as digits; empty for none.
    pub service_charge_digits: String,
    /// What was sold, at most 100 lines.
    pub lines: Vec<ItemLineInput>,
}

/// Something that was sold, as typed in.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct ItemLineInput {
    /// 1 to 100 characters.
    pub name: String,
    /// How many, from 1.
    pub quantity: u32,
    /// For all of them together, as digits, without what its modifiers add or take off.
    pub digits: String,
    /// What was asked for beside it, or taken off: at most 20.
    pub modifiers: Vec<ModifierInput>,
}

/// What changes one thing that was sold, as typed in.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct ModifierInput {
    /// 1 to 100 characters.
    pub name: String,
    /// How many for each single thing of the line, from 1.
    pub quantity: u32,
    /// For the modifier, as digits.
    pub digits: String,
    /// It is taken off and not added.
    pub discount: bool,
}

/// What is to be known of money that goes back without a payment, as typed in.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct ReturnInput {
    /// Why, 1 to 200 characters: the journal keeps it.
    pub reason: String,
    /// The customer is on the telephone.
    pub keyed: bool,
}

/// A card on file as typed in.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct CardInput {
    /// The provider's name of it; never a card's number.
    pub card: String,
    /// What it is for, at most 200 characters.
    pub description: String,
    /// Held now, taken later.
    pub hold: bool,
}

/// A terminal as typed in.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct TerminalInput {
    /// Its serial number, 1 to 64 visible ASCII characters.
    pub code: String,
    /// As people call it, at most 40 characters; empty to use the code.
    pub label: String,
}

/// Which payments to withdraw.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum VoidChoice {
    /// Those that were selected.
    Payments {
        /// Their ids, at most 20 000.
        payments: Vec<String>,
    },
    /// A list of references, as typed, pasted, scanned, or as a file.
    List {
        /// Its bytes in Base64, at most 4 MiB of them: how the text is written is found out here.
        base64: String,
    },
    /// Links that expire soon.
    Expiring {
        /// Within so many minutes.
        minutes: u32,
    },
    /// What is there twice, but for the newest of each.
    Duplicates,
    /// What stands open at the providers and no till sees through.
    Leftovers,
}

/// What is to become of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum VoidWish {
    /// Begin no more lines for now.
    Pause,
    /// Go on.
    Resume,
    /// Begin no more lines. While nothing was sent: undo it.
    Stop,
}

/// Which payments to list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum PaymentsFilter {
    /// All.
    All,
    /// Those that may still become anything.
    Open,
    /// Those that are there twice, by order or, for links, by what they are for and how much.
    Duplicates,
    /// Links that expire within an hour.
    Expiring,
    /// Those of which it is not known whether money moved.
    NotKnown,
    /// Those that were asked for today, by the time where the till stands.
    Today,
    /// Those that this till did not make: other tills', a web shop's, the provider's own pages'.
    Elsewhere,
}
