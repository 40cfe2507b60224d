use serde::{Deserialize, Serialize};
use ts_rs::TS;

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $text:literal),* $(,)?) => {
        /// Why the till did not do what was asked. Closed: every code has a sentence in
        /// `ui/src/text`, and the window branches on codes, never on words.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
        #[serde(rename_all = "snake_case")]
        pub enum Code { $($(#[$doc])* $name),* }

        impl Code {
            /// Every code.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The stable name, as it crosses the bridge.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => $text),* }
            }
        }
    };
}

codes! {
    /// Nothing typed, or zero.
    AmountEmpty = "amount_empty",
    /// Below zero.
    AmountNegative = "amount_negative",
    /// Above what the till handles.
    AmountTooLarge = "amount_too_large",
    /// More decimals than the currency has.
    AmountDecimals = "amount_decimals",
    /// Not a number.
    AmountInvalid = "amount_invalid",
    /// No order reference.
    OrderEmpty = "order_empty",
    /// Above 48 characters.
    OrderTooLong = "order_too_long",
    /// Control or invisible characters.
    OrderBadCharacters = "order_bad_characters",
    /// The order has a payment that is not over; `detail` is its id.
    OrderOpen = "order_open",
    /// The order's payment is not known yet; `detail` is its id.
    OrderNotKnown = "order_not_known",
    /// The order is paid; `detail` is the payment's id.
    OrderPaid = "order_paid",
    /// The provider has a payment of that order, open or paid, that is none of this till's; `detail` is
    /// its name there.
    OrderElsewhere = "order_elsewhere",
    /// Something speaks against the charge that whoever asks has not seen; `detail` has the names of what
    /// does, with a space between them. Nothing was sent.
    ChargeWarned = "charge_warned",
    /// It is not proved yet that the old payment is over; `detail` is its id. Nothing new was sent.
    ChangeUnsettled = "change_unsettled",
    /// Money was given back for this order before, without a payment; `detail` is that return's id.
    OrderReturned = "order_returned",
    /// Why money goes back: missing, above 200 characters, or with something that must not be kept.
    ReturnReason = "return_reason",
    /// No payment of that order.
    OrderUnknown = "order_unknown",
    /// No such payment.
    PaymentUnknown = "payment_unknown",
    /// The payment is past the point where this can be done.
    TooLate = "too_late",
    /// No such account.
    AccountUnknown = "account_unknown",
    /// The account still has open payments.
    AccountInUse = "account_in_use",
    /// The embedded practice account cannot be changed or removed.
    AccountIsPractice = "account_is_practice",
    /// No such terminal in the account.
    TerminalUnknown = "terminal_unknown",
    /// The terminal is busy with another payment; `detail` is its id.
    TerminalBusy = "terminal_busy",
    /// A payment waits on the terminal, and its system would withdraw it for a new one there; `detail`
    /// is its id.
    TerminalReplaces = "terminal_replaces",
    /// A name is empty.
    NameEmpty = "name_empty",
    /// A name is too long.
    NameTooLong = "name_too_long",
    /// A name has characters that are not allowed.
    NameBadCharacters = "name_bad_characters",
    /// An account needs at least one terminal.
    TerminalsMissing = "terminals_missing",
    /// The same terminal code twice.
    TerminalTwice = "terminal_twice",
    /// A link's life is outside of its system's limits.
    LinkMinutes = "link_minutes",
    /// A link has no description, or one that is too long.
    LinkDescription = "link_description",
    /// The payer's bank account is missing or is none.
    PayerInvalid = "payer_invalid",
    /// The account's system does not offer this (a tip, a card typed in, holding).
    SaleOptionMissing = "sale_option_missing",
    /// A line of what was sold has no name, no number or no amount.
    ItemInvalid = "item_invalid",
    /// Not the name of a stored card.
    CardInvalid = "card_invalid",
    /// The account's system does not trade in this currency.
    CurrencyInvalid = "currency_invalid",
    /// More than is left of the payment.
    RefundTooMuch = "refund_too_much",
    /// Something else is being done with the payment.
    ActUnderWay = "act_under_way",
    /// It may be another till's: somebody must have made sure that nobody waits for it.
    LeftoverUnconfirmed = "leftover_unconfirmed",
    /// The provider did not say that it withdrew a leftover; `detail` is what it said. It may still be
    /// paid.
    LeftoverUnclosed = "leftover_unclosed",
    /// The provider's list of open payments cannot be had here.
    NoListHere = "no_list_here",
    /// What was made elsewhere was read and could not be kept on this computer.
    ElsewhereNotKept = "elsewhere_not_kept",
    /// The account's system sends no webhooks.
    WebhooksMissing = "webhooks_missing",
    /// A part of whom the bill is for is too long, or the e-mail address is none.
    BillingInvalid = "billing_invalid",
    /// Not the name of a mail server, or no port.
    MailServer = "mail_server",
    /// An unprotected line to a mail server on another machine.
    MailNotSecure = "mail_not_secure",
    /// Not an e-mail address, or a user that cannot be one.
    MailAddress = "mail_address",
    /// No mail server is set.
    MailMissing = "mail_missing",
    /// The mail server's password is not in the keychain.
    MailPasswordMissing = "mail_password_missing",
    /// The mail server, its port or its user changed: the password in the keychain is for the other one.
    MailPasswordAgain = "mail_password_again",
    /// A letter's words are empty, too long, or have a place that cannot be filled in.
    LetterWords = "letter_words",
    /// The account does not charge in this way.
    WrongChannel = "wrong_channel",
    /// The account lacks an address for its payment pages.
    PagesMissing = "pages_missing",
    /// The account lacks the public half of its key.
    PublicKeyMissing = "public_key_missing",
    /// Nobody has chosen what an amount means to this account's system.
    AmountUnitMissing = "amount_unit_missing",
    /// A list of references is empty.
    VoidListEmpty = "void_list_empty",
    /// A list has more references than one batch may; `detail` is the most.
    VoidListTooLong = "void_list_too_long",
    /// A list has more bytes than the till reads.
    VoidListTooLarge = "void_list_too_large",
    /// A list is no text.
    VoidListUnreadable = "void_list_unreadable",
    /// No column of a list is one of references; `detail` names its columns.
    VoidListColumns = "void_list_columns",
    /// The dry run is too old, or of another start of the till.
    VoidPlanGone = "void_plan_gone",
    /// Nothing in it can be withdrawn.
    VoidNothing = "void_nothing",
    /// No such batch.
    VoidUnknown = "void_unknown",
    /// A file could not be written; `detail` says why.
    FileNotSaved = "file_not_saved",
    /// A reason is missing or too long.
    VoidReason = "void_reason",
    /// Payments are not known yet or still live; `detail` is how many.
    DayBlocked = "day_blocked",
    /// The day has another number by now: it was closed meanwhile. `detail` is the number.
    DayMoved = "day_moved",
    /// No day of that number was closed.
    DayUnknown = "day_unknown",
    /// Not a web address.
    AddressInvalid = "address_invalid",
    /// Plain http to another machine.
    AddressNotSecure = "address_not_secure",
    /// User name, query or fragment in the address.
    AddressTooMuch = "address_too_much",
    /// A live account without a key.
    KeyMissing = "key_missing",
    /// The text cannot be a key.
    KeyInvalid = "key_invalid",
    /// No keychain service runs; `detail` names it.
    KeychainMissing = "keychain_missing",
    /// The keychain is locked.
    KeychainLocked = "keychain_locked",
    /// The keychain did not answer in time.
    KeychainSlow = "keychain_slow",
    /// The keychain refused; `detail` says what it said.
    KeychainRefused = "keychain_refused",
    /// A request could not be made of the account's address and key. Nothing was sent.
    RequestNotBuilt = "request_not_built",
    /// No connection to the provider.
    NoConnection = "no_connection",
    /// The provider's host was not found.
    NoSuchHost = "no_such_host",
    /// The provider's certificate cannot be trusted.
    NotTrusted = "not_trusted",
    /// The provider refused the key.
    KeyRefused = "key_refused",
    /// The provider answered with a fault.
    ProviderFault = "provider_fault",
    /// The provider's answer cannot be read: wrong address, or a network that wants a log-in.
    ProviderUnreadable = "provider_unreadable",
    /// The provider did not answer in time.
    ProviderSilent = "provider_silent",
    /// The provider asks to slow down.
    ProviderBusy = "provider_busy",
    /// The journal is damaged: no new charge; history can be read as far as it goes.
    JournalDamaged = "journal_damaged",
    /// The journal cannot be written.
    JournalReadOnly = "journal_read_only",
    /// The disk is full.
    JournalFull = "journal_full",
    /// A newer version wrote the journal.
    JournalTooNew = "journal_too_new",
    /// Writing failed and cannot be trusted until the next start.
    JournalFailing = "journal_failing",
    /// Writing failed at its very end: after the next start it may be there, or not. Nothing was sent.
    JournalUnsure = "journal_unsure",
    /// Another program (a backup, a virus scanner) holds the journal; it passes.
    JournalBusy = "journal_busy",
    /// Another till runs on the same data.
    JournalInUse = "journal_in_use",
    /// The practice terminal cannot do that now.
    PracticeRefused = "practice_refused",
    /// The practice store is not running.
    PracticeMissing = "practice_missing",
    /// Nobody is signed in.
    NobodySignedIn = "nobody_signed_in",
    /// Somebody who may do it must approve it; `detail` is the deed.
    NeedsApproval = "needs_approval",
    /// Who is signed in may not do this.
    NotAllowed = "not_allowed",
    /// Nothing waits for an approval any more.
    NothingToApprove = "nothing_to_approve",
    /// Two people are needed, and this is the one who asked.
    ApproverIsAsker = "approver_is_asker",
    /// No reason was given.
    ReasonMissing = "reason_missing",
    /// Not the PIN of that person.
    PinWrong = "pin_wrong",
    /// Too many wrong PINs; `detail` is how many seconds no PIN of theirs is looked at.
    PinLocked = "pin_locked",
    /// Fewer digits than their role wants.
    PinTooShort = "pin_too_short",
    /// More than 12 digits.
    PinTooLong = "pin_too_long",
    /// Something other than digits.
    PinNotDigits = "pin_not_digits",
    /// One of those that are tried first.
    PinTrivial = "pin_trivial",
    /// A new PIN was typed in two ways.
    PinsDiffer = "pins_differ",
    /// No PIN could be checked, so that nobody is known to be a manager.
    PinUnchecked = "pin_unchecked",
    /// What the PINs were made with is not in the keychain any more.
    PepperLost = "pepper_lost",
    /// Nobody of that name works here.
    StaffUnknown = "staff_unknown",
    /// Somebody of that name works here already.
    StaffNameTaken = "staff_name_taken",
    /// The first to be added must be a manager.
    FirstIsManager = "first_is_manager",
    /// Without them nobody could approve anything or add anybody.
    LastManager = "last_manager",
    /// Longer than a working day.
    IdleTooLong = "idle_too_long",
    /// A person's word needs the reference on the receipt.
    ReceiptMissing = "receipt_missing",
    /// A person's word needs what was checked.
    CheckedMissing = "checked_missing",
    /// The request is not one the till understands.
    BadRequest = "bad_request",
}

/// What goes back over the bridge when the till did not do what was asked. Nothing has been
/// charged by a request that ends in this.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, thiserror::Error)]
#[error("{message}")]
pub struct ApiError {
    /// What to branch on.
    pub code: Code,
    /// An English sentence for logs; the window words the code itself.
    pub message: String,
    /// Something to go on with: an id, the provider's words.
    pub detail: Option<String>,
}

impl ApiError {
    /// An error without a detail.
    #[must_use]
    pub fn new(code: Code) -> Self {
        Self {
            code,
            message: code.name().replace('_', " "),
            detail: None,
        }
    }

    /// An error with something to go on with.
    #[must_use]
    pub fn with(code: Code, detail: impl ToString) -> Self {
        Self {
            detail: Some(detail.to_string()),
            ..Self::new(code)
        }
    }
}
