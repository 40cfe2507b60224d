//! What a cashier adds to a sale on a card machine, or asks of a card on file, checked before
//! anything is written down.

use money::{Money, Typed};
use payment::{
    Account, CardTerms, Channel, ItemLine, Modifier, ReturnTerms, SaleOptions, SaleTerms,
    TerminalCode, Way,
};

use crate::api::{ApiError, CardInput, Code, ItemLineInput, ReturnInput, SaleInput};
use crate::charge::amount_code;

/// Characters of what was sold (Dojo, "Create payment intent": 100).
const ITEM_NAME_LIMIT: usize = 100;
/// Characters of what a card on file is charged for.
const DESCRIPTION_LIMIT: usize = 200;
/// Characters of why money goes back.
const REASON_LIMIT: usize = 200;
/// Characters of the name of a stored card.
const CARD_LIMIT: usize = 128;

/// The way of a sale on a card machine of this account.
///
/// # Errors
/// [`Code::WrongChannel`]; [`Code::TerminalUnknown`]; [`Code::SaleOptionMissing`] for what the
/// account's system does not offer; what is wrong with an amount or a line.
pub(crate) fn on_terminal(
    account: &Account,
    code: &str,
    input: Option<&SaleInput>,
) -> Result<Way, ApiError> {
    let code = machine(account, code)?;
    let terms = match input {
        Some(input) => terms(account, input)?,
        None => SaleTerms::PLAIN,
    };
    Ok(Way::Terminal { code, terms })
}

fn machine(account: &Account, code: &str) -> Result<TerminalCode, ApiError> {
    if !account.system.channels().contains(&Channel::Terminal) {
        return Err(ApiError::new(Code::WrongChannel));
    }
    account
        .terminals
        .iter()
        .map(|terminal| &terminal.code)
        .find(|known| known.as_str() == code.trim())
        .cloned()
        .ok_or_else(|| ApiError::new(Code::TerminalUnknown))
}

/// The way of money that goes back on a card machine of this account, without a payment.
///
/// # Errors
/// [`Code::WrongChannel`]; [`Code::TerminalUnknown`]; [`Code::SaleOptionMissing`] for what the
/// account's system does not offer; [`Code::ReturnReason`].
pub(crate) fn give_back(
    account: &Account,
    code: &str,
    input: &ReturnInput,
) -> Result<Way, ApiError> {
    let code = machine(account, code)?;
    let able = account.system.acts().returns;
    if !able.is_some_and(|able| able.keyed || !input.keyed) {
        return Err(ApiError::new(Code::SaleOptionMissing));
    }
    let reason = input.reason.trim();
    let is_reason = (1..=REASON_LIMIT).contains(&reason.chars().count())
        && !reason.chars().any(char::is_control)
        && !has_card_number(reason);
    if !is_reason {
        return Err(ApiError::new(Code::ReturnReason));
    }
    let terms = ReturnTerms {
        reason: reason.to_owned(),
        keyed: input.keyed,
    };
    Ok(Way::Return { code, terms })
}

fn terms(account: &Account, input: &SaleInput) -> Result<SaleTerms, ApiError> {
    let amount = |digits: &str| -> Result<Option<Money>, ApiError> {
        let typed =
            Typed::from_digits(digits).map_err(|error| ApiError::new(amount_code(error)))?;
        let amount = typed.money(account.currency);
        Ok((!amount.is_zero()).then_some(amount))
    };
    if input.lines.len() > SaleTerms::LINES_LIMIT {
        return Err(ApiError::new(Code::ItemInvalid));
    }
    let lines: Result<Vec<ItemLine>, ApiError> =
        input.lines.iter().map(|line| item(line, &amount)).collect();
    let terms = SaleTerms {
        keyed: input.keyed,
        hold: input.hold,
        tip: amount(&input.tip_digits)?,
        service_charge: amount(&input.service_charge_digits)?,
        lines: lines?,
    };
    if is_offered(&terms, account.system.sale_options()) {
        Ok(terms)
    } else {
        Err(ApiError::new(Code::SaleOptionMissing))
    }
}

/// What digits amount to; `None` for nothing.
type ReadAmount<'a> = &'a dyn Fn(&str) -> Result<Option<Money>, ApiError>;

fn item(input: &ItemLineInput, amount: ReadAmount<'_>) -> Result<ItemLine, ApiError> {
    if input.modifiers.len() > SaleTerms::MODIFIERS_LIMIT {
        return Err(ApiError::new(Code::ItemInvalid));
    }
    let (name, total) = sold(&input.name, input.quantity, amount(&input.digits)?)?;
    let modifiers: Result<Vec<Modifier>, ApiError> = input
        .modifiers
        .iter()
        .map(|modifier| {
            let amount = amount(&modifier.digits)?;
            let (name, amount) = sold(&modifier.name, modifier.quantity, amount)?;
            Ok(Modifier {
                name,
                quantity: modifier.quantity,
                amount,
                discount: modifier.discount,
            })
        })
        .collect();
    Ok(ItemLine {
        name,
        quantity: input.quantity,
        total,
        modifiers: modifiers?,
    })
}

/// The name and the amount of something that stands on the slip.
fn sold(name: &str, quantity: u32, amount: Option<Money>) -> Result<(String, Money), ApiError> {
    let name = name.trim();
    let is_name = (1..=ITEM_NAME_LIMIT).contains(&name.chars().count())
        && !name.chars().any(char::is_control)
        && !has_card_number(name);
    match amount {
        Some(amount) if is_name && quantity > 0 => Ok((name.to_owned(), amount)),
        Some(_) | None => Err(ApiError::new(Code::ItemInvalid)),
    }
}

/// Whether a text holds what looks like a card's number: thirteen to nineteen digits, whatever stands
/// between them, whose check digit is right (ISO/IEC 7812-1). It would stand in the journal for ever
/// (invariant I23).
pub(crate) fn has_card_number(text: &str) -> bool {
    let is_between = |character: char| " -_.".contains(character);
    let mut digits: Vec<u32> = Vec::new();
    for character in text.chars().chain(['x']) {
        match character.to_digit(10) {
            Some(digit) => digits.push(digit),
            None if is_between(character) => {}
            None => {
                if (13..=19).contains(&digits.len()) && is_luhn(&digits) {
                    return true;
                }
                digits.clear();
            }
        }
    }
    false
}

fn is_luhn(digits: &[u32]) -> bool {
    let doubled = |digit: u32| match digit.saturating_mul(2) {
        double @ 10.. => double.saturating_sub(9),
        double => double,
    };
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(index, digit)| {
            if index % 2 == 1 {
                doubled(*digit)
            } else {
                *digit
            }
        })
        .sum();
    sum.is_multiple_of(10)
}

/// A tip that is left out in silence would be money that nobody takes.
fn is_offered(terms: &SaleTerms, options: SaleOptions) -> bool {
    (options.keyed || !terms.keyed)
        && (options.hold || !terms.hold)
        && (options.tip || terms.tip.is_none())
        && (options.service_charge || terms.service_charge.is_none())
        && (options.lines || terms.lines.is_empty())
}

/// The way of a charge of a card on file of this account.
///
/// # Errors
/// [`Code::WrongChannel`], [`Code::CardInvalid`], [`Code::LinkDescription`],
/// [`Code::SaleOptionMissing`].
pub(crate) fn card_on_file(account: &Account, input: &CardInput) -> Result<Way, ApiError> {
    if !account.system.channels().contains(&Channel::CardOnFile) {
        return Err(ApiError::new(Code::WrongChannel));
    }
    let card = input.card.trim();
    let is_name = |character: char| character.is_ascii_alphanumeric() || "-_".contains(character);
    // A card's own number must never come this far: it would stand in the journal for ever.
    let is_number = card.bytes().all(|byte| byte.is_ascii_digit()) || has_card_number(card);
    if card.is_empty() || card.len() > CARD_LIMIT || !card.chars().all(is_name) || is_number {
        return Err(ApiError::new(Code::CardInvalid));
    }
    let description = input.description.trim();
    let is_long = description.chars().count() > DESCRIPTION_LIMIT;
    if is_long || description.chars().any(char::is_control) || has_card_number(description) {
        return Err(ApiError::new(Code::LinkDescription));
    }
    if input.hold && !account.system.sale_options().hold {
        return Err(ApiError::new(Code::SaleOptionMissing));
    }
    let terms = CardTerms {
        card: card.to_owned(),
        description: description.to_owned(),
        hold: input.hold,
    };
    Ok(Way::CardOnFile { terms })
}

#[cfg(test)]
mod tests {
    use payment::{AccountId, AccountSettings, System, Terminal, TerminalCode};

    use super::*;
    use crate::api::ModifierInput;

    fn account(system: System) -> Account {
        Account {
            id: AccountId::new("a").unwrap(),
            name: "A".to_owned(),
            system,
            base_url: "http://127.0.0.1".to_owned(),
            currency: system.currency(),
            terminals: vec![Terminal {
                code: TerminalCode::new("tm_1").unwrap(),
                label: "Left".to_owned(),
            }],
            settings: AccountSettings::default(),
            practice: true,
        }
    }

    fn code<T>(result: Result<T, ApiError>) -> Option<Code> {
        result.err().map(|error| error.code)
    }

    fn plain() -> SaleInput {
        SaleInput::default()
    }

    fn line(name: &str, quantity: u32, digits: &str) -> Vec<ItemLineInput> {
        vec![ItemLineInput {
            name: name.to_owned(),
            quantity,
            digits: digits.to_owned(),
            modifiers: Vec::new(),
        }]
    }

    fn modifier(name: &str, quantity: u32, digits: &str, discount: bool) -> ModifierInput {
        ModifierInput {
            name: name.to_owned(),
            quantity,
            digits: digits.to_owned(),
            discount,
        }
    }

    #[test]
    fn what_a_system_does_not_offer_is_refused_and_not_left_out() {
        let tip = SaleInput {
            tip_digits: "150".to_owned(),
            ..plain()
        };
        let keyed = SaleInput {
            keyed: true,
            ..plain()
        };
        let held = SaleInput {
            hold: true,
            ..plain()
        };
        let service = SaleInput {
            service_charge_digits: "90".to_owned(),
            ..plain()
        };
        let items = SaleInput {
            lines: line("Coffee", 2, "700"),
            ..plain()
        };
        for input in [tip, keyed, held, service, items] {
            let at = |system| code(on_terminal(&account(system), "tm_1", Some(&input)));
            assert_eq!(at(System::Dojo), None, "{input:?}");
            assert_eq!(
                at(System::Compago),
                Some(Code::SaleOptionMissing),
                "{input:?}"
            );
            assert_eq!(at(System::LeanRails), Some(Code::WrongChannel), "{input:?}");
        }
    }

    #[test]
    fn no_tip_and_a_tip_of_zero_are_the_same_sale() {
        let zero = SaleInput {
            tip_digits: "000".to_owned(),
            ..plain()
        };
        let dojo = account(System::Dojo);
        let way = on_terminal(&dojo, "tm_1", Some(&zero)).unwrap();
        assert_eq!(way, on_terminal(&dojo, " tm_1 ", None).unwrap());
    }

    #[test]
    fn a_line_needs_a_name_a_number_and_an_amount() {
        let dojo = account(System::Dojo);
        for lines in [
            line("", 1, "700"),
            line("Tea", 0, "700"),
            line("Tea", 1, ""),
            line("a\u{7}", 1, "1"),
        ] {
            let input = SaleInput { lines, ..plain() };
            assert_eq!(
                code(on_terminal(&dojo, "tm_1", Some(&input))),
                Some(Code::ItemInvalid)
            );
        }
    }

    #[test]
    fn a_modifier_needs_what_a_line_does_and_may_take_off() {
        let dojo = account(System::Dojo);
        let with = |modifiers: Vec<ModifierInput>| {
            let mut lines = line("Burger", 2, "2000");
            lines[0].modifiers = modifiers;
            let input = SaleInput { lines, ..plain() };
            on_terminal(&dojo, "tm_1", Some(&input))
        };
        let way = with(vec![
            modifier(" Cheese ", 2, "150", false),
            modifier("Student", 1, "200", true),
        ])
        .unwrap();
        let [sold] = &*way.sale_terms().unwrap().lines else {
            panic!("one line")
        };
        let read = sold.modifiers.iter();
        let read: Vec<_> = read
            .map(|one| (&*one.name, one.quantity, one.amount.minor(), one.discount))
            .collect();
        assert_eq!(read, [("Cheese", 2, 150, false), ("Student", 1, 200, true)]);
        for wrong in [
            modifier("", 1, "150", false),
            modifier("Cheese", 0, "150", false),
            modifier("Cheese", 1, "", true),
            modifier("card 4242 4242 4242 4242", 1, "150", false),
        ] {
            assert_eq!(code(with(vec![wrong])), Some(Code::ItemInvalid));
        }
        let many = |count| code(with(vec![modifier("Cheese", 1, "1", false); count]));
        assert_eq!((many(20), many(21)), (None, Some(Code::ItemInvalid)));
    }

    #[test]
    fn money_goes_back_only_where_that_is_offered_and_with_a_reason() {
        let dojo = account(System::Dojo);
        let given = |reason: &str| ReturnInput {
            reason: reason.to_owned(),
            keyed: false,
        };
        for (reason, expected) in [
            ("brought back", None),
            ("", Some(Code::ReturnReason)),
            ("   ", Some(Code::ReturnReason)),
            ("a\u{7}", Some(Code::ReturnReason)),
            ("card 4242 4242 4242 4242", Some(Code::ReturnReason)),
        ] {
            let way = give_back(&dojo, "tm_1", &given(reason));
            assert_eq!(code(way), expected, "{reason}");
        }
        let long = |count| code(give_back(&dojo, "tm_1", &given(&"x".repeat(count))));
        assert_eq!((long(200), long(201)), (None, Some(Code::ReturnReason)));
        let at = |system| code(give_back(&account(system), "tm_1", &given("cold")));
        assert_eq!(at(System::Compago), Some(Code::SaleOptionMissing));
        assert_eq!(at(System::LeanRails), Some(Code::WrongChannel));
        let unknown = give_back(&dojo, "tm_9", &given("cold"));
        assert_eq!(code(unknown), Some(Code::TerminalUnknown));
    }

    #[test]
    fn a_cards_number_is_no_name_of_a_stored_card() {
        let lean = account(System::LeanRails);
        let table = [
            ("pm_card_visa", None),
            ("", Some(Code::CardInvalid)),
            ("4242424242424242", Some(Code::CardInvalid)),
            ("4242 4242 4242 4242", Some(Code::CardInvalid)),
            ("4242-4242-4242-4242", Some(Code::CardInvalid)),
            ("pm_4242424242424242", Some(Code::CardInvalid)),
            ("pm_1774000000000000", None),
            ("pm_1/../x", Some(Code::CardInvalid)),
        ];
        for (card, expected) in table {
            let input = CardInput {
                card: card.to_owned(),
                description: String::new(),
                hold: false,
            };
            assert_eq!(code(card_on_file(&lean, &input)), expected, "{card}");
            assert_eq!(
                code(card_on_file(&account(System::Dojo), &input)),
                Some(Code::WrongChannel)
            );
        }
    }
}
