//! Accounts, their ways to charge and their card machines.

use payment::{AmountUnit, Ask, Channel, Generation, LinkMethod, System, TerminalState};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::MoneyView;
use crate::api::Code;

view!(/// An account. Its key never crosses: only whether there is one.
AccountView {
    /// Its id.
    id: String,
    /// As people call it.
    name: String,
    /// Which system.
    system: System,
    /// Where its API is.
    base_url: String,
    /// ISO 4217.
    currency: String,
    /// Whether a key is in the keychain; none where the keychain would not say.
    has_key: Option<bool>,
    /// Whether this is the embedded practice store.
    practice: bool,
    /// How its customers pay.
    channel: Channel,
    /// Where "back" on the payment page leads; empty where not set.
    homepage_url: String,
    /// Where the payment page leads after the payment; empty where not set.
    redirect_url: String,
    /// The public half of the key; empty where not set.
    public_key: String,
    /// What "100.00" means to it, once chosen.
    amount_unit: Option<AmountUnit>,
    /// Who sold the till; empty where not set.
    reseller_id: String,
    /// Which API of LeanRails.
    generation: Option<Generation>,
    /// Whether its system lists its card machines.
    lists_terminals: bool,
    /// Its terminals, or its link.
    terminals: Vec<TerminalView>,
});

view!(/// What a link of an account needs.
LinkNeedsView {
    /// The shortest life, minutes.
    minutes_min: u16,
    /// The longest life, minutes.
    minutes_max: u16,
    /// What is suggested, minutes.
    minutes_usual: u16,
    /// The payer's bank account must be told.
    payer: bool,
    /// It may be told whom the bill is for.
    billing: bool,
    /// The methods to choose from; empty where there is nothing to choose.
    methods: Vec<LinkMethod>,
});

/// What a sale may have beside its amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SaleOptionsView {
    /// The card's number typed into the machine.
    pub keyed: bool,
    /// Held now, taken later.
    pub hold: bool,
    /// A tip.
    pub tip: bool,
    /// A service charge.
    pub service_charge: bool,
    /// What was sold, line by line.
    pub lines: bool,
}

/// What money that goes back without a payment may have beside its amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ReturnOptionsView {
    /// The card's number typed into the machine.
    pub keyed: bool,
}

view!(/// A payment system an account can be added for.
SystemView {
    /// Which.
    system: System,
    /// As people call it.
    name: String,
    /// How its customers pay.
    channel: Channel,
    /// ISO 4217, the usual one first.
    currencies: Vec<String>,
    /// Where its API usually is, that of its first generation; empty where its documents do not say.
    address: String,
    /// Its APIs, the usual one first; empty where it has one.
    generations: Vec<GenerationView>,
    /// What an account of it is asked for, beside name, address and key.
    asks: Vec<Ask>,
    /// Whether it lists what stands open there.
    lists_open: bool,
});

view!(/// One of several APIs of a system.
GenerationView {
    /// Which.
    generation: Generation,
    /// Where it usually is.
    address: String,
});

view!(/// A card machine as its system lists it.
TerminalSeenView {
    /// As its system names it.
    code: String,
    /// What is printed on its slips.
    label: String,
    /// How it is.
    state: TerminalState,
    /// Whether this till uses it.
    is_chosen: bool,
});

view!(/// The card machines of an account, as its system lists them.
AccountTerminalsView {
    /// In its order.
    terminals: Vec<TerminalSeenView>,
});

view!(/// A payment that stands open at the provider and that no till sees through.
LeftoverView {
    /// The provider's name of it.
    intent: String,
    /// The reference it was made with.
    reference: String,
    /// How much.
    amount: MoneyView,
    /// When it was made, RFC 3339 in UTC.
    made_at: Option<String>,
    /// Whether somebody could pay it by a link now.
    has_link: bool,
});

view!(/// The payments that stand open at an account's provider.
LeftoversView {
    /// Newest first.
    rows: Vec<LeftoverView>,
});

view!(/// A way to charge: a card machine, or the link of an account.
TerminalView {
    /// The account's id.
    account: String,
    /// The account as people call it.
    account_name: String,
    /// How the customer pays.
    channel: Channel,
    /// What a link needs; none for a card machine.
    link: Option<LinkNeedsView>,
    /// Its code; empty for a link.
    code: String,
    /// As people call it; for a link, the account's name.
    label: String,
    /// The open payment that holds it, if any.
    busy_with: Option<String>,
    /// How it was when its system was last asked; none where systems do not tell.
    state: Option<TerminalState>,
    /// What a sale may have beside its amount.
    options: SaleOptionsView,
    /// What money that goes back without a payment may have; none where its system has no such thing.
    returns: Option<ReturnOptionsView>,
    /// Whether it belongs to the practice store.
    practice: bool,
});

view!(/// Whether address and key are right.
AccountTestView {
    /// They are.
    ok: bool,
    /// What is wrong, if they are not.
    problem: Option<Code>,
    /// How long the answer took, milliseconds.
    took_ms: u32,
});
