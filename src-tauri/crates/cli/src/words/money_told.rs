//! Every sentence about a payment says what is known about its money, in every language.

use till::api::Telling;

use super::{Language, Words};

/// What a sentence must say about the money.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Says {
    /// That nothing moved.
    Nothing,
    /// That something may have moved, or may yet: nobody may charge it again unseen.
    Perhaps,
    /// That it moved.
    Moved,
    /// That it went back to the customer.
    Back,
    /// Nothing: it goes its way.
    Under,
}

fn must_say(telling: Telling) -> Says {
    use Telling as T;
    match telling {
        T::Declined
        | T::Cancelled
        | T::CancelledElsewhere
        | T::Expired
        | T::FailedNotSent
        | T::FailedKeyRefused
        | T::FailedNoKey
        | T::FailedInvalid
        | T::FailedAbsent
        | T::FailedByHand
        | T::WaitingDeclined
        | T::DeclinedTryAgain
        | T::CancelledAtTerminal
        | T::TerminalIdle => Says::Nothing,
        T::Cancelling
        | T::WaitingUnreachable
        | T::NotKnownLost
        | T::NotKnownInterrupted
        | T::NotKnownUnseen
        | T::NotKnownLink
        | T::NotKnownUnconfirmed
        | T::NotKnownOtherAmount => Says::Perhaps,
        T::Paid
        | T::PaidWithTip
        | T::PaidAfterCancel
        | T::PaidLate
        | T::PaidByHand
        | T::RefundRefused
        | T::RefundUnknown => Says::Moved,
        T::ReturnedAfterCancel | T::ReturnedLate | T::ReturnedByHand => Says::Back,
        T::Sending
        | T::Waiting
        | T::WaitingLink
        | T::WaitingLinkSoon
        | T::WaitingLinkLost
        | T::Processing
        | T::NeedsCashier
        | T::Signature
        | T::Authorised
        | T::Capturing
        | T::Releasing
        | T::HeldRefused
        | T::Refunding
        | T::RefundAtTerminal
        | T::PartlyRefunded
        | T::Refunded
        | T::Reversed => Says::Under,
    }
}

/// How a language says it; one of these must be there, in small letters.
const fn phrases(language: Language, says: Says) -> &'static [&'static str] {
    match (language, says) {
        (_, Says::Under) => &[],
        (Language::En, Says::Nothing) => &[
            "no money moved",
            "nothing was taken",
            "nothing was paid",
            "nothing went back",
        ],
        (Language::Es, Says::Nothing) => &[
            "no se movió dinero",
            "no se cobró nada",
            "no se pagó nada",
            "no se devolvió nada",
        ],
        (Language::En, Says::Perhaps) => &[
            "don't charge again",
            "before you charge again",
            "don't give it back again",
            "may have",
        ],
        (Language::Es, Says::Perhaps) => &[
            "no cobres otra vez",
            "antes de cobrar otra vez",
            "no lo devuelvas otra vez",
            "puede que",
            "puede haberse",
        ],
        (Language::En, Says::Moved) => &["paid"],
        (Language::Es, Says::Moved) => &["pagado", "pagó"],
        (Language::En, Says::Back) => &["went to the card", "went back", "gone to the card"],
        (Language::Es, Says::Back) => &["fue a la tarjeta", "se devolvieron", "ido a la tarjeta"],
    }
}

#[test]
fn every_sentence_about_an_error_says_whether_money_moved() {
    for language in Language::ALL {
        let words = Words::of(language);
        for telling in Telling::ALL {
            let says = must_say(*telling);
            for by in [None, Some("link"), Some("card"), Some("return")] {
                let part = |part: &str| {
                    let end = format!("{}.{part}", telling.name());
                    words.spoken("telling", by, &end).unwrap()
                };
                let text = format!("{} {}", part("title"), part("body")).to_lowercase();
                let wanted = phrases(language, says);
                let is_said = wanted.iter().any(|phrase| text.contains(phrase));
                let told = format!("{language:?} {telling:?} {by:?}: {text}");
                assert!(is_said || wanted.is_empty(), "{told}");
                // What is open or unknown is never told as if it were certain that nothing moved.
                let denies = phrases(language, Says::Nothing);
                let denies = denies.iter().any(|phrase| text.contains(phrase));
                assert!(!denies || says != Says::Perhaps, "{told}");
            }
        }
    }
}
