//! What stands between a wallet and whoever would empty it: the freeze, approvals, and the day after a change of
//! number or address. Plain numbers; time is minutes that are still to go.

use domain::{Paise, TransferRefusal};
use jiff::{SignedDuration, Timestamp};

use super::model::{Asked, Model, State};

/// What leaves a wallet while it cools off, together.
const COOLING_MOST: i64 = 5_000_00;
const DAY: i64 = 24 * 60;

/// A person's.
#[derive(Default, Clone)]
pub struct Guard {
    is_frozen: bool,
    /// Until the thaw that was asked for.
    thaws_in: Option<i64>,
    delay: i64,
    /// A shorter one, and until it is in force.
    next_delay: Option<(i64, i64)>,
    has_pin: bool,
    /// Above how many paise payments are approved.
    pub above: Option<i64>,
    has_email: bool,
    cooling: Option<Cooling>,
    /// The freeze, or a cooling-off, was there and is over.
    was_frozen: bool,
    was_cooling: bool,
}

#[derive(Clone, Copy)]
struct Cooling {
    /// What has left since it began.
    gone: i64,
    ends_in: i64,
    /// The moment as Postgres has it, which no number here can know.
    until: Timestamp,
}

/// A change of number or address, and how long it can be undone.
pub struct Change {
    person: usize,
    is_phone: bool,
    had_email: bool,
    undone: bool,
    ends_in: i64,
}

/// An approval as it is given: of whom, under which key, for whom, of how much, and whether it is over already.
#[derive(Debug, Clone)]
pub struct Approved {
    pub person: usize,
    pub key: String,
    pub payee: usize,
    pub paise: i64,
    pub is_late: bool,
}

/// How a person's freeze stands: whether it is there, whether it is to end, the delay and the next one.
pub type Frozen = (bool, bool, i64, Option<i64>);

impl Guard {
    pub fn frozen(&self) -> Frozen {
        (self.is_frozen, self.thaws_in.is_some(), self.delay, self.next_delay.map(|(delay, _)| delay))
    }

    /// In how many minutes it thaws.
    pub fn thaws_for(&self) -> Option<i64> {
        self.thaws_in
    }

    /// What a cooling-off leaves, and its end.
    pub fn cooling(&self, held: i64) -> Option<(i64, Timestamp)> {
        self.cooling.map(|cooling| (COOLING_MOST - held - cooling.gone, cooling.until))
    }

    /// In how many minutes it is over.
    pub fn cools_for(&self) -> Option<i64> {
        self.cooling.map(|cooling| cooling.ends_in)
    }

    /// What Postgres says of its end.
    pub fn cools_until(&mut self, until: Timestamp) {
        self.cooling = self.cooling.map(|cooling| Cooling { until, ..cooling });
    }

    fn cool_off(&mut self) {
        let gone = self.cooling.map_or(0, |cooling| cooling.gone);
        self.cooling = Some(Cooling { gone, ends_in: DAY, until: Timestamp::MAX });
    }

    /// So much has left.
    pub fn pays(&mut self, paise: i64) {
        if let Some(cooling) = &mut self.cooling {
            cooling.gone += paise;
        }
    }

    pub fn why_not(&self, asked: &Asked, is_approved: bool) -> Option<TransferRefusal> {
        match self.above {
            _ if self.is_frozen => Some(TransferRefusal::Frozen),
            Some(above) if asked.paise > above && !is_approved => {
                Some(TransferRefusal::ApprovalNeeded { above: Paise::new(above) })
            }
            _ => None,
        }
    }

    pub fn cools(&self, asked: &Asked, held: i64) -> Option<TransferRefusal> {
        let (left, until) = self.cooling(held)?;
        let (most, remains) = (Paise::new(COOLING_MOST), Paise::new(left.max(0)));
        (asked.paise > left).then_some(TransferRefusal::CoolingOff { most, remains, until })
    }

    /// What a payment that is made shows of it.
    pub fn lets_by(&self, asked: &Asked) -> impl Iterator<Item = &'static str> {
        let shown = [
            (self.above == Some(asked.paise), "paid just what needs no approval"),
            (self.above.is_some_and(|above| asked.paise > above), "paid by an approval"),
            (self.cooling.is_some(), "paid while cooling off"),
            (self.was_cooling && self.cooling.is_none(), "paid after a cooling-off"),
            (self.was_frozen, "paid after a thaw"),
        ];
        shown.into_iter().filter(|(is_so, _)| *is_so).map(|(_, what)| what)
    }

    fn pass(&mut self, minutes: i64) {
        self.thaws_in = self.thaws_in.map(|left| left - minutes);
        self.end_thaw();
        match &mut self.next_delay {
            Some((delay, left)) if *left <= minutes => (self.delay, self.next_delay) = (*delay, None),
            Some((_, left)) => *left -= minutes,
            None => {}
        }
        if let Some(cooling) = &mut self.cooling {
            cooling.ends_in -= minutes;
            cooling.until -= SignedDuration::from_mins(minutes);
        }
        let is_over = self.cooling.is_some_and(|cooling| cooling.ends_in <= 0);
        self.was_cooling |= is_over;
        self.cooling = self.cooling.filter(|_| !is_over);
    }

    fn end_thaw(&mut self) {
        if self.thaws_in.is_some_and(|left| left <= 0) {
            (self.is_frozen, self.thaws_in, self.was_frozen) = (false, None, true);
        }
    }

    /// Asks for the thaw.
    pub fn thaw(&mut self) {
        if self.is_frozen && self.thaws_in.is_none() {
            self.thaws_in = Some(self.delay);
            self.end_thaw();
        }
    }

    pub fn set_delay(&mut self, wanted: i64) {
        self.next_delay = (wanted < self.delay).then_some((wanted, self.delay));
        self.delay = self.delay.max(wanted);
    }

    pub fn set_pin(&mut self, has_pin: bool) {
        self.has_pin = has_pin;
        self.above = self.above.filter(|_| has_pin);
    }

    /// Or why not.
    pub fn set_above(&mut self, above: Option<i64>, is_proven: bool) -> &'static str {
        let is_looser = self.above.is_some_and(|present| above.is_none_or(|above| above > present));
        if above.is_some() && !self.has_pin {
            return "an approval limit of nothing to approve by";
        } else if is_looser && !is_proven {
            return "a looser approval limit without proof";
        }
        self.above = above;
        "an approval limit"
    }
}

impl Model {
    /// Freezes; says how many payments were given back.
    pub fn freeze(&mut self, person: usize) -> usize {
        let guard = &mut self.people[person].guard;
        if guard.thaws_in.is_some() {
            self.happened.count("a thaw called off");
        }
        (guard.is_frozen, guard.thaws_in) = (true, None);
        let waits = |place: &usize| {
            let payment = &self.payments[*place];
            payment.asked.from == person && payment.state == State::Pending
        };
        let back: Vec<_> = (0..self.payments.len()).filter(waits).collect();
        for place in &back {
            self.give_back(*place);
            self.happened.count("given back by a freeze");
        }
        back.len()
    }

    /// Marks the wallet, and does no more.
    pub fn freeze_in_part(&mut self, person: usize) {
        let guard = &mut self.people[person].guard;
        (guard.is_frozen, guard.thaws_in) = (true, None);
    }

    pub fn approve(&mut self, approved: &Approved) {
        let key = (approved.person, approved.key.clone());
        self.approvals.insert(key, (approved.payee, approved.paise, !approved.is_late));
    }

    /// Whether this very payment is approved.
    pub fn is_approved(&self, asked: &Asked) -> bool {
        let approval = self.approvals.get(&(asked.from, asked.key.clone()));
        approval.zip(asked.to).is_some_and(|(approval, to)| *approval == (to, asked.paise, true))
    }

    /// Whether it is changed.
    pub fn change_address(&mut self, person: usize, is_phone: bool) -> bool {
        let guard = &mut self.people[person].guard;
        if guard.cooling.is_some() {
            return false;
        }
        let had_email = guard.has_email;
        if is_phone || had_email {
            guard.cool_off();
        }
        guard.has_email |= !is_phone;
        self.changes.push(Change { person, is_phone, had_email, undone: false, ends_in: DAY });
        true
    }

    /// Whose change it was, where it can still be undone; with it goes whatever else was changed within the day.
    pub fn undo_change(&mut self, place: usize) -> Option<usize> {
        let is_open = |change: &Change| !change.undone && change.ends_in > 0;
        let person = self.changes.get(place).filter(|change| is_open(change))?.person;
        let guard = &mut self.people[person].guard;
        let mut email = None;
        for change in self.changes.iter_mut().filter(|change| change.person == person && is_open(change)) {
            change.undone = true;
            if !change.is_phone {
                email = email.or(Some(change.had_email));
            }
        }
        guard.has_email = email.unwrap_or(guard.has_email);
        guard.cool_off();
        Some(person)
    }

    pub fn minutes_pass(&mut self, minutes: i64) {
        self.people.iter_mut().for_each(|person| person.guard.pass(minutes));
        self.changes.iter_mut().for_each(|change| change.ends_in -= minutes);
        // An approval holds for five minutes, and fewer never pass here.
        self.approvals.values_mut().for_each(|(_, _, holds)| *holds = false);
    }
}
