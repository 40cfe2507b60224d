//! The card machines: what each is doing, when it goes on by itself, and what a hand can change.

mod hand;
mod work;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::books::Books;
use crate::customer::Gesture;
use crate::ids::derived_uuid;
use crate::{CustomerMode, IntentId, PressRefused, Race, Script};

/// After so many wrong PINs the bank blocks the card, which then counts as declined.
const WRONG_PINS_MAX: u8 = 3;

/// A card while it is being read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Card {
    Good,
    WrongPin,
    Bad,
    /// Good, and it wants a signature.
    Signed,
    /// Its result is never told.
    Lost,
    /// The payment is "unsuccessful".
    Failed,
}

/// What the system says of a card that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Ended(Outcome),
    /// Somebody else has to say something first.
    Held,
}

/// How the last payment ended, as the machine shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Outcome {
    Approved,
    Declined,
    Cancelled,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "phase")]
enum Phase {
    Idle,
    Fetching {
        intent: IntentId,
        until_ms: u64,
    },
    Showing {
        intent: IntentId,
    },
    Reading {
        intent: IntentId,
        card: Card,
        until_ms: u64,
    },
    /// A card is inside and its PIN was wrong.
    AskingPin {
        intent: IntentId,
    },
    /// The card was read; the machine waits for a word from elsewhere.
    Held {
        intent: IntentId,
    },
    Outcome {
        intent: IntentId,
        outcome: Outcome,
        until_ms: u64,
    },
}

/// What the customer who acts alone is going to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Plan {
    /// A plan is for one intent: the next one brings another customer.
    intent: IntentId,
    script: Script,
    step: usize,
    due_ms: Option<u64>,
    /// Somebody pressed the panel; the customer leaves this intent to them.
    by_hand: bool,
}

/// What became of an intent that the till wants back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Withdrawal {
    /// The machine has dropped it, or never had it.
    Dropped,
    /// The card was charged first.
    TooLate,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Terminal {
    pub(crate) code: String,
    /// What is printed on the receipts of a Dojo machine, whose code is its id on the wire.
    pub(crate) tid: Option<String>,
    pub(crate) label: String,
    script: Option<Script>,
    plugged: bool,
    /// What the till wants from this machine. It outlives a pulled plug.
    assigned: Option<IntentId>,
    phase: Phase,
    plan: Option<Plan>,
    wrong_pins: u8,
}

impl Terminal {
    /// A machine whose code says who stands in front of it.
    pub(crate) fn new(code: &str, label: &str) -> Self {
        Self::with_customer(code.to_owned(), None, label, Script::of_code(code))
    }

    /// A machine of Dojo, whose TID says who stands in front of it.
    pub(crate) fn of_dojo(code: String, tid: &str, label: &str, script: Option<Script>) -> Self {
        Self::with_customer(code, Some(tid.to_owned()), label, script)
    }

    fn with_customer(
        code: String,
        tid: Option<String>,
        label: &str,
        script: Option<Script>,
    ) -> Self {
        Self {
            code,
            tid,
            label: label.to_owned(),
            script,
            plugged: script != Some(Script::Offline),
            assigned: None,
            phase: Phase::Idle,
            plan: None,
            wrong_pins: 0,
        }
    }

    /// The `terminalId` of the wire, which is not the serial number.
    pub(crate) fn id(&self, seed: u64) -> Uuid {
        derived_uuid(seed, &self.code, 0)
    }

    /// Whether this machine has anything to do with the intent.
    pub(crate) fn holds(&self, id: IntentId) -> bool {
        self.assigned == Some(id) || self.shown() == Some(id)
    }

    /// Whether it would take an intent that was sent to no machine in particular.
    pub(crate) fn is_free(&self) -> bool {
        let idle = self.phase == Phase::Idle && self.assigned.is_none();
        idle && self.plugged && self.script.is_none()
    }

    fn shown(&self) -> Option<IntentId> {
        match self.phase {
            Phase::Idle => None,
            Phase::Fetching { intent, .. }
            | Phase::Showing { intent }
            | Phase::Reading { intent, .. }
            | Phase::AskingPin { intent }
            | Phase::Held { intent }
            | Phase::Outcome { intent, .. } => Some(intent),
        }
    }

    /// When this machine next does something by itself.
    pub(crate) fn next_due_ms(&self, books: &Books) -> Option<u64> {
        if !self.plugged {
            return None;
        }
        let due = [
            self.machine_due_ms(books),
            self.expiry_due_ms(books),
            self.customer_due_ms(),
        ];
        due.into_iter().flatten().min()
    }

    fn machine_due_ms(&self, books: &Books) -> Option<u64> {
        match self.phase {
            Phase::Held { intent } => work::held_due_ms(books, intent),
            Phase::Fetching { until_ms, .. }
            | Phase::Reading { until_ms, .. }
            | Phase::Outcome { until_ms, .. } => Some(until_ms),
            Phase::Idle | Phase::Showing { .. } | Phase::AskingPin { .. } => None,
        }
    }

    fn expiry_due_ms(&self, books: &Books) -> Option<u64> {
        match self.phase {
            Phase::Fetching { intent, .. }
            | Phase::Showing { intent }
            | Phase::AskingPin { intent }
            | Phase::Held { intent } => work::expires_at_ms(books, intent),
            Phase::Reading { intent, .. } if !work::reading_outlives_expiry(books, intent) => {
                work::expires_at_ms(books, intent)
            }
            Phase::Reading { .. } | Phase::Idle | Phase::Outcome { .. } => None,
        }
    }

    fn customer_due_ms(&self) -> Option<u64> {
        self.plan.and_then(|plan| plan.due_ms)
    }

    /// Does what is due. In one and the same millisecond a card that was read comes first (it is
    /// at the bank already), then expiry, then the customer.
    pub(crate) fn play(&mut self, now_ms: u64, books: &mut Books) {
        let is_due = |due_ms: Option<u64>| due_ms.is_some_and(|due_ms| due_ms <= now_ms);
        if is_due(self.machine_due_ms(books)) {
            self.finish(now_ms, books);
        } else if is_due(self.expiry_due_ms(books)) {
            self.clear();
        } else if is_due(self.customer_due_ms()) {
            self.play_customer(now_ms, books);
        }
    }

    fn finish(&mut self, now_ms: u64, books: &mut Books) {
        match self.phase {
            Phase::Fetching { intent, .. } => self.show(intent, now_ms, books),
            Phase::Reading { intent, card, .. } => self.finish_reading(intent, card, now_ms, books),
            Phase::Outcome { .. } => self.take_up(now_ms, books),
            Phase::Held { intent } => {
                let verdict = work::conclude(books, intent, now_ms);
                self.heard(intent, verdict, now_ms, books);
            }
            Phase::Idle | Phase::Showing { .. } | Phase::AskingPin { .. } => {}
        }
    }

    fn heard(&mut self, intent: IntentId, verdict: Verdict, now_ms: u64, books: &Books) {
        match verdict {
            Verdict::Ended(outcome) => self.end(intent, outcome, now_ms, books),
            Verdict::Held => self.phase = Phase::Held { intent },
        }
    }

    fn finish_reading(&mut self, intent: IntentId, card: Card, now_ms: u64, books: &mut Books) {
        if card == Card::WrongPin {
            self.wrong_pins = self.wrong_pins.saturating_add(1);
            if self.wrong_pins < WRONG_PINS_MAX {
                self.phase = Phase::AskingPin { intent };
                work::pin_again(books, intent, now_ms);
                self.await_customer(now_ms);
                return;
            }
        }
        let verdict = match card {
            Card::Good => work::approve(books, intent, &self.code, now_ms),
            Card::Signed => work::sign(books, intent, now_ms),
            Card::Failed => work::fail(books, intent, now_ms),
            Card::Lost => {
                work::lose(books, intent, now_ms);
                Verdict::Held
            }
            Card::Bad | Card::WrongPin => {
                work::decline(books, intent, now_ms);
                Verdict::Ended(Outcome::Declined)
            }
        };
        self.heard(intent, verdict, now_ms, books);
    }

    /// Shows how it ended. Whether there is more to do for the intent is asked afterwards.
    fn end(&mut self, intent: IntentId, outcome: Outcome, now_ms: u64, books: &Books) {
        self.phase = Phase::Outcome {
            intent,
            outcome,
            until_ms: now_ms.saturating_add(books.settings.outcome_shown_ms),
        };
        if let Some(plan) = &mut self.plan {
            plan.due_ms = None;
        }
    }

    fn clear(&mut self) {
        self.assigned = None;
        self.phase = Phase::Idle;
        self.plan = None;
    }

    /// The till wants this intent collected here. A machine that reads a card or shows a result
    /// finishes that first; one that asks for another intent turns to this one.
    pub(crate) fn offer(&mut self, intent: IntentId, now_ms: u64, books: &mut Books) {
        self.assigned = Some(intent);
        let is_busy = match self.phase {
            Phase::Reading { .. } | Phase::Held { .. } => true,
            Phase::Outcome { outcome, .. } => outcome != Outcome::Cancelled,
            Phase::Idle
            | Phase::Fetching { .. }
            | Phase::Showing { .. }
            | Phase::AskingPin { .. } => false,
        };
        if self.plugged && !is_busy {
            self.take_up(now_ms, books);
        }
    }

    /// Turns to what the till wants, if that can still be paid.
    fn take_up(&mut self, now_ms: u64, books: &mut Books) {
        let wanted = self.assigned;
        match wanted.filter(|id| work::is_collectable(books, *id, now_ms)) {
            None => self.clear(),
            // The machine has it already: the customer tries again.
            Some(intent) if self.shown() == Some(intent) => self.show(intent, now_ms, books),
            Some(intent) => match self.fetch_ms(intent, books) {
                0 => self.show(intent, now_ms, books),
                fetch_ms => {
                    let until_ms = now_ms.saturating_add(fetch_ms);
                    self.plan = None;
                    self.phase = Phase::Fetching { intent, until_ms };
                }
            },
        }
    }

    fn fetch_ms(&self, intent: IntentId, books: &Books) -> u64 {
        if self.script == Some(Script::Slow) {
            books.settings.slow_fetch_ms
        } else {
            work::fetch_ms(books, intent)
        }
    }

    fn show(&mut self, intent: IntentId, now_ms: u64, books: &mut Books) {
        self.phase = Phase::Showing { intent };
        work::shown(books, intent, now_ms);
        self.wrong_pins = 0;
        if self.plan.is_none_or(|plan| plan.intent != intent) {
            self.plan = self.customer_for(intent, books).map(|script| Plan {
                intent,
                script,
                step: 0,
                due_ms: None,
                by_hand: false,
            });
        }
        self.await_customer(now_ms);
    }

    fn customer_for(&self, intent: IntentId, books: &Books) -> Option<Script> {
        match (self.script, books.settings.customer) {
            (Some(script), CustomerMode::Panel | CustomerMode::Auto) => Some(script),
            (None, CustomerMode::Auto) => work::amount(books, intent).map(Script::of_amount),
            (None, CustomerMode::Panel) => None,
        }
    }

    /// The machine asks for something: the customer's next gesture is timed from here.
    fn await_customer(&mut self, now_ms: u64) {
        if let Some(plan) = &mut self.plan
            && !plan.by_hand
        {
            let step = plan.script.steps().get(plan.step);
            plan.due_ms = step.map(|step| now_ms.saturating_add(step.after_ms));
        }
    }

    fn play_customer(&mut self, now_ms: u64, books: &mut Books) {
        let Some(plan) = &mut self.plan else { return };
        plan.due_ms = None;
        let Some(step) = plan.script.steps().get(plan.step) else {
            return;
        };
        plan.step = plan.step.saturating_add(1);
        // A gesture the machine has no use for is lost, as at a real counter.
        let _ = self.gesture(step.gesture, now_ms, books);
    }

    fn gesture(
        &mut self,
        gesture: Gesture,
        now_ms: u64,
        books: &mut Books,
    ) -> Result<(), PressRefused> {
        let (intent, card_inside) = match self.phase {
            Phase::Showing { intent } => (intent, false),
            Phase::AskingPin { intent } => (intent, true),
            Phase::Idle | Phase::Fetching { .. } => return Err(PressRefused::NothingToPay),
            Phase::Reading { .. } | Phase::Held { .. } => return Err(PressRefused::ReadingCard),
            Phase::Outcome { .. } => return Err(PressRefused::ShowingResult),
        };
        let (tap_ms, pin_ms) = (books.settings.tap_ms, books.settings.pin_ms);
        let (card, takes_ms) = match gesture {
            Gesture::Tap | Gesture::BadCard | Gesture::Sign if card_inside => {
                return Err(PressRefused::CardInside);
            }
            Gesture::Tap => (Card::Good, tap_ms),
            Gesture::BadCard => (Card::Bad, tap_ms),
            Gesture::Sign => (Card::Signed, tap_ms),
            Gesture::Lose => (Card::Lost, tap_ms),
            Gesture::Fail => (Card::Failed, tap_ms),
            Gesture::Pin if work::is_signed(books, intent) => (Card::Signed, pin_ms),
            Gesture::Pin | Gesture::PinAndTip => (Card::Good, pin_ms),
            Gesture::WrongPin => (Card::WrongPin, pin_ms),
            Gesture::Cancel => {
                work::cancel(books, intent, now_ms);
                self.end(intent, Outcome::Cancelled, now_ms, books);
                return Ok(());
            }
        };
        work::presented(books, intent, gesture, now_ms);
        self.phase = Phase::Reading {
            intent,
            card,
            until_ms: now_ms.saturating_add(takes_ms),
        };
        Ok(())
    }

    /// The till wants the intent back, by a cancel or by sending another to this machine.
    pub(crate) fn withdraw(
        &mut self,
        intent: IntentId,
        now_ms: u64,
        books: &mut Books,
    ) -> Withdrawal {
        if self.is_approved_first(intent, books) && books.approve(intent, &self.code, now_ms) {
            self.end(intent, Outcome::Approved, now_ms, books);
            return Withdrawal::TooLate;
        }
        if self.assigned == Some(intent) {
            self.assigned = None;
        }
        match self.phase {
            Phase::Reading { .. } if books.settings.race == Race::ApprovalAfterCancel => {}
            Phase::Fetching { intent: held, .. }
            | Phase::Showing { intent: held }
            | Phase::Reading { intent: held, .. }
            | Phase::AskingPin { intent: held }
                if held == intent =>
            {
                self.end(intent, Outcome::Cancelled, now_ms, books);
            }
            Phase::Idle
            | Phase::Fetching { .. }
            | Phase::Showing { .. }
            | Phase::Reading { .. }
            | Phase::AskingPin { .. }
            | Phase::Held { .. }
            | Phase::Outcome { .. } => {}
        }
        Withdrawal::Dropped
    }

    /// Whether the card is charged in the very moment in which the intent is withdrawn.
    fn is_approved_first(&self, withdrawn: IntentId, books: &Books) -> bool {
        match self.phase {
            Phase::Showing { intent } => {
                intent == withdrawn && self.script == Some(Script::Race) && self.plugged
            }
            Phase::Reading { intent, card, .. } => {
                let is_good = intent == withdrawn && card == Card::Good;
                is_good && books.settings.race == Race::ApprovalWins
            }
            Phase::Idle
            | Phase::Fetching { .. }
            | Phase::AskingPin { .. }
            | Phase::Held { .. }
            | Phase::Outcome { .. } => false,
        }
    }
}
