//! Staying with a payment until what was wished for is known, and saying so line by line.

use std::future::pending;
use std::io;
use std::time::Duration;

use cli::session::Session;
use payment::{Channel, Class, PaymentId, Prompt};
use serde_json::json;
use till::api::{Action, LineKey, Notice, PaymentRequest, PaymentView, Telling};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::{Instant, sleep_until};

use super::awaited::{Glance, Until, is_answered, is_under_way, may_be_left};
use crate::exit::Exit;
use crate::fault::Fault;
use crate::output::{Output, now, wall_clock};
use crate::qr;

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
    /// The sentence that was true before something was done about it: not told again until it is
    /// true once more.
    stale: Option<Telling>,
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
            stale: None,
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
        if until == Until::KnownAnew {
            self.stale = Some(view.telling);
            self.say_asked(&view);
        }
        self.show(&view);
        while self.is_awaited(until, &view, is_hold) && !(is_late && may_be_left(&view)) {
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
        if self.stale.is_some() {
            self.say_telling(&view);
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

    fn is_awaited(&self, until: Until, view: &PaymentView, is_hold: bool) -> bool {
        Glance::at(view, is_hold, self.readings >= READINGS_ANEW).is_awaited(until)
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
        self.stale = self.stale.filter(|stale| *stale == view.telling);
        if before.is_none_or(|before| before.telling != shown.telling) && self.stale.is_none() {
            self.say_telling(view);
        }
        if let Some(prompt) = shown.prompt
            && before.is_none_or(|before| before.prompt != shown.prompt)
            && !tells_prompt(shown.telling)
        {
            self.say_now(&self.output.words().prompt(prompt));
        }
        if before.is_some_and(|before| before.facts != shown.facts) {
            self.say_refused(view);
        }
        self.show_page(view);
    }

    fn say_now(&self, text: &str) {
        self.output.say(&format!("{}  {text}", wall_clock(&now())));
    }

    fn say_telling(&self, view: &PaymentView) {
        let (title, body) = self.output.words().telling(view);
        self.say_now(&title);
        self.output.say(&format!("          {body}"));
    }

    /// What was last asked to be done.
    fn say_asked(&self, view: &PaymentView) {
        let mut lines = view.timeline.iter().rev();
        if let Some(line) = lines.find(|line| is_answered(line.what) == Some(false)) {
            self.say_now(&self.output.words().line(view, line));
        }
    }

    /// The provider's own words, where it refused what was asked.
    fn say_refused(&self, view: &PaymentView) {
        let mut lines = view.timeline.iter().rev();
        let last = lines.find(|line| line.what != LineKey::Awaiting);
        if let Some(line) = last
            && line.what == LineKey::ActRefused
        {
            self.say_now(&self.output.words().line(view, line));
        }
    }

    /// The page is told once, as soon as there is one.
    fn show_page(&mut self, view: &PaymentView) {
        if let (Some(page), false) = (&view.page, self.page_told) {
            self.page_told = true;
            self.output.tell("cli.page", &[("url", &page.url)]);
            // For the customer's phone. The address above says the same where no code can hold it.
            let code = self.output.draws().then(|| qr::lines(&page.url)).flatten();
            for line in code.into_iter().flatten() {
                self.output.say(&line);
            }
        }
    }
}

/// The sentence says already what the terminal shows, or it matters no more.
const fn tells_prompt(telling: Telling) -> bool {
    matches!(
        telling,
        Telling::Cancelling
            | Telling::Sending
            | Telling::WaitingDeclined
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
    let at_machine = view.channel == Channel::Terminal;
    is_paid && at_machine && of_it.any(|account| account.system.acts().receipts)
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
