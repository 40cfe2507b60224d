//! The day: what was taken and given back, by currency, account, card machine and cashier, while it goes on
//! (an X report) and once it is closed (a Z report).
//!
//! [`count`] and [`show`] are pure. A close is one fact; nothing opens a day again.

mod again;
mod count;
mod paper;
mod show;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use journal::{Entry, Fact};
use payment::{DayClose, Payment, PaymentId, ShopEvent};

use crate::api::{
    ApiError, CloseDayRequest, Code, DayBlockView, DayFileRequest, DayReportRequest, DayRequest,
    DayView, DaysView, FileView, HeadMemory, ListDaysRequest,
};
use crate::paper::{Sheet, Words, pages};
use crate::tell;
use crate::till::Till;
use crate::trouble::read_error;
use again::{Again, could_turn};
use count::{Open, Place, count};
use show::Report;

/// Days of the list.
const LISTED_MAX: usize = 366;

/// Which entries a day counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Range {
    number: u32,
    /// The first.
    from: u64,
    /// The last.
    to: u64,
}

impl Till {
    /// See [`crate::api::COMMANDS`].
    ///
    /// # Errors
    /// What the journal cannot read.
    pub async fn day_report(&self, request: DayReportRequest) -> Result<DayView, ApiError> {
        let checks = if request.check {
            self.check_lists().await
        } else {
            Vec::new()
        };
        let open = self.open_of_day()?;
        let close = DayClose {
            checks,
            ..self.count_day(&open)?
        };
        self.view_day(&close, false, &open)
    }

    /// See [`crate::api::COMMANDS`]. First what had ended unpaid is read once more. What is counted is
    /// what the journal has, whatever the clock says.
    ///
    /// # Errors
    /// [`Code::DayMoved`] for another number than the day has; [`Code::DayBlocked`] where something is not
    /// known yet or live; what the journal refuses.
    pub async fn close_day(&self, request: CloseDayRequest) -> Result<DayView, ApiError> {
        let _one_at_a_time = self.board.closing.lock().await;
        self.board.refuse_if_troubled().await?;
        let range = self.day_range()?;
        if request.number != range.number {
            return Err(ApiError::with(Code::DayMoved, range.number));
        }
        self.refuse_blocked()?;
        let again = self.read_the_day_again(range).await?;
        let checks = self.check_lists().await;
        let recalled = self.recall().await;
        let key = self.head_key().await;
        // Nothing is awaited from here to the count: what is signed is what was counted.
        let open = self.refuse_blocked()?;
        let mut close = self.count_day(&open)?;
        close.checks = checks;
        close.read_again = again.read;
        close.unread = again.unread;
        close.replaced = recalled.memory == HeadMemory::Differs;
        let hash = self.board.journal.hash_at(close.to);
        let hash = hash.map_err(|error| read_error(&error))?;
        if let (Some(key), Some(hash)) = (key, hash) {
            close.signature = Some(key.sign(close.to, &hash));
            close.public_key = Some(key.public());
        }
        let event = ShopEvent::DayClosed {
            close: Box::new(close.clone()),
        };
        self.board.write_shop(event).await?;
        self.remember().await;
        self.view_day(&close, true, &[])
    }

    /// See [`crate::api::COMMANDS`].
    ///
    /// # Errors
    /// What the journal cannot read.
    pub async fn list_days(&self, _: ListDaysRequest) -> Result<DaysView, ApiError> {
        let closes = self.closes()?;
        let newest = closes.iter().rev().take(LISTED_MAX);
        Ok(DaysView {
            rows: newest.map(show::head).collect(),
        })
    }

    /// See [`crate::api::COMMANDS`].
    ///
    /// # Errors
    /// [`Code::DayUnknown`]; what the journal cannot read.
    pub async fn show_day(&self, request: DayRequest) -> Result<DayView, ApiError> {
        let closes = self.closes()?;
        let close = closes.iter().find(|close| close.number == request.number);
        let close = close.ok_or_else(|| ApiError::new(Code::DayUnknown))?;
        self.view_day(close, true, &[])
    }

    /// See [`crate::api::COMMANDS`].
    ///
    /// # Errors
    /// [`Code::DayUnknown`]; [`Code::FileNotSaved`]; what the journal cannot read.
    pub async fn day_file(&self, request: DayFileRequest) -> Result<FileView, ApiError> {
        let (name, view) = match request.number {
            Some(number) => {
                let view = self.show_day(DayRequest { number }).await?;
                (format!("day-{number:04}.pdf"), view)
            }
            None => {
                let check = DayReportRequest { check: false };
                let view = self.day_report(check).await?;
                (format!("day-{:04}-so-far.pdf", view.number), view)
            }
        };
        let zone = TimeZone::system();
        let lines = paper::lines(&view, &request.words, &zone);
        let words = Words(&request.words);
        let bytes = pages(Sheet::Upright, &lines, |page, of| words.foot(page, of));
        self.hand_out(name, &bytes, request.is_saved)
    }

    /// The numbers of the day that goes on.
    fn day_range(&self) -> Result<Range, ApiError> {
        let last = self.board.shop().day;
        let (number, to) = last.map_or((0, 0), |last| (last.number, last.to));
        let last_seq = self.board.journal.last_seq();
        Ok(Range {
            number: number.saturating_add(1),
            from: to.saturating_add(1),
            to: last_seq.map_err(|error| read_error(&error))?,
        })
    }

    /// The whole stories of every payment that a day touches.
    fn stories_of(&self, range: Range) -> Result<BTreeMap<PaymentId, Vec<Entry>>, ApiError> {
        let journal = &self.board.journal;
        let entries = journal.entries_between(range.from.saturating_sub(1), range.to);
        let mut stories = count::stories(entries.map_err(|error| read_error(&error))?);
        for (id, story) in &mut stories {
            let begins = story.first().is_some_and(|entry| match &entry.fact {
                Fact::Payment { event, .. } => matches!(event, payment::Event::Requested { .. }),
                Fact::Shop(_) => false,
            });
            if !begins {
                let whole = journal.timeline(*id).map_err(|error| read_error(&error))?;
                *story = whole
                    .into_iter()
                    .filter(|entry| entry.seq <= range.to)
                    .collect();
            }
        }
        Ok(stories)
    }

    async fn read_the_day_again(&self, range: Range) -> Result<Again, ApiError> {
        let mut ended = Vec::new();
        for id in self.stories_of(range)?.into_keys() {
            let payment = self.board.payment(id)?;
            if could_turn(&payment) {
                ended.push(payment);
            }
        }
        Ok(self.read_again(ended).await)
    }

    /// What is open now, as the journal has it: that is what is counted.
    fn open_of_day(&self) -> Result<Vec<Open>, ApiError> {
        let journal = &self.board.journal;
        let open = journal
            .open_payments()
            .map_err(|error| read_error(&error))?;
        let acting = journal
            .acting_payments()
            .map_err(|error| read_error(&error))?;
        let open = open.into_iter().filter_map(Open::of);
        Ok(open
            .chain(acting.into_iter().filter_map(Open::acting))
            .collect())
    }

    fn refuse_blocked(&self) -> Result<Vec<Open>, ApiError> {
        let open = self.open_of_day()?;
        match open.iter().filter(|one| one.kind.blocks()).count() {
            0 => Ok(open),
            count => Err(ApiError::with(Code::DayBlocked, count)),
        }
    }

    /// The day so far, as a close would have it.
    fn count_day(&self, open: &[Open]) -> Result<DayClose, ApiError> {
        let range = self.day_range()?;
        let shop = self.board.shop();
        let place = |payment: &Payment| {
            let (account_name, practice, place) = tell::place_of(&shop, payment);
            Place {
                practice,
                account_name,
                place,
            }
        };
        let zone = TimeZone::system();
        let totals = count(&self.stories_of(range)?, range.from, open, &zone, place);
        let journal = &self.board.journal;
        let opened_at_ms = journal
            .first_time_after(range.from.saturating_sub(1))
            .map_err(|error| read_error(&error))?;
        let hash = journal
            .hash_at(range.to)
            .map_err(|error| read_error(&error))?;
        let now_ms = self.board.clock.now_ms();
        Ok(DayClose {
            number: range.number,
            from: range.from,
            to: range.to,
            opened_at_ms: opened_at_ms.unwrap_or(now_ms),
            closed_at_ms: now_ms,
            by: self.actor(),
            totals,
            checks: Vec::new(),
            read_again: 0,
            unread: 0,
            head: hash.map(|hash| hash.to_string()).unwrap_or_default(),
            public_key: None,
            signature: None,
            replaced: false,
        })
    }

    /// Every day that was closed, oldest first.
    fn closes(&self) -> Result<Vec<DayClose>, ApiError> {
        let story = self.board.journal.shop_story();
        let story = story.map_err(|error| read_error(&error))?;
        let closes = story.into_iter().filter_map(|entry| match entry.fact {
            Fact::Shop(ShopEvent::DayClosed { close }) => Some(*close),
            Fact::Shop(_) | Fact::Payment { .. } => None,
        });
        Ok(closes.collect())
    }

    fn view_day(
        &self,
        close: &DayClose,
        is_closed: bool,
        open: &[Open],
    ) -> Result<DayView, ApiError> {
        let mut blocked = Vec::new();
        for one in open.iter().filter(|one| one.kind.blocks()) {
            let summary = self.board.journal.summary(one.payment.id);
            let summary = summary.map_err(|error| read_error(&error))?;
            blocked.extend(summary.map(|summary| DayBlockView {
                kind: one.kind,
                row: self.board.row(&summary),
            }));
        }
        let report = Report {
            close,
            is_closed,
            blocked,
            closes: &self.closes()?,
            zone: &TimeZone::system(),
        };
        Ok(show::view(report))
    }
}
