//! What comes in about the people who work here. A PIN arrives here and goes no further than to its hash.

use std::fmt;

use payment::Role;
use secrets::Secret;
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer};
use ts_rs::TS;

/// A PIN as typed: it can be read by whoever checks it and by nobody else.
#[derive(Clone, TS)]
#[ts(type = "string")]
pub struct PinInput(Option<Secret>);

impl PinInput {
    /// Takes a PIN that did not come over the bridge (standard input of the command line). What cannot
    /// be one is kept as nothing, and is told apart from a wrong one by nobody.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(Secret::new(text).ok())
    }

    pub(crate) fn into_secret(self) -> Option<Secret> {
        self.0
    }
}

impl fmt::Debug for PinInput {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("PinInput(hidden)")
    }
}

/// Says what was wrong without the words of serde, which would repeat what was typed.
impl<'de> Deserialize<'de> for PinInput {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Typed;
        impl Visitor<'_> for Typed {
            type Value = PinInput;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a PIN as a text")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<PinInput, E> {
                Ok(PinInput::new(text))
            }

            fn visit_u64<E: Error>(self, _: u64) -> Result<PinInput, E> {
                Err(E::custom("a PIN must be a text"))
            }

            fn visit_i64<E: Error>(self, _: i64) -> Result<PinInput, E> {
                Err(E::custom("a PIN must be a text"))
            }

            fn visit_f64<E: Error>(self, _: f64) -> Result<PinInput, E> {
                Err(E::custom("a PIN must be a text"))
            }
        }
        deserializer.deserialize_any(Typed)
    }
}

request!(/// Somebody signs in.
SignInRequest {
    /// Their id.
    staff: String,
    /// Their PIN.
    pin: PinInput,
});
request!(/// Somebody leaves the till.
SignOutRequest {
    /// Nobody touched it for long enough.
    idle: bool,
});
request!(/// Nothing to say.
    StayRequest {});
request!(/// Nothing to say.
    AskedApprovalRequest {});
request!(/// A word over what somebody else asked for.
ApproveRequest {
    /// Whose word: an id.
    staff: String,
    /// Their PIN.
    pin: PinInput,
    /// Why, 1 to 200 characters.
    reason: String,
});
request!(/// Somebody new.
AddStaffRequest {
    /// 1 to 40 characters, nobody else's.
    name: String,
    /// What they are trusted with; the first must be a manager.
    role: Role,
    /// 4 to 12 digits, a manager's at least 6.
    pin: PinInput,
});
request!(/// Somebody as they are from now on.
ChangeStaffRequest {
    /// Their id.
    staff: String,
    /// 1 to 40 characters, nobody else's.
    name: String,
    /// What they are trusted with.
    role: Role,
    /// A new PIN; none to keep the one they have.
    pin: Option<PinInput>,
});
request!(/// A new PIN.
SetPinRequest {
    /// Whose: an id.
    staff: String,
    /// 4 to 12 digits, a manager's at least 6.
    pin: PinInput,
});
request!(/// A new PIN for whoever is signed in, by themselves.
ChangeOwnPinRequest {
    /// The one they have.
    pin: PinInput,
    /// The one they want: 4 to 12 digits, a manager's at least 6.
    new_pin: PinInput,
    /// The same once more.
    again: PinInput,
});
request!(/// Somebody who works here.
StaffRequest {
    /// Their id.
    staff: String,
});
request!(/// The rules of the staff.
ChooseStaffRulesRequest {
    /// Minutes without hands after which the till locks itself, at most 480; 0 for never.
    idle_minutes: u16,
    /// Above these, giving money back needs two people; a currency without digits has no limit.
    limits: Vec<LimitInput>,
});
request!(/// A limit in one currency.
LimitInput {
    /// ISO 4217.
    currency: String,
    /// The digits typed, as in [`super::TypeAmountRequest`]; empty for none.
    digits: String,
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pin_is_in_no_debug_and_in_no_error() {
        let request = r#"{"staff":"7","pin":"482130"}"#;
        let request: SignInRequest = serde_json::from_str(request).unwrap();
        assert_eq!(format!("{:?}", request.pin), "PinInput(hidden)");
        assert!(!format!("{request:?}").contains("482130"));
        let pin = request.pin.into_secret().unwrap();
        assert_eq!(pin.expose(), "482130");
        for wrong in ["482130", "-482130", "4821.30", "[482130]", "{\"a\":482130}"] {
            let request = format!(r#"{{"staff":"7","pin":{wrong}}}"#);
            let error = serde_json::from_str::<SignInRequest>(&request).unwrap_err();
            assert!(!error.to_string().contains("4821"), "{error}");
        }
        let control: SignInRequest =
            serde_json::from_str(r#"{"staff":"7","pin":"\u0007"}"#).unwrap();
        assert!(control.pin.into_secret().is_none());
    }
}
