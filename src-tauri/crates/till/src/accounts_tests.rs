//! Every sentence about a failure that comes from a provider says whether money may have moved.

use std::collections::BTreeSet;

use payment::failure::{BadAnswer, NoAnswer};
use serde_json::Value;

use super::*;

/// What the sentence of a code must say about the money.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Says {
    /// A provider failed, or could not be asked: that no money moved.
    Nothing,
    /// A payment at a provider may be paid: that nobody may charge unseen.
    Perhaps,
    /// The till itself refused, before anything was sent: the sentence is about what was typed, about the
    /// till or about the person, and no provider was asked for money.
    Refused,
}

fn must_say(code: Code) -> Says {
    use Code as C;
    match code {
        C::NoConnection
        | C::NoSuchHost
        | C::NotTrusted
        | C::KeyRefused
        | C::ProviderFault
        | C::ProviderUnreadable
        | C::ProviderSilent
        | C::ProviderBusy
        | C::RequestNotBuilt => Says::Nothing,
        C::OrderNotKnown
        | C::OrderElsewhere
        | C::LeftoverUnconfirmed
        | C::LeftoverUnclosed
        | C::ChangeUnsettled => Says::Perhaps,
        C::AmountEmpty
        | C::AmountNegative
        | C::AmountTooLarge
        | C::AmountDecimals
        | C::AmountInvalid
        | C::OrderEmpty
        | C::OrderTooLong
        | C::OrderBadCharacters
        | C::OrderOpen
        | C::OrderPaid
        | C::OrderReturned
        | C::ChargeWarned
        | C::ReturnReason
        | C::OrderUnknown
        | C::PaymentUnknown
        | C::TooLate
        | C::AccountUnknown
        | C::AccountInUse
        | C::AccountIsPractice
        | C::TerminalUnknown
        | C::TerminalBusy
        | C::TerminalReplaces
        | C::NameEmpty
        | C::NameTooLong
        | C::NameBadCharacters
        | C::TerminalsMissing
        | C::TerminalTwice
        | C::LinkMinutes
        | C::LinkDescription
        | C::PayerInvalid
        | C::SaleOptionMissing
        | C::ItemInvalid
        | C::CardInvalid
        | C::CurrencyInvalid
        | C::RefundTooMuch
        | C::ActUnderWay
        | C::ElsewhereNotKept
        | C::NoListHere
        | C::WebhooksMissing
        | C::BillingInvalid
        | C::MailServer
        | C::MailNotSecure
        | C::MailAddress
        | C::MailMissing
        | C::MailPasswordMissing
        | C::MailPasswordAgain
        | C::LetterWords
        | C::WrongChannel
        | C::PagesMissing
        | C::PublicKeyMissing
        | C::AmountUnitMissing
        | C::VoidListEmpty
        | C::VoidListTooLong
        | C::VoidListTooLarge
        | C::VoidListUnreadable
        | C::VoidListColumns
        | C::VoidPlanGone
        | C::VoidNothing
        | C::VoidUnknown
        | C::FileNotSaved
        | C::VoidReason
        | C::DayBlocked
        | C::DayMoved
        | C::DayUnknown
        | C::AddressInvalid
        | C::AddressNotSecure
        | C::AddressTooMuch
        | C::KeyMissing
        | C::KeyInvalid
        | C::KeychainMissing
        | C::KeychainLocked
        | C::KeychainSlow
        | C::KeychainRefused
        | C::JournalDamaged
        | C::JournalReadOnly
        | C::JournalFull
        | C::JournalTooNew
        | C::JournalFailing
        | C::JournalUnsure
        | C::JournalBusy
        | C::JournalInUse
        | C::PracticeRefused
        | C::PracticeMissing
        | C::NobodySignedIn
        | C::NeedsApproval
        | C::NotAllowed
        | C::NothingToApprove
        | C::ApproverIsAsker
        | C::ReasonMissing
        | C::PinWrong
        | C::PinLocked
        | C::PinTooShort
        | C::PinTooLong
        | C::PinNotDigits
        | C::PinTrivial
        | C::PinsDiffer
        | C::PinUnchecked
        | C::PepperLost
        | C::StaffUnknown
        | C::StaffNameTaken
        | C::FirstIsManager
        | C::LastManager
        | C::IdleTooLong
        | C::ReceiptMissing
        | C::CheckedMissing
        | C::BadRequest => Says::Refused,
    }
}

/// One of every kind.
fn failures() -> Vec<Failure> {
    let said = || "as it says".to_owned();
    let not_sent = [
        NotSent::NoConnection,
        NotSent::NoSuchHost,
        NotSent::NotTrusted,
        NotSent::NotBuilt,
    ];
    let mut all: Vec<Failure> = not_sent.map(|why| Failure::NotSent { why }).into();
    all.extend([NoAnswer::TimedOut, NoAnswer::ConnectionLost].map(|why| Failure::NoAnswer { why }));
    all.extend([
        Failure::BadAnswer {
            why: BadAnswer::WebPage,
        },
        Failure::Mismatch {
            said: said(),
            intent: None,
        },
        Failure::KeyRefused,
        Failure::NotFound { said: None },
        Failure::Invalid { said: said() },
        Failure::Duplicate,
        Failure::RateLimited {
            retry_after_ms: None,
        },
        Failure::Redirected,
        Failure::Fault { status: 503 },
    ]);
    all
}

/// How a language says it; one of these must be there, in small letters.
fn phrases(language: &str, says: Says) -> &'static [&'static str] {
    match (language, says) {
        ("en", Says::Nothing) => &["no money moved"],
        ("es", Says::Nothing) => &["no se movió dinero"],
        ("en", Says::Perhaps) => &[
            "before you charge",
            "may be paying",
            "don't charge it again",
        ],
        ("es", Says::Perhaps) => &[
            "antes de volver a cobrar",
            "puede estar pagándolo",
            "no la cobres otra vez",
        ],
        (_, _) => &[],
    }
}

#[test]
fn every_failure_of_a_provider_has_a_sentence_that_says_whether_money_moved() {
    let codes: BTreeSet<&str> = failures()
        .iter()
        .map(failure_code)
        .inspect(|code| assert_eq!(must_say(*code), Says::Nothing, "{code:?}"))
        .map(Code::name)
        .collect();
    let expected = Code::ALL
        .iter()
        .filter(|code| must_say(**code) == Says::Nothing);
    assert_eq!(codes, expected.map(|code| code.name()).collect());
    let texts = [
        ("en", include_str!("../../../../ui/src/text/en.json")),
        ("es", include_str!("../../../../ui/src/text/es.json")),
    ];
    for (language, texts) in texts {
        let texts: Value = serde_json::from_str(texts).unwrap();
        let denies = phrases(language, Says::Nothing);
        for code in Code::ALL {
            let text = texts["code"][code.name()].as_str().unwrap().to_lowercase();
            let wanted = phrases(language, must_say(*code));
            let is_said = wanted.iter().any(|phrase| text.contains(phrase));
            assert!(is_said || wanted.is_empty(), "{language} {code:?}: {text}");
            // What may be paid is never told as if it were certain that nothing moved.
            let is_denied = denies.iter().any(|phrase| text.contains(phrase));
            assert!(!is_denied || must_say(*code) != Says::Perhaps, "{text}");
        }
    }
}
