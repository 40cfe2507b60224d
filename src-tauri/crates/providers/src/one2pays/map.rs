//! What the answers of One2Pays mean. Pure.

use money::{Currency, Money};
use payment::{AmountUnit, Charge, Created, Failure, IntentId, Listed, PayPage, Seen, Standing};

use super::next_action;
use super::wire::{self, List, Payment, Refusal};
use crate::answer::{Named, REFERENCE_LIMIT, mismatch, read_object, time_ms, unreadable, web_page};
use crate::http::Response;
use crate::json::Word;
use crate::said::{MESSAGE_LIMIT, WORDS_LIMIT, clean};

/// The answer to a create.
pub(super) fn created(
    charge: &Charge,
    unit: AmountUnit,
    response: &Response,
) -> Result<Created, Failure> {
    if !response.is_success() {
        return Err(refused_create(response));
    }
    let payment = read_object(response, Payment::read)?;
    made(charge, unit, &payment)
}

/// A payment that was made for a charge, or found by its key.
fn made(charge: &Charge, unit: AmountUnit, payment: &Payment) -> Result<Created, Failure> {
    let id = payment.usable_id().ok_or_else(unreadable)?;
    let differences = differences(charge, unit, payment);
    if !differences.is_empty() {
        // Another order's payment is not ours to withdraw, so its name is not passed on.
        let is_ours = payment.reference_id.is_none() || payment.has_key(&charge.key);
        return Err(mismatch(&differences.join(", "), is_ours.then_some(id)));
    }
    let amount = payment.amount.is_some().then_some(charge.amount);
    Ok(Created {
        intent: Some(id),
        seen: reading(payment, amount),
    })
}

/// The payment of a charge on a page of the list, where it is there.
pub(super) fn found(
    charge: &Charge,
    unit: AmountUnit,
    list: &List,
) -> Result<Option<Created>, Failure> {
    let mut payments = list.payments.iter();
    let Some(payment) = payments.find(|payment| payment.has_key(&charge.key)) else {
        return Ok(None);
    };
    if payment.status.is_none() {
        return Err(unreadable());
    }
    made(charge, unit, payment).map(Some)
}

/// The answer to a reading.
pub(super) fn seen(
    asked: &IntentId,
    currency: Currency,
    unit: AmountUnit,
    response: &Response,
) -> Result<Seen, Failure> {
    if !response.is_success() {
        return Err(refused(response));
    }
    let payment = read_object(response, Payment::read)?;
    seen_as(asked, currency, unit, &payment)
}

/// A payment as it is on a page of the list, where it is there.
pub(super) fn listed_as(
    asked: &IntentId,
    currency: Currency,
    unit: AmountUnit,
    list: &List,
) -> Result<Option<Seen>, Failure> {
    let is_asked = |payment: &&Payment| payment.usable_id().as_ref() == Some(asked);
    let payment = list.payments.iter().find(is_asked);
    payment
        .map(|payment| seen_as(asked, currency, unit, payment))
        .transpose()
}

fn seen_as(
    asked: &IntentId,
    currency: Currency,
    unit: AmountUnit,
    payment: &Payment,
) -> Result<Seen, Failure> {
    if payment.status.is_none() {
        return Err(unreadable());
    }
    if let Some(id) = &payment.id
        && !id.text().eq_ignore_ascii_case(asked.as_str())
    {
        return Err(mismatch(&format!("id {}", id.text()), None));
    }
    let amount = payment
        .named()
        .amount_in(currency, |text| wire::amount(text, unit, currency))
        .map_err(|said| mismatch(&said, Some(asked.clone())))?;
    Ok(reading(payment, amount))
}

/// Whether a reading of one payment failed in a way that a path which is not there does.
pub(super) const fn may_be_about_the_path(failure: &Failure) -> bool {
    match failure {
        Failure::NotFound { .. } | Failure::Fault { status: 405 | 501 } => true,
        Failure::NotSent { .. }
        | Failure::NoAnswer { .. }
        | Failure::BadAnswer { .. }
        | Failure::Mismatch { .. }
        | Failure::KeyRefused
        | Failure::Invalid { .. }
        | Failure::Duplicate
        | Failure::RateLimited { .. }
        | Failure::Redirected
        | Failure::Fault { .. } => false,
    }
}

/// One page of the list.
pub(super) fn listed(response: &Response) -> Result<List, Failure> {
    if !response.is_success() {
        return Err(refused(response));
    }
    read_object(response, List::read)
}

/// A payment of the list. One without a name or an amount can neither be shown nor withdrawn.
pub(super) fn one_of_list(
    payment: &Payment,
    currency: Currency,
    unit: AmountUnit,
) -> Option<Listed> {
    let read = |text: &str| wire::amount(text, unit, currency);
    let seen = reading(payment, payment.named().amount_in(currency, read).ok()?);
    let reference = payment.reference_id.as_ref().map_or("", Word::text);
    Some(Listed {
        intent: payment.usable_id()?,
        reference: clean(reference, REFERENCE_LIMIT),
        amount: seen.amount?,
        made_at_ms: payment
            .created_at
            .as_ref()
            .and_then(|at| time_ms(at.text())),
        has_link: seen.standing.stands_open() && seen.page.is_some(),
        standing: seen.standing,
        raw: seen.raw,
        last_four: None,
    })
}

/// The answer to a cancel. Only a reading decides, so a success is asked for no more than not to
/// be a web page.
pub(super) fn cancelled(response: &Response) -> Result<(), Failure> {
    if !response.is_success() {
        return Err(refused(response));
    }
    if response.is_web_page() {
        return Err(web_page());
    }
    Ok(())
}

/// The time by their clock in an answer that may have refused the timestamp: 401 in their own form
/// (docs.one2pays.com/docs/reference/errors). A wrong key is answered alike. Milliseconds since
/// 1970-01-01 UTC.
pub(super) fn time_of_refusal_ms(response: &Response) -> Option<i64> {
    if response.status != 401 {
        return None;
    }
    let refusal = Refusal::read(&response.body)?;
    refusal.server_time_ms.or(response.date_ms)
}

impl Payment {
    const fn named(&self) -> Named<'_> {
        Named {
            amount: self.amount.as_ref(),
            currency: self.currency.as_ref(),
            reference: self.reference_id.as_ref(),
        }
    }
}

fn differences(charge: &Charge, unit: AmountUnit, payment: &Payment) -> Vec<String> {
    let read = |text: &str| wire::amount(text, unit, charge.amount.currency());
    let reference = wire::reference(&charge.key);
    let named = payment.named();
    named.differences(charge.amount, ("referenceId", &reference), read)
}

/// Where a payment stands (the table on docs.one2pays.com/docs/reference/payments/cancel). Paid is
/// the one word `succeeded` and nothing else. `pending` is in no table; the provider's list of
/// questions calls it cancellable.
fn standing(status: &str) -> Standing {
    match status {
        "requires_payment_method" | "requires_confirmation" | "requires_action" | "pending" => {
            Standing::Waiting
        }
        "processing" => Standing::Processing,
        "requires_capture" => Standing::Authorised,
        "succeeded" => Standing::Paid,
        "canceled" => Standing::Cancelled,
        "expired" => Standing::Expired,
        "payment_failed" => Standing::Declined,
        _ => Standing::Unrecognised,
    }
}

fn reading(payment: &Payment, amount: Option<Money>) -> Seen {
    let status = payment.status.as_ref().map_or("no status", Word::text);
    let shown = payment.next_action.as_ref();
    let page = shown.and_then(|raw| next_action::shown(raw));
    Seen {
        standing: standing(status),
        prompt: None,
        raw: clean(status, WORDS_LIMIT),
        amount,
        page: page.map(|url| PayPage {
            url,
            expires_at_ms: payment
                .expires_at
                .as_ref()
                .and_then(|at| time_ms(at.text())),
        }),
        tip: None,
        returned: None,
        acts: Vec::new(),
    }
}

/// A taken `referenceId` is 409, and so is perhaps a used `idempotencyKey`.
fn refused_create(response: &Response) -> Failure {
    let says_taken = Refusal::read(&response.body)
        .is_some_and(|refusal| refusal.code.eq_ignore_ascii_case("DUPLICATE_REFERENCE_ID"));
    match response.status {
        409 => Failure::Duplicate,
        400 | 422 if says_taken => Failure::Duplicate,
        _ => refused(response),
    }
}

/// What any status but 2xx means.
fn refused(response: &Response) -> Failure {
    let said = Refusal::read(&response.body)
        .map(|refusal| clean(&refusal.said, MESSAGE_LIMIT))
        .filter(|said| !said.is_empty());
    match (response.status, said) {
        // 403 is an integration that is not switched on; with another key it might be.
        (401 | 403, _) => Failure::KeyRefused,
        (404, said) => Failure::NotFound { said },
        (400 | 409 | 422, Some(said)) => Failure::Invalid { said },
        (429, _) => Failure::RateLimited {
            retry_after_ms: response.retry_after_ms,
        },
        (300..=399, _) => Failure::Redirected,
        (status, _) => Failure::Fault { status },
    }
}

#[cfg(test)]
#[path = "map_tests.rs"]
mod tests;
