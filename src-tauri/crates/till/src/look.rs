//! Looking: at payments that were, and at the practice terminals.

use journal::{Elsewhere, Scope, Search};
use payment::{OrderRef, Payment};

use crate::api::{
    ApiError, Code, ListPaymentsRequest, MoneyView, PaymentRequest, PaymentView, PaymentsFilter,
    PaymentsView, PracticePagePressRequest, PracticePageView, PracticePressRequest,
    PracticeTerminalRequest, PracticeTerminalView,
};
use crate::elsewhere::{Both, Pages, Row, merge};
use crate::ports::PracticeStore;
use crate::till::{Till, order_code, payment_id};
use crate::trouble::read_error;
use crate::typed;

/// Rows of one page of a list.
const PAGE: usize = 50;

/// Characters of a search: an address that was scanned is long.
const SEARCH_LIMIT: usize = 200;

/// What "soon" is for a link.
const EXPIRING_MINUTES: u32 = 60;

impl Till {
    /// See [`crate::api::COMMANDS`].
    ///
    /// # Errors
    /// [`Code::PaymentUnknown`].
    pub async fn show_payment(&self, request: PaymentRequest) -> Result<PaymentView, ApiError> {
        let payment = self.board.payment(payment_id(&request.payment)?)?;
        self.board.view(&payment)
    }

    /// See [`crate::api::COMMANDS`].
    ///
    /// # Errors
    /// [`Code::BadRequest`] for a page that is none; what the journal cannot read.
    pub async fn list_payments(
        &self,
        request: ListPaymentsRequest,
    ) -> Result<PaymentsView, ApiError> {
        let search: String = request.search.chars().take(SEARCH_LIMIT).collect();
        let scope = match request.filter {
            PaymentsFilter::All
            | PaymentsFilter::Duplicates
            | PaymentsFilter::Expiring
            | PaymentsFilter::Elsewhere => Scope::All,
            PaymentsFilter::Open => Scope::Open,
            PaymentsFilter::NotKnown => Scope::NotKnown,
            PaymentsFilter::Today => Scope::Since(typed::day_began_ms(self.board.clock.now_ms())),
        };
        let search = Search {
            words: typed::words(&search, &self.board.shop()),
            scope,
            quarter_of: typed::quarter_of,
        };
        let before = match &request.before {
            Some(text) => Both::read(text)?,
            None => Both::FIRST,
        };
        match request.filter {
            PaymentsFilter::Duplicates => {
                let (payments, elsewhere) = self.twins()?;
                self.rows_of(payments, elsewhere, &search)
            }
            PaymentsFilter::Expiring => {
                self.rows_of(self.expiring(EXPIRING_MINUTES)?, Vec::new(), &search)
            }
            PaymentsFilter::Elsewhere => Ok(self.page_of(&search, before, false)?),
            PaymentsFilter::All
            | PaymentsFilter::Open
            | PaymentsFilter::NotKnown
            | PaymentsFilter::Today => Ok(self.page_of(&search, before, true)?),
        }
    }

    /// A page of what was made elsewhere, and of this till's own where those are wanted.
    fn page_of(
        &self,
        search: &Search,
        before: Both,
        wants_ours: bool,
    ) -> Result<PaymentsView, ApiError> {
        let (ours, ours_next) = if wants_ours {
            let page = self.board.journal.search(search, Some(before.ours), PAGE);
            let page = page.map_err(|error| read_error(&error))?;
            (page.rows, page.next)
        } else {
            (Vec::new(), None)
        };
        let theirs = self.elsewhere_page(search, before.theirs, PAGE);
        let pages = Pages {
            before,
            ours,
            ours_next,
            theirs_more: theirs.len() >= PAGE,
            theirs,
        };
        let (rows, next) = merge(pages, PAGE);
        Ok(PaymentsView {
            rows: rows.iter().map(|row| self.row_of(row)).collect(),
            next: next.map(Both::text),
        })
    }

    /// Payments that a rule found, all of them: they are few.
    fn rows_of(
        &self,
        payments: Vec<Payment>,
        elsewhere: Vec<Elsewhere>,
        search: &Search,
    ) -> Result<PaymentsView, ApiError> {
        let mut rows = Vec::with_capacity(payments.len());
        for payment in payments {
            let summary = self.board.journal.summary(payment.id);
            let summary = summary.map_err(|error| read_error(&error))?;
            let meant = summary.filter(|row| search.finds(&row.payment, row.requested_at_ms));
            rows.extend(meant.map(|row| Row::Ours(Box::new(row))));
        }
        let meant = |row: &Elsewhere| search.finds_elsewhere(row);
        let elsewhere = elsewhere.into_iter().filter(meant);
        rows.extend(elsewhere.map(|row| Row::Theirs(Box::new(row))));
        // Stable: those of this till keep their order in a moment.
        rows.sort_by_key(|row| std::cmp::Reverse(row.at_ms()));
        Ok(PaymentsView {
            rows: rows.iter().map(|row| self.row_of(row)).collect(),
            next: None,
        })
    }

    /// The newest payment of an order, for the command line.
    ///
    /// # Errors
    /// [`Code::OrderUnknown`].
    pub async fn show_order(&self, order: &str) -> Result<PaymentView, ApiError> {
        let order = OrderRef::new(order).map_err(|error| ApiError::new(order_code(error)))?;
        let payments = self
            .board
            .journal
            .payments_of(&order)
            .map_err(|error| read_error(&error))?;
        let newest = payments
            .last()
            .ok_or_else(|| ApiError::new(Code::OrderUnknown))?;
        self.board.view(&self.board.payment(newest.id)?)
    }

    /// See [`crate::api::COMMANDS`].
    ///
    /// # Errors
    /// [`Code::PracticeMissing`], [`Code::TerminalUnknown`].
    pub async fn practice_terminal(
        &self,
        request: PracticeTerminalRequest,
    ) -> Result<PracticeTerminalView, ApiError> {
        self.practice()?
            .controls
            .terminal(&request.terminal)
            .ok_or_else(|| ApiError::new(Code::TerminalUnknown))
    }

    /// See [`crate::api::COMMANDS`].
    ///
    /// # Errors
    /// [`Code::PracticeRefused`] where the button does nothing now.
    pub async fn practice_press(
        &self,
        request: PracticePressRequest,
    ) -> Result<PracticeTerminalView, ApiError> {
        self.practice()?
            .controls
            .press(&request.terminal, request.press)?;
        self.practice_terminal(PracticeTerminalRequest {
            terminal: request.terminal,
        })
        .await
    }

    /// The codes of the practice terminals.
    #[must_use]
    pub fn practice_terminals(&self) -> Vec<String> {
        let accounts = self.board.practice.iter();
        accounts
            .flat_map(|practice| &practice.accounts)
            .flat_map(|account| &account.terminals)
            .map(|terminal| terminal.code.to_string())
            .collect()
    }

    /// See [`crate::api::COMMANDS`].
    ///
    /// # Errors
    /// [`Code::PracticeMissing`] where the payment has no practice page.
    pub async fn practice_page(
        &self,
        request: PaymentRequest,
    ) -> Result<PracticePageView, ApiError> {
        let payment = self.board.payment(payment_id(&request.payment)?)?;
        let page = self
            .practice()?
            .controls
            .page(payment.key.as_str())
            .ok_or_else(|| ApiError::new(Code::PracticeMissing))?;
        Ok(PracticePageView {
            payment: payment.id.to_string(),
            amount: MoneyView::from(payment.amount),
            description: page.description,
            paid: page.paid,
            presses: page.presses,
        })
    }

    /// See [`crate::api::COMMANDS`].
    ///
    /// # Errors
    /// [`Code::PracticeRefused`] where the button does nothing now.
    pub async fn practice_page_press(
        &self,
        request: PracticePagePressRequest,
    ) -> Result<PracticePageView, ApiError> {
        let payment = self.board.payment(payment_id(&request.payment)?)?;
        self.practice()?
            .controls
            .press_page(payment.key.as_str(), request.press)?;
        self.practice_page(PaymentRequest {
            payment: request.payment,
        })
        .await
    }

    fn practice(&self) -> Result<&PracticeStore, ApiError> {
        self.board
            .practice
            .as_ref()
            .ok_or_else(|| ApiError::new(Code::PracticeMissing))
    }
}
