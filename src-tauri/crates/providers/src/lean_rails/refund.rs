//! What is given back of a payment: the refunds of LeanRails
//! (docs.leanrails.com/api-reference/refunds). Pure.

use money::{Currency, Money};
use payment::{
    ActName, ActOutcome, ActSeen, Failure, IdempotencyKey, IntentId, Prompt, Seen, Standing,
};

use super::refusal::refused;
use super::wire::{self, Refund};
use crate::answer::{Named, mismatch, read_object, unreadable};
use crate::http::Response;
use crate::json::Word;
use crate::said::{MESSAGE_LIMIT, clean};

/// The answer to a refund: its name, and whether it is under way or done.
///
/// # Errors
/// Also [`Failure::Invalid`] for one that failed: nothing was given back.
pub(super) fn refunded(response: &Response) -> Result<Option<ActName>, Failure> {
    if !response.is_success() {
        return Err(refused(response));
    }
    outcome(&read_object(response, Refund::read)?)
}

/// The name of a refund, and whether it is under way or done.
///
/// # Errors
/// See [`refunded`].
pub(super) fn outcome(refund: &Refund) -> Result<Option<ActName>, Failure> {
    match refund.progress().ok_or_else(unreadable)? {
        ActOutcome::Done | ActOutcome::UnderWay => Ok(refund.name()),
        ActOutcome::Refused { said } => Err(Failure::Invalid { said }),
    }
}

impl Refund {
    /// By its status (docs.leanrails.com/api-reference/refunds; `requires_action` and `canceled`
    /// are the successor's). A word that is not known may still give money back.
    fn progress(&self) -> Option<ActOutcome> {
        Some(match self.status.as_ref()?.text() {
            "succeeded" => ActOutcome::Done,
            "failed" | "canceled" => {
                let why = self.failure_reason.as_ref().map_or("", Word::text);
                let said = clean(&format!("the refund failed {why}"), MESSAGE_LIMIT);
                ActOutcome::Refused { said }
            }
            _ => ActOutcome::UnderWay,
        })
    }

    fn name(&self) -> Option<ActName> {
        ActName::new(self.id.as_ref()?.text()).ok()
    }

    /// Whether it is of this payment; `None` where it does not say.
    pub(super) fn is_of(&self, intent: &IntentId) -> Option<bool> {
        let named = self.payment_intent.as_ref()?;
        Some(named.text() == intent.as_str())
    }
}

/// What was given back of a payment that is paid, and what became of each refund by its name.
///
/// # Errors
/// A refund that names no amount in the payment's currency.
pub(super) fn with_refunds(
    mut seen: Seen,
    currency: Currency,
    refunds: &[Refund],
) -> Result<Seen, Failure> {
    let mut returned = Money::zero(currency);
    let mut is_waiting = false;
    for refund in refunds {
        let outcome = refund.progress().ok_or_else(unreadable)?;
        let amount = match &outcome {
            ActOutcome::Done => {
                let named = Named {
                    amount: refund.amount.as_ref(),
                    currency: refund.currency.as_ref(),
                    reference: None,
                };
                let amount = named
                    .amount_in(currency, |text| wire::amount(text, currency))
                    .map_err(|said| mismatch(&format!("refund, {said}"), None))?
                    .ok_or_else(unreadable)?;
                returned = returned.plus(amount).map_err(|_| unreadable())?;
                Some(amount)
            }
            ActOutcome::UnderWay => {
                is_waiting = true;
                None
            }
            ActOutcome::Refused { .. } => None,
        };
        let key = refund.act_key();
        let key = key.and_then(|key| IdempotencyKey::new(key.text()).ok());
        seen.acts.push(ActSeen {
            name: refund.name(),
            key,
            outcome,
            amount,
        });
    }
    seen.standing = match seen.amount {
        _ if returned.is_zero() => Standing::Paid,
        Some(amount) if returned.minor() >= amount.minor() => Standing::Refunded,
        Some(_) | None => Standing::PartlyRefunded,
    };
    seen.returned = (!refunds.is_empty()).then_some(returned);
    seen.prompt = is_waiting.then_some(Prompt::RefundWaiting);
    Ok(seen)
}

#[cfg(test)]
mod tests {
    use ::http::HeaderMap;
    use bytes::Bytes;

    use super::*;

    const ID: &str = "pi_1";
    const USD: Currency = Currency::Usd;

    fn money(minor: i64) -> Money {
        Money::new(minor, USD).expect("an amount")
    }

    fn json(status: u16, body: &str) -> Response {
        Response::new(
            status,
            &HeaderMap::new(),
            Bytes::copy_from_slice(body.as_bytes()),
        )
    }

    fn refund(id: &str, status: &str, amount: &str) -> Refund {
        let body = format!(
            r#"{{"id":"{id}","status":"{status}","amount":{amount},"currency":"usd","payment_intent":"{ID}"}}"#
        );
        Refund::read(body.as_bytes()).unwrap()
    }

    #[test]
    fn what_was_given_back_is_the_sum_of_what_succeeded() {
        let paid = || Seen {
            amount: Some(money(35_050)),
            ..Seen::new(Standing::Paid, "succeeded")
        };
        let waiting = Some(Prompt::RefundWaiting);
        let done = |id, amount| refund(id, "succeeded", amount);
        #[rustfmt::skip]
    let table = [
        (vec![],                                                  Standing::Paid, None, None),
        (vec![done("a", "50")],                                   Standing::PartlyRefunded, Some(50), None),
        (vec![done("a", "50"), done("b", "35000")],               Standing::Refunded, Some(35_050), None),
        (vec![done("a", "35051")],                                Standing::Refunded, Some(35_051), None),
        (vec![refund("a", "pending", "50")],                      Standing::Paid, Some(0), waiting),
        (vec![refund("a", "requires_action", "50")],              Standing::Paid, Some(0), waiting),
        (vec![refund("a", "failed", "50")],                       Standing::Paid, Some(0), None),
        (vec![refund("a", "canceled", "50"), done("b", "7")],     Standing::PartlyRefunded, Some(7), None),
        (vec![refund("a", "failed", "5"), refund("b", "pending", "5")], Standing::Paid, Some(0), waiting),
    ];
        for (refunds, standing, returned, prompt) in table {
            let seen = with_refunds(paid(), USD, &refunds).unwrap();
            let found = (seen.standing, seen.returned.map(Money::minor), seen.prompt);
            assert_eq!(found, (standing, returned, prompt), "{refunds:?}");
            assert_eq!(seen.amount, Some(money(35_050)));
        }
    }

    #[test]
    fn a_refund_that_cannot_be_counted_is_told() {
        let count = |body: &str| {
            let paid = Seen::new(Standing::Paid, "succeeded");
            let refund = Refund::read(body.as_bytes()).unwrap();
            with_refunds(paid, USD, &[refund])
        };
        let table = [
            (r#"{"id":"a"}"#, unreadable()),
            (r#"{"id":"a","status":"succeeded"}"#, unreadable()),
            (
                r#"{"id":"a","status":"succeeded","amount":5,"currency":"mxn"}"#,
                mismatch("refund, currency mxn", None),
            ),
            (
                r#"{"id":"a","status":"succeeded","amount":0.5}"#,
                mismatch("refund, amount 0.5", None),
            ),
        ];
        for (body, expected) in table {
            assert_eq!(count(body), Err(expected), "{body}");
        }
        let seen = count(r#"{"id":"a","status":"succeeded","amount":5}"#).unwrap();
        assert_eq!(
            seen.standing,
            Standing::PartlyRefunded,
            "of an unknown amount"
        );
    }

    #[test]
    fn the_answer_to_a_refund_is_under_way_or_done_or_failed() {
        let answer = |status: &str| {
            let body =
                format!(r#"{{"id":"ref_1","status":"{status}","failure_reason":"too late"}}"#);
            refunded(&json(200, &body))
        };
        let name = || ActName::new("ref_1").ok();
        for status in ["succeeded", "pending", "requires_action", "new"] {
            assert_eq!(answer(status), Ok(name()), "{status}");
        }
        for status in ["failed", "canceled"] {
            let said = "the refund failed too late".to_owned();
            assert_eq!(answer(status), Err(Failure::Invalid { said }));
        }
    }

    #[test]
    fn what_became_of_a_refund_is_told_by_its_names() {
        let key = IdempotencyKey::new("act-1").unwrap();
        let read = |status: &str, metadata: &str| {
            let body = format!(
                r#"{{"id":"ref_1","status":"{status}","amount":5,"currency":"usd"{metadata}}}"#
            );
            let refund = Refund::read(body.as_bytes()).unwrap();
            let paid = Seen::new(Standing::Paid, "succeeded");
            with_refunds(paid, USD, &[refund]).unwrap().acts
        };
        let ours = r#","metadata":{"act_key":"act-1"},"failure_reason":"too late""#;
        let failed = || ActOutcome::Refused {
            said: "the refund failed too late".to_owned(),
        };
        let table = [
            ("succeeded", ActOutcome::Done),
            ("pending", ActOutcome::UnderWay),
            ("settling", ActOutcome::UnderWay),
            ("failed", failed()),
            ("canceled", failed()),
        ];
        for (status, outcome) in table {
            let expected = ActSeen {
                name: ActName::new("ref_1").ok(),
                key: Some(key.clone()),
                amount: (outcome == ActOutcome::Done).then(|| money(5)),
                outcome,
            };
            assert_eq!(read(status, ours), [expected], "{status}");
        }
        let others = read("pending", "");
        assert_eq!(others.first().and_then(|told| told.key.clone()), None);
    }

    #[test]
    fn an_answer_of_no_use_is_no_refund() {
        for body in ["", "{}", "[]", r#"{"id":"ref_1"}"#, r#"{"status":null}"#] {
            let outcome = refunded(&json(200, body));
            assert_eq!(outcome, Err(unreadable()), "{body}");
        }
        let page = refunded(&json(200, " <html>"));
        assert_eq!(page, Err(crate::answer::web_page()));
        let late = r#"{"error":{"code":"parameter_invalid","message":"too much"}}"#;
        let said = "too much".to_owned();
        let refused = refunded(&json(400, late));
        assert_eq!(refused, Err(Failure::Invalid { said }));
        let lost = Failure::Fault { status: 409 };
        assert_eq!(refunded(&json(409, late)), Err(lost), "at work");
    }

    #[test]
    fn a_refund_says_whose_it_is() {
        let intent = IntentId::new(ID).expect("an id");
        let of = |body: &str| Refund::read(body.as_bytes()).unwrap().is_of(&intent);
        assert_eq!(of(r#"{"payment_intent":"pi_1"}"#), Some(true));
        assert_eq!(of(r#"{"payment_intent":"pi_12"}"#), Some(false));
        assert_eq!(of("{}"), None);
    }
}
