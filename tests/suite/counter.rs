//! A counter with one till and a customer, and the verbs of the scenarios.

use std::collections::VecDeque;
use std::time::Duration;

use payment::{State, Witness};
use practice::{Press, Settings, TerminalState};
use providers::Class;
use till::Till;
use till::api::{
    Action, ApiError, ChargeAnywayRequest, Code, PaymentRequest, PaymentView, WitnessRequest,
};
use tillside_tests::trace::Trace;
use tillside_tests::world::{Asked, Mishap, Passage, Weather, World, sale};
use tokio::time::{Instant, sleep};

pub(crate) const TERMINAL: &str = "PRACTICE-1";
pub(crate) const DIGITS: &str = "35050";

/// What is ordered happens to the next request of its kind, in turn; nothing else ever happens.
pub(crate) struct Orders(VecDeque<(Class, Mishap)>);

impl Orders {
    pub(crate) fn of(mishaps: &[(Class, Mishap)]) -> Self {
        Self(mishaps.iter().copied().collect())
    }
}

impl Weather for Orders {
    fn passage(&mut self, asked: &Asked) -> Passage {
        let mine = self.0.iter().position(|(class, _)| *class == asked.class);
        let ordered = mine.and_then(|index| self.0.remove(index));
        ordered.map_or(Passage::CALM, |(_, mishap)| Passage::with(mishap))
    }
}

/// The same happens to every request.
pub(crate) struct Always(pub(crate) Mishap);

impl Weather for Always {
    fn passage(&mut self, _asked: &Asked) -> Passage {
        Passage::with(self.0)
    }
}

pub(crate) struct Counter {
    pub(crate) world: World,
}

impl Counter {
    pub(crate) async fn open() -> Self {
        Self::with(|_| {}).await
    }

    pub(crate) async fn with(change: impl FnOnce(&mut Settings)) -> Self {
        let mut world = World::new(7, 1, Trace::new(true)).unwrap();
        let mut settings = world.practice.settings();
        change(&mut settings);
        world.practice.set_settings(settings);
        world.start(0).await.unwrap();
        Self { world }
    }

    pub(crate) fn till(&self) -> &Till {
        self.world.till(0).unwrap()
    }

    pub(crate) fn order_mishaps(&self, mishaps: &[(Class, Mishap)]) {
        self.world.net.set_weather(Orders::of(mishaps));
    }

    pub(crate) fn calm(&self) {
        self.order_mishaps(&[]);
    }

    pub(crate) async fn restart(&mut self) {
        self.world.crash(0);
        self.world.start(0).await.unwrap();
    }

    // --- the cashier

    pub(crate) async fn try_charge(&self, order: &str) -> Result<PaymentView, ApiError> {
        let request = sale(order, DIGITS, TERMINAL);
        self.till().start_charge(request).await
    }

    /// Charges, past whatever warning there is, and answers the payment's id.
    pub(crate) async fn charge(&self, order: &str) -> String {
        let refused = match self.try_charge(order).await {
            Ok(view) => return view.id,
            Err(error) => error,
        };
        assert_eq!(refused.code, Code::ChargeWarned, "{refused:?}");
        let charge = sale(order, DIGITS, TERMINAL);
        let names = refused.detail.unwrap();
        let past = names.split(' ').map(str::to_owned).collect();
        let request = ChargeAnywayRequest { charge, past };
        self.till().charge_anyway(request).await.unwrap().id
    }

    pub(crate) async fn refused(&self, order: &str) -> Code {
        self.try_charge(order).await.unwrap_err().code
    }

    pub(crate) async fn cancel(&self, payment: &str) -> Result<PaymentView, ApiError> {
        let payment = payment.to_owned();
        self.till().cancel_payment(PaymentRequest { payment }).await
    }

    pub(crate) async fn witness(
        &self,
        payment: &str,
        saw: Witness,
    ) -> Result<PaymentView, ApiError> {
        let payment = payment.to_owned();
        self.till()
            .witness_payment(WitnessRequest {
                payment,
                saw,
                receipt: String::new(),
                checked: String::new(),
            })
            .await
    }

    pub(crate) async fn view(&self, payment: &str) -> PaymentView {
        let payment = payment.to_owned();
        self.till()
            .show_payment(PaymentRequest { payment })
            .await
            .unwrap()
    }

    /// Looks until it stands there. Fails after half an hour.
    pub(crate) async fn until(&self, payment: &str, state: State) -> PaymentView {
        self.until_it(payment, &format!("{state:?}"), |view| view.state == state)
            .await
    }

    pub(crate) async fn until_it(
        &self,
        payment: &str,
        what: &str,
        is_so: impl Fn(&PaymentView) -> bool,
    ) -> PaymentView {
        let began = Instant::now();
        loop {
            let view = self.view(payment).await;
            if is_so(&view) {
                return view;
            }
            let story = || self.world.trace.lines().join("\n");
            assert!(
                began.elapsed() < Duration::from_secs(1800),
                "not {what} but {:?}\n{}",
                view.telling,
                story()
            );
            sleep(Duration::from_millis(100)).await;
        }
    }

    // --- the customer

    pub(crate) fn press(&self, press: Press) {
        self.world.practice.press(TERMINAL, press).unwrap();
    }

    /// Waits until the machine asks for a card, then does this.
    pub(crate) async fn when_asked(&self, press: Press) {
        for _ in 0..600 {
            let machines = self.world.practice.terminals();
            let machine = machines.iter().find(|one| one.code == TERMINAL).unwrap();
            if machine.state == TerminalState::Showing {
                return self.press(press);
            }
            sleep(Duration::from_millis(100)).await;
        }
        panic!("the machine never asked for a card");
    }

    pub(crate) fn is_charged(&self, key: &str) -> bool {
        let ledger = self.world.practice.ledger();
        ledger.iter().any(|charge| charge.external_id == key)
    }

    /// An honest person: where the till asks, they look at the machine, cancel what it still shows,
    /// and say what they saw.
    pub(crate) async fn attend(&self, payment: &str, key: &str) {
        let view = self.view(payment).await;
        if !view.actions.contains(&Action::Witness) {
            return;
        }
        let saw = if self.is_charged(key) {
            Witness::Paid
        } else {
            let machines = self.world.practice.terminals();
            let machine = machines.iter().find(|one| one.code == TERMINAL).unwrap();
            match machine.state {
                TerminalState::Showing | TerminalState::AskingPin => {
                    self.press(Press::CancelOnTerminal);
                }
                TerminalState::Reading | TerminalState::Fetching => return,
                TerminalState::Offline | TerminalState::Idle | TerminalState::Outcome => {}
            }
            Witness::NotPaid
        };
        self.witness(payment, saw).await.unwrap();
    }
}

pub(crate) async fn seconds(seconds: u64) {
    sleep(Duration::from_secs(seconds)).await;
}
