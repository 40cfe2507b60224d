//! How long customers take at this till, and so when looking is worth a request.
//!
//! The till cannot know when a card is held to a machine; each look costs a request and shows what
//! happened half an interval late on average. With so many looks to spend, that delay is least where the
//! interval is inverse to the root of the hazard: of those who still wait, how many are done within the
//! next second. Before three seconds hardly anybody is, at ten most are, after a minute nobody comes any
//! more. The hazard is counted from this till's own payments; before there are any, from forty of a usual
//! shop (half are done after eleven seconds). The numbers that come of it are in ARCHITECTURE.

use std::collections::VecDeque;
use std::time::Duration;

use journal::Summary;
use payment::record::Cancel;
use payment::{Channel, Class, Payment, State};

use super::pace;

const BANDS: usize = 13;

/// The ages at which a band ends. Milliseconds. What is older is not learned: nobody stands there.
const ENDS_MS: [u64; BANDS] = [
    2_000, 4_000, 6_000, 8_000, 10_000, 12_000, 14_000, 16_000, 20_000, 25_000, 30_000, 45_000,
    60_000,
];

/// Of a thousand payments of a usual shop, how many are done in each band: a lognormal distribution with a
/// median of 11 s and a mean of 13.3 s.
const USUAL: [u64; BANDS] = [3, 48, 113, 140, 135, 117, 96, 76, 105, 75, 40, 41, 11];

/// How many payments of one's own the usual ones count as much as.
const USUAL_WEIGHT: u64 = 40;

/// What one payment weighs. Whole numbers do for the parts of one.
const ONE: u64 = 1_000;

/// No band has fewer outcomes than this part of a payment: what was never seen may happen.
const OUTCOMES_MIN: u64 = 50;

/// How many readings a payment costs on average, in tenths, by the root alone. With its create, with what
/// [`longest_ms`] adds, and with half a reading that is begun in vain, that is ten requests.
const READINGS_TENTHS: u64 = 64;

/// How many payments are remembered.
const REMEMBERED: usize = 200;

/// How long one payment on a machine took.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Lasted {
    /// From the moment a card could come. Milliseconds.
    pub for_ms: u64,
    /// A card ended it. Where it was withdrawn, its customer might have taken longer.
    pub by_card: bool,
}

impl Lasted {
    /// What a payment tells that is over after so long; nothing where nobody watched it, or where its end
    /// was not the customer's doing.
    pub(crate) fn of(payment: &Payment, for_ms: u64) -> Option<Self> {
        let is_plain = payment.way.channel() == Channel::Terminal
            && !payment.gives_back()
            && !payment.late
            && !payment.by_hand
            && payment.doubt.is_none();
        let by_card = match payment.state.class() {
            Class::Open => return None,
            Class::Paid => payment.cancel == Cancel::No,
            Class::Unpaid => payment.state == State::Declined,
        };
        is_plain.then_some(Self { for_ms, by_card })
    }

    fn remembered(summary: &Summary) -> Option<Self> {
        let for_ms = summary.ended_at_ms?.checked_sub(summary.requested_at_ms)?;
        // Below zero: the clock was turned.
        Self::of(&summary.payment, u64::try_from(for_ms).ok()?)
    }
}

/// What was learned, and the intervals that follow from it.
#[derive(Debug)]
pub(crate) struct Habit {
    lasted: VecDeque<Lasted>,
    intervals_ms: [u64; BANDS],
}

impl Habit {
    /// From the payments that the journal remembers, newest first.
    pub(crate) fn of(newest_first: &[Summary]) -> Self {
        let lasted = newest_first.iter().rev().filter_map(Lasted::remembered);
        let mut habit = Self {
            lasted: lasted.collect(),
            intervals_ms: [0; BANDS],
        };
        habit.draw_conclusions();
        habit
    }

    /// How many payments are worth asking the journal for.
    pub(crate) const fn remembered() -> usize {
        REMEMBERED
    }

    /// Another payment is over.
    pub(crate) fn learn(&mut self, lasted: Lasted) {
        self.lasted.push_back(lasted);
        self.draw_conclusions();
    }

    /// How long until the next reading of a payment of this age.
    pub(crate) fn waiting(&self, channel: Channel, age: Duration) -> Duration {
        match channel {
            Channel::Terminal => {
                let ends = ENDS_MS.iter().zip(&self.intervals_ms);
                let mut bands = ends.map(|(end, every)| {
                    (Duration::from_millis(*end), Duration::from_millis(*every))
                });
                let band = bands.find(|(end, _)| age < *end);
                band.map_or_else(|| pace::unattended(age), |(_, interval)| interval)
            }
            // A page is paid when its customer likes, and a card on file by the bank alone.
            Channel::Link | Channel::CardOnFile => pace::stepped(age),
        }
    }

    fn draw_conclusions(&mut self) {
        while self.lasted.len() > REMEMBERED {
            self.lasted.pop_front();
        }
        self.intervals_ms = intervals_ms(&self.lasted);
    }
}

/// The intervals, one a band.
///
/// With `n` outcomes in a band and `t` spent in it by all who still waited, the hazard is `n / t`, and the
/// interval `k * root(t / n)`. `k` is the one with which all of them together cost [`READINGS_TENTHS`] a payment.
fn intervals_ms(lasted: &VecDeque<Lasted>) -> [u64; BANDS] {
    let (outcomes, waited_ms) = counted(lasted);
    let mut roots = [0; BANDS];
    for (root, (outcomes, waited_ms)) in roots.iter_mut().zip(outcomes.iter().zip(&waited_ms)) {
        *root = outcomes.saturating_mul(*waited_ms).isqrt();
    }
    let all_roots: u64 = roots.iter().sum();
    let readings = outcomes.iter().sum::<u64>().saturating_mul(READINGS_TENTHS) / 10;
    let mut intervals_ms = [0; BANDS];
    for (band, interval_ms) in intervals_ms.iter_mut().enumerate() {
        let spent = readings.saturating_mul(outcomes[band]).max(1);
        let even_ms = all_roots.saturating_mul(roots[band]) / spent;
        *interval_ms = even_ms.clamp(shortest_ms(ENDS_MS[band]), longest_ms(ENDS_MS[band]));
    }
    intervals_ms
}

/// The outcomes of each band and the time that was waited in it, both of the usual payments and of one's
/// own.
fn counted(lasted: &VecDeque<Lasted>) -> ([u64; BANDS], [u64; BANDS]) {
    let mut outcomes = USUAL.map(|of_thousand| of_thousand.saturating_mul(USUAL_WEIGHT));
    let mut waited_ms = [0_u64; BANDS];
    let mut waiting = USUAL_WEIGHT.saturating_mul(ONE);
    let mut begins_ms = 0;
    for (band, ends_ms) in ENDS_MS.into_iter().enumerate() {
        // Whoever is done in a band waited for half of it.
        let on_average = waiting.saturating_sub(outcomes[band] / 2);
        waited_ms[band] = on_average.saturating_mul(ends_ms.saturating_sub(begins_ms));
        waiting = waiting.saturating_sub(outcomes[band]);
        for one in lasted.iter().filter(|one| one.for_ms >= begins_ms) {
            let here_ms = one.for_ms.min(ends_ms).saturating_sub(begins_ms);
            waited_ms[band] = waited_ms[band].saturating_add(here_ms.saturating_mul(ONE));
            if one.by_card && one.for_ms < ends_ms {
                outcomes[band] = outcomes[band].saturating_add(ONE);
            }
        }
        begins_ms = ends_ms;
    }
    (
        outcomes.map(|outcomes| outcomes.max(OUTCOMES_MIN)),
        waited_ms,
    )
}

/// The shortest interval of a band that ends at this age, so that a payment that is abandoned costs at most
/// 110 requests in five minutes whatever was learned: 27 + 14 + 15 here, and the rest in
/// [`pace::unattended`].
const fn shortest_ms(ends_ms: u64) -> u64 {
    match ends_ms {
        ..=16_000 => 600,
        16_001..=30_000 => 1_000,
        _ => 2_000,
    }
}

/// The longest interval of a band that ends at this age. Nobody pays within two seconds, but the cashier
/// wants to see that the machine shows the amount.
const fn longest_ms(ends_ms: u64) -> u64 {
    match ends_ms {
        ..=2_000 => 1_000,
        2_001..=4_000 => 2_000,
        _ => 3_000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn habit(lasted: impl IntoIterator<Item = Lasted>) -> Habit {
        let mut habit = Habit::of(&[]);
        lasted.into_iter().for_each(|one| habit.learn(one));
        habit
    }

    const fn by_card(for_ms: u64) -> Lasted {
        Lasted {
            for_ms,
            by_card: true,
        }
    }

    /// How long customers of a shop take: of a distribution with this median, every part as often as it
    /// comes.
    fn customers(median_ms: u64) -> Vec<u64> {
        // The quantiles of a lognormal distribution with the usual spread, in thousandths of its median.
        let quantiles = [
            290, 361, 412, 454, 492, 526, 559, 591, 621, 652, 682, 712, 742, 773, 804, 836, 869,
            903, 939, 976, 1_015, 1_056, 1_100, 1_146, 1_196, 1_250, 1_309, 1_373, 1_445, 1_526,
            1_618, 1_726, 1_855, 2_016, 2_228, 2_535, 3_066, 3_900,
        ];
        quantiles
            .iter()
            .map(|part| part * median_ms / 1_000)
            .collect()
    }

    /// The requests of a payment that takes so long, and how late its end is seen. Milliseconds.
    fn played(habit: &Habit, lasts_ms: u64, round_trip_ms: u64) -> (u64, u64) {
        let (mut now_ms, mut requests) = (round_trip_ms, 1);
        loop {
            let age = Duration::from_millis(now_ms);
            let pause = habit.waiting(Channel::Terminal, age).as_millis();
            now_ms += u64::try_from(pause).unwrap() + round_trip_ms;
            requests += 1;
            if now_ms - round_trip_ms / 2 >= lasts_ms {
                return (requests, now_ms - lasts_ms);
            }
        }
    }

    /// Requests on average, in tenths; and how late the end is seen, on average and at worst but for one in
    /// twenty. Milliseconds.
    fn cost(habit: &Habit, customers: &[u64]) -> (u64, u64, u64) {
        let all = customers
            .iter()
            .map(|lasts_ms| played(habit, *lasts_ms, 40));
        let (requests, mut late_ms): (Vec<u64>, Vec<u64>) = all.unzip();
        late_ms.sort_unstable();
        let count = u64::try_from(customers.len()).unwrap();
        (
            requests.iter().sum::<u64>() * 10 / count,
            late_ms.iter().sum::<u64>() / count,
            late_ms[late_ms.len() * 95 / 100],
        )
    }

    #[test]
    fn the_usual_thousand_is_a_thousand() {
        assert_eq!(USUAL.iter().sum::<u64>(), ONE);
    }

    #[test]
    fn an_abandoned_payment_stays_within_its_budget_whatever_was_learned() {
        for median_ms in [500, 2_000, 4_000, 8_000, 11_000, 20_000, 40_000, 90_000] {
            let learned = customers(median_ms).into_iter().cycle().take(REMEMBERED);
            let habit = habit(learned.map(by_card));
            let (requests, _) = played(&habit, 300_000, 0);
            assert!(requests <= 110, "{requests} requests, {median_ms} ms");
        }
    }

    /// The table of ARCHITECTURE, over a round trip of 40 ms.
    #[test]
    fn a_payment_costs_ten_requests_and_less_delay_where_the_shop_is_known() {
        let usual = habit([]);
        for (median_ms, unlearned, learned) in [
            (4_000, (48, 1_034, 2_056), (67, 432, 861)),
            (6_000, (61, 972, 1_994), (81, 547, 1_084)),
            (11_000, (95, 770, 1_605), (99, 766, 1_532)),
            (20_000, (156, 1_032, 1_985), (115, 1_304, 3_020)),
        ] {
            let customers = customers(median_ms);
            assert_eq!(cost(&usual, &customers), unlearned, "{median_ms} ms");
            let own = customers.iter().copied().cycle().take(REMEMBERED);
            let habit = habit(own.map(by_card));
            assert_eq!(cost(&habit, &customers), learned, "{median_ms} ms");
        }
        let intervals_ms = [
            1_000, 2_000, 2_084, 1_734, 1_600, 1_536, 1_506, 1_497, 1_516, 1_540, 1_573, 2_000,
            2_000,
        ];
        assert_eq!(usual.intervals_ms, intervals_ms);
    }

    #[test]
    fn who_was_sent_away_did_not_pay_then() {
        let withdrawn = |for_ms| Lasted {
            for_ms,
            by_card: false,
        };
        let usual = habit([]).intervals_ms;
        let sent_away = habit([withdrawn(5_000); REMEMBERED]).intervals_ms;
        assert!(
            sent_away[2] > usual[2],
            "it is not looked for there: {sent_away:?}"
        );
        let paid = habit([by_card(5_000); REMEMBERED]).intervals_ms;
        assert!(paid[2] < usual[2], "it is looked for there: {paid:?}");
    }

    #[test]
    fn only_the_last_payments_count() {
        let mut habit = habit([by_card(30_000); REMEMBERED]);
        let before = habit.intervals_ms;
        (0..REMEMBERED).for_each(|_| habit.learn(by_card(5_000)));
        assert_eq!(habit.lasted.len(), REMEMBERED);
        assert_ne!(habit.intervals_ms, before);
        (0..REMEMBERED).for_each(|_| habit.learn(by_card(30_000)));
        assert_eq!(habit.intervals_ms, before);
    }
}
