//! What a cashier types for a payment link, checked before anything is written down.

use payment::{Account, Billing, LinkNeeds, LinkTerms, Payer, Way};

use crate::api::{ApiError, BillingInput, Code, LinkInput, PayerInput};
use crate::sale::has_card_number;

/// Characters of a link's description.
const DESCRIPTION_LIMIT: usize = 200;
/// Characters of the name on a payer's account.
const PAYER_NAME_LIMIT: usize = 100;
/// Characters of each part of a bill's address.
const BILLING_LIMIT: usize = 200;
/// Digits of a payer's account, from and to.
const PAYER_DIGITS: std::ops::RangeInclusive<usize> = 6..=20;

/// The way of a charge by a link of this account.
///
/// # Errors
/// [`Code::WrongChannel`] where the account has no links; [`Code::LinkDescription`],
/// [`Code::LinkMinutes`], [`Code::PayerInvalid`], [`Code::BadRequest`] for a method it has not.
pub(crate) fn way(account: &Account, input: &LinkInput) -> Result<Way, ApiError> {
    let needs = account
        .system
        .link_needs()
        .ok_or_else(|| ApiError::new(Code::WrongChannel))?;
    let description = input.description.trim();
    let length = description.chars().count();
    let is_text = (1..=DESCRIPTION_LIMIT).contains(&length)
        && !description.chars().any(char::is_control)
        && !has_card_number(description);
    if !is_text {
        return Err(ApiError::new(Code::LinkDescription));
    }
    if !(needs.minutes_min..=needs.minutes_max).contains(&input.minutes) {
        return Err(ApiError::new(Code::LinkMinutes));
    }
    let method = match input.method {
        Some(method) if !needs.methods.contains(&method) => {
            return Err(ApiError::new(Code::BadRequest));
        }
        Some(method) => Some(method),
        None => needs.methods.first().copied(),
    };
    let terms = LinkTerms {
        description: description.to_owned(),
        minutes: input.minutes,
        method,
        payer: payer(needs, input.payer.as_ref())?,
        billing: billing(needs, input.billing.as_ref())?,
        language: input.language,
    };
    Ok(Way::Link { terms })
}

/// Only what the system asks for is kept: nobody's bank account is written down for nothing.
fn payer(needs: LinkNeeds, input: Option<&PayerInput>) -> Result<Option<Payer>, ApiError> {
    if !needs.payer {
        return Ok(None);
    }
    let invalid = || ApiError::new(Code::PayerInvalid);
    let input = input.ok_or_else(invalid)?;
    let name = input.account_name.trim();
    let number: String = input
        .account_number
        .chars()
        .filter(|character| !matches!(character, ' ' | '-'))
        .collect();
    let bank = input.bank_code.trim();
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let is_name = (1..=PAYER_NAME_LIMIT).contains(&name.chars().count())
        && !name.chars().any(char::is_control);
    let is_number = PAYER_DIGITS.contains(&number.len()) && is_digits(&number);
    let is_bank = bank.len() == 3 && is_digits(bank);
    if !(is_name && is_number && is_bank) {
        return Err(invalid());
    }
    Ok(Some(Payer {
        account_name: name.to_owned(),
        account_number: number,
        bank_code: bank.to_owned(),
    }))
}

/// Whom the bill is for. Nothing typed is nobody; what is typed is checked as far as its form goes.
fn billing(
    needs: LinkNeeds,
    input: Option<&BillingInput>,
) -> Result<Option<Box<Billing>>, ApiError> {
    let Some(input) = input.filter(|_| needs.billing) else {
        return Ok(None);
    };
    let text = |text: &str| {
        let text = text.trim();
        let is_text = text.chars().count() <= BILLING_LIMIT && !text.chars().any(char::is_control);
        is_text
            .then(|| text.to_owned())
            .ok_or_else(|| ApiError::new(Code::BillingInvalid))
    };
    let billing = Billing {
        first_name: text(&input.first_name)?,
        last_name: text(&input.last_name)?,
        email: text(&input.email)?,
        phone: text(&input.phone)?,
        address_line: text(&input.address_line)?,
        city: text(&input.city)?,
        state: text(&input.state)?,
        zip: text(&input.zip)?,
    };
    let is_email = billing.email.is_empty()
        || billing
            .email
            .split_once('@')
            .is_some_and(|(name, host)| !name.is_empty() && host.contains('.'));
    if !is_email {
        return Err(ApiError::new(Code::BillingInvalid));
    }
    Ok((!billing.is_empty()).then(|| Box::new(billing)))
}

#[cfg(test)]
mod tests {
    use payment::{AccountId, AccountSettings, LinkMethod, System};

    use super::*;

    fn account(system: System) -> Account {
        Account {
            id: AccountId::new("a").unwrap(),
            name: "A".to_owned(),
            system,
            base_url: "http://127.0.0.1".to_owned(),
            currency: system.currency(),
            terminals: Vec::new(),
            settings: AccountSettings::default(),
            practice: true,
        }
    }

    fn input() -> LinkInput {
        LinkInput {
            description: " Two coffees ".to_owned(),
            minutes: 15,
            method: None,
            payer: Some(PayerInput {
                account_name: "Somchai J.".to_owned(),
                account_number: "123-4-56789-0".to_owned(),
                bank_code: "004".to_owned(),
            }),
            billing: None,
            language: None,
        }
    }

    #[test]
    fn a_bill_is_for_whoever_is_named_and_for_nobody_else() {
        let named = |email: &str, city: &str| LinkInput {
            billing: Some(BillingInput {
                email: email.to_owned(),
                city: city.to_owned(),
                ..BillingInput::default()
            }),
            ..input()
        };
        let long = "x".repeat(201);
        let table = [
            (" ", "", Ok(None)),
            ("ana@example.mx", " Puebla ", Ok(Some("Puebla"))),
            ("", "Puebla", Ok(Some("Puebla"))),
            ("ana", "Puebla", Err(Code::BillingInvalid)),
            ("", long.as_str(), Err(Code::BillingInvalid)),
            ("", "a\u{0}b", Err(Code::BillingInvalid)),
        ];
        for (email, city, expected) in table {
            let made = way(&account(System::CompagoLink), &named(email, city));
            let found = made.map_err(|error| error.code).map(|way| match way {
                Way::Link { terms } => terms.billing.map(|billing| billing.city),
                Way::Terminal { .. } | Way::CardOnFile { .. } | Way::Return { .. } => {
                    panic!("not a link")
                }
            });
            let expected = expected.map(|city| city.map(str::to_owned));
            assert_eq!(found, expected, "{email:?} {city:?}");
        }
        let thai = way(
            &account(System::One2Pays),
            &named("ana@example.mx", "Puebla"),
        );
        let Ok(Way::Link { terms }) = thai else {
            panic!("not a link")
        };
        assert_eq!(terms.billing, None, "what is not asked for is not kept");
    }

    #[test]
    fn what_the_system_does_not_ask_for_is_not_kept() {
        let compago = way(&account(System::CompagoLink), &input()).unwrap();
        let Way::Link { terms } = compago else {
            panic!("not a link")
        };
        assert_eq!((terms.payer, terms.method), (None, None));
        assert_eq!(terms.description, "Two coffees");
        let thai = way(&account(System::One2Pays), &input()).unwrap();
        let Way::Link { terms } = thai else {
            panic!("not a link")
        };
        assert_eq!(terms.method, Some(LinkMethod::PromptPay));
        assert_eq!(terms.payer.unwrap().account_number, "1234567890");
    }

    #[test]
    fn every_wrong_input_has_its_code() {
        let change = |change: fn(&mut LinkInput)| {
            let mut changed = input();
            change(&mut changed);
            changed
        };
        let no_payer = change(|input| input.payer = None);
        let table = [
            (System::Compago, input(), Code::WrongChannel),
            (
                System::CompagoLink,
                change(|one| one.description = " ".to_owned()),
                Code::LinkDescription,
            ),
            (
                System::CompagoLink,
                change(|one| one.description = "x".repeat(201)),
                Code::LinkDescription,
            ),
            (
                System::CompagoLink,
                change(|one| one.description = "a\u{7}".to_owned()),
                Code::LinkDescription,
            ),
            (
                System::CompagoLink,
                change(|one| one.minutes = 9),
                Code::LinkMinutes,
            ),
            (
                System::CompagoLink,
                change(|one| one.minutes = 2_881),
                Code::LinkMinutes,
            ),
            (
                System::CompagoLink,
                change(|one| one.method = Some(LinkMethod::PromptPay)),
                Code::BadRequest,
            ),
            (
                System::One2Pays,
                change(|one| one.minutes = 4),
                Code::LinkMinutes,
            ),
            (System::One2Pays, no_payer, Code::PayerInvalid),
            (
                System::One2Pays,
                change(|one| one.payer.as_mut().unwrap().bank_code = "4".to_owned()),
                Code::PayerInvalid,
            ),
            (
                System::One2Pays,
                change(|one| one.payer.as_mut().unwrap().account_number = "12x456".to_owned()),
                Code::PayerInvalid,
            ),
            (
                System::One2Pays,
                change(|one| one.payer.as_mut().unwrap().account_name = String::new()),
                Code::PayerInvalid,
            ),
        ];
        for (system, input, code) in table {
            let error = way(&account(system), &input).unwrap_err();
            assert_eq!(error.code, code, "{system:?} {}", input.description);
        }
    }
}
