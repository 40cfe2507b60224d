//! The last look before money moves: whether this may be a mistake, said once, and gone past by one
//! deliberate press of which the journal keeps who made it.

use journal::Fact;
use money::Money;
use payment::{Account, Actor, Event, OrderRef, PaymentId, Warning, Way};

use crate::api::{
    ApiError, ChargeAnywayRequest, Code, MoneyView, PaymentView, ShowWarningsRequest, WarningKind,
    WarningView, WarningsView,
};
use crate::radar::{Before, Wanted, is_written_alike, twin, unusual};
use crate::till::Till;
use crate::trouble::read_error;

/// So many payments back a second one of the same purchase is looked for.
const LOOKS_BACK: usize = 200;

/// So many payments back it is learned what is usual.
const LEARNS_FROM: usize = 400;

/// So many warnings may be gone past at once: more is nobody's press.
const PAST_LIMIT: usize = 16;

impl Till {
    /// See [`crate::api::COMMANDS`].
    ///
    /// # Errors
    /// As [`Till::start_charge`]; [`Code::ChargeWarned`] where something speaks against it that was not
    /// among what was seen.
    pub async fn charge_anyway(
        &self,
        request: ChargeAnywayRequest,
    ) -> Result<PaymentView, ApiError> {
        let past = past(&request.past)?;
        self.start(request.charge, &past).await
    }

    /// See [`crate::api::COMMANDS`].
    ///
    /// # Errors
    /// [`Code::BadRequest`] for what names no warning; [`Code::PaymentUnknown`].
    pub async fn show_warnings(
        &self,
        request: ShowWarningsRequest,
    ) -> Result<WarningsView, ApiError> {
        let warnings = past(&request.warnings)?;
        let warnings: Result<Vec<WarningView>, ApiError> = warnings
            .iter()
            .map(|warning| self.warning_view(warning))
            .collect();
        Ok(WarningsView {
            warnings: warnings?,
        })
    }

    fn warning_view(&self, warning: &Warning) -> Result<WarningView, ApiError> {
        let (kind, usual) = match warning {
            Warning::UnresolvedTwin { .. } => (WarningKind::UnresolvedTwin, None),
            Warning::SameOrder { .. } => (WarningKind::SameOrder, None),
            Warning::SameAmount { .. } => (WarningKind::SameAmount, None),
            Warning::UnusualAmount { times: 100, usual } => {
                (WarningKind::UnusualHundred, Some(*usual))
            }
            Warning::UnusualAmount { usual, .. } => (WarningKind::UnusualTen, Some(*usual)),
        };
        let twin = match warning.payment() {
            Some(id) => {
                let summary = self.board.journal.summary(id);
                let summary = summary.map_err(|error| read_error(&error))?;
                let summary = summary.ok_or_else(|| ApiError::new(Code::PaymentUnknown))?;
                Some(self.board.row(&summary))
            }
            None => None,
        };
        Ok(WarningView {
            name: warning.to_string(),
            kind,
            twin,
            usual: usual.map(MoneyView::from),
        })
    }

    /// What speaks against a charge, the gravest first; of each kind the newest.
    pub(crate) fn warnings(
        &self,
        order: &OrderRef,
        amount: Money,
        account: &Account,
        way: &Way,
    ) -> Result<Vec<Warning>, ApiError> {
        if way.return_terms().is_some() {
            return Ok(Vec::new());
        }
        let wanted = Wanted {
            order,
            amount,
            account: &account.id,
            way,
            now_ms: self.board.clock.now_ms(),
        };
        let twins = self.twins_of(wanted)?;
        let first = |is_it: fn(&Warning) -> bool| twins.iter().find(|one| is_it(one)).copied();
        let paid = self
            .board
            .journal
            .paid_lately(amount.currency(), LEARNS_FROM)
            .map_err(|error| read_error(&error))?;
        let all = [
            first(|one| matches!(one, Warning::UnresolvedTwin { .. })),
            first(|one| matches!(one, Warning::SameOrder { .. })),
            first(|one| matches!(one, Warning::SameAmount { .. })),
            unusual(amount, &paid),
        ];
        Ok(all.into_iter().flatten().collect())
    }

    /// What is open, however old, and what was charged lately.
    fn twins_of(&self, wanted: Wanted<'_>) -> Result<Vec<Warning>, ApiError> {
        let board = &self.board;
        let mut twins = Vec::new();
        for payment in board.open_payments() {
            let made_at_ms = payment.id.made_at_ms();
            twins.extend(twin(
                wanted,
                Before {
                    payment: &payment,
                    requested_at_ms: made_at_ms,
                    ended_at_ms: None,
                },
            ));
        }
        let newest = board.journal.newest(LOOKS_BACK);
        for brief in newest.map_err(|error| read_error(&error))? {
            let may_be =
                brief.amount == wanted.amount || is_written_alike(wanted.order, &brief.order);
            if !may_be {
                continue;
            }
            let payment = board.payment(brief.id)?;
            twins.extend(twin(
                wanted,
                Before {
                    payment: &payment,
                    requested_at_ms: brief.requested_at_ms,
                    ended_at_ms: brief.ended_at_ms,
                },
            ));
        }
        Ok(twins)
    }

    /// The facts that somebody saw these warnings and went on. Durable with the request.
    pub(crate) fn went_past(
        &self,
        id: PaymentId,
        warnings: &[Warning],
        by: &Actor,
    ) -> Result<Vec<Fact>, ApiError> {
        let facts = warnings.iter().map(|warning| {
            let order = match warning.payment() {
                Some(twin) => Some(self.board.payment(twin)?.order),
                None => None,
            };
            let event = Event::WarningPassed {
                warning: *warning,
                order,
                by: by.clone(),
            };
            Ok(Fact::Payment { id, event })
        });
        facts.collect()
    }
}

/// Refuses what was not seen.
pub(crate) fn refuse_unseen(warnings: &[Warning], past: &[Warning]) -> Result<(), ApiError> {
    let is_seen = |warning: &Warning| past.iter().any(|seen| warning.is_seen_in(seen));
    if warnings.iter().all(is_seen) {
        return Ok(());
    }
    let names: Vec<String> = warnings.iter().map(Warning::to_string).collect();
    Err(ApiError::with(Code::ChargeWarned, names.join(" ")))
}

/// The warnings of these names.
pub(crate) fn past(names: &[String]) -> Result<Vec<Warning>, ApiError> {
    if names.len() > PAST_LIMIT {
        return Err(ApiError::new(Code::BadRequest));
    }
    let named = names.iter().map(|name| name.parse());
    let named: Result<Vec<Warning>, payment::NoWarning> = named.collect();
    named.map_err(|_| ApiError::new(Code::BadRequest))
}
