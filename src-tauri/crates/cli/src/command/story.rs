//! A payment in words: its headline, its story, and what can be typed next.

use serde_json::json;
use till::api::{ActProgress, Action, LineKey, PaymentView};

use crate::output::{Output, calendar, wall_clock};

/// One line that names the payment.
pub(crate) fn headline(output: &Output, view: &PaymentView) {
    output.tell(
        "cli.headline",
        &[
            ("order", &view.order),
            ("amount", &view.amount.text),
            ("terminal", &view.terminal_label),
            ("account", &view.account_name),
        ],
    );
    if let Some(total) = &view.total {
        output.tell("cli.total", &[("amount", &total.text)]);
    }
    if view.practice {
        output.tell("strip.practice", &[]);
    }
}

/// The whole story of a payment.
pub(crate) fn story(output: &Output, view: &PaymentView) {
    output.event("status", json!({ "payment": view }));
    headline(output, view);
    let words = output.words();
    let (title, body) = words.telling(view);
    output.say(&title);
    output.say(&format!("  {body}"));
    if view.attempt > 1 {
        let attempt = view.attempt.to_string();
        output.say(&format!("  {}: {attempt}", words.text("facts.attempt")));
    }
    if let Some(intent) = &view.intent {
        output.say(&format!("  {}: {intent}", words.text("facts.intent")));
    }
    if let Some(terms) = &view.gives_back {
        let reason = words.text("facts.reason");
        output.say(&format!("  {reason}: {}", terms.reason));
    }
    for (key, amount) in [("cli.tip", &view.tip), ("cli.returned", &view.returned)] {
        if let Some(amount) = amount {
            output.say(&format!(
                "  {}",
                words.fill(key, &[("amount", &amount.text)])
            ));
        }
    }
    for line in &view.timeline {
        if let (Some(at), true) = (&line.at, line.what != LineKey::Awaiting) {
            output.say(&format!("  {}  {}", calendar(at), words.line(view, line)));
        }
    }
}

/// What can be typed next about a payment that is not over, or with which something is being done.
pub(crate) fn what_next(output: &Output, view: &PaymentView) {
    let act = view.act.as_ref().map(|act| act.progress);
    let Some(key) = next(view.open, view.gives_back.is_some(), act, &view.actions) else {
        return;
    };
    let until = view.decide_by.as_deref().map(wall_clock);
    output.tell(
        key,
        &[
            ("order", &view.order),
            ("terminal", &view.terminal_label),
            ("until", until.as_deref().unwrap_or_default()),
        ],
    );
}

/// The sentence about it.
fn next(
    is_open: bool,
    gives_back: bool,
    act: Option<ActProgress>,
    actions: &[Action],
) -> Option<&'static str> {
    let can = |action| actions.contains(&action);
    if act == Some(ActProgress::UnderWay) {
        return Some("cli.under_way");
    }
    if !is_open {
        return None;
    }
    Some(if can(Action::AcceptSignature) {
        "cli.sign"
    } else if can(Action::TryAgain) && can(Action::Witness) {
        "cli.look_or_retry"
    } else if can(Action::TryAgain) {
        "cli.retry"
    } else if can(Action::Witness) && gives_back {
        "cli.look_whether_given_back"
    } else if can(Action::Witness) {
        "cli.look_at_terminal"
    } else if can(Action::Capture) && can(Action::Reverse) {
        "cli.capture_or_reverse"
    } else if can(Action::Capture) {
        "cli.capture_or_cancel"
    } else {
        "cli.left_open"
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_typed_follows_from_what_can_be_done() {
        let table: [(&[Action], &str); 8] = [
            (&[], "cli.left_open"),
            (&[Action::Cancel, Action::NextCustomer], "cli.left_open"),
            (
                &[Action::AcceptSignature, Action::RejectSignature],
                "cli.sign",
            ),
            (&[Action::TryAgain, Action::Cancel], "cli.retry"),
            (&[Action::Witness, Action::AskNow], "cli.look_at_terminal"),
            (
                &[Action::TryAgain, Action::Witness, Action::AskNow],
                "cli.look_or_retry",
            ),
            (
                &[Action::Capture, Action::Reverse, Action::Cancel],
                "cli.capture_or_reverse",
            ),
            (&[Action::Capture, Action::Cancel], "cli.capture_or_cancel"),
        ];
        for (actions, key) in table {
            for act in [
                None,
                Some(ActProgress::Done),
                Some(ActProgress::Refused),
                Some(ActProgress::Unknown),
            ] {
                let told = |is_open| next(is_open, false, act, actions);
                assert_eq!(told(true), Some(key), "{actions:?} {act:?}");
                assert_eq!(told(false), None, "{actions:?} {act:?}");
            }
            for is_open in [true, false] {
                let acting = next(is_open, false, Some(ActProgress::UnderWay), actions);
                assert_eq!(acting, Some("cli.under_way"), "{actions:?}");
            }
        }
        let look = [Action::Witness, Action::NextCustomer];
        let told = next(true, true, None, &look);
        assert_eq!(told, Some("cli.look_whether_given_back"));
    }
}
