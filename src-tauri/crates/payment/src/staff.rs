//! Who works at the till, what each of them may do, and how often a PIN was wrong. Pure.

use std::fmt;

use money::Money;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::event::Actor;
use crate::ids::{PaymentId, StaffId};
use crate::state::State;

/// What somebody is trusted with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Sells, and withdraws what was not paid.
    Cashier,
    /// Gives money back, and decides who works here.
    Manager,
}

/// Something done at the till that not everybody may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Deed {
    /// Take money.
    Charge,
    /// Withdraw what is not paid.
    Cancel,
    /// Ask for a card again.
    Retry,
    /// Judge a signature.
    Sign,
    /// Give money back.
    Refund,
    /// Undo a whole payment.
    Reverse,
    /// Take what is held.
    Capture,
    /// Write down what a machine shows where its system cannot tell.
    RecordByHand,
    /// Close what stands open at a provider and is none of this till's.
    CloseLeftover,
    /// Add, change and remove accounts.
    ManageAccounts,
    /// Add, change and remove staff.
    ManageStaff,
    /// Void orders of others, or many at once.
    Void,
    /// Close the day.
    CloseDay,
}

impl Deed {
    /// Every deed, for tables and tests.
    pub const ALL: [Self; 13] = [
        Self::Charge,
        Self::Cancel,
        Self::Retry,
        Self::Sign,
        Self::Refund,
        Self::Reverse,
        Self::Capture,
        Self::RecordByHand,
        Self::CloseLeftover,
        Self::ManageAccounts,
        Self::ManageStaff,
        Self::Void,
        Self::CloseDay,
    ];
}

/// A PIN as it is kept: an argon2id hash in PHC form, made with a pepper that is not in the journal.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PinHash(String);

impl PinHash {
    /// Takes a hash, never a PIN.
    #[must_use]
    pub fn new(phc: String) -> Self {
        Self(phc)
    }

    /// The hash in PHC form (<https://github.com/P-H-C/phc-string-format>).
    #[must_use]
    pub fn as_phc(&self) -> &str {
        &self.0
    }
}

/// A fixed word: a log is no place for what could be guessed at.
impl fmt::Debug for PinHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("PinHash(hidden)")
    }
}

/// Who stood in for what somebody else was not allowed to do alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approver {
    /// Which of the staff.
    pub id: StaffId,
    /// As they were called then.
    pub name: String,
}

/// Above which amounts giving money back needs two people, one for each currency, and how long a till
/// without hands on it stays signed in.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StaffRules {
    /// Above these two people are needed; a currency that is not here has no such limit.
    pub two_people_above: Vec<Money>,
    /// Minutes; 0 for never.
    pub idle_minutes: u16,
}

/// A fact about the staff.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum StaffEvent {
    /// Somebody works here from now on.
    Added {
        /// Their own name in the journal.
        id: StaffId,
        /// As people call them.
        name: String,
        /// What they are trusted with.
        role: Role,
        /// Their PIN.
        pin: PinHash,
        /// Who added them.
        by: Actor,
    },
    /// Name or role changed.
    Changed {
        /// Who.
        id: StaffId,
        /// The name now.
        name: String,
        /// The role now.
        role: Role,
        /// Who changed it.
        by: Actor,
    },
    /// Somebody works here no more. Their deeds stay.
    Removed {
        /// Who.
        id: StaffId,
        /// Who removed them.
        by: Actor,
    },
    /// Somebody has another PIN.
    PinSet {
        /// Who.
        id: StaffId,
        /// The PIN now.
        pin: PinHash,
        /// Who set it.
        by: Actor,
        /// The pepper was gone, so that no PIN could be checked and a new one was made without.
        recovered: bool,
    },
    /// A PIN was wrong. Durable before anybody is told.
    PinRefused {
        /// Whose.
        id: StaffId,
        /// How many in a row.
        count: u32,
        /// When, by the till's clock, milliseconds since 1970 UTC.
        at_ms: i64,
        /// How long no PIN of theirs is looked at, milliseconds.
        wait_ms: i64,
    },
    /// Somebody signed in.
    SignedIn {
        /// Who.
        id: StaffId,
        /// Their PIN was checked. Where it could not be, they sell and do nothing else.
        verified: bool,
    },
    /// Somebody signed out.
    SignedOut {
        /// Who.
        id: StaffId,
        /// Nobody touched the till for long enough.
        idle: bool,
    },
    /// Somebody stood in for a deed of another. Durable before the deed.
    ApprovalGiven {
        /// Who asked.
        asked_by: StaffId,
        /// Who approved.
        approved_by: StaffId,
        /// What.
        deed: Deed,
        /// Of which payment, where it is of one.
        payment: Option<PaymentId>,
        /// Where that payment stood.
        before: Option<State>,
        /// Why. At most 200 characters.
        reason: String,
    },
    /// The rules were chosen.
    RulesChosen {
        /// The rules now.
        rules: StaffRules,
        /// Who chose them.
        by: Actor,
    },
}

/// Wrong PINs in a row.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Misses {
    /// How many.
    pub count: u32,
    /// When the last was, milliseconds since 1970 UTC.
    pub at_ms: i64,
    /// How long no PIN is looked at after it, milliseconds.
    pub wait_ms: i64,
}

impl Misses {
    /// How long no PIN is looked at from now, milliseconds, by the time of day. A clock that was moved
    /// back makes it no longer than it was at first.
    #[must_use]
    pub fn remaining_ms(&self, now_ms: i64) -> i64 {
        let until_ms = self.at_ms.saturating_add(self.wait_ms);
        until_ms
            .saturating_sub(now_ms)
            .clamp(0, self.wait_ms.max(0))
    }
}

/// Somebody who works here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaffMember {
    /// Their own name in the journal.
    pub id: StaffId,
    /// As people call them.
    pub name: String,
    /// What they are trusted with.
    pub role: Role,
    /// Their PIN.
    pub pin: PinHash,
    /// Wrong PINs since the last right one.
    pub misses: Misses,
}

/// The staff as the facts make it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Staff {
    /// In the order they were added.
    pub members: Vec<StaffMember>,
    /// The rules.
    pub rules: StaffRules,
}

impl Staff {
    /// Takes a fact in.
    pub fn apply(&mut self, event: &StaffEvent) {
        match event {
            StaffEvent::Added {
                id,
                name,
                role,
                pin,
                by: _,
            } => self.members.push(StaffMember {
                id: *id,
                name: name.clone(),
                role: *role,
                pin: pin.clone(),
                misses: Misses::default(),
            }),
            StaffEvent::Changed {
                id,
                name,
                role,
                by: _,
            } => {
                if let Some(member) = self.member_mut(*id) {
                    member.name.clone_from(name);
                    member.role = *role;
                }
            }
            StaffEvent::Removed { id, by: _ } => self.members.retain(|member| member.id != *id),
            StaffEvent::PinSet { id, pin, .. } => {
                if let Some(member) = self.member_mut(*id) {
                    member.pin = pin.clone();
                    member.misses = Misses::default();
                }
            }
            StaffEvent::PinRefused {
                id,
                count,
                at_ms,
                wait_ms,
            } => {
                if let Some(member) = self.member_mut(*id) {
                    member.misses = Misses {
                        count: *count,
                        at_ms: *at_ms,
                        wait_ms: *wait_ms,
                    };
                }
            }
            StaffEvent::SignedIn { id, verified: true }
            | StaffEvent::ApprovalGiven {
                approved_by: id, ..
            } => {
                if let Some(member) = self.member_mut(*id) {
                    member.misses = Misses::default();
                }
            }
            StaffEvent::SignedIn {
                verified: false, ..
            }
            | StaffEvent::SignedOut { .. } => {}
            StaffEvent::RulesChosen { rules, by: _ } => self.rules = rules.clone(),
        }
    }

    /// Somebody who works here now.
    #[must_use]
    pub fn member(&self, id: StaffId) -> Option<&StaffMember> {
        self.members.iter().find(|member| member.id == id)
    }

    fn member_mut(&mut self, id: StaffId) -> Option<&mut StaffMember> {
        self.members.iter_mut().find(|member| member.id == id)
    }

    /// How many managers there are. With none, nobody is asked for a PIN.
    #[must_use]
    pub fn managers(&self) -> usize {
        self.members
            .iter()
            .filter(|member| member.role == Role::Manager)
            .count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_moved_back_makes_no_wait_longer_and_none_shorter() {
        let misses = Misses {
            count: 5,
            at_ms: 1_000_000,
            wait_ms: 30_000,
        };
        let table = [
            (1_000_000, 30_000),
            (1_010_000, 20_000),
            (1_030_000, 0),
            (9_000_000, 0),
            (0, 30_000),
            (i64::MIN, 30_000),
            (i64::MAX, 0),
        ];
        for (now_ms, expected) in table {
            assert_eq!(misses.remaining_ms(now_ms), expected, "{now_ms}");
        }
    }

    #[test]
    fn a_hash_is_never_printed() {
        let hash = PinHash::new("$argon2id$canary".to_owned());
        assert_eq!(format!("{hash:?}"), "PinHash(hidden)");
    }

    #[test]
    fn an_older_actor_is_still_read_and_a_staff_actor_comes_back_whole() {
        let older: Actor = serde_json::from_str(r#"{"kind":"cashier","name":"Ana"}"#).unwrap();
        assert_eq!(older, Actor::Cashier { name: "Ana".into() });
        let actor = Actor::Staff {
            id: StaffId::from_uuid(uuid::Uuid::from_u128(7)),
            name: "Ana".into(),
            role: Role::Cashier,
            approved_by: Some(Approver {
                id: StaffId::from_uuid(uuid::Uuid::from_u128(8)),
                name: "Luz".into(),
            }),
            reason: Some("returned".into()),
        };
        let text = serde_json::to_string(&actor).unwrap();
        assert_eq!(serde_json::from_str::<Actor>(&text).unwrap(), actor);
    }
}
