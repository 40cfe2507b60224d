//! What the systems without a machine share: a payment that a customer makes on a page.

mod books;
mod customer;
mod html;
mod page;
mod play;
mod world;

use money::Money;
use serde::{Deserialize, Serialize};

pub(crate) use books::LinkCancelRefused;
pub(crate) use customer::Act as CustomerAct;
pub use customer::{LINK_AMOUNT_ENDINGS, LinkScript};
pub(crate) use html::router;
pub use page::{PagePress, PageRefused, PageView};

use crate::compago::OneTime;
use crate::one2pays::Payment;
use crate::{IntentId, Settings, System};

/// How a link stands in truth, whatever word the wire has for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkStatus {
    /// Not ended. A Compago link stays open when its time is over; its flag tells.
    Open,
    /// Charged, once.
    Paid,
    /// Withdrawn by the shop.
    Cancelled,
    /// Its time is over (One2Pays; Compago has no such status).
    Expired,
    /// The bank said no, and that ended it (One2Pays; Compago has no such status).
    Failed,
}

/// What is on the page now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "phase")]
pub(crate) enum Phase {
    /// The customer can pay.
    Waiting,
    /// The bank is being asked.
    Paying { good: bool, until_ms: u64 },
    /// The bank said yes and the money is held, not taken.
    Held { until_ms: u64 },
    /// The bank said yes while a cancel was on its way, and neither side notices.
    Overtaking { until_ms: u64 },
    /// Nothing more happens here.
    Over,
}

/// What the customer who acts alone is going to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Plan {
    pub(crate) script: LinkScript,
    pub(crate) step: usize,
    pub(crate) due_ms: Option<u64>,
}

/// What only one of the systems knows about a link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Details {
    Compago(OneTime),
    One2Pays(Payment),
}

/// What a till asks for, once every field has been found valid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct NewLink {
    pub(crate) reference: String,
    pub(crate) amount: Money,
    pub(crate) description: Option<String>,
    /// Scheme and host under which the till reached the store; the page is there as well.
    pub(crate) origin: String,
    pub(crate) lifetime_ms: u64,
    pub(crate) details: Details,
}

impl NewLink {
    /// Whether another request asks for the same, by whatever way it reached the store.
    pub(crate) fn asks_the_same(&self, other: &Self) -> bool {
        let origin = self.origin.clone();
        *self
            == Self {
                origin,
                ..other.clone()
            }
    }
}

/// A link as the store keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Link {
    pub(crate) id: IntentId,
    /// Its place in the order of creation, from 1.
    pub(crate) number: u64,
    pub(crate) asked: NewLink,
    pub(crate) status: LinkStatus,
    pub(crate) phase: Phase,
    pub(crate) plan: Option<Plan>,
    pub(crate) created_at_ms: u64,
    pub(crate) updated_at_ms: u64,
    /// From when on the page can be paid.
    pub(crate) ready_at_ms: u64,
    pub(crate) expires_at_ms: u64,
    pub(crate) confirmed_at_ms: Option<u64>,
    pub(crate) captured_at_ms: Option<u64>,
    pub(crate) cancelled_at_ms: Option<u64>,
}

impl Link {
    pub(crate) fn system(&self) -> System {
        match self.asked.details {
            Details::Compago(_) => System::CompagoLink,
            Details::One2Pays(_) => System::One2Pays,
        }
    }

    /// Whether its time is over, whatever became of it.
    pub(crate) fn is_past(&self, now_ms: u64) -> bool {
        now_ms >= self.expires_at_ms
    }

    /// What the `expired` flag of a Compago link says; for One2Pays the same as its status.
    pub(crate) fn is_expired(&self, now_ms: u64, settings: &Settings) -> bool {
        match self.asked.details {
            Details::Compago(_) => {
                let may_show = settings.expired_after_end || self.status == LinkStatus::Open;
                may_show && self.is_past(now_ms)
            }
            Details::One2Pays(_) => self.status == LinkStatus::Expired,
        }
    }

    /// Whether the organisation's reader already sees it ([`Settings::visibility_lag_ms`]).
    pub(crate) fn is_visible(&self, now_ms: u64, settings: &Settings) -> bool {
        let lag_ms = settings.visibility_lag_ms;
        now_ms >= self.created_at_ms.saturating_add(lag_ms)
    }

    /// Whether a customer can act on its page.
    pub(crate) fn is_payable(&self, now_ms: u64) -> bool {
        let is_open = self.status == LinkStatus::Open && self.phase == Phase::Waiting;
        is_open && now_ms >= self.ready_at_ms && !self.is_past(now_ms)
    }

    /// The address of its page.
    pub(crate) fn url(&self) -> String {
        format!("{}/pay/{}", self.asked.origin, self.id)
    }

    /// The status word of its wire.
    pub(crate) fn word(&self, now_ms: u64) -> &'static str {
        match &self.asked.details {
            Details::Compago(_) => crate::compago::link_word(self.status),
            Details::One2Pays(payment) => payment.status_of(self, now_ms).word(),
        }
    }

    /// The link as it is now, with nothing held back.
    pub(crate) fn view(&self, now_ms: u64, settings: &Settings) -> LinkView {
        LinkView {
            system: self.system(),
            id: self.id,
            reference: self.asked.reference.clone(),
            amount: self.asked.amount,
            description: self.asked.description.clone(),
            status: self.status,
            word: self.word(now_ms).to_owned(),
            expired: self.is_expired(now_ms, settings),
            url: self.url(),
            created_at_ms: self.created_at_ms,
            updated_at_ms: self.updated_at_ms,
            expires_at_ms: self.expires_at_ms,
        }
    }
}

/// The whole truth about a link, for tests and panels. The wire shows less.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkView {
    /// The system that it was made in.
    pub system: System,
    /// Its id.
    pub id: IntentId,
    /// The shop's own reference. In Compago more than one link can have it
    /// ([`LinkDuplicate`](crate::LinkDuplicate)).
    pub reference: String,
    /// What it collects.
    pub amount: Money,
    /// What the customer reads.
    pub description: Option<String>,
    /// How it stands.
    pub status: LinkStatus,
    /// The status word of its wire: `PENDING`, `requires_action`, …
    pub word: String,
    /// Whether its time is over without an end; after an end as
    /// [`Settings::expired_after_end`] says.
    pub expired: bool,
    /// The address of its page.
    pub url: String,
    /// When it was created, in milliseconds of the store's clock.
    pub created_at_ms: u64,
    /// When it last changed, in milliseconds of the store's clock.
    pub updated_at_ms: u64,
    /// Until when it can be paid, in milliseconds of the store's clock.
    pub expires_at_ms: u64,
}
