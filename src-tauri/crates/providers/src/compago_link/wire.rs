//! The JSON of one-time payments. Amounts are decimal numbers in pesos (older pages of the
//! reference show texts) and pass through text, never a float.

use payment::{Billing, Charge, IntentId, LinkTerms};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::ReturnPages;
use crate::json::{self, Word, object};

/// The body of a create (docs.compago.com/api-reference/one-time-payment/create).
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CreateBody<'a> {
    amount: &'a RawValue,
    currency: &'a str,
    external_id: &'a str,
    description: &'a str,
    homepage_url: &'a str,
    redirect_url: &'a str,
    ttl_minutes: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    billing_information: Option<BillingBody<'a>>,
}

/// Which parts are wanted is not documented: what is known is told, the rest is left out.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct BillingBody<'a> {
    #[serde(skip_serializing_if = "str::is_empty")]
    email: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    first_name: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    last_name: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    phone_number: &'a str,
    address: AddressBody<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AddressBody<'a> {
    #[serde(skip_serializing_if = "str::is_empty")]
    address_line: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    city: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    state: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    zip: &'a str,
}

impl<'a> From<&'a Billing> for BillingBody<'a> {
    fn from(billing: &'a Billing) -> Self {
        Self {
            email: &billing.email,
            first_name: &billing.first_name,
            last_name: &billing.last_name,
            phone_number: &billing.phone,
            address: AddressBody {
                address_line: &billing.address_line,
                city: &billing.city,
                state: &billing.state,
                zip: &billing.zip,
            },
        }
    }
}

/// Writes the body of a create: the same charge is always the same bytes.
pub(super) fn create_body(
    charge: &Charge,
    terms: &LinkTerms,
    pages: &ReturnPages,
) -> Result<Vec<u8>, serde_json::Error> {
    let amount = RawValue::from_string(charge.amount.to_decimal())?;
    serde_json::to_vec(&CreateBody {
        amount: &amount,
        currency: charge.amount.currency().code(),
        external_id: charge.key.as_str(),
        description: &terms.description,
        homepage_url: &pages.homepage_url,
        redirect_url: &pages.redirect_url,
        ttl_minutes: terms.minutes,
        billing_information: terms.billing.as_deref().map(BillingBody::from),
    })
}

/// A one-time payment as any of their answers may show it. Every field may be missing; what is
/// needed is asked for by `map`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Link {
    pub(super) id: Option<Word>,
    pub(super) status: Option<Word>,
    pub(super) amount: Option<Word>,
    pub(super) currency: Option<Word>,
    pub(super) external_id: Option<Word>,
    pub(super) expired: Option<Word>,
    pub(super) expires_at: Option<Word>,
    pub(super) created_at: Option<Word>,
    pub(super) redirect_url: Option<Word>,
    pub(super) checkout_url: Option<Word>,
    pub(super) payment_url: Option<Word>,
    pub(super) url: Option<Word>,
}

impl Link {
    /// Reads an answer; `None` for anything but a JSON object. A field that is there twice is
    /// refused: nobody knows which of the two is meant.
    pub(super) fn read(body: &[u8]) -> Option<Self> {
        object(body)
    }

    /// Their name of it, where it is one that can be asked for.
    pub(super) fn usable_id(&self) -> Option<IntentId> {
        json::usable_id(self.id.as_ref()?)
    }

    /// Whether it was made for this charge, or says so.
    pub(super) fn has_key(&self, charge: &Charge) -> bool {
        let named = self.external_id.as_ref();
        named.is_some_and(|named| named.text() == charge.key.as_str())
    }

    /// The address of the page under a name that can mean nothing else. The guide speaks of a
    /// "checkout URL" and does not name its field.
    pub(super) fn checkout(&self) -> Option<&Word> {
        let named = self.checkout_url.as_ref().or(self.payment_url.as_ref());
        named.or(self.url.as_ref())
    }
}

/// One page of the list.
pub(super) struct List {
    pub(super) links: Vec<Link>,
    /// When it was told, by their clock. Milliseconds since 1970-01-01 UTC.
    pub(super) told_at_ms: Option<i64>,
    page_size: Option<usize>,
}

impl List {
    /// Reads an answer (docs.compago.com/api-reference/one-time-payment/list). An item that is no
    /// payment spoils the whole: it might have been the one that is looked for.
    pub(super) fn read(body: &[u8]) -> Option<Self> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Around {
            items: Vec<Box<RawValue>>,
            page_size: Option<Word>,
        }
        let around: Around = object(body)?;
        let links = around.items.iter();
        let links: Option<Vec<Link>> = links
            .map(|item| Link::read(item.get().as_bytes()))
            .collect();
        let told = around.page_size.and_then(|size| size.text().parse().ok());
        Some(Self {
            links: links?,
            told_at_ms: None,
            page_size: told.filter(|size| *size > 0),
        })
    }

    /// Whether this is the last page. A provider that gives fewer than were asked for says so, and
    /// its pages are measured by that.
    pub(super) fn is_shorter_than(&self, asked: usize) -> bool {
        let whole = self.page_size.map_or(asked, |told| told.min(asked));
        self.links.len() < whole
    }
}

#[cfg(test)]
mod tests {
    use money::{Currency, Money};
    use payment::{IdempotencyKey, Way};

    use super::*;

    fn terms(description: &str) -> LinkTerms {
        LinkTerms {
            description: description.to_owned(),
            minutes: 60,
            method: None,
            payer: None,
            billing: None,
            language: None,
        }
    }

    fn charge(minor: i64, key: &str) -> Charge {
        Charge {
            amount: Money::new(minor, Currency::Mxn).unwrap(),
            way: Way::Link {
                terms: terms("Two coffees"),
            },
            key: IdempotencyKey::new(key).unwrap(),
            asked_at_ms: 1_790_000_000_000,
        }
    }

    fn pages() -> ReturnPages {
        ReturnPages {
            homepage_url: "https://shop.example/".to_owned(),
            redirect_url: "https://shop.example/thanks".to_owned(),
        }
    }

    #[test]
    fn a_create_is_written_as_documented() {
        let body = create_body(
            &charge(35_050, "R-1"),
            &terms("Two \"coffees\" ñ"),
            &pages(),
        );
        let expected = concat!(
            r#"{"amount":350.50,"currency":"MXN","externalId":"R-1","#,
            r#""description":"Two \"coffees\" ñ","homepageUrl":"https://shop.example/","#,
            r#""redirectUrl":"https://shop.example/thanks","ttlMinutes":60}"#
        );
        assert_eq!(String::from_utf8(body.unwrap()).unwrap(), expected);
        for (minor, text) in [(5, "0.05"), (money::MAX_MINOR, "9999999999.99")] {
            let body = create_body(&charge(minor, "R-1"), &terms("x"), &pages()).unwrap();
            let body = String::from_utf8(body).unwrap();
            assert!(
                body.starts_with(&format!(r#"{{"amount":{text},"#)),
                "{body}"
            );
        }
    }

    #[test]
    fn only_a_list_of_payments_is_a_list() {
        for body in [
            "",
            "null",
            "[]",
            "{}",
            r#"{"items":null}"#,
            r#"{"items":{}}"#,
            r#"{"items":[null]}"#,
            r#"{"items":[[]]}"#,
            r#"{"items":[{"id":"a","id":"b"}]}"#,
            r#"{"items":[],"items":[]}"#,
            r#"{"items":["#,
            "<html>",
        ] {
            assert!(List::read(body.as_bytes()).is_none(), "{body}");
        }
        let list = List::read(br#"{"count":9,"page":1,"items":[{"id":"a"},{"id":"b"}]}"#).unwrap();
        assert_eq!(list.links.len(), 2);
    }

    #[test]
    fn a_page_is_the_last_when_it_is_not_full() {
        let read = |more: &str| {
            let body = format!(r#"{{"items":[{{"id":"a"}},{{"id":"b"}}]{more}}}"#);
            List::read(body.as_bytes()).unwrap()
        };
        let table = [
            ("", 2, false),
            ("", 3, true),
            (r#","pageSize":2"#, 500, false),
            (r#","pageSize":"2""#, 500, false),
            (r#","pageSize":3"#, 500, true),
            (r#","pageSize":500"#, 2, false),
            (r#","pageSize":0"#, 500, true),
            (r#","pageSize":"many""#, 500, true),
        ];
        for (more, asked, expected) in table {
            assert_eq!(
                read(more).is_shorter_than(asked),
                expected,
                "{more} {asked}"
            );
        }
    }
}
