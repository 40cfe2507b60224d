//! Everything that is not a till: the provider, its machines and their customers, and the network.

use payment::{IdempotencyKey, Standing, State, Witness};

use super::Mistake;
use super::rules::{Desk, Luck};

/// The kinds of provider that the design knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum System {
    /// A reference is used once; a second request is told so and not told which it was.
    UniqueReference,
    /// A key used again is answered with what it made first, and there is a list.
    KeyRepeats,
}

/// How much may go wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Limits {
    /// Requests and answers lost, or late beyond the till's patience; readings without an answer.
    pub(super) losses: u8,
    /// Requests delivered twice.
    pub(super) doubles: u8,
    /// Tills that die.
    pub(super) crashes: u8,
    /// Readings of an older state.
    pub(super) stale: u8,
    /// Cards declined.
    pub(super) declines: u8,
    /// Withdrawn payments that are charged all the same (public reports tell of them).
    pub(super) charged_anyway: u8,
    /// Charges of the order at each till.
    pub(super) charges: usize,
}

/// Which payment of which till.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) till: usize,
    pub(super) number: usize,
}

/// What is on the network.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Letter {
    Create {
        from: Place,
        sending: u8,
        key: IdempotencyKey,
    },
    Cancel {
        from: Place,
        sending: u8,
        object: usize,
    },
    /// `None`: there is one already, and it is not named.
    Made {
        to: Place,
        sending: u8,
        object: Option<(usize, Standing)>,
    },
    Withdrawn {
        to: Place,
        sending: u8,
        taken: bool,
    },
}

impl Letter {
    /// Its place among the others: a network in another order is the same network.
    fn rank(&self) -> (usize, Place, u8, usize) {
        match self {
            Self::Create { from, sending, .. } => (0, *from, *sending, 0),
            Self::Cancel { from, sending, .. } => (1, *from, *sending, 0),
            Self::Made {
                to,
                sending,
                object,
            } => {
                let standing = object.map_or(0, |(_, standing)| {
                    let place = Standing::ALL.iter().position(|other| *other == standing);
                    place.map_or(0, |place| place + 1)
                });
                (2, *to, *sending, standing)
            }
            Self::Withdrawn { to, sending, taken } => (3, *to, *sending, usize::from(*taken)),
        }
    }
}

/// A payment at the provider.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Object {
    pub(super) key: IdempotencyKey,
    pub(super) standing: Standing,
    pub(super) charged_anyway: bool,
    /// The till whose request made it.
    pub(super) made_by: usize,
}

impl Object {
    pub(super) fn can_be_paid(&self) -> bool {
        matches!(self.standing, Standing::Waiting | Standing::Processing)
    }
}

/// The next thing that happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Deed {
    /// The cashier charges the order.
    Charge(usize),
    /// The cashier cancels.
    Cancel(Place),
    /// The driver does what its plan says, the cancel first or not.
    Drive(Place, bool, Luck),
    /// The driver waits no longer for its answer.
    GiveUp(Place),
    /// The till dies and is started again.
    Crash(usize),
    /// A person looks at the machine where the till asks for it.
    Look(Place),
    Arrive(Letter),
    Lose(Letter),
    Double(Letter),
    Tap(usize),
    Approve(usize),
    Decline(usize),
    Expire(usize),
    ChargeAnyway(usize),
}

/// Everything at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Shop {
    pub(super) system: System,
    pub(super) mistake: Option<Mistake>,
    pub(super) left: Limits,
    pub(super) tills: [Desk; 2],
    pub(super) network: Vec<Letter>,
    pub(super) objects: Vec<Object>,
}

impl Shop {
    pub(super) fn open(system: System, limits: Limits, mistake: Option<Mistake>) -> Self {
        Self {
            system,
            mistake,
            left: limits,
            tills: [Desk::default(), Desk::default()],
            network: Vec::new(),
            objects: Vec::new(),
        }
    }

    /// What may happen now. What turns out to change nothing is no step.
    pub(super) fn possible(&self, deeds: &mut Vec<Deed>) {
        for till in 0..self.tills.len() {
            deeds.push(Deed::Charge(till));
            deeds.push(Deed::Crash(till));
            for number in 0..self.tills[till].held.len() {
                let place = Place { till, number };
                deeds.extend([Deed::Cancel(place), Deed::GiveUp(place), Deed::Look(place)]);
                for luck in [Luck::Good, Luck::Lost, Luck::Stale] {
                    deeds.push(Deed::Drive(place, true, luck));
                    deeds.push(Deed::Drive(place, false, luck));
                }
            }
        }
        let mut last = None;
        for letter in &self.network {
            if last != Some(letter) {
                deeds.extend([
                    Deed::Arrive(letter.clone()),
                    Deed::Lose(letter.clone()),
                    Deed::Double(letter.clone()),
                ]);
            }
            last = Some(letter);
        }
        for object in 0..self.objects.len() {
            deeds.extend([
                Deed::Tap(object),
                Deed::Approve(object),
                Deed::Decline(object),
                Deed::Expire(object),
                Deed::ChargeAnyway(object),
            ]);
        }
    }

    /// `None`: that cannot happen now.
    pub(super) fn after(&self, deed: &Deed) -> Option<Self> {
        let mut after = self.clone();
        match deed {
            Deed::Charge(till) => after.charge(*till)?,
            Deed::Cancel(place) => after.ask_to_cancel(*place)?,
            Deed::Drive(place, cancel_first, luck) => after.drive(*place, *cancel_first, *luck)?,
            Deed::GiveUp(place) => after.give_up(*place)?,
            Deed::Crash(till) => {
                spend(&mut after.left.crashes)?;
                after.crash(*till);
            }
            Deed::Look(place) => after.look(*place)?,
            Deed::Arrive(letter) => {
                after.take(letter);
                after.arrive(letter);
            }
            Deed::Lose(letter) => {
                spend(&mut after.left.losses)?;
                after.take(letter);
            }
            Deed::Double(letter) => {
                if !matches!(letter, Letter::Create { .. } | Letter::Cancel { .. }) {
                    return None;
                }
                spend(&mut after.left.doubles)?;
                after.send(letter.clone());
            }
            Deed::Tap(object) => after.turn(*object, Standing::Waiting, Standing::Processing)?,
            Deed::Approve(object) => after.turn(*object, Standing::Processing, Standing::Paid)?,
            Deed::Decline(object) => {
                spend(&mut after.left.declines)?;
                after.turn(*object, Standing::Processing, Standing::Waiting)?;
            }
            Deed::Expire(object) => after.turn(*object, Standing::Waiting, Standing::Expired)?,
            Deed::ChargeAnyway(object) => {
                spend(&mut after.left.charged_anyway)?;
                if !after.will_be_read_again(*object) {
                    return None;
                }
                after.turn(*object, Standing::Cancelled, Standing::Paid)?;
                after.objects[*object].charged_anyway = true;
            }
        }
        Some(after)
    }

    fn turn(&mut self, object: usize, from: Standing, to: Standing) -> Option<()> {
        let object = &mut self.objects[object];
        (object.standing == from).then(|| object.standing = to)
    }

    pub(super) fn send(&mut self, letter: Letter) {
        let place = self
            .network
            .partition_point(|other| other.rank() < letter.rank());
        self.network.insert(place, letter);
    }

    fn take(&mut self, letter: &Letter) {
        if let Some(place) = self.network.iter().position(|other| other == letter) {
            self.network.remove(place);
        }
    }

    fn arrive(&mut self, letter: &Letter) {
        match letter {
            Letter::Create { from, sending, key } => {
                let answer = self.make(key, from.till);
                self.send(Letter::Made {
                    to: *from,
                    sending: *sending,
                    object: answer,
                });
            }
            Letter::Cancel {
                from,
                sending,
                object,
            } => {
                let taken = self.turn(*object, Standing::Waiting, Standing::Cancelled);
                self.send(Letter::Withdrawn {
                    to: *from,
                    sending: *sending,
                    taken: taken.is_some(),
                });
            }
            Letter::Made {
                to,
                sending,
                object,
            } => self.told_of_create(*to, *sending, *object),
            Letter::Withdrawn { to, sending, taken } => {
                self.told_of_cancel(*to, *sending, *taken);
            }
        }
    }

    fn make(&mut self, key: &IdempotencyKey, till: usize) -> Option<(usize, Standing)> {
        match self.object_of(key) {
            Some(_) if self.system == System::UniqueReference => None,
            Some(object) => Some((object, self.objects[object].standing)),
            None => {
                self.objects.push(Object {
                    key: key.clone(),
                    standing: Standing::Waiting,
                    charged_anyway: false,
                    made_by: till,
                });
                Some((self.objects.len() - 1, Standing::Waiting))
            }
        }
    }

    pub(super) fn object_of(&self, key: &IdempotencyKey) -> Option<usize> {
        self.objects.iter().position(|object| object.key == *key)
    }

    /// Whether a create of this key is still on its way.
    pub(super) fn may_arrive(&self, wanted: &IdempotencyKey) -> bool {
        self.network
            .iter()
            .any(|letter| matches!(letter, Letter::Create { key, .. } if key == wanted))
    }

    /// Whether a create of this key by this till is still on its way.
    pub(super) fn may_arrive_from(&self, till: usize, wanted: &IdempotencyKey) -> bool {
        self.network.iter().any(|letter| {
            matches!(letter, Letter::Create { key, from, .. } if key == wanted && from.till == till)
        })
    }

    /// What an honest person sees of it on the machines, once nothing can come any more.
    pub(super) fn seen_by_a_person(&self, key: &IdempotencyKey) -> Option<Witness> {
        match self.object_of(key).map(|object| &self.objects[object]) {
            Some(object) if object.can_be_paid() => None,
            Some(object) if object.standing == Standing::Paid => Some(Witness::Paid),
            Some(_) => Some(Witness::NotPaid),
            None if self.may_arrive(key) => None,
            None => Some(Witness::NotPaid),
        }
    }

    /// Every till that shows it as over has a reading of it left, and no person's word ended it.
    fn will_be_read_again(&self, object: usize) -> bool {
        if self.mistake == Some(Mistake::NoLateReading) {
            return true;
        }
        let key = &self.objects[object].key;
        self.held().all(|held| {
            let payment = held.payment();
            payment.key != *key
                || !held.is_of_object(self)
                || payment.state.is_open()
                || held.reads_again()
        })
    }

    // --- what must hold

    /// How many charges of the order there are.
    pub(super) fn charges(&self) -> usize {
        let paid = |object: &&Object| object.standing == Standing::Paid;
        self.objects.iter().filter(paid).count()
    }

    /// Charges of payments that the provider itself had called cancelled.
    pub(super) fn charged_anyway(&self) -> usize {
        let anyway = |object: &&Object| object.charged_anyway;
        self.objects.iter().filter(anyway).count()
    }

    fn held(&self) -> impl Iterator<Item = &super::rules::Held> {
        self.tills.iter().flat_map(|desk| &desk.held)
    }

    /// A payment that is shown as over while the provider would still take a card for it, or while
    /// its own request may still make it (I4).
    pub(super) fn over_and_payable(&self) -> Option<State> {
        let over = self.held().find(|held| {
            let payment = held.payment();
            let object = self.object_of(&payment.key);
            let live = object.is_some_and(|object| self.objects[object].can_be_paid());
            let may_come = object.is_none() && self.may_arrive(&payment.key);
            let is_over = payment.state.class() == payment::Class::Unpaid;
            is_over && held.is_of_object(self) && (live || may_come)
        });
        over.map(|held| held.payment().state)
    }

    /// A charge behind a payment that is shown as over, unless the provider itself had called it
    /// cancelled and the till will still look, or has given the alarm.
    pub(super) fn silent_charge(&self) -> Option<State> {
        let silent = self.held().find(|held| {
            let payment = held.payment();
            let charged = self
                .object_of(&payment.key)
                .map(|object| &self.objects[object]);
            let Some(object) = charged.filter(|object| object.standing == Standing::Paid) else {
                return false;
            };
            let will_look = object.charged_anyway && held.reads_again();
            let is_over = payment.state.class() == payment::Class::Unpaid;
            is_over && held.is_of_object(self) && !payment.late && !will_look
        });
        silent.map(|held| held.payment().state)
    }

    /// Every payment is over, and what was charged is shown as paid.
    pub(super) fn is_known(&self) -> bool {
        self.held().count() > 0 && self.held().all(|held| held.is_known(self))
    }
}

/// Uses up one of what may go wrong.
pub(super) fn spend(left: &mut u8) -> Option<()> {
    *left = left.checked_sub(1)?;
    Some(())
}
