//! The JSON of one-time payments: reading requests field by field, writing answers.

use std::collections::BTreeMap;

use http::{StatusCode, Uri};
use money::{Currency, Money};
use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::{LinkAmounts, LinkAnswer, LinkCount, OneTime};
use crate::compago::wire::amount;
use crate::links::{Details, Link, NewLink};
use crate::message::{
    Answer, Fields, Received, check_text, decimal, field, iso_8601, page_of, text, whole_number,
};
use crate::{IntentId, Settings};

/// The lifetimes that a shop can ask for, in minutes; the longest is the default.
const TTL_MINUTES: std::ops::RangeInclusive<u64> = 10..=2880;

const PAGE_SIZE_DEFAULT: usize = 100;
const PAGE_SIZE_MAX: usize = 500;

/// Which links a list asks for.
pub(super) struct Asked {
    page: usize,
    page_size: usize,
    status: Option<String>,
}

impl Received {
    /// Reads the body of a create.
    ///
    /// # Errors
    /// The sentence for the 400 answer; it names the field.
    pub(super) fn new_one_time(&self, settings: &Settings) -> Result<NewLink, String> {
        let fields = self.fields()?;
        let required = |name: &str| {
            let value = text(&fields, name)?.ok_or(format!("{name} is required"))?;
            Ok::<_, String>(value)
        };
        if required("currency")? != Currency::Mxn.code() {
            return Err("currency must be MXN".to_owned());
        }
        let amount = amount(&fields, settings.link_amount_text_accepted)?;
        let reference = required("externalId")?;
        check_text("externalId", &reference, settings.external_id_length_max)?;
        let description = required("description")?;
        check_text("description", &description, usize::MAX)?;
        let homepage_url = required("homepageUrl")?;
        check_address("homepageUrl", &homepage_url)?;
        let redirect_url = required("redirectUrl")?;
        check_address("redirectUrl", &redirect_url)?;
        let billing: Option<Map<String, Value>> =
            field(&fields, "billingInformation", "an object")?;
        if settings.link_billing_required {
            check_billing(billing.as_ref())?;
        }
        Ok(NewLink {
            reference,
            amount,
            description: Some(description),
            origin: self.origin(),
            lifetime_ms: ttl_minutes(&fields, settings)?.saturating_mul(60_000),
            details: Details::Compago(OneTime {
                homepage_url,
                redirect_url,
                billing,
            }),
        })
    }

    /// Reads the query of a list.
    ///
    /// # Errors
    /// The sentence for the 400 answer; it names the parameter.
    pub(super) fn asked_one_time(&self) -> Result<Asked, String> {
        let query = self.query();
        let status = query.get("status").cloned();
        let words = ["PENDING", "CONFIRMED", "CANCELLED"];
        if status.as_deref().is_some_and(|word| !words.contains(&word)) {
            return Err("status must be PENDING, CONFIRMED or CANCELLED".to_owned());
        }
        if query.get("currency").is_some_and(|code| code != "MXN") {
            return Err("currency must be MXN".to_owned());
        }
        let sizes = 1..=PAGE_SIZE_MAX;
        Ok(Asked {
            page: whole_number(&query, "page", 1, 1..=usize::MAX)?,
            page_size: whole_number(&query, "pageSize", PAGE_SIZE_DEFAULT, sizes)?,
            status,
        })
    }
}

fn ttl_minutes(fields: &Fields<'_>, settings: &Settings) -> Result<u64, String> {
    let longest = *TTL_MINUTES.end();
    if !settings.link_ttl_heeded {
        return Ok(longest);
    }
    let minutes = field(fields, "ttlMinutes", "a whole number")?.unwrap_or(longest);
    if TTL_MINUTES.contains(&minutes) {
        Ok(minutes)
    } else {
        Err("ttlMinutes must be from 10 to 2880".to_owned())
    }
}

/// Whether every part of the reference's sample is there.
fn check_billing(billing: Option<&Map<String, Value>>) -> Result<(), String> {
    let billing = billing.ok_or("billingInformation is required")?;
    let address = billing.get("address").and_then(Value::as_object);
    let address = address.ok_or("billingInformation.address is required")?;
    let persons = ["email", "firstName", "lastName", "phoneNumber"];
    let places = ["addressLine", "city", "state", "zip"];
    let persons = persons.map(|name| (name, billing.get(name)));
    let places = places.map(|name| (name, address.get(name)));
    for (name, value) in persons.into_iter().chain(places) {
        let text = value.and_then(Value::as_str).unwrap_or_default();
        check_text(name, text, usize::MAX)?;
    }
    Ok(())
}

/// An address of the web, as the reference's type `uri` for a page to lead to.
fn check_address(name: &str, value: &str) -> Result<(), String> {
    let address: Option<Uri> = value.parse().ok();
    let is_web = address.is_some_and(|address| {
        matches!(address.scheme_str(), Some("http" | "https")) && address.authority().is_some()
    });
    if is_web {
        Ok(())
    } else {
        Err(format!("{name} must be a web address"))
    }
}

impl Asked {
    /// One page of these links, which come in the order of the answer.
    pub(super) fn answer(&self, links: Vec<&Link>, now_ms: u64, settings: &Settings) -> Answer {
        let is_wanted = |link: &&Link| {
            let word = self.status.as_deref();
            word.is_none_or(|word| link.word(now_ms) == word)
        };
        let wanted: Vec<_> = links.into_iter().filter(is_wanted).collect();
        let total = wanted.len();
        let items = page_of(wanted, self.page, self.page_size);
        let count = match settings.link_count {
            LinkCount::Total => total,
            LinkCount::Page => items.len(),
        };
        let items = items
            .into_iter()
            .filter_map(|link| ItemBody::of(link, now_ms, settings))
            .map(|item| ItemBody {
                expired: None,
                ..item
            });
        let body = ListBody {
            count,
            page: self.page,
            page_size: self.page_size,
            items: items.collect(),
        };
        Answer::json(StatusCode::OK, &body)
    }
}

impl Answer {
    /// What a create answers, by the setting.
    pub(super) fn one_time_created(
        status: StatusCode,
        link: &Link,
        now_ms: u64,
        settings: &Settings,
    ) -> Self {
        let alone = |name: &str| Self::json(status, &BTreeMap::from([(name, link.url())]));
        match settings.link_answer {
            LinkAnswer::RedirectUrl => alone("redirectUrl"),
            LinkAnswer::Url => alone("url"),
            LinkAnswer::CheckoutUrl => alone("checkoutUrl"),
            LinkAnswer::WholeObject => {
                let item = ItemBody::of(link, now_ms, settings);
                let item = item.map(|item| ItemBody {
                    redirect_url: Some(link.url()),
                    ..item
                });
                Self::json(status, &item)
            }
        }
    }

    /// The object as cancelling answers it: the nine fields of the reference's sample.
    pub(super) fn one_time_cancelled(link: &Link, now_ms: u64, settings: &Settings) -> Self {
        let item = ItemBody::of(link, now_ms, settings);
        let item = item.map(|item| ItemBody {
            expired: None,
            redirect_url: None,
            homepage_url: None,
            billing_information: None,
            ..item
        });
        Self::json(StatusCode::OK, &item)
    }

    /// The object, as reading answers it.
    pub(super) fn one_time(link: &Link, now_ms: u64, settings: &Settings) -> Self {
        Self::json(StatusCode::OK, &ItemBody::of(link, now_ms, settings))
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ListBody<'a> {
    count: usize,
    page: usize,
    page_size: usize,
    items: Vec<ItemBody<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ItemBody<'a> {
    id: IntentId,
    status: &'static str,
    /// Not in a list (docs.compago.com/api-reference/one-time-payment/list). Nor is it, or
    /// any of the other fields that can be left out, in the answer to a cancel.
    #[serde(skip_serializing_if = "Option::is_none")]
    expired: Option<bool>,
    description: Option<&'a str>,
    amount: Option<Box<RawValue>>,
    currency: Currency,
    external_id: &'a str,
    expires_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    redirect_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    homepage_url: Option<&'a str>,
    created_at: String,
    updated_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    billing_information: Option<&'a Map<String, Value>>,
}

impl<'a> ItemBody<'a> {
    fn of(link: &'a Link, now_ms: u64, settings: &Settings) -> Option<Self> {
        let Details::Compago(one_time) = &link.asked.details else {
            return None;
        };
        let redirect_url = if settings.link_items_show_page {
            link.url()
        } else {
            one_time.redirect_url.clone()
        };
        Some(Self {
            id: link.id,
            status: link.word(now_ms),
            expired: Some(link.is_expired(now_ms, settings)),
            description: link.asked.description.as_deref(),
            amount: written(link.asked.amount, settings),
            currency: link.asked.amount.currency(),
            external_id: &link.asked.reference,
            expires_at: iso_8601(link.expires_at_ms),
            redirect_url: Some(redirect_url),
            homepage_url: Some(&one_time.homepage_url),
            created_at: iso_8601(link.created_at_ms),
            updated_at: iso_8601(link.updated_at_ms),
            billing_information: one_time.billing.as_ref(),
        })
    }
}

fn written(amount: Money, settings: &Settings) -> Option<Box<RawValue>> {
    match settings.link_amounts {
        LinkAmounts::Shortest => RawValue::from_string(shortest(amount)).ok(),
        LinkAmounts::Number => decimal(amount),
        LinkAmounts::Text => RawValue::from_string(format!("\"{}\"", amount.to_decimal())).ok(),
    }
}

/// The amount without zeros that say nothing, as a JavaScript server writes it.
fn shortest(amount: Money) -> String {
    let text = amount.to_decimal();
    match text.strip_suffix(".00").or_else(|| text.strip_suffix('0')) {
        Some(shorter) => shorter.to_owned(),
        None => text,
    }
}
