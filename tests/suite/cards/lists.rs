//! Lists of refunds that name other amounts than were given back.

use tillside_tests::world::{Asked, Passage, Weather, Wish};

use super::*;

/// Every list of refunds names one cent too much of each.
struct ListsLie;

impl Weather for ListsLie {
    fn passage(&mut self, asked: &Asked) -> Passage {
        let is_list = asked.wish == Wish::Read && asked.intent.is_none();
        if is_list {
            Passage::with(Mishap::Store(Fault::WrongAmount))
        } else {
            Passage::CALM
        }
    }
}

/// Seed 20381 of the storm: the rest that is given back is all of the rest, and an order of which a
/// cent is still paid is charged by nobody.
#[tokio::test(start_paused = true)]
async fn a_refund_counts_as_what_was_asked_for_whatever_the_list_says() {
    for part in ["1000", "34049"] {
        let (counter, sale) = paid(|_| {}).await;
        counter.world.net.set_weather(ListsLie);
        act(&counter, &sale, refund("1000")).await.unwrap();
        counter.until(&sale, State::PartlyRefunded).await;
        act(&counter, &sale, refund(part)).await.unwrap();
        seconds(60).await;
        let view = counter.view(&sale).await;
        let part: i64 = part.parse().unwrap();
        assert_eq!(given_back(&counter), [1_000, part]);
        assert_eq!(view.state, State::PartlyRefunded);
        let shown = view.returned.map(|money| money.minor);
        assert_eq!(shown, Some(1_000 + part));
        let code = try_charge(&counter, GOOD).await.unwrap_err().code;
        assert_eq!(code, Code::OrderPaid);
        act(&counter, &sale, refund("")).await.unwrap();
        counter.until(&sale, State::Refunded).await;
        assert_eq!(given_back(&counter), [1_000, part, 34_050 - part]);
        charge(&counter, GOOD).await;
    }
}
