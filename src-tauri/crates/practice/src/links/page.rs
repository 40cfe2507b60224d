//! What a person sees of a payment page and can do with it.

use money::Money;
use serde::{Deserialize, Serialize};

use super::{Link, LinkStatus, Phase};
use crate::{IntentId, System, World};

/// What a customer can do with a payment page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PagePress {
    /// Pay; the bank says yes.
    Pay,
    /// Try to pay; the bank says no.
    Decline,
    /// Close the page. The link can be opened again.
    WalkAway,
}

impl PagePress {
    /// Every press.
    pub const ALL: [Self; 3] = [Self::Pay, Self::Decline, Self::WalkAway];
}

/// Why a press makes no sense now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum PageRefused {
    /// No link has this id.
    #[error("there is no payment page with this id")]
    UnknownPage,
    /// It cannot be paid yet.
    #[error("the payment page is not ready yet")]
    NotReady,
    /// The bank is being asked, or holds the money.
    #[error("the payment is already being made")]
    Paying,
    /// Charged.
    #[error("the payment is already made")]
    Paid,
    /// Withdrawn.
    #[error("the shop has withdrawn the payment")]
    Cancelled,
    /// Its time is over.
    #[error("the payment page has expired")]
    Expired,
    /// The bank said no, and that ended it.
    #[error("the payment has failed")]
    Failed,
}

/// A payment page as a person sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PageView {
    /// The id of its link.
    pub id: IntentId,
    /// The shop's own reference.
    pub reference: String,
    /// The system that the link was made in.
    pub system: System,
    /// What is to be paid.
    pub amount: Money,
    /// What for.
    pub description: Option<String>,
    /// How it stands.
    pub status: LinkStatus,
    /// Until when it can be paid, in milliseconds of the store's clock.
    pub expires_at_ms: u64,
    /// Its address: what a customer's phone opens.
    pub url: String,
    /// The presses that make sense now.
    pub allowed: Vec<PagePress>,
}

impl Link {
    /// Why the page cannot be used now; `None` where it can.
    pub(crate) fn refusal(&self, now_ms: u64) -> Option<PageRefused> {
        match (self.status, self.phase) {
            (LinkStatus::Paid, _) => Some(PageRefused::Paid),
            (LinkStatus::Cancelled, _) => Some(PageRefused::Cancelled),
            (LinkStatus::Expired, _) => Some(PageRefused::Expired),
            (LinkStatus::Failed, _) => Some(PageRefused::Failed),
            (
                LinkStatus::Open,
                Phase::Paying { .. } | Phase::Held { .. } | Phase::Overtaking { .. },
            ) => Some(PageRefused::Paying),
            (LinkStatus::Open, Phase::Over) => Some(PageRefused::Expired),
            (LinkStatus::Open, Phase::Waiting) => {
                (now_ms < self.ready_at_ms).then_some(PageRefused::NotReady)
            }
        }
    }

    fn page(&self, now_ms: u64) -> PageView {
        let is_usable = self.refusal(now_ms).is_none();
        PageView {
            id: self.id,
            reference: self.asked.reference.clone(),
            system: self.system(),
            amount: self.asked.amount,
            description: self.asked.description.clone(),
            status: self.status,
            expires_at_ms: self.expires_at_ms,
            url: self.url(),
            allowed: if is_usable {
                PagePress::ALL.to_vec()
            } else {
                Vec::new()
            },
        }
    }
}

impl World {
    /// The payment pages of links, oldest first, then those of Dojo.
    pub fn pages(&mut self, now_ms: u64) -> Vec<PageView> {
        let now_ms = self.settle(now_ms);
        let links = self.books.links_in_order().into_iter();
        let pages = links.map(|link| link.page(now_ms));
        pages.chain(self.dojo_pages(now_ms)).collect()
    }

    /// A customer on a payment page. A customer who acts alone leaves it to this one.
    ///
    /// # Errors
    /// See [`PageRefused`].
    pub fn press_page(
        &mut self,
        now_ms: u64,
        id: IntentId,
        press: PagePress,
    ) -> Result<(), PageRefused> {
        let now_ms = self.settle(now_ms);
        let settings = self.books.settings.clone();
        if let Some(link) = self.books.link_mut(id) {
            if let Some(refused) = link.refusal(now_ms) {
                return Err(refused);
            }
            link.plan = None;
            match press {
                PagePress::Pay => link.start_paying(true, now_ms, &settings),
                PagePress::Decline => link.start_paying(false, now_ms, &settings),
                PagePress::WalkAway => {}
            }
        } else {
            self.press_dojo_page(now_ms, id, press)?;
        }
        self.touch();
        self.settle(now_ms);
        Ok(())
    }
}
