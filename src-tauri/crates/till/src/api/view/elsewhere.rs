//! What was made elsewhere.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::MoneyView;
use crate::api::Code;

view!(/// What is known of a payment that this till did not make.
ElsewhereRowView {
    /// The account's id.
    account: String,
    /// The provider's name of it.
    intent: String,
    /// The reference it was made with; empty where it has none.
    reference: String,
    /// The payment system as people call it; empty where the account is gone.
    provider: String,
    /// The provider's word for where it stands; empty where a reading of it alone told.
    word: String,
    /// Whether this build knows that word.
    is_known: bool,
    /// Whether it stands open there.
    is_open: bool,
    /// The list that was read last does not have it any more.
    is_gone: bool,
    /// Whether somebody could pay it by a link now.
    has_link: bool,
    /// The last four digits of the card; empty where the list does not have them.
    last_four: String,
    /// When it was made, RFC 3339 in UTC.
    made_at: Option<String>,
    /// When that was read, RFC 3339 in UTC.
    read_at: String,
});

view!(/// What is known of an account's list.
ElsewhereAccountView {
    /// The account's id.
    account: String,
    /// The account as people call it.
    account_name: String,
    /// When it was read last since the till was opened, RFC 3339 in UTC.
    read_at: Option<String>,
    /// Why it could not be read, or that there is none.
    problem: Option<Code>,
    /// Something for support.
    detail: String,
    /// It is being read.
    looking: bool,
});

view!(/// Payments that stand open elsewhere and have a link that anybody could pay.
LinksLeftView {
    /// How many.
    count: u32,
    /// For how much; none where that is beyond what the till handles.
    sum: Option<MoneyView>,
    /// Whether no real money is involved.
    practice: bool,
});

view!(/// What was made elsewhere, as far as it is known.
ElsewhereView {
    /// Every account.
    accounts: Vec<ElsewhereAccountView>,
    /// What can be paid there by a link, by currency.
    links: Vec<LinksLeftView>,
});
