//! Signing in and out, and the one place where a PIN is looked at.

use payment::{Role, ShopEvent, StaffEvent, StaffId, StaffMember};
use secrets::Secret;

use super::{Place, pin};
use crate::api::{
    ApiError, Code, SignInRequest, SignOutRequest, StaffView, StayRequest, TouchView,
};
use crate::till::Till;

impl Till {
    /// See [`crate::api::COMMANDS`]. Where the PIN cannot be checked because the keychain does not give
    /// the pepper, whoever it is sells and withdraws as a cashier does and nothing else, and the journal
    /// says so: a broken keychain must not keep a shop from taking money.
    ///
    /// # Errors
    /// [`Code::StaffUnknown`], [`Code::PinWrong`], [`Code::PinLocked`] with the seconds to wait; what the
    /// journal refuses.
    pub async fn sign_in(&self, request: SignInRequest) -> Result<StaffView, ApiError> {
        let member = self.member(&request.staff)?;
        let verified = match self.check_pin(&member, request.pin.into_secret()).await {
            Ok(()) => true,
            Err(error) if is_uncheckable(error.code) => false,
            Err(error) => return Err(error),
        };
        let before = self.place.signed_in().filter(|one| one.id != member.id);
        if let Some(before) = before {
            self.write_staff(StaffEvent::SignedOut {
                id: before.id,
                idle: false,
            })
            .await?;
        }
        self.write_staff(StaffEvent::SignedIn {
            id: member.id,
            verified,
        })
        .await?;
        self.place.forget_waits(member.id);
        self.place.sign_in(member.id, verified);
        self.tell_overview();
        Ok(self.staff_view())
    }

    /// See [`crate::api::COMMANDS`]. What is under way stays watched.
    ///
    /// # Errors
    /// None: a journal that takes nothing keeps nobody signed in.
    pub async fn sign_out(&self, request: SignOutRequest) -> Result<StaffView, ApiError> {
        self.leave(request.idle).await;
        Ok(self.staff_view())
    }

    /// See [`crate::api::COMMANDS`].
    ///
    /// # Errors
    /// None.
    pub async fn stay_signed_in(&self, _: StayRequest) -> Result<TouchView, ApiError> {
        self.sign_out_if_idle().await;
        self.place.touch();
        Ok(TouchView {
            signed_in: self.place.signed_in().is_some(),
        })
    }

    async fn leave(&self, idle: bool) {
        let Some(left) = self.place.sign_out() else {
            return;
        };
        let gone = StaffEvent::SignedOut { id: left.id, idle };
        if let Err(error) = self.write_staff(gone).await {
            tracing::error!(code = error.code.name(), "a sign-out could not be written");
        }
        self.tell_overview();
    }

    pub(crate) async fn sign_out_if_idle(&self) {
        let minutes = self.board.shop().staff.rules.idle_minutes;
        if self.place.is_idle(minutes) {
            self.leave(true).await;
        }
    }

    /// Somebody who works here.
    pub(crate) fn member(&self, id: &str) -> Result<StaffMember, ApiError> {
        let unknown = || ApiError::new(Code::StaffUnknown);
        let id: StaffId = id.parse().map_err(|_| unknown())?;
        let staff = self.board.shop().staff.clone();
        staff.member(id).cloned().ok_or_else(unknown)
    }

    pub(crate) async fn write_staff(&self, event: StaffEvent) -> Result<(), ApiError> {
        self.board.write_shop(ShopEvent::Staff { event }).await
    }

    /// Looks at a PIN. A wrong one is counted in the journal before anybody hears that it was wrong, and
    /// from the fifth in a row on the next is not looked at for a while: by the time of day, which
    /// outlives a restart, and by a clock that nobody can turn; the longer of the two.
    pub(crate) async fn check_pin(
        &self,
        member: &StaffMember,
        typed: Option<Secret>,
    ) -> Result<(), ApiError> {
        let _one_at_a_time = self.place.checking.lock().await;
        // As it is now: another try may have been counted while this one waited.
        let member = self.member(&member.id.to_string())?;
        let left_ms = self.left_ms(&self.place, &member);
        if left_ms > 0 {
            return Err(locked(left_ms));
        }
        let pepper = self.pepper().await?;
        let is_right = match typed {
            None => false,
            Some(typed) => {
                let hash = member.pin.clone();
                off_the_runtime(move || pin::is_right(&typed, &hash, &pepper)).await?
            }
        };
        if is_right {
            return Ok(());
        }
        let count = member.misses.count.saturating_add(1);
        let wait_ms = pin::wait_ms(count);
        self.write_staff(StaffEvent::PinRefused {
            id: member.id,
            count,
            at_ms: self.board.clock.now_ms(),
            wait_ms,
        })
        .await?;
        self.place.wait(member.id, wait_ms);
        Err(if wait_ms > 0 {
            locked(wait_ms)
        } else {
            ApiError::new(Code::PinWrong)
        })
    }

    fn left_ms(&self, place: &Place, member: &StaffMember) -> i64 {
        let now_ms = self.board.clock.now_ms();
        let by_day_ms = member.misses.remaining_ms(now_ms);
        let by_own_clock_ms = place.waits_ms(member.id, by_day_ms);
        // The clock was moved back behind the wrong PIN: it will say "wait" until it comes there again,
        // and that may be tomorrow. What has passed since is known all the same.
        if now_ms < member.misses.at_ms {
            return by_own_clock_ms;
        }
        by_day_ms.max(by_own_clock_ms)
    }

    /// What every PIN is hashed with.
    ///
    /// # Errors
    /// [`Code::PepperLost`] where the keychain has none any more; what the keychain says.
    pub(crate) async fn pepper(&self) -> Result<Secret, ApiError> {
        let pepper = self.lines.pepper().await?;
        pepper.ok_or_else(|| ApiError::new(Code::PepperLost))
    }

    /// A new PIN for somebody of a role.
    pub(crate) async fn hash_pin(
        &self,
        typed: Option<Secret>,
        role: Role,
    ) -> Result<payment::PinHash, ApiError> {
        let typed = check_pin(typed.as_ref(), role)?.clone();
        let pepper = match self.lines.pepper().await? {
            Some(pepper) => pepper,
            None => {
                let made = pin::new_key().ok_or_else(|| ApiError::new(Code::PinUnchecked))?;
                self.lines.store_pepper(made.clone()).await?;
                made
            }
        };
        off_the_runtime(move || pin::hash(&typed, &pepper)).await
    }
}

/// A PIN that is good enough for a role.
pub(super) fn check_pin(typed: Option<&Secret>, role: Role) -> Result<&Secret, ApiError> {
    let typed = typed.ok_or_else(|| ApiError::new(Code::PinNotDigits))?;
    pin::check(typed.expose(), role).map_err(ApiError::new)?;
    Ok(typed)
}

/// The keychain is why: not the person, and not the PIN.
const fn is_uncheckable(code: Code) -> bool {
    matches!(
        code,
        Code::PepperLost
            | Code::KeychainMissing
            | Code::KeychainLocked
            | Code::KeychainSlow
            | Code::KeychainRefused
    )
}

fn locked(left_ms: i64) -> ApiError {
    let seconds = left_ms.saturating_add(999) / 1_000;
    ApiError::with(Code::PinLocked, seconds)
}

/// A hash takes a tenth of a second and more.
async fn off_the_runtime<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, pin::HashError> + Send + 'static,
) -> Result<T, ApiError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.ok().and_then(Result::ok).ok_or_else(|| {
        tracing::error!("a PIN could not be checked");
        ApiError::new(Code::PinUnchecked)
    })
}
