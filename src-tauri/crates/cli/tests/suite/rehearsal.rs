//! `practice`: every play to its end, in the terminal, without any set-up.

use crate::harness::Shop;

/// Told by `till practice --scenario ?`: a play that is added there is played here.
fn scenarios(shop: &Shop) -> Vec<String> {
    let told = shop.run(&["practice", "--scenario", "?"]).ends(2).err;
    let list = told.split("[possible values: ").nth(1).expect("the names");
    let list = list.split(']').next().expect("an end");
    list.split(", ").map(str::to_owned).collect()
}

#[test]
fn every_play_ends_as_its_table_says() {
    let shop = Shop::new();
    let names = scenarios(&shop);
    assert!(names.len() >= 8, "{names:?}");
    std::thread::scope(|scope| {
        for name in &names {
            scope.spawn(move || {
                let shop = Shop::new();
                let ran = shop.run(&["practice", "--scenario", name]).ends(0);
                assert_eq!(ran.err, "", "{name}");
                assert!(ran.out.contains("books agree"), "{name}: {}", ran.out);
                assert!(!shop.data().exists(), "{name} left something behind");
            });
        }
    });
}

#[test]
fn the_first_sale_is_paid_and_the_second_cancelled() {
    let shop = Shop::new();
    let ran = shop.json(&["practice", "--seed", "7"]).ends(0);
    let ends: Vec<_> = ran
        .lines()
        .iter()
        .filter(|line| line["payment"]["open"] == false)
        .map(|line| {
            let payment = &line["payment"];
            let text = |name: &str| payment[name].as_str().unwrap().to_owned();
            (text("order"), text("state"))
        })
        .collect();
    let expected = [("1001", "paid"), ("1002", "cancelled")];
    let expected = expected.map(|(order, state)| (order.to_owned(), state.to_owned()));
    assert_eq!(ends, expected);
}

#[test]
fn in_a_folder_that_is_named_it_is_remembered_and_goes_on_counting() {
    let shop = Shop::new();
    let data = shop.data();
    let data = data.to_string_lossy();
    for _ in 0..2 {
        shop.run(&["practice", "--scenario", "cancel", "--data", &data])
            .ends(0);
    }
    let orders = shop.json(&["orders"]).ends(0).lines();
    let orders: Vec<_> = orders
        .iter()
        .map(|line| &line["payment"]["order"])
        .collect();
    assert_eq!(orders, ["1002", "1001"]);
    // The play's settings do not stay: the store is as before.
    shop.run(&crate::harness::sale("R-1", "PRACTICE-TAP"))
        .ends(0);
}
