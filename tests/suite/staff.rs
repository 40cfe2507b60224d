//! Who may do what at a till, whose word it was, and what a wrong PIN costs.

use journal::Fact;
use payment::{Actor, Deed, Event, RefundRoute, Role, ShopEvent, StaffEvent, State, Witness};
use practice::Press;
use providers::Class;
use till::Gate;
use till::api::{
    AccountRequest, ActInput, ActRequest, AddStaffRequest, ApiError, ApproveRequest,
    AskedApprovalRequest, ChooseStaffRulesRequest, Code, LimitInput, OverviewRequest,
    PaymentRequest, PaymentView, PinInput, SignInRequest, SignOutRequest, StaffView, Telling,
    WitnessRequest,
};
use tillside_tests::world::{Mishap, dojo_sale, sale};

use crate::counter::{Counter, DIGITS, TERMINAL, seconds};
use crate::dojo::{TID, press, when_asked};

mod own_pin;
mod pins;
mod voids;

const ANA: &str = "4821";
const LUZ: &str = "592617";
const RAQUEL: &str = "730264";

/// A counter with people: Luz and Raquel manage, Ana sells.
struct Shop {
    counter: Counter,
    gate: Gate,
}

fn pin(text: &str) -> PinInput {
    PinInput::new(text)
}

impl Shop {
    async fn open() -> Self {
        let counter = Counter::open().await;
        let gate = Gate::new(counter.till().clone());
        let shop = Self { counter, gate };
        for (name, role, typed) in [
            ("Luz", Role::Manager, LUZ),
            ("Ana", Role::Cashier, ANA),
            ("Raquel", Role::Manager, RAQUEL),
        ] {
            shop.add(name, role, typed).await.unwrap();
        }
        shop.leave().await;
        shop
    }

    async fn add(&self, name: &str, role: Role, typed: &str) -> Result<StaffView, ApiError> {
        let request = AddStaffRequest {
            name: name.to_owned(),
            role,
            pin: pin(typed),
        };
        self.gate.add_staff(request).await
    }

    async fn staff(&self) -> StaffView {
        self.gate.overview(OverviewRequest {}).await.unwrap().staff
    }

    async fn id(&self, name: &str) -> String {
        let people = self.staff().await.people;
        let found = people.into_iter().find(|person| person.name == name);
        found.unwrap().id
    }

    async fn sign_in(&self, name: &str, typed: &str) -> Result<StaffView, ApiError> {
        let staff = self.id(name).await;
        let pin = pin(typed);
        self.gate.sign_in(SignInRequest { staff, pin }).await
    }

    async fn leave(&self) {
        self.gate
            .sign_out(SignOutRequest { idle: false })
            .await
            .unwrap();
    }

    async fn approve(&self, name: &str, typed: &str) -> Result<(), ApiError> {
        let request = ApproveRequest {
            staff: self.id(name).await,
            pin: pin(typed),
            reason: "Wrong size".to_owned(),
        };
        self.gate.approve(request).await.map(|_| ())
    }

    async fn charge(&self, order: &str) -> Result<PaymentView, ApiError> {
        self.gate.start_charge(sale(order, DIGITS, TERMINAL)).await
    }

    async fn refund(&self, payment: &str, digits: &str) -> Result<PaymentView, ApiError> {
        let request = ActRequest {
            payment: payment.to_owned(),
            act: ActInput::Refund {
                digits: digits.to_owned(),
                route: RefundRoute::Remote,
            },
        };
        self.gate.act_payment(request).await
    }

    /// A payment at a system that gives money back, charged by whoever is signed in.
    async fn paid(&self, order: &str) -> String {
        let machine = self.counter.world.dojo_machine(TID).unwrap();
        let request = dojo_sale(order, DIGITS, &machine);
        let sale = self.gate.start_charge(request).await.unwrap().id;
        when_asked(&self.counter.world, Press::Tap).await;
        self.counter.until(&sale, State::Paid).await;
        seconds(10).await;
        sale
    }

    async fn limit(&self, digits: &str) {
        let limit = LimitInput {
            currency: "GBP".to_owned(),
            digits: digits.to_owned(),
        };
        let request = ChooseStaffRulesRequest {
            idle_minutes: 0,
            limits: vec![limit],
        };
        self.gate.choose_staff_rules(request).await.unwrap();
    }

    /// The till stops and starts again over its journal.
    async fn restart(&mut self) {
        self.counter.restart().await;
        self.gate = Gate::new(self.counter.till().clone());
    }

    fn facts(&self) -> Vec<Fact> {
        let mut file = Vec::new();
        self.counter.world.seats[0]
            .journal
            .export(&mut file)
            .unwrap();
        let lines = String::from_utf8(file).unwrap();
        lines
            .lines()
            .map(|line| {
                let mut line: serde_json::Value = serde_json::from_str(line).unwrap();
                let fact = line["fact"].take();
                match line["payment"].as_str() {
                    Some(id) => Fact::Payment {
                        id: id.parse().unwrap(),
                        event: serde_json::from_value(fact).unwrap(),
                    },
                    None => Fact::Shop(serde_json::from_value(fact).unwrap()),
                }
            })
            .collect()
    }

    fn acts(&self) -> Vec<Actor> {
        let facts = self.facts().into_iter();
        facts
            .filter_map(|fact| match fact {
                Fact::Payment {
                    event: Event::ActAsked { by, .. },
                    ..
                } => Some(by),
                Fact::Payment { .. } | Fact::Shop(_) => None,
            })
            .collect()
    }

    fn misses(&self) -> usize {
        let refused = |fact: &Fact| {
            matches!(
                fact,
                Fact::Shop(ShopEvent::Staff {
                    event: StaffEvent::PinRefused { .. }
                })
            )
        };
        self.facts().iter().filter(|fact| refused(fact)).count()
    }
}

fn code<T: std::fmt::Debug>(answer: Result<T, ApiError>) -> Code {
    answer.unwrap_err().code
}

#[tokio::test(start_paused = true)]
async fn a_till_without_staff_asks_nobody_anything() {
    let counter = Counter::open().await;
    let gate = Gate::new(counter.till().clone());
    let sale = gate.start_charge(sale("R-1", DIGITS, TERMINAL)).await;
    let sale = sale.unwrap().id;
    counter.until(&sale, State::Waiting).await;
    let by = counter.world.payments(0)[0].by.clone();
    assert!(matches!(by, Actor::Cashier { .. }), "{by:?}");
    let payment = PaymentRequest {
        payment: sale.clone(),
    };
    gate.cancel_payment(payment).await.unwrap();
    counter.until(&sale, State::Cancelled).await;
    assert!(
        !gate
            .overview(OverviewRequest {})
            .await
            .unwrap()
            .staff
            .is_asked
    );
}

#[tokio::test(start_paused = true)]
async fn a_cashier_sells_and_cancels_and_everything_says_who() {
    let shop = Shop::open().await;
    shop.sign_in("Ana", ANA).await.unwrap();
    let sale = shop.charge("R-1").await.unwrap();
    shop.counter.until(&sale.id, State::Waiting).await;
    let request = PaymentRequest {
        payment: sale.id.clone(),
    };
    shop.gate.cancel_payment(request).await.unwrap();
    shop.counter.until(&sale.id, State::Cancelled).await;
    let by = shop.counter.world.payments(0)[0].by.clone();
    let Actor::Staff {
        name,
        role,
        approved_by,
        ..
    } = by
    else {
        panic!("{by:?}");
    };
    assert_eq!(
        (name.as_str(), role, approved_by),
        ("Ana", Role::Cashier, None)
    );
    let account = AccountRequest {
        account: "practice".to_owned(),
    };
    assert_eq!(
        code(shop.gate.remove_account(account).await),
        Code::NotAllowed
    );
    assert_eq!(
        code(shop.add("Eve", Role::Manager, "918273").await),
        Code::NotAllowed
    );
}

#[tokio::test(start_paused = true)]
async fn a_refund_of_a_cashier_waits_for_a_managers_pin_and_says_so_in_its_fact() {
    let shop = Shop::open().await;
    shop.sign_in("Ana", ANA).await.unwrap();
    let sale = shop.paid("R-1").await;
    let asked = shop.refund(&sale, "1000").await.unwrap_err();
    assert_eq!(
        (asked.code, asked.detail.as_deref()),
        (Code::NeedsApproval, Some("refund"))
    );
    let shown = shop
        .gate
        .asked_approval(AskedApprovalRequest {})
        .await
        .unwrap();
    assert_eq!((shown.deed, shown.order.as_str()), (Deed::Refund, "R-1"));
    assert_eq!(shown.amount.unwrap().minor, 1_000);
    let approvers: Vec<_> = shown
        .approvers
        .iter()
        .map(|one| one.name.as_str())
        .collect();
    assert_eq!(
        (shown.asked_by.as_str(), approvers),
        ("Ana", vec!["Luz", "Raquel"])
    );
    assert_eq!(code(shop.approve("Ana", ANA).await), Code::ApproverIsAsker);
    assert_eq!(code(shop.approve("Luz", RAQUEL).await), Code::PinWrong);
    shop.approve("Luz", LUZ).await.unwrap();
    // Another amount is another thing, and was not approved.
    assert_eq!(code(shop.refund(&sale, "2000").await), Code::NeedsApproval);
    assert_eq!(
        code(shop.refund(&sale, "1000").await),
        Code::NeedsApproval,
        "asked anew"
    );
    shop.approve("Luz", LUZ).await.unwrap();
    shop.refund(&sale, "1000").await.unwrap();
    shop.counter.until(&sale, State::PartlyRefunded).await;
    assert_eq!(shop.staff().await.signed_in.unwrap().name, "Ana");
    let acts = shop.acts();
    let [
        Actor::Staff {
            name,
            approved_by: Some(approver),
            reason: Some(reason),
            ..
        },
    ] = &acts[..]
    else {
        panic!("{acts:?}");
    };
    assert_eq!([name, &approver.name, reason], ["Ana", "Luz", "Wrong size"]);
    let given = shop.facts().into_iter().find_map(|fact| match fact {
        Fact::Shop(ShopEvent::Staff {
            event: StaffEvent::ApprovalGiven { deed, before, .. },
        }) => Some((deed, before)),
        Fact::Shop(_) | Fact::Payment { .. } => None,
    });
    assert_eq!(given, Some((Deed::Refund, Some(State::Paid))));
    // It was for once.
    assert_eq!(code(shop.refund(&sale, "1000").await), Code::NeedsApproval);
}

#[tokio::test(start_paused = true)]
async fn an_approval_is_good_for_a_minute() {
    let shop = Shop::open().await;
    shop.sign_in("Ana", ANA).await.unwrap();
    let sale = shop.paid("R-1").await;
    shop.refund(&sale, "1000").await.unwrap_err();
    shop.approve("Luz", LUZ).await.unwrap();
    seconds(61).await;
    assert_eq!(code(shop.refund(&sale, "1000").await), Code::NeedsApproval);
    assert_eq!(shop.acts(), []);
}

#[tokio::test(start_paused = true)]
async fn above_the_limit_a_manager_needs_another_one_also_in_parts() {
    let shop = Shop::open().await;
    shop.sign_in("Luz", LUZ).await.unwrap();
    shop.limit("10000").await;
    let sale = shop.paid("R-1").await;
    shop.refund(&sale, "6000").await.unwrap();
    shop.counter.until(&sale, State::PartlyRefunded).await;
    seconds(10).await;
    assert_eq!(code(shop.refund(&sale, "6000").await), Code::NeedsApproval);
    let shown = shop
        .gate
        .asked_approval(AskedApprovalRequest {})
        .await
        .unwrap();
    assert!(shown.by_manager);
    assert_eq!(code(shop.approve("Luz", LUZ).await), Code::ApproverIsAsker);
    assert_eq!(code(shop.approve("Ana", ANA).await), Code::NotAllowed);
    shop.approve("Raquel", RAQUEL).await.unwrap();
    shop.refund(&sale, "6000").await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_persons_word_needs_a_manager_the_receipt_and_what_was_checked() {
    let shop = Shop::open().await;
    shop.sign_in("Ana", ANA).await.unwrap();
    shop.counter
        .order_mishaps(&[(Class::Create, Mishap::AnswerLost)]);
    let sale = shop.charge("R-1").await.unwrap().id;
    let unseen = |view: &PaymentView| view.telling == Telling::NotKnownUnseen;
    shop.counter.until_it(&sale, "unseen", unseen).await;
    let word = |receipt: &str, checked: &str| WitnessRequest {
        payment: sale.clone(),
        saw: Witness::Paid,
        receipt: receipt.to_owned(),
        checked: checked.to_owned(),
    };
    let by_ana = shop.gate.witness_payment(word("A-17", "the slip")).await;
    assert_eq!(code(by_ana), Code::NeedsApproval);
    shop.sign_in("Luz", LUZ).await.unwrap();
    let without = shop.gate.witness_payment(word(" ", "the slip")).await;
    assert_eq!(code(without), Code::ReceiptMissing);
    let without = shop.gate.witness_payment(word("A-17", "")).await;
    assert_eq!(code(without), Code::CheckedMissing);
    let view = shop.gate.witness_payment(word("A-17", "the slip")).await;
    let view = view.unwrap();
    assert_eq!(view.telling, Telling::PaidByHand, "it stays marked");
    let told = view.timeline.iter().any(|line| {
        line.params
            .get("who")
            .is_some_and(|who| who == "Luz · A-17 · the slip")
    });
    assert!(told, "{:?}", view.timeline);
}

/// The provider is asked once more before a person is believed: here it knows by then.
#[tokio::test(start_paused = true)]
async fn a_persons_word_is_not_taken_where_the_provider_tells_after_all() {
    let shop = Shop::open().await;
    shop.counter.world.practice.set_settings({
        let mut settings = shop.counter.world.practice.settings();
        settings.dojo_pay_within_ms = 2_000;
        settings
    });
    shop.sign_in("Luz", LUZ).await.unwrap();
    let machine = shop.counter.world.dojo_machine(TID).unwrap();
    let request = dojo_sale("R-1", DIGITS, &machine);
    let sale = shop.gate.start_charge(request).await.unwrap().id;
    shop.counter.until(&sale, State::Waiting).await;
    press(&shop.counter.world, Press::Unplug);
    shop.counter.until(&sale, State::NotKnown).await;
    let asked_before = shop.counter.world.net.sent();
    let word = WitnessRequest {
        payment: sale.clone(),
        saw: Witness::NotPaid,
        receipt: "none".to_owned(),
        checked: "the machine's list".to_owned(),
    };
    shop.gate.witness_payment(word).await.unwrap();
    assert!(shop.counter.world.net.sent() > asked_before, "it was asked");
}
