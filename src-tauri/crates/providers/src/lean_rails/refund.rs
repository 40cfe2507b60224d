//! What is given back of a payment: the refunds of LeanRails
//! (docs.leanrails.com/api-reference/refunds). Pure.

use money::{Currency, Money};
use payment::{Failure, IntentId, Prompt, Seen, Standing};

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
pub(super) fn refunded(response: &Response) -> (Option<String>, Result<(), Failure>) {
    if !response.is_success() {
        return (None, Err(refused(response)));
    }
    match read_object(response, Refund::read) {
        Ok(refund) => outcome(&refund),
        Err(failure) => (None, Err(failure)),
    }
}

/// The name of a refund, and whether it is under way or done.
///
/// # Errors
/// See [`refunded`].
pub(super) fn outcome(refund: &Refund) -> (Option<String>, Result<(), Failure>) {
    let name = refund.id.as_ref().map(|id| id.text().to_owned());
    let outcome = match refund.progress() {
        None => Err(unreadable()),
        Some(Progress::Done | Progress::UnderWay) => Ok(()),
        Some(Progress::Failed) => {
            let why = refund.failure_reason.as_ref().map_or("", Word::text);
            let said = clean(&format!("the refund failed {why}"), MESSAGE_LIMIT);
            Err(Failure::Invalid { said })
        }
    };
    (name, outcome)
}

/// How far a refund has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Progress {
    Done,
    UnderWay,
    Failed,
}

impl Refund {
    /// By its status (docs.leanrails.com/api-reference/refunds; `requires_action` and `canceled`
    /// are the successor's). A word that is not known may still give money back.
    fn progress(&self) -> Option<Progress> {
        Some(match self.status.as_ref()?.text() {
            "succeeded" => Progress::Done,
            "failed" | "canceled" => Progress::Failed,
            _ => Progress::UnderWay,
        })
    }

    /// Whether it is of this payment; `None` where it does not say.
    pub(super) fn is_of(&self, intent: &IntentId) -> Option<bool> {
        let named = self.payment_intent.as_ref()?;
        Some(named.text() == intent.as_str())
    }
}

/// What was given back of a payment that is paid. `asked` is the refund that this till asked for
/// last: only of that one a failure is news, as the till may just be asking for another.
///
/// # Errors
/// A refund that names no amount in the payment's currency.
pub(super) fn with_refunds(
    mut seen: Seen,
    currency: Currency,
    refunds: &[Refund],
    asked: Option<&str>,
) -> Result<Seen, Failure> {
    let mut returned = Money::zero(currency);
    let (mut is_waiting, mut has_failed) = (false, false);
    for refund in refunds {
        match refund.progress().ok_or_else(unreadable)? {
            Progress::Done => {
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
            }
            Progress::UnderWay => is_waiting = true,
            Progress::Failed => {
                let name = refund.id.as_ref().map(Word::text);
                has_failed |= name.is_some() && name == asked;
            }
        }
    }
    seen.standing = match seen.amount {
        _ if returned.is_zero() => Standing::Paid,
        Some(amount) if returned.minor() >= amount.minor() => Standing::Refunded,
        Some(_) | None => Standing::PartlyRefunded,
    };
    seen.returned = (!refunds.is_empty()).then_some(returned);
    seen.prompt = match (is_waiting, has_failed) {
        (true, _) => Some(Prompt::RefundWaiting),
        (false, true) => Some(Prompt::RefundDeclined),
        (false, false) => None,
    };
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
        let failed = Some(Prompt::RefundDeclined);
        let done = |id, amount| refund(id, "succeeded", amount);
        #[rustfmt::skip]
    let table = [
        (vec![],                                                  Standing::Paid, None, None),
        (vec![done("a", "50")],                                   Standing::PartlyRefunded, Some(50), None),
        (vec![done("a", "50"), done("b", "35000")],               Standing::Refunded, Some(35_050), None),
        (vec![done("a", "35051")],                                Standing::Refunded, Some(35_051), None),
        (vec![refund("a", "pending", "50")],                      Standing::Paid, Some(0), waiting),
        (vec![refund("a", "requires_action", "50")],              Standing::Paid, Some(0), waiting),
        (vec![refund("ours", "failed", "50")],                    Standing::Paid, Some(0), failed),
        (vec![refund("ours", "canceled", "50"), done("b", "7")],  Standing::PartlyRefunded, Some(7), failed),
        (vec![refund("ours", "failed", "5"), refund("b", "pending", "5")], Standing::Paid, Some(0), waiting),
        // The failure of another refund says nothing of ours, which may just be under way.
        (vec![refund("older", "failed", "50")],                   Standing::Paid, Some(0), None),
    ];
        for (refunds, standing, returned, prompt) in table {
            let seen = with_refunds(paid(), USD, &refunds, Some("ours")).unwrap();
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
            with_refunds(paid, USD, &[refund], None)
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
        let name = || Some("ref_1".to_owned());
        for status in ["succeeded", "pending", "requires_action", "new"] {
            assert_eq!(answer(status), (name(), Ok(())), "{status}");
        }
        for status in ["failed", "canceled"] {
            let said = "the refund failed too late".to_owned();
            assert_eq!(answer(status), (name(), Err(Failure::Invalid { said })));
        }
    }

    #[test]
    fn an_answer_of_no_use_is_no_refund() {
        for body in ["", "{}", "[]", r#"{"id":"ref_1"}"#, r#"{"status":null}"#] {
            let (_, outcome) = refunded(&json(200, body));
            assert_eq!(outcome, Err(unreadable()), "{body}");
        }
        let page = refunded(&json(200, " <html>"));
        assert_eq!(page, (None, Err(crate::answer::web_page())));
        let late = r#"{"error":{"code":"parameter_invalid","message":"too much"}}"#;
        let said = "too much".to_owned();
        let refused = refunded(&json(400, late));
        assert_eq!(refused, (None, Err(Failure::Invalid { said })));
        let lost = Failure::Fault { status: 409 };
        assert_eq!(refunded(&json(409, late)), (None, Err(lost)), "at work");
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
