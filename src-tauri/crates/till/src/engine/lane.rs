//! How fast many payments may be withdrawn at one account: as fast as its provider takes it, learned from
//! its answers, and never at the expense of a sale. Pure.
//!
//! Additive increase, multiplicative decrease, as in TCP: a width (requests under way at once) and, once
//! the provider has said "too many", a rate that stays below what it refused.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

/// Requests under way at once, at most.
const WIDTH_MAX: u32 = 16;

/// Where it begins; it doubles with each round until the provider complains.
const WIDTH_FIRST: u32 = 12;

/// Widths are counted in thousandths.
const MILLI: u32 = 1_000;

/// Rates are counted in requests per thousand seconds.
const PER_SECOND: u64 = 1_000;

/// The slowest: one request in two seconds.
const RATE_MIN: u64 = PER_SECOND / 2;

/// How long nothing is sent after "too many" without a time of its own.
const HOLD: Duration = Duration::from_secs(1);

/// How long nothing is sent after an answer that did not come, or a fault.
const HOLD_AFTER_TROUBLE: Duration = Duration::from_millis(500);

/// The longest that a provider's wish is followed without asking again.
const HOLD_MAX: Duration = Duration::from_secs(300);

/// How long the rate that was refused is remembered as too much.
const CEILING_KEPT: Duration = Duration::from_secs(30);

/// What an answer says about the pace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Heard {
    /// Fine.
    Fine,
    /// Too many, and perhaps for how long.
    TooMany(Option<Duration>),
    /// No answer, or a fault: it may be down.
    Trouble,
}

/// When the next request may start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Turn {
    /// Now.
    Now,
    /// Not before then.
    At(Instant),
    /// When another has come back.
    WhenFree,
}

/// The pace of one account.
#[derive(Debug)]
pub(crate) struct Lane {
    width_milli: u32,
    /// It has not complained yet: the width doubles with each round.
    is_opening: bool,
    rate: Option<u64>,
    ceiling: u64,
    next_at: Option<Instant>,
    held_until: Option<Instant>,
    cut_at: Option<Instant>,
    /// The starts of the last second.
    starts: VecDeque<Instant>,
    under_way: u32,
}

impl Default for Lane {
    fn default() -> Self {
        Self {
            width_milli: WIDTH_FIRST * MILLI,
            is_opening: true,
            rate: None,
            ceiling: u64::MAX,
            next_at: None,
            held_until: None,
            cut_at: None,
            starts: VecDeque::new(),
            under_way: 0,
        }
    }
}

impl Lane {
    /// Requests that may be under way at once now.
    pub(crate) const fn width(&self) -> u32 {
        self.width_milli / MILLI
    }

    /// Whether a request may start, beside those that are under way.
    pub(crate) fn turn(&self, now: Instant) -> Turn {
        if let Some(until) = self.held_until.filter(|until| *until > now) {
            return Turn::At(until);
        }
        if self.under_way >= self.width() {
            return Turn::WhenFree;
        }
        match self.next_at {
            Some(at) if at > now => Turn::At(at),
            Some(_) | None => Turn::Now,
        }
    }

    /// A request starts.
    pub(crate) fn start(&mut self, now: Instant) {
        self.under_way = self.under_way.saturating_add(1);
        self.starts.push_back(now);
        self.forget(now);
        if let Some(rate) = self.rate {
            let spacing = Duration::from_micros(1_000_000 * PER_SECOND / rate.max(1));
            self.next_at = Some(self.next_at.map_or(now, |at| at.max(now)) + spacing);
        }
    }

    /// A request is over, whatever it brought.
    pub(crate) fn end(&mut self) {
        self.under_way = self.under_way.saturating_sub(1);
    }

    /// What the answer to a request that started then says.
    pub(crate) fn hear(&mut self, heard: Heard, started: Instant, now: Instant) {
        // What left before the last cut says only what is known by now.
        let is_old = self.cut_at.is_some_and(|cut| started <= cut);
        match heard {
            Heard::Fine if is_old => {}
            Heard::Fine => self.rise(now),
            Heard::TooMany(wish) => {
                let hold = wish.unwrap_or(HOLD).min(HOLD_MAX);
                self.hold(now + hold);
                if !is_old {
                    self.cut_rate(now);
                    self.cut_width(now);
                }
            }
            Heard::Trouble => {
                self.hold(now + HOLD_AFTER_TROUBLE);
                if !is_old {
                    self.cut_width(now);
                }
            }
        }
    }

    fn rise(&mut self, now: Instant) {
        let step = if self.is_opening {
            MILLI
        } else {
            MILLI * MILLI / self.width_milli.max(MILLI)
        };
        let most = WIDTH_MAX * MILLI;
        self.width_milli = self.width_milli.saturating_add(step).min(most);
        let is_remembered = self
            .cut_at
            .is_some_and(|cut| now.duration_since(cut) < CEILING_KEPT);
        if !is_remembered {
            self.ceiling = u64::MAX;
        }
        if let Some(rate) = &mut self.rate {
            // One more a second, each second.
            let step = PER_SECOND * PER_SECOND / (*rate).max(1);
            *rate = rate.saturating_add(step).min(self.ceiling.max(RATE_MIN));
        }
    }

    fn hold(&mut self, until: Instant) {
        self.held_until = Some(self.held_until.map_or(until, |held| held.max(until)));
    }

    fn cut_rate(&mut self, now: Instant) {
        self.forget(now);
        let starts = u64::try_from(self.starts.len()).unwrap_or(u64::MAX);
        let measured = starts.max(1).saturating_mul(PER_SECOND);
        let refused = self.rate.map_or(measured, |rate| rate.min(measured));
        self.ceiling = refused * 8 / 10;
        self.rate = Some((refused / 2).max(RATE_MIN));
    }

    fn cut_width(&mut self, now: Instant) {
        self.is_opening = false;
        self.width_milli = (self.width_milli / 2).max(MILLI);
        self.cut_at = Some(now);
    }

    fn forget(&mut self, now: Instant) {
        let is_old = |at: &Instant| now.duration_since(*at) > Duration::from_secs(1);
        while self.starts.front().is_some_and(is_old) {
            self.starts.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    fn starts(lane: &mut Lane, mut now: Instant, for_ms: u32) -> u32 {
        let mut count = 0;
        for _ in 0..for_ms {
            while lane.turn(now) == Turn::Now {
                lane.start(now);
                lane.end();
                lane.hear(Heard::Fine, now, now);
                count += 1;
                if count > 100_000 {
                    return count;
                }
                if lane.rate.is_none() {
                    break;
                }
            }
            now += MS;
        }
        count
    }

    #[test]
    fn it_opens_to_the_most_within_one_round_and_no_further() {
        let mut lane = Lane::default();
        let now = Instant::now();
        assert_eq!(lane.width(), 12);
        for _ in 0..8 {
            lane.start(now);
            lane.end();
            lane.hear(Heard::Fine, now, now);
        }
        assert_eq!(lane.width(), 16);
        for _ in 0..16 {
            assert_eq!(lane.turn(now), Turn::Now);
            lane.start(now);
        }
        assert_eq!(lane.turn(now), Turn::WhenFree);
        lane.end();
        assert_eq!(lane.turn(now), Turn::Now);
    }

    #[test]
    fn too_many_is_heard_once_and_waited_for_as_long_as_was_said() {
        let mut lane = Lane::default();
        let now = Instant::now();
        for _ in 0..4 {
            lane.start(now);
        }
        let later = now + 50 * MS;
        let wish = Duration::from_secs(7);
        for _ in 0..4 {
            lane.hear(Heard::TooMany(Some(wish)), now, later);
            lane.end();
        }
        // Four refusals of one round are one piece of news.
        assert_eq!(lane.width(), 6);
        assert_eq!(lane.turn(later), Turn::At(later + wish));
        assert_eq!(lane.turn(later + wish), Turn::Now);
        assert_eq!(lane.rate, Some(2 * PER_SECOND), "half of what was refused");
    }

    #[test]
    fn after_too_many_it_stays_below_what_was_refused_for_half_a_minute() {
        let mut lane = Lane::default();
        let mut now = Instant::now();
        for _ in 0..40 {
            lane.start(now);
            lane.end();
            now += 20 * MS;
        }
        lane.hear(Heard::TooMany(None), now, now);
        now += HOLD;
        let sent = starts(&mut lane, now, 10_000);
        // From 20 to the ceiling of 32 a second in twelve seconds: never 40 in any of them.
        assert!((200..=320).contains(&sent), "{sent} in ten seconds");
        assert!(lane.rate.unwrap() <= 32 * PER_SECOND);
    }

    #[test]
    fn a_provider_that_is_down_is_asked_by_one_at_a_time() {
        let mut lane = Lane::default();
        let mut now = Instant::now();
        for _ in 0..7 {
            lane.start(now);
            now += Duration::from_secs(1);
            lane.hear(Heard::Trouble, now, now + MS);
            lane.end();
            now += Duration::from_secs(1);
        }
        assert_eq!(lane.width(), 1);
        lane.start(now);
        assert_eq!(lane.turn(now), Turn::WhenFree);
    }
}
