//! Accounts, looks and names; how the machine is.

use payment::{
    Account, AccountId, Channel, LinkNeeds, OrderRef, SaleOptions, ShopEvent, State, System,
    TerminalCode, UsualAddress,
};

use crate::accounts::SHORT_NAME_LIMIT;
use crate::api::{
    AccountRequest, AccountView, ApiError, ChooseLookRequest, Code, DiagnoseRequest, DiagnosisView,
    FindingView, GenerationView, LinkNeedsView, NameCashierRequest, Notice, OverviewRequest,
    OverviewView, ReturnOptionsView, SaleOptionsView, SystemView, TerminalView, VoidRulesView,
};
use crate::tell;
use crate::till::Till;
use crate::trouble::read_error;

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
            cashier: shop.cashier.clone(),
            staff: self.staff_view(),
            void_rules: VoidRulesView {
                undo_s: u32::try_from(shop.void_rules.undo_ms / 1_000).unwrap_or(u32::MAX),
                reasons: shop.void_rules.reasons.clone(),
                close_links_after_min: shop.void_rules.close_links_after_min,
            },
            only_practice,
            open,
            alarms,
            inbox: u32::try_from(self.inbox_count()?).unwrap_or(u32::MAX),
            elsewhere: self.elsewhere_view(),
            systems: systems(),
            suggested_order: suggested,
            trouble: self.board.trouble(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        })
    }

    /// Pushes the overview, after something in it changed.
    pub(crate) fn tell_overview(&self) {
        if !self.board.is_heard() {
            return;
        }
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
            // Not its whole timeline: this is read at every change, for every open payment.
            let summary = self
                .board
                .journal
                .summary(id)
                .map_err(|error| read_error(&error))?;
            let requested_at_ms = summary.map_or(0, |summary| summary.requested_at_ms);
            Ok(tell::row_view(&shop, &payment, requested_at_ms))
        })
        .collect()
    }

    fn terminals(&self, account: &Account) -> Vec<TerminalView> {
        let open = self.board.open_payments();
        let options = sale_options(account.system.sale_options());
        let returns = account.system.acts().returns;
        let returns = returns.map(|able| ReturnOptionsView { keyed: able.keyed });
        let busy_with = |code: &TerminalCode| {
            open.iter()
                .find(|payment| {
                    payment.account == account.id
                        && payment.way.terminal() == Some(code)
                        && (payment.holds_terminal() || payment.state == State::NotKnown)
                })
                .map(|payment| payment.id.to_string())
        };
        let link = account.system.link_needs().map(|needs| TerminalView {
            account: account.id.to_string(),
            account_name: account.name.clone(),
            channel: Channel::Link,
            link: Some(link_needs(needs)),
            code: String::new(),
            label: account.name.clone(),
            busy_with: None,
            state: None,
            // What a machine or a card on file may be told, a page is not.
            options: sale_options(SaleOptions::NONE),
            returns: None,
            practice: account.practice,
        });
        let of_cards = account.system.channels().contains(&Channel::CardOnFile);
        let cards = of_cards.then(|| TerminalView {
            account: account.id.to_string(),
            account_name: account.name.clone(),
            channel: Channel::CardOnFile,
            link: None,
            code: String::new(),
            label: account.name.clone(),
            busy_with: None,
            state: None,
            options,
            returns: None,
            practice: account.practice,
        });
        let machines = account.terminals.iter().map(|terminal| TerminalView {
            account: account.id.to_string(),
            account_name: account.name.clone(),
            channel: Channel::Terminal,
            link: None,
            code: terminal.code.to_string(),
            label: terminal.label.clone(),
            busy_with: busy_with(&terminal.code),
            state: self.board.terminal_state(&account.id, &terminal.code),
            options,
            returns,
            practice: account.practice,
        });
        machines.chain(link).chain(cards).collect()
    }

    pub(crate) fn account_view(&self, account: &Account, has_key: Option<bool>) -> AccountView {
        AccountView {
            id: account.id.to_string(),
            name: account.name.clone(),
            system: account.system,
            base_url: account.base_url.clone(),
            currency: account.currency.code().to_owned(),
            has_key,
            practice: account.practice,
            channel: account.system.channel(),
            homepage_url: account.settings.homepage_url.clone().unwrap_or_default(),
            redirect_url: account.settings.redirect_url.clone().unwrap_or_default(),
            public_key: account.settings.public_key.clone().unwrap_or_default(),
            amount_unit: account.settings.amount_unit,
            reseller_id: account.settings.reseller_id.clone().unwrap_or_default(),
            generation: account.settings.generation,
            lists_terminals: account.system.lists_terminals(),
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
        for account in self.board.shop().accounts.iter().cloned() {
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

fn sale_options(options: SaleOptions) -> SaleOptionsView {
    SaleOptionsView {
        keyed: options.keyed,
        hold: options.hold,
        tip: options.tip,
        service_charge: options.service_charge,
        lines: options.lines,
    }
}

/// What each system's accounts are like, for those who add one.
fn systems() -> Vec<SystemView> {
    System::ALL
        .map(|system| SystemView {
            system,
            name: system.name().to_owned(),
            channel: system.channel(),
            currencies: system
                .currencies()
                .iter()
                .map(|currency| currency.code().to_owned())
                .collect(),
            address: usual_address(system).to_owned(),
            generations: system
                .description()
                .addresses
                .iter()
                .filter_map(generation_view)
                .collect(),
            asks: system.description().asks.to_vec(),
            lists_open: system.lists_open(),
        })
        .into()
}

/// That of its first generation; empty where its documents do not say.
fn usual_address(system: System) -> &'static str {
    let [first, ..] = system.description().addresses else {
        return "";
    };
    first.url
}

fn generation_view(address: &UsualAddress) -> Option<GenerationView> {
    Some(GenerationView {
        generation: address.generation?,
        address: address.url.to_owned(),
    })
}

fn link_needs(needs: LinkNeeds) -> LinkNeedsView {
    LinkNeedsView {
        minutes_min: needs.minutes_min,
        minutes_max: needs.minutes_max,
        minutes_usual: needs.minutes_usual,
        payer: needs.payer,
        billing: needs.billing,
        methods: needs.methods.to_vec(),
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
pub(crate) fn bounded(text: &str, limit: usize) -> Result<String, ApiError> {
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
