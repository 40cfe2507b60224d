//! Who works here, as it is shown.

use payment::{Deed, Role};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::MoneyView;

view!(/// Somebody who works here.
PersonView {
    /// Their id.
    id: String,
    /// As people call them.
    name: String,
    /// What they are trusted with.
    role: Role,
});

view!(/// The staff, and who is signed in.
StaffView {
    /// Everybody, in the order they were added.
    people: Vec<PersonView>,
    /// There is a manager, so PINs are asked for.
    is_asked: bool,
    /// Who is signed in.
    signed_in: Option<PersonView>,
    /// Their PIN could not be checked: they sell and withdraw, and nothing else.
    is_unchecked: bool,
    /// After how many minutes without hands the till locks itself; 0 for never.
    idle_minutes: u16,
    /// Above these, giving money back needs two people.
    two_people_above: Vec<MoneyView>,
});

view!(/// Whether somebody is signed in still.
TouchView {
    /// They are.
    signed_in: bool,
});

view!(/// What somebody asked for and may not do alone.
ApprovalView {
    /// What.
    deed: Deed,
    /// Of which order; empty where it is of none.
    order: String,
    /// How much goes back, where money does.
    amount: Option<MoneyView>,
    /// How many payments are withdrawn together; 0 where none are.
    payments: u32,
    /// What those amount to, by currency.
    sums: Vec<MoneyView>,
    /// Who asked.
    asked_by: String,
    /// They are a manager: it is the amount that needs a second one.
    by_manager: bool,
    /// Who may approve it.
    approvers: Vec<PersonView>,
});
