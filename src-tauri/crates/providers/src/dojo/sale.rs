//! A sale: an intent that is put on a machine, or one whose page the customer opens.
//!
//! Each intent has a page (`paymentLink`, "Create payment intent"), also one that is made for a machine.
//! So an intent does not say by which of them it is to be paid: whoever reads it has to know.

use jiff::Timestamp;
use money::{Currency, Money};
use payment::{
    Channel, Charge, Created, Failure, IntentId, LinkTerms, Provider, SaleTerms, System,
    TerminalCode,
};

use ::http::Method;

use super::wire::{self, Purpose};
use super::{Dojo, INTENTS, json, map};
use crate::answer::NOT_BUILT;
use crate::http::Class;

/// Whether this build is one of a verified partner, which may ask for links without a checkout of its
/// own ("Create payment intent", `isNotOnlineCheckout`): it was given its name there.
const IS_PARTNER: bool = option_env!("TILLSIDE_DOJO_SOFTWARE_HOUSE").is_some();

/// A minute, in milliseconds.
const MINUTE_MS: i64 = 60_000;

impl Dojo {
    /// Makes the intent, then puts it on the machine. Once the intent is made, nothing that happens
    /// to the second request is a failure of the first: the payment exists and has a name.
    pub(super) async fn sell_at(
        &self,
        charge: &Charge,
        terminal: &TerminalCode,
        terms: &SaleTerms,
    ) -> Result<Created, Failure> {
        if !is_sendable(terms, self.currency) {
            return Err(NOT_BUILT);
        }
        let body = wire::intent_body(charge, terms);
        let request = json(Class::Create, Method::POST, INTENTS.to_owned(), body)?;
        let intent = map::made(charge, &self.exchange(request).await?)?;
        let purpose = Purpose::Sale {
            intent: intent.as_str(),
        };
        let start = map::started(self.start(terminal, &purpose).await);
        if let map::Start::Begun(session) = &start {
            let is_live = session.status().is_live();
            self.watch(&intent, session.usable_id().filter(|_| is_live));
        }
        Ok(Created {
            intent: Some(intent),
            seen: map::beginning(&start),
        })
    }

    /// Makes an intent and leaves it to its page. When it ends is told by their own clock, which each of
    /// their answers shows; before the first, by this computer's.
    pub(super) async fn sell_by_link(
        &self,
        charge: &Charge,
        terms: &LinkTerms,
    ) -> Result<Created, Failure> {
        let is_offered = System::Dojo
            .link_needs()
            .is_some_and(|needs| (needs.minutes_min..=needs.minutes_max).contains(&terms.minutes));
        if !is_offered {
            return Err(NOT_BUILT);
        }
        let now_ms = self.their_time_ms().unwrap_or(charge.asked_at_ms);
        let ends_ms = now_ms.saturating_add(i64::from(terms.minutes).saturating_mul(MINUTE_MS));
        let ends = Timestamp::from_millisecond(ends_ms).map_err(|_| NOT_BUILT)?;
        let body = wire::link_body(charge, terms, &format!("{ends:.3}"), IS_PARTNER);
        let request = json(Class::Create, Method::POST, INTENTS.to_owned(), body)?;
        map::made_link(charge, &self.exchange(request).await?)
    }

    /// A create that the network delivered twice made two, and one page is enough. Nobody was given the
    /// address of another, so one that cannot be withdrawn now is listed as left open and no more.
    pub(super) async fn withdraw_twins(
        &self,
        charge: &Charge,
        kept: &Created,
        payable: Vec<IntentId>,
    ) {
        if charge.way.channel() != Channel::Link {
            return;
        }
        for twin in payable {
            if kept.intent.as_ref() != Some(&twin)
                && let Err(failure) = self.cancel(&twin).await
            {
                tracing::warn!(intent = %twin, %failure, "a second payment link stays open");
            }
        }
    }
}

/// Whether everything beside the amount can be sent as it is.
fn is_sendable(terms: &SaleTerms, currency: Currency) -> bool {
    let is_ours = |amount: &Money| amount.currency() == currency;
    let is_said = |name: &str, quantity: u32| {
        (1..=100).contains(&name.chars().count()) && i32::try_from(quantity).is_ok()
    };
    let beside = [terms.tip, terms.service_charge];
    terms.lines.len() <= SaleTerms::LINES_LIMIT
        && beside.iter().flatten().all(is_ours)
        && terms.lines.iter().all(|line| {
            is_ours(&line.total)
                && is_said(&line.name, line.quantity)
                && line.modifiers.len() <= SaleTerms::MODIFIERS_LIMIT
                && line.modifiers.iter().all(|modifier| {
                    is_ours(&modifier.amount) && is_said(&modifier.name, modifier.quantity)
                })
        })
}
