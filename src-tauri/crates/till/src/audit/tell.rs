//! An entry as people read it.

use std::collections::{BTreeMap, BTreeSet};

use journal::{Entry, Fact};
use payment::{
    Actor, Deed, Event, Handed, LetterEvent, Payment, PaymentId, ShopEvent, StaffEvent, StaffId,
    VoidEvent,
};

use crate::api::{ApiError, AuditKey, AuditRowView, Line};
use crate::tell::time;
use crate::till::Till;
use crate::timeline;
use crate::trouble::read_error;

/// Who did it, who approved it, why.
#[derive(Default)]
struct Who {
    name: String,
    approved_by: String,
    reason: String,
    is_person: bool,
}

impl Who {
    fn of(actor: &Actor) -> Self {
        match actor {
            Actor::Cashier { name } => Self {
                name: name.clone(),
                is_person: true,
                ..Self::default()
            },
            Actor::Staff {
                name,
                approved_by,
                reason,
                ..
            } => Self {
                name: name.clone(),
                approved_by: approved_by
                    .as_ref()
                    .map(|approver| approver.name.clone())
                    .unwrap_or_default(),
                reason: reason.clone().unwrap_or_default(),
                is_person: true,
            },
            Actor::Till => Self::default(),
        }
    }

    fn named(name: String) -> Self {
        Self {
            name,
            is_person: true,
            ..Self::default()
        }
    }

    fn somebody() -> Self {
        Self::named(String::new())
    }

    fn because(mut self, reason: Option<&str>) -> Self {
        if let Some(reason) = reason.filter(|reason| !reason.is_empty()) {
            self.reason = reason.to_owned();
        }
        self
    }
}

/// What is told of a fact about the shop.
struct Told {
    what: AuditKey,
    who: Who,
    /// What the words need, by name.
    params: Vec<(&'static str, String)>,
    payment: Option<PaymentId>,
    deed: Option<Deed>,
}

impl Told {
    fn new(what: AuditKey, who: Who) -> Self {
        Self {
            what,
            who,
            params: Vec::new(),
            payment: None,
            deed: None,
        }
    }

    fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.params.push((name, value.to_string()));
        self
    }
}

impl Till {
    /// The entries that begin what is not finished: the request of a payment without an end, the last
    /// wish to withdraw it, an act that no reading shows, a batch that was not seen through.
    pub(super) fn unfinished(&self) -> Result<BTreeSet<u64>, ApiError> {
        let journal = &self.board.journal;
        let open = journal
            .open_payments()
            .map_err(|error| read_error(&error))?;
        let acting = journal
            .acting_payments()
            .map_err(|error| read_error(&error))?;
        let mut unfinished = BTreeSet::new();
        for payment in open.into_iter().chain(acting) {
            let story = journal.timeline(payment.id);
            let story = story.map_err(|error| read_error(&error))?;
            unfinished.extend(begun(&payment, &story));
        }
        let batches = self.board.voids.unfinished();
        if !batches.is_empty() {
            let story = journal.shop_story().map_err(|error| read_error(&error))?;
            unfinished.extend(story.into_iter().filter_map(|entry| match entry.fact {
                Fact::Shop(ShopEvent::Void {
                    batch,
                    event: VoidEvent::Asked { .. },
                }) => batches.contains(&batch).then_some(entry.seq),
                Fact::Shop(_) | Fact::Payment { .. } => None,
            }));
        }
        Ok(unfinished)
    }

    pub(super) fn audit_row(
        &self,
        entry: &Entry,
        unfinished: &BTreeSet<u64>,
    ) -> Result<AuditRowView, ApiError> {
        let mut row = AuditRowView {
            seq: entry.seq,
            at: time(entry.at_ms),
            line: None,
            shop: None,
            params: BTreeMap::new(),
            channel: None,
            gives_back: false,
            payment: None,
            order: String::new(),
            who: String::new(),
            by_person: false,
            approved_by: String::new(),
            deed: None,
            reason: String::new(),
            unfinished: unfinished.contains(&entry.seq),
        };
        match &entry.fact {
            Fact::Payment { id, event } => {
                let payment = self.board.payment(*id)?;
                let line = timeline::one_line(&self.board.shop(), &payment, entry.at_ms, event);
                self.fill_payment(&mut row, &payment, event, line);
            }
            Fact::Shop(event) => self.fill_shop(&mut row, event)?,
        }
        Ok(row)
    }

    fn fill_payment(
        &self,
        row: &mut AuditRowView,
        payment: &Payment,
        event: &Event,
        line: Option<Line>,
    ) {
        let who = who_of(event);
        row.channel = Some(payment.way.channel());
        row.gives_back = payment.gives_back();
        row.payment = Some(payment.id.to_string());
        row.order = payment.order.to_string();
        row.by_person = who.is_person;
        row.who = who.name;
        row.approved_by = who.approved_by;
        row.reason = who.reason;
        match line {
            Some(line) => {
                row.line = Some(line.what);
                row.params = line.params;
            }
            None => row.shop = Some(AuditKey::Noted),
        }
    }

    fn fill_shop(&self, row: &mut AuditRowView, event: &ShopEvent) -> Result<(), ApiError> {
        let told = self.told(event);
        row.shop = Some(told.what);
        row.params = told
            .params
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect();
        row.by_person = told.who.is_person;
        row.who = told.who.name;
        row.approved_by = told.who.approved_by;
        row.reason = told.who.reason;
        row.deed = told.deed;
        if let Some(id) = told.payment {
            row.order = self.board.payment(id)?.order.to_string();
            row.payment = Some(id.to_string());
        }
        Ok(())
    }

    fn told(&self, event: &ShopEvent) -> Told {
        match event {
            ShopEvent::AccountSaved { account } => {
                Told::new(AuditKey::AccountSaved, Who::somebody()).with("name", &account.name)
            }
            ShopEvent::AccountRemoved { account } => {
                Told::new(AuditKey::AccountRemoved, Who::somebody()).with("name", account)
            }
            // Facts that hold no name are a person's all the same.
            ShopEvent::LookChosen { .. } => Told::new(AuditKey::LookChosen, Who::somebody()),
            ShopEvent::LeftoverClosed {
                account,
                intent,
                by,
                ..
            } => Told::new(AuditKey::LeftoverClosed, Who::of(by))
                .with("name", self.account_name(account))
                .with("intent", intent),
            ShopEvent::Void { event, .. } => self.told_void(event),
            ShopEvent::VoidRulesChosen { .. } => {
                Told::new(AuditKey::VoidRulesChosen, Who::somebody())
            }
            ShopEvent::LettersChosen { rules } => {
                let server = rules.as_ref().map_or("", |rules| rules.server.as_str());
                Told::new(AuditKey::LettersChosen, Who::default()).with("name", server)
            }
            ShopEvent::Letter { payment, event } => Told {
                payment: Some(*payment),
                ..told_letter(event)
            },
            ShopEvent::Staff { event } => self.told_staff(event),
            ShopEvent::CashierNamed { name } => {
                Told::new(AuditKey::CashierNamed, Who::somebody()).with("name", name)
            }
            ShopEvent::DayClosed { close } => {
                let what = if close.replaced {
                    AuditKey::DayClosedReplaced
                } else {
                    AuditKey::DayClosed
                };
                Told::new(what, Who::of(&close.by)).with("number", close.number)
            }
        }
    }

    fn told_void(&self, event: &VoidEvent) -> Told {
        match event {
            VoidEvent::Asked {
                by,
                reason,
                note,
                lines,
                ..
            } => {
                let why = [reason.as_str(), note]
                    .into_iter()
                    .filter(|part| !part.is_empty());
                let why: Vec<&str> = why.collect();
                Told::new(
                    AuditKey::VoidAsked,
                    Who::of(by).because(Some(&why.join(" · "))),
                )
                .with("count", lines.len())
            }
            VoidEvent::Paused { by } => Told::new(AuditKey::VoidPaused, Who::of(by)),
            VoidEvent::Resumed { by } => Told::new(AuditKey::VoidResumed, Who::of(by)),
            VoidEvent::Stopped { by } => Told::new(AuditKey::VoidStopped, Who::of(by)),
            VoidEvent::Finished => Told::new(AuditKey::VoidFinished, Who::default()),
            VoidEvent::LeftoverRead { .. } => Told::new(AuditKey::VoidRead, Who::default()),
        }
    }

    fn told_staff(&self, event: &StaffEvent) -> Told {
        let named = |id: &StaffId| self.staff_name(*id);
        match event {
            StaffEvent::Added { name, by, .. } => {
                Told::new(AuditKey::StaffAdded, Who::of(by)).with("name", name)
            }
            StaffEvent::Changed { name, by, .. } => {
                Told::new(AuditKey::StaffChanged, Who::of(by)).with("name", name)
            }
            StaffEvent::Removed { id, by } => {
                Told::new(AuditKey::StaffRemoved, Who::of(by)).with("name", named(id))
            }
            StaffEvent::PinSet {
                id, by, recovered, ..
            } => {
                let what = if *recovered {
                    AuditKey::PinRecovered
                } else {
                    AuditKey::PinSet
                };
                Told::new(what, Who::of(by)).with("name", named(id))
            }
            StaffEvent::PinRefused { id, count, .. } => {
                Told::new(AuditKey::PinRefused, Who::somebody())
                    .with("name", named(id))
                    .with("count", count)
            }
            StaffEvent::SignedIn { id, verified } => {
                let what = if *verified {
                    AuditKey::SignedIn
                } else {
                    AuditKey::SignedInUnchecked
                };
                Told::new(what, Who::named(named(id)))
            }
            StaffEvent::SignedOut { id, idle } => {
                let what = if *idle {
                    AuditKey::SignedOutIdle
                } else {
                    AuditKey::SignedOut
                };
                Told::new(what, Who::named(named(id)))
            }
            StaffEvent::ApprovalGiven {
                asked_by,
                approved_by,
                deed,
                payment,
                reason,
                ..
            } => Told {
                payment: *payment,
                deed: Some(*deed),
                ..Told::new(
                    AuditKey::Approved,
                    Who {
                        name: named(asked_by),
                        approved_by: named(approved_by),
                        reason: reason.clone(),
                        is_person: true,
                    },
                )
            },
            StaffEvent::RulesChosen { by, .. } => {
                Told::new(AuditKey::StaffRulesChosen, Who::of(by))
            }
        }
    }

    /// Whose id it is, also of who works here no more: the journal remembers them.
    fn staff_name(&self, id: StaffId) -> String {
        let staff = self.board.shop().staff.clone();
        if let Some(member) = staff.member(id) {
            return member.name.clone();
        }
        let story = self.board.journal.shop_story().unwrap_or_default();
        let mut names = story
            .into_iter()
            .rev()
            .filter_map(|entry| match entry.fact {
                Fact::Shop(ShopEvent::Staff {
                    event:
                        StaffEvent::Added { id: of, name, .. }
                        | StaffEvent::Changed { id: of, name, .. },
                }) => (of == id).then_some(name),
                Fact::Shop(_) | Fact::Payment { .. } => None,
            });
        names.next().unwrap_or_else(|| id.to_string())
    }
}

/// The last entries of a payment that begin what is not finished.
fn begun(payment: &Payment, story: &[Entry]) -> Vec<u64> {
    let last = |is_it: &dyn Fn(&Event) -> bool| {
        let mut newest = story.iter().rev();
        let found = newest.find(|entry| match &entry.fact {
            Fact::Payment { event, .. } => is_it(event),
            Fact::Shop(_) => false,
        });
        found.map(|entry| entry.seq)
    };
    let mut begun = Vec::new();
    if payment.state.is_open() {
        begun.extend(last(&|event| matches!(event, Event::Requested { .. })));
        begun.extend(last(&|event| matches!(event, Event::CancelAsked { .. })));
    }
    if payment.pending_act().is_some() {
        begun.extend(last(&|event| matches!(event, Event::ActAsked { .. })));
    }
    begun
}

fn who_of(event: &Event) -> Who {
    match event {
        Event::Requested { by, .. } => Who::of(by),
        Event::CancelAsked { by, reason, .. } | Event::ActAsked { by, reason, .. } => {
            Who::of(by).because(reason.as_deref())
        }
        Event::Witnessed { by, checked, .. } => Who::of(by).because(checked.as_deref()),
        Event::WarningPassed { by, .. } | Event::AmountChangeAsked { by, .. } => Who::of(by),
        Event::Decided { by, reason, .. } => Who::of(by).because(Some(reason)),
        Event::Dispatched
        | Event::Answered { .. }
        | Event::Refused { .. }
        | Event::AnswerLost { .. }
        | Event::Interrupted
        | Event::ArrivedUnseen { .. }
        | Event::Mismatched { .. }
        | Event::Read { .. }
        | Event::ReadingLost { .. }
        | Event::CancelAnswered { .. }
        | Event::ActSent { .. }
        | Event::ActAnswered { .. }
        | Event::ActGivenUp { .. }
        | Event::ReceiptsRead { .. }
        | Event::ProvedAbsent
        | Event::Closed => Who::default(),
    }
}

/// To whom it goes is told where the payment is shown, and not in every line.
fn told_letter(event: &LetterEvent) -> Told {
    match event {
        LetterEvent::Queued { by, .. } => Told::new(AuditKey::LetterQueued, Who::of(by)),
        LetterEvent::Sending => Told::new(AuditKey::LetterSending, Who::default()),
        LetterEvent::Answered { handed } => match handed {
            Handed::Taken => Told::new(AuditKey::LetterTaken, Who::default()),
            Handed::Refused { said } => {
                Told::new(AuditKey::LetterRefused, Who::default()).with("said", said)
            }
            Handed::NotYet { said } => {
                Told::new(AuditKey::LetterNotYet, Who::default()).with("said", said)
            }
            Handed::Doubtful { said } => {
                Told::new(AuditKey::LetterDoubtful, Who::default()).with("said", said)
            }
        },
        LetterEvent::AskedAgain { by } => Told::new(AuditKey::LetterAgain, Who::of(by)),
        LetterEvent::GivenUp => Told::new(AuditKey::LetterGivenUp, Who::default()),
        LetterEvent::Dropped => Told::new(AuditKey::LetterDropped, Who::default()),
    }
}
