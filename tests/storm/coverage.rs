//! What a run has seen, so that nobody takes a storm for one that never blew.

use std::collections::BTreeMap;
use std::fmt::Debug;

/// How often each thing happened, by kind and name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Coverage(BTreeMap<(&'static str, String), u64>);

impl Coverage {
    /// Counts one.
    pub fn saw(&mut self, kind: &'static str, name: impl Debug) {
        self.add(kind, format!("{name:?}"), 1);
    }

    /// Counts so many.
    pub fn add(&mut self, kind: &'static str, name: String, times: u64) {
        *self.0.entry((kind, name)).or_default() += times;
    }

    /// Takes another run's counts in.
    pub fn merge(&mut self, other: &Self) {
        for ((kind, name), times) in &other.0 {
            self.add(kind, name.clone(), *times);
        }
    }

    /// How often this happened.
    #[must_use]
    pub fn of(&self, kind: &'static str, name: &str) -> u64 {
        let counted = self.0.get(&(kind, name.to_owned()));
        counted.copied().unwrap_or_default()
    }

    /// Every count, by kind and name.
    pub fn rows(&self) -> impl Iterator<Item = (&'static str, &str, u64)> {
        self.0
            .iter()
            .map(|((kind, name), times)| (*kind, name.as_str(), *times))
    }
}
