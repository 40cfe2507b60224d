//! Payment systems, translated: our words in, theirs on the wire, and back.
//!
//! Each system has a folder: `mod` (its endpoints), `wire` (its JSON), `map` (its statuses and
//! errors, pure) and `account` (how an account of it is connected); what they share is in `json`, `answer` and `harmony`. All speak through [`Transport`]: the hardened client [`Network`] in a shop,
//! anything else in a simulation. [`registry`] joins an account to its adapter. What systems send by
//! themselves is checked in [`webhook`], and believed in nothing but which payment it is about.
//!
//! Promises: a failure says *nothing was sent* only where not a byte of the request can have left;
//! no request is sent twice, unless its refusal proves that nothing happened and says how to ask
//! (One2Pays, a timestamp by the provider's clock); none is redirected or sent in the clear; a key
//! is in no log, no `Debug` and no error; what a provider says is cut, cleaned and free of card
//! numbers before anyone sees it; "there is none" is said only of a list that was read to its end.
//!
//! Never here: a charge made again, a key made up, anything kept beyond the life of an adapter.

mod answer;
pub mod compago;
pub mod compago_link;
pub mod dojo;
mod harmony;
pub mod http;
mod json;
pub mod lean_rails;
pub mod one2pays;
pub mod registry;
mod said;
pub mod webhook;

pub use crate::compago::Compago;
pub use crate::compago_link::{CompagoLink, ReturnPages};
pub use crate::dojo::Dojo;
pub use crate::http::{
    BaseUrl, BaseUrlError, Class, ClientError, Network, NetworkOptions, Request, Response,
    Transport, install_tls,
};
pub use crate::lean_rails::LeanRails;
pub use crate::one2pays::account::{PRACTICE_PUBLIC_KEY, PRACTICE_SECRET_KEY};
pub use crate::one2pays::{KeyPair, One2Pays};
pub use crate::registry::{ConnectError, connect, over};
