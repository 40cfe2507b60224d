//! The part of a story that is about links: what is drawn for them, and their customers.

use payment::{LinkMethod, System};
use practice::{
    CustomerMode, LinkAmounts, LinkAnswer, LinkCount, LinkDecline, LinkDuplicate, LinkOrder,
    One2PaysRepeat, One2PaysStart, One2PaysUnit, One2PaysUrlField, PagePress, Race, Settings,
};
use till::api::StartChargeRequest;

use super::plan::Order;
use super::play::Play;
use crate::world::{LINK_ACCOUNT, THAI_ACCOUNT, link_sale, sale};

/// By which systems an order may be charged, and what its link is made with: the same at every
/// till, as two that charge one order mean one payment.
#[derive(Debug, Clone)]
pub(super) struct LinkPlan {
    pub(super) systems: Vec<System>,
    minutes: u16,
    method: LinkMethod,
}

impl LinkPlan {
    pub(super) fn draw(systems: &[System], random: &mut fastrand::Rng) -> Self {
        Self {
            systems: systems.to_vec(),
            minutes: random.u16(10..=12),
            method: if random.u8(0..4) == 0 {
                LinkMethod::BankTransfer
            } else {
                LinkMethod::PromptPay
            },
        }
    }

    /// Two tills that know nothing of each other stay with one payment only by one system that
    /// keeps references unique. Whether Compago's links do is not documented, and the till does not
    /// count on it; Dojo's need not be.
    pub(super) fn keep_one(&mut self, random: &mut fastrand::Rng) {
        let is_unique = |system: &System| !matches!(system, System::CompagoLink | System::Dojo);
        self.systems.retain(is_unique);
        if !self.systems.is_empty() {
            let kept = self.systems[random.usize(0..self.systems.len())];
            self.systems = vec![kept];
        }
    }
}

/// What the systems with links do where their documents are silent. Nobody opens a page whose
/// address no till has shown, so the customers who act alone stay away.
pub(super) fn settings(settings: Settings, random: &mut fastrand::Rng) -> Settings {
    fn one<T: Copy>(random: &mut fastrand::Rng, among: &[T]) -> T {
        among[random.usize(0..among.len())]
    }
    let answers = [
        LinkAnswer::RedirectUrl,
        LinkAnswer::WholeObject,
        LinkAnswer::Url,
        LinkAnswer::CheckoutUrl,
    ];
    let duplicates = [
        LinkDuplicate::Accepted,
        LinkDuplicate::Replay,
        LinkDuplicate::BadRequest,
        LinkDuplicate::Conflict,
    ];
    let amounts = [
        LinkAmounts::Shortest,
        LinkAmounts::Number,
        LinkAmounts::Text,
    ];
    let starts = [
        One2PaysStart::RequiresPaymentMethod,
        One2PaysStart::RequiresConfirmation,
        One2PaysStart::RequiresAction,
        One2PaysStart::Processing,
        One2PaysStart::Pending,
    ];
    let url_fields = [
        One2PaysUrlField::Url,
        One2PaysUrlField::RedirectUrl,
        One2PaysUrlField::QrUrl,
        One2PaysUrlField::RedirectToUrl,
    ];
    let repeats = [
        One2PaysRepeat::Replay,
        One2PaysRepeat::ReplayIfSame,
        One2PaysRepeat::Conflict,
    ];
    Settings {
        customer: CustomerMode::Panel,
        link_answer: one(random, &answers),
        link_duplicate: one(random, &duplicates),
        link_count: one(random, &[LinkCount::Total, LinkCount::Page]),
        link_order: one(random, &[LinkOrder::NewestFirst, LinkOrder::OldestFirst]),
        link_amounts: one(random, &amounts),
        link_items_show_page: random.bool(),
        link_ttl_heeded: random.u8(0..8) != 0,
        link_decline: one(random, &[LinkDecline::StaysPending, LinkDecline::Cancelled]),
        link_paying_ms: random.u64(200..15_000),
        one2pays_unit: one(random, &[One2PaysUnit::Major, One2PaysUnit::Minor]),
        one2pays_start: one(random, &starts),
        one2pays_action_after_ms: one(random, &[0, 500, 4_000]),
        one2pays_url_field: one(random, &url_fields),
        one2pays_repeat: one(random, &repeats),
        one2pays_processing_ms: random.u64(200..15_000),
        one2pays_bank_transfer_ms: random.u64(5_000..120_000),
        one2pays_capture_after_ms: one(random, &[0, 0, 3_000]),
        one2pays_clock_ahead_ms: one(random, &[0, 0, 600_000, -600_000]),
        one2pays_requests_per_minute: one(random, &[1_000, 1_000, 120]),
        one2pays_retry_after_told: random.bool(),
        one2pays_reads_one: random.u8(0..4) != 0,
        ..settings
    }
}

/// Takes out what no till can get right: a network that delivers a create twice, to a system that
/// makes a payment of each, and that charges what it has called cancelled. The customer may be
/// paying the one that is withdrawn.
pub(super) fn possible(settings: Settings) -> Settings {
    let twins = settings.link_duplicate == LinkDuplicate::Accepted;
    if twins && settings.race == Race::ApprovalAfterCancel {
        let race = Race::ApprovalWins;
        return Settings { race, ..settings };
    }
    settings
}

impl Play {
    /// What the cashier types for this order, by a way it may be charged by.
    pub(super) fn request(&mut self, order: &Order, terminal: &str) -> StartChargeRequest {
        let among = &order.link.systems;
        let system = match among.as_slice() {
            [only] => *only,
            _ => among[self.links_random.usize(0..among.len())],
        };
        let mut request = match system {
            System::Compago => return sale(&order.name, &order.digits, terminal),
            System::Dojo => return self.dojo_request(order),
            System::LeanRails => return self.card_request(order),
            System::CompagoLink => link_sale(&order.name, &order.digits, LINK_ACCOUNT),
            System::One2Pays => link_sale(&order.name, &order.digits, THAI_ACCOUNT),
        };
        if let Some(link) = &mut request.link {
            link.minutes = order.link.minutes;
            if system == System::One2Pays {
                link.method = Some(order.link.method);
            }
        }
        request
    }

    /// A customer on a page whose address a till has shown.
    pub(super) fn press_page(&mut self) {
        let mut pages = self.world.practice.pages();
        pages.retain(|page| !page.allowed.is_empty() && self.addresses.contains(&page.url));
        if pages.is_empty() {
            return;
        }
        let page = &pages[self.links_random.usize(0..pages.len())];
        let press = match self.links_random.u8(0..10) {
            0..6 => PagePress::Pay,
            6..8 => PagePress::Decline,
            _ => PagePress::WalkAway,
        };
        if self.world.practice.press_page(page.id, press).is_ok() {
            self.coverage.saw("page press", press);
            let line = format!("{press:?} on the page of {}", page.reference);
            self.world.trace.tell("customer", line);
        }
    }
}
