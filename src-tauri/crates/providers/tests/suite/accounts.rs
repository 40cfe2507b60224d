//! What an account must have, and what is never sent for one.

use payment::failure::NotSent;
use payment::{AccountSettings, Charge, Failure, System, Way};
use providers::{ConnectError, NetworkOptions, connect};
use secrets::Secret;

use crate::shop::{KEY, Side, account, charge_by, charge_in};
use crate::store::{COUNTER, Store};

#[test]
fn an_account_is_told_what_it_lacks() {
    let key = || Some(Secret::new(KEY).expect("a key"));
    let lacks = |system, change: fn(&mut AccountSettings)| {
        let mut account = account(system, "https://api.example.com");
        change(&mut account.settings);
        let refused = connect(&account, key(), NetworkOptions::default()).err();
        // The practice store needs none of it but the pages.
        account.practice = true;
        let practice = connect(&account, None, NetworkOptions::default()).err();
        (refused.map(|error| error.to_string()), practice.is_none())
    };
    let no_pages = ConnectError::NoReturnPages.to_string();
    type Change = fn(&mut AccountSettings);
    let table: [(System, Change, Option<String>, bool); 9] = [
        (
            System::Compago,
            |all| *all = AccountSettings::default(),
            None,
            true,
        ),
        (System::CompagoLink, |_| (), None, true),
        (
            System::CompagoLink,
            |all| all.homepage_url = None,
            Some(no_pages.clone()),
            false,
        ),
        (
            System::CompagoLink,
            |all| all.redirect_url = Some(" ".to_owned()),
            Some(no_pages),
            false,
        ),
        (System::One2Pays, |_| (), None, true),
        (
            System::One2Pays,
            |all| all.public_key = None,
            Some(ConnectError::NoPublicKey.to_string()),
            true,
        ),
        (
            System::One2Pays,
            |all| all.amount_unit = None,
            Some(ConnectError::NoAmountUnit.to_string()),
            true,
        ),
        (System::One2Pays, |all| all.homepage_url = None, None, true),
        (
            System::LeanRails,
            |all| *all = AccountSettings::default(),
            None,
            true,
        ),
    ];
    for (system, change, refused, practice) in table {
        assert_eq!(lacks(system, change), (refused, practice), "{system:?}");
    }
    for system in System::ALL {
        let live = account(system, "https://api.example.com");
        let no_key = connect(&live, None, NetworkOptions::default()).err();
        assert!(matches!(no_key, Some(ConnectError::NoKey)), "{system:?}");
    }
}

/// Nothing leaves for a charge that the system does not take.
#[tokio::test(flavor = "multi_thread")]
async fn a_charge_of_another_kind_is_not_built() {
    let why = NotSent::NotBuilt;
    for side in Side::all() {
        let system = side.system;
        let store = Store::open(side).await;
        let mut strange: Vec<Charge> = Side::all()
            .into_iter()
            .filter(|other| !system.channels().contains(&other.channel))
            .map(|other| charge_by(other, "R-1", 100, COUNTER))
            .collect();
        strange.push(charge_by(side, "R-1", 0, COUNTER));
        let foreign = System::ALL
            .into_iter()
            .find(|other| other.currency() != system.currency());
        let amount = charge_in(foreign.unwrap(), "R-1", 100, COUNTER).amount;
        strange.push(Charge {
            amount,
            ..store.charge("R-1")
        });
        if let Some(needs) = side.link_needs() {
            for minutes in [needs.minutes_min - 1, needs.minutes_max + 1] {
                let mut charge = store.charge("R-1");
                if let Way::Link { terms } = &mut charge.way {
                    terms.minutes = minutes;
                }
                strange.push(charge);
            }
            if needs.payer {
                let mut charge = store.charge("R-1");
                if let Way::Link { terms } = &mut charge.way {
                    terms.payer = None;
                }
                strange.push(charge);
            }
        }
        for charge in strange {
            let refused = store.line.create(&charge).await;
            assert_eq!(refused, Err(Failure::NotSent { why }), "{side} {charge:?}");
        }
        assert!(store.practice.requests().is_empty());
    }
}
