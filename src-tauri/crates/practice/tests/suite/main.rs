//! Scenarios of the practice store: its protocol, its customers, its races, its faults and its file.

#[cfg(test)]
mod customers;
#[cfg(test)]
mod dojo;
#[cfg(test)]
mod endings;
#[cfg(test)]
mod file;
#[cfg(test)]
mod invariants;
#[cfg(test)]
mod lean_rails;
#[cfg(test)]
mod link_faults;
#[cfg(test)]
mod link_invariants;
#[cfg(test)]
mod one2pays;
#[cfg(test)]
mod one_time;
#[cfg(test)]
mod pages;
#[cfg(test)]
mod panel;
#[cfg(test)]
mod protocol;
#[cfg(test)]
mod races;
#[cfg(test)]
mod socket;
#[cfg(test)]
mod support;
