//! The control flow of one payment: one task, from *saved* until no news is expected any more.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use money::Money;
use payment::outcome::Asked;
use payment::record::{Cancel, Doubt};
use payment::{
    Act, Actor, Acts, BatchId, Channel, Class, Event, Failure, Payment, Progress, Provider, State,
    Witness,
};
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

mod ask;

use super::memory::Memory;
use super::plan::{Step, claims_money, next_step};
use super::traffic::Purpose;
use crate::api::{ApiError, Code};
use crate::board::Board;
use crate::change::can_change_amount;
use crate::lines::Lines;

/// No answer is awaited longer than this, whatever the adapter's own limits are.
pub(crate) const ANSWER_LIMIT: Duration = Duration::from_secs(30);

/// While facts cannot be written, this long between tries.
const WRITE_AGAIN: Duration = Duration::from_secs(5);

/// What somebody says to a driver. Each reply comes once the fact is durable.
#[derive(Debug)]
pub(crate) enum Message {
    /// Cancel it.
    Cancel {
        wish: Wish,
        reply: oneshot::Sender<Result<(), ApiError>>,
    },
    /// Do this with it.
    Act {
        act: Act,
        by: Actor,
        reply: oneshot::Sender<Result<(), ApiError>>,
    },
    /// Ask the provider now.
    AskNow {
        reply: oneshot::Sender<Result<(), ApiError>>,
    },
    /// Write this down: somebody's word, which changes nothing by itself.
    Note {
        event: Event,
        reply: oneshot::Sender<Result<(), ApiError>>,
    },
    /// This is what the terminal shows.
    Witness {
        by: Actor,
        saw: Witness,
        receipt: Option<String>,
        checked: Option<String>,
        reply: oneshot::Sender<Result<(), ApiError>>,
    },
}

/// A wish to withdraw a payment.
#[derive(Debug, Clone)]
pub(crate) struct Wish {
    pub by: Actor,
    /// Why, where somebody said so.
    pub reason: Option<String>,
    /// As part of which batch.
    pub batch: Option<BatchId>,
    /// How much is to be charged instead, where it is withdrawn for that.
    pub instead: Option<Money>,
}

/// The driver of one payment.
pub(crate) struct Driver {
    payment: Payment,
    memory: Memory,
    board: Arc<Board>,
    lines: Arc<Lines>,
    inbox: mpsc::Receiver<Message>,
    random: fastrand::Rng,
    /// Facts that happened and could not be written yet: they are told, and written as soon as the
    /// journal takes them.
    unsaved: Vec<Event>,
}

impl Driver {
    /// A driver for a payment whose request is durable.
    pub(crate) fn new(
        payment: Payment,
        memory: Memory,
        board: Arc<Board>,
        lines: Arc<Lines>,
        inbox: mpsc::Receiver<Message>,
        random: fastrand::Rng,
    ) -> Self {
        let mut memory = memory;
        // The till stopped between the wish and the reading that was to come before the cancel.
        let is_of_batch = payment
            .withdrawal
            .as_ref()
            .is_some_and(|withdrawal| withdrawal.batch.is_some());
        memory.reads_first = is_of_batch && payment.cancel == Cancel::Asked;
        Self {
            payment,
            memory,
            board,
            lines,
            inbox,
            random,
            unsaved: Vec::new(),
        }
    }

    /// Drives it to its end and past the time for late news.
    pub(crate) async fn run(mut self) {
        loop {
            while let Ok(message) = self.inbox.try_recv() {
                self.hear(message).await;
            }
            self.mind_the_time();
            if !self.unsaved.is_empty() {
                self.record(Vec::new()).await;
            }
            match next_step(&self.payment, &self.memory, Instant::now()) {
                Step::Connect => {
                    self.provider().await;
                }
                Step::Create => self.create(Asked::FirstCreate).await,
                Step::Repeat => self.create(Asked::RepeatedCreate).await,
                Step::Find => self.find().await,
                Step::Read => self.read().await,
                Step::Cancel => self.cancel().await,
                Step::Withdraw => self.withdraw().await,
                Step::Act => self.act().await,
                Step::ReadPaid => self.read().await,
                Step::GiveUpAct => self.give_up_act().await,
                Step::Receipts => self.receipts().await,
                Step::Wait(until) => self.listen(Some(until)).await,
                Step::Person => self.listen(None).await,
                Step::Close if self.unsaved.is_empty() => break,
                Step::Close => self.listen(Some(Instant::now() + WRITE_AGAIN)).await,
            }
        }
        if self.payment.state.class() == Class::Unpaid && self.payment.intent.is_some() {
            self.record(vec![Event::Closed]).await;
        }
        self.board.close(self.payment.id);
    }

    /// Remembers since when it has been over.
    fn mind_the_time(&mut self) {
        let now = Instant::now();
        if self.payment.state.class() == Class::Unpaid {
            self.memory.over.get_or_insert((now, 0));
        }
    }

    /// The line to the provider; where there is none (no key, a locked keychain) this counts as a
    /// failed ask.
    async fn provider(&mut self) -> Option<Arc<dyn Provider>> {
        match self.lines.provider(&self.payment.account).await {
            Ok(provider) => {
                self.memory.capabilities = Some(provider.capabilities());
                Some(provider)
            }
            Err(_) => {
                let now = Instant::now();
                self.memory
                    .failed(now, Some(Duration::from_secs(5)), &mut self.random);
                self.memory.cancel_at = self.memory.ask_at;
                if !self.payment.unreachable && self.payment.intent.is_some() {
                    self.record(vec![Event::ReadingLost {
                        failure: Failure::KeyRefused,
                    }])
                    .await;
                }
                None
            }
        }
    }

    /// Awaits an answer while listening. `None`: given up, because somebody wants something that
    /// must not wait for it.
    async fn exchange<T>(
        &mut self,
        losing: Losing,
        flight: impl Future<Output = Result<T, Failure>>,
    ) -> Option<Result<T, Failure>> {
        self.board.asks(self.payment.id);
        let account = self.payment.account.clone();
        let traffic = Arc::clone(&self.board.traffic);
        let passed = traffic.pass(account, self.purpose(losing), ANSWER_LIMIT, flight);
        tokio::pin!(passed);
        loop {
            tokio::select! {
                biased;
                answer = &mut passed => return Some(answer),
                Some(message) = self.inbox.recv() => {
                    let urgent = self.hear(message).await;
                    if urgent && losing == Losing::WhenUrgent {
                        return None;
                    }
                }
            }
        }
    }

    /// What a request is for. One that only reads holds nobody up: it is a cheap one, and what watches
    /// three hundred links must not keep them from being withdrawn. What was just made and has no name
    /// yet is another thing: its customer cannot be shown anything before it is found.
    fn purpose(&self, losing: Losing) -> Purpose {
        let is_of_batch = self
            .payment
            .withdrawal
            .as_ref()
            .is_some_and(|withdrawal| withdrawal.batch.is_some());
        if is_of_batch && self.payment.pending_act().is_none() {
            Purpose::Void
        } else {
            match losing {
                Losing::Never => Purpose::Live,
                Losing::WhenUrgent if self.is_made_and_unseen() => Purpose::Live,
                Losing::WhenUrgent => Purpose::Watch,
            }
        }
    }

    fn is_made_and_unseen(&self) -> bool {
        let is_unseen = self.payment.intent.is_none() && self.memory.failures == 0;
        is_unseen && self.memory.is_fresh(Instant::now())
    }

    /// Waits until then, or until somebody says something.
    async fn listen(&mut self, until: Option<Instant>) {
        self.board.waits(self.payment.id, until);
        let until = until.unwrap_or_else(|| Instant::now() + Duration::from_secs(3600));
        tokio::select! {
            biased;
            Some(message) = self.inbox.recv() => {
                self.hear(message).await;
            }
            () = tokio::time::sleep_until(until) => {}
        }
    }

    /// Does what somebody says. True where it must not wait for a reading under way.
    async fn hear(&mut self, message: Message) -> bool {
        let (reply, done, urgent) = match message {
            Message::Cancel { wish, reply } => (reply, self.hear_cancel(wish).await, true),
            Message::Act { act, by, reply } => (reply, self.hear_act(act, by).await, true),
            Message::AskNow { reply } => {
                self.memory.ask_at = Instant::now();
                self.memory.asked_for = true;
                (reply, Ok(()), false)
            }
            Message::Note { event, reply } => (reply, self.record_first(event).await, false),
            Message::Witness {
                by,
                saw,
                receipt,
                checked,
                reply,
            } => {
                let word = Event::Witnessed {
                    by,
                    saw,
                    receipt,
                    checked,
                };
                (reply, self.hear_witness(saw, word).await, true)
            }
        };
        // Nobody waiting for the reply any more is no reason not to have done it.
        let _ = reply.send(done);
        urgent
    }

    async fn hear_cancel(&mut self, wish: Wish) -> Result<(), ApiError> {
        let Wish {
            by,
            reason,
            batch,
            instead,
        } = wish;
        if instead.is_some() && !can_change_amount(&self.payment) {
            return Err(ApiError::new(Code::TooLate));
        }
        if !self.payment.state.is_open() {
            return Err(ApiError::new(Code::TooLate));
        }
        let by_hand = matches!(by, Actor::Cashier { .. } | Actor::Staff { .. });
        let is_said = match batch {
            // The batch's word is kept also where it is withdrawn already: it is part of the proof.
            Some(batch) => self.payment.is_withdrawn_by(batch),
            None => self.payment.cancel_asked() && !(by_hand && self.memory.cancels_sent == 0),
        };
        if is_said {
            return Ok(());
        }
        let was_asked = self.payment.cancel_asked();
        let another = instead.map(|amount| Event::AmountChangeAsked {
            amount,
            by: by.clone(),
        });
        let asked = Event::CancelAsked { by, reason, batch };
        self.record_all_first(another.into_iter().chain([asked]).collect())
            .await?;
        let now = Instant::now();
        if batch.is_some() && self.payment.intent.is_some() && !was_asked {
            self.memory.reads_first = true;
            self.memory.failures = 0;
            self.memory.ask_at = now;
        }
        self.memory.cancel_at = now;
        Ok(())
    }

    async fn hear_act(&mut self, act: Act, by: Actor) -> Result<(), ApiError> {
        let acts = self.board.acts(&self.payment.account);
        if self.payment.pending_act().is_some() {
            return Err(ApiError::new(Code::ActUnderWay));
        }
        if !self.payment.allows(&act, &acts) {
            return Err(ApiError::new(Code::TooLate));
        }
        let number = self.payment.acts.last().map_or(0, |acted| acted.number);
        let number = number.saturating_add(1);
        let reason = None;
        let asked = Event::ActAsked {
            number,
            act,
            by,
            reason,
        };
        self.record_first(asked).await?;
        self.memory.act_asked_here = true;
        self.memory.act_at = Instant::now();
        self.memory.acts_sent = 0;
        self.memory.act_needs_reading = false;
        self.memory.act_readings = 0;
        Ok(())
    }

    async fn hear_witness(&mut self, saw: Witness, word: Event) -> Result<(), ApiError> {
        let acts = self.board.acts(&self.payment.account);
        // Of money that goes back nobody says that it was paid, and the other way round.
        let fits = match saw {
            Witness::Paid => !self.payment.gives_back(),
            Witness::GivenBack => self.payment.gives_back(),
            Witness::NotPaid => true,
        };
        if !fits || !can_be_witnessed(&self.payment, &acts) {
            return Err(ApiError::new(Code::TooLate));
        }
        self.record_first(word).await
    }

    /// Tells that the request is on its way. Nobody waits for this fact to be durable: a second fsync
    /// would only delay the card, and what a crash makes of it is no worse than not to know.
    fn dispatched(&mut self, event: Event) {
        if let Ok(after) = payment::apply(Some(&self.payment), &event) {
            self.payment = after;
        }
        self.board.write_soon(&self.payment, event);
    }

    /// Writes a fact that must be durable before what follows from it is done.
    async fn record_first(&mut self, event: Event) -> Result<(), ApiError> {
        self.record_all_first(vec![event]).await
    }

    async fn record_all_first(&mut self, first: Vec<Event>) -> Result<(), ApiError> {
        let mut after = self.payment.clone();
        for event in &first {
            after =
                payment::apply(Some(&after), event).map_err(|_| ApiError::new(Code::TooLate))?;
        }
        let mut events = self.unsaved.clone();
        events.extend(first);
        self.board.write(&after, events).await?;
        self.unsaved.clear();
        self.payment = after;
        self.board.tell(&self.payment);
        Ok(())
    }

    /// Writes what happened. Where the journal does not take it the till goes on with what it
    /// knows, says that it cannot write, and tries again: forgetting would be worse.
    async fn record(&mut self, events: Vec<Event>) {
        let mut after = self.payment.clone();
        for event in events {
            if let Ok(next) = payment::apply(Some(&after), &event) {
                after = next;
                self.unsaved.push(event);
            }
        }
        if self.unsaved.is_empty() {
            return;
        }
        match self.board.write(&after, self.unsaved.clone()).await {
            Ok(()) => self.unsaved.clear(),
            Err(error) => {
                tracing::error!(payment.id = %after.id, code = error.code.name(), "facts could not be written")
            }
        }
        self.payment = after;
        self.board.tell(&self.payment);
    }
}

/// Whether an answer under way may be given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Losing {
    /// It may have an effect: it is awaited.
    Never,
    /// It only reads.
    WhenUrgent,
}

/// A person's word is asked for only where the till cannot find out any more, and where no request
/// of its own is under way that could still put the payment on a terminal. A link has no machine to
/// look at; what was made of it is found in the provider's list.
pub(crate) fn can_be_witnessed(payment: &Payment, acts: &Acts) -> bool {
    if payment.way.channel() != Channel::Terminal {
        return false;
    }
    let stuck = match &payment.doubt {
        Some(Doubt::Unseen | Doubt::Unconfirmed) => true,
        Some(Doubt::OtherAmount { .. }) => payment.intent.is_some() && claims_money(payment),
        // What can neither be looked for nor sent again is on the machine or it is not.
        Some(Doubt::AnswerLost { .. } | Doubt::Interrupted) => {
            let is_found = acts.returns.is_some_and(|returns| returns.finds);
            payment.gives_back() && payment.intent.is_none() && !is_found
        }
        None => false,
    };
    payment.state == State::NotKnown && stuck && !may_still_start(payment)
}

/// A request to ask for a card again is on its way, or was lost and may arrive yet. Then the way out
/// is to withdraw the payment: what arrives after that is refused.
fn may_still_start(payment: &Payment) -> bool {
    // Taken, and not read since: the reading that asked for a person is older.
    let is_taken = payment
        .acts
        .last()
        .is_some_and(|acted| acted.act == Act::TryAgain && acted.progress == Progress::Accepted);
    let is_on_its_way = payment.acts.iter().any(|acted| {
        acted.act == Act::TryAgain && matches!(acted.progress, Progress::Asked | Progress::Lost)
    });
    is_taken || is_on_its_way
}
