//! Staying with a payment until what was wished for is known, and saying so line by line.

use std::future::pending;
use std::io;
use std::time::Duration;

use cli::session::Session;
use payment::{Class, PaymentId, Prompt, State};
use serde_json::json;
use till::api::{ActProgress, Action, LineKey, Notice, PaymentRequest, PaymentView, Telling};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::{Instant, sleep_until};

use crate::exit::Exit;
use crate::fault::Fault;
use crate::output::{Output, now, wall_clock};

/// How long the slips of a terminal are awaited once it is known how the payment ended. Only the
/// till that saw it through reads them: what is left now is never printed.
const SLIPS_LIMIT: Duration = Duration::from_secs(6);

/// How many readings it takes until what a payment says is news since something was done with it:
/// a reading is told before what it says is, so one is not enough.
const READINGS_ANEW: u32 = 2;

/// What Ctrl-C does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Interrupt {
    /// The first asks to cancel, the second leaves the payment open.
    CancelFirst,
    /// Leaves.
    Leave,
}

/// What is awaited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Until {
    /// It is over, held as it was asked for, or somebody must do something.
    Known,
    /// The same, after something was done about what somebody was needed for: that stays on the
    /// payment until it has been read anew.
    KnownAnew,
    /// It is over, or only somebody at the terminal knows.
    Over,
    /// It is known what became of what was last asked to be done with it.
    Acted,
}

/// A payment followed to its end, or as far as patience went.
pub(crate) struct Followed {
    /// As it was last.
    pub(crate) view: PaymentView,
    /// Somebody pressed Ctrl-C.
    pub(crate) interrupted: bool,
    /// It was to be held and not taken.
    pub(crate) is_hold: bool,
}

impl Followed {
    /// For a command that wants the money.
    pub(crate) fn exit(&self) -> Exit {
        Exit::of_charge(self.view.state, self.is_hold)
    }
}

/// Somebody who follows a payment. Made before it is asked for, so that nothing is missed.
pub(crate) struct Watch<'a> {
    session: &'a Session,
    output: &'a Output,
    notices: UnboundedReceiver<Notice>,
    interrupts: Interrupts,
    shown: Option<Shown>,
    page_told: bool,
    readings: u32,
}

/// What was told last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Shown {
    telling: Telling,
    facts: usize,
    prompt: Option<Prompt>,
}

impl<'a> Watch<'a> {
    /// Begins to listen.
    pub(crate) fn new(session: &'a Session, output: &'a Output) -> Self {
        Self {
            session,
            output,
            notices: session.till.listen(),
            interrupts: Interrupts::listen(),
            shown: None,
            page_told: false,
            readings: 0,
        }
    }

    /// Shows every change until what is awaited is known, or `wait` has passed.
    pub(crate) async fn until(
        mut self,
        first: PaymentView,
        until: Until,
        wait: Option<Duration>,
        interrupt: Interrupt,
    ) -> Followed {
        // A wait beyond the end of the clock is no limit.
        let deadline = wait.and_then(|wait| Instant::now().checked_add(wait));
        let is_hold = is_hold(self.session, &first);
        let mut view = first;
        let mut until = until;
        let mut interrupted = false;
        let mut is_late = false;
        self.show(&view);
        while self.glance(&view, is_hold).is_awaited(until) && !(is_late && may_be_left(&view)) {
            tokio::select! {
                notice = self.notices.recv() => match notice {
                    None => break,
                    Some(notice) => self.take(notice, &mut view),
                },
                () = reached(deadline), if !is_late => is_late = true,
                () = self.interrupts.next() => {
                    if interrupted || interrupt == Interrupt::Leave {
                        interrupted = true;
                        break;
                    }
                    interrupted = true;
                    until = Until::Over;
                    self.ask_to_cancel(&view).await;
                }
            }
        }
        if !is_late && !interrupted {
            self.await_slips(&mut view).await;
        }
        Followed {
            view,
            interrupted,
            is_hold,
        }
    }

    fn glance<'view>(&self, view: &'view PaymentView, is_hold: bool) -> Glance<'view> {
        Glance {
            is_open: view.open,
            is_held: is_hold && view.state == State::Authorised,
            is_read_anew: self.readings >= READINGS_ANEW,
            act: view.act.as_ref().map(|act| act.progress),
            actions: &view.actions,
        }
    }

    fn take(&mut self, notice: Notice, view: &mut PaymentView) {
        if let Notice::Payment { view: newer } = notice
            && newer.id == view.id
            && newer.revision >= view.revision
        {
            if is_under_way(&newer) {
                self.readings = 0;
            } else if newer.checked_at != view.checked_at {
                self.readings = self.readings.saturating_add(1);
            }
            *view = *newer;
            self.show(view);
        }
    }

    async fn ask_to_cancel(&self, view: &PaymentView) {
        self.output.tell("cli.interrupted", &[]);
        let payment = view.id.clone();
        let request = PaymentRequest { payment };
        if let Err(error) = self.session.till.cancel_payment(request).await {
            self.output.complain(&Fault::Refused(error));
        }
    }

    /// Where the system has slips, stays until they are kept.
    async fn await_slips(&mut self, view: &mut PaymentView) {
        if !has_slips(self.session, view) {
            return;
        }
        let deadline = Instant::now().checked_add(SLIPS_LIMIT);
        while !view.actions.contains(&Action::Receipts) {
            tokio::select! {
                notice = self.notices.recv() => match notice {
                    None => return,
                    Some(notice) => self.take(notice, view),
                },
                () = reached(deadline) => return,
                () = self.interrupts.next() => return,
            }
        }
    }

    /// Says what changed: for people each thing that is told once, for programs each fact.
    fn show(&mut self, view: &PaymentView) {
        let shown = Shown {
            telling: view.telling,
            facts: view.timeline.len(),
            prompt: view.prompt,
        };
        let before = self.shown.replace(shown);
        if before == Some(shown) {
            return;
        }
        self.output
            .event(view.telling.name(), json!({ "payment": view }));
        let words = self.output.words();
        if before.is_none_or(|before| before.telling != shown.telling) {
            let (title, body) = words.telling(view);
            self.output.say(&format!("{}  {title}", wall_clock(&now())));
            self.output.say(&format!("          {body}"));
        }
        if let Some(prompt) = shown.prompt
            && before.is_none_or(|before| before.prompt != shown.prompt)
            && !tells_prompt(shown.telling)
        {
            let text = words.prompt(prompt);
            self.output.say(&format!("{}  {text}", wall_clock(&now())));
        }
        self.show_page(view);
    }

    /// The page is told once, as soon as there is one.
    fn show_page(&mut self, view: &PaymentView) {
        if let (Some(page), false) = (&view.page, self.page_told) {
            self.page_told = true;
            self.output.tell("cli.page", &[("url", &page.url)]);
        }
    }
}

/// The sentence says already what the terminal shows.
const fn tells_prompt(telling: Telling) -> bool {
    matches!(
        telling,
        Telling::WaitingDeclined
            | Telling::DeclinedTryAgain
            | Telling::CancelledAtTerminal
            | Telling::TerminalIdle
            | Telling::Signature
            | Telling::RefundAtTerminal
    )
}

/// Whether a payment was to be held and not taken. Where the journal does not say, it is not taken
/// for what was wished.
pub(crate) fn is_hold(session: &Session, view: &PaymentView) -> bool {
    let id = view.id.parse::<PaymentId>().ok();
    let payment = id.and_then(|id| session.journal.payment(id).ok().flatten());
    payment.is_some_and(|payment| payment.way.is_held())
}

/// Whether slips of it may come.
fn has_slips(session: &Session, view: &PaymentView) -> bool {
    let is_paid = view.state.class() == Class::Paid && view.intent.is_some();
    let accounts = session.accounts().unwrap_or_default();
    let mut of_it = accounts
        .iter()
        .filter(|account| account.id.as_str() == view.account);
    is_paid && of_it.any(|account| account.system.acts().receipts)
}

/// What decides whether a payment is waited for.
struct Glance<'a> {
    is_open: bool,
    /// It is held, and was to be.
    is_held: bool,
    /// What it says is news since something was done with it.
    is_read_anew: bool,
    act: Option<ActProgress>,
    actions: &'a [Action],
}

impl Glance<'_> {
    fn is_awaited(&self, until: Until) -> bool {
        if self.act == Some(ActProgress::UnderWay) {
            return true;
        }
        let is_done = self.act == Some(ActProgress::Done);
        match until {
            Until::Known => self.is_open && !self.needs_somebody(),
            Until::KnownAnew => {
                self.is_open && (!self.needs_somebody() || (is_done && !self.is_read_anew))
            }
            Until::Over => self.is_open && !self.needs_witness(),
            Until::Acted => false,
        }
    }

    fn can(&self, action: Action) -> bool {
        self.actions.contains(&action)
    }

    /// The provider cannot be asked: only somebody at the terminal knows.
    fn needs_witness(&self) -> bool {
        self.can(Action::Witness) && !self.can(Action::AskNow)
    }

    fn needs_somebody(&self) -> bool {
        self.is_held
            || self.needs_witness()
            || self.can(Action::TryAgain)
            || self.can(Action::AcceptSignature)
    }
}

/// Something that was asked to be done with it is not known yet.
pub(crate) fn is_under_way(view: &PaymentView) -> bool {
    let act = view.act.as_ref();
    act.is_some_and(|act| act.progress == ActProgress::UnderWay)
}

/// Nothing is under way whose answer would be lost with this program: a payment that is left while
/// it is being sent is not known at the next start. That answer comes, or is given up, within half
/// a minute.
fn may_be_left(view: &PaymentView) -> bool {
    let is_sent = !matches!(view.state, State::Saved | State::Sending);
    let mut lines = view.timeline.iter().rev().map(|line| line.what);
    is_sent && !(is_under_way(view) && lines.find_map(is_answered) == Some(false))
}

/// Of a line about something that was asked to be done: whether it is the answer.
const fn is_answered(line: LineKey) -> Option<bool> {
    if matches!(
        line,
        LineKey::TryAgainAsked
            | LineKey::SignatureAccepted
            | LineKey::SignatureRejected
            | LineKey::CaptureAsked
            | LineKey::ReverseAsked
            | LineKey::RefundAsked
    ) {
        return Some(false);
    }
    let is_answer = matches!(
        line,
        LineKey::ActAccepted | LineKey::ActRefused | LineKey::ActLost | LineKey::ActUnshown
    );
    if is_answer { Some(true) } else { None }
}

async fn reached(deadline: Option<Instant>) {
    match deadline {
        Some(deadline) => sleep_until(deadline).await,
        None => pending().await,
    }
}

#[cfg(unix)]
type Signals = tokio::signal::unix::Signal;
#[cfg(windows)]
type Signals = tokio::signal::windows::CtrlC;

#[cfg(unix)]
fn signals() -> io::Result<Signals> {
    tokio::signal::unix::signal(tokio::signal::unix::SignalKind::interrupt())
}

#[cfg(windows)]
fn signals() -> io::Result<Signals> {
    tokio::signal::windows::ctrl_c()
}

/// Ctrl-C, as often as it comes; one that comes while nobody looks is kept.
pub(super) struct Interrupts(Option<Signals>);

impl Interrupts {
    /// From now on Ctrl-C no longer ends the program.
    pub(super) fn listen() -> Self {
        // Where the system gives no signals, Ctrl-C ends the program as ever.
        Self(signals().ok())
    }

    /// The next one.
    pub(super) async fn next(&mut self) {
        if let Some(signals) = &mut self.0
            && signals.recv().await.is_some()
        {
            return;
        }
        pending().await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONE: &[Action] = &[];
    const IDLE: &[Action] = &[Action::Cancel, Action::NextCustomer];
    const RETRY: &[Action] = &[Action::TryAgain, Action::Cancel];
    const SIGN: &[Action] = &[Action::AcceptSignature, Action::RejectSignature];
    const LOOK: &[Action] = &[Action::Witness, Action::NextCustomer];
    const ASK: &[Action] = &[Action::Witness, Action::AskNow];

    fn glance(is_open: bool, act: Option<ActProgress>, actions: &[Action]) -> Glance<'_> {
        Glance {
            is_open,
            is_held: false,
            is_read_anew: true,
            act,
            actions,
        }
    }

    #[test]
    fn waiting_ends_where_it_is_over_or_somebody_is_needed() {
        use Until::{Acted, Known, KnownAnew, Over};
        // Open, what can be done, and what goes on waiting.
        let table: [(bool, &[Action], &[Until]); 7] = [
            (true, IDLE, &[Known, KnownAnew, Over]),
            (true, NONE, &[Known, KnownAnew, Over]),
            (true, RETRY, &[Over]),
            (true, SIGN, &[Over]),
            (true, LOOK, &[]),
            (true, ASK, &[Known, KnownAnew, Over]),
            (false, &[Action::Refund, Action::Reverse], &[]),
        ];
        for (is_open, actions, waits) in table {
            for until in [Known, KnownAnew, Over, Acted] {
                let awaited = glance(is_open, None, actions).is_awaited(until);
                assert_eq!(awaited, waits.contains(&until), "{actions:?} {until:?}");
                // What is being done is always seen to its end, also on what is over.
                let acting = glance(is_open, Some(ActProgress::UnderWay), actions);
                assert!(acting.is_awaited(until), "{actions:?} {until:?}");
            }
        }
    }

    #[test]
    fn held_money_is_waited_for_only_by_who_wants_it_gone() {
        let held = Glance {
            is_held: true,
            ..glance(true, None, &[Action::Capture, Action::Cancel])
        };
        assert!(!held.is_awaited(Until::Known));
        assert!(!held.is_awaited(Until::KnownAnew));
        assert!(held.is_awaited(Until::Over));
    }

    #[test]
    fn after_another_try_the_old_need_does_not_count() {
        let stale = |act, is_read_anew| {
            let glance = Glance {
                is_read_anew,
                ..glance(true, Some(act), RETRY)
            };
            glance.is_awaited(Until::KnownAnew)
        };
        assert!(stale(ActProgress::Done, false));
        assert!(!stale(ActProgress::Done, true), "declined once more");
        assert!(!stale(ActProgress::Refused, false), "nothing will change");
        assert!(!stale(ActProgress::Unknown, false));
    }

    #[test]
    fn an_answer_is_told_from_a_question() {
        let last = |lines: &[LineKey]| lines.iter().rev().copied().find_map(is_answered);
        let table: [(&[LineKey], Option<bool>); 4] = [
            (&[LineKey::Saved, LineKey::Paid], None),
            (&[LineKey::Paid, LineKey::RefundAsked], Some(false)),
            (
                &[LineKey::RefundAsked, LineKey::ActLost, LineKey::Paid],
                Some(true),
            ),
            (
                &[LineKey::ActRefused, LineKey::RefundAsked, LineKey::Paid],
                Some(false),
            ),
        ];
        for (lines, expected) in table {
            assert_eq!(last(lines), expected, "{lines:?}");
        }
    }
}
