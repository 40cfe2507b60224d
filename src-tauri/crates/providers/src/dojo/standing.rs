//! Where a payment stands, by its intent and the sessions of it. Pure.
//!
//! The intent alone says whether money was taken. That an intent is `Created` says little: it may
//! be untouched, refused or on a machine, so the session that counts is asked as well.

use money::{Currency, Money};
use payment::{ActSeen, PayPage, Prompt, Seen, Standing};

use super::session::{Session, SessionId, Sessions, Status};
use super::wire::{Amount, Intent};
use crate::answer::{time_ms, web_address};
use crate::json::Word;
use crate::said::{WORDS_LIMIT, clean};

/// A bare number of minor units, or the value of `Money`.
pub(super) fn whole(text: &str, currency: Currency) -> Option<Money> {
    Money::new(text.parse().ok()?, currency).ok()
}

impl Intent {
    fn is_manual(&self) -> bool {
        let mode = self.capture_mode.as_ref();
        mode.is_some_and(|mode| mode.text() == "Manual")
    }

    /// What the customer owes in all, in minor units, where enough of it is named.
    pub(super) fn total(&self) -> Option<i64> {
        let named = |amount: &Option<Amount>| amount.as_ref().and_then(Amount::minor);
        named(&self.total_amount).or_else(|| {
            let goods = named(&self.amount)?;
            let beside = [
                &self.tips_amount,
                &self.service_charge_amount,
                &self.cashback_amount,
            ];
            let beside = beside.into_iter().filter_map(named);
            Some(beside.fold(goods, i64::saturating_add))
        })
    }

    /// What was given on top, in minor units: as it is named, or what the total has beyond all that
    /// is named. A tip that was added on the terminal may show in either place.
    pub(super) fn tip(&self) -> i64 {
        let named = |amount: &Option<Amount>| amount.as_ref().and_then(Amount::minor).unwrap_or(0);
        let rest = named(&self.total_amount)
            .saturating_sub(named(&self.amount))
            .saturating_sub(named(&self.service_charge_amount))
            .saturating_sub(named(&self.cashback_amount));
        let rest = if self.amount.is_some() { rest } else { 0 };
        named(&self.tips_amount).max(rest).max(0)
    }

    /// What its captures took, where it lists any: several are allowed, each of a part.
    fn captured(&self) -> Option<i64> {
        let captures = self.captures.as_ref().filter(|all| !all.is_empty())?;
        let took =
            |status: Option<&Word>| !matches!(status.map(Word::text), Some("Declined" | "Failed"));
        let took = captures
            .iter()
            .filter(|capture| took(capture.status.as_ref()));
        took.map(|capture| capture.amount.as_ref()?.text().parse::<i64>().ok())
            .try_fold(0_i64, |sum, amount| Some(sum.saturating_add(amount?)))
    }
}

/// One look at an intent.
#[derive(Debug)]
pub(super) struct Reading {
    pub(super) intent: Intent,
    pub(super) sessions: Sessions,
    currency: Currency,
    /// The amount of the goods, where it is named.
    amount: Option<Money>,
    /// The provider's time, where it is known. Milliseconds since 1970-01-01 UTC.
    now_ms: Option<i64>,
}

/// A payment that is on a machine.
pub(super) fn live(session: &Session) -> Seen {
    let (standing, prompt) = on_terminal(session);
    let raw = format!("session {}", session.word());
    Seen {
        prompt,
        ..Seen::new(standing, &clean(&raw, WORDS_LIMIT))
    }
}

/// Where a payment stands whose intent is `Created`, by the session that counts.
fn on_terminal(session: &Session) -> (Standing, Option<Prompt>) {
    match session.status() {
        Status::InitiateRequested => {
            let prompt = session.prompt().unwrap_or(Prompt::OnItsWay);
            (Standing::Waiting, Some(prompt))
        }
        Status::Initiated => (Standing::Waiting, session.prompt()),
        Status::CancelRequested => (Standing::Processing, session.prompt()),
        Status::SignatureRequired => (Standing::NeedsCashier, Some(Prompt::Signature)),
        // The intent will follow; it alone says paid.
        Status::SignatureAccepted | Status::Authorized | Status::Captured => {
            (Standing::Processing, None)
        }
        Status::Declined | Status::SignatureRejected => {
            (Standing::NeedsCashier, Some(Prompt::CardDeclined))
        }
        Status::Canceled => (Standing::NeedsCashier, Some(Prompt::CancelledAtTerminal)),
        Status::Expired => (Standing::Unconfirmed, None),
        Status::Unknown => (Standing::Unrecognised, None),
    }
}

impl Reading {
    /// # Errors
    /// What it names instead of an amount in this currency.
    pub(super) fn of(
        mut intent: Intent,
        currency: Currency,
        fresh: Option<Session>,
        now_ms: Option<i64>,
    ) -> Result<Self, String> {
        let read = |text: &str| whole(text, currency);
        let amount = intent.named().amount_in(currency, read)?;
        let history = intent.sessions().unwrap_or_default();
        Ok(Self {
            intent,
            sessions: Sessions::of(history, fresh),
            currency,
            amount,
            now_ms,
        })
    }

    /// An intent of a list, whose amount is compared elsewhere.
    pub(super) fn listed(
        intent: Intent,
        currency: Currency,
        history: Option<Vec<Session>>,
    ) -> Self {
        let read = |text: &str| whole(text, currency);
        let amount = intent.named().amount_in(currency, read).ok().flatten();
        Self {
            intent,
            sessions: Sessions::of(history.unwrap_or_default(), None),
            currency,
            amount,
            now_ms: None,
        }
    }

    /// The session that the next readings may look at instead of the intent.
    pub(super) fn live(&self) -> Option<SessionId> {
        let sale = self.live_on_machine()?;
        let is_open = matches!(self.intent.word(), "Created" | "Authorized" | "Canceled");
        is_open.then(|| sale.usable_id()).flatten()
    }

    fn live_sale(&self) -> Option<&Session> {
        self.sessions.sale().filter(|sale| sale.status().is_live())
    }

    /// A sale that a machine has on its screen, as far as its time is not long over.
    pub(super) fn live_on_machine(&self) -> Option<&Session> {
        self.live_sale()
            .filter(|sale| !sale.is_overdue(self.now_ms))
    }

    /// Where the payment stands.
    pub(super) fn seen(&self) -> Seen {
        let (standing, prompt) = self.standing();
        let sale = self.sessions.sale();
        let is_live = self.live().is_some();
        let raw = match (self.intent.word(), sale) {
            // The same words as a reading of the session has: whichever was read is no news.
            (_, Some(sale)) if is_live => format!("session {}", sale.word()),
            (status @ ("Captured" | "Refunded"), _) | (status, None) => status.to_owned(),
            (status, Some(sale)) => format!("{status}, session {}", sale.word()),
        };
        let is_money = matches!(
            standing,
            Standing::Authorised | Standing::Paid | Standing::PartlyRefunded | Standing::Refunded
        );
        Seen {
            standing,
            prompt,
            raw: clean(&raw, WORDS_LIMIT),
            amount: self.taken(),
            page: None,
            tip: self.money(self.intent.tip()).filter(|_| is_money),
            returned: self.returned(standing).and_then(|minor| self.money(minor)),
            acts: self.acts(),
        }
    }

    /// Where a payment stands that was made for its page and not for a machine. One that was put on a
    /// machine all the same (on their own pages, say) stands where that machine has it.
    pub(super) fn seen_by_link(&self) -> Seen {
        let seen = self.seen();
        if self.sessions.sale().is_some() {
            return seen;
        }
        let standing = match self.intent.word() {
            // A card that the page refused leaves no word here: it can be tried again.
            "Created" => Standing::Waiting,
            "Canceled" if self.is_over() => Standing::Expired,
            _ => return seen,
        };
        Seen {
            standing,
            prompt: None,
            page: self.page().filter(|_| standing == Standing::Waiting),
            ..seen
        }
    }

    fn ends_at_ms(&self) -> Option<i64> {
        let at = self.intent.expire_at.as_ref()?;
        time_ms(at.text())
    }

    /// Whether its time is over by their clock. What is withdrawn just before that and read after it is
    /// taken for the same: neither was paid.
    fn is_over(&self) -> bool {
        matches!((self.ends_at_ms(), self.now_ms), (Some(ends), Some(now)) if ends <= now)
    }

    /// Where the customer pays.
    fn page(&self) -> Option<PayPage> {
        Some(PayPage {
            url: web_address(self.intent.payment_link.as_ref()?.text())?,
            expires_at_ms: self.ends_at_ms(),
        })
    }

    /// What became of each refund at a terminal.
    fn acts(&self) -> Vec<ActSeen> {
        let refunds = self.sessions.refunds();
        let told = refunds.filter_map(|refund| {
            Some(ActSeen {
                name: Some(refund.name()?),
                key: None,
                outcome: refund.refund_outcome()?,
                amount: refund.refunds().and_then(|minor| self.money(minor)),
            })
        });
        told.collect()
    }

    /// The amount of the goods; where captures took less of it, what they took.
    fn taken(&self) -> Option<Money> {
        let named = self.amount?;
        let captured = self.intent.captured().filter(|took| *took < named.minor());
        let captured = captured.and_then(|took| Money::new(took, self.currency).ok());
        Some(captured.unwrap_or(named))
    }

    fn money(&self, minor: i64) -> Option<Money> {
        let money = Money::new(minor, self.currency).ok();
        money.filter(|money| !money.is_zero())
    }

    fn standing(&self) -> (Standing, Option<Prompt>) {
        let sale = self.sessions.sale();
        let session = sale.map(Session::status);
        match self.intent.word() {
            "Captured" | "Refunded" => self.paid(),
            "Created" => match sale {
                Some(sale) => on_terminal(sale),
                None => (Standing::NeedsCashier, Some(Prompt::TerminalIdle)),
            },
            "Authorized" => match self.live_sale() {
                Some(sale) => on_terminal(sale),
                None if self.intent.is_manual() => (Standing::Authorised, None),
                None => (Standing::Processing, None),
            },
            // Withdrawn while a machine still asks for a card: it is on the machine. Withdrawn while one
            // says that a card was taken, or nothing that is understood: nothing more will come, and
            // whoever is told "not paid" charges again, so somebody must look.
            "Canceled" => match (self.live_on_machine(), session) {
                (Some(live), _) => on_terminal(live),
                (
                    None,
                    Some(
                        Status::Captured
                        | Status::Authorized
                        | Status::SignatureAccepted
                        | Status::Unknown,
                    ),
                ) => (Standing::Unconfirmed, None),
                (None, _) => (Standing::Cancelled, None),
            },
            "Reversed" if self.was_captured() => (Standing::Refunded, None),
            "Reversed" => (Standing::Cancelled, None),
            _ => (Standing::Unrecognised, None),
        }
    }

    /// Whether there was money to give back before a reversal: held money is only released, and a
    /// signature that was refused undoes what nobody was told of.
    fn was_captured(&self) -> bool {
        let is = |wanted| self.sessions.sales().any(|sale| sale.status() == wanted);
        if self.intent.captured().is_some_and(|took| took > 0) || is(Status::Captured) {
            return true;
        }
        let last = self.sessions.sale().map(Session::status);
        let undone = last.is_some_and(Status::is_over_unpaid);
        !self.intent.is_manual() && !undone
    }

    /// Money was taken; how much of it was given back, and whether more is on its way.
    fn paid(&self) -> (Standing, Option<Prompt>) {
        let returned = self.given_back();
        let is_all = match self.intent.total() {
            Some(total) => returned >= total,
            None => false,
        };
        let standing = match (self.intent.word(), returned) {
            (_, 1..) if is_all => Standing::Refunded,
            // Without a figure, or without a total to hold it against, the word counts.
            ("Refunded", ..=0) => Standing::Refunded,
            ("Refunded", _) if self.intent.total().is_none() => Standing::Refunded,
            (_, 1..) => Standing::PartlyRefunded,
            _ => Standing::Paid,
        };
        (standing, self.refund_prompt())
    }

    /// How the newest refund at a terminal goes.
    fn refund_prompt(&self) -> Option<Prompt> {
        match self.sessions.refunds().next_back()?.status() {
            Status::Captured => None,
            Status::Declined | Status::Canceled | Status::SignatureRejected => {
                Some(Prompt::RefundDeclined)
            }
            Status::Expired => Some(Prompt::RefundUnconfirmed),
            Status::InitiateRequested
            | Status::Initiated
            | Status::Authorized
            | Status::SignatureRequired
            | Status::SignatureAccepted
            | Status::CancelRequested
            | Status::Unknown => Some(Prompt::RefundWaiting),
        }
    }

    /// What has been given back so far, in minor units: as the intent says, or what its refunds at
    /// terminals add up to, where that is more (whether the one has the other in it is nowhere
    /// written).
    fn given_back(&self) -> i64 {
        let told = self.intent.refunded_amount.as_ref();
        let told = told
            .and_then(|told| told.text().parse().ok())
            .unwrap_or(0_i64);
        let total = self.intent.total();
        let refunds = self.sessions.refunds();
        let done = refunds.filter(|refund| refund.status() == Status::Captured);
        // Without an amount a refund is of all ("Terminal sessions", `matchedRefund`).
        let sum = done
            .filter_map(|refund| refund.refunds().or(total))
            .fold(0, i64::saturating_add);
        told.max(sum)
    }

    fn returned(&self, standing: Standing) -> Option<i64> {
        let told = self.given_back();
        if told == 0 && standing == Standing::Refunded {
            // All of it, by the word alone.
            return self.intent.total();
        }
        Some(told)
    }
}

#[cfg(test)]
#[path = "standing_tests.rs"]
mod tests;
