//! A manager's word over a cashier's deed, typed at the cashier's till without signing her out.

use payment::{Approver, Role};

use super::{Verdict, verdict};
use crate::api::{
    ApiError, ApprovalView, ApproveRequest, AskedApprovalRequest, Code, MoneyView, PersonView,
};
use crate::settings::bounded;
use crate::till::Till;

/// Characters of a reason.
const REASON_LIMIT: usize = 200;

impl Till {
    /// See [`crate::api::COMMANDS`].
    ///
    /// # Errors
    /// [`Code::NothingToApprove`].
    pub async fn asked_approval(&self, _: AskedApprovalRequest) -> Result<ApprovalView, ApiError> {
        let nothing = || ApiError::new(Code::NothingToApprove);
        let asked = self.place.asked_for().ok_or_else(nothing)?;
        let staff = self.board.shop().staff.clone();
        let asked_by = staff.member(asked.asked_by).ok_or_else(nothing)?;
        let order = match asked.payment {
            Some(payment) => self.board.payment(payment)?.order.to_string(),
            None => String::new(),
        };
        // Whoever asked cannot be the one who approves.
        let may = |member: &&payment::StaffMember| {
            member.id != asked.asked_by && verdict(asked.deed, member.role) == Verdict::Allowed
        };
        let approvers = staff.members.iter().filter(may).map(|member| PersonView {
            id: member.id.to_string(),
            name: member.name.clone(),
            role: member.role,
        });
        Ok(ApprovalView {
            deed: asked.deed,
            order,
            amount: asked.amount.map(MoneyView::from),
            payments: asked.payments,
            sums: asked.sums.into_iter().map(MoneyView::from).collect(),
            asked_by: asked_by.name.clone(),
            by_manager: asked_by.role == Role::Manager,
            approvers: approvers.collect(),
        })
    }

    /// See [`crate::api::COMMANDS`]. What was just refused may be asked for once more, word for word,
    /// within a minute, and is then done with this approval in its fact.
    ///
    /// # Errors
    /// [`Code::NothingToApprove`], [`Code::ApproverIsAsker`], [`Code::NotAllowed`], [`Code::PinWrong`],
    /// [`Code::PinLocked`]; what the keychain or the journal say.
    pub async fn approve(&self, request: ApproveRequest) -> Result<ApprovalView, ApiError> {
        let view = self.asked_approval(AskedApprovalRequest {}).await?;
        let asked = self
            .place
            .asked_for()
            .ok_or_else(|| ApiError::new(Code::NothingToApprove))?;
        let member = self.member(&request.staff)?;
        if member.id == asked.asked_by {
            return Err(ApiError::new(Code::ApproverIsAsker));
        }
        if verdict(asked.deed, member.role) != Verdict::Allowed {
            return Err(ApiError::new(Code::NotAllowed));
        }
        let reason = reason(&request.reason)?;
        self.check_pin(&member, request.pin.into_secret()).await?;
        self.place.touch();
        let approver = Approver {
            id: member.id,
            name: member.name,
        };
        self.place.approve(approver, reason, Some(asked.request));
        Ok(view)
    }

    /// An approval of the next thing that needs one: the command line is told both names at once.
    pub(crate) async fn approve_next(&self, request: ApproveRequest) -> Result<(), ApiError> {
        let member = self.member(&request.staff)?;
        if member.role != Role::Manager {
            return Err(ApiError::new(Code::NotAllowed));
        }
        if self
            .place
            .signed_in()
            .is_some_and(|one| one.id == member.id)
        {
            return Err(ApiError::new(Code::ApproverIsAsker));
        }
        let reason = reason(&request.reason)?;
        self.check_pin(&member, request.pin.into_secret()).await?;
        let approver = Approver {
            id: member.id,
            name: member.name,
        };
        self.place.approve(approver, reason, None);
        Ok(())
    }
}

/// Why it is done: a year later somebody asks.
fn reason(text: &str) -> Result<String, ApiError> {
    bounded(text, REASON_LIMIT).map_err(|error| {
        if error.code == Code::NameEmpty {
            ApiError::new(Code::ReasonMissing)
        } else {
            error
        }
    })
}
