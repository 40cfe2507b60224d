//! Seeing a batch through: line after line is asked to be withdrawn, several at once where the provider
//! takes it, each by the way of one cancel. What the payments' own drivers do then is their business; the
//! task here only waits its turn, and can be stopped at any moment without loss.

use std::collections::BTreeMap;
use std::time::Duration;

use payment::{
    AccountId, BatchId, Class, Event, PaymentId, ShopEvent, State, VoidEvent, VoidTarget,
};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until, timeout_at};

use super::batch::Status;
use super::leftover::Place;
use crate::api::{ApiError, Code, Notice};
use crate::engine::drive::{Message, Wish};
use crate::till::Till;

/// Lines of one account that are under way at once, at most. How fast their requests go is decided in
/// `engine::lane`; there are more lines than it lets through, so that one can send while another's facts
/// are being written.
const UNDER_WAY_MAX: usize = 32;

/// How long a line keeps its place: after that its payment's driver goes on trying, and the next begins.
const PLACE_KEPT: Duration = Duration::from_secs(120);

/// The least time between two notices of a batch.
const NOTICE_PAUSE: Duration = Duration::from_millis(250);

/// Whether the next line may begin.
enum Go {
    Now,
    Stop,
}

impl Till {
    /// Sees a batch through from where it is. Must be called inside a tokio runtime.
    pub(crate) fn run(&self, id: BatchId, undo: Option<Duration>) {
        let till = self.clone();
        let mut books = self.board.voids.lock();
        if books.running.contains_key(&id) {
            return;
        }
        let until = undo.map(|undo| Instant::now() + undo);
        if let Some(until) = until {
            books.undo_until.insert(id, until);
        }
        let task = tokio::spawn(async move {
            let teller = till.clone();
            // Goes with this task, also where it is stopped: what holds a till keeps its journal open.
            let mut told = JoinSet::new();
            told.spawn(async move { teller.tell_void_on_and_on(id).await });
            let done = till.see_through(id, until).await;
            told.abort_all();
            till.board.voids.lock().running.remove(&id);
            if let Err(error) = done {
                tracing::error!(batch = %id, code = error.code.name(), "a batch could not go on");
            }
            till.tell_void(id);
        });
        books.running.insert(id, task.abort_handle());
    }

    async fn see_through(&self, id: BatchId, undo_until: Option<Instant>) -> Result<(), ApiError> {
        if let Some(until) = undo_until {
            let mut steered = self.board.voids.steered.subscribe();
            while self.status(id) == Some(Status::Going) {
                let changed = timeout_at(until, steered.changed()).await;
                if changed.is_err() {
                    break;
                }
            }
            self.board.voids.lock().undo_until.remove(&id);
            self.tell_void(id);
        }
        let mut accounts = JoinSet::new();
        for lines in self.lines_by_account(id)?.into_values() {
            let till = self.clone();
            accounts.spawn(async move { till.withdraw_lines(id, lines).await });
        }
        let mut failed = None;
        while let Some(done) = accounts.join_next().await {
            failed = done.ok().and_then(Result::err).or(failed);
        }
        if let Some(error) = failed {
            return Err(error);
        }
        if self.status(id) == Some(Status::Going) {
            let event = VoidEvent::Finished;
            let batch = id;
            let fact = ShopEvent::Void { batch, event };
            self.board.write_shop(fact).await?;
            // What stands open elsewhere is told there too.
            self.tell_overview();
        }
        Ok(())
    }

    pub(super) fn status(&self, id: BatchId) -> Option<Status> {
        let books = self.board.voids.lock();
        books.batches.get(&id).map(|batch| batch.status)
    }

    /// The lines to withdraw, by account: one that is slow holds up no other.
    fn lines_by_account(&self, id: BatchId) -> Result<BTreeMap<AccountId, Vec<usize>>, ApiError> {
        let batch = self.batch(id)?;
        let mut accounts: BTreeMap<AccountId, Vec<usize>> = BTreeMap::new();
        for (index, line) in batch.lines.iter().enumerate() {
            if !line.verdict.is_tried() {
                continue;
            }
            let account = match &line.target {
                VoidTarget::Payment { id, .. } => self.board.payment(*id)?.account,
                VoidTarget::Leftover { account, .. } => account.clone(),
                VoidTarget::Nothing => continue,
            };
            accounts.entry(account).or_default().push(index);
        }
        Ok(accounts)
    }

    async fn withdraw_lines(&self, id: BatchId, lines: Vec<usize>) -> Result<(), ApiError> {
        let mut under_way: JoinSet<Result<(), ApiError>> = JoinSet::new();
        let mut failed = None;
        for index in lines {
            while under_way.len() >= UNDER_WAY_MAX {
                if let Some(done) = under_way.join_next().await {
                    failed = done.ok().and_then(Result::err).or(failed);
                }
            }
            if failed.is_some() {
                break;
            }
            match self.may_begin(id).await {
                Go::Stop => break,
                Go::Now => {}
            }
            let till = self.clone();
            under_way.spawn(async move { till.withdraw_line(id, index).await });
        }
        while let Some(done) = under_way.join_next().await {
            failed = done.ok().and_then(Result::err).or(failed);
        }
        failed.map_or(Ok(()), Err)
    }

    /// Waits while it is paused.
    async fn may_begin(&self, id: BatchId) -> Go {
        let mut steered = self.board.voids.steered.subscribe();
        loop {
            match self.status(id) {
                Some(Status::Going) => return Go::Now,
                Some(Status::Paused) => {}
                Some(Status::Stopped | Status::Finished) | None => return Go::Stop,
            }
            if steered.changed().await.is_err() {
                return Go::Stop;
            }
        }
    }

    async fn withdraw_line(&self, id: BatchId, index: usize) -> Result<(), ApiError> {
        let batch = self.batch(id)?;
        let Some(line) = batch.lines.get(index) else {
            return Ok(());
        };
        match &line.target {
            VoidTarget::Payment { id: payment, .. } => {
                let wish = Wish {
                    by: batch.by.clone(),
                    reason: Some(batch.why()),
                    batch: Some(id),
                    instead: None,
                };
                self.withdraw_payment(*payment, wish).await
            }
            VoidTarget::Leftover {
                account, intent, ..
            } => {
                let seen = batch.leftovers.get(&index).copied().unwrap_or_default();
                let was_asked = seen.asked_at_ms.is_some();
                let place = Place {
                    batch: id,
                    line: index,
                    account,
                    intent,
                };
                self.withdraw_leftover(place, batch.by.clone(), was_asked)
                    .await
            }
            VoidTarget::Nothing => Ok(()),
        }
    }

    async fn withdraw_payment(&self, id: PaymentId, wish: Wish) -> Result<(), ApiError> {
        // One that this batch asked for before the till stopped is not asked for again.
        if wish
            .batch
            .is_some_and(|batch| self.is_withdrawn_by(id, batch))
        {
            self.until_over(id).await;
            return Ok(());
        }
        match self.withdraw(&id.to_string(), wish.clone()).await {
            Ok(_) => self.until_over(id).await,
            // It ended in this moment: its state says how.
            Err(error) if error.code == Code::TooLate => self.note_overtaken(id, wish).await?,
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// The customer was first and it was seen, so that nothing is sent. That it was to be withdrawn is a
    /// fact all the same, as where a reading says so a moment later: somebody has to decide about the money.
    async fn note_overtaken(&self, id: PaymentId, wish: Wish) -> Result<(), ApiError> {
        let payment = self.board.payment(id)?;
        let is_noted = wish
            .batch
            .is_some_and(|batch| payment.is_withdrawn_by(batch));
        if is_noted || payment.state.class() != Class::Paid || payment.state == State::Refunded {
            return Ok(());
        }
        let event = Event::CancelAsked {
            by: wish.by,
            reason: wish.reason,
            batch: wish.batch,
        };
        let message = |reply| Message::Note {
            event: event.clone(),
            reply,
        };
        // A driver that was just ending did not hear it: the second time there is a new one.
        let said = match self.say_again(&payment, message).await {
            Some(said) => Some(said),
            None => self.say_again(&payment, message).await,
        };
        said.unwrap_or(Ok(()))
    }

    fn is_withdrawn_by(&self, id: PaymentId, batch: BatchId) -> bool {
        let payment = self.board.payment(id);
        payment.is_ok_and(|payment| payment.is_withdrawn_by(batch))
    }

    /// Waits until a reading has decided, or for as long as a line may keep its place. What is not known
    /// yet may take minutes to be found: nobody waits for it.
    async fn until_over(&self, id: PaymentId) {
        let deadline = Instant::now() + PLACE_KEPT;
        let mut changes = self.board.changes.subscribe();
        loop {
            let is_waited_for = self.board.payment(id).is_ok_and(|payment| {
                payment.state.class() == Class::Open && payment.state != State::NotKnown
            });
            if !is_waited_for {
                return;
            }
            match timeout_at(deadline, changes.changed()).await {
                Ok(Ok(())) => {}
                Ok(Err(_)) | Err(_) => return,
            }
        }
    }

    /// Tells how far a batch is.
    pub(super) fn tell_void(&self, id: BatchId) {
        match self.void_head(id) {
            Ok(head) => self.board.push(&Notice::Void { head }),
            Err(error) => tracing::error!(code = error.code.name(), "a batch could not be shown"),
        }
    }

    /// Tells it with each change, but not more often than anybody can look.
    async fn tell_void_on_and_on(&self, id: BatchId) {
        let mut changes = self.board.changes.subscribe();
        let mut steered = self.board.voids.steered.subscribe();
        let mut next = Instant::now();
        loop {
            sleep_until(next).await;
            self.tell_void(id);
            next = Instant::now() + NOTICE_PAUSE;
            tokio::select! {
                changed = changes.changed() => if changed.is_err() { return },
                changed = steered.changed() => if changed.is_err() { return },
                // The time that is left to undo it.
                () = sleep(Duration::from_secs(1)) => {}
            }
        }
    }
}
