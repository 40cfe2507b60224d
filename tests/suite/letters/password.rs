//! Whose password it is: it never goes to another server than it was typed for.

use super::*;

fn without_password() -> ChooseLetterRulesRequest {
    ChooseLetterRulesRequest {
        password: None,
        ..rules()
    }
}

async fn code_of(shop: &Shop, request: ChooseLetterRulesRequest) -> Option<Code> {
    let chosen = shop.counter.till().choose_letter_rules(request).await;
    chosen.err().map(|error| error.code)
}

/// Hands one letter over, and tells with which password.
async fn password_of_next(shop: &Shop, order: &str) -> Option<String> {
    let sale = shop.link(order).await;
    shop.counter.cancel(&sale).await.unwrap();
    shop.until_fate(&sale, LetterFate::Sent).await;
    let taken = shop.post.taken.lock().unwrap();
    taken.last().unwrap().1.clone()
}

#[tokio::test(start_paused = true)]
async fn a_server_that_was_changed_wants_the_password_again() {
    let shop = Shop::open().await;
    type Change = fn(&mut ChooseLetterRulesRequest);
    let table: [Change; 3] = [
        |typed| typed.server = "mail.elsewhere.example".to_owned(),
        |typed| typed.port = 2_525,
        |typed| typed.user = "boss".to_owned(),
    ];
    for change in table {
        let mut typed = without_password();
        change(&mut typed);
        let refused = code_of(&shop, typed.clone()).await;
        assert_eq!(refused, Some(Code::MailPasswordAgain), "{typed:?}");
    }
    let kept = shop
        .counter
        .till()
        .letter_rules(LetterRulesRequest {})
        .await;
    let kept = kept.unwrap();
    assert_eq!(kept.server, "mail.example.com", "nothing was changed");
    assert_eq!(kept.has_password, Some(true));
    // Everything else changes without it.
    let other = ChooseLetterRulesRequest {
        shop: "Bar Centro".to_owned(),
        ..without_password()
    };
    assert_eq!(code_of(&shop, other).await, None);
    assert_eq!(
        password_of_next(&shop, "R-1").await.as_deref(),
        Some(PASSWORD)
    );
    let typed = ChooseLetterRulesRequest {
        server: "mail.elsewhere.example".to_owned(),
        password: Some(KeyInput::new("another-word".to_owned())),
        ..rules()
    };
    assert_eq!(code_of(&shop, typed).await, None);
    let password = password_of_next(&shop, "R-2").await;
    assert_eq!(password.as_deref(), Some("another-word"));
}

#[tokio::test(start_paused = true)]
async fn switched_off_and_on_elsewhere_it_is_asked_for_too() {
    let shop = Shop::open().await;
    let off = ChooseLetterRulesRequest {
        server: String::new(),
        ..without_password()
    };
    assert_eq!(code_of(&shop, off).await, None);
    let elsewhere = ChooseLetterRulesRequest {
        server: "mail.elsewhere.example".to_owned(),
        ..without_password()
    };
    assert_eq!(
        code_of(&shop, elsewhere.clone()).await,
        Some(Code::MailPasswordAgain)
    );
    // By way of a server where nobody signs in, too.
    let open = ChooseLetterRulesRequest {
        user: String::new(),
        ..elsewhere.clone()
    };
    assert_eq!(code_of(&shop, open).await, None);
    assert_eq!(password_of_next(&shop, "R-1").await, None);
    assert_eq!(
        code_of(&shop, elsewhere).await,
        Some(Code::MailPasswordAgain)
    );
}

/// Where it was never typed, there is none to protect: the form does not ask for what nobody has.
#[tokio::test(start_paused = true)]
async fn where_none_is_kept_none_is_asked_for() {
    let shop = Shop::without_mail().await;
    assert_eq!(code_of(&shop, without_password()).await, None);
}
