//! Whether what a request does was written down before it leaves (I1).

use journal::Fact;
use payment::{Act, BatchId, IntentId, Payment, ShopEvent, System, VoidEvent};

use super::asked::{Asked, Wish};
use super::wire::Wire;

/// More payments than any story has.
const ROWS_MAX: usize = 1000;

impl Wire {
    /// Whether the till's journal holds the fact that must be durable before this request leaves.
    /// Readings need none.
    pub(super) fn is_written_down(&self, asked: &Asked) -> bool {
        let open = || self.journal.open_payments().unwrap_or_default();
        let all = || {
            let all = self.journal.recent(&journal::Filter::All, None, ROWS_MAX);
            all.unwrap_or_default().into_iter().map(|row| row.payment)
        };
        match asked.wish {
            Wish::Read => true,
            Wish::Make => open()
                .iter()
                .any(|payment| Some(payment.key.as_str()) == asked.key.as_deref()),
            Wish::Withdraw => {
                let intent = self.intent_of(asked);
                // A person may have ended it while the adapter was still reading.
                let is_asked_for = |payment: &Payment| {
                    payment.intent == intent
                        && payment.cancel_asked()
                        && self.is_batch_written(payment)
                };
                all().any(|payment| is_asked_for(&payment))
                    || self.is_twin(asked, all())
                    || self.is_leftover(intent.as_ref())
            }
            Wish::Charge => {
                let intent = self.intent_of(asked);
                let key = intent
                    .as_ref()
                    .and_then(|intent| self.key_of(asked, intent));
                open().iter().any(|payment| {
                    // The name that the create brought is not written down before the whole charge
                    // was answered.
                    let is_first =
                        payment.intent.is_none() && Some(payment.key.as_str()) == key.as_deref();
                    is_first || is_acted(payment, intent.as_ref(), Wish::Charge)
                })
            }
            // Without a payment: it has neither key nor name before its answer.
            Wish::Refund if asked.intent.is_none() && asked.session.is_none() => open()
                .iter()
                .any(|payment| payment.gives_back() && payment.intent.is_none()),
            Wish::Sign | Wish::Capture | Wish::Reverse | Wish::Refund => {
                let intent = self.intent_of(asked);
                all().any(|payment| is_acted(&payment, intent.as_ref(), asked.wish))
            }
        }
    }

    /// The intent that is asked about, also by one of its sessions.
    fn intent_of(&self, asked: &Asked) -> Option<IntentId> {
        let Some(session) = &asked.session else {
            return asked.intent.clone();
        };
        let mut sessions = self.net.practice.dojo_sessions().into_iter();
        let named = sessions.find(|one| one.wire_id == *session)?;
        let Some(of) = named.intent else {
            // Money that goes back without a payment is its own session.
            return IntentId::new(session).ok();
        };
        let mut intents = self.net.practice.dojo_intents().into_iter();
        let intent = intents.find(|one| one.id == of)?;
        IntentId::new(&intent.wire_id).ok()
    }

    /// The key that an intent was made with.
    fn key_of(&self, asked: &Asked, intent: &IntentId) -> Option<String> {
        let practice = &self.net.practice;
        let keys: Vec<(String, String)> = match asked.system {
            System::Compago | System::CompagoLink | System::One2Pays => Vec::new(),
            System::Dojo => {
                let intents = practice.dojo_intents().into_iter();
                intents.map(|one| (one.wire_id, one.reference)).collect()
            }
            System::LeanRails => {
                let intents = practice.lean_rails_intents().into_iter();
                intents.map(|one| (one.wire_id, one.reference)).collect()
            }
        };
        let mut keys = keys.into_iter();
        keys.find_map(|(id, key)| (id == intent.as_str()).then_some(key))
    }

    /// Whether the batch that withdraws a payment is durable (I10). A payment may be withdrawn by none.
    fn is_batch_written(&self, payment: &Payment) -> bool {
        let withdrawal = payment.withdrawal.as_ref();
        withdrawal
            .and_then(|withdrawal| withdrawal.batch)
            .is_none_or(|batch| self.is_batch_asked(batch))
    }

    fn is_batch_asked(&self, wanted: BatchId) -> bool {
        let story = self.journal.shop_story().unwrap_or_default();
        story.iter().any(|entry| {
            matches!(
                &entry.fact,
                Fact::Shop(ShopEvent::Void {
                    batch,
                    event: VoidEvent::Asked { .. },
                }) if *batch == wanted
            )
        })
    }

    /// Whether somebody wants what is none of this till's payments to be withdrawn (I10).
    fn is_leftover(&self, intent: Option<&IntentId>) -> bool {
        let story = self.journal.shop_story().unwrap_or_default();
        story.iter().any(|entry| match &entry.fact {
            Fact::Shop(ShopEvent::LeftoverClosed {
                intent: closed,
                batch,
                ..
            }) => Some(closed) == intent && batch.is_none_or(|batch| self.is_batch_asked(batch)),
            Fact::Shop(_) | Fact::Payment { .. } => false,
        })
    }

    /// Where a system makes more than one link of a key, looking for the payment withdraws all but
    /// one: that follows from the request that is written down.
    fn is_twin(&self, asked: &Asked, mut payments: impl Iterator<Item = Payment>) -> bool {
        let Some(intent) = &asked.intent else {
            return false;
        };
        let mut links = self.net.practice.links().into_iter();
        let link = links.find(|link| link.id.to_string() == intent.as_str());
        link.is_some_and(|link| {
            payments.any(|payment| {
                payment.key.as_str() == link.reference && payment.intent.as_ref() != Some(intent)
            })
        })
    }
}

/// Whether somebody asked for this to be done with the payment, and it is not over.
fn is_acted(payment: &Payment, intent: Option<&IntentId>, wish: Wish) -> bool {
    let wanted = payment.pending_act().map(|acted| match acted.act {
        Act::TryAgain => Wish::Charge,
        Act::Sign { .. } => Wish::Sign,
        Act::Capture => Wish::Capture,
        Act::Reverse => Wish::Reverse,
        Act::Refund { .. } => Wish::Refund,
    });
    payment.intent.is_some() && payment.intent.as_ref() == intent && wanted == Some(wish)
}
