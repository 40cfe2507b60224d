//! Dojo's error form (docs.dojo.tech/api, "Errors": RFC 7807 with `traceId`, and `errors` by field).
//!
//! Refunds were seen to answer with `Status`, `Detail`, `Extensions`, and gateways with web pages:
//! names are read without regard to case, and every field may be missing.

use std::collections::BTreeMap;

use payment::Failure;
use serde_json::value::RawValue;

use crate::http::Response;
use crate::json::object;
use crate::said::{MESSAGE_LIMIT, clean};

type Fields = BTreeMap<String, Box<RawValue>>;

/// What any status but 2xx means.
pub(super) fn refused(response: &Response) -> Failure {
    let said = words(&response.body);
    match (response.status, said) {
        (401 | 403, _) => Failure::KeyRefused,
        (404, said) => Failure::NotFound { said },
        // 405: an intent that is past this operation.
        (400 | 405 | 409 | 422, Some(said)) => Failure::Invalid { said },
        (429, _) => Failure::RateLimited {
            retry_after_ms: response.retry_after_ms,
        },
        (300..=399, _) => Failure::Redirected,
        (status, _) => Failure::Fault { status },
    }
}

/// The same for what makes something: 409 says that there is one already (a terminal that is busy,
/// an intent that is past it), which may be our own, delivered twice on its way.
pub(super) fn refused_to_make(response: &Response) -> Failure {
    if response.status == 409 {
        Failure::Duplicate
    } else {
        refused(response)
    }
}

/// Whether it says that the terminal cannot take a session now ("Terminal sessions", `code`): that may
/// be because of our own request, delivered twice on its way.
pub(super) fn is_unavailable(body: &[u8]) -> bool {
    let code = object(body).and_then(|fields| text(&lower(fields), "code"));
    code.is_some_and(|code| code == "TERMINAL_UNAVAILABLE")
}

/// What it says, with the number their support asks for. `None` where it is not in their form.
pub(super) fn words(body: &[u8]) -> Option<String> {
    let fields = lower(object(body)?);
    let text = |name: &str| text(&fields, name);
    let mut said = text("detail")
        .or_else(|| text("title"))
        .or_else(|| text("message"))
        .or_else(|| text("code"))
        .unwrap_or_default();
    for reason in reasons(&fields) {
        if !said.is_empty() {
            said.push_str("; ");
        }
        said.push_str(&reason);
    }
    if said.is_empty() {
        return None;
    }
    let trace = text("traceid").or_else(|| {
        let extensions: Fields = object(fields.get("extensions")?.get().as_bytes())?;
        self::text(&lower(extensions), "traceid")
    });
    let trace = trace.map_or_else(String::new, |trace| {
        format!(" [trace {}]", clean(&trace, 60))
    });
    let room = MESSAGE_LIMIT.saturating_sub(trace.chars().count());
    let said = clean(&said, room);
    (!said.is_empty()).then(|| said + &trace)
}

/// `errors`: a list of sentences for each field.
fn reasons(fields: &Fields) -> Vec<String> {
    let Some(errors) = fields.get("errors") else {
        return Vec::new();
    };
    let Some(errors) = object::<Fields>(errors.get().as_bytes()) else {
        return Vec::new();
    };
    let sentences = errors.into_iter().filter_map(|(field, raw)| {
        let one = || serde_json::from_str::<String>(raw.get()).map(|one| vec![one]);
        let many: Vec<String> = serde_json::from_str(raw.get()).or_else(|_| one()).ok()?;
        let sentences = many.join(" ");
        Some(if field.is_empty() {
            sentences
        } else {
            format!("{field}: {sentences}")
        })
    });
    sentences.collect()
}

fn lower(fields: Fields) -> Fields {
    let lower = |(name, raw): (String, _)| (name.to_ascii_lowercase(), raw);
    fields.into_iter().map(lower).collect()
}

fn text(fields: &Fields, name: &str) -> Option<String> {
    let text: String = serde_json::from_str(fields.get(name)?.get()).ok()?;
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_in_every_shape_of_the_form() {
        let table = [
            (
                r#"{"type":"x","title":"Bad Request","status":400,"detail":"no","traceId":"00-ab-01"}"#,
                Some("no [trace 00-ab-01]"),
            ),
            (
                r#"{"Title":"Bad Request","Status":400,"Detail":"Status: Failed","Extensions":{"TraceId":"t-1"}}"#,
                Some("Status: Failed [trace t-1]"),
            ),
            (
                r#"{"title":"One or more validation errors occurred.","errors":{"Amount.Value":["Too small."],"Reference":["Too long.","Odd."]}}"#,
                Some(
                    "One or more validation errors occurred.; Amount.Value: Too small.; \
                     Reference: Too long. Odd.",
                ),
            ),
            (
                r#"{"code":"TERMINAL_UNAVAILABLE"}"#,
                Some("TERMINAL_UNAVAILABLE"),
            ),
            (r#"{"errors":{"":"no"}}"#, Some("no")),
            (r#"{"message":"no","traceId":null}"#, Some("no")),
            (r#"{"title":"","detail":null,"errors":[]}"#, None),
            (r#"{"status":400,"traceId":"t"}"#, None),
            (r#"{"detail":{"text":"no"}}"#, None),
            ("{}", None),
            ("[]", None),
            ("<html>no</html>", None),
            ("", None),
        ];
        for (body, expected) in table {
            assert_eq!(words(body.as_bytes()).as_deref(), expected, "{body}");
        }
    }

    #[test]
    fn words_are_cut_and_masked_and_the_trace_stays() {
        let long = format!(
            r#"{{"detail":"card 4111111111111111 {}","traceId":"t-1"}}"#,
            "x".repeat(400)
        );
        let said = words(long.as_bytes()).unwrap();
        assert!(said.starts_with("card ••••••••••••••••"), "{said}");
        assert!(said.ends_with("… [trace t-1]"), "{said}");
        assert_eq!(said.chars().count(), MESSAGE_LIMIT);
        let deep = format!("{}{}", "[".repeat(200_000), "]".repeat(200_000));
        assert_eq!(words(format!(r#"{{"detail":{deep}}}"#).as_bytes()), None);
    }
}
