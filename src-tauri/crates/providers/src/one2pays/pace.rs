//! Never more requests than the provider takes
//! (docs.one2pays.com/docs/reference/overview: a thousand a minute for one integration).

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

use crate::http::Class;

const MINUTE: Duration = Duration::from_secs(60);

/// Requests in any minute.
const LIMIT: usize = 1_000;

/// Of these, so many are left alone by readings: a charge or a cancel finds room when a list has
/// been walked.
const RESERVED: usize = 100;

/// When the requests of the last minute were sent.
#[derive(Debug, Default)]
pub(super) struct Pace {
    sent: VecDeque<Instant>,
}

impl Pace {
    /// Takes a place for a request.
    ///
    /// # Errors
    /// How long until there is one; the request must not be sent now.
    pub(super) fn admit(&mut self, now: Instant, class: Class) -> Result<(), Duration> {
        while let Some(first) = self.sent.front()
            && now.saturating_duration_since(*first) >= MINUTE
        {
            self.sent.pop_front();
        }
        let limit = match class {
            Class::Create | Class::Cancel => LIMIT,
            Class::Read => LIMIT.saturating_sub(RESERVED),
        };
        let too_many = self.sent.len().checked_sub(limit);
        match too_many.and_then(|index| self.sent.get(index)) {
            None => {
                self.sent.push_back(now);
                Ok(())
            }
            // Once this one is a minute old, one fewer than the limit is left.
            Some(in_the_way) => {
                let age = now.saturating_duration_since(*in_the_way);
                Err(MINUTE.saturating_sub(age))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_thousand_pass_and_the_next_waits_for_the_first_to_be_a_minute_old() {
        let (mut pace, start) = (Pace::default(), Instant::now());
        let at = |ms: u64| start + Duration::from_millis(ms);
        for number in 0..900 {
            assert_eq!(pace.admit(at(number), Class::Read), Ok(()));
        }
        let wait = Duration::from_millis(59_000);
        assert_eq!(pace.admit(at(1_000), Class::Read), Err(wait));
        for _ in 0..50 {
            assert_eq!(pace.admit(at(1_000), Class::Create), Ok(()));
            assert_eq!(pace.admit(at(1_000), Class::Cancel), Ok(()));
        }
        assert_eq!(pace.admit(at(1_000), Class::Create), Err(wait));
        assert_eq!(
            pace.admit(at(59_999), Class::Create),
            Err(Duration::from_millis(1))
        );
        assert_eq!(pace.admit(at(60_000), Class::Create), Ok(()));
        // A reading needs a hundred more to go: the first of them was sent after 100 ms.
        assert_eq!(
            pace.admit(at(60_000), Class::Read),
            Err(Duration::from_millis(101))
        );
        assert_eq!(pace.admit(at(60_101), Class::Read), Ok(()));
    }

    proptest! {
        /// However requests come: no minute has more than a thousand, and who waits as long as was
        /// said gets in.
        #[test]
        fn no_minute_has_more_than_a_thousand(
            gaps in prop::collection::vec((0u64..120, 0usize..3), 1..3_000),
        ) {
            let (mut pace, start) = (Pace::default(), Instant::now());
            let (mut now, mut sent) = (start, Vec::new());
            for (gap_ms, class) in gaps {
                now += Duration::from_millis(gap_ms);
                let class = [Class::Create, Class::Read, Class::Cancel][class];
                if let Err(wait) = pace.admit(now, class) {
                    prop_assert!(wait <= MINUTE && !wait.is_zero());
                    now += wait;
                    prop_assert_eq!(pace.admit(now, class), Ok(()));
                }
                sent.push(now);
            }
            for (first, after_a_thousand) in sent.iter().zip(sent.iter().skip(LIMIT)) {
                prop_assert!(*after_a_thousand - *first >= MINUTE);
            }
        }
    }
}
