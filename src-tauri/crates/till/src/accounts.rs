//! The accounts at the payment systems: added, changed, tried out, removed.

use std::collections::BTreeSet;

use money::Currency;
use payment::failure::NotSent;
use payment::ids::NameError;
use payment::{
    Account, AccountId, AccountSettings, Ask, Channel, Failure, ShopEvent, System, Terminal,
    TerminalCode,
};
use secrets::Secret;
use tokio::time::Instant;

use crate::api::{
    AccountRequest, AccountSettingsInput, AccountTestView, AccountView, ApiError, Code, KeyInput,
    OverviewRequest, OverviewView, SaveAccountRequest, TerminalInput, WebhookSecretRequest,
};
use crate::settings::bounded;
use crate::till::Till;
use crate::trouble::read_error;

/// Characters of an account's name.
const ACCOUNT_NAME_LIMIT: usize = 60;
/// Characters of a terminal's or a cashier's name.
pub(crate) const SHORT_NAME_LIMIT: usize = 40;
/// Bytes of the name of who sold the till.
const RESELLER_LIMIT: usize = 100;
/// Terminals of one account.
const TERMINALS_LIMIT: usize = 40;
impl Till {
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
        let system = known.as_ref().map_or(request.system, |known| known.system);
        let terminals = match system.channel() {
            // Where the system lists them, they are chosen once the account is there.
            Channel::Terminal if system.lists_terminals() && request.terminals.is_empty() => {
                Vec::new()
            }
            Channel::Terminal => terminals_from(request.terminals)?,
            Channel::Link | Channel::CardOnFile => Vec::new(),
        };
        let currency = currency(system, &request.settings.currency)?;
        let settings = self.settings_from(system, request.settings)?;
        if let Some(known) = &known
            && (known.base_url != base_url
                || known.settings != settings
                || known.currency != currency)
        {
            // An open payment would be asked for elsewhere, and "not found" there proves nothing.
            self.refuse_open_payments(&known.id)?;
        }
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
            system,
            base_url,
            currency,
            terminals,
            settings,
            practice: false,
        };
        self.board
            .write_shop(ShopEvent::AccountSaved {
                account: account.clone(),
            })
            .await?;
        self.lines.forget(&id);
        self.board.elsewhere.forget(&id);
        self.tell_overview();
        Ok(self.account_view(&account, self.lines.has_key(&id).await.ok()))
    }

    /// What a system wants besides, checked; what it does not want is left out.
    fn settings_from(
        &self,
        system: System,
        input: AccountSettingsInput,
    ) -> Result<AccountSettings, ApiError> {
        let page = |text: &str| match text.trim() {
            "" => Err(ApiError::new(Code::PagesMissing)),
            text => self.lines.check_address(text).map_err(ApiError::new),
        };
        let asks = |ask| system.asks(ask);
        let pages = asks(Ask::Pages);
        Ok(AccountSettings {
            homepage_url: pages.then(|| page(&input.homepage_url)).transpose()?,
            redirect_url: pages.then(|| page(&input.redirect_url)).transpose()?,
            public_key: asks(Ask::PublicKey)
                .then(|| public_key(&input.public_key))
                .transpose()?,
            // Not chosen yet is allowed: the account can be tested, and charges are refused.
            amount_unit: input.amount_unit.filter(|_| asks(Ask::AmountUnit)),
            reseller_id: asks(Ask::ResellerId)
                .then(|| reseller(&input.reseller_id))
                .transpose()?
                .flatten(),
            generation: input.generation.filter(|_| asks(Ask::Generation)),
        })
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
        self.refuse_open_payments(&account.id)?;
        self.lines.remove_key(&account.id).await?;
        self.board
            .write_shop(ShopEvent::AccountRemoved {
                account: account.id.clone(),
            })
            .await?;
        self.lines.forget(&account.id);
        self.board.elsewhere.forget(&account.id);
        // Where that fails they stay until they are old: they can be looked at and nothing else.
        let _ = self.board.journal.forget_elsewhere(&account.id);
        self.tell_overview();
        self.overview(OverviewRequest {}).await
    }

    /// See [`crate::api::COMMANDS`].
    ///
    /// # Errors
    /// As [`Till::save_webhook_secret`].
    pub async fn keep_webhook_secret(
        &self,
        request: WebhookSecretRequest,
    ) -> Result<AccountView, ApiError> {
        self.save_webhook_secret(&request.account, request.secret)
            .await?;
        let account = self.account(&request.account)?;
        Ok(self.account_view(&account, self.lines.has_key(&account.id).await.ok()))
    }

    /// Keeps the secret with which an account's webhooks are signed in the keychain. It is shown to nobody
    /// and goes with the account.
    ///
    /// # Errors
    /// [`Code::AccountUnknown`]; [`Code::AccountIsPractice`], whose secret is fixed;
    /// [`Code::WebhooksMissing`] where its system sends none; [`Code::KeyInvalid`]; what the keychain
    /// says.
    pub async fn save_webhook_secret(
        &self,
        account: &str,
        secret: KeyInput,
    ) -> Result<(), ApiError> {
        let account = self.account(account)?;
        if account.practice {
            return Err(ApiError::new(Code::AccountIsPractice));
        }
        if !account.system.sends_webhooks() {
            return Err(ApiError::new(Code::WebhooksMissing));
        }
        let secret = Secret::new(&secret.into_text());
        let secret = secret.map_err(|_| ApiError::new(Code::KeyInvalid))?;
        self.lines.store_webhook_secret(&account.id, secret).await
    }

    /// The secret with which an account's webhooks are signed; `None` where none was kept. For whoever
    /// checks them, and for nothing that is shown.
    ///
    /// # Errors
    /// What the keychain says.
    pub async fn webhook_secret(&self, account: &AccountId) -> Result<Option<Secret>, ApiError> {
        self.lines.webhook_secret(account).await
    }

    /// The journal and not the board: a till that takes nothing up has the one and not the other.
    fn refuse_open_payments(&self, account: &AccountId) -> Result<(), ApiError> {
        let open = self.board.journal.open_payments();
        let open = open.map_err(|error| read_error(&error))?;
        if open.iter().any(|payment| payment.account == *account) {
            return Err(ApiError::new(Code::AccountInUse));
        }
        Ok(())
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
}

/// One of the system's currencies; its usual one where none was named.
fn currency(system: System, code: &str) -> Result<Currency, ApiError> {
    if code.trim().is_empty() {
        return Ok(system.currency());
    }
    code.trim()
        .parse()
        .ok()
        .filter(|currency| system.currencies().contains(currency))
        .ok_or_else(|| ApiError::new(Code::CurrencyInvalid))
}

/// It goes into a header.
fn reseller(text: &str) -> Result<Option<String>, ApiError> {
    let text = text.trim();
    if text.len() > RESELLER_LIMIT || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(ApiError::new(Code::NameBadCharacters));
    }
    Ok((!text.is_empty()).then(|| text.to_owned()))
}

/// The public half of a key: visible ASCII, as it goes into a header.
fn public_key(text: &str) -> Result<String, ApiError> {
    let text = text.trim();
    // A secret half pasted into the wrong field would stand in the journal for ever.
    let is_usable = (1..=200).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_graphic())
        && !text.starts_with("sk_");
    if is_usable {
        Ok(text.to_owned())
    } else {
        Err(ApiError::new(Code::PublicKeyMissing))
    }
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

/// What a failure means for the person who asked, where what was asked for moves no money by itself: a
/// test of an account, a list, a look before a charge. Each of these sentences says so. What a failed
/// charge, cancel or refund means is a state of its payment.
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
        } => Code::RequestNotBuilt,
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

#[cfg(test)]
#[path = "accounts_tests.rs"]
mod tests;
