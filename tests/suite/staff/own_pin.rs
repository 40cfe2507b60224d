//! A PIN that somebody changes by themselves.

use payment::{Actor, ShopEvent, StaffEvent};
use till::api::ChangeOwnPinRequest;

use super::*;

async fn change(shop: &Shop, old: &str, new: &str, again: &str) -> Option<ApiError> {
    let request = ChangeOwnPinRequest {
        pin: pin(old),
        new_pin: pin(new),
        again: pin(again),
    };
    shop.gate.change_own_pin(request).await.err()
}

async fn refused(shop: &Shop, old: &str, new: &str, again: &str) -> Code {
    change(shop, old, new, again).await.unwrap().code
}

#[tokio::test(start_paused = true)]
async fn a_cashier_changes_her_own_pin_and_nobody_elses() {
    let shop = Shop::open().await;
    assert_eq!(
        refused(&shop, ANA, "5930", "5930").await,
        Code::NobodySignedIn
    );
    shop.sign_in("Ana", ANA).await.unwrap();
    for (old, new, again, expected) in [
        (ANA, "5930", "5931", Code::PinsDiffer),
        (ANA, "593", "593", Code::PinTooShort),
        (ANA, "59a0", "59a0", Code::PinNotDigits),
        (ANA, "1234", "1234", Code::PinTrivial),
        (LUZ, "5930", "5930", Code::PinWrong),
    ] {
        assert_eq!(
            refused(&shop, old, new, again).await,
            expected,
            "{old} {new}"
        );
    }
    assert_eq!(
        shop.misses(),
        1,
        "what is wrong with the new one costs nothing"
    );
    assert_eq!(change(&shop, ANA, "5930", "5930").await, None);
    shop.leave().await;
    assert_eq!(code(shop.sign_in("Ana", ANA).await), Code::PinWrong);
    shop.sign_in("Ana", "5930").await.unwrap();
    // A manager's has to be a manager's.
    shop.sign_in("Luz", LUZ).await.unwrap();
    assert_eq!(refused(&shop, LUZ, "5931", "5931").await, Code::PinTooShort);
    assert_eq!(change(&shop, LUZ, "604815", "604815").await, None);
    shop.sign_in("Luz", "604815").await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn whoever_guesses_at_the_old_one_waits_as_at_the_lock() {
    let mut shop = Shop::open().await;
    shop.sign_in("Ana", ANA).await.unwrap();
    for _ in 0..4 {
        assert_eq!(refused(&shop, "9017", "5930", "5930").await, Code::PinWrong);
    }
    let locked = change(&shop, "9017", "5930", "5930").await.unwrap();
    assert_eq!(
        (locked.code, locked.detail.as_deref()),
        (Code::PinLocked, Some("30"))
    );
    assert_eq!(shop.misses(), 5, "each is in the journal");
    // The same wait is at the lock, and a start does not end it.
    assert_eq!(refused(&shop, ANA, "5930", "5930").await, Code::PinLocked);
    assert_eq!(code(shop.sign_in("Ana", ANA).await), Code::PinLocked);
    shop.restart().await;
    assert_eq!(code(shop.sign_in("Ana", ANA).await), Code::PinLocked);
    seconds(31).await;
    shop.sign_in("Ana", ANA).await.unwrap();
    assert_eq!(change(&shop, ANA, "5930", "5930").await, None);
}

#[tokio::test(start_paused = true)]
async fn the_journal_says_that_she_did_it_and_not_what_it_is() {
    let shop = Shop::open().await;
    shop.sign_in("Ana", ANA).await.unwrap();
    assert_eq!(change(&shop, ANA, "59301846", "59301846").await, None);
    let facts = shop.facts();
    let Some(Fact::Shop(ShopEvent::Staff {
        event:
            StaffEvent::PinSet {
                id,
                by: Actor::Staff { id: by, name, .. },
                recovered: false,
                ..
            },
    })) = facts.last()
    else {
        panic!("{:?}", facts.last());
    };
    assert_eq!((id, name.as_str()), (by, "Ana"));
    let mut file = Vec::new();
    shop.counter.world.seats[0]
        .journal
        .export(&mut file)
        .unwrap();
    assert!(!String::from_utf8(file).unwrap().contains("59301846"));
}

/// The pepper is gone: the old one cannot be right, and the way back in is another.
#[tokio::test(start_paused = true)]
async fn without_the_keychain_it_is_not_changed() {
    let shop = Shop::open().await;
    let vault = &shop.counter.world.seats[0].vault;
    secrets::Vault::remove(&**vault, "staff:pepper").unwrap();
    shop.sign_in("Ana", ANA).await.unwrap();
    assert_eq!(refused(&shop, ANA, "5930", "5930").await, Code::PepperLost);
}
