//! Every parser of foreign bytes, as a function of bytes that panics where a promise is broken.
//!
//! The same functions are run twice: by the test `fuzz`, over seeded mutations of what the practice
//! store answers (`mutate`), and by libFuzzer, where its toolchain is there (`libfuzzer/`). Each takes
//! the parser as an argument where a wrong one can be put in its place: the test also sees that every
//! promise is one that a wrong parser breaks.

pub mod answers;
pub mod fit;
pub mod lists;
pub mod mutate;
mod recorded;
pub mod records;
pub mod requests;
pub mod side;
pub mod typed;
pub mod webhooks;

/// A parser, and what it is fed with first.
#[derive(Clone, Copy)]
pub struct Target {
    /// Its name, also that of its entry in `libfuzzer/`.
    pub name: &'static str,
    /// Feeds it. Panics where a promise is broken.
    pub check: fn(&[u8]),
    /// Bytes that mean something to it.
    pub seeds: fn() -> Vec<Vec<u8>>,
}

/// All of them.
pub const TARGETS: [Target; 6] = [
    Target {
        name: "answers",
        check: answers::check,
        seeds: answers::seeds,
    },
    Target {
        name: "webhooks",
        check: webhooks::check,
        seeds: webhooks::seeds,
    },
    Target {
        name: "requests",
        check: requests::check,
        seeds: requests::seeds,
    },
    Target {
        name: "records",
        check: records::check,
        seeds: records::seeds,
    },
    Target {
        name: "lists",
        check: lists::check,
        seeds: lists::seeds,
    },
    Target {
        name: "typed",
        check: typed::check,
        seeds: typed::seeds,
    },
];

/// A runtime of one thread whose clock moves only while everybody sleeps.
pub(crate) fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime without sockets needs nothing")
}
