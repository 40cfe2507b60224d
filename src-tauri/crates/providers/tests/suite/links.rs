//! What the documents of the two systems with pages leave open: each plausible behaviour of the
//! practice store, and what only one of the two has.

use payment::failure::BadAnswer;
use payment::outcome::{Asked, Verdict, verdict};
use payment::{AmountUnit, Charge, Failure, LinkMethod, Standing, System, Way};
use practice::{
    CreatedStatus, Effect, Fault, LinkAmounts, LinkAnswer, LinkCount, LinkDecline, LinkOrder,
    LinkStatus, One2PaysRepeat, One2PaysStart, One2PaysUnit, One2PaysUrlField, Operation,
};

use providers::NetworkOptions;

use crate::shop::{charge_in, hasty};
use crate::store::{Act, COUNTER, Store};

/// How many requests have arrived.
fn last_number(store: &Store) -> u64 {
    let requests = store.practice.requests();
    requests.last().map_or(0, |request| request.number)
}

async fn page_of(store: &Store, charge: &Charge) -> String {
    let created = store.line.create(charge).await.expect("a payment");
    let intent = store.named(charge, &created).await;
    store.pass(1_000);
    let read = store.read(&intent).await.page;
    let page = created.seen.page.or(read).expect("a page");
    page.url
}

#[tokio::test(flavor = "multi_thread")]
async fn a_compago_link_is_sold_however_its_create_answers() {
    for answer in [
        LinkAnswer::RedirectUrl,
        LinkAnswer::Url,
        LinkAnswer::CheckoutUrl,
        LinkAnswer::WholeObject,
    ] {
        for created in [CreatedStatus::Created, CreatedStatus::Ok] {
            let store = Store::with(System::CompagoLink, |settings| {
                settings.link_answer = answer;
                settings.created = created;
            })
            .await;
            let url = page_of(&store, &store.charge("R-1")).await;
            assert_eq!(url, store.practice.links()[0].url, "{answer:?} {created:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_compago_link_is_found_however_it_is_listed() {
    for order in [LinkOrder::NewestFirst, LinkOrder::OldestFirst] {
        for count in [LinkCount::Total, LinkCount::Page] {
            for shows_page in [false, true] {
                let store = Store::with(System::CompagoLink, |settings| {
                    settings.link_order = order;
                    settings.link_count = count;
                    settings.link_items_show_page = shows_page;
                    settings.link_amounts = LinkAmounts::Text;
                })
                .await;
                let others = 3;
                for number in 0..others {
                    store.sale(&format!("before-{number}")).await;
                }
                let charge = store.charge("R-1");
                store.spoil(Operation::Create, Fault::LoseAnswer);
                assert!(store.line.create(&charge).await.is_err());
                let truth = store.practice.links().into_iter().next_back().unwrap();
                for number in 0..others {
                    store.sale(&format!("after-{number}")).await;
                }
                let found = store.line.find(&charge).await.unwrap().unwrap();
                assert_eq!(found.intent.unwrap().as_str(), truth.id.to_string());
                assert_eq!(found.seen.amount, Some(charge.amount));
                let url = found.seen.page.map(|page| page.url);
                assert_eq!(url, shows_page.then_some(truth.url), "{order:?} {count:?}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_list_is_walked_to_its_end() {
    for system in [System::CompagoLink, System::One2Pays] {
        let store = Store::with(system, |settings| {
            settings.link_order = LinkOrder::OldestFirst;
            settings.one2pays_requests_per_minute = 10_000;
        })
        .await;
        // Of Compago two pages of five hundred and some more, of One2Pays of a hundred.
        let many = if system == System::CompagoLink {
            1_001
        } else {
            201
        };
        let first = store.charge("first");
        store.line.create(&first).await.unwrap();
        for number in 0..many {
            let charge = store.charge(&format!("R-{number}"));
            store.line.create(&charge).await.unwrap();
        }
        let last = store.charge("last");
        store.line.create(&last).await.unwrap();
        let mut walked = Vec::new();
        for (charge, is_there) in [
            (&first, true),
            (&last, true),
            (&store.charge("none"), false),
        ] {
            let before = last_number(&store);
            let found = store.line.find(charge).await.unwrap();
            assert_eq!(found.is_some(), is_there, "{system:?}");
            walked.push(last_number(&store) - before);
        }
        // Compago's is the oldest first here, and One2Pays is asked for the newest first.
        let expected = if system == System::CompagoLink {
            [1, 3, 3]
        } else {
            [3, 1, 3]
        };
        assert_eq!(walked, expected, "{system:?}");
    }
}

/// Also those that nobody at this till made, over all pages, the newest first; not those that were paid
/// or withdrawn, and not those whose time is over.
#[tokio::test(flavor = "multi_thread")]
async fn what_can_be_paid_there_is_listed() {
    for system in [System::CompagoLink, System::One2Pays] {
        for order in [LinkOrder::NewestFirst, LinkOrder::OldestFirst] {
            let store = Store::with(system, |settings| {
                settings.link_order = order;
                settings.one2pays_requests_per_minute = 10_000;
            })
            .await;
            let listed = async |since_ms| {
                let open = store.line.list_open(since_ms).await.expect("a list");
                let references = open.iter().map(|left| left.reference.clone());
                references.collect::<Vec<_>>()
            };
            assert!(listed(0).await.is_empty());
            store.sale("paid").await;
            store.act("paid", Act::Pay);
            store.settle();
            let withdrawn = store.sale("withdrawn").await;
            store.line.cancel(&withdrawn).await.expect("a cancel");
            store.sale("Mesa 4/ñ").await;
            store.pass(1_000);
            let young = store.sale("young").await;
            let old = store.line.reference(&store.charge("Mesa 4/ñ").key);
            let open = store.line.list_open(0).await.expect("a list");
            assert_eq!(listed(0).await, ["young", &old], "{system:?} {order:?}");
            assert_eq!(open[0].intent, young);
            assert_eq!(open[0].amount, store.charge("young").amount);
            let made_at_ms = open[0].made_at_ms.expect("a time");
            assert_eq!(listed(made_at_ms).await, ["young"], "{system:?} {order:?}");
            assert_eq!(store.line.cancel(&young).await, Ok(()));
            assert_eq!(listed(0).await, [old], "{system:?} {order:?}");
            store.pass(61 * 60_000);
            let over = listed(0).await;
            assert!(over.is_empty(), "{system:?} {order:?} {over:?}");
        }
    }
}

/// Those that are over as well, each as it ended, over all pages.
#[tokio::test(flavor = "multi_thread")]
async fn all_that_was_made_there_is_listed_with_where_it_stands() {
    for system in [System::CompagoLink, System::One2Pays] {
        let store = Store::with(system, |settings| {
            settings.link_order = LinkOrder::OldestFirst;
            settings.one2pays_requests_per_minute = 10_000;
        })
        .await;
        assert_eq!(store.line.list(0).await, Ok(Vec::new()), "{system:?}");
        store.sale("ran-out").await;
        store.pass(61 * 60_000);
        let paid = store.sale("paid").await;
        store.act("paid", Act::Pay);
        store.settle();
        let withdrawn = store.sale("withdrawn").await;
        store.line.cancel(&withdrawn).await.expect("a cancel");
        store.pass(1_000);
        store.sale("open").await;
        // A page may follow its payment.
        store.pass(5_000);
        let all = store.line.list(0).await.expect("a list");
        let mut told: Vec<_> = all
            .iter()
            .map(|one| (one.reference.as_str(), one.standing, one.has_link))
            .collect();
        assert_eq!(told[0], ("open", Standing::Waiting, true), "{system:?}");
        told.sort_unstable_by_key(|(reference, ..)| *reference);
        let expected = [
            ("open", Standing::Waiting, true),
            ("paid", Standing::Paid, false),
            ("ran-out", Standing::Expired, false),
            ("withdrawn", Standing::Cancelled, false),
        ];
        assert_eq!(told, expected, "{system:?}");
        let one = all
            .iter()
            .find(|one| one.intent == paid)
            .expect("it is there");
        assert_eq!(one.amount, store.charge("paid").amount);
        let since_ms = one.made_at_ms.expect("a time");
        let young = store.line.list(since_ms).await.expect("a list");
        assert_eq!(young.len(), 3, "{system:?}: {young:?}");
        assert_eq!(young, all[..3], "{system:?}");
    }
}

/// Five hundred payments can be more than the client reads; a hundred of them are not.
#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_is_too_large_is_read_in_smaller_pages() {
    let store = Store::open(System::CompagoLink).await;
    let first = store.sale("first").await;
    for number in 0..150 {
        let charge = store.charge(&format!("R-{number}"));
        store.line.create(&charge).await.unwrap();
    }
    let narrow = |body_limit_bytes| NetworkOptions {
        body_limit_bytes,
        ..hasty()
    };
    let line = store.line_through(narrow(50_000));
    let before = last_number(&store);
    let found = line.find(&store.charge("first")).await.unwrap().unwrap();
    assert_eq!(found.intent, Some(first));
    assert_eq!(
        last_number(&store) - before,
        3,
        "one too large, two of a hundred"
    );
    let line = store.line_through(narrow(10_000));
    let nothing_claimed = line.find(&store.charge("none")).await;
    let why = BadAnswer::TooLarge;
    assert_eq!(nothing_claimed, Err(Failure::BadAnswer { why }));
}

/// A request that was delivered twice made two: the customer has the page of one, and the other is
/// withdrawn, unless it is the one that was paid.
#[tokio::test(flavor = "multi_thread")]
async fn of_twins_one_is_kept() {
    for first_is_paid in [false, true] {
        let store = Store::open(System::CompagoLink).await;
        let charge = store.charge("R-1");
        store.line.create(&charge).await.unwrap();
        if first_is_paid {
            store.act("R-1", Act::Pay);
        }
        store.pass(10);
        store.spoil(Operation::Create, Fault::LoseAnswer);
        assert!(store.line.create(&charge).await.is_err());
        let found = store.line.find(&charge).await.unwrap().unwrap();
        let (standing, kept, other) = if first_is_paid {
            (Standing::Paid, 0, 1)
        } else {
            (Standing::Waiting, 1, 0)
        };
        let truth = store.practice.links();
        assert_eq!(found.seen.standing, standing);
        assert_eq!(found.intent.unwrap().as_str(), truth[kept].id.to_string());
        assert_eq!(truth[other].status, LinkStatus::Cancelled);
        assert_eq!(store.alive(), 1);
    }
}

/// A twin that cannot be withdrawn is asked about: while it may still be paid nothing is claimed.
#[tokio::test(flavor = "multi_thread")]
async fn a_twin_that_cannot_be_withdrawn_is_asked_about() {
    let store = Store::open(System::CompagoLink).await;
    let charge = store.charge("R-1");
    for _ in 0..2 {
        store.line.create(&charge).await.unwrap();
        store.pass(10);
    }
    store.spoil(Operation::Cancel, Fault::DropRequest);
    assert!(store.line.find(&charge).await.is_err());
    assert_eq!(store.alive(), 2);
    // The life of both is over, which the list does not show: withdrawing them is refused.
    store.pass(61 * 60_000);
    let found = store.line.find(&charge).await.unwrap().unwrap();
    let intent = found.intent.unwrap();
    assert_eq!(store.standing(&intent).await, Standing::Expired);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_compago_link_that_is_cancelled_by_a_decline_is_over() {
    let store = Store::with(System::CompagoLink, |settings| {
        settings.link_decline = LinkDecline::Cancelled;
    })
    .await;
    let intent = store.sale("R-1").await;
    store.act("R-1", Act::Decline);
    assert_eq!(store.standing(&intent).await, Standing::Cancelled);
    assert!(store.charged().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_one2pays_payment_is_sold_whatever_its_page_is_called() {
    for field in [
        One2PaysUrlField::Url,
        One2PaysUrlField::RedirectUrl,
        One2PaysUrlField::QrUrl,
        One2PaysUrlField::RedirectToUrl,
    ] {
        for (start, after_ms) in [
            (One2PaysStart::RequiresPaymentMethod, 500),
            (One2PaysStart::RequiresConfirmation, 500),
            (One2PaysStart::RequiresAction, 0),
        ] {
            let store = Store::with(System::One2Pays, |settings| {
                settings.one2pays_url_field = field;
                settings.one2pays_start = start;
                settings.one2pays_action_after_ms = after_ms;
            })
            .await;
            let url = page_of(&store, &store.charge("R-1")).await;
            assert_eq!(url, store.practice.links()[0].url, "{field:?} {start:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_one2pays_payment_passes_through_its_standings() {
    let store = Store::with(System::One2Pays, |settings| {
        settings.one2pays_start = One2PaysStart::Processing;
        settings.one2pays_capture_after_ms = 3_000;
    })
    .await;
    let charge = store.charge("R-1");
    let created = store.line.create(&charge).await.unwrap();
    assert_eq!(created.seen.standing, Standing::Processing);
    let intent = created.intent.unwrap();
    store.pass(600);
    assert_eq!(store.standing(&intent).await, Standing::Waiting);
    store.begin("R-1", Act::Pay);
    assert_eq!(store.standing(&intent).await, Standing::Processing);
    store.pass(2_500);
    assert_eq!(store.standing(&intent).await, Standing::Authorised);
    assert!(store.charged().is_empty(), "held is not taken");
    store.pass(3_000);
    assert_eq!(store.standing(&intent).await, Standing::Paid);
    assert_eq!(store.charged(), [charge.amount]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bank_transfer_is_asked_for_by_its_name() {
    let store = Store::open(System::One2Pays).await;
    let mut charge = store.charge("R-1");
    if let Way::Link { terms } = &mut charge.way {
        terms.method = Some(LinkMethod::BankTransfer);
    }
    let intent = store.line.create(&charge).await.unwrap().intent.unwrap();
    store.act("R-1", Act::Pay);
    assert_eq!(store.standing(&intent).await, Standing::Processing);
    store.pass(300_000);
    assert_eq!(store.standing(&intent).await, Standing::Paid);
}

/// The answer to a create repeats the amount as it was sent, so a wrong unit cannot be found out:
/// a person must have tried it before the first sale.
#[tokio::test(flavor = "multi_thread")]
async fn the_unit_of_an_account_decides_what_is_charged() {
    for theirs in [One2PaysUnit::Major, One2PaysUnit::Minor] {
        let store = Store::with(System::One2Pays, |settings| settings.one2pays_unit = theirs).await;
        for ours in [AmountUnit::Major, AmountUnit::Minor] {
            let line = store.line_as(|account| account.settings.amount_unit = Some(ours));
            let order = format!("R-{ours:?}");
            let charge = charge_in(store.side.system, &order, 35_000, COUNTER);
            let made = line
                .create(&charge)
                .await
                .expect("an answer in the same unit");
            let intent = made.intent.unwrap();
            let truth = store
                .practice
                .links()
                .into_iter()
                .next_back()
                .unwrap()
                .amount;
            let is_same = (theirs == One2PaysUnit::Major) == (ours == AmountUnit::Major);
            assert_eq!(truth == charge.amount, is_same, "{theirs:?} {ours:?}");
            assert_eq!(line.cancel(&intent).await, Ok(()));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_used_key_is_the_first_payment_or_a_duplicate() {
    for (repeat, is_named) in [
        (One2PaysRepeat::Replay, true),
        (One2PaysRepeat::ReplayIfSame, true),
        (One2PaysRepeat::Conflict, false),
    ] {
        let store = Store::with(System::One2Pays, |settings| {
            settings.one2pays_repeat = repeat
        })
        .await;
        let charge = store.charge("R-1");
        let first = store.line.create(&charge).await.unwrap();
        store.pass(600);
        match store.line.create(&charge).await {
            Ok(again) => assert!(is_named && again.intent == first.intent, "{repeat:?}"),
            Err(failure) => assert!(!is_named && failure == Failure::Duplicate, "{repeat:?}"),
        }
        assert_eq!(store.made(), 1);
    }
}

/// The reference takes letters, digits and three marks; a shop's orders have whatever they have.
#[tokio::test(flavor = "multi_thread")]
async fn an_order_of_any_characters_is_sold_and_found() {
    for order in ["Mesa 4 ñ", "#12/3", "โต๊ะ ๔", &"ก".repeat(48)] {
        let store = Store::open(System::One2Pays).await;
        let charge = store.charge(order);
        let made = store.line.create(&charge).await.unwrap();
        let found = store.line.find(&charge).await.unwrap().unwrap();
        assert_eq!(found.intent, made.intent, "{order}");
        assert_eq!(store.line.find(&store.charge("Mesa 4 n")).await, Ok(None));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn where_one_payment_cannot_be_read_the_list_is() {
    let store = Store::with(System::One2Pays, |settings| {
        settings.one2pays_reads_one = false
    })
    .await;
    let intent = store.sale("R-1").await;
    store.act("R-1", Act::Pay);
    let before = store.practice.requests().len();
    for _ in 0..2 {
        assert_eq!(store.standing(&intent).await, Standing::Paid);
    }
    let asked = store.practice.requests().split_off(before);
    let not_found = asked
        .iter()
        .filter(|one| one.effect == Effect::NotFound)
        .count();
    assert_eq!(
        (asked.len(), not_found),
        (3, 1),
        "it is learnt at the first reading"
    );
    let nobodys = payment::IntentId::new(crate::shop::ID).unwrap();
    let absent = store.line.read(&nobodys).await.unwrap_err();
    assert_eq!(verdict(Asked::Read, &absent), Verdict::PerhapsAbsent);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_clock_costs_one_request_and_a_wrong_key_none() {
    let store = Store::with(System::One2Pays, |settings| {
        settings.one2pays_clock_ahead_ms = -86_400_000;
    })
    .await;
    let intent = store.sale("R-1").await;
    for _ in 0..5 {
        assert_eq!(store.standing(&intent).await, Standing::Waiting);
    }
    let requests = store.practice.requests();
    let refused = requests
        .iter()
        .filter(|one| one.effect == Effect::Unauthorised)
        .count();
    assert_eq!((refused, requests.len()), (1, 7), "the difference is kept");
    assert_eq!(store.made(), 1);

    let wrong = store.line_with("sk_test_of-nobody");
    let store_clock_is_wrong = wrong.read(&intent).await;
    assert_eq!(store_clock_is_wrong, Err(Failure::KeyRefused));
    let requests = store.practice.requests();
    assert_eq!(
        requests.len(),
        9,
        "tried once with their time, and not again"
    );

    let store = Store::open(System::One2Pays).await;
    let wrong = store.line_with("sk_test_of-nobody");
    assert_eq!(wrong.check().await, Err(Failure::KeyRefused));
    assert_eq!(store.practice.requests().len(), 1, "the time was right");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_integration_that_is_switched_off_refuses_without_effect() {
    let store = Store::with(System::One2Pays, |settings| {
        settings.one2pays_is_active = false
    })
    .await;
    let refused = store.line.create(&store.charge("R-1")).await;
    assert_eq!(refused, Err(Failure::KeyRefused));
    assert_eq!(store.made(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_providers_limit_and_our_own_are_kept() {
    let store = Store::with(System::One2Pays, |settings| {
        settings.one2pays_requests_per_minute = 2;
    })
    .await;
    let intent = store.sale("R-1").await;
    assert_eq!(store.standing(&intent).await, Standing::Waiting);
    let Err(Failure::RateLimited { retry_after_ms }) = store.line.read(&intent).await else {
        panic!("not limited");
    };
    let told = retry_after_ms.expect("Retry-After");
    assert!((50_000..=60_000).contains(&told), "{told}");

    let store = Store::with(System::One2Pays, |settings| {
        settings.one2pays_requests_per_minute = 10_000;
    })
    .await;
    let intent = store.sale("R-1").await;
    let mut answered = 0;
    let limited = loop {
        match store.line.read(&intent).await {
            Ok(_) => answered += 1,
            Err(failure) => break failure,
        }
    };
    let Failure::RateLimited {
        retry_after_ms: Some(wait_ms),
    } = limited
    else {
        panic!("{limited:?}");
    };
    assert_eq!(answered, 899, "with the create nine hundred");
    assert!((1..=60_001).contains(&wait_ms));
    assert_eq!(
        store.practice.requests().len(),
        900,
        "what found no place was not sent"
    );
    assert_eq!(
        store.line.cancel(&intent).await,
        Ok(()),
        "a cancel finds room"
    );
}
