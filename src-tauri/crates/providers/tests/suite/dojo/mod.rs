//! Dojo: its requests one by one, and what its machines, cards and clerks do beside the contract
//! that every system keeps.

mod description;
mod hands;
mod links;
mod machines;
mod money;
mod requests;
mod returns;
mod script;
