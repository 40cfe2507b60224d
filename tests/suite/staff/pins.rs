//! PINs: who is let in, what a wrong one costs, and a shop whose keychain is gone.

use payment::{Role, State};
use practice::Press;
use secrets::Vault as _;
use till::Gate;
use till::api::{
    ApproveRequest, ChangeStaffRequest, ChooseStaffRulesRequest, Code, SetPinRequest,
    SignInRequest, StaffRequest,
};

use super::{ANA, LUZ, RAQUEL, Shop, code, pin};
use crate::counter::{Counter, seconds};

#[tokio::test(start_paused = true)]
async fn the_first_is_a_manager_and_from_then_on_somebody_must_sign_in() {
    let counter = Counter::open().await;
    let gate = Gate::new(counter.till().clone());
    let mut shop = Shop { counter, gate };
    let cashier = shop.add("Ana", Role::Cashier, ANA).await;
    assert_eq!(code(cashier), Code::FirstIsManager);
    let short = shop.add("Luz", Role::Manager, ANA).await;
    assert_eq!(code(short), Code::PinTooShort);
    let first = shop.add("Luz", Role::Manager, LUZ).await.unwrap();
    assert_eq!(first.signed_in.unwrap().name, "Luz");
    assert_eq!(
        code(shop.add("luz", Role::Manager, RAQUEL).await),
        Code::StaffNameTaken
    );
    shop.charge("R-1").await.unwrap();
    shop.restart().await;
    assert_eq!(code(shop.charge("R-2").await), Code::NobodySignedIn);
    assert_eq!(code(shop.sign_in("Luz", RAQUEL).await), Code::PinWrong);
    shop.sign_in("Luz", LUZ).await.unwrap();
    let alone = shop.id("Luz").await;
    let demoted = ChangeStaffRequest {
        staff: alone.clone(),
        name: "Luz".to_owned(),
        role: Role::Cashier,
        pin: None,
    };
    assert_eq!(
        code(shop.gate.change_staff(demoted).await),
        Code::LastManager
    );
    shop.add("Ana", Role::Cashier, ANA).await.unwrap();
    let last = StaffRequest { staff: alone };
    assert_eq!(code(shop.gate.remove_staff(last).await), Code::LastManager);
}

#[tokio::test(start_paused = true)]
async fn five_wrong_pins_wait_and_neither_a_restart_nor_a_turned_clock_helps() {
    let mut shop = Shop::open().await;
    for _ in 0..4 {
        assert_eq!(code(shop.sign_in("Luz", "111111").await), Code::PinWrong);
    }
    let locked = shop.sign_in("Luz", "111111").await.unwrap_err();
    assert_eq!(
        (locked.code, locked.detail.as_deref()),
        (Code::PinLocked, Some("30"))
    );
    assert_eq!(shop.misses(), 5, "each is in the journal");
    // The right one is not looked at, and a try while it waits costs nothing more.
    assert_eq!(code(shop.sign_in("Luz", LUZ).await), Code::PinLocked);
    assert_eq!(shop.misses(), 5);
    // Somebody else is not kept waiting.
    shop.sign_in("Ana", ANA).await.unwrap();
    // Forward while it runs: its own clock knows better.
    shop.counter.world.clock.jump(3_600_000);
    assert_eq!(code(shop.sign_in("Luz", LUZ).await), Code::PinLocked);
    shop.counter.world.clock.jump(-3_600_000);
    shop.restart().await;
    assert_eq!(code(shop.sign_in("Luz", LUZ).await), Code::PinLocked);
    // Back before a start: the wait begins with what is left of it, and ends.
    shop.counter.world.clock.jump(-86_400_000);
    shop.restart().await;
    assert_eq!(code(shop.sign_in("Luz", LUZ).await), Code::PinLocked);
    seconds(31).await;
    assert_eq!(code(shop.sign_in("Luz", "111111").await), Code::PinLocked);
    let next = shop.sign_in("Luz", LUZ).await.unwrap_err();
    assert_eq!(
        next.detail.as_deref(),
        Some("60"),
        "the next wait is longer"
    );
    seconds(61).await;
    shop.sign_in("Luz", LUZ).await.unwrap();
    assert_eq!(
        code(shop.sign_in("Luz", "111111").await),
        Code::PinWrong,
        "counted anew"
    );
}

#[tokio::test(start_paused = true)]
async fn many_tries_at_once_are_counted_one_by_one() {
    let shop = Shop::open().await;
    let luz = shop.id("Luz").await;
    let mut running = tokio::task::JoinSet::new();
    for _ in 0..12 {
        let (gate, staff) = (shop.gate.clone(), luz.clone());
        let pin = pin("111111");
        running.spawn(async move { gate.sign_in(SignInRequest { staff, pin }).await });
    }
    for answer in running.join_all().await {
        let code = code(answer);
        assert!(
            [Code::PinWrong, Code::PinLocked].contains(&code),
            "{code:?}"
        );
    }
    assert_eq!(shop.misses(), 5);
}

#[tokio::test(start_paused = true)]
async fn somebody_who_was_removed_signs_in_no_more_and_is_out_at_once() {
    let shop = Shop::open().await;
    let raquel = shop.id("Raquel").await;
    shop.sign_in("Luz", LUZ).await.unwrap();
    let request = StaffRequest {
        staff: raquel.clone(),
    };
    shop.gate.remove_staff(request).await.unwrap();
    let request = SignInRequest {
        staff: raquel.clone(),
        pin: pin(RAQUEL),
    };
    assert_eq!(code(shop.gate.sign_in(request).await), Code::StaffUnknown);
    shop.sign_in("Ana", ANA).await.unwrap();
    let sale = shop.paid("R-1").await;
    shop.refund(&sale, "").await.unwrap_err();
    let request = ApproveRequest {
        staff: raquel,
        pin: pin(RAQUEL),
        reason: "as always".to_owned(),
    };
    assert_eq!(code(shop.gate.approve(request).await), Code::StaffUnknown);
}

#[tokio::test(start_paused = true)]
async fn a_till_that_nobody_touches_locks_itself_and_keeps_watching() {
    let shop = Shop::open().await;
    shop.sign_in("Luz", LUZ).await.unwrap();
    let rules = ChooseStaffRulesRequest {
        idle_minutes: 2,
        limits: vec![],
    };
    shop.gate.choose_staff_rules(rules).await.unwrap();
    let sale = shop.charge("R-1").await.unwrap().id;
    seconds(121).await;
    assert_eq!(code(shop.charge("R-2").await), Code::NobodySignedIn);
    assert!(shop.staff().await.signed_in.is_none());
    shop.counter.when_asked(Press::Tap).await;
    shop.counter.until(&sale, State::Paid).await;
}

#[tokio::test(start_paused = true)]
async fn without_the_keychain_a_shop_still_sells_and_does_nothing_else() {
    let shop = Shop::open().await;
    shop.counter.world.seats[0]
        .vault
        .remove("staff:pepper")
        .unwrap();
    let view = shop.sign_in("Luz", LUZ).await.unwrap();
    assert!(view.is_unchecked);
    let sale = shop.paid("R-1").await;
    assert_eq!(code(shop.refund(&sale, "1000").await), Code::NeedsApproval);
    assert_eq!(code(shop.approve("Raquel", RAQUEL).await), Code::PepperLost);
    assert_eq!(
        code(shop.add("Eve", Role::Manager, "918273").await),
        Code::PinUnchecked
    );
    // New PINs, as the old ones can never be right again; the journal says how it came.
    let request = SetPinRequest {
        staff: shop.id("Luz").await,
        pin: pin("604815"),
    };
    shop.gate.set_pin(request).await.unwrap();
    shop.leave().await;
    assert!(!shop.sign_in("Luz", "604815").await.unwrap().is_unchecked);
    let again = SetPinRequest {
        staff: shop.id("Raquel").await,
        pin: pin("715926"),
    };
    shop.leave().await;
    assert_eq!(code(shop.gate.set_pin(again).await), Code::NobodySignedIn);
}

#[tokio::test(start_paused = true)]
async fn no_pin_is_in_the_journal() {
    let shop = Shop::open().await;
    shop.sign_in("Ana", ANA).await.unwrap();
    shop.sign_in("Luz", "382915").await.unwrap_err();
    let mut file = Vec::new();
    shop.counter.world.seats[0]
        .journal
        .export(&mut file)
        .unwrap();
    let text = String::from_utf8(file).unwrap();
    assert!(text.contains("$argon2id$v=19$m=65536,t=2,p=1$"));
    for typed in [ANA, LUZ, RAQUEL, "382915"] {
        let as_text = [
            format!("\"{typed}\""),
            format!(":{typed},"),
            format!(":{typed}}}"),
        ];
        assert!(
            as_text.iter().all(|form| !text.contains(form.as_str())),
            "{typed}"
        );
    }
}
