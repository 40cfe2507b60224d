//! What a till gets from outside: its lines to the practice store, and the store's buttons.

use std::sync::Arc;

use payment::{Account, Provider};
use practice::Practice;
use providers::{BaseUrl, Transport};
use secrets::Secret;
use till::api::{ApiError, Code, PracticePagePress, PracticePress, PracticeTerminalView};
use till::{Connector, PracticeControls, PracticePage};

/// Connects every account to one wire.
pub(super) struct Lines(pub(super) Arc<dyn Transport>);

impl Connector for Lines {
    fn connect(
        &self,
        account: &Account,
        key: Option<Secret>,
    ) -> Result<Arc<dyn Provider>, ApiError> {
        providers::over(account, key, Arc::clone(&self.0))
            .map_err(|error| ApiError::with(Code::KeyMissing, error))
    }

    fn check_address(&self, text: &str) -> Result<String, Code> {
        BaseUrl::parse(text)
            .map(|url| url.to_string())
            .map_err(|_| Code::AddressInvalid)
    }
}

/// The stories press the practice store themselves: no till has its buttons.
pub(super) struct NoButtons;

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

/// The practice store's account: the same at every till of the shop.
pub(super) fn account(practice: &Practice) -> Account {
    let terminals = practice
        .terminals()
        .into_iter()
        .map(|terminal| payment::Terminal {
            code: payment::TerminalCode::new(&terminal.code)
                .expect("the practice store's codes are codes"),
            label: terminal.label,
        })
        .collect();
    Account {
        id: payment::AccountId::new(super::ACCOUNT).expect("a fixed name that is allowed"),
        name: "Practice".to_owned(),
        system: payment::System::Compago,
        base_url: "http://127.0.0.1/api".to_owned(),
        currency: money::Currency::Mxn,
        terminals,
        settings: payment::AccountSettings::default(),
        practice: true,
    }
}
