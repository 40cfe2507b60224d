//! The slips of a session, line by line (docs.dojo.tech/api/v3/bundled.json, terminal session
//! receipt).

use money::Money;
use serde_json::{Value, json};

use super::{Entry, Session, SessionStatus, Task};
use crate::dojo::intent::Intent;
use crate::message::iso_8601;

/// For whom a slip is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Copy {
    Customer,
    Merchant,
}

fn text(value: &str, is_total: bool) -> Value {
    let size = if is_total { "SizeHeader1" } else { "SizeBody" };
    json!({
        "lineType": "Text",
        "text": {
            "value": value, "size": size, "align": "AlignLeft", "emphasisBold": is_total,
        },
    })
}

fn priced(name: &str, amount: Money) -> String {
    let sign = amount.currency().symbol();
    format!("{name:<19}{sign}{}", amount.to_decimal())
}

fn read_by(entry: Entry) -> &'static str {
    match entry {
        Entry::Contactless => "CONTACTLESS",
        Entry::ChipAndPin => "ICC_CHIP",
        Entry::Signed => "SWIPED",
        Entry::Keyed => "KEYED",
    }
}

/// The lines of one copy; `None` while the session goes on, or where no card was read.
pub(super) fn receipt(session: &Session, intent: Option<&Intent>, copy: Copy) -> Option<Value> {
    let result = match session.status {
        SessionStatus::Captured | SessionStatus::Authorized => "SUCCESSFUL",
        SessionStatus::Declined | SessionStatus::SignatureVerificationRejected => "DECLINED",
        SessionStatus::InitiateRequested
        | SessionStatus::Initiated
        | SessionStatus::CancelRequested
        | SessionStatus::Canceled
        | SessionStatus::SignatureVerificationAccepted
        | SessionStatus::SignatureVerificationRequired
        | SessionStatus::Expired => return None,
    };
    let entry = session.entry.filter(|_| !session.is_open())?;
    let hidden = session.tid.len().saturating_sub(4);
    let tid: String = session.tid.chars().skip(hidden).collect();
    let mut lines = vec![
        text("Practice store", true),
        text(&format!("TID:****{tid}"), false),
        text("VISA CREDIT", false),
        text("************0226", false),
        text(read_by(entry), false),
        text(
            if session.task.is_sale() {
                "SALE"
            } else {
                "REFUND"
            },
            false,
        ),
    ];
    if let (Task::Sale { .. }, Some(intent)) = (&session.task, intent) {
        let zero = Money::zero(session.amount.currency());
        let asked = &intent.asked;
        lines.push(text(&priced("AMOUNT", asked.amount), false));
        if let Some(charge) = asked.service_charge {
            lines.push(text(&priced("SERVICE", charge), false));
        }
        let (tips, cashback) = (asked.tips.unwrap_or(zero), asked.cashback.unwrap_or(zero));
        lines.push(text(&priced("GRATUITY", tips), false));
        lines.push(text(&priced("CASHBACK", cashback), false));
    }
    lines.push(text(&priced("TOTAL", session.amount), true));
    lines.push(text(result, true));
    if copy == Copy::Merchant && entry == Entry::Signed {
        lines.push(json!({"lineType": "NewLine"}));
        lines.push(text("SIGNATURE", false));
        lines.push(json!({"lineType": "SingleLineSeperator"}));
    }
    lines.push(text(&iso_8601(session.updated_at_ms), false));
    if let Some(payment) = &session.payment {
        lines.push(text(&format!("AUTH CODE:{}", payment.auth_code), false));
    }
    lines.push(match copy {
        Copy::Customer => text("CUSTOMER COPY", false),
        Copy::Merchant => text("MERCHANT COPY", false),
    });
    Some(json!({ "lines": lines }))
}
