//! Who works here: added, changed, removed, and the rules they work by.

use money::Typed;
use payment::{Actor, Role, StaffEvent, StaffId, StaffRules};

use crate::accounts::SHORT_NAME_LIMIT;
use crate::api::{
    AddStaffRequest, ApiError, ChangeOwnPinRequest, ChangeStaffRequest, ChooseStaffRulesRequest,
    Code, MoneyView, PersonView, SetPinRequest, StaffRequest, StaffView,
};
use crate::charge::amount_code;
use crate::settings::bounded;
use crate::staff::sign_in::check_pin;
use crate::till::Till;

/// Minutes without hands after which a till locks itself, at most: a working day.
const IDLE_MINUTES_MAX: u16 = 8 * 60;

impl Till {
    /// See [`crate::api::COMMANDS`]. The first to be added is a manager; from then on PINs are asked for.
    ///
    /// # Errors
    /// What is wrong with the name or the PIN, [`Code::FirstIsManager`]; what the keychain says.
    pub async fn add_staff(&self, request: AddStaffRequest) -> Result<StaffView, ApiError> {
        let name = self.free_name(&request.name, None)?;
        let staff = self.board.shop().staff.clone();
        let is_first = staff.managers() == 0;
        if is_first && request.role != Role::Manager {
            return Err(ApiError::new(Code::FirstIsManager));
        }
        let pin = self
            .hash_pin(request.pin.into_secret(), request.role)
            .await?;
        let id = self.new_staff_id();
        self.write_staff(StaffEvent::Added {
            id,
            name,
            role: request.role,
            pin,
            by: self.actor(),
        })
        .await?;
        if is_first {
            // Whoever chose the PIN a moment ago need not type it again.
            self.write_staff(StaffEvent::SignedIn { id, verified: true })
                .await?;
            self.place.sign_in(id, true);
        }
        self.tell_overview();
        Ok(self.staff_view())
    }

    /// See [`crate::api::COMMANDS`]. Who becomes a manager needs a PIN good enough for one.
    ///
    /// # Errors
    /// What is wrong with the name or the PIN, [`Code::StaffUnknown`], [`Code::LastManager`].
    pub async fn change_staff(&self, request: ChangeStaffRequest) -> Result<StaffView, ApiError> {
        let member = self.member(&request.staff)?;
        let name = self.free_name(&request.name, Some(member.id))?;
        if member.role == Role::Manager && request.role != Role::Manager {
            self.refuse_last_manager()?;
        }
        let is_promoted = member.role != Role::Manager && request.role == Role::Manager;
        let pin = match request.pin {
            Some(pin) => Some(self.hash_pin(pin.into_secret(), request.role).await?),
            None if is_promoted => return Err(ApiError::new(Code::PinTooShort)),
            None => None,
        };
        let (id, role, by) = (member.id, request.role, self.actor());
        if let Some(pin) = pin {
            // First: nobody is a manager for a moment with a cashier's PIN.
            self.write_staff(StaffEvent::PinSet {
                id,
                pin,
                by: by.clone(),
                recovered: false,
            })
            .await?;
            self.place.forget_waits(id);
        }
        self.write_staff(StaffEvent::Changed { id, name, role, by })
            .await?;
        self.tell_overview();
        Ok(self.staff_view())
    }

    /// See [`crate::api::COMMANDS`].
    ///
    /// # Errors
    /// What is wrong with the PIN, [`Code::StaffUnknown`]; what the keychain says.
    pub async fn set_pin(&self, request: SetPinRequest) -> Result<StaffView, ApiError> {
        let member = self.member(&request.staff)?;
        let recovered = self.lines.pepper().await?.is_none();
        let pin = self
            .hash_pin(request.pin.into_secret(), member.role)
            .await?;
        self.write_staff(StaffEvent::PinSet {
            id: member.id,
            pin,
            by: self.actor(),
            recovered,
        })
        .await?;
        self.place.forget_waits(member.id);
        self.tell_overview();
        Ok(self.staff_view())
    }

    /// See [`crate::api::COMMANDS`]. The old one is looked at as at every sign-in: a wrong one is counted and
    /// costs the same waits.
    ///
    /// # Errors
    /// [`Code::NobodySignedIn`], [`Code::PinsDiffer`], what is wrong with the new PIN, [`Code::PinWrong`],
    /// [`Code::PinLocked`]; what the keychain says.
    pub async fn change_own_pin(
        &self,
        request: ChangeOwnPinRequest,
    ) -> Result<StaffView, ApiError> {
        let by = self.actor();
        let Actor::Staff { id, .. } = &by else {
            return Err(ApiError::new(Code::NobodySignedIn));
        };
        let member = self.member(&id.to_string())?;
        let (new, again) = (request.new_pin.into_secret(), request.again.into_secret());
        let is_same = match (&new, &again) {
            (Some(new), Some(again)) => new.expose() == again.expose(),
            (None, _) | (_, None) => false,
        };
        if !is_same {
            return Err(ApiError::new(Code::PinsDiffer));
        }
        check_pin(new.as_ref(), member.role)?;
        self.check_pin(&member, request.pin.into_secret()).await?;
        let pin = self.hash_pin(new, member.role).await?;
        self.write_staff(StaffEvent::PinSet {
            id: member.id,
            pin,
            by,
            recovered: false,
        })
        .await?;
        self.place.forget_waits(member.id);
        self.tell_overview();
        Ok(self.staff_view())
    }

    /// See [`crate::api::COMMANDS`]. Their deeds stay in the journal. Where they were the only one, the
    /// till asks nobody for a PIN again.
    ///
    /// # Errors
    /// [`Code::StaffUnknown`], [`Code::LastManager`].
    pub async fn remove_staff(&self, request: StaffRequest) -> Result<StaffView, ApiError> {
        let member = self.member(&request.staff)?;
        let is_alone = self.board.shop().staff.members.len() == 1;
        if member.role == Role::Manager && !is_alone {
            self.refuse_last_manager()?;
        }
        self.write_staff(StaffEvent::Removed {
            id: member.id,
            by: self.actor(),
        })
        .await?;
        if self
            .place
            .signed_in()
            .is_some_and(|one| one.id == member.id)
        {
            self.place.sign_out();
        }
        self.tell_overview();
        Ok(self.staff_view())
    }

    /// See [`crate::api::COMMANDS`].
    ///
    /// # Errors
    /// What is wrong with an amount, [`Code::CurrencyInvalid`], [`Code::IdleTooLong`].
    pub async fn choose_staff_rules(
        &self,
        request: ChooseStaffRulesRequest,
    ) -> Result<StaffView, ApiError> {
        if request.idle_minutes > IDLE_MINUTES_MAX {
            return Err(ApiError::new(Code::IdleTooLong));
        }
        let mut two_people_above = Vec::new();
        for limit in &request.limits {
            let currency: money::Currency = limit
                .currency
                .parse()
                .map_err(|_| ApiError::new(Code::CurrencyInvalid))?;
            if limit.digits.trim().is_empty() {
                continue;
            }
            let typed = Typed::from_digits(&limit.digits)
                .map_err(|error| ApiError::new(amount_code(error)))?;
            two_people_above.push(typed.money(currency));
        }
        self.write_staff(StaffEvent::RulesChosen {
            rules: StaffRules {
                two_people_above,
                idle_minutes: request.idle_minutes,
            },
            by: self.actor(),
        })
        .await?;
        self.tell_overview();
        Ok(self.staff_view())
    }

    /// The staff as it is shown.
    pub(crate) fn staff_view(&self) -> StaffView {
        let staff = self.board.shop().staff.clone();
        let signed_in = self.place.signed_in();
        let view = |member: &payment::StaffMember| PersonView {
            id: member.id.to_string(),
            name: member.name.clone(),
            role: member.role,
        };
        StaffView {
            people: staff.members.iter().map(view).collect(),
            is_asked: staff.managers() > 0,
            signed_in: signed_in.and_then(|one| staff.member(one.id)).map(view),
            is_unchecked: signed_in.is_some_and(|one| !one.verified),
            idle_minutes: staff.rules.idle_minutes,
            two_people_above: staff
                .rules
                .two_people_above
                .iter()
                .copied()
                .map(MoneyView::from)
                .collect(),
        }
    }

    /// Who does what is done now.
    pub(crate) fn actor(&self) -> Actor {
        self.acting.clone().unwrap_or_else(|| Actor::Cashier {
            name: self.board.shop().cashier.clone(),
        })
    }

    /// Somebody of this name, whatever its case; the command line knows people by their names.
    ///
    /// # Errors
    /// [`Code::StaffUnknown`].
    pub(crate) fn member_named(&self, name: &str) -> Result<payment::StaffMember, ApiError> {
        let name = name.trim().to_lowercase();
        let staff = self.board.shop().staff.clone();
        let mut members = staff.members.into_iter();
        members
            .find(|member| member.name.to_lowercase() == name)
            .ok_or_else(|| ApiError::new(Code::StaffUnknown))
    }

    fn free_name(&self, name: &str, of: Option<StaffId>) -> Result<String, ApiError> {
        let name = bounded(name, SHORT_NAME_LIMIT)?;
        match self.member_named(&name) {
            Ok(member) if Some(member.id) != of => Err(ApiError::new(Code::StaffNameTaken)),
            Ok(_) | Err(_) => Ok(name),
        }
    }

    fn refuse_last_manager(&self) -> Result<(), ApiError> {
        if self.board.shop().staff.managers() > 1 {
            return Ok(());
        }
        Err(ApiError::new(Code::LastManager))
    }

    fn new_staff_id(&self) -> StaffId {
        StaffId::from_uuid(self.new_uuid(self.board.clock.now_ms()))
    }
}
