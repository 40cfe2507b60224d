//! Whether a payment is waited for any longer. Pure.

use payment::State;
use till::api::{ActProgress, Action, LineKey, PaymentView};

/// What is awaited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Until {
    /// It is over, held as it was asked for, or somebody must do something.
    Known,
    /// The same for who asks once more: what is not known is awaited as long as the provider may
    /// say it, also where somebody could look at the terminal or try again meanwhile.
    Found,
    /// The same as `Known`, after something was done about what somebody was needed for: that stays
    /// on the payment until it has been read anew.
    KnownAnew,
    /// It is over, or only somebody at the terminal knows.
    Over,
    /// It is known what became of what was last asked to be done with it.
    Acted,
}

/// What decides whether a payment is waited for.
pub(super) struct Glance<'a> {
    is_open: bool,
    /// It is held, and was to be.
    is_held: bool,
    is_unknown: bool,
    /// What it says is news since something was done with it.
    is_read_anew: bool,
    act: Option<ActProgress>,
    actions: &'a [Action],
    /// Money goes back without a payment: where its session gave no end, no reading will.
    gives_back: bool,
}

impl<'a> Glance<'a> {
    /// A look at a payment.
    pub(super) fn at(view: &'a PaymentView, is_hold: bool, is_read_anew: bool) -> Self {
        Self {
            is_open: view.open,
            is_held: is_hold && view.state == State::Authorised,
            is_unknown: view.state == State::NotKnown,
            is_read_anew,
            act: view.act.as_ref().map(|act| act.progress),
            actions: &view.actions,
            gives_back: view.gives_back.is_some(),
        }
    }

    /// Whether to go on waiting.
    pub(super) fn is_awaited(&self, until: Until) -> bool {
        if self.act == Some(ActProgress::UnderWay) {
            return true;
        }
        let is_done = self.act == Some(ActProgress::Done);
        match until {
            Until::Known => self.is_open && !self.needs_somebody(),
            Until::Found if self.is_unknown => self.is_open && !self.needs_witness(),
            Until::Found => self.is_awaited(Until::Known),
            Until::KnownAnew => {
                self.is_open && (!self.needs_somebody() || (is_done && !self.is_read_anew))
            }
            Until::Over => self.is_open && !self.needs_witness(),
            Until::Acted => false,
        }
    }

    fn can(&self, action: Action) -> bool {
        self.actions.contains(&action)
    }

    /// The provider cannot be asked: only somebody at the terminal knows.
    fn needs_witness(&self) -> bool {
        self.can(Action::Witness) && (self.gives_back || !self.can(Action::AskNow))
    }

    fn needs_somebody(&self) -> bool {
        self.is_held
            || self.needs_witness()
            || self.can(Action::TryAgain)
            || self.can(Action::AcceptSignature)
    }
}

/// Something that was asked to be done with it is not known yet.
pub(super) fn is_under_way(view: &PaymentView) -> bool {
    let act = view.act.as_ref();
    act.is_some_and(|act| act.progress == ActProgress::UnderWay)
}

/// Nothing is under way whose answer would be lost with this program: a payment that is left while
/// it is being sent is not known at the next start. That answer comes, or is given up, within half
/// a minute.
pub(super) fn may_be_left(view: &PaymentView) -> bool {
    let is_sent = !matches!(view.state, State::Saved | State::Sending);
    let mut lines = view.timeline.iter().rev().map(|line| line.what);
    is_sent && !(is_under_way(view) && lines.find_map(is_answered) == Some(false))
}

/// Of a line about something that was asked to be done: whether it is the answer.
pub(super) const fn is_answered(line: LineKey) -> Option<bool> {
    if matches!(
        line,
        LineKey::TryAgainAsked
            | LineKey::SignatureAccepted
            | LineKey::SignatureRejected
            | LineKey::CaptureAsked
            | LineKey::ReverseAsked
            | LineKey::RefundAsked
    ) {
        return Some(false);
    }
    let is_answer = matches!(
        line,
        LineKey::ActAccepted | LineKey::ActRefused | LineKey::ActLost | LineKey::ActUnshown
    );
    if is_answer { Some(true) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONE: &[Action] = &[];
    const IDLE: &[Action] = &[Action::Cancel, Action::NextCustomer];
    const RETRY: &[Action] = &[Action::TryAgain, Action::Cancel];
    const SIGN: &[Action] = &[Action::AcceptSignature, Action::RejectSignature];
    const LOOK: &[Action] = &[Action::Witness, Action::NextCustomer];
    const ASK: &[Action] = &[Action::Witness, Action::AskNow];

    fn glance(is_open: bool, act: Option<ActProgress>, actions: &[Action]) -> Glance<'_> {
        Glance {
            is_open,
            is_held: false,
            is_unknown: false,
            is_read_anew: true,
            act,
            actions,
            gives_back: false,
        }
    }

    #[test]
    fn waiting_ends_where_it_is_over_or_somebody_is_needed() {
        use Until::{Acted, Found, Known, KnownAnew, Over};
        // Open, what can be done, and what goes on waiting.
        let table: [(bool, &[Action], &[Until]); 7] = [
            (true, IDLE, &[Known, Found, KnownAnew, Over]),
            (true, NONE, &[Known, Found, KnownAnew, Over]),
            (true, RETRY, &[Over]),
            (true, SIGN, &[Over]),
            (true, LOOK, &[]),
            (true, ASK, &[Known, Found, KnownAnew, Over]),
            (false, &[Action::Refund, Action::Reverse], &[]),
        ];
        for (is_open, actions, waits) in table {
            for until in [Known, Found, KnownAnew, Over, Acted] {
                let awaited = glance(is_open, None, actions).is_awaited(until);
                assert_eq!(awaited, waits.contains(&until), "{actions:?} {until:?}");
                // What is being done is always seen to its end, also on what is over.
                let acting = glance(is_open, Some(ActProgress::UnderWay), actions);
                assert!(acting.is_awaited(until), "{actions:?} {until:?}");
            }
        }
    }

    #[test]
    fn held_money_is_waited_for_only_by_who_wants_it_gone() {
        let held = Glance {
            is_held: true,
            ..glance(true, None, &[Action::Capture, Action::Cancel])
        };
        assert!(!held.is_awaited(Until::Known));
        assert!(!held.is_awaited(Until::KnownAnew));
        assert!(held.is_awaited(Until::Over));
    }

    /// A reading may come late; who waits at the terminal is told to look now.
    #[test]
    fn whether_money_went_back_is_somebodys_to_say() {
        for (actions, is_awaited) in [(ASK, false), (LOOK, false), (IDLE, true)] {
            let back = Glance {
                gives_back: true,
                ..glance(true, None, actions)
            };
            assert_eq!(back.is_awaited(Until::Known), is_awaited, "{actions:?}");
            assert_eq!(back.is_awaited(Until::Over), is_awaited, "{actions:?}");
        }
    }

    #[test]
    fn who_asks_once_more_waits_for_what_is_not_known() {
        const TRY: &[Action] = &[Action::TryAgain, Action::Witness, Action::AskNow];
        let unknown = |actions| Glance {
            is_unknown: true,
            ..glance(true, None, actions)
        };
        assert!(unknown(TRY).is_awaited(Until::Found));
        assert!(!unknown(TRY).is_awaited(Until::Known), "somebody can act");
        assert!(!unknown(LOOK).is_awaited(Until::Found), "nobody to ask");
    }

    #[test]
    fn after_another_try_the_old_need_does_not_count() {
        let stale = |act, is_read_anew| {
            let glance = Glance {
                is_read_anew,
                ..glance(true, Some(act), RETRY)
            };
            glance.is_awaited(Until::KnownAnew)
        };
        assert!(stale(ActProgress::Done, false));
        assert!(!stale(ActProgress::Done, true), "declined once more");
        assert!(!stale(ActProgress::Refused, false), "nothing will change");
        assert!(!stale(ActProgress::Unknown, false));
    }

    #[test]
    fn an_answer_is_told_from_a_question() {
        let last = |lines: &[LineKey]| lines.iter().rev().copied().find_map(is_answered);
        let table: [(&[LineKey], Option<bool>); 4] = [
            (&[LineKey::Saved, LineKey::Paid], None),
            (&[LineKey::Paid, LineKey::RefundAsked], Some(false)),
            (
                &[LineKey::RefundAsked, LineKey::ActLost, LineKey::Paid],
                Some(true),
            ),
            (
                &[LineKey::ActRefused, LineKey::RefundAsked, LineKey::Paid],
                Some(false),
            ),
        ];
        for (lines, expected) in table {
            assert_eq!(last(lines), expected, "{lines:?}");
        }
    }
}
