//! `PaymentIntents` as the wire asks for them: the entries of the world, with their time.

use super::asked::Create;
use super::books::Refused;
use super::card::{Card, Method};
use super::intent::{Intent, LeanRailsView, NewRefund};
use crate::{IntentId, World};

impl World {
    /// The truth about every `PaymentIntent` of LeanRails, oldest first.
    pub fn lean_rails_intents(&mut self, now_ms: u64) -> Vec<LeanRailsView> {
        self.settle(now_ms);
        let intents = self.books.lean_rails.in_order().into_iter();
        intents.map(Intent::view).collect()
    }

    /// The intent with this id, whoever sees it.
    pub(super) fn lean_rails_intent(&self, id: IntentId) -> Option<&Intent> {
        self.books.lean_rails.intents.get(&id)
    }

    /// The intent with this id, if its reader already sees it.
    pub(super) fn visible_lean_rails_intent(&self, id: IntentId) -> Option<&Intent> {
        self.books.visible_lean_rails(id, self.now_ms())
    }

    pub(super) fn create_lean_rails(&mut self, asked: Create) -> IntentId {
        let now_ms = self.now_ms();
        let method = asked.method.as_ref();
        let id = self.books.open_lean_rails(asked.intent, method, now_ms);
        if let (true, Some(method)) = (asked.confirms, method) {
            // What was made in this very moment has the right status.
            let _ = self.books.confirm_lean_rails(id, method, now_ms);
        }
        self.touch();
        id
    }

    /// Confirms with a method, or with the one that the intent has.
    pub(super) fn confirm_lean_rails(
        &mut self,
        id: IntentId,
        method: Option<Method>,
        return_url: Option<String>,
        needs_return_url: bool,
    ) -> Result<(), Refused> {
        let now_ms = self.now_ms();
        let intent = self.visible_lean_rails_intent(id);
        let intent = intent.ok_or(Refused::NotFound)?;
        let own = intent.method.as_deref().and_then(super::card::of_method);
        let method = method.or(own).ok_or(Refused::NoMethod)?;
        let return_url = return_url.or_else(|| intent.asked.return_url.clone());
        if needs_return_url && method.card == Card::AsksForAction && return_url.is_none() {
            return Err(Refused::NoReturnUrl);
        }
        self.books.confirm_lean_rails(id, &method, now_ms)?;
        if let Some(intent) = self.books.lean_rails.intents.get_mut(&id) {
            intent.asked.return_url = return_url;
        }
        self.touch();
        Ok(())
    }

    pub(super) fn capture_lean_rails(
        &mut self,
        id: IntentId,
        minor: Option<i64>,
    ) -> Result<(), Refused> {
        let now_ms = self.now_ms();
        self.touch();
        self.books.capture_lean_rails(id, minor, now_ms)
    }

    pub(super) fn cancel_lean_rails(
        &mut self,
        id: IntentId,
        reason: Option<String>,
    ) -> Result<(), Refused> {
        let now_ms = self.now_ms();
        self.touch();
        self.books.cancel_lean_rails(id, reason, now_ms)
    }

    pub(super) fn refund_lean_rails(&mut self, asked: NewRefund) -> Result<IntentId, Refused> {
        let now_ms = self.now_ms();
        self.touch();
        self.books.open_refund(asked, now_ms)
    }
}
