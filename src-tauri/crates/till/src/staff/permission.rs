//! Who may do what. Pure.

use payment::{Deed, Role};

use crate::api::VoidWish;

/// What somebody may do about a deed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Do it.
    Allowed,
    /// Do it once somebody who may do it says so.
    NeedsApproval,
    /// Not from here: somebody else must sign in.
    Denied,
}

/// The table. Taking money and withdrawing what was not paid is a cashier's work; money that goes back,
/// a person's word in place of the provider's, and what other people made need a manager's PIN.
#[must_use]
pub const fn verdict(deed: Deed, role: Role) -> Verdict {
    match (role, deed) {
        (Role::Manager, _)
        | (Role::Cashier, Deed::Charge | Deed::Cancel | Deed::Retry | Deed::Sign | Deed::Capture) => {
            Verdict::Allowed
        }
        (
            Role::Cashier,
            Deed::Refund
            | Deed::Reverse
            | Deed::RecordByHand
            | Deed::CloseLeftover
            | Deed::Void
            | Deed::CloseDay,
        ) => Verdict::NeedsApproval,
        (Role::Cashier, Deed::ManageAccounts | Deed::ManageStaff) => Verdict::Denied,
    }
}

/// What it takes to steer a batch. Whoever sells may stop one, above all her own mistake while it can be
/// undone: nothing is sent by that. To let it go on is another void.
pub(super) const fn steering(wish: VoidWish) -> Deed {
    match wish {
        VoidWish::Pause | VoidWish::Stop => Deed::Charge,
        VoidWish::Resume => Deed::Void,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_this_one() {
        use Verdict::{Allowed, Denied, NeedsApproval};
        let expected = [
            (Deed::Charge, Allowed),
            (Deed::Cancel, Allowed),
            (Deed::Retry, Allowed),
            (Deed::Sign, Allowed),
            (Deed::Refund, NeedsApproval),
            (Deed::Reverse, NeedsApproval),
            (Deed::Capture, Allowed),
            (Deed::RecordByHand, NeedsApproval),
            (Deed::CloseLeftover, NeedsApproval),
            (Deed::ManageAccounts, Denied),
            (Deed::ManageStaff, Denied),
            (Deed::Void, NeedsApproval),
            (Deed::CloseDay, NeedsApproval),
        ];
        assert_eq!(expected.map(|(deed, _)| deed), Deed::ALL);
        for (deed, of_cashier) in expected {
            assert_eq!(verdict(deed, Role::Cashier), of_cashier, "{deed:?}");
            assert_eq!(verdict(deed, Role::Manager), Allowed, "{deed:?}");
        }
    }
}
