//! Staying with a payment until it is known how it ended, and saying so line by line.

use std::future::pending;
use std::io;
use std::time::Duration;

use cli::session::Session;
use payment::State;
use serde_json::json;
use till::Till;
use till::api::{Action, LineKey, Notice, PaymentRequest, PaymentView, Telling};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::{Instant, sleep_until};

use crate::fault::Fault;
use crate::output::{Output, calendar, now, wall_clock};

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
}

/// Somebody who follows a payment. Made before it is asked for, so that nothing is missed.
pub(crate) struct Watch<'a> {
    till: &'a Till,
    output: &'a Output,
    notices: UnboundedReceiver<Notice>,
    interrupts: Interrupts,
    shown: Option<(Telling, usize)>,
    page_told: bool,
}

impl<'a> Watch<'a> {
    /// Begins to listen.
    pub(crate) fn new(session: &'a Session, output: &'a Output) -> Self {
        Self {
            till: &session.till,
            output,
            notices: session.till.listen(),
            interrupts: Interrupts::listen(),
            shown: None,
            page_told: false,
        }
    }

    /// Shows every change until the payment is over, a person is needed, or `wait` has passed.
    pub(crate) async fn until_known(
        mut self,
        first: PaymentView,
        wait: Option<Duration>,
        interrupt: Interrupt,
    ) -> Followed {
        // A wait beyond the end of the clock is no limit.
        let deadline = wait.and_then(|wait| Instant::now().checked_add(wait));
        let mut view = first;
        let mut interrupted = false;
        let mut is_late = false;
        self.show(&view);
        while view.open && !needs_person(&view) && !(is_late && may_be_left(&view)) {
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
                    self.ask_to_cancel(&view).await;
                }
            }
        }
        Followed { view, interrupted }
    }

    fn take(&mut self, notice: Notice, view: &mut PaymentView) {
        if let Notice::Payment { view: newer } = notice
            && newer.id == view.id
            && newer.revision >= view.revision
        {
            *view = *newer;
            self.show(view);
        }
    }

    async fn ask_to_cancel(&self, view: &PaymentView) {
        self.output.tell("cli.interrupted", &[]);
        let payment = view.id.clone();
        if let Err(error) = self.till.cancel_payment(PaymentRequest { payment }).await {
            self.output.complain(&Fault::Refused(error));
        }
    }

    /// Says what changed: for people each thing that is told once, for programs each fact.
    fn show(&mut self, view: &PaymentView) {
        let facts = view.timeline.len();
        let told = self
            .shown
            .is_some_and(|(telling, _)| telling == view.telling);
        if self.shown == Some((view.telling, facts)) {
            return;
        }
        self.shown = Some((view.telling, facts));
        self.output
            .event(view.telling.name(), json!({ "payment": view }));
        if !told {
            let (title, body) = self.output.words().telling(view);
            self.output.say(&format!("{}  {title}", wall_clock(&now())));
            self.output.say(&format!("          {body}"));
        }
        self.show_page(view);
    }
}

impl Watch<'_> {
    /// The page is told once, as soon as there is one.
    fn show_page(&mut self, view: &PaymentView) {
        if let (Some(page), false) = (&view.page, self.page_told) {
            self.page_told = true;
            self.output.tell("cli.page", &[("url", &page.url)]);
        }
    }
}

/// Nothing is under way whose answer would be lost with this program: a payment that is left while
/// it is being sent is not known at the next start. That answer comes, or is given up, within half
/// a minute.
fn may_be_left(view: &PaymentView) -> bool {
    !matches!(view.state, State::Saved | State::Sending)
}

/// The provider cannot be asked: only somebody at the terminal knows.
fn needs_person(view: &PaymentView) -> bool {
    view.actions.contains(&Action::Witness) && !view.actions.contains(&Action::AskNow)
}

/// One line that names the payment.
pub(crate) fn headline(output: &Output, view: &PaymentView) {
    output.tell(
        "cli.headline",
        &[
            ("order", &view.order),
            ("amount", &view.amount.text),
            ("terminal", &view.terminal_label),
            ("account", &view.account_name),
        ],
    );
    if view.practice {
        output.tell("strip.practice", &[]);
    }
}

/// The whole story of a payment.
pub(crate) fn story(output: &Output, view: &PaymentView) {
    output.event("status", json!({ "payment": view }));
    headline(output, view);
    let words = output.words();
    let (title, body) = words.telling(view);
    output.say(&title);
    output.say(&format!("  {body}"));
    if view.attempt > 1 {
        let attempt = view.attempt.to_string();
        output.say(&format!("  {}: {attempt}", words.text("facts.attempt")));
    }
    if let Some(intent) = &view.intent {
        output.say(&format!("  {}: {intent}", words.text("facts.intent")));
    }
    for line in &view.timeline {
        if let (Some(at), true) = (&line.at, line.what != LineKey::Awaiting) {
            output.say(&format!(
                "  {}  {}",
                calendar(at),
                words.line(view.channel, line)
            ));
        }
    }
}

/// What to do about a payment that was left open.
pub(crate) fn what_next(output: &Output, view: &PaymentView) {
    if !view.open {
        return;
    }
    let key = if view.actions.contains(&Action::Witness) {
        "cli.look_at_terminal"
    } else {
        "cli.left_open"
    };
    output.tell(
        key,
        &[("order", &view.order), ("terminal", &view.terminal_label)],
    );
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
