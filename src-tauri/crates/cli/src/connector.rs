//! The till's way to payment systems.

use std::sync::Arc;

use payment::{Account, Provider};
use providers::{BaseUrl, BaseUrlError, ConnectError, NetworkOptions};
use secrets::Secret;
use till::Connector;
use till::api::{ApiError, Code};

/// Connects to the systems that `providers` knows.
pub(crate) struct Systems {
    options: NetworkOptions,
}

impl Systems {
    pub(crate) fn new(options: NetworkOptions) -> Self {
        Self { options }
    }
}

impl Connector for Systems {
    fn connect(
        &self,
        account: &Account,
        key: Option<Secret>,
    ) -> Result<Arc<dyn Provider>, ApiError> {
        providers::connect(account, key, self.options.clone()).map_err(|error| match &error {
            ConnectError::NoKey => ApiError::new(Code::KeyMissing),
            ConnectError::NoPublicKey => ApiError::new(Code::PublicKeyMissing),
            ConnectError::NoAmountUnit => ApiError::new(Code::AmountUnitMissing),
            ConnectError::NoReturnPages => ApiError::new(Code::PagesMissing),
            ConnectError::BadAddress(why) => ApiError::new(address_code(why)),
            ConnectError::Client(_) => ApiError::with(Code::AddressInvalid, &error),
        })
    }

    fn check_address(&self, text: &str) -> Result<String, Code> {
        BaseUrl::parse(text)
            .map(|url| url.to_string())
            .map_err(|error| address_code(&error))
    }
}

fn address_code(error: &BaseUrlError) -> Code {
    match error {
        BaseUrlError::NotAUrl | BaseUrlError::NotHttp => Code::AddressInvalid,
        BaseUrlError::PlainHttp => Code::AddressNotSecure,
        BaseUrlError::HasUserInfo | BaseUrlError::HasQueryOrFragment => Code::AddressTooMuch,
    }
}
