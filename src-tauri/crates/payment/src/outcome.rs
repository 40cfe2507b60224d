//! What an observation may be taken to mean. One table, read by the engine and by every adapter's
//! tests; each row is a test below.
//!
//! The rule behind the rows: only an explicit answer of the provider about this very payment ends
//! it. A time-out, a 5xx, a refused cancel, an unreadable answer never does (invariant I7).

use crate::failure::Failure;

/// What was asked when the failure came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// The first sending of a create: no earlier sending of the same key can be under way.
    FirstCreate,
    /// A repeat of a create with the same key, after an answer was lost.
    RepeatedCreate,
    /// A cancel.
    Cancel,
    /// A reading of the authoritative object.
    Read,
}

/// What to conclude.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing happened and nothing will: the payment ends as failed, trying again is safe.
    NothingHappened,
    /// The provider has it under this key, but did not name it.
    ExistsUnseen,
    /// It may have happened: ask until it is known.
    MayHaveHappened,
    /// Says nothing about the payment: read the authoritative object.
    ReadToKnow,
    /// The provider knows no such payment, as far as this one answer goes ([`ABSENCE`] decides).
    PerhapsAbsent,
    /// Says nothing: try again later.
    TryLater,
}

/// When "not found" may be believed.
#[derive(Debug, Clone, Copy)]
pub struct Absence {
    /// No "not found" counts earlier than this after the create: reads may lag behind writes.
    pub visible_after_ms: u64,
    /// Two readings at least this far apart must agree.
    pub apart_ms: u64,
}

/// The rule for believing "not found"; an adapter may ask for a longer delay.
pub const ABSENCE: Absence = Absence {
    visible_after_ms: 30_000,
    apart_ms: 5_000,
};

/// The table.
#[must_use]
pub fn verdict(asked: Asked, failure: &Failure) -> Verdict {
    match asked {
        Asked::FirstCreate => first_create(failure),
        Asked::RepeatedCreate => repeated_create(failure),
        Asked::Cancel => cancel(failure),
        Asked::Read => read(failure),
    }
}

fn first_create(failure: &Failure) -> Verdict {
    match failure {
        Failure::NotSent { .. }
        | Failure::KeyRefused
        | Failure::Invalid { .. }
        // Only with the provider's own words: a bare 404 may come from anything in between.
        | Failure::NotFound { said: Some(_) } => Verdict::NothingHappened,
        // Not a refusal: a network that delivers one POST twice answers with the second's refusal
        // while the first made the payment.
        Failure::Duplicate => Verdict::ExistsUnseen,
        Failure::NotFound { said: None }
        | Failure::NoAnswer { .. }
        | Failure::BadAnswer { .. }
        | Failure::Mismatch { .. }
        // Whether a 429 is given before any effect is not documented by every system.
        | Failure::RateLimited { .. }
        | Failure::Redirected
        | Failure::Fault { .. } => Verdict::MayHaveHappened,
    }
}

/// After a lost answer no refusal proves anything but its own request: the first may still have
/// arrived. Only a duplicate tells: then it did.
fn repeated_create(failure: &Failure) -> Verdict {
    match failure {
        // Compago does not document what a duplicate answers: 400 and 409 are both plausible.
        Failure::Duplicate | Failure::Invalid { .. } => Verdict::ExistsUnseen,
        Failure::NotSent { .. }
        | Failure::KeyRefused
        | Failure::NotFound { .. }
        | Failure::NoAnswer { .. }
        | Failure::BadAnswer { .. }
        | Failure::Mismatch { .. }
        | Failure::RateLimited { .. }
        | Failure::Redirected
        | Failure::Fault { .. } => Verdict::MayHaveHappened,
    }
}

/// No answer to a cancel is a verdict: a 400 may mean paid, cancelled already, or in progress.
fn cancel(failure: &Failure) -> Verdict {
    match failure {
        Failure::NotSent { .. } | Failure::RateLimited { .. } | Failure::KeyRefused => {
            Verdict::TryLater
        }
        Failure::NotFound { .. }
        | Failure::Invalid { .. }
        | Failure::Duplicate
        | Failure::NoAnswer { .. }
        | Failure::BadAnswer { .. }
        | Failure::Mismatch { .. }
        | Failure::Redirected
        | Failure::Fault { .. } => Verdict::ReadToKnow,
    }
}

fn read(failure: &Failure) -> Verdict {
    match failure {
        Failure::NotFound { .. } => Verdict::PerhapsAbsent,
        Failure::NotSent { .. }
        | Failure::KeyRefused
        | Failure::Invalid { .. }
        | Failure::Duplicate
        | Failure::NoAnswer { .. }
        | Failure::BadAnswer { .. }
        | Failure::Mismatch { .. }
        | Failure::RateLimited { .. }
        | Failure::Redirected
        | Failure::Fault { .. } => Verdict::TryLater,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failure::{BadAnswer, NoAnswer, NotSent};

    #[test]
    fn every_row_of_the_table() {
        use Verdict::*;
        let said = || "x".to_owned();
        #[rustfmt::skip]
        let rows: Vec<(Failure, [Verdict; 4])> = vec![
            // failure                                              first create     repeat           cancel      read
            (Failure::NotSent { why: NotSent::NoConnection },      [NothingHappened, MayHaveHappened, TryLater,   TryLater]),
            (Failure::NotSent { why: NotSent::NoSuchHost },        [NothingHappened, MayHaveHappened, TryLater,   TryLater]),
            (Failure::NotSent { why: NotSent::NotTrusted },        [NothingHappened, MayHaveHappened, TryLater,   TryLater]),
            (Failure::NotSent { why: NotSent::NotBuilt },          [NothingHappened, MayHaveHappened, TryLater,   TryLater]),
            (Failure::NoAnswer { why: NoAnswer::TimedOut },        [MayHaveHappened, MayHaveHappened, ReadToKnow, TryLater]),
            (Failure::NoAnswer { why: NoAnswer::ConnectionLost },  [MayHaveHappened, MayHaveHappened, ReadToKnow, TryLater]),
            (Failure::BadAnswer { why: BadAnswer::Unreadable },    [MayHaveHappened, MayHaveHappened, ReadToKnow, TryLater]),
            (Failure::BadAnswer { why: BadAnswer::WebPage },       [MayHaveHappened, MayHaveHappened, ReadToKnow, TryLater]),
            (Failure::BadAnswer { why: BadAnswer::TooLarge },      [MayHaveHappened, MayHaveHappened, ReadToKnow, TryLater]),
            (Failure::Mismatch { said: said(), intent: None },     [MayHaveHappened, MayHaveHappened, ReadToKnow, TryLater]),
            (Failure::KeyRefused,                                  [NothingHappened, MayHaveHappened, TryLater,   TryLater]),
            (Failure::NotFound { said: Some(said()) },             [NothingHappened, MayHaveHappened, ReadToKnow, PerhapsAbsent]),
            (Failure::NotFound { said: None },                     [MayHaveHappened, MayHaveHappened, ReadToKnow, PerhapsAbsent]),
            (Failure::Invalid { said: said() },                    [NothingHappened, ExistsUnseen,    ReadToKnow, TryLater]),
            (Failure::Duplicate,                                   [ExistsUnseen,    ExistsUnseen,    ReadToKnow, TryLater]),
            (Failure::RateLimited { retry_after_ms: None },        [MayHaveHappened, MayHaveHappened, TryLater,   TryLater]),
            (Failure::Redirected,                                  [MayHaveHappened, MayHaveHappened, ReadToKnow, TryLater]),
            (Failure::Fault { status: 500 },                       [MayHaveHappened, MayHaveHappened, ReadToKnow, TryLater]),
            (Failure::Fault { status: 503 },                       [MayHaveHappened, MayHaveHappened, ReadToKnow, TryLater]),
        ];
        for (failure, expected) in rows {
            let asked = [
                Asked::FirstCreate,
                Asked::RepeatedCreate,
                Asked::Cancel,
                Asked::Read,
            ];
            let found = asked.map(|asked| verdict(asked, &failure));
            assert_eq!(found, expected, "{failure:?}");
        }
    }
}
