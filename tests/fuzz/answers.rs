//! Answers and errors of every system: an adapter over a transport that answers with whatever bytes.
//!
//! The first byte chooses the side, the second what is asked (above 127: the last answer comes again for
//! ever). Then come the answers, apart by [`APART`]: a byte for the status, one for the headers, the body.

mod judge;
mod play;

pub use judge::{Outcome, assert_kept};
pub use play::{Exchange, Story, Wish};

use super::recorded;

/// Between two answers: the record separator of ASCII, which no JSON has.
pub const APART: u8 = 0x1e;

/// Plays a story and holds what the adapter makes of it against what was promised.
///
/// # Panics
/// Where a promise is broken.
pub fn check(bytes: &[u8]) {
    check_with(bytes, |_, outcome| outcome);
}

/// The same with something between adapter and judge, that can be wrong on purpose.
///
/// # Panics
/// See [`check`].
pub fn check_with(bytes: &[u8], mut distort: impl FnMut(&Story, Outcome) -> Outcome) {
    let Some(mut story) = Story::read(bytes) else {
        return;
    };
    let outcome = story.play();
    let outcome = distort(&story, outcome);
    assert_kept(&story, &outcome);
}

/// What the practice store answers to each request of each side, and the usual junk.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = recorded::stories();
    let junk: [&[u8]; 6] = [
        b"",
        b"{}",
        b"[]",
        b"<!doctype html><html></html>",
        b"{\"message\":\"4111 1111 1111 1111 is not valid\"}",
        b"{\"data\":[],\"has_more\":true}",
    ];
    for side in 0..8 {
        for wish in [0, 2, 4, 8] {
            for (status, body) in junk.iter().enumerate() {
                let status = u8::try_from(status * 3).unwrap_or_default();
                seeds.push([&[side, wish, status, 0], *body].concat());
            }
        }
    }
    seeds
}
