//! Two tills with journals of their own at one account of Dojo, whose references need not be unique.

use payment::State;
use practice::{CustomerMode, Press};
use providers::Class;
use till::api::{ApiError, Code, PaymentRequest, PaymentView};
use tillside_tests::trace::Trace;
use tillside_tests::world::{Mishap, World, dojo_sale};

use super::{TID, when_asked};
use crate::counter::{Always, DIGITS, Orders, seconds};

/// The other machine with a panel.
const OTHER_TID: &str = "21890002";

async fn two_tills() -> World {
    let mut world = World::new(7, 2, Trace::new(true)).unwrap();
    world.start(0).await.unwrap();
    world.start(1).await.unwrap();
    world
}

async fn charge(world: &World, seat: usize, tid: &str) -> Result<PaymentView, ApiError> {
    let machine = world.dojo_machine(tid).unwrap();
    let request = dojo_sale("R-1", DIGITS, &machine);
    world.till(seat).unwrap().start_charge(request).await
}

#[tokio::test(start_paused = true)]
async fn one_order_at_two_tills_is_charged_once() {
    for waits in [false, true] {
        let world = two_tills().await;
        if !waits {
            let mut settings = world.practice.settings();
            settings.customer = CustomerMode::Auto;
            world.practice.set_settings(settings);
        }
        charge(&world, 0, TID).await.unwrap();
        seconds(60).await;
        let refused = charge(&world, 1, OTHER_TID).await.unwrap_err();
        assert_eq!(refused.code, Code::OrderElsewhere, "it waits: {waits}");
        let intent = world.practice.dojo_intents().remove(0).wire_id;
        assert_eq!(refused.detail, Some(intent), "so that somebody can look");
        if waits {
            when_asked(&world, Press::Tap).await;
        }
        seconds(60).await;
        assert_eq!(world.practice.dojo_intents().len(), 1);
        assert_eq!(world.practice.ledger().len(), 1);
        assert_eq!(world.payments(1).len(), 0, "nothing was begun");
    }
}

/// Whichever of its keys the other till has come to.
#[tokio::test(start_paused = true)]
async fn an_order_that_was_withdrawn_at_one_till_is_free_for_another() {
    let world = two_tills().await;
    let first = world.till(0).unwrap();
    let payment = charge(&world, 0, TID).await.unwrap().id;
    seconds(2).await;
    first
        .cancel_payment(PaymentRequest { payment })
        .await
        .unwrap();
    seconds(30).await;
    charge(&world, 0, TID).await.unwrap();
    seconds(5).await;
    let refused = charge(&world, 1, OTHER_TID).await.unwrap_err();
    assert_eq!(refused.code, Code::OrderElsewhere, "its second key");
    let payment = world
        .payments(0)
        .iter()
        .find(|one| one.state.is_open())
        .map(|one| one.id.to_string());
    let payment = payment.unwrap();
    first
        .cancel_payment(PaymentRequest { payment })
        .await
        .unwrap();
    seconds(30).await;
    charge(&world, 1, OTHER_TID).await.unwrap();
    seconds(5).await;
    assert_eq!(world.payments(1)[0].state, State::Waiting);
}

/// Two presses in one moment, the second of which would look at the provider for longer than the first
/// payment lives.
#[tokio::test(start_paused = true)]
async fn a_double_press_charges_once_however_long_the_look_takes() {
    let world = two_tills().await;
    world.net.set_weather(Always(Mishap::Refused));
    let refused = charge(&world, 0, TID).await.unwrap_err();
    assert_eq!(refused.code, Code::NoConnection, "no answer is no leave");
    assert_eq!(world.payments(0).len(), 0);
    let slow = Orders::of(&[
        (Class::Read, Mishap::Nothing),
        (Class::Read, Mishap::AnswerLate(5_000)),
        (Class::Create, Mishap::Refused),
    ]);
    world.net.set_weather(slow);
    let (one, two) = tokio::join!(charge(&world, 0, TID), charge(&world, 0, TID));
    one.unwrap();
    assert_eq!(two.unwrap_err().code, Code::OrderOpen);
    seconds(30).await;
    assert_eq!(world.payments(0).len(), 1);
}
