use std::fmt;
use std::str::FromStr;

use url::{Host, Url};

/// Where an account's API is: `https` anywhere, `http` only on this machine. Without a slash at
/// the end, so that an adapter's path can follow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseUrl {
    text: String,
    plain: bool,
    loopback: bool,
}

/// Why an address cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BaseUrlError {
    /// Not a URL with a host.
    #[error("the address is not a web address")]
    NotAUrl,
    /// Another scheme.
    #[error("the address does not begin with https://")]
    NotHttp,
    /// The key would cross the network readable by anyone on it.
    #[error("the address must begin with https://, unless it is on this computer")]
    PlainHttp,
    /// A name or password before the host.
    #[error("the address has a user name or password in it")]
    HasUserInfo,
    /// A query or fragment, which would end up in the middle of every request's path.
    #[error("the address has a ? or # in it")]
    HasQueryOrFragment,
}

impl BaseUrl {
    /// Reads what a person typed.
    ///
    /// # Errors
    /// See [`BaseUrlError`].
    pub fn parse(text: &str) -> Result<Self, BaseUrlError> {
        let text = text.trim();
        // The parser would drop tabs and line breaks and read a backslash as a slash: what is used
        // would not be what the settings show.
        if text.contains(|character: char| {
            character.is_whitespace() || character.is_control() || character == '\\'
        }) {
            return Err(BaseUrlError::NotAUrl);
        }
        let url = Url::parse(text).map_err(|_| BaseUrlError::NotAUrl)?;
        let plain = match url.scheme() {
            "https" => false,
            "http" => true,
            _ => return Err(BaseUrlError::NotHttp),
        };
        if !url.username().is_empty() || url.password().is_some() {
            return Err(BaseUrlError::HasUserInfo);
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(BaseUrlError::HasQueryOrFragment);
        }
        let loopback = match url.host().ok_or(BaseUrlError::NotAUrl)? {
            Host::Ipv4(address) => address.is_loopback(),
            Host::Ipv6(address) => address.is_loopback(),
            Host::Domain(name) => name == "localhost",
        };
        if plain && !loopback {
            return Err(BaseUrlError::PlainHttp);
        }
        Ok(Self {
            text: url.as_str().trim_end_matches('/').to_owned(),
            plain,
            loopback,
        })
    }

    /// The address, without a slash at the end.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether it is `http`, which only this machine may be.
    #[must_use]
    pub const fn is_plain(&self) -> bool {
        self.plain
    }

    /// Whether it is on this machine.
    #[must_use]
    pub const fn is_loopback(&self) -> bool {
        self.loopback
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

impl FromStr for BaseUrl {
    type Err = BaseUrlError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_https_or_on_this_machine() {
        use BaseUrlError::*;
        let table = [
            (
                "https://api.example.com/api",
                Ok("https://api.example.com/api"),
            ),
            (
                " https://api.example.com/api/ ",
                Ok("https://api.example.com/api"),
            ),
            ("https://api.example.com//", Ok("https://api.example.com")),
            (
                "HTTPS://API.Example.com:443/Api",
                Ok("https://api.example.com/Api"),
            ),
            ("https://10.0.0.7:8443", Ok("https://10.0.0.7:8443")),
            ("http://127.0.0.1:4100", Ok("http://127.0.0.1:4100")),
            ("http://127.9.9.9/x/", Ok("http://127.9.9.9/x")),
            ("http://[::1]:4100/api", Ok("http://[::1]:4100/api")),
            ("http://LOCALHOST:4100", Ok("http://localhost:4100")),
            ("http://api.example.com", Err(PlainHttp)),
            ("http://192.168.0.10", Err(PlainHttp)),
            ("http://0.0.0.0", Err(PlainHttp)),
            ("http://localhost.example.com", Err(PlainHttp)),
            ("http://127.0.0.1.example.com", Err(PlainHttp)),
            ("ftp://api.example.com", Err(NotHttp)),
            ("file:///etc/passwd", Err(NotHttp)),
            ("javascript:alert(1)", Err(NotHttp)),
            ("api.example.com", Err(NotAUrl)),
            ("", Err(NotAUrl)),
            ("https://", Err(NotAUrl)),
            ("https://exa mple.com", Err(NotAUrl)),
            ("https://exa\nmple.com", Err(NotAUrl)),
            ("https:\\\\example.com", Err(NotAUrl)),
            ("https://user@example.com", Err(HasUserInfo)),
            ("https://:secret@example.com", Err(HasUserInfo)),
            ("https://api.example.com@evil.example", Err(HasUserInfo)),
            ("https://example.com/?a=1", Err(HasQueryOrFragment)),
            ("https://example.com/?", Err(HasQueryOrFragment)),
            ("https://example.com/#x", Err(HasQueryOrFragment)),
        ];
        for (text, expected) in table {
            let parsed = BaseUrl::parse(text);
            assert_eq!(
                parsed.as_ref().map(BaseUrl::as_str),
                expected.as_ref().copied(),
                "{text:?}"
            );
        }
    }
}
