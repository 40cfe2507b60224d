//! What a driver asks of the provider, one method a step: the request, the time of the next one, and the
//! facts that the answer makes.

use std::time::Duration;

use payment::outcome::Asked;
use payment::{Act, Actor, Channel, Charge, Class, Event, Refusal, Seen};
use tokio::time::Instant;

use super::super::{learn, pace};
use super::{Driver, Losing, WRITE_AGAIN};

impl Driver {
    pub(super) async fn create(&mut self, asked: Asked) {
        let Some(provider) = self.provider().await else {
            if asked == Asked::FirstCreate {
                // Nothing was sent: the account or its key went away after the check.
                self.record(vec![Event::Refused {
                    refusal: Refusal::NoKey,
                }])
                .await;
            }
            return;
        };
        if asked == Asked::RepeatedCreate && !self.memory.repeats_safely(&self.payment.way) {
            return;
        }
        if asked == Asked::FirstCreate {
            self.memory.sent = true;
            self.dispatched(Event::Dispatched);
        }
        let charge = self.charge();
        let flight = async move { provider.create(&charge).await };
        let Some(answer) = self.exchange(Losing::Never, flight).await else {
            return;
        };
        let now = Instant::now();
        self.memory.created_at = now;
        self.memory.absent_since = None;
        let events = learn::from_create(&self.payment, &self.memory, asked, &answer);
        match &answer {
            Ok(created) => {
                // The age that sets the pace counts from the moment a card can come.
                self.memory.started = now;
                // What was made without a name is looked for at once: until it is found, nobody can be
                // shown that it waits.
                let is_named = created.intent.is_some();
                let pause = if is_named {
                    self.pause(now)
                } else {
                    Duration::ZERO
                };
                self.memory.answered(now, pause);
            }
            Err(failure) => {
                self.memory
                    .failed(now, learn::at_least(failure), &mut self.random);
            }
        }
        self.record(events).await;
    }

    /// What is asked for, the same at each asking.
    fn charge(&self) -> Charge {
        Charge {
            amount: self.payment.amount,
            way: self.payment.way.clone(),
            key: self.payment.key.clone(),
            asked_at_ms: self.payment.id.made_at_ms(),
        }
    }

    /// Looks for it by its key.
    pub(super) async fn find(&mut self) {
        let Some(provider) = self.provider().await else {
            return;
        };
        let charge = self.charge();
        let flight = async move { provider.find(&charge).await };
        let Some(answer) = self.exchange(Losing::WhenUrgent, flight).await else {
            return;
        };
        let now = Instant::now();
        let events = learn::from_find(&self.payment, &mut self.memory, now, &answer);
        match &answer {
            Ok(Some(_)) => {
                self.memory.answered(now, self.pause(now));
                self.board.checked(self.payment.id);
            }
            Ok(None) => {
                // Looking may read a long list: not at the pace of a single reading.
                self.memory.failed(now, None, &mut self.random);
                self.board.checked(self.payment.id);
            }
            Err(failure) => {
                self.memory
                    .failed(now, learn::at_least(failure), &mut self.random);
            }
        }
        self.record(events).await;
    }

    /// Reads it; where it is paid, with what was given back since.
    pub(super) async fn read(&mut self) {
        let (Some(provider), Some(intent)) = (self.provider().await, self.payment.intent.clone())
        else {
            return;
        };
        let is_paid = self.payment.state.class() == Class::Paid;
        let gives_back = self.payment.gives_back();
        let by_link = self.payment.way.channel() == Channel::Link;
        let was_asked_for = std::mem::take(&mut self.memory.asked_for);
        let flight = async move {
            if gives_back {
                provider.read_return(&intent).await
            } else if is_paid {
                provider.read_paid(&intent).await
            } else if by_link {
                provider.read_link(&intent).await
            } else {
                provider.read(&intent).await
            }
        };
        let Some(answer) = self.exchange(Losing::WhenUrgent, flight).await else {
            return;
        };
        let now = Instant::now();
        let events = learn::from_read(&self.payment, &mut self.memory, now, &answer);
        match &answer {
            Ok(seen) => {
                self.memory.act_needs_reading = false;
                self.memory.reads_first = false;
                if self.payment.pending_act().is_some() {
                    self.memory.act_readings = self.memory.act_readings.saturating_add(1);
                }
                self.answered(now, seen, was_asked_for);
                self.board.checked(self.payment.id);
            }
            Err(failure) => {
                self.memory
                    .failed(now, learn::at_least(failure), &mut self.random);
            }
        }
        let was_open = self.payment.state.is_open();
        self.record(events).await;
        if was_open && self.memory.asked_now {
            self.board.learn(&self.payment, self.memory.age(now));
        }
    }

    /// The pace at this till for a payment of this age.
    fn pause(&self, now: Instant) -> Duration {
        self.board.pause(&self.payment, self.memory.age(now))
    }

    /// Sets the time of the next reading after one that was answered.
    fn answered(&mut self, now: Instant, seen: &Seen, was_asked_for: bool) {
        self.memory.answered(now, self.pause(now));
        if self.payment.state.class() == Class::Paid && self.payment.pending_act().is_some() {
            self.memory.ask_at = now + pace::after_act(self.memory.act_readings);
        }
        if self.memory.asked_for {
            // Asked for while this one was under way: what it should show may be newer.
            self.memory.ask_at = now;
        }
        if learn::is_lively(&self.payment, self.memory.cancels_sent) {
            self.memory.ask_at = self.memory.ask_at.min(now + Duration::from_secs(1));
        }
        let Some((_, readings)) = &mut self.memory.over else {
            return;
        };
        if was_asked_for {
            // Whoever asks must neither use up the looks that would find late news nor delay them.
            self.memory.ask_at = now;
        } else if learn::is_a_look(self.payment.state, seen) {
            *readings = readings.saturating_add(1);
        } else {
            // What it says once it is understood may be that money moved.
            self.memory.ask_at = now + pace::UNREADABLE_AGAIN;
        }
    }

    pub(super) async fn cancel(&mut self) {
        let (Some(provider), Some(intent)) = (self.provider().await, self.payment.intent.clone())
        else {
            return;
        };
        let gives_back = self.payment.gives_back();
        let flight = async move {
            if gives_back {
                provider.cancel_return(&intent).await
            } else {
                provider.cancel(&intent).await
            }
        };
        let Some(answer) = self.exchange(Losing::Never, flight).await else {
            return;
        };
        let now = Instant::now();
        self.memory.cancels_sent = self.memory.cancels_sent.saturating_add(1);
        let at_least = answer
            .as_ref()
            .err()
            .and_then(learn::at_least)
            .unwrap_or_default();
        self.memory.cancel_at = now + pace::cancel_again(self.memory.cancels_sent).max(at_least);
        // Whatever it answered, only a reading decides: read at once.
        self.memory.ask_at = now;
        let event = learn::from_cancel(answer);
        let events = if self.board.is_news(&self.payment, &event) {
            vec![event]
        } else {
            vec![]
        };
        self.record(events).await;
    }

    /// Sends what was asked for.
    pub(super) async fn act(&mut self) {
        let Some(acted) = self.payment.pending_act().cloned() else {
            return;
        };
        let (Some(provider), Some(intent)) = (self.provider().await, self.payment.intent.clone())
        else {
            self.memory.act_at = self.memory.ask_at;
            return;
        };
        let key = self.payment.act_key(&acted);
        if !acted.sent {
            let number = acted.number;
            self.dispatched(Event::ActSent { number });
        }
        let (charge, act) = (self.charge(), acted.act.clone());
        let flight = async move { provider.act(&charge, &intent, &act, &key).await };
        let Some(answer) = self.exchange(Losing::Never, flight).await else {
            return;
        };
        let now = Instant::now();
        let at_least = answer
            .as_ref()
            .err()
            .and_then(learn::at_least)
            .unwrap_or_default();
        self.memory.acts_sent = self.memory.acts_sent.saturating_add(1);
        self.memory.act_at = now + pace::cancel_again(self.memory.acts_sent).max(at_least);
        self.memory.act_readings = 0;
        self.memory.act_needs_reading = answer.is_err();
        if answer.is_ok() && acted.act == Act::TryAgain {
            // A card can come again: the pace begins anew.
            self.memory.started = now;
        }
        // Whatever it answered, only a reading decides: read at once.
        self.memory.ask_at = now;
        self.record(vec![learn::from_act(&acted, &answer)]).await;
    }

    pub(super) async fn give_up_act(&mut self) {
        let Some(acted) = self.payment.pending_act() else {
            return;
        };
        let number = acted.number;
        self.record(vec![Event::ActGivenUp { number }]).await;
    }

    /// Reads the terminal's slips, once it is known how it ended.
    pub(super) async fn receipts(&mut self) {
        self.memory.receipts_tried = self.memory.receipts_tried.saturating_add(1);
        let (Some(provider), Some(intent)) = (self.provider().await, self.payment.intent.clone())
        else {
            return;
        };
        let gives_back = self.payment.gives_back();
        let flight = async move {
            if gives_back {
                provider.return_receipts(&intent).await
            } else {
                provider.receipts(&intent).await
            }
        };
        let Some(answer) = self.exchange(Losing::WhenUrgent, flight).await else {
            return;
        };
        match answer {
            Ok(receipts) if !receipts.is_empty() => {
                self.record(vec![Event::ReceiptsRead { receipts }]).await;
            }
            // The terminal may still be printing.
            Ok(_) | Err(_) => self.memory.ask_at = Instant::now() + pace::RECEIPTS_AGAIN,
        }
    }

    /// Notes, before anything that could put it on a terminal, that it is to be withdrawn.
    pub(super) async fn withdraw(&mut self) {
        if self
            .record_first(Event::CancelAsked {
                by: Actor::Till,
                reason: None,
                batch: None,
            })
            .await
            .is_err()
        {
            self.listen(Some(Instant::now() + WRITE_AGAIN)).await;
        }
    }
}
