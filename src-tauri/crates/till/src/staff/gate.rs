//! The one way into the till for people: every command of the table passes here, from the window and
//! from the command line alike, and the table of who may do what is asked before anything is done.

use money::{Money, Typed};
use payment::{AccountId, Actor, Decision, Deed, IntentId, Role, StaffEvent, StaffMember};
use tokio::sync::mpsc;

use super::permission::steering;
use super::place::{AskedFor, SignedIn};
use super::{Verdict, verdict};
use crate::api::*;
use crate::charge::{Asked, amount_code};
use crate::till::{Till, payment_id};

/// Money that goes back without a payment.
#[derive(Clone, Copy)]
struct GoesBack<'a> {
    account: &'a str,
    amount: Typing<'a>,
}

/// How an amount was typed.
#[derive(Clone, Copy)]
enum Typing<'a> {
    /// In the window: its digits.
    Digits(&'a str),
    /// At the command line: a decimal number.
    Decimal(&'a str),
}

/// What a command needs of whoever asks.
struct Need<'a> {
    /// What it does; none for who only looks.
    deed: Option<Deed>,
    /// To which payment.
    payment: Option<&'a str>,
    /// How much of it, as typed, where that is a refund.
    digits: Option<&'a str>,
    /// What goes back without a payment.
    goes_back: Option<GoesBack<'a>>,
    /// The dry run that is to be carried out.
    plan: Option<&'a str>,
    /// All of that payment goes back.
    gives_all: bool,
    /// It gives somebody a PIN: the way back in where the pepper is lost and no PIN can be right.
    recovers: bool,
    /// It is about whoever is signed in, whatever they may do.
    is_own: bool,
}

impl<'a> Need<'a> {
    const NOTHING: Self = Self {
        deed: None,
        payment: None,
        digits: None,
        goes_back: None,
        plan: None,
        gives_all: false,
        recovers: false,
        is_own: false,
    };

    const fn of(deed: Deed) -> Self {
        Self {
            deed: Some(deed),
            ..Self::NOTHING
        }
    }

    const fn of_payment(deed: Deed, payment: &'a str) -> Self {
        Self {
            payment: Some(payment),
            ..Self::of(deed)
        }
    }

    const fn of_return(account: &'a str, amount: Typing<'a>) -> Self {
        Self {
            goes_back: Some(GoesBack { account, amount }),
            ..Self::of(Deed::Refund)
        }
    }

    /// To keep it is a person's word; to give it back is a refund of all that is left.
    const fn of_decision(request: &'a DecideRequest) -> Self {
        let (deed, gives_all) = match request.decision {
            Decision::Keep => (Deed::RecordByHand, false),
            Decision::GiveBack => (Deed::Refund, true),
        };
        Self {
            gives_all,
            ..Self::of_payment(deed, request.payment.as_str())
        }
    }

    fn of_act(request: &'a ActRequest) -> Self {
        let (deed, digits) = match &request.act {
            ActInput::TryAgain => (Deed::Retry, None),
            ActInput::Sign { .. } => (Deed::Sign, None),
            ActInput::Capture => (Deed::Capture, None),
            ActInput::Reverse => (Deed::Reverse, Some("")),
            ActInput::Refund { digits, .. } => (Deed::Refund, Some(digits.as_str())),
        };
        Self {
            digits,
            ..Self::of_payment(deed, &request.payment)
        }
    }
}

/// The permission of a row, and what its request says beside it.
macro_rules! need {
    (Look, $request:ident) => {
        Need::NOTHING
    };
    (Sell, $request:ident) => {
        Need::of(Deed::Charge)
    };
    (Return, $request:ident) => {
        Need::of_return(&$request.account, Typing::Digits(&$request.digits))
    };
    (Cancel, $request:ident) => {
        Need::of_payment(Deed::Cancel, &$request.payment)
    };
    (Act, $request:ident) => {
        Need::of_act(&$request)
    };
    (Witness, $request:ident) => {
        Need::of_payment(Deed::RecordByHand, &$request.payment)
    };
    (Change, $request:ident) => {
        Need::of_payment(Deed::Cancel, &$request.payment)
    };
    (Decide, $request:ident) => {
        Need::of_decision(&$request)
    };
    (CloseLeftover, $request:ident) => {
        Need::of(Deed::CloseLeftover)
    };
    (Void, $request:ident) => {
        Need {
            plan: Some(&$request.plan),
            ..Need::of(Deed::Void)
        }
    };
    (Steer, $request:ident) => {
        Need::of(steering($request.wish))
    };
    (CloseDay, $request:ident) => {
        Need::of(Deed::CloseDay)
    };
    (Settings, $request:ident) => {
        Need::of(Deed::ManageAccounts)
    };
    (Staff, $request:ident) => {
        Need::of(Deed::ManageStaff)
    };
    (Own, $request:ident) => {
        Need {
            is_own: true,
            ..Need::NOTHING
        }
    };
    (Recover, $request:ident) => {
        Need {
            recovers: true,
            ..Need::of(Deed::ManageStaff)
        }
    };
}

/// The till as people reach it. Cheap to clone.
#[derive(Clone)]
pub struct Gate {
    till: Till,
}

macro_rules! gated {
    ($($(#[doc = $doc:literal])* $name:ident($request:ident) -> $view:ident, $permission:ident;)*) => {
        impl Gate {
            $(
                $(#[doc = $doc])*
                ///
                /// # Errors
                /// What the table of permissions says; then as the till's own.
                pub async fn $name(&self, request: $request) -> Result<$view, ApiError> {
                    let text = || format!(concat!(stringify!($name), " {:?}"), request);
                    let till = self.enter(need!($permission, request), text).await?;
                    till.$name(request).await
                }
            )*
        }
    };
}
crate::command_table!(gated);

impl Gate {
    /// The gate of a till.
    #[must_use]
    pub fn new(till: Till) -> Self {
        Self { till }
    }

    /// Decides, and hands out the till as the person who may use it so.
    async fn enter(
        &self,
        need: Need<'_>,
        request: impl FnOnce() -> String,
    ) -> Result<Till, ApiError> {
        let till = &self.till;
        if need.is_own {
            let (_, member) = self.present().await?;
            till.place.touch();
            return Ok(till.acting(actor(&member, None)));
        }
        let Some(deed) = need.deed else {
            return Ok(till.clone());
        };
        if till.board.shop().staff.managers() == 0 {
            return Ok(till.clone());
        }
        if need.recovers && till.lines.pepper().await?.is_none() {
            return Ok(till.clone());
        }
        let (signed_in, member) = self.present().await?;
        till.place.touch();
        let role = if signed_in.verified {
            member.role
        } else {
            Role::Cashier
        };
        let asked = self.asked(&need, deed, member.id, request())?;
        let needs_two = asked.amount.is_some_and(|amount| self.is_above(amount));
        match verdict(deed, role) {
            Verdict::Allowed if !needs_two => Ok(till.acting(actor(&member, None))),
            Verdict::Denied if signed_in.verified => {
                Err(ApiError::with(Code::NotAllowed, member.name))
            }
            Verdict::Denied => Err(ApiError::new(Code::PinUnchecked)),
            Verdict::Allowed | Verdict::NeedsApproval => self.approved(&member, asked).await,
        }
    }

    /// Who is signed in, and still works here.
    async fn present(&self) -> Result<(SignedIn, StaffMember), ApiError> {
        self.till.sign_out_if_idle().await;
        let nobody = || ApiError::new(Code::NobodySignedIn);
        let signed_in = self.till.place.signed_in().ok_or_else(nobody)?;
        let staff = self.till.board.shop().staff.clone();
        let member = staff.member(signed_in.id).cloned().ok_or_else(nobody)?;
        Ok((signed_in, member))
    }

    fn asked(
        &self,
        need: &Need<'_>,
        deed: Deed,
        asked_by: payment::StaffId,
        request: String,
    ) -> Result<AskedFor, ApiError> {
        let board = &self.till.board;
        let payment = match need.payment {
            Some(id) => Some(board.payment(payment_id(id)?)?),
            None => None,
        };
        let amount = match (&payment, need.digits) {
            (Some(payment), Some(digits)) => Some(crate::act::goes_back(
                payment,
                digits,
                deed == Deed::Reverse,
            )?),
            (Some(payment), None) if need.gives_all => Some(payment.amount),
            (Some(_) | None, _) => match need.goes_back {
                Some(goes_back) => Some(self.amount(goes_back)?),
                None => None,
            },
        };
        let (payments, sums) = match need.plan {
            Some(plan) => self.till.planned_sums(plan)?,
            None => (0, Vec::new()),
        };
        Ok(AskedFor {
            asked_by,
            deed,
            payment: payment.as_ref().map(|payment| payment.id),
            before: payment.as_ref().map(|payment| payment.state),
            amount,
            payments,
            sums,
            request,
        })
    }

    fn amount(&self, goes_back: GoesBack<'_>) -> Result<Money, ApiError> {
        let currency = self.till.account(goes_back.account)?.currency;
        let amount = match goes_back.amount {
            Typing::Digits(digits) => Typed::from_digits(digits).map(|typed| typed.money(currency)),
            Typing::Decimal(decimal) => Money::from_decimal(decimal, currency),
        };
        amount.map_err(|error| ApiError::new(amount_code(error)))
    }

    /// Whether so much may only go back with two people. What went back of a payment before counts, so
    /// that several small refunds are no way around it.
    fn is_above(&self, amount: Money) -> bool {
        let rules = self.till.board.shop().staff.rules.clone();
        rules
            .two_people_above
            .iter()
            .any(|limit| limit.currency() == amount.currency() && amount.minor() > limit.minor())
    }

    /// With the approval that was given for it; without one, keeps what was asked for.
    async fn approved(&self, member: &StaffMember, asked: AskedFor) -> Result<Till, ApiError> {
        let place = &self.till.place;
        let Some(ticket) = place.take_ticket(&asked.request) else {
            let deed = deed_name(asked.deed);
            place.ask(asked);
            return Err(ApiError::with(Code::NeedsApproval, deed));
        };
        if ticket.approver.id == member.id {
            return Err(ApiError::new(Code::ApproverIsAsker));
        }
        self.till
            .write_staff(StaffEvent::ApprovalGiven {
                asked_by: member.id,
                approved_by: ticket.approver.id,
                deed: asked.deed,
                payment: asked.payment,
                before: asked.before,
                reason: ticket.reason.clone(),
            })
            .await?;
        place.forget_waits(ticket.approver.id);
        let approved = Some((ticket.approver, ticket.reason));
        Ok(self.till.acting(actor(member, approved)))
    }

    // --- what is not in the table

    /// Signs somebody in by name, for the command line.
    ///
    /// # Errors
    /// As [`Till::sign_in`].
    pub async fn sign_in_as(&self, name: &str, pin: PinInput) -> Result<StaffView, ApiError> {
        let staff = self.till.member_named(name)?.id.to_string();
        self.till.sign_in(SignInRequest { staff, pin }).await
    }

    /// A manager approves the next command that needs it, for the command line.
    ///
    /// # Errors
    /// As [`Till::approve`].
    pub async fn approve_next_as(
        &self,
        name: &str,
        pin: PinInput,
        reason: String,
    ) -> Result<(), ApiError> {
        let staff = self.till.member_named(name)?.id.to_string();
        self.till
            .approve_next(ApproveRequest { staff, pin, reason })
            .await
    }

    /// As [`Till::charge_decimal`], by whoever is signed in.
    ///
    /// # Errors
    /// What the table of permissions says; then as the till's own.
    pub async fn charge_decimal(
        &self,
        order: &str,
        decimal: &str,
        account: &str,
        asked: &Asked,
        by: Actor,
        past: &[String],
    ) -> Result<PaymentView, ApiError> {
        let need = match asked {
            Asked::Return(..) => Need::of_return(account, Typing::Decimal(decimal)),
            Asked::Terminal(..) | Asked::Sale(..) | Asked::Card(..) | Asked::Link(..) => {
                Need::of(Deed::Charge)
            }
        };
        let text = || format!("charge {order} {decimal} {account} {asked:?}");
        let till = self.enter(need, text).await?;
        let by = till.acting.clone().unwrap_or(by);
        till.charge_decimal(order, decimal, account, asked, by, past)
            .await
    }

    /// As [`Till::save_webhook_secret`].
    ///
    /// # Errors
    /// What the table of permissions says; then as the till's own.
    pub async fn save_webhook_secret(
        &self,
        account: &str,
        secret: KeyInput,
    ) -> Result<(), ApiError> {
        let need = Need::of(Deed::ManageAccounts);
        let till = self.enter(need, String::new).await?;
        till.save_webhook_secret(account, secret).await
    }

    /// As [`Till::webhook_secret`], for the receiver, which is nobody.
    ///
    /// # Errors
    /// As the till's own.
    pub async fn webhook_secret(
        &self,
        account: &AccountId,
    ) -> Result<Option<secrets::Secret>, ApiError> {
        self.till.webhook_secret(account).await
    }

    /// Hands over every letter that waits, once.
    ///
    /// # Errors
    /// What the table of permissions says; [`Code::MailMissing`]; what the journal refuses.
    pub async fn deliver_letters(&self) -> Result<Vec<PaymentLetterView>, ApiError> {
        let till = self.enter(Need::of(Deed::Cancel), String::new).await?;
        let mut told = Vec::new();
        for payment in till.deliver_waiting().await? {
            let payment = payment.to_string();
            told.push(till.payment_letter(PaymentRequest { payment }).await?);
        }
        Ok(told)
    }

    /// As [`Till::show_order`].
    ///
    /// # Errors
    /// As the till's own.
    pub async fn show_order(&self, order: &str) -> Result<PaymentView, ApiError> {
        self.till.show_order(order).await
    }

    /// As [`Till::listen`].
    #[must_use]
    pub fn listen(&self) -> mpsc::UnboundedReceiver<Notice> {
        self.till.listen()
    }

    /// Stops where it stands, as a killed process would. What is durable stays.
    pub fn stop(&self) {
        self.till.stop();
    }

    /// As [`Till::open_count`].
    #[must_use]
    pub fn open_count(&self) -> usize {
        self.till.open_count()
    }

    /// As [`Till::is_on_machine`].
    #[must_use]
    pub fn is_on_machine(&self) -> bool {
        self.till.is_on_machine()
    }

    /// As [`Till::is_idle`].
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.till.is_idle()
    }

    /// As [`Till::hasten`].
    pub fn hasten(&self, account: &AccountId, intent: &IntentId) {
        self.till.hasten(account, intent);
    }

    /// As [`Till::practice_terminals`].
    #[must_use]
    pub fn practice_terminals(&self) -> Vec<String> {
        self.till.practice_terminals()
    }
}

fn actor(member: &StaffMember, approved: Option<(payment::Approver, String)>) -> Actor {
    let (approved_by, reason) = approved.unzip();
    Actor::Staff {
        id: member.id,
        name: member.name.clone(),
        role: member.role,
        approved_by,
        reason,
    }
}

/// The deed as it crosses the bridge.
fn deed_name(deed: Deed) -> String {
    let value = serde_json::to_value(deed).unwrap_or_default();
    value.as_str().unwrap_or_default().to_owned()
}
