//! A cashier's void, and a manager's word over it.

use till::api::{
    PlanVoidRequest, StartVoidRequest, SteerVoidRequest, VoidChoice, VoidPlanView, VoidStep,
    VoidWish,
};
use tillside_tests::world::{LINK_ACCOUNT, link_sale};

use super::*;

async fn plan(shop: &Shop, payments: &[String]) -> VoidPlanView {
    let choice = VoidChoice::Payments {
        payments: payments.to_vec(),
    };
    let request = PlanVoidRequest { choice };
    shop.gate.plan_void(request).await.unwrap()
}

fn start(plan: &VoidPlanView) -> StartVoidRequest {
    StartVoidRequest {
        plan: plan.plan.clone(),
        reason: "Typed wrong".to_owned(),
        note: String::new(),
    }
}

/// Whoever approves reads how many and how much, and approves that and nothing else.
#[tokio::test(start_paused = true)]
async fn a_manager_is_told_how_many_payments_and_how_much_and_approves_those() {
    let shop = Shop::open().await;
    shop.sign_in("Ana", ANA).await.unwrap();
    let mut payments = Vec::new();
    for order in ["R-1", "R-2", "R-3"] {
        let request = link_sale(order, "1000", LINK_ACCOUNT);
        payments.push(shop.gate.start_charge(request).await.unwrap().id);
    }
    for payment in &payments {
        shop.counter.until(payment, State::Waiting).await;
    }
    let two = plan(&shop, &payments[..2]).await;
    let refused = shop.gate.start_void(start(&two)).await;
    assert_eq!(code(refused), Code::NeedsApproval);
    let asked = shop.gate.asked_approval(AskedApprovalRequest {}).await;
    let asked = asked.unwrap();
    let sums: Vec<&str> = asked.sums.iter().map(|sum| sum.text.as_str()).collect();
    assert_eq!((asked.deed, asked.payments), (Deed::Void, 2));
    assert_eq!(sums, ["MX$20.00"]);
    assert_eq!(asked.amount, None, "no money goes back");
    shop.approve("Luz", LUZ).await.unwrap();
    // Not for more than she read.
    let three = plan(&shop, &payments).await;
    let refused = shop.gate.start_void(start(&three)).await;
    assert_eq!(code(refused), Code::NeedsApproval);
    shop.approve("Luz", LUZ).await.unwrap();
    let started = shop.gate.start_void(start(&three)).await.unwrap();
    assert_eq!(started.head.by, "Ana + Luz");
    for payment in &payments {
        shop.counter.until(payment, State::Cancelled).await;
    }
    assert_eq!(shop.counter.world.practice.ledger().len(), 0);
}

/// To stop sends nothing, and her own mistake must not cost a manager's way to the counter twice.
#[tokio::test(start_paused = true)]
async fn whoever_sells_may_stop_a_void_and_only_a_manager_lets_it_go_on() {
    let shop = Shop::open().await;
    shop.sign_in("Ana", ANA).await.unwrap();
    let request = link_sale("R-1", "1000", LINK_ACCOUNT);
    let payment = shop.gate.start_charge(request).await.unwrap().id;
    shop.counter.until(&payment, State::Waiting).await;
    let asked = plan(&shop, std::slice::from_ref(&payment)).await;
    shop.gate.start_void(start(&asked)).await.unwrap_err();
    shop.approve("Luz", LUZ).await.unwrap();
    let batch = shop
        .gate
        .start_void(start(&asked))
        .await
        .unwrap()
        .head
        .batch;
    let steer = |wish| {
        let batch = batch.clone();
        shop.gate.steer_void(SteerVoidRequest { batch, wish })
    };
    let paused = steer(VoidWish::Pause).await.unwrap();
    assert_eq!(paused.step, VoidStep::Paused);
    assert_eq!(
        code(steer(VoidWish::Resume).await),
        Code::NeedsApproval,
        "that is another void"
    );
    let stopped = steer(VoidWish::Stop).await.unwrap();
    assert_eq!(stopped.step, VoidStep::Stopped);
    seconds(60).await;
    shop.counter.until(&payment, State::Waiting).await;
    shop.leave().await;
    let nobody = steer(VoidWish::Stop).await;
    assert_eq!(code(nobody), Code::NobodySignedIn);
}
