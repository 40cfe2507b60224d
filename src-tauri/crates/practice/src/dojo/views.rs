//! The whole truth about Dojo's payments, for tests and panels. The wire shows less.

use money::Money;
use serde::Serialize;

use super::intent::Intent;
use super::session::{self, Session};
use super::wire;
use crate::{IntentId, World};

/// A payment intent as it is now, with nothing held back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DojoIntentView {
    /// Its id in the ledger.
    pub id: IntentId,
    /// Its id on the wire, `pi_…`.
    pub wire_id: String,
    /// The shop's own reference, which need not be unique.
    pub reference: String,
    /// The status word; `None` where it is voided and gone.
    pub status: Option<&'static str>,
    /// What a card is charged for it in the end, with tip and all.
    pub total: Money,
    /// What was charged.
    pub charged: Money,
    /// What was given back, by refunds and by a reversal.
    pub given_back: Money,
    /// When it was created, in milliseconds of the store's clock.
    pub created_at_ms: u64,
}

/// A terminal session as it is now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DojoSessionView {
    /// Its id on the wire, `ts_…`.
    pub wire_id: String,
    /// The id of its machine, `tm_…`.
    pub terminal: String,
    /// Its intent; none for an unlinked refund.
    pub intent: Option<IntentId>,
    /// Whether it takes money, and does not give it back.
    pub is_sale: bool,
    /// The status word.
    pub status: &'static str,
    /// Whether it has not ended.
    pub is_open: bool,
    /// Whether its card was charged or held, or got its money back, told or not.
    pub has_paid: bool,
    /// What it is for.
    pub amount: Money,
    /// When it was created, in milliseconds of the store's clock.
    pub created_at_ms: u64,
}

fn intent_view(world: &World, intent: &Intent) -> DojoIntentView {
    let status = intent.status(world.now_ms(), world.settings());
    let refunded = intent.refunded();
    DojoIntentView {
        id: intent.id,
        wire_id: wire::wire_id(intent.id),
        reference: intent.asked.reference.clone(),
        status: status.map(super::intent::Status::word),
        total: intent.total(),
        charged: intent.captured(),
        given_back: intent.reversed.unwrap_or(refunded),
        created_at_ms: intent.created_at_ms,
    }
}

fn session_view(one: &Session) -> DojoSessionView {
    DojoSessionView {
        wire_id: session::wire_id(one.id),
        terminal: one.terminal.clone(),
        intent: one.task.intent(),
        is_sale: one.task.is_sale(),
        status: one.status.word(),
        is_open: one.is_open(),
        has_paid: one.payment.is_some(),
        amount: one.amount,
        created_at_ms: one.created_at_ms,
    }
}

impl World {
    /// The truth about every payment intent of Dojo, oldest first.
    pub fn dojo_intents(&mut self, now_ms: u64) -> Vec<DojoIntentView> {
        self.settle(now_ms);
        let intents = self.books.dojo.intents.in_order().iter();
        intents.map(|intent| intent_view(self, intent)).collect()
    }

    /// The truth about every terminal session of Dojo, oldest first.
    pub fn dojo_sessions(&mut self, now_ms: u64) -> Vec<DojoSessionView> {
        self.settle(now_ms);
        let sessions = self.books.dojo.sessions.in_order().iter();
        sessions.map(session_view).collect()
    }
}
