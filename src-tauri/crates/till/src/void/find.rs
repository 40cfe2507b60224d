//! What a choice comes to: which payments, and which that are none of this till's.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use journal::{Elsewhere, Filter};
use payment::{
    AccountId, Class, IntentId, OrderRef, Payment, PaymentId, State, Verdict, VoidLine, VoidTarget,
};

use super::list::{self, BYTES_MAX, LINES_MAX, Listed};
use super::plan::{
    Twin, extras, is_expiring, members, of_reference, sameness, verdict, verdict_elsewhere,
};
use crate::api::{AccountRequest, ApiError, Code, VoidChoice};
use crate::till::{Till, payment_id};
use crate::trouble::read_error;

/// For so many references that nothing open has, the whole journal is looked through for one that is over.
const SEARCHED_MAX: usize = 50;

/// How far back a payment that is paid makes another one of the same kind a duplicate. Milliseconds.
const PAID_TWIN_MS: i64 = 24 * 60 * 60 * 1_000;

/// A dry run, as it can be started.
#[derive(Debug, Clone, Default)]
pub(crate) struct Plan {
    pub lines: Vec<VoidLine>,
    pub repeated: usize,
    pub unasked: Vec<String>,
    pub column: String,
    pub encoding: &'static str,
}

/// A payment that stands open at a provider and is none of this till's.
#[derive(Debug, Clone)]
struct Left {
    account: AccountId,
    intent: IntentId,
    reference: String,
    amount: money::Money,
    made_at_ms: i64,
}

impl Left {
    fn line(&self, given: &str) -> VoidLine {
        VoidLine {
            given: given.to_owned(),
            target: VoidTarget::Leftover {
                account: self.account.clone(),
                intent: self.intent.clone(),
                reference: self.reference.clone(),
                amount: self.amount,
            },
            verdict: Verdict::WillCancel,
        }
    }
}

/// What stands open, by every name that a list may have for it: twenty thousand references are held
/// against twenty thousand payments without comparing each with each.
struct Known<'a> {
    open: BTreeMap<&'a str, Vec<&'a Payment>>,
    left: BTreeMap<String, Vec<&'a Left>>,
}

impl<'a> Known<'a> {
    fn of(open: &'a [Payment], left: &'a [Left]) -> Self {
        let mut known = Self {
            open: BTreeMap::new(),
            left: BTreeMap::new(),
        };
        for payment in open {
            let names = [
                Some(payment.key.as_str()),
                payment.intent.as_ref().map(IntentId::as_str),
            ];
            for name in names.into_iter().flatten() {
                known.open.entry(name).or_default().push(payment);
            }
        }
        for one in left {
            let names = [one.intent.as_str().to_owned(), of_reference(&one.reference)];
            for name in names {
                known.left.entry(name).or_default().push(one);
            }
        }
        known
    }

    fn open<'b>(&'b self, reference: &'b str) -> impl Iterator<Item = &'a Payment> + 'b {
        self.open.get(reference).into_iter().flatten().copied()
    }

    /// Those of one provider and of another: a line each.
    fn left<'b>(&'b self, reference: &'b str) -> impl Iterator<Item = &'a Left> + 'b {
        let by_name = self.left.get(reference).into_iter().flatten();
        let by_order = self
            .left
            .get(&of_reference(reference))
            .into_iter()
            .flatten();
        // Where a payment's reference is its name, it is still one.
        let by_order = by_order.filter(move |one| one.intent.as_str() != reference);
        by_name.chain(by_order).copied()
    }
}

impl Till {
    pub(super) async fn find(&self, choice: VoidChoice) -> Result<Plan, ApiError> {
        match choice {
            VoidChoice::Payments { payments } => self.find_selected(&payments),
            VoidChoice::List { base64 } => {
                if base64.len() > BYTES_MAX * 2 {
                    return Err(ApiError::new(Code::VoidListTooLarge));
                }
                let bytes = STANDARD
                    .decode(base64.trim())
                    .map_err(|_| ApiError::new(Code::BadRequest))?;
                self.find_listed(list::read(&bytes)?).await
            }
            VoidChoice::Expiring { minutes } => self.find_expiring(minutes),
            VoidChoice::Duplicates => self.find_duplicates().await,
            VoidChoice::Leftovers => {
                let (left, unasked) = self.everything_left().await;
                Ok(Plan {
                    lines: left.iter().map(|one| one.line(&one.reference)).collect(),
                    unasked,
                    ..Plan::default()
                })
            }
        }
    }

    fn line(&self, given: &str, payment: &Payment) -> VoidLine {
        let account = self.board.account(&payment.account);
        let acts = account.map(|account| account.system.acts().by(&payment.way));
        VoidLine {
            given: given.to_owned(),
            target: VoidTarget::Payment {
                id: payment.id,
                state: payment.state,
            },
            verdict: verdict(payment, acts.as_ref()),
        }
    }

    fn find_selected(&self, payments: &[String]) -> Result<Plan, ApiError> {
        if payments.len() > LINES_MAX {
            return Err(ApiError::with(Code::VoidListTooLong, LINES_MAX));
        }
        let mut plan = Plan::default();
        let mut known = BTreeSet::new();
        for text in payments {
            let line = match text.split_once('/') {
                Some((account, intent)) => self.line_elsewhere(account, intent)?,
                None => {
                    let payment = self.board.payment(payment_id(text)?)?;
                    self.line(payment.order.as_str(), &payment)
                }
            };
            if known.insert(name(&line.target)) {
                plan.lines.push(line);
            } else {
                plan.repeated = plan.repeated.saturating_add(1);
            }
        }
        Ok(plan)
    }

    /// One that was made elsewhere, as its provider's list had it last. It is read before it is withdrawn.
    fn line_elsewhere(&self, account: &str, intent: &str) -> Result<VoidLine, ApiError> {
        let unknown = || ApiError::new(Code::PaymentUnknown);
        let account = AccountId::new(account).map_err(|_| unknown())?;
        let intent = IntentId::new(intent).map_err(|_| unknown())?;
        let row = self.board.journal.elsewhere(&account, &intent);
        let row = row.ok_or_else(unknown)?;
        let acts = self.board.account(&account);
        let acts = acts.map(|account| account.system.acts());
        let left = Left {
            account,
            intent,
            reference: row.listed.reference.clone(),
            amount: row.listed.amount,
            made_at_ms: row.place.at_ms,
        };
        Ok(VoidLine {
            verdict: verdict_elsewhere(&row, acts.as_ref()),
            ..left.line(&row.listed.reference)
        })
    }

    async fn find_listed(&self, listed: Listed) -> Result<Plan, ApiError> {
        let (left, unasked) = self.everything_left().await;
        let open = self.open_now()?;
        let known = Known::of(&open, &left);
        let mut plan = Plan {
            repeated: listed.repeated,
            unasked,
            column: listed.column,
            encoding: listed.encoding,
            ..Plan::default()
        };
        let mut lines: Vec<Vec<VoidLine>> = Vec::with_capacity(listed.references.len());
        for reference in &listed.references {
            lines.push(self.matches(reference, &known)?);
        }
        self.search_over(&listed.references, &mut lines)?;
        let mut targets = BTreeSet::new();
        for (reference, matches) in listed.references.iter().zip(lines) {
            if matches.is_empty() {
                plan.lines.push(VoidLine {
                    given: reference.clone(),
                    target: VoidTarget::Nothing,
                    verdict: Verdict::Nothing,
                });
            }
            for line in matches {
                if targets.insert(name(&line.target)) {
                    plan.lines.push(line);
                } else {
                    plan.repeated = plan.repeated.saturating_add(1);
                }
            }
        }
        Ok(plan)
    }

    /// The payments that are not over, as they are now.
    fn open_now(&self) -> Result<Vec<Payment>, ApiError> {
        let open = self.board.journal.open_payments();
        let open = open.map_err(|error| read_error(&error))?;
        open.into_iter()
            .map(|payment| self.board.payment(payment.id))
            .collect()
    }

    /// What a reference may be: an order, the key of one of its sendings, a payment's own name, or a
    /// provider's name of it. Those that still matter; else the newest that does not.
    fn matches(&self, reference: &str, known: &Known<'_>) -> Result<Vec<VoidLine>, ApiError> {
        let mut found: BTreeMap<PaymentId, Payment> = BTreeMap::new();
        if let Ok(order) = OrderRef::new(reference) {
            let of_order = self.board.journal.payments_of(&order);
            for payment in of_order.map_err(|error| read_error(&error))? {
                found.insert(payment.id, self.board.payment(payment.id)?);
            }
        }
        if let Ok(id) = reference.parse::<PaymentId>()
            && let Ok(payment) = self.board.payment(id)
        {
            found.insert(payment.id, payment);
        }
        for payment in known.open(reference) {
            found.insert(payment.id, payment.clone());
        }
        let matters =
            |payment: &&Payment| payment.state.class() != Class::Unpaid || payment.is_contested();
        let mut lines: Vec<VoidLine> = found
            .values()
            .filter(matters)
            .map(|payment| self.line(reference, payment))
            .collect();
        lines.extend(known.left(reference).map(|one| one.line(reference)));
        if lines.is_empty() {
            // Payments' names grow with time: the last is the newest.
            lines.extend(
                found
                    .values()
                    .last()
                    .map(|payment| self.line(reference, payment)),
            );
        }
        Ok(lines)
    }

    /// Looks for payments that are over by their key or their provider's name.
    fn search_over(
        &self,
        references: &[String],
        lines: &mut [Vec<VoidLine>],
    ) -> Result<(), ApiError> {
        let missing = lines.iter().filter(|found| found.is_empty()).count();
        if missing > SEARCHED_MAX {
            return Ok(());
        }
        for (reference, found) in references.iter().zip(lines) {
            if found.is_empty() {
                let named = self.board.journal.payments_named(reference);
                let named = named.map_err(|error| read_error(&error))?;
                found.extend(named.last().map(|payment| self.line(reference, payment)));
            }
        }
        Ok(())
    }

    fn find_expiring(&self, minutes: u32) -> Result<Plan, ApiError> {
        let expiring = self.expiring(minutes)?;
        let lines = expiring
            .iter()
            .map(|payment| self.line(payment.order.as_str(), payment));
        Ok(Plan {
            lines: lines.collect(),
            ..Plan::default()
        })
    }

    /// The links that expire within so many minutes, newest first.
    pub(crate) fn expiring(&self, minutes: u32) -> Result<Vec<Payment>, ApiError> {
        let now_ms = self.board.clock.now_ms();
        let open = self.open_summaries()?.into_iter();
        Ok(open
            .filter(|(payment, asked_ms)| is_expiring(payment, *asked_ms, now_ms, minutes))
            .map(|(payment, _)| payment)
            .collect())
    }

    /// The payments that are there twice, of which at least one is open, newest first, with those that
    /// stand open elsewhere. Asks nobody.
    pub(crate) fn twins(&self) -> Result<(Vec<Payment>, Vec<Elsewhere>), ApiError> {
        let (payments, mut twins): (Vec<Payment>, Vec<Twin>) =
            self.twins_here()?.into_iter().rev().unzip();
        let elsewhere = self.open_elsewhere(LINES_MAX);
        twins.extend(elsewhere.iter().map(|row| Twin {
            same: vec![of_reference(&row.listed.reference)],
            age: row.place.at_ms,
            is_paid: false,
        }));
        let members: BTreeSet<usize> = members(&twins).into_iter().collect();
        let is_member = |index: usize| members.contains(&index);
        let count = payments.len();
        let payments = payments.into_iter().enumerate();
        let elsewhere = elsewhere.into_iter().enumerate();
        Ok((
            payments
                .filter_map(|(index, payment)| is_member(index).then_some(payment))
                .collect(),
            elsewhere
                .filter_map(|(index, row)| is_member(count.saturating_add(index)).then_some(row))
                .collect(),
        ))
    }

    /// What is open here, and what was paid within a day, oldest first.
    fn twins_here(&self) -> Result<Vec<(Payment, Twin)>, ApiError> {
        let now_ms = self.board.clock.now_ms();
        let since_ms = now_ms.saturating_sub(PAID_TWIN_MS);
        let paid = self.board.journal.ended_since(since_ms);
        let paid = paid.map_err(|error| read_error(&error))?.into_iter();
        let paid = paid.filter(|payment| payment.state == State::Paid);
        let open = self.open_summaries()?.into_iter().rev();
        // What is being withdrawn already is nobody's newest.
        let open = open.filter(|(payment, _)| !payment.cancel_asked());
        let mut twins: Vec<(Payment, Twin)> = paid
            .chain(open.map(|(payment, _)| payment))
            .map(|payment| {
                let twin = Twin {
                    same: sameness(&payment),
                    age: payment.id.made_at_ms(),
                    is_paid: payment.state.class() == Class::Paid,
                };
                (payment, twin)
            })
            .collect();
        twins.sort_by_key(|(payment, _)| payment.id);
        Ok(twins)
    }

    /// The payments that are not over, newest first, each with when it was asked for.
    fn open_summaries(&self) -> Result<Vec<(Payment, i64)>, ApiError> {
        let open = self.board.journal.recent(&Filter::Open, None, LINES_MAX);
        open.map_err(|error| read_error(&error))?
            .into_iter()
            .map(|row| Ok((self.board.payment(row.payment.id)?, row.requested_at_ms)))
            .collect()
    }

    async fn find_duplicates(&self) -> Result<Plan, ApiError> {
        let (left, unasked) = self.everything_left().await;
        let mut lines: Vec<Option<VoidLine>> = Vec::new();
        let mut twins = Vec::new();
        for (payment, twin) in self.twins_here()? {
            let line = self.line(payment.order.as_str(), &payment);
            lines.push((!twin.is_paid).then_some(line));
            twins.push(twin);
        }
        for one in &left {
            twins.push(Twin {
                same: vec![of_reference(&one.reference)],
                age: one.made_at_ms,
                is_paid: false,
            });
            lines.push(Some(one.line(&one.reference)));
        }
        let extras: BTreeSet<usize> = extras(&twins).into_iter().collect();
        let lines = lines.into_iter().enumerate();
        Ok(Plan {
            lines: lines
                .filter_map(|(index, line)| line.filter(|_| extras.contains(&index)))
                .collect(),
            unasked,
            ..Plan::default()
        })
    }

    /// What stands open at every provider that has a list, and the accounts that could not be asked.
    async fn everything_left(&self) -> (Vec<Left>, Vec<String>) {
        let (mut left, mut unasked) = (Vec::new(), Vec::new());
        for account in &self.board.shop().accounts {
            if !account.system.lists_open() {
                continue;
            }
            let request = AccountRequest {
                account: account.id.to_string(),
            };
            let Ok(listed) = self.leftovers(request).await else {
                unasked.push(account.name.clone());
                continue;
            };
            left.extend(listed.into_iter().map(|one| Left {
                account: account.id.clone(),
                intent: one.intent,
                reference: one.reference,
                amount: one.amount,
                made_at_ms: one.made_at_ms.unwrap_or(0),
            }));
        }
        (left, unasked)
    }
}

/// What tells one target from another.
fn name(target: &VoidTarget) -> String {
    match target {
        VoidTarget::Payment { id, .. } => id.to_string(),
        VoidTarget::Leftover {
            account, intent, ..
        } => format!("{account}/{intent}"),
        VoidTarget::Nothing => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use money::{Currency, Money};

    use super::*;

    fn left(account: &str, intent: &str, reference: &str) -> Left {
        Left {
            account: AccountId::new(account).unwrap(),
            intent: IntentId::new(intent).unwrap(),
            reference: reference.to_owned(),
            amount: Money::new(100, Currency::Mxn).unwrap(),
            made_at_ms: 0,
        }
    }

    #[test]
    fn a_reference_at_two_providers_is_two_and_a_name_that_is_its_reference_is_one() {
        let left = [
            left("roma", "pi-1", "R-1"),
            left("condesa", "pi-2", "R-1-a2"),
            left("roma", "R-3", "R-3"),
            left("roma", "pi-4", "R-40"),
        ];
        let known = Known::of(&[], &left);
        let found = |reference: &str| -> Vec<String> {
            let found = known.left(reference);
            found
                .map(|one| format!("{}/{}", one.account, one.intent))
                .collect()
        };
        assert_eq!(found("R-1"), ["roma/pi-1", "condesa/pi-2"]);
        assert_eq!(found("R-1-a7"), ["roma/pi-1", "condesa/pi-2"]);
        assert_eq!(found("pi-2"), ["condesa/pi-2"]);
        assert_eq!(found("R-3"), ["roma/R-3"]);
        assert!(found("R-4").is_empty());
    }
}
