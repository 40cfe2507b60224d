//! Withdrawing what stands open at a provider and is none of this till's payments: read, asked for,
//! read again.

use std::sync::Arc;
use std::time::Duration;

use payment::{
    AccountId, Actor, BatchId, Failure, IntentId, Provider, ShopEvent, Standing, VoidEvent,
};
use tokio::time::sleep;

use crate::api::ApiError;
use crate::engine::drive::ANSWER_LIMIT;
use crate::engine::traffic::Purpose;
use crate::till::Till;

/// Readings after the cancel, before the line is left as not done.
const READINGS: u32 = 4;

/// Between two of them.
const READ_AGAIN: Duration = Duration::from_secs(1);

/// Which line of which batch.
pub(super) struct Place<'a> {
    pub batch: BatchId,
    pub line: usize,
    pub account: &'a AccountId,
    pub intent: &'a IntentId,
}

impl Till {
    /// Withdraws one. A reading comes before, so that what was done before a crash is not done again,
    /// and a reading decides. Who wanted it is durable before it is asked for.
    pub(super) async fn withdraw_leftover(
        &self,
        place: Place<'_>,
        by: Actor,
        was_asked: bool,
    ) -> Result<(), ApiError> {
        let line = self.lines.provider(place.account).await?;
        let before = self.read_leftover(&line, &place).await.ok();
        if before.is_none_or(is_over) {
            return self.note_leftover(&place, before, was_asked).await;
        }
        self.board
            .write_shop(ShopEvent::LeftoverClosed {
                account: place.account.clone(),
                intent: place.intent.clone(),
                by,
                batch: Some(place.batch),
            })
            .await?;
        // Whatever it answers, only a reading decides.
        let _ = self
            .pass(&place, async { line.cancel(place.intent).await })
            .await;
        let mut after = None;
        for reading in 0..READINGS {
            if reading > 0 {
                sleep(READ_AGAIN).await;
            }
            after = self.read_leftover(&line, &place).await.ok().or(after);
            if after.is_some_and(is_over) {
                break;
            }
        }
        self.note_leftover(&place, after, true).await
    }

    async fn read_leftover(
        &self,
        line: &Arc<dyn Provider>,
        place: &Place<'_>,
    ) -> Result<Standing, Failure> {
        let seen = self
            .pass(place, async { line.read(place.intent).await })
            .await?;
        Ok(seen.standing)
    }

    async fn pass<T>(
        &self,
        place: &Place<'_>,
        flight: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, Failure> {
        let traffic = Arc::clone(&self.board.traffic);
        let account = place.account.clone();
        traffic
            .pass(account, Purpose::Void, ANSWER_LIMIT, flight)
            .await
    }

    async fn note_leftover(
        &self,
        place: &Place<'_>,
        standing: Option<Standing>,
        asked: bool,
    ) -> Result<(), ApiError> {
        if let Some(standing) = standing {
            let (journal, now_ms) = (&self.board.journal, self.board.clock.now_ms());
            // Where that fails the next list says it.
            let _ = journal.note_elsewhere(place.account, place.intent, standing, now_ms);
        }
        let line = u32::try_from(place.line).unwrap_or(u32::MAX);
        let event = VoidEvent::LeftoverRead {
            line,
            standing,
            asked,
        };
        let batch = place.batch;
        self.board
            .write_shop(ShopEvent::Void { batch, event })
            .await
    }
}

/// Nothing is left to withdraw.
const fn is_over(standing: Standing) -> bool {
    match standing {
        Standing::Paid
        | Standing::Declined
        | Standing::Cancelled
        | Standing::Expired
        | Standing::PartlyRefunded
        | Standing::Refunded => true,
        Standing::Waiting
        | Standing::Processing
        | Standing::NeedsCashier
        | Standing::Authorised
        | Standing::Unconfirmed
        | Standing::Unrecognised => false,
    }
}
