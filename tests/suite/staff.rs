//! Who may do what at a till, whose word it was, and what a wrong PIN costs.

use journal::Fact;
use payment::{Actor, Deed, Event, RefundRoute, Role, ShopEvent, StaffEvent, State, Witness};
use practice::Press;
use providers::Class;
use secrets::Vault as _;
use till::Gate;
use till::api::{
    AccountRequest, ActInput, ActRequest, AddStaffRequest, ApiError, ApproveRequest,
    AskedApprovalRequest, ChangeStaffRequest, ChooseStaffRulesRequest, Code, LimitInput,
    OverviewRequest, PaymentRequest, PaymentView, PinInput, SetPinRequest, SignInRequest,
    SignOutRequest, StaffRequest, StaffView, Telling, WitnessRequest,
};
use tillside_tests::world::{Mishap, dojo_sale, sale};

use crate::counter::{Counter, DIGITS, TERMINAL, seconds};
use crate::dojo::{TID, press, when_asked};

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
