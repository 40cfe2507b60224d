//! What the window and the command line may ask of the till: one table of commands, the requests
//! that come in, the views that go out, the notices that are pushed.
//!
//! Suffixes: a Request comes in, a View goes out, a Notice is pushed. Amounts cross as
//! [`MoneyView`], ids and times as strings. A decline, a cancel, a time-out are states of a view;
//! an [`ApiError`] is something the cashier asked that the till did not do.

mod code;
mod notice;
mod request;
mod story;
#[cfg(test)]
mod typescript;
mod view;

pub use code::{ApiError, Code};
pub use notice::Notice;
pub use payment::Verdict;
pub use request::*;
pub use story::{AuditKey, Line, LineKey, Mark, Telling};
pub use view::*;

/// Who may use a command. Which of the staff that is, [`crate::staff::verdict`] says; in a shop without a
/// manager it is everybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Permission {
    /// Changes nothing.
    Look,
    /// Takes money, and what goes with it.
    Sell,
    /// Gives money back without a payment.
    Return,
    /// Withdraws a payment.
    Cancel,
    /// What its request says is done with a payment.
    Act,
    /// A person's word in place of the provider's.
    Witness,
    /// Withdraws a payment and charges its order anew.
    Change,
    /// Keeps money that was not expected any more, or gives it back.
    Decide,
    /// Closes what no till sees through.
    CloseLeftover,
    /// Withdraws several at once, which a dry run showed.
    Void,
    /// Pauses that, lets it go on, or stops it.
    Steer,
    /// Closes the day.
    CloseDay,
    /// Accounts and names.
    Settings,
    /// Who works here.
    Staff,
    /// Whoever is signed in, about themselves.
    Own,
    /// A new PIN. Open to whoever stands there where the pepper is lost, as no PIN can be right then.
    Recover,
}

/// The table. `command_table!(adapter)` hands every row to `adapter!`, so that the window's
/// commands, the TypeScript and the list of names all come from here and cannot drift apart.
#[macro_export]
macro_rules! command_table {
    ($adapter:ident) => {
        $adapter! {
            /// Everything the window needs to draw itself.
            overview(OverviewRequest) -> OverviewView, Look;
            /// What the digits typed so far amount to.
            type_amount(TypeAmountRequest) -> TypedAmountView, Look;
            /// Charges an order on a terminal.
            start_charge(StartChargeRequest) -> PaymentView, Sell;
            /// Charges an order nevertheless, by somebody who has seen what speaks against it.
            charge_anyway(ChargeAnywayRequest) -> PaymentView, Sell;
            /// Warnings, to be shown.
            show_warnings(ShowWarningsRequest) -> WarningsView, Look;
            /// Another amount for an order: withdraws its payment and charges anew once that is proved.
            change_amount(ChangeAmountRequest) -> PaymentView, Change;
            /// What waits for somebody.
            list_inbox(ListInboxRequest) -> InboxView, Look;
            /// Decides about money that was not expected any more.
            decide_payment(DecideRequest) -> PaymentView, Decide;
            /// Gives money back to a card that is presented, without a payment.
            start_return(StartReturnRequest) -> PaymentView, Return;
            /// One payment with its timeline.
            show_payment(PaymentRequest) -> PaymentView, Look;
            /// Asks to cancel a payment.
            cancel_payment(PaymentRequest) -> PaymentView, Cancel;
            /// Reads a payment at the provider without waiting for the next turn.
            ask_now(PaymentRequest) -> PaymentView, Look;
            /// Records what a person saw on the terminal.
            witness_payment(WitnessRequest) -> PaymentView, Witness;
            /// Does something else with a payment: try again, judge a signature, capture, reverse, refund.
            act_payment(ActRequest) -> PaymentView, Act;
            /// The slips of a payment's terminal.
            payment_receipts(PaymentRequest) -> ReceiptsView, Look;
            /// Payments, newest first, a page at a time.
            list_payments(ListPaymentsRequest) -> PaymentsView, Look;
            /// Reads what was made elsewhere, where that is not fresh.
            look_elsewhere(LookElsewhereRequest) -> ElsewhereView, Look;
            /// Adds or changes an account; its key goes to the keychain.
            save_account(SaveAccountRequest) -> AccountView, Settings;
            /// Keeps the secret of an account's webhooks in the keychain. Nothing gives it back.
            keep_webhook_secret(WebhookSecretRequest) -> AccountView, Settings;
            /// Removes an account and its key. Its payments stay.
            remove_account(AccountRequest) -> OverviewView, Settings;
            /// Whether address and key of an account are right.
            test_account(AccountRequest) -> AccountTestView, Settings;
            /// The card machines of an account, as its system lists them, with their state.
            account_terminals(AccountRequest) -> AccountTerminalsView, Look;
            /// Payments that stand open at an account's provider and that no till sees through.
            list_leftovers(AccountRequest) -> LeftoversView, Look;
            /// Closes one of them.
            close_leftover(CloseLeftoverRequest) -> LeftoversView, CloseLeftover;
            /// What would become of payments that are to be withdrawn. Sends and writes nothing.
            plan_void(PlanVoidRequest) -> VoidPlanView, Look;
            /// Withdraws what a dry run showed.
            start_void(StartVoidRequest) -> VoidView, Void;
            /// One batch with its lines.
            show_void(VoidRequest) -> VoidView, Look;
            /// Batches, newest first.
            list_voids(ListVoidsRequest) -> VoidsView, Look;
            /// Pauses a batch, lets it go on, or stops it.
            steer_void(SteerVoidRequest) -> VoidHeadView, Steer;
            /// The proof of a batch as a file.
            prove_void(ProveVoidRequest) -> FileView, Look;
            /// How long a batch can be undone, and the reasons to choose from.
            choose_void_rules(ChooseVoidRulesRequest) -> OverviewView, Settings;
            /// How letters to customers leave the till.
            letter_rules(LetterRulesRequest) -> LetterRulesView, Look;
            /// Sets the mail server and the words of letters; its password goes to the keychain.
            choose_letter_rules(ChooseLetterRulesRequest) -> LetterRulesView, Settings;
            /// Sends a letter to try the settings.
            test_letters(TestLettersRequest) -> LetterTestView, Settings;
            /// The letter to the customer of a link that was withdrawn, and what became of it.
            payment_letter(PaymentRequest) -> PaymentLetterView, Look;
            /// Has that letter sent, once more where its fate is known to be bad or not known.
            send_letter(PaymentRequest) -> PaymentLetterView, Cancel;
            /// The day so far, by currency, account, card machine and cashier.
            day_report(DayReportRequest) -> DayView, Look;
            /// Closes the day. It is not opened again.
            close_day(CloseDayRequest) -> DayView, CloseDay;
            /// The days that were closed, newest first.
            list_days(ListDaysRequest) -> DaysView, Look;
            /// One of them as it was closed.
            show_day(DayRequest) -> DayView, Look;
            /// A report as a PDF.
            day_file(DayFileRequest) -> FileView, Look;
            /// The journal's story, newest first, a page at a time.
            list_audit(ListAuditRequest) -> AuditView, Look;
            /// Checks the journal from its first entry on.
            verify_audit(VerifyAuditRequest) -> AuditVerdictView, Look;
            /// A copy of the journal, with its signed head.
            export_audit(ExportAuditRequest) -> FileView, Settings;
            /// Chooses language and theme.
            choose_look(ChooseLookRequest) -> OverviewView, Look;
            /// Sets the cashier's name on this till.
            name_cashier(NameCashierRequest) -> OverviewView, Settings;
            /// How this machine is: journal, keychain, accounts.
            diagnose(DiagnoseRequest) -> DiagnosisView, Look;
            /// The practice terminal as its customer sees it.
            practice_terminal(PracticeTerminalRequest) -> PracticeTerminalView, Look;
            /// Presses a button of the practice terminal.
            practice_press(PracticePressRequest) -> PracticeTerminalView, Look;
            /// The practice payment page of a payment, as its customer sees it.
            practice_page(PaymentRequest) -> PracticePageView, Look;
            /// Presses a button of a practice payment page.
            practice_page_press(PracticePagePressRequest) -> PracticePageView, Look;
            /// Signs somebody in by their PIN.
            sign_in(SignInRequest) -> StaffView, Look;
            /// Signs out whoever is signed in.
            sign_out(SignOutRequest) -> StaffView, Look;
            /// Somebody touched the till: it does not lock itself yet.
            stay_signed_in(StayRequest) -> TouchView, Look;
            /// What was just refused because it needs somebody's approval.
            asked_approval(AskedApprovalRequest) -> ApprovalView, Look;
            /// Approves it by a PIN; it may then be asked for once more.
            approve(ApproveRequest) -> ApprovalView, Look;
            /// Somebody works here from now on.
            add_staff(AddStaffRequest) -> StaffView, Staff;
            /// Changes name, role or PIN of somebody.
            change_staff(ChangeStaffRequest) -> StaffView, Staff;
            /// Gives somebody a new PIN.
            set_pin(SetPinRequest) -> StaffView, Recover;
            /// A new PIN for whoever is signed in, who knows the old one.
            change_own_pin(ChangeOwnPinRequest) -> StaffView, Own;
            /// Somebody works here no more.
            remove_staff(StaffRequest) -> StaffView, Staff;
            /// Chooses when the till locks itself and what needs two people.
            choose_staff_rules(ChooseStaffRulesRequest) -> StaffView, Staff;
        }
    };
}

/// A row of the table, for those who need it as data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CommandRow {
    /// Its name on the bridge.
    pub name: &'static str,
    /// The type that comes in.
    pub request: &'static str,
    /// The type that goes out.
    pub view: &'static str,
    /// Who may use it.
    pub permission: Permission,
}

macro_rules! rows {
    ($($(#[doc = $doc:literal])* $name:ident($request:ident) -> $view:ident, $permission:ident;)*) => {
        /// Every command.
        pub const COMMANDS: &[CommandRow] = &[$(CommandRow {
            name: stringify!($name),
            request: stringify!($request),
            view: stringify!($view),
            permission: Permission::$permission,
        }),*];
    };
}
command_table!(rows);
