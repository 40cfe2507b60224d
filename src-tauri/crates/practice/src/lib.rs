#![doc = include_str!("../README.md")]
#![deny(clippy::arithmetic_side_effects)]

mod books;
mod compago;
mod control;
mod customer;
mod dojo;
mod exchange;
mod fault;
mod front;
mod ids;
mod lean_rails;
mod ledger;
mod lie;
mod links;
mod message;
mod one2pays;
mod panel;
mod practice;
mod request_log;
mod routes;
mod server;
mod settings;
mod terminal;
mod world;

pub use books::Inconsistency;
pub use compago::{
    IntentView, LinkAmounts, LinkAnswer, LinkCount, LinkDecline, LinkDuplicate, LinkOrder,
    NewIntent, Status, Summary,
};
pub use customer::{AMOUNT_ENDINGS, Script};
pub use dojo::{
    DOJO_KEY, DOJO_PATH, DOJO_TID_ENDS, DojoCancelInSession, DojoChange, DojoErrors, DojoHeaders,
    DojoIntentView, DojoOrder, DojoPartialCapture, DojoReceipts, DojoRefund, DojoRejected,
    DojoRepeatedCancel, DojoReversal, DojoSecondSession, DojoSessionView, DojoTerminal,
    DojoUnavailable, DojoUnconfirmed, DojoUnsuccessful, DojoVoided,
};
pub use exchange::ConnectionCut;
pub use fault::{Chance, Fault, FaultPlayed, Faults, Operation, Ordered, ServerError};
pub use front::Front;
pub use ids::IntentId;
pub use lean_rails::{
    FLUVEO_BASE_PATH, LEAN_RAILS_BASE_PATH, LEAN_RAILS_KEY, LeanRailsAction, LeanRailsCancelTwice,
    LeanRailsCancellable, LeanRailsCaptureField, LeanRailsConcurrent, LeanRailsDecline,
    LeanRailsKeyScope, LeanRailsMissing, LeanRailsOrder, LeanRailsRefundDefault, LeanRailsRefusal,
    LeanRailsSettings, LeanRailsStatus, LeanRailsTimes, LeanRailsUnknownFields, LeanRailsView,
};
pub use ledger::{Charge, Refund, System};
pub use links::{
    LINK_AMOUNT_ENDINGS, LinkScript, LinkStatus, LinkView, PagePress, PageRefused, PageView,
};
pub use one2pays::{
    ONE2PAYS_PUBLIC_KEY, ONE2PAYS_SECRET_KEY, One2PaysRepeat, One2PaysStart, One2PaysUnit,
    One2PaysUrlField,
};
pub use panel::{Display, Press, PressRefused, TerminalState, TerminalView};
pub use practice::{Clock, Practice, StoreFileError, system_clock};
pub use request_log::{Effect, LoggedRequest, REQUESTS_KEPT_MAX};
pub use server::{ServeError, serve};
pub use settings::{
    CreatedStatus, CustomerMode, DeclineShape, Duplicate, InvalidShape, Race, Settings,
    UnknownTerminal,
};
pub use world::{CancelRefused, CreateRefused, PRACTICE_KEY, World};
