//! Whether the targets would find a mistake: for each promise a parser that breaks it, which must be found
//! among a few thousand changed inputs. And whether they are fed with what reaches the parsers.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use fastrand::Rng;
use http::HeaderMap;
use journal::Fact;
use money::{AmountError, Currency, Money};
use payment::{Event, Failure, IntentId, Seen, Standing, System};
use providers::webhook::{AGE_LIMIT_MS, Notified, Rejected, receive};
use secrets::Secret;
use till::api::{ApiError, COMMANDS, Code};
use tillside_tests::fuzz::answers::{self, Outcome, Story};
use tillside_tests::fuzz::lists::{self, Planned};
use tillside_tests::fuzz::mutate::mutated;
use tillside_tests::fuzz::side::Side;
use tillside_tests::fuzz::{records, requests, typed, webhooks};

/// Every mistake is found before this; most within the seeds themselves.
const ROUNDS: u64 = 5_000;

/// Feeds a wrong parser until that is seen.
#[track_caller]
fn assert_found(mistake: &str, seeds: &[Vec<u8>], check: impl Fn(&[u8])) {
    let is_found = |bytes: &[u8]| catch_unwind(AssertUnwindSafe(|| check(bytes))).is_err();
    if seeds.iter().any(|seed| is_found(seed)) {
        return;
    }
    for round in 0..ROUNDS {
        let mut rng = Rng::with_seed(round);
        let (one, other) = (rng.usize(0..seeds.len()), rng.usize(0..seeds.len()));
        if is_found(&mutated(&seeds[one], &seeds[other], &mut rng)) {
            return;
        }
    }
    unreachable!("{mistake}: not found in {ROUNDS} rounds");
}

type Lie = fn(&Story, Outcome) -> Outcome;

/// Whatever amount the answer names, it is ours.
fn takes_any_amount(_: &Story, outcome: Outcome) -> Outcome {
    if let Outcome::Seen(Err(Failure::Mismatch { .. })) = outcome {
        return Outcome::Seen(Ok(Seen::new(Standing::Paid, "CONFIRMED")));
    }
    outcome
}

/// A fault of the provider's means that nothing happened.
fn takes_a_fault_for_a_refusal(_: &Story, outcome: Outcome) -> Outcome {
    if let Outcome::Made(Err(Failure::Fault { .. } | Failure::NoAnswer { .. })) = outcome {
        let said = "failed".to_owned();
        return Outcome::Made(Err(Failure::Invalid { said }));
    }
    outcome
}

/// A list that could not be read has nothing in it.
fn finds_nothing_in_junk(_: &Story, outcome: Outcome) -> Outcome {
    if let Outcome::Made(Err(Failure::BadAnswer { .. } | Failure::Fault { .. })) = outcome {
        return Outcome::Made(Ok(None));
    }
    outcome
}

/// What the provider says is shown as it came.
fn shows_it_as_it_came(story: &Story, outcome: Outcome) -> Outcome {
    let answer = story.told.last().and_then(|one| one.answer.as_ref());
    let (Outcome::Seen(Ok(mut seen)), Some(answer)) = (outcome.clone(), answer) else {
        return outcome;
    };
    let body = String::from_utf8_lossy(&answer.body).into_owned();
    seen.raw = body.chars().skip(40).take(80).collect();
    Outcome::Seen(Ok(seen))
}

/// As long as the provider wants.
fn waits_for_ever(_: &Story, outcome: Outcome) -> Outcome {
    if let Outcome::Seen(Err(Failure::RateLimited { .. })) = outcome {
        let retry_after_ms = Some(u64::MAX);
        return Outcome::Seen(Err(Failure::RateLimited { retry_after_ms }));
    }
    outcome
}

/// A page of the provider's choice, of any kind.
fn opens_any_page(_: &Story, outcome: Outcome) -> Outcome {
    let Outcome::Seen(Ok(mut seen)) = outcome else {
        return outcome;
    };
    if let Some(page) = &mut seen.page {
        page.url = "JavaScript:alert(1)".to_owned();
    }
    Outcome::Seen(Ok(seen))
}

#[test]
fn mistakes_in_reading_answers_are_found() {
    let seeds = answers::seeds();
    let lies: [(&str, Lie); 6] = [
        ("any amount is ours", takes_any_amount),
        ("a fault is a refusal", takes_a_fault_for_a_refusal),
        ("nothing is in a list of junk", finds_nothing_in_junk),
        ("shown as it came", shows_it_as_it_came),
        ("it waits for ever", waits_for_ever),
        ("any page is opened", opens_any_page),
    ];
    for (mistake, lie) in lies {
        assert_found(mistake, &seeds, |bytes| answers::check_with(bytes, lie));
    }
}

/// Nobody has to sign.
fn trusts_everybody(
    _: System,
    _: &Secret,
    _: &HeaderMap,
    body: &[u8],
    _: i64,
) -> Result<Notified, Rejected> {
    let text = String::from_utf8_lossy(body);
    let (_, rest) = text.split_once("\"id\":\"").ok_or(Rejected::NoPayment)?;
    let id = rest.split('"').next().unwrap_or_default();
    Ok(Notified {
        intent: IntentId::new(id).map_err(|_| Rejected::NoPayment)?,
        event: "evt".to_owned(),
        signed_at_ms: None,
    })
}

/// A signature of any age.
fn forgets_the_time(
    system: System,
    secret: &Secret,
    headers: &HeaderMap,
    body: &[u8],
    now_ms: i64,
) -> Result<Notified, Rejected> {
    let at = |now_ms| receive(system, secret, headers, body, now_ms);
    match at(now_ms) {
        Err(Rejected::TooOld) => at(now_ms - AGE_LIMIT_MS),
        received => received,
    }
}

/// Signs over something else than the provider does.
fn trusts_nobody(
    system: System,
    _: &Secret,
    headers: &HeaderMap,
    body: &[u8],
    now_ms: i64,
) -> Result<Notified, Rejected> {
    let other = Secret::new("whsec_of_somebody_else").expect("a secret");
    receive(system, &other, headers, body, now_ms)
}

#[test]
fn mistakes_in_taking_webhooks_are_found() {
    let seeds = webhooks::seeds();
    let wrong: [(&str, webhooks::Receive); 3] = [
        ("nobody has to sign", trusts_everybody),
        ("a signature of any age", forgets_the_time),
        ("another text is signed", trusts_nobody),
    ];
    for (mistake, receive) in wrong {
        assert_found(mistake, &seeds, |bytes| {
            webhooks::check_with(bytes, receive);
        });
    }
}

/// The reason of a cancel is not written down.
fn forgets_reasons(mut fact: Fact) -> Fact {
    if let Fact::Payment {
        event: Event::CancelAsked { reason, .. },
        ..
    } = &mut fact
    {
        *reason = None;
    }
    fact
}

#[test]
fn mistakes_in_writing_records_are_found() {
    assert_found("a reason is lost", &records::seeds(), |bytes| {
        records::check_with(bytes, forgets_reasons);
    });
}

fn loses_the_last(planned: Planned) -> Planned {
    planned.map(|mut plan| {
        if plan.lines.len() > 2 {
            plan.lines.truncate(1);
        }
        plan
    })
}

fn counts_twice(planned: Planned) -> Planned {
    planned.map(|mut plan| {
        plan.lines.extend(plan.lines.first().cloned());
        plan
    })
}

#[test]
fn mistakes_in_reading_lists_are_found() {
    let seeds = lists::seeds();
    assert_found("lines are lost", &seeds, |bytes| {
        lists::check_with(bytes, loses_the_last);
    });
    assert_found("a line comes twice", &seeds, |bytes| {
        lists::check_with(bytes, counts_twice);
    });
}

/// What is beyond the currency's decimals does not count.
fn cuts_decimals(text: &str, currency: Currency) -> Result<Money, AmountError> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let kept: String = fraction.chars().take(currency.exponent()).collect();
    match kept.is_empty() {
        true => Money::from_decimal(whole, currency),
        false => Money::from_decimal(&format!("{whole}.{kept}"), currency),
    }
}

/// A comma is a grouping sign everywhere.
fn passes_over_commas(text: &str, currency: Currency) -> Result<Money, AmountError> {
    Money::from_decimal(&text.replace(',', ""), currency)
}

#[test]
fn mistakes_in_reading_amounts_are_found() {
    let seeds = typed::seeds();
    assert_found("decimals are cut", &seeds, |bytes| {
        typed::check_with(bytes, cuts_decimals);
    });
    assert_found("commas are passed over", &seeds, |bytes| {
        typed::check_with(bytes, passes_over_commas);
    });
}

#[test]
fn an_answer_that_repeats_its_request_is_found() {
    assert_found("a request comes back", &requests::seeds(), |bytes| {
        let whole = String::from_utf8_lossy(bytes);
        requests::check_with(bytes, |_| Err(ApiError::with(Code::BadRequest, &whole)));
    });
}

#[test]
fn every_command_of_the_table_is_asked() {
    let seeds = requests::seeds();
    let read = seeds.iter().filter_map(|seed| {
        let (place, body) = seed.split_first()?;
        let name = COMMANDS[usize::from(*place)].name;
        assert!(requests::is_request(name, body), "{name}");
        Some(name)
    });
    let asked: BTreeSet<&str> = read.collect();
    let missing: Vec<&str> = COMMANDS.iter().map(|row| row.name).collect();
    let missing: Vec<&&str> = missing
        .iter()
        .filter(|name| !asked.contains(**name))
        .collect();
    assert!(
        missing.is_empty(),
        "{missing:?}: give tests/fuzz/requests.rs one of each"
    );
}

#[test]
fn every_recorded_line_is_a_record() {
    for seed in records::seeds() {
        assert!(records::is_whole(&seed), "{}", seed.escape_ascii());
    }
}

/// Mutations of answers that mean nothing would find nothing: at every side something was read as paid,
/// as open and as over.
#[test]
fn the_recorded_answers_reach_every_side() {
    let mut read = BTreeSet::new();
    for seed in answers::seeds() {
        answers::check_with(&seed, |story, outcome| {
            if let Some(seen) = outcome.seen() {
                read.insert(format!("{:?} {:?}", story.side, seen.standing));
            }
            outcome
        });
    }
    for side in Side::ALL {
        let has = |standings: &[Standing]| {
            let mut names = standings.iter().map(|one| format!("{side:?} {one:?}"));
            names.any(|name| read.contains(&name))
        };
        assert!(has(&[Standing::Paid]), "{side:?} is never paid: {read:#?}");
        let open = [Standing::Waiting, Standing::Processing];
        assert!(has(&open), "{side:?} is never open: {read:#?}");
        let over = [Standing::Cancelled, Standing::Declined];
        assert!(has(&over), "{side:?} is never over: {read:#?}");
    }
}
