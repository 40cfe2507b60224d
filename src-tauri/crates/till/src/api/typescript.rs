//! The TypeScript of the bridge, written from the types above and kept in git: the test fails when
//! it is stale. `TILLSIDE_WRITE_BRIDGE=1 cargo test -p till bridge` rewrites it.

use std::fmt::Write as _;
use std::path::Path;

use payment::failure::MoneyMoved;
use payment::{
    AmountUnit, Ask, Channel, DayChecked, Decision, Deed, Generation, Language, LetterLanguage,
    LinkMethod, MailSecurity, OpenKind, Prompt, RefundRoute, Role, SlipAlign, SlipLine, SlipSize,
    State, System, TerminalState, Theme, Verdict, Witness,
};
use ts_rs::{Config, TS};

use super::*;

macro_rules! declarations {
    ($config:expr; $($type:ty),* $(,)?) => {
        vec![$((<$type as TS>::docs(), <$type as TS>::decl($config))),*]
    };
}

fn typescript() -> String {
    let config = Config::default();
    let declarations = declarations!(&config;
        State, System, Ask, Generation, Channel, LinkMethod, AmountUnit, Language, Theme, Prompt, Witness, MoneyMoved,
        RefundRoute, TerminalState, SlipSize, SlipAlign, SlipLine, Code, ApiError, Telling, LineKey, Mark, Line, Tone, Action,
        MoneyView, TypedAmountView, QrView, PayPageView, CardTermsView, LinkTermsView, LinkNeedsView, SaleOptionsView, ReturnOptionsView, GenerationView, SystemView,
        ItemLineView, ModifierView, SaleTermsView, ReturnTermsView, ActKind, ActProgress, ActView, ReceiptsView, TerminalSeenView,
        AccountTerminalsView, LeftoverView, LeftoversView, PaymentView, PaymentRowView, PaymentsView, AccountView,
        TerminalView, AccountTestView, ElsewhereRowView, ElsewhereAccountView, LinksLeftView, ElsewhereView,
        LookElsewhereRequest, OverviewView, FindingView, DiagnosisView,
        PracticePagePress, PracticePageView, PracticePagePressRequest, LinkInput, PayerInput, BillingInput,
        ItemLineInput, ModifierInput, SaleInput, CardInput, ReturnInput, ActInput, ActRequest, CloseLeftoverRequest,
        AccountSettingsInput, PracticeDisplay, PracticePress, PracticeTerminalView,
        OverviewRequest, DiagnoseRequest, TypeAmountRequest, StartChargeRequest, StartReturnRequest, PaymentRequest,
        WitnessRequest, PaymentsFilter, ListPaymentsRequest, KeyInput, SaveAccountRequest, WebhookSecretRequest,
        TerminalInput, AccountRequest, ChooseLookRequest, NameCashierRequest,
        PracticeTerminalRequest, PracticePressRequest,
        Verdict, VoidOutcome, VoidStep, VoidLineView, VerdictCountView, OutcomeCountView, VoidRulesView, VoidPlanView,
        VoidHeadView, VoidView, VoidsView, VoidProofForm, VoidChoice, VoidWish, PlanVoidRequest,
        StartVoidRequest, VoidRequest, ListVoidsRequest, SteerVoidRequest, ProveVoidRequest,
        ChooseVoidRulesRequest,
        LetterLanguage, MailSecurity, LetterFate, LetterView, PaymentLetterView, TemplateView, LetterRulesView,
        LetterTestView, LetterRulesRequest, TemplateInput, ChooseLetterRulesRequest, TestLettersRequest,
        OpenKind, DayChecked, DaySumView, DayRowView, DayVoidView, DayBlockView, DayOpenView, DayCheckView, DayBarView,
        DayView, DayHeadView, DaysView, FileView, DayReportRequest, CloseDayRequest, ListDaysRequest, DayRequest,
        DayFileRequest, AuditKey, AuditRowView, AuditView, HeadMemory, AuditVerdictView, AuditFilter, AuditForm,
        ListAuditRequest, VerifyAuditRequest, ExportAuditRequest,
        Role, Deed, PersonView, StaffView, TouchView, ApprovalView, PinInput, SignInRequest, SignOutRequest,
        StayRequest, AskedApprovalRequest, ApproveRequest, AddStaffRequest, ChangeStaffRequest, SetPinRequest, ChangeOwnPinRequest,
        StaffRequest, LimitInput, ChooseStaffRulesRequest,
        WarningKind, WarningView, WarningsView, ChargeAnywayRequest, ShowWarningsRequest, ChangeAmountRequest,
        InboxTask, InboxMissing, InboxItemView, InboxView, ListInboxRequest, Decision, DecideRequest, Notice,
    );
    let mut text = String::from(
        "// Written from src-tauri/crates/till/src/api; do not edit.\n\
         // TILLSIDE_WRITE_BRIDGE=1 cargo test -p till bridge\n\n",
    );
    for (docs, declaration) in declarations {
        let docs = docs.map(|docs| docs.to_string()).unwrap_or_default();
        let _ = writeln!(text, "{docs}export {declaration}\n");
    }
    text.push_str(
        "/** Every command: what goes in, what comes out. */\nexport type Commands = {\n",
    );
    for row in COMMANDS {
        let _ = writeln!(
            text,
            "  {}: {{ request: {}; view: {} }};",
            row.name, row.request, row.view
        );
    }
    text.push_str("};\n");
    text
}

#[test]
fn the_bridge_in_git_is_what_the_types_say() {
    let kept =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../ui/src/bridge/generated/api.ts");
    let fresh = typescript();
    if std::env::var_os("TILLSIDE_WRITE_BRIDGE").is_some() {
        std::fs::create_dir_all(kept.parent().unwrap()).unwrap();
        std::fs::write(&kept, &fresh).unwrap();
    }
    let kept = std::fs::read_to_string(kept).unwrap_or_default();
    assert!(
        kept == fresh,
        "stale: TILLSIDE_WRITE_BRIDGE=1 cargo test -p till bridge"
    );
}
