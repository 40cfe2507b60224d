//! Counting tests from the runners' own summary lines.

use std::iter::Sum;

/// How many passed and how many failed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    /// Tests, or whole steps, that passed.
    pub(crate) passed: u64,
    /// Tests, or whole steps, that failed.
    pub(crate) failed: u64,
}

impl Tally {
    /// A step that counts as one and passed.
    pub(crate) const PASSED: Self = Self {
        passed: 1,
        failed: 0,
    };
    /// A step that counts as one and failed.
    pub(crate) const FAILED: Self = Self {
        passed: 0,
        failed: 1,
    };

    /// The count of a runner, held against how the runner ended. A runner that says it is content
    /// and ran nothing has failed, and so has one that ended badly without naming a test: it did
    /// not compile, or it crashed.
    pub(crate) fn settled(self, ended_well: bool) -> Self {
        let ran_nothing = self == Self::default();
        if (ended_well && !ran_nothing) || self.failed > 0 {
            return self;
        }
        Self { failed: 1, ..self }
    }
}

impl Sum for Tally {
    fn sum<I: Iterator<Item = Self>>(tallies: I) -> Self {
        tallies.fold(Self::default(), |all, one| Self {
            passed: all.passed.saturating_add(one.passed),
            failed: all.failed.saturating_add(one.failed),
        })
    }
}

impl std::fmt::Display for Tally {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)
    }
}

/// Reads a line of cargo-nextest: `Summary [ 0.1s] 9 tests run: 7 passed (1 slow), 2 failed, …`.
/// "timed out" and "exec failed" are its other words for a failure
/// (nexte.st/docs/reporting and the runner's own output).
pub(crate) fn of_nextest(line: &str) -> Option<Tally> {
    let (_, counts) = line
        .trim_start()
        .strip_prefix("Summary [")?
        .split_once(" run: ")?;
    Some(counted(&without_brackets(counts), ',', "skipped"))
}

/// Reads a line of the test harness that comes with Rust:
/// `test result: ok. 5 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s`.
pub(crate) fn of_cargo_test(line: &str) -> Option<Tally> {
    let (_, counts) = line
        .trim_start()
        .strip_prefix("test result: ")?
        .split_once(". ")?;
    let mut counts = counts.split(';');
    Some(Tally {
        passed: number_before(counts.next()?, "passed")?,
        failed: number_before(counts.next()?, "failed")?,
    })
}

/// Reads a line of Vitest: `Tests  1 failed | 4 passed | 1 skipped (6)`.
pub(crate) fn of_vitest(line: &str) -> Option<Tally> {
    let counts = line.trim_start().strip_prefix("Tests ")?;
    let counts = without_brackets(counts);
    counts
        .contains(|c: char| c.is_ascii_digit())
        .then(|| counted(&counts, '|', "skipped todo"))
}

/// Adds up `N label` parts; what is neither passed nor `beside` has failed.
fn counted(counts: &str, between: char, beside: &str) -> Tally {
    counts
        .split(between)
        .filter_map(|part| part.trim().split_once(' '))
        .filter_map(|(number, label)| Some((number.parse().ok()?, label.trim())))
        .map(|(number, label)| match label {
            "passed" => Tally {
                passed: number,
                failed: 0,
            },
            _ if beside.split(' ').any(|word| word == label) => Tally::default(),
            _ => Tally {
                passed: 0,
                failed: number,
            },
        })
        .sum()
}

fn number_before(part: &str, label: &str) -> Option<u64> {
    part.trim().strip_suffix(label)?.trim().parse().ok()
}

fn without_brackets(text: &str) -> String {
    let mut depth = 0_u32;
    text.chars()
        .filter(|&c| {
            match c {
                '(' => depth += 1,
                ')' => depth = depth.saturating_sub(1),
                _ => return depth == 0,
            }
            false
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(passed: u64, failed: u64) -> Option<Tally> {
        Some(Tally { passed, failed })
    }

    #[test]
    fn nextest_is_understood() {
        for (line, expected) in [
            (
                "     Summary [   0.123s] 10 tests run: 10 passed, 0 skipped",
                tally(10, 0),
            ),
            (
                "     Summary [   0.005s] 1 test run: 1 passed, 3 skipped",
                tally(1, 0),
            ),
            (
                "Summary [ 61.0s] 9/12 tests run: 4 passed (1 slow, 1 flaky), 2 failed (1 due to \
                 being leaky), 1 exec failed, 2 timed out, 5 skipped",
                tally(4, 5),
            ),
            (
                "     Summary [   0.000s] 0 tests run: 0 passed, 4 skipped",
                tally(0, 0),
            ),
            (
                "        PASS [   0.004s] xtask tally::tests::nextest_is_understood",
                None,
            ),
            ("Summary of the day", None),
        ] {
            assert_eq!(of_nextest(line), expected, "{line}");
        }
    }

    #[test]
    fn the_harness_of_rust_is_understood() {
        for (line, expected) in [
            (
                "test result: ok. 5 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; \
                 finished in 0.01s",
                tally(5, 0),
            ),
            (
                "test result: FAILED. 4 passed; 2 failed; 0 ignored; 0 measured; 3 filtered out",
                tally(4, 2),
            ),
            ("test sale::pays ... ok", None),
            ("test result: ok.", None),
        ] {
            assert_eq!(of_cargo_test(line), expected, "{line}");
        }
    }

    #[test]
    fn vitest_is_understood() {
        for (line, expected) in [
            ("      Tests  12 passed (12)", tally(12, 0)),
            (
                "      Tests  1 failed | 4 passed | 1 skipped | 2 todo (8)",
                tally(4, 1),
            ),
            ("      Tests  2 failed (2)", tally(0, 2)),
            (" Test Files  2 passed (2)", None),
            ("      Tests  no tests", None),
        ] {
            assert_eq!(of_vitest(line), expected, "{line}");
        }
    }

    #[test]
    fn a_runner_is_held_against_how_it_ended() {
        let count = |passed, failed| Tally { passed, failed };
        for (seen, ended_well, expected) in [
            (count(3, 0), true, count(3, 0)),
            (count(0, 0), true, count(0, 1)),
            (count(0, 0), false, count(0, 1)),
            (count(3, 0), false, count(3, 1)),
            (count(3, 2), false, count(3, 2)),
            // A runner that counts a failure and still ends well is not believed.
            (count(3, 2), true, count(3, 2)),
        ] {
            assert_eq!(seen.settled(ended_well), expected, "{seen:?} {ended_well}");
        }
    }

    #[test]
    fn the_last_line_reads_as_promised() {
        let all: Tally = [
            Tally::PASSED,
            Tally {
                passed: 7,
                failed: 0,
            },
            Tally::FAILED,
        ]
        .into_iter()
        .sum();
        assert_eq!(all.to_string(), "8 passed, 1 failed");
    }
}
