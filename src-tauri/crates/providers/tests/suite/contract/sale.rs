//! What a shop does all day.

use payment::outcome::{Asked, Verdict, verdict};
use payment::{Channel, Failure, IdempotencyKey, Prompt, Standing};
use practice::{PagePress, Press, Race};

use super::Offered;
use crate::shop::{Side, with_card};
use crate::store::{Act, MINOR, Store};

pub(super) async fn approve(side: Side) -> Offered {
    let store = Store::open(side).await;
    let charge = store.charge("R-1");
    let created = store.line.create(&charge).await.expect("a payment");
    let intent = store.named(&charge, &created).await;
    assert_eq!(store.standing(&intent).await, store.unpaid());
    store.pass(1_000);
    if side.channel == Channel::Link {
        let seen = store.read(&intent).await;
        let page = created.seen.page.or(seen.page).expect("a page to pay on");
        let truth = &store.practice.pages()[0];
        assert_eq!(
            page.url, truth.url,
            "the customer is sent to the right page"
        );
        if let Some(at_ms) = page.expires_at_ms {
            let differs_ms = truth
                .expires_at_ms
                .abs_diff(u64::try_from(at_ms).expect("after 1970"));
            assert!(differs_ms < 1_000, "as precise as the wire");
        }
    }
    store.act("R-1", Act::Pay);
    let seen = store.read(&intent).await;
    assert_eq!(seen.standing, Standing::Paid);
    assert!(seen.amount.is_none_or(|amount| amount == charge.amount));
    assert_eq!(store.charged(), [charge.amount]);
    Offered::Yes
}

pub(super) async fn decline(side: Side) -> Offered {
    let store = Store::open(side).await;
    let mut charge = store.charge("R-1");
    if side.channel == Channel::CardOnFile {
        charge.way = with_card("pm_card_declined", false);
    }
    let created = store.line.create(&charge).await.expect("a payment");
    let intent = store.named(&charge, &created).await;
    store.act("R-1", Act::Decline);
    let seen = store.read(&intent).await;
    assert!(store.charged().is_empty());
    let shows = (seen.standing, seen.prompt);
    let is_open = matches!(seen.standing, Standing::Waiting | Standing::NeedsCashier);
    if shows == (Standing::Declined, None) || (is_open && seen.prompt == Some(Prompt::CardDeclined))
    {
        return Offered::Yes;
    }
    assert_eq!(shows, (Standing::Waiting, None));
    store.act("R-1", Act::Pay);
    assert_eq!(store.standing(&intent).await, Standing::Paid);
    Offered::No("a declined card does not show; the page stays open for another try")
}

/// One payment and two cards: the second is taken, once, and the sale is not begun anew.
pub(super) async fn decline_then_approve(side: Side) -> Offered {
    let store = Store::open(side).await;
    let mut charge = store.charge("R-1");
    if side.channel == Channel::CardOnFile {
        charge.way = with_card("pm_card_declined", false);
    }
    let created = store.line.create(&charge).await.expect("a payment");
    let intent = store.named(&charge, &created).await;
    store.act("R-1", Act::Decline);
    let declined = store.read(&intent).await;
    assert!(store.charged().is_empty());
    let acts = store.line.capabilities().acts.by(&charge.way);
    if acts.try_again {
        let other_card = store.charge("R-1");
        let key = IdempotencyKey::new("another-card").expect("a key");
        let again = store
            .line
            .act(&other_card, &intent, &payment::Act::TryAgain, &key)
            .await;
        assert!(again.is_ok(), "{again:?}");
    } else if declined.standing == Standing::Declined {
        // The end of it: whoever would pay after all finds nothing to pay.
        assert!(store.press_page("R-1", PagePress::Pay).is_err());
        store.settle();
        assert!(store.charged().is_empty());
        return Offered::No("a decline ends the payment; another card is a payment of its own");
    }
    store.act("R-1", Act::Pay);
    assert_eq!(store.standing(&intent).await, Standing::Paid);
    assert_eq!(store.charged(), [charge.amount]);
    assert_eq!(store.made(), 1, "it is the same payment");
    Offered::Yes
}

pub(super) async fn expire(side: Side) -> Offered {
    if side.channel == Channel::CardOnFile {
        return Offered::No("a card on file is at work at once; nothing waits for a customer");
    }
    let minute_ms = 60_000;
    let store = Store::with(side, |settings| settings.lifetime_ms = 5 * minute_ms).await;
    let intent = store.sale("R-1").await;
    if side.is_on_dojo_machine() {
        store.pass(100_000);
        assert_eq!(store.standing(&intent).await, Standing::Unconfirmed);
        assert!(store.charged().is_empty());
        return Offered::No(
            "a machine that gives up is no end: somebody must look, or withdraw it",
        );
    }
    let life_ms = side.link_needs().map_or(5 * minute_ms, |needs| {
        u64::from(needs.minutes_usual) * minute_ms
    });
    store.pass(life_ms - 20_000);
    assert_eq!(store.standing(&intent).await, Standing::Waiting);
    store.pass(30_000);
    let seen = store.read(&intent).await;
    assert_eq!(seen.standing, Standing::Expired, "{seen:?}");
    assert!(store.charged().is_empty());
    Offered::Yes
}

pub(super) async fn cancel_early(side: Side) -> Offered {
    let store = Store::open(side).await;
    let intent = store.sale("R-1").await;
    assert_eq!(store.line.cancel(&intent).await, Ok(()));
    store.let_go(&intent).await;
    assert_eq!(store.standing(&intent).await, Standing::Cancelled);
    store.pass(1_000);
    let pressed = match side.channel {
        Channel::Terminal => store.practice.press(&store.counter(), Press::Tap).is_ok(),
        Channel::Link => store.press_page("R-1", PagePress::Pay).is_ok(),
        Channel::CardOnFile => {
            store.settle();
            false
        }
    };
    assert!(!pressed, "there is nothing left to pay");
    assert!(store.charged().is_empty());
    Offered::Yes
}

pub(super) async fn cancel_late(side: Side) -> Offered {
    let store = Store::open(side).await;
    let intent = store.sale("R-1").await;
    store.act("R-1", Act::Pay);
    let late = store.line.cancel(&intent).await.expect_err("a failure");
    assert!(matches!(late, Failure::Invalid { .. }), "{late:?}");
    assert_eq!(verdict(Asked::Cancel, &late), Verdict::ReadToKnow);
    assert_eq!(store.standing(&intent).await, Standing::Paid);
    assert_eq!(store.charged().len(), 1);
    Offered::Yes
}

pub(super) async fn cancel_twice(side: Side) -> Offered {
    let store = Store::open(side).await;
    let intent = store.sale("R-1").await;
    assert_eq!(store.line.cancel(&intent).await, Ok(()));
    store.let_go(&intent).await;
    let again = store.line.cancel(&intent).await;
    if store.replays_cancels() {
        assert_eq!(again, Ok(()), "its key tells the same again");
    } else {
        let again = again.expect_err("a failure");
        assert_eq!(verdict(Asked::Cancel, &again), Verdict::ReadToKnow);
    }
    assert_eq!(store.standing(&intent).await, Standing::Cancelled);
    Offered::Yes
}

/// Whoever wins, what a reading says in the end is what the books say.
pub(super) async fn cancel_while_paying(side: Side) -> Offered {
    for race in [
        Race::CancelWins,
        Race::ApprovalWins,
        Race::ApprovalAfterCancel,
    ] {
        let store = Store::with(side, |settings| settings.race = race).await;
        let intent = store.sale("R-1").await;
        store.begin("R-1", Act::Pay);
        let answer = store.line.cancel(&intent).await;
        if let Err(failure) = &answer {
            assert_eq!(verdict(Asked::Cancel, failure), Verdict::ReadToKnow);
        }
        store.settle();
        let charged: Vec<i64> = store.charged().iter().map(|one| one.minor()).collect();
        let standing = if charged.is_empty() {
            Standing::Cancelled
        } else {
            assert_eq!(charged, [MINOR]);
            Standing::Paid
        };
        let read = store.standing(&intent).await;
        assert_eq!(read, standing, "{race:?} {answer:?}");
    }
    Offered::Yes
}
