//! Looking: at payments that were, and at the practice terminals.

use journal::{Cursor, Filter};
use payment::OrderRef;

use crate::api::{
    ApiError, Code, ListPaymentsRequest, PaymentRequest, PaymentView, PaymentsFilter, PaymentsView,
    PracticePressRequest, PracticeTerminalRequest, PracticeTerminalView,
};
use crate::board::read_error;
use crate::ports::PracticeStore;
use crate::till::{Till, order_code, payment_id};

/// Rows of one page of a list.
const PAGE: usize = 50;

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
        let search: String = request.search.trim().chars().take(60).collect();
        let filter = match request.filter {
            PaymentsFilter::Open => Filter::Open,
            PaymentsFilter::All if search.is_empty() => Filter::All,
            PaymentsFilter::All => Filter::Search(search),
        };
        let before = request
            .before
            .map(|text| {
                text.parse()
                    .map(Cursor::at)
                    .map_err(|_| ApiError::new(Code::BadRequest))
            })
            .transpose()?;
        let rows = self
            .board
            .journal
            .recent(&filter, before, PAGE)
            .map_err(|error| read_error(&error))?;
        let full = rows.len() == PAGE;
        let last = rows
            .last()
            .filter(|_| full)
            .map(|summary| summary.cursor.number().to_string());
        Ok(PaymentsView {
            rows: rows.iter().map(|summary| self.board.row(summary)).collect(),
            next: last,
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
        let account = self
            .board
            .practice
            .as_ref()
            .map(|practice| &practice.account);
        account.map_or_else(Vec::new, |account| {
            account
                .terminals
                .iter()
                .map(|terminal| terminal.code.to_string())
                .collect()
        })
    }

    fn practice(&self) -> Result<&PracticeStore, ApiError> {
        self.board
            .practice
            .as_ref()
            .ok_or_else(|| ApiError::new(Code::PracticeMissing))
    }
}
