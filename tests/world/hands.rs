//! What a till gets from outside: its lines to the practice store, and the store's buttons.

use std::sync::Arc;

use payment::{Account, AccountSettings, AmountUnit, Clock, Provider, System};
use practice::{ONE2PAYS_PUBLIC_KEY, ONE2PAYS_SECRET_KEY, One2PaysUnit, Practice};
use providers::{BaseUrl, KeyPair, One2Pays};
use secrets::Secret;
use till::api::{ApiError, Code, PracticePagePress, PracticePress, PracticeTerminalView};
use till::{Connector, PracticeControls, PracticePage};

use super::wire::Wire;

/// Connects every account to the network, each by the paths of its system.
pub(super) struct Lines {
    pub(super) wire: Wire,
    /// The till's time of day, which signs what is sent to One2Pays.
    pub(super) clock: Arc<dyn Clock>,
}

impl Connector for Lines {
    fn connect(
        &self,
        account: &Account,
        key: Option<Secret>,
    ) -> Result<Arc<dyn Provider>, ApiError> {
        let wire = Wire {
            system: account.system,
            ..self.wire.clone()
        };
        match account.system {
            System::Compago | System::CompagoLink | System::Dojo | System::LeanRails => {
                providers::over(account, key, Arc::new(wire))
                    .map_err(|error| ApiError::with(Code::KeyMissing, error))
            }
            // As `over` makes it, but for the clock: the computer's own is in no story.
            System::One2Pays => {
                let secret = Secret::new(ONE2PAYS_SECRET_KEY);
                let keys = KeyPair {
                    public: ONE2PAYS_PUBLIC_KEY.to_owned(),
                    secret: secret.map_err(|error| ApiError::with(Code::KeyMissing, error))?,
                };
                let unit = account.settings.amount_unit.unwrap_or(AmountUnit::Major);
                let clock = Arc::clone(&self.clock);
                let adapter = One2Pays::new(Arc::new(wire), keys, account.currency, unit, clock);
                Ok(Arc::new(adapter))
            }
        }
    }

    fn check_address(&self, text: &str) -> Result<String, Code> {
        BaseUrl::parse(text)
            .map(|url| url.to_string())
            .map_err(|_| Code::AddressInvalid)
    }
}

/// The stories press the practice store themselves: no till has its buttons.
pub(crate) struct NoButtons;

impl PracticeControls for NoButtons {
    fn terminal(&self, _code: &str) -> Option<PracticeTerminalView> {
        None
    }

    fn press(&self, _code: &str, _press: PracticePress) -> Result<(), ApiError> {
        Err(ApiError::new(Code::PracticeRefused))
    }

    fn page(&self, _key: &str) -> Option<PracticePage> {
        None
    }

    fn press_page(&self, _key: &str, _press: PracticePagePress) -> Result<(), ApiError> {
        Err(ApiError::new(Code::PracticeRefused))
    }
}

/// The id of the practice store's account at a system.
pub(super) const fn account_id(system: System) -> &'static str {
    match system {
        System::Compago => super::ACCOUNT,
        System::CompagoLink => super::LINK_ACCOUNT,
        System::One2Pays => super::THAI_ACCOUNT,
        System::Dojo => super::DOJO_ACCOUNT,
        System::LeanRails => super::CARD_ACCOUNT,
    }
}

/// The practice store's accounts: the same at every till of the shop.
pub(crate) fn accounts(practice: &Practice) -> Vec<Account> {
    System::ALL
        .map(|system| Account {
            id: payment::AccountId::new(account_id(system)).expect("a fixed name that is allowed"),
            name: "Practice".to_owned(),
            system,
            base_url: format!("http://127.0.0.1{}", path(system)),
            currency: system.currency(),
            terminals: match system {
                System::Compago => machines(practice),
                System::Dojo => dojo_machines(practice),
                System::CompagoLink | System::One2Pays | System::LeanRails => Vec::new(),
            },
            settings: settings(practice, system),
            practice: true,
        })
        .into()
}

/// Where the practice store has a system.
pub(super) const fn path(system: System) -> &'static str {
    match system {
        System::Compago | System::CompagoLink => "/api",
        System::One2Pays => "/one2pays",
        System::Dojo => "/dojo",
        System::LeanRails => "/lean-rails/v1",
    }
}

fn machines(practice: &Practice) -> Vec<payment::Terminal> {
    let terminals = practice.terminals().into_iter();
    terminals
        .map(|terminal| payment::Terminal {
            code: payment::TerminalCode::new(&terminal.code)
                .expect("the practice store's codes are codes"),
            label: terminal.label,
        })
        .collect()
}

fn dojo_machines(practice: &Practice) -> Vec<payment::Terminal> {
    let terminals = practice.dojo_terminals().into_iter();
    terminals
        .map(|terminal| payment::Terminal {
            code: payment::TerminalCode::new(&terminal.id)
                .expect("the practice store's names are codes"),
            label: terminal.label,
        })
        .collect()
}

fn settings(practice: &Practice, system: System) -> AccountSettings {
    match system {
        System::Compago | System::Dojo | System::LeanRails => AccountSettings::default(),
        System::CompagoLink => AccountSettings {
            homepage_url: Some("http://127.0.0.1/".to_owned()),
            redirect_url: Some("http://127.0.0.1/thanks".to_owned()),
            ..AccountSettings::default()
        },
        System::One2Pays => AccountSettings {
            public_key: Some(ONE2PAYS_PUBLIC_KEY.to_owned()),
            amount_unit: Some(match practice.settings().one2pays_unit {
                One2PaysUnit::Major => AmountUnit::Major,
                One2PaysUnit::Minor => AmountUnit::Minor,
            }),
            ..AccountSettings::default()
        },
    }
}
