//! Accounts, looks and names; how the machine is.

use std::collections::BTreeSet;

use payment::failure::NotSent;
use payment::ids::NameError;
use payment::{Account, AccountId, Failure, OrderRef, ShopEvent, System, Terminal, TerminalCode};
use secrets::Secret;
use tokio::time::Instant;

use crate::api::{
    AccountRequest, AccountTestView, AccountView, ApiError, ChooseLookRequest, Code,
    DiagnoseRequest, DiagnosisView, FindingView, NameCashierRequest, Notice, OverviewRequest,
    OverviewView, SaveAccountRequest, TerminalInput, TerminalView,
};
use crate::board::read_error;
use crate::tell;
use crate::till::{COMPAGO_CURRENCY, Till};

/// Characters of an account's name.
const ACCOUNT_NAME_LIMIT: usize = 60;
/// Characters of a terminal's or a cashier's name.
const SHORT_NAME_LIMIT: usize = 40;
/// Terminals of one account.
const TERMINALS_LIMIT: usize = 40;
/// The order number suggested to a till that has none yet.
const FIRST_ORDER: &str = "1001";

impl Till {
    /// See [`crate::api::COMMANDS`].
    ///
    /// # Errors
    /// What the journal cannot read.
    pub async fn overview(&self, _: OverviewRequest) -> Result<OverviewView, ApiError> {
        let mut view = self.quick_overview()?;
        for account in view.accounts.iter_mut().filter(|account| !account.practice) {
            if let Ok(id) = AccountId::new(&account.id) {
                account.has_key = self.lines.has_key(&id).await.ok();
            }
        }
        Ok(view)
    }

    /// The overview without asking the keychain, which may take its time.
    fn quick_overview(&self) -> Result<OverviewView, ApiError> {
        let shop = self.board.shop();
        let only_practice = shop.accounts.iter().all(|account| account.practice);
        let open = self.rows(self.board.open_payments().iter().map(|payment| payment.id))?;
        let alarms = self.rows(self.board.late().into_iter())?;
        let suggested = self.suggested_order()?;
        Ok(OverviewView {
            accounts: shop
                .accounts
                .iter()
                .map(|account| self.account_view(account, None))
                .collect(),
            terminals: shop
                .accounts
                .iter()
                .flat_map(|account| self.terminals(account))
                .collect(),
            language: shop.language,
            theme: shop.theme,
            cashier: shop.cashier,
            only_practice,
            open,
            alarms,
            suggested_order: suggested,
            trouble: self.board.trouble(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        })
    }

    /// Pushes the overview, after something in it changed.
    pub(crate) fn tell_overview(&self) {
        match self.quick_overview() {
            Ok(view) => self.board.push(&Notice::Overview {
                view: Box::new(view),
            }),
            Err(error) => tracing::error!(code = error.code.name(), "no overview"),
        }
    }

    fn rows(
        &self,
        ids: impl Iterator<Item = payment::PaymentId>,
    ) -> Result<Vec<crate::api::PaymentRowView>, ApiError> {
        let shop = self.board.shop();
        ids.map(|id| {
            let payment = self.board.payment(id)?;
            let entries = self
                .board
                .journal
                .timeline(id)
                .map_err(|error| read_error(&error))?;
            let requested_at_ms = entries.first().map_or(0, |entry| entry.at_ms);
            Ok(tell::row_view(&shop, &payment, requested_at_ms))
        })
        .collect()
    }

    fn terminals(&self, account: &Account) -> Vec<TerminalView> {
        let open = self.board.open_payments();
        let busy_with = |code: &TerminalCode| {
            open.iter()
                .find(|payment| payment.account == account.id && payment.terminal == *code)
                .map(|payment| payment.id.to_string())
        };
        account
            .terminals
            .iter()
            .map(|terminal| TerminalView {
                account: account.id.to_string(),
                account_name: account.name.clone(),
                code: terminal.code.to_string(),
                label: terminal.label.clone(),
                busy_with: busy_with(&terminal.code),
                practice: account.practice,
            })
            .collect()
    }

    fn account_view(&self, account: &Account, has_key: Option<bool>) -> AccountView {
        AccountView {
            id: account.id.to_string(),
            name: account.name.clone(),
            system: account.system,
            base_url: account.base_url.clone(),
            currency: account.currency.code().to_owned(),
            has_key,
            practice: account.practice,
            terminals: self.terminals(account),
        }
    }

    /// The number after the last order's, if it ends in one and is free.
    fn suggested_order(&self) -> Result<String, ApiError> {
        let journal = &self.board.journal;
        let last = journal.last_order().map_err(|error| read_error(&error))?;
        let mut candidate =
            last.map_or_else(|| FIRST_ORDER.to_owned(), |last| following(last.as_str()));
        // A few numbers may have been used out of turn; do not search for ever.
        for _ in 0..20 {
            let Ok(order) = OrderRef::new(&candidate) else {
                return Ok(String::new());
            };
            if journal
                .payments_of(&order)
                .map_err(|error| read_error(&error))?
                .is_empty()
            {
                return Ok(candidate);
            }
            candidate = following(&candidate);
        }
        Ok(String::new())
    }

    /// See [`crate::api::COMMANDS`]. The key goes straight to the keychain, before the account is
    /// written down, so that an account in the list always had its key accepted.
    ///
    /// # Errors
    /// What is wrong with name, address, key or terminals; what the keychain says.
    pub async fn save_account(&self, request: SaveAccountRequest) -> Result<AccountView, ApiError> {
        let known = request
            .account
            .as_deref()
            .map(|id| self.account(id))
            .transpose()?;
        if known.as_ref().is_some_and(|account| account.practice) {
            return Err(ApiError::new(Code::AccountIsPractice));
        }
        let name = bounded(&request.name, ACCOUNT_NAME_LIMIT)?;
        let base_url = self
            .lines
            .check_address(&request.base_url)
            .map_err(ApiError::new)?;
        let terminals = terminals_from(request.terminals)?;
        let key = request
            .key
            .map(|key| Secret::new(&key.into_text()).map_err(|_| ApiError::new(Code::KeyInvalid)))
            .transpose()?;
        let id = match &known {
            Some(account) => account.id.clone(),
            None => self.new_account_id(&name)?,
        };
        match key {
            Some(key) => self.lines.store_key(&id, key).await?,
            None if known.is_none() => return Err(ApiError::new(Code::KeyMissing)),
            None => {}
        }
        let account = Account {
            id: id.clone(),
            name,
            system: System::Compago,
            base_url,
            currency: COMPAGO_CURRENCY,
            terminals,
            practice: false,
        };
        self.board
            .write_shop(ShopEvent::AccountSaved {
                account: account.clone(),
            })
            .await?;
        self.lines.forget(&id);
        self.tell_overview();
        Ok(self.account_view(&account, self.lines.has_key(&id).await.ok()))
    }

    fn new_account_id(&self, name: &str) -> Result<AccountId, ApiError> {
        let slug: String = name
            .to_lowercase()
            .chars()
            .map(|character| {
                if character.is_ascii_alphanumeric() {
                    character
                } else {
                    '-'
                }
            })
            .take(40)
            .collect();
        let slug = slug.trim_matches('-');
        let slug = if slug.is_empty() { "account" } else { slug };
        let taken: BTreeSet<String> = self
            .board
            .shop()
            .accounts
            .iter()
            .map(|account| account.id.to_string())
            .collect();
        (1..1000)
            .map(|number| {
                if number == 1 {
                    slug.to_owned()
                } else {
                    format!("{slug}-{number}")
                }
            })
            .find(|candidate| !taken.contains(candidate))
            .and_then(|candidate| AccountId::new(&candidate).ok())
            .ok_or_else(|| ApiError::new(Code::NameBadCharacters))
    }

    /// See [`crate::api::COMMANDS`].
    ///
    /// # Errors
    /// [`Code::AccountInUse`] while payments of it are open: they could not be asked about.
    pub async fn remove_account(&self, request: AccountRequest) -> Result<OverviewView, ApiError> {
        let account = self.account(&request.account)?;
        if account.practice {
            return Err(ApiError::new(Code::AccountIsPractice));
        }
        // The journal and not the board: a till that takes nothing up has the one and not the other.
        let open = self
            .board
            .journal
            .open_payments()
            .map_err(|error| read_error(&error))?;
        if open.iter().any(|payment| payment.account == account.id) {
            return Err(ApiError::new(Code::AccountInUse));
        }
        self.lines.remove_key(&account.id).await?;
        self.board
            .write_shop(ShopEvent::AccountRemoved {
                account: account.id.clone(),
            })
            .await?;
        self.lines.forget(&account.id);
        self.tell_overview();
        self.overview(OverviewRequest {}).await
    }

    /// See [`crate::api::COMMANDS`].
    ///
    /// # Errors
    /// [`Code::AccountUnknown`]; a failing test is an answer, not an error.
    pub async fn test_account(&self, request: AccountRequest) -> Result<AccountTestView, ApiError> {
        let account = self.account(&request.account)?;
        let started = Instant::now();
        self.lines.forget(&account.id);
        let problem = match self.lines.provider(&account.id).await {
            Err(error) => Some(error.code),
            Ok(line) => line
                .check()
                .await
                .err()
                .map(|failure| failure_code(&failure)),
        };
        let took_ms = u32::try_from(started.elapsed().as_millis()).unwrap_or(u32::MAX);
        Ok(AccountTestView {
            ok: problem.is_none(),
            problem,
            took_ms,
        })
    }

    /// See [`crate::api::COMMANDS`].
    ///
    /// # Errors
    /// What the journal refuses.
    pub async fn choose_look(&self, request: ChooseLookRequest) -> Result<OverviewView, ApiError> {
        let ChooseLookRequest { language, theme } = request;
        self.board
            .write_shop(ShopEvent::LookChosen { language, theme })
            .await?;
        self.tell_overview();
        self.overview(OverviewRequest {}).await
    }

    /// See [`crate::api::COMMANDS`].
    ///
    /// # Errors
    /// [`Code::NameTooLong`], [`Code::NameBadCharacters`], [`Code::NameEmpty`].
    pub async fn name_cashier(
        &self,
        request: NameCashierRequest,
    ) -> Result<OverviewView, ApiError> {
        let name = bounded(&request.name, SHORT_NAME_LIMIT)?;
        self.board
            .write_shop(ShopEvent::CashierNamed { name })
            .await?;
        self.tell_overview();
        self.overview(OverviewRequest {}).await
    }

    /// See [`crate::api::COMMANDS`].
    ///
    /// # Errors
    /// None today; a finding is not an error.
    pub async fn diagnose(&self, _: DiagnoseRequest) -> Result<DiagnosisView, ApiError> {
        let mut findings = vec![self.journal_finding(), self.keychain_finding().await];
        for account in self.board.shop().accounts {
            let name = account.name.clone();
            let test = self
                .test_account(AccountRequest {
                    account: account.id.to_string(),
                })
                .await?;
            findings.push(FindingView {
                subject: if account.practice {
                    "practice"
                } else {
                    "account"
                }
                .to_owned(),
                name,
                ok: test.ok,
                problem: test.problem,
                detail: format!("{} ms", test.took_ms),
            });
        }
        Ok(DiagnosisView { findings })
    }

    fn journal_finding(&self) -> FindingView {
        let (problem, detail) = match (self.board.trouble(), self.board.journal.verify()) {
            (Some(trouble), _) => (Some(trouble), String::new()),
            (None, Err(damage)) => (Some(Code::JournalDamaged), damage.to_string()),
            (None, Ok(verified)) => (None, format!("{} entries", verified.entries)),
        };
        finding("journal", problem, detail)
    }

    async fn keychain_finding(&self) -> FindingView {
        match self.lines.vault_status().await {
            Ok(status) => finding("keychain", None, status),
            Err(error) => finding(
                "keychain",
                Some(error.code),
                error.detail.unwrap_or_default(),
            ),
        }
    }
}

fn finding(subject: &str, problem: Option<Code>, detail: String) -> FindingView {
    FindingView {
        subject: subject.to_owned(),
        name: String::new(),
        ok: problem.is_none(),
        problem,
        detail,
    }
}

/// A name people read: trimmed, bounded, without control characters.
fn bounded(text: &str, limit: usize) -> Result<String, ApiError> {
    let text = text.trim();
    let code = if text.is_empty() {
        Code::NameEmpty
    } else if text.chars().count() > limit {
        Code::NameTooLong
    } else if text.chars().any(char::is_control) {
        Code::NameBadCharacters
    } else {
        return Ok(text.to_owned());
    };
    Err(ApiError::new(code))
}

fn terminals_from(inputs: Vec<TerminalInput>) -> Result<Vec<Terminal>, ApiError> {
    if inputs.is_empty() || inputs.len() > TERMINALS_LIMIT {
        return Err(ApiError::new(Code::TerminalsMissing));
    }
    let mut terminals: Vec<Terminal> = Vec::with_capacity(inputs.len());
    for input in inputs {
        let code =
            TerminalCode::new(&input.code).map_err(|error| ApiError::new(name_code(error)))?;
        let label = match input.label.trim() {
            "" => code.to_string(),
            label => bounded(label, SHORT_NAME_LIMIT)?,
        };
        if terminals.iter().any(|known| known.code == code) {
            return Err(ApiError::with(Code::TerminalTwice, code));
        }
        terminals.push(Terminal { code, label });
    }
    Ok(terminals)
}

const fn name_code(error: NameError) -> Code {
    match error {
        NameError::Empty => Code::NameEmpty,
        NameError::TooLong => Code::NameTooLong,
        NameError::BadCharacters => Code::NameBadCharacters,
    }
}

/// What a failed test of an account means for the person who set it up.
pub(crate) const fn failure_code(failure: &Failure) -> Code {
    match failure {
        Failure::NotSent {
            why: NotSent::NoConnection,
        } => Code::NoConnection,
        Failure::NotSent {
            why: NotSent::NoSuchHost,
        } => Code::NoSuchHost,
        Failure::NotSent {
            why: NotSent::NotTrusted,
        } => Code::NotTrusted,
        Failure::NotSent {
            why: NotSent::NotBuilt,
        } => Code::AddressInvalid,
        Failure::NoAnswer { .. } => Code::ProviderSilent,
        Failure::KeyRefused => Code::KeyRefused,
        Failure::RateLimited { .. } => Code::ProviderBusy,
        Failure::Fault { .. } => Code::ProviderFault,
        Failure::BadAnswer { .. }
        | Failure::Mismatch { .. }
        | Failure::NotFound { .. }
        | Failure::Invalid { .. }
        | Failure::Duplicate
        | Failure::Redirected => Code::ProviderUnreadable,
    }
}

/// The reference after this one: its last number and one, with its zeros kept.
fn following(order: &str) -> String {
    let head = order.trim_end_matches(|character: char| character.is_ascii_digit());
    let digits = &order[head.len()..];
    match digits.parse::<u64>() {
        Ok(number) => format!(
            "{head}{:0>width$}",
            number.saturating_add(1),
            width = digits.len()
        ),
        Err(_) => format!("{order}-2"),
    }
}

#[cfg(test)]
mod tests;
