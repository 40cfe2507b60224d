//! The sentences about a payment, as closed lists of keys. The words are in `ui/src/text`, one
//! file a language, read by the window and by the command line.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

macro_rules! keys {
    ($(#[$doc:meta])* $type:ident { $($(#[$item_doc:meta])* $name:ident = $text:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
        #[serde(rename_all = "snake_case")]
        pub enum $type { $($(#[$item_doc])* $name),* }

        impl $type {
            /// Every key, for the tests of the text files.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The key in the text files.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => $text),* }
            }
        }
    };
}

keys!(
    /// What is told about a payment now: a title and what to do (`telling.*` in the texts).
    Telling {
        /// Saved, on its way.
        Sending = "sending",
        /// A card may come.
        Waiting = "waiting",
        /// A customer may pay on the page.
        WaitingLink = "waiting_link",
        /// It is made, and its page is not told yet.
        WaitingLinkSoon = "waiting_link_soon",
        /// It can be paid, and nobody here knows its address any more.
        WaitingLinkLost = "waiting_link_lost",
        /// It exists, and the list that names it is being read.
        NotKnownLink = "not_known_link",
        /// A card was refused; another may be tried.
        WaitingDeclined = "waiting_declined",
        /// A cancel was asked; not sure yet that it worked.
        Cancelling = "cancelling",
        /// Open at the provider, who cannot be reached at the moment.
        WaitingUnreachable = "waiting_unreachable",
        /// A card is being worked on.
        Processing = "processing",
        /// The cashier must decide.
        NeedsCashier = "needs_cashier",
        /// The card was refused; another may be tried on the same payment.
        DeclinedTryAgain = "declined_try_again",
        /// The customer cancelled at the terminal; the payment stands.
        CancelledAtTerminal = "cancelled_at_terminal",
        /// The payment stands and no terminal shows it.
        TerminalIdle = "terminal_idle",
        /// A signature must be judged.
        Signature = "signature",
        /// The terminal gave no end that can be believed.
        NotKnownUnconfirmed = "not_known_unconfirmed",
        /// What is held is being taken.
        Capturing = "capturing",
        /// What is held is being let go.
        Releasing = "releasing",
        /// Taking or letting go was refused.
        HeldRefused = "held_refused",
        /// Money is on its way back.
        Refunding = "refunding",
        /// The customer holds the card to the terminal, for money to go back.
        RefundAtTerminal = "refund_at_terminal",
        /// The provider refused to give money back.
        RefundRefused = "refund_refused",
        /// Whether money went back is not known.
        RefundUnknown = "refund_unknown",
        /// Undone as a whole.
        Reversed = "reversed",
        /// Held, not taken.
        Authorised = "authorised",
        /// The answer was lost; the till asks.
        NotKnownLost = "not_known_lost",
        /// The till stopped in the middle; it withdraws what it finds, unless it is paid.
        NotKnownInterrupted = "not_known_interrupted",
        /// The provider has it and does not name it: look at the terminal.
        NotKnownUnseen = "not_known_unseen",
        /// The provider speaks of another amount.
        NotKnownOtherAmount = "not_known_other_amount",
        /// Paid.
        Paid = "paid",
        /// Paid, with a tip on top.
        PaidWithTip = "paid_with_tip",
        /// Paid: the cancel came too late.
        PaidAfterCancel = "paid_after_cancel",
        /// Paid, after it had been shown as over: somebody must decide.
        PaidLate = "paid_late",
        /// Money went back without a payment: the cancel came too late.
        ReturnedAfterCancel = "returned_after_cancel",
        /// Money went back without a payment, after that had been shown as over: somebody must decide.
        ReturnedLate = "returned_late",
        /// Recorded as given back on a person's word.
        ReturnedByHand = "returned_by_hand",
        /// Recorded as paid on a person's word.
        PaidByHand = "paid_by_hand",
        /// The card was refused.
        Declined = "declined",
        /// Cancelled as asked.
        Cancelled = "cancelled",
        /// Cancelled at the terminal, or by a newer payment there.
        CancelledElsewhere = "cancelled_elsewhere",
        /// Nobody paid in time.
        Expired = "expired",
        /// Nothing was sent.
        FailedNotSent = "failed_not_sent",
        /// The provider refused the key.
        FailedKeyRefused = "failed_key_refused",
        /// There is no key.
        FailedNoKey = "failed_no_key",
        /// The provider refused the request.
        FailedInvalid = "failed_invalid",
        /// The provider has no such payment.
        FailedAbsent = "failed_absent",
        /// Recorded as not paid on a person's word.
        FailedByHand = "failed_by_hand",
        /// A part was given back.
        PartlyRefunded = "partly_refunded",
        /// All was given back.
        Refunded = "refunded",
    }
);

keys!(
    /// What happened to the shop (`audit.what` in the texts).
    AuditKey {
        /// An account was added or changed.
        AccountSaved = "account_saved",
        /// An account was removed.
        AccountRemoved = "account_removed",
        /// Language or theme were chosen.
        LookChosen = "look_chosen",
        /// What stood open at a provider was closed.
        LeftoverClosed = "leftover_closed",
        /// Several payments are to be withdrawn.
        VoidAsked = "void_asked",
        /// That pauses.
        VoidPaused = "void_paused",
        /// That goes on.
        VoidResumed = "void_resumed",
        /// That was stopped.
        VoidStopped = "void_stopped",
        /// That is done.
        VoidFinished = "void_finished",
        /// A leftover of it was read.
        VoidRead = "void_read",
        /// Rules about that were chosen.
        VoidRulesChosen = "void_rules_chosen",
        /// Somebody works here from now on.
        StaffAdded = "staff_added",
        /// Somebody's name or role changed.
        StaffChanged = "staff_changed",
        /// Somebody works here no more.
        StaffRemoved = "staff_removed",
        /// Somebody has another PIN.
        PinSet = "pin_set",
        /// A PIN was set without one, as what it is made with was lost.
        PinRecovered = "pin_recovered",
        /// A PIN was wrong.
        PinRefused = "pin_refused",
        /// Somebody signed in.
        SignedIn = "signed_in",
        /// Somebody signed in whose PIN could not be checked.
        SignedInUnchecked = "signed_in_unchecked",
        /// Somebody signed out.
        SignedOut = "signed_out",
        /// Nobody touched the till for long enough.
        SignedOutIdle = "signed_out_idle",
        /// Somebody approved what another asked for.
        Approved = "approved",
        /// Rules about the staff were chosen.
        StaffRulesChosen = "staff_rules_chosen",
        /// The cashier's name was set.
        CashierNamed = "cashier_named",
        /// A letter to a customer was queued.
        LetterQueued = "letter_queued",
        /// It is about to be handed over.
        LetterSending = "letter_sending",
        /// The mail server took it.
        LetterTaken = "letter_taken",
        /// The mail server refused it; `said`.
        LetterRefused = "letter_refused",
        /// It was not handed over yet; `said`.
        LetterNotYet = "letter_not_yet",
        /// It may have been sent; `said`.
        LetterDoubtful = "letter_doubtful",
        /// Somebody wants it sent once more.
        LetterAgain = "letter_again",
        /// It was tried often enough.
        LetterGivenUp = "letter_given_up",
        /// It would not be true any more.
        LetterDropped = "letter_dropped",
        /// How letters leave the till was set; `name` is the server.
        LettersChosen = "letters_chosen",
        /// A day was closed.
        DayClosed = "day_closed",
        /// A day was closed over a journal that this computer remembers otherwise.
        DayClosedReplaced = "day_closed_replaced",
        /// A fact of a payment that says nothing to people.
        Noted = "noted",
    }
);

keys!(
    /// One line of the timeline (`line.*` in the texts).
    LineKey {
        /// Saved on this till, before anything was sent.
        Saved = "saved",
        /// The provider made the payment.
        Accepted = "accepted",
        /// Nothing was sent.
        NotSent = "not_sent",
        /// The provider refused.
        Refused = "refused",
        /// Sent, no answer.
        AnswerLost = "answer_lost",
        /// The till stopped before the answer.
        Interrupted = "interrupted",
        /// The provider has it, but does not name it.
        ArrivedUnseen = "arrived_unseen",
        /// The provider named another amount.
        OtherAmount = "other_amount",
        /// A card is awaited.
        Waiting = "waiting",
        /// Sent to the terminal, which does not show it yet.
        OnItsWay = "on_its_way",
        /// The page can be paid.
        WaitingLink = "waiting_link",
        /// The provider made the page; its name is looked up.
        PageMade = "page_made",
        /// A card is being worked on.
        Processing = "processing",
        /// The cashier must decide.
        NeedsCashier = "needs_cashier",
        /// Held, not taken.
        Authorised = "authorised",
        /// A card was refused, the payment is still open.
        CardDeclined = "card_declined",
        /// Paid.
        Paid = "paid",
        /// Declined.
        Declined = "declined",
        /// Cancelled.
        Cancelled = "cancelled",
        /// Expired.
        Expired = "expired",
        /// A part was given back.
        PartlyRefunded = "partly_refunded",
        /// All was given back.
        Refunded = "refunded",
        /// The provider used a word this till does not know.
        Unrecognised = "unrecognised",
        /// Readings fail.
        ReadingLost = "reading_lost",
        /// Someone asked to cancel.
        CancelAsked = "cancel_asked",
        /// Somebody asked to withdraw it and said why.
        VoidAsked = "void_asked",
        /// The provider took the cancel.
        CancelAccepted = "cancel_accepted",
        /// The provider refused the cancel.
        CancelRefused = "cancel_refused",
        /// The cancel had no answer.
        CancelLost = "cancel_lost",
        /// The customer cancelled at the terminal.
        CancelledAtTerminal = "cancelled_at_terminal",
        /// No terminal shows it.
        TerminalIdle = "terminal_idle",
        /// The terminal gave no end.
        Unconfirmed = "unconfirmed",
        /// A signature must be judged.
        Signature = "signature",
        /// The terminal asks for a card.
        PresentCard = "present_card",
        /// The customer enters the PIN.
        EnterPin = "enter_pin",
        /// The terminal works.
        PleaseWait = "please_wait",
        /// The card may be taken out.
        RemoveCard = "remove_card",
        /// The terminal could not take the card.
        CardError = "card_error",
        /// The terminal says approved.
        TerminalApproved = "terminal_approved",
        /// Another card was asked for.
        TryAgainAsked = "try_again_asked",
        /// The signature was accepted.
        SignatureAccepted = "signature_accepted",
        /// The signature was rejected.
        SignatureRejected = "signature_rejected",
        /// Somebody asked to take what is held.
        CaptureAsked = "capture_asked",
        /// Somebody asked to undo the payment.
        ReverseAsked = "reverse_asked",
        /// Somebody asked to give money back.
        RefundAsked = "refund_asked",
        /// The provider took what was asked.
        ActAccepted = "act_accepted",
        /// The provider refused what was asked.
        ActRefused = "act_refused",
        /// What was asked had no answer.
        ActLost = "act_lost",
        /// No reading shows what was asked.
        ActUnshown = "act_unshown",
        /// A refund waits at the terminal.
        RefundWaiting = "refund_waiting",
        /// A refund was refused at the terminal.
        RefundDeclined = "refund_declined",
        /// A refund at the terminal gave no end.
        RefundUnconfirmed = "refund_unconfirmed",
        /// The terminal's slips are kept.
        ReceiptsKept = "receipts_kept",
        /// The provider has no such payment.
        Absent = "absent",
        /// A person saw it paid.
        WitnessedPaid = "witnessed_paid",
        /// A person saw it given back.
        WitnessedGivenBack = "witnessed_given_back",
        /// A person saw it not paid.
        WitnessedNotPaid = "witnessed_not_paid",
        /// Somebody went past the warning of a payment that is not known.
        PassedUnresolvedTwin = "passed_unresolved_twin",
        /// Somebody went past the warning of an order that is written almost alike.
        PassedSameOrder = "passed_same_order",
        /// Somebody went past the warning of the same amount a moment ago.
        PassedSameAmount = "passed_same_amount",
        /// Somebody went past the warning of an unusual amount.
        PassedUnusualAmount = "passed_unusual_amount",
        /// Somebody wants another amount.
        AmountChangeAsked = "amount_change_asked",
        /// A manager decided that the shop keeps it.
        DecidedKeep = "decided_keep",
        /// A manager decided that it goes back.
        DecidedGiveBack = "decided_give_back",
        /// What is awaited now (the last line of an open payment).
        Awaiting = "awaiting",
    }
);

/// How a line's bead looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// Done.
    Done,
    /// Happening.
    Now,
    /// Something to know.
    Warn,
    /// Still to come.
    Todo,
}

/// One line of the timeline: who did what, when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Line {
    /// When, RFC 3339 in UTC with milliseconds; none for what is still to come.
    pub at: Option<String>,
    /// What.
    pub what: LineKey,
    /// What the sentence needs: provider, who, said, intent, amount.
    pub params: BTreeMap<String, String>,
    /// How its bead looks.
    pub mark: Mark,
}
