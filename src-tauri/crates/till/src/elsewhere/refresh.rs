//! Reading the lists: when somebody looks, and slowly in the background. A sale never waits for it, and
//! what the provider refuses is not asked again soon.

use std::sync::Arc;
use std::time::Duration;

use journal::ReadList;
use payment::failure::BadAnswer;
use payment::{Account, AccountId, Failure, Listed, Provider};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use super::ours::Ours;
use super::pace::Wish;
use crate::accounts::failure_code;
use crate::api::{ApiError, Code, ElsewhereView, LookElsewhereRequest};
use crate::engine::learn::at_least;
use crate::engine::traffic::Purpose;
use crate::till::Till;
use crate::trouble::read_error;
use crate::typed::quarter_of;

/// How far back what was made elsewhere is filled in. Milliseconds.
const SINCE_MS: i64 = 7 * 24 * 60 * 60 * 1_000;

/// The same where the list of a week is longer than anybody walks.
const SHORTER_MS: i64 = 24 * 60 * 60 * 1_000;

/// A list has many pages.
const LIMIT: Duration = Duration::from_secs(60);

/// A till that was just opened has other things to do.
const FIRST: Duration = Duration::from_secs(60);

/// How often it is seen which account's turn it is.
const TICK: Duration = Duration::from_secs(30);

/// The index's file may just be made anew: this often, and with this long between, it is tried again.
const TRIES: u32 = 5;
const TRY_AGAIN: Duration = Duration::from_millis(300);

/// Why a list was not read.
struct Failed {
    code: Code,
    said: String,
    at_least: Option<Duration>,
}

impl From<ApiError> for Failed {
    fn from(error: ApiError) -> Self {
        Self {
            code: error.code,
            said: error.detail.unwrap_or_default(),
            at_least: None,
        }
    }
}

impl From<Failure> for Failed {
    fn from(failure: Failure) -> Self {
        Self {
            code: failure_code(&failure),
            said: failure.said(),
            at_least: at_least(&failure),
        }
    }
}

impl Till {
    /// Begins to read the lists in the background. What it begins holds no till.
    pub(crate) fn look_elsewhere_on_and_on(&self) {
        let till = self.weak();
        let task = tokio::spawn(async move {
            sleep(FIRST).await;
            loop {
                let Some(till) = till() else { return };
                till.read_elsewhere(Wish::Due).await;
                drop(till);
                sleep(TICK).await;
            }
        });
        *self.board.elsewhere.task() = Some(task.abort_handle());
    }

    /// See [`crate::api::COMMANDS`]. Reads the lists that are not fresh, and says what is known of each.
    ///
    /// # Errors
    /// None today: what could not be read is said in the view.
    pub async fn look_elsewhere(
        &self,
        request: LookElsewhereRequest,
    ) -> Result<ElsewhereView, ApiError> {
        let wish = if request.is_pressed {
            Wish::Pressed
        } else {
            Wish::Opened
        };
        self.read_elsewhere(wish).await;
        Ok(self.elsewhere_view())
    }

    async fn read_elsewhere(&self, wish: Wish) {
        let shop = self.board.shop();
        let mut under_way = JoinSet::new();
        for account in &shop.accounts {
            if !account.system.lists_open() || !self.begins_to_read(&account.id, wish) {
                continue;
            }
            let (till, account) = (self.clone(), account.clone());
            under_way.spawn(async move { till.read_list_of(&account).await });
        }
        while under_way.join_next().await.is_some() {}
    }

    /// Two presses read a list once.
    fn begins_to_read(&self, account: &AccountId, wish: Wish) -> bool {
        let mut readings = self.board.elsewhere.lock();
        let reading = readings.entry(account.clone()).or_default();
        let begins = !reading.looking && reading.pace.reads(wish, Instant::now());
        reading.looking |= begins;
        begins
    }

    async fn read_list_of(&self, account: &Account) {
        {
            // A reading that is given up in the middle (the till closes) leaves nobody waiting.
            let _looking = Looking(self, &account.id);
            self.read_and_close(account).await;
        }
        self.tell_overview();
    }

    async fn read_and_close(&self, account: &Account) {
        let read = self.read_list(account).await;
        let now_ms = self.board.clock.now_ms();
        let is_read = read.is_ok();
        {
            let mut readings = self.board.elsewhere.lock();
            let reading = readings.entry(account.id.clone()).or_default();
            match read {
                Ok(()) => {
                    reading.read_at_ms = Some(now_ms);
                    reading.problem = None;
                    reading.pace.succeeded(Instant::now());
                }
                Err(failed) => {
                    reading.problem = Some((failed.code, failed.said));
                    reading.pace.failed(Instant::now(), failed.at_least);
                }
            }
        }
        if is_read {
            self.close_left_open(account).await;
        }
    }

    async fn read_list(&self, account: &Account) -> Result<(), Failed> {
        let line = self.lines.provider(&account.id).await?;
        let now_ms = self.board.clock.now_ms();
        let since_ms = now_ms.saturating_sub(SINCE_MS);
        let (rows, since_ms) = match self.ask_for_list(account, &line, since_ms).await {
            Err(Failure::BadAnswer {
                why: BadAnswer::TooLarge,
            }) => {
                let since_ms = now_ms.saturating_sub(SHORTER_MS);
                (self.ask_for_list(account, &line, since_ms).await?, since_ms)
            }
            read => (read?, since_ms),
        };
        let (till, id) = (self.clone(), account.id.clone());
        let kept = tokio::task::spawn_blocking(move || {
            let ours = Ours {
                journal: &till.board.journal,
                account: &id,
                reference_of: &|key| line.reference(key),
                since_ms,
            };
            let rows = ours.without_ours(rows);
            rows.map(|rows| ReadList {
                account: id.clone(),
                since_ms,
                read_at_ms: now_ms,
                rows,
            })
        });
        let list = kept
            .await
            .map_err(|_| ApiError::new(Code::ElsewhereNotKept))?;
        self.keep(list.map_err(|error| read_error(&error))?).await
    }

    /// The lane of what is withdrawn together: it waits while a sale is at the provider, and for as long
    /// as the provider wants.
    async fn ask_for_list(
        &self,
        account: &Account,
        line: &Arc<dyn Provider>,
        since_ms: i64,
    ) -> Result<Vec<Listed>, Failure> {
        let traffic = Arc::clone(&self.board.traffic);
        let list = async { line.list(since_ms).await };
        traffic
            .pass(account.id.clone(), Purpose::Void, LIMIT, list)
            .await
    }

    async fn keep(&self, list: ReadList) -> Result<(), Failed> {
        let list = Arc::new(list);
        for _ in 0..TRIES {
            let (journal, list) = (self.board.journal.clone(), Arc::clone(&list));
            let kept =
                tokio::task::spawn_blocking(move || journal.keep_elsewhere(&list, quarter_of));
            if matches!(kept.await, Ok(Ok(()))) {
                return Ok(());
            }
            sleep(TRY_AGAIN).await;
        }
        Err(ApiError::new(Code::ElsewhereNotKept).into())
    }
}

/// A list that is being read, until this is dropped.
struct Looking<'a>(&'a Till, &'a AccountId);

impl Drop for Looking<'_> {
    fn drop(&mut self) {
        if let Some(reading) = self.0.board.elsewhere.lock().get_mut(self.1) {
            reading.looking = false;
        }
    }
}
