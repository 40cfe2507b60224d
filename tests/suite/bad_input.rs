//! What a cashier or a provider may say that makes no sense.

use payment::failure::MoneyMoved;
use payment::{AccountId, State, System};
use practice::{Duplicate, Fault, Press, ServerError};
use providers::Class;
use till::Asked;
use till::api::{
    AccountSettingsInput, Code, KeyInput, SaveAccountRequest, Telling, TerminalInput,
    WebhookSecretRequest,
};
use tillside_tests::world::{ACCOUNT, Mishap, sale};

use crate::counter::{Counter, DIGITS, TERMINAL, seconds};

#[tokio::test(start_paused = true)]
async fn what_cannot_be_charged_is_refused_and_nothing_is_written_or_sent() {
    let counter = Counter::open().await;
    let long = "x".repeat(49);
    let table = [
        (sale("R-1", "", TERMINAL), Code::AmountEmpty),
        (sale("R-1", "000", TERMINAL), Code::AmountEmpty),
        (sale("R-1", "-1", TERMINAL), Code::AmountInvalid),
        (sale("R-1", "1.5", TERMINAL), Code::AmountInvalid),
        (sale("R-1", "1e3", TERMINAL), Code::AmountInvalid),
        (sale("R-1", "９", TERMINAL), Code::AmountInvalid),
        (sale("R-1", "9999999999999", TERMINAL), Code::AmountTooLarge),
        (sale("", DIGITS, TERMINAL), Code::OrderEmpty),
        (sale("  ", DIGITS, TERMINAL), Code::OrderEmpty),
        (sale(&long, DIGITS, TERMINAL), Code::OrderTooLong),
        (sale("a\u{0}b", DIGITS, TERMINAL), Code::OrderBadCharacters),
        (sale("a\nb", DIGITS, TERMINAL), Code::OrderBadCharacters),
        (
            sale("a\u{202e}b", DIGITS, TERMINAL),
            Code::OrderBadCharacters,
        ),
        (sale("R-1", DIGITS, ""), Code::TerminalUnknown),
        (sale("R-1", DIGITS, "N0-SUCH-1"), Code::TerminalUnknown),
    ];
    for (request, expected) in table {
        let told = format!("{request:?}");
        let error = counter.till().start_charge(request).await.unwrap_err();
        assert_eq!(error.code, expected, "{told}");
    }
    let mut elsewhere = sale("R-1", DIGITS, TERMINAL);
    elsewhere.account = "nobody".to_owned();
    let error = counter.till().start_charge(elsewhere).await.unwrap_err();
    assert_eq!(error.code, Code::AccountUnknown);
    assert_eq!(counter.world.seats[0].journal.last_seq().unwrap(), 0);
    assert_eq!(counter.world.net.sent(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_webhook_secret_is_kept_for_who_checks_and_shown_to_nobody() {
    const SECRET: &str = "whsec-canary-77d0";
    let counter = Counter::open().await;
    let till = counter.till();
    let account = |name: &str, system: System, terminals: Vec<TerminalInput>| SaveAccountRequest {
        account: None,
        name: name.to_owned(),
        system,
        settings: AccountSettingsInput::default(),
        base_url: "https://api.example.com".to_owned(),
        key: Some(KeyInput::new("sk_sandbox_1234567890".to_owned())),
        terminals,
    };
    let keep = |account: &str, secret: &str| WebhookSecretRequest {
        account: account.to_owned(),
        secret: KeyInput::new(secret.to_owned()),
    };
    let dojo = account("London", System::Dojo, Vec::new());
    let dojo = till.save_account(dojo).await.unwrap().id;
    let (code, label) = ("T".to_owned(), String::new());
    let terminals = vec![TerminalInput { code, label }];
    let compago = account("Roma", System::Compago, terminals);
    let compago = till.save_account(compago).await.unwrap().id;
    let request = keep(&dojo, SECRET);
    assert!(!format!("{request:?}").contains(SECRET));
    let view = till.keep_webhook_secret(request).await.unwrap();
    assert!(!format!("{view:?}").contains(SECRET));
    for (account, secret, expected) in [
        (compago.as_str(), SECRET, Code::WebhooksMissing),
        (ACCOUNT, SECRET, Code::AccountIsPractice),
        ("nobody", SECRET, Code::AccountUnknown),
        (dojo.as_str(), "", Code::KeyInvalid),
    ] {
        let refused = till.keep_webhook_secret(keep(account, secret)).await;
        assert_eq!(refused.unwrap_err().code, expected, "{account}");
    }
    let kept = till.webhook_secret(&AccountId::new(&dojo).unwrap()).await;
    let kept = kept.unwrap().expect("it is kept");
    assert_eq!(kept.expose(), SECRET, "a refusal changes nothing");
    let journal = &counter.world.seats[0].journal;
    let facts = format!("{:?}", journal.shop().unwrap());
    assert!(!facts.contains(SECRET), "{facts}");
}

#[tokio::test(start_paused = true)]
async fn a_decimal_amount_that_is_none_is_refused() {
    let counter = Counter::open().await;
    let table = [
        ("", Code::AmountEmpty),
        ("0", Code::AmountEmpty),
        ("0.00", Code::AmountEmpty),
        ("-5", Code::AmountNegative),
        ("1.005", Code::AmountDecimals),
        ("abc", Code::AmountInvalid),
        ("99999999999999999999", Code::AmountTooLarge),
    ];
    for (decimal, expected) in table {
        let by = payment::Actor::Till;
        let asked = Asked::Terminal(TERMINAL.to_owned());
        let charge = counter
            .till()
            .charge_decimal("R-1", decimal, ACCOUNT, &asked, by, &[]);
        let error = charge.await.unwrap_err();
        assert_eq!(error.code, expected, "{decimal:?}");
    }
    assert_eq!(counter.world.net.sent(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_create_answered_with_nonsense_is_asked_again_and_never_charged_twice() {
    let server = |status, takes_effect| Fault::ServerError {
        status,
        takes_effect,
    };
    let faults = [
        server(ServerError::E500, true),
        server(ServerError::E500, false),
        server(ServerError::E503, true),
        server(ServerError::E503, false),
        Fault::Html { takes_effect: true },
        Fault::Html {
            takes_effect: false,
        },
        Fault::TruncatedJson,
        Fault::CutBody,
        Fault::EmptyBody,
        Fault::Redirect,
        Fault::TooManyRequests { retry_after_s: 2 },
        Fault::Stall,
    ];
    for fault in faults {
        let counter = Counter::with(|settings| settings.duplicate = Duplicate::Replay).await;
        counter.order_mishaps(&[(Class::Create, Mishap::Store(fault))]);
        let sale = counter.charge("R-1").await;
        let view = counter.until(&sale, State::NotKnown).await;
        assert_eq!(view.moved, MoneyMoved::Perhaps, "{fault:?}");
        counter.when_asked(Press::Tap).await;
        counter.until(&sale, State::Paid).await;
        assert_eq!(counter.world.practice.intents().len(), 1, "{fault:?}");
        assert_eq!(counter.world.practice.ledger().len(), 1, "{fault:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_reading_answered_with_nonsense_ends_nothing() {
    let faults = [
        Fault::ServerError {
            status: ServerError::E500,
            takes_effect: false,
        },
        Fault::Html {
            takes_effect: false,
        },
        Fault::TruncatedJson,
        Fault::CutBody,
        Fault::EmptyBody,
        Fault::Redirect,
        Fault::TooManyRequests { retry_after_s: 1 },
        Fault::DropRequest,
    ];
    for fault in faults {
        let counter = Counter::open().await;
        let mishap = (Class::Read, Mishap::Store(fault));
        counter.order_mishaps(&[mishap; 4]);
        let sale = counter.charge("R-1").await;
        let view = counter
            .until_it(&sale, "unreachable", |view| {
                view.telling == Telling::WaitingUnreachable
            })
            .await;
        assert!(view.open, "{fault:?}");
        counter.when_asked(Press::Tap).await;
        counter.until(&sale, State::Paid).await;
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_about_another_amount_is_withdrawn_and_never_shown_paid() {
    for fault in [Fault::WrongAmount, Fault::WrongCurrency] {
        let counter = Counter::open().await;
        counter.order_mishaps(&[(Class::Create, Mishap::Store(fault))]);
        let sale = counter.charge("R-1").await;
        let view = counter.until(&sale, State::NotKnown).await;
        assert_eq!(view.telling, Telling::NotKnownOtherAmount, "{fault:?}");
        let view = counter
            .until_it(&sale, "over", |view| {
                assert_ne!(view.state, State::Paid, "{fault:?}");
                !view.open
            })
            .await;
        assert_eq!(view.state, State::Cancelled);
        assert!(counter.world.practice.ledger().is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn a_documented_refusal_of_the_first_create_ends_it_in_the_providers_words() {
    let counter = Counter::with(|settings| settings.external_id_length_max = 3).await;
    let sale = counter.charge("R-1000").await;
    let view = counter.until(&sale, State::Failed).await;
    assert_eq!(view.telling, Telling::FailedInvalid);
    assert!(view.params.get("said").is_some_and(|said| !said.is_empty()));
    assert!(counter.world.practice.intents().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_wrong_key_ends_the_first_create_and_makes_nothing() {
    let counter = Counter::open().await;
    counter.world.practice.accept_keys(&["another"]);
    let sale = counter.charge("R-1").await;
    let view = counter.until(&sale, State::Failed).await;
    assert_eq!(view.telling, Telling::FailedKeyRefused);
    seconds(60).await;
    assert!(counter.world.practice.intents().is_empty());
    assert_eq!(counter.world.net.sent(), 1, "a refused key is not hammered");
}

#[tokio::test(start_paused = true)]
async fn a_payment_nobody_has_is_unknown() {
    let counter = Counter::open().await;
    for payment in ["", "x", "0190b5e4-8f5c-7000-8000-000000000000"] {
        let error = counter.cancel(payment).await.unwrap_err();
        assert_eq!(error.code, Code::PaymentUnknown, "{payment:?}");
    }
}
