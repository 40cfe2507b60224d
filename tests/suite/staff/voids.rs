//! A cashier's void, and a manager's word over it.

use till::api::{PlanVoidRequest, StartVoidRequest, VoidChoice, VoidPlanView};
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
