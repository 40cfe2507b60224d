//! How often to ask. Tables, so that the budget can be read off them.

use std::time::Duration;

use payment::Channel;

/// Readings of a payment behind a link, or of a card on file: until this age, this interval.
///
/// Sums to 1 + 8 + 18 + 15 + 30 + 36 = 108 requests for a payment abandoned for five minutes (the
/// budget is 110).
const STEPPED: [(Duration, Duration); 6] = [
    (Duration::from_secs(8), Duration::from_millis(1_000)),
    (Duration::from_secs(30), Duration::from_millis(1_250)),
    (Duration::from_secs(60), Duration::from_millis(2_000)),
    (Duration::from_secs(150), Duration::from_millis(3_000)),
    (Duration::from_secs(300), Duration::from_millis(4_200)),
    (Duration::from_secs(900), Duration::from_millis(10_000)),
];

/// The same at a card machine once the time is over in which customers pay ([`super::habit`]).
const UNATTENDED: [(Duration, Duration); 3] = [
    (Duration::from_secs(150), Duration::from_millis(3_600)),
    (Duration::from_secs(300), Duration::from_millis(5_600)),
    (Duration::from_secs(900), Duration::from_millis(10_000)),
];

/// Beyond the tables: a terminal that was forgotten.
const FORGOTTEN: Duration = Duration::from_secs(30);

/// Links of one account whose customers may stand at the counter: they are asked for at their own pace.
const NEWEST: usize = 8;

/// Each of the others is asked for so often that all of them together make five readings a second.
const SHARED_EACH: Duration = Duration::from_millis(200);

/// Asks after a lost answer or a failed reading, before jitter.
const AFTER_FAILURE_MS: [u64; 7] = [500, 1_000, 2_000, 4_000, 8_000, 15_000, 30_000];

/// Beyond that table.
const STILL_FAILING_MS: u64 = 60_000;

/// Sendings of a cancel that has not shown effect.
const CANCEL_AGAIN: [Duration; 5] = [
    Duration::from_secs(2),
    Duration::from_secs(4),
    Duration::from_secs(8),
    Duration::from_secs(15),
    Duration::from_secs(30),
];

/// Readings that may fail before a cancel is sent without one: a cancel of what is paid is refused, and
/// waiting for an answer that does not come would leave the payment payable.
pub(crate) const READ_FIRST_TRIES: u32 = 4;
/// Sendings of the cancel that closes a payment whose card was refused.
pub(crate) const CLOSING_CANCELS: u32 = 5;

/// When a payment that is over without money is read again: a card may have been approved after
/// all (public reports tell of approvals after a cancel).
const READ_AGAIN: [Duration; 5] = [
    Duration::from_secs(10),
    Duration::from_secs(60),
    Duration::from_secs(600),
    Duration::from_secs(1_800),
    Duration::from_secs(3_600),
];

/// A card is approved or not within moments; behind a link there may be a bank transfer.
pub(crate) fn read_again(channel: Channel) -> &'static [Duration] {
    let (on_terminal, _) = READ_AGAIN.split_at(3);
    match channel {
        Channel::Terminal | Channel::CardOnFile => on_terminal,
        Channel::Link => &READ_AGAIN,
    }
}

/// Readings of a payment after a request to give money back, before the till stops waiting to see it:
/// about a minute.
pub(crate) const ACT_READINGS: u32 = 30;

/// The same where the customer holds a card to the terminal: some six minutes. A terminal that shows a
/// refund lets go of it within two (docs.dojo.tech, "Terminal sessions", `expireAt`); one that was
/// unplugged says "waiting" for ever.
pub(crate) const TERMINAL_REFUND_READINGS: u32 = 20;

/// The same while the provider names the refund as under way: ten days. A bank may take that long.
pub(crate) const BANK_READINGS: u32 = 1_500;

/// How long until the next reading of a payment that is paid and from which something goes back: some
/// refunds take days.
pub(crate) fn after_act(readings: u32) -> Duration {
    match readings {
        0..=14 => Duration::from_secs(2),
        15..=74 => Duration::from_secs(60),
        _ => Duration::from_secs(600),
    }
}

/// How long until the slips of a terminal are asked for again.
pub(crate) const RECEIPTS_AGAIN: Duration = Duration::from_secs(2);

/// Sendings of a request with a key of its own whose answer does not come, before the till says that
/// nobody knows: with the steps of a cancel, some ten minutes.
pub(crate) const ACT_SENDINGS: u32 = 24;

/// Tries to read the slips of a terminal.
pub(crate) const RECEIPT_TRIES: u32 = 3;

/// How long until the next reading of a payment that is over, where the last one could not be
/// understood.
pub(crate) const UNREADABLE_AGAIN: Duration = Duration::from_secs(60);

/// A request that was lost is repeated for this long as if the customer still stood there. After
/// that whatever is found is withdrawn: an old amount must not surprise the next customer.
pub(crate) const FRESH: Duration = Duration::from_secs(120);

/// How long until the next reading of a payment of this age that waits for no card at a machine.
pub(crate) fn stepped(age: Duration) -> Duration {
    step_of(&STEPPED, age)
}

/// How long until the next reading of a payment of this age at a machine where nobody comes any more.
pub(crate) fn unattended(age: Duration) -> Duration {
    step_of(&UNATTENDED, age)
}

/// The least time between two readings of one of `all` links that are open at an account, `newer` of which
/// were made after it. Two hundred links of an event would otherwise be a hundred requests a second, and
/// the provider would refuse the sale at the counter with them.
pub(crate) fn shared(all: usize, newer: usize) -> Duration {
    if newer < NEWEST {
        return Duration::ZERO;
    }
    let others = u32::try_from(all.saturating_sub(NEWEST)).unwrap_or(u32::MAX);
    SHARED_EACH.saturating_mul(others)
}

fn step_of(steps: &[(Duration, Duration)], age: Duration) -> Duration {
    steps
        .iter()
        .find(|(until, _)| age < *until)
        .map_or(FORGOTTEN, |(_, interval)| *interval)
}

/// How long until the next try after `failures` in a row (1 or more). Between half and all of the
/// step, so that tills that lost one provider together do not come back together.
pub(crate) fn after_failure(failures: u32, random: &mut fastrand::Rng) -> Duration {
    let index = usize::try_from(failures.saturating_sub(1)).unwrap_or(usize::MAX);
    let step_ms = AFTER_FAILURE_MS
        .get(index)
        .copied()
        .unwrap_or(STILL_FAILING_MS);
    Duration::from_millis(random.u64(step_ms / 2..=step_ms))
}

/// How long to give a cancel before it is sent again, after `sent` sendings (1 or more).
pub(crate) fn cancel_again(sent: u32) -> Duration {
    let index = usize::try_from(sent.saturating_sub(1)).unwrap_or(usize::MAX);
    CANCEL_AGAIN
        .get(index)
        .or(CANCEL_AGAIN.last())
        .copied()
        .unwrap_or(Duration::from_secs(30))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_abandoned_payment_stays_within_its_budget() {
        let mut age = Duration::ZERO;
        let mut readings = 0;
        while age < Duration::from_secs(300) {
            age += stepped(age);
            readings += 1;
        }
        assert!(readings <= 109, "{readings} readings and the create");
    }

    #[test]
    fn many_links_are_asked_for_no_more_often_than_a_counter_needs() {
        for all in [1, 8, 9, 50, 200, 3_000] {
            let of_all: f64 = (0..all)
                .map(|newer| shared(all, newer).max(stepped(Duration::ZERO)))
                .map(|interval| 1.0 / interval.as_secs_f64())
                .sum();
            assert!(of_all <= 13.01, "{all} links: {of_all} readings a second");
            assert_eq!(shared(all, NEWEST - 1), Duration::ZERO);
        }
    }

    #[test]
    fn the_pace_never_quickens_with_age() {
        for pace in [stepped, unattended] {
            let mut before = Duration::ZERO;
            for second in 0..2_000 {
                let interval = pace(Duration::from_secs(second));
                assert!(interval >= before);
                before = interval;
            }
        }
    }
}
