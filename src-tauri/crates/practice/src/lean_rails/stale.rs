//! An answer of a replica that lags behind: the first state of an object again.

/// The fields of a `PaymentIntent`, a charge or a refund that tell what came of it, with what they
/// were at first. `object` is the raw JSON of its field `object`.
pub(crate) fn first_state(object: &str) -> &'static [(&'static str, &'static str)] {
    match object {
        r#""payment_intent""# => &[
            ("status", r#""requires_payment_method""#),
            ("amount_received", "0"),
            ("amount_capturable", "0"),
            ("canceled_at", "null"),
            ("cancellation_reason", "null"),
            ("last_payment_error", "null"),
            ("latest_charge", "null"),
            ("next_action", "null"),
            ("payment_method", "null"),
            (
                "charges",
                r#"{"object":"list","data":[],"has_more":false,"next_cursor":null}"#,
            ),
        ],
        r#""charge""# | r#""refund""# => &[("status", r#""pending""#), ("amount_refunded", "0")],
        _ => &[],
    }
}
