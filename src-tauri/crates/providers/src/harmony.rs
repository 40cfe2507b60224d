//! The error form of Compago Harmony, which payment intents and one-time payments share: an object
//! with `message` (docs.compago.com, the guides to cancelling). Codes, and the words of a taken
//! reference, are not documented.

use payment::Failure;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::answer::web_page;
use crate::http::Response;
use crate::json::object;
use crate::said::{MESSAGE_LIMIT, clean};

/// The answer to a cancel. A success carries no object, so its body is not asked for more than
/// not to be a web page.
pub(crate) fn cancelled(response: &Response) -> Result<(), Failure> {
    if !response.is_success() {
        return Err(refused(response));
    }
    if response.is_web_page() {
        return Err(web_page());
    }
    Ok(())
}

/// A create that was refused, where a taken reference is told apart.
pub(crate) fn refused_create(response: &Response) -> Failure {
    let failure = refused(response);
    let taken = matches!(&failure, Failure::Invalid { said } if says_taken(said));
    if taken || response.status == 409 {
        Failure::Duplicate
    } else {
        failure
    }
}

/// What any status but 2xx means.
pub(crate) fn refused(response: &Response) -> Failure {
    let said = message(&response.body)
        .map(|message| clean(&message, MESSAGE_LIMIT))
        .filter(|message| !message.is_empty());
    match (response.status, said) {
        (401 | 403, _) => Failure::KeyRefused,
        (404, said) => Failure::NotFound { said },
        (400 | 409 | 422, Some(said)) => Failure::Invalid { said },
        (429, _) => Failure::RateLimited {
            retry_after_ms: response.retry_after_ms,
        },
        (300..=399, _) => Failure::Redirected,
        (status, _) => Failure::Fault { status },
    }
}

/// Whether a refused create says that its reference is taken. Neither code nor words are
/// documented, so English and Spanish are both listened for. Where in doubt it is taken: to
/// believe wrongly that nothing happened would let the till charge a second time.
fn says_taken(said: &str) -> bool {
    let said = said.to_lowercase();
    // "The terminal does not exist" speaks of what is not there.
    let said = ["not exist", "n't exist", "no exist"]
        .iter()
        .fold(said, |said, absent| said.replace(absent, ""));
    let taken = [
        "exist", "duplic", "already", "unique", "unico", "único", "unica", "única", "in use",
        "en uso", "repeti",
    ];
    let words = || said.split(|character: char| !character.is_alphanumeric());
    taken.iter().any(|words| said.contains(words)) || words().any(|word| word == "ya")
}

/// The words of their error form: an object with `message`, a text or a list of texts. How an
/// invalid field is told is not documented, so a list `errors` of texts, or of objects with a
/// `message`, is understood as well.
fn message(body: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct Refusal {
        message: Option<Box<RawValue>>,
        errors: Option<Box<RawValue>>,
    }
    let refusal: Refusal = object(body)?;
    let words = |raw: Option<Box<RawValue>>| texts(raw.as_deref()?);
    words(refusal.message).or_else(|| words(refusal.errors))
}

fn texts(raw: &RawValue) -> Option<String> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Texts {
        One(String),
        Many(Vec<Element>),
    }
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Element {
        Text(String),
        Object { message: String },
    }
    let said = match serde_json::from_str(raw.get()).ok()? {
        Texts::One(text) => text,
        Texts::Many(elements) => {
            let texts = elements.into_iter().map(|element| match element {
                Element::Text(text) | Element::Object { message: text } => text,
            });
            texts.collect::<Vec<_>>().join("; ")
        }
    };
    (!said.trim().is_empty()).then_some(said)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_a_text_or_a_list_of_texts() {
        let table = [
            (r#"{"message":"no"}"#, Some("no")),
            (r#"{"statusCode":400,"message":["a","b"]}"#, Some("a; b")),
            (r#"{"message":""}"#, None),
            (r#"{"message":[]}"#, None),
            (r#"{"message":{"text":"no"}}"#, None),
            (r#"{"errors":["a","b"]}"#, Some("a; b")),
            (
                r#"{"errors":[{"field":"x","message":"a"},{"message":"b"}]}"#,
                Some("a; b"),
            ),
            (r#"{"message":"no","errors":["a"]}"#, Some("no")),
            (r#"{"message":null,"errors":["a"]}"#, Some("a")),
            (r#"{"errors":[{"code":7}]}"#, None),
            (r#"{"errors":{}}"#, None),
            (r#"{"error":"no"}"#, None),
            ("<html>no</html>", None),
            ("", None),
        ];
        for (body, expected) in table {
            assert_eq!(message(body.as_bytes()).as_deref(), expected, "{body}");
        }
    }

    #[test]
    fn a_message_of_nested_lists_means_nothing() {
        let deep = format!("{}{}", "[".repeat(200_000), "]".repeat(200_000));
        assert_eq!(message(format!(r#"{{"message":{deep}}}"#).as_bytes()), None);
    }
}
