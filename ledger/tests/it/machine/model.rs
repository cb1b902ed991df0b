//! A ledger as one would explain it: plain numbers, no locks, no clock.

use std::collections::{HashMap, HashSet};

use domain::{Paise, Period, TransferRefusal};
use ledger::on_ramp::Settlement;

use super::guard::{Change, Guard};
use super::precaution::Approval;
use super::tally::{Tally, refused};

/// What the policy lets everybody pay at a time, in a day and in a month.
const MOST: [i64; 3] = [1_00_000_00, 2_00_000_00, 10_00_000_00];
/// A payment above this waits, to whom one has not paid for an hour.
const WAITS_ABOVE: i64 = 10_000_00;
/// How long a first payment can be undone. In real books ten seconds; here nothing comes due by itself.
pub const FIRST_UNDO: u16 = 1800;

#[derive(Default)]
pub struct Model {
    pub people: Vec<Person>,
    pub payments: Vec<Payment>,
    pub intents: Vec<Intent>,
    /// What was said under each id of a message.
    heard: HashMap<String, (String, Settlement)>,
    /// By payer and key.
    keys: HashMap<(usize, String), usize>,
    /// Who has paid whom, and whom an hour ago.
    acquainted: HashSet<(usize, usize)>,
    known: HashSet<(usize, usize)>,
    trusted: HashSet<(usize, usize)>,
    /// By payer and key: payee, paise, and whether it holds.
    pub approvals: HashMap<(usize, String), (usize, i64, bool)>,
    pub changes: Vec<Change>,
    pub clearing: i64,
    pub promotions: i64,
    pub suspense: i64,
    /// Movements of every kind.
    pub transfers: i64,
    /// What must be told after the commits.
    pub outbox: i64,
    pub happened: Tally,
}

#[derive(Default, Clone)]
pub struct Person {
    pub balance: i64,
    pub held: i64,
    /// Movements in and out.
    pub entries: i64,
    spent_day: i64,
    spent_month: i64,
    limits: [Option<Limit>; 3],
    /// Seconds to undo where a payment says none.
    pub undo: u16,
    welcomed: bool,
    pub guard: Guard,
}

#[derive(Clone, Copy)]
struct Limit {
    most: i64,
    next: Option<i64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Pending,
    Posted,
    Voided,
}

/// A payment that was made, at once or after waiting.
pub struct Payment {
    pub asked: Asked,
    pub state: State,
    pub waited: bool,
    pub due: bool,
}

/// A wish with everybody's name in it.
#[derive(Debug, Clone)]
pub struct Asked {
    pub from: usize,
    pub to: Option<usize>,
    pub paise: i64,
    pub note: bool,
    pub undo: Option<u16>,
    pub key: String,
    /// Which approval was got for it.
    pub approval: Approval,
}

/// A payment as its payer is told of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// Its place among the payments.
    pub payment: usize,
    pub replayed: bool,
    pub state: State,
    pub available: i64,
    pub held: i64,
}

pub struct Intent {
    pub person: usize,
    pub paise: i64,
    pub key: String,
    pub state: IntentState,
    pub overdue: bool,
    late: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IntentState {
    Processing,
    Success,
    Failure,
    Expired,
}

/// A message with everything in it.
#[derive(Debug, Clone)]
pub struct Said {
    pub id: String,
    pub body: String,
    /// Malformed, where there is none.
    pub payment: Option<Payload>,
}

#[derive(Debug, Clone)]
pub struct Payload {
    /// Unknown, where there is none.
    pub intent: Option<usize>,
    pub paid: bool,
    pub paise: i64,
    pub rupees: bool,
}

impl Model {
    pub fn available(&self, person: usize) -> i64 {
        self.people[person].balance - self.people[person].held
    }

    pub fn heard(&self) -> usize {
        self.heard.len()
    }

    /// One payment after the other; who is a stranger was looked up before the first.
    pub fn pay(&mut self, wishes: &[Asked]) -> Vec<Result<Told, TransferRefusal>> {
        let acquainted = self.acquainted.clone();
        let mut made = vec![];
        for asked in wishes {
            let one = self.pay_one(asked, &acquainted);
            self.count(asked, &one);
            made.push(one);
        }
        // Each is told how the payer stands after all of them.
        let told = |(payment, replayed): (usize, bool)| {
            let payer = self.payments[payment].asked.from;
            let (available, held) = (self.available(payer), self.people[payer].held);
            Told { payment, replayed, state: self.payments[payment].state, available, held }
        };
        made.into_iter().map(|made| made.map(told)).collect()
    }

    fn count(&mut self, asked: &Asked, made: &Result<(usize, bool), TransferRefusal>) {
        match made {
            Ok((_, true)) => self.happened.count("told again"),
            Ok((place, false)) if self.payments[*place].waited => self.happened.count("set aside"),
            Ok(_) => self.happened.count("paid at once"),
            Err(refusal) => self.happened.count(refused(refusal)),
        }
        match made {
            Ok((_, false)) => {
                let guard = &self.people[asked.from].guard;
                guard.lets_by(asked).for_each(|what| self.happened.count(what));
            }
            Err(TransferRefusal::ApprovalNeeded { .. }) => self.happened.count(asked.approval.refused_as()),
            _ => {}
        }
    }

    fn pay_one(
        &mut self,
        asked: &Asked,
        acquainted: &HashSet<(usize, usize)>,
    ) -> Result<(usize, bool), TransferRefusal> {
        let to = asked.to.ok_or(TransferRefusal::UnknownPayee)?;
        if asked.from == to {
            return Err(TransferRefusal::ToSelf);
        }
        let key = (asked.from, asked.key.clone());
        if let Some(&earlier) = self.keys.get(&key) {
            let was = &self.payments[earlier].asked;
            let same = (was.to, was.paise, was.note) == (asked.to, asked.paise, asked.note);
            return if same { Ok((earlier, true)) } else { Err(TransferRefusal::KeyReused) };
        }
        let payer = &self.people[asked.from];
        if let Some(refusal) = payer.guard.why_not(asked, self.is_approved(asked)) {
            return Err(refusal);
        }
        let used = [0, payer.held + payer.spent_day, payer.held + payer.spent_month];
        for (place, period) in Period::ALL.into_iter().enumerate() {
            let most = payer.limits[place].map_or(MOST[place], |limit| limit.most);
            if used[place] + asked.paise > most {
                let remains = Paise::new((most - used[place]).max(0));
                return Err(TransferRefusal::AboveLimit { period, most: Paise::new(most), remains });
            }
        }
        if let Some(refusal) = payer.guard.cools(asked, payer.held) {
            return Err(refusal);
        }
        let available = self.available(asked.from);
        if asked.paise > available {
            return Err(TransferRefusal::NotEnoughMoney { available: Paise::new(available) });
        }
        let pair = (asked.from, to);
        let first = !acquainted.contains(&pair);
        let usual = self.people[asked.from].undo.max(if first { FIRST_UNDO } else { 0 });
        let seconds = asked.undo.unwrap_or(usual);
        let known = self.known.contains(&pair) || self.trusted.contains(&pair);
        let large = asked.paise > WAITS_ABOVE && !known;
        let waits = seconds > 0 || large;
        let state = if waits { State::Pending } else { State::Posted };
        self.keys.insert(key, self.payments.len());
        self.payments.push(Payment { asked: asked.clone(), state, waited: waits, due: false });
        self.outbox += 1;
        if waits {
            self.people[asked.from].held += asked.paise;
        } else {
            self.post(asked.from, to, asked.paise);
        }
        Ok((self.payments.len() - 1, false))
    }

    fn post(&mut self, from: usize, to: usize, paise: i64) {
        let payer = &mut self.people[from];
        payer.balance -= paise;
        payer.spent_day += paise;
        payer.spent_month += paise;
        payer.entries += 1;
        payer.guard.pays(paise);
        self.credit(to, paise);
        self.acquainted.insert((from, to));
    }

    fn credit(&mut self, person: usize, paise: i64) {
        self.people[person].balance += paise;
        self.people[person].entries += 1;
        self.transfers += 1;
    }

    /// How the payment stands afterwards, and whether its time has come; nothing for whoever did not make it.
    pub fn cancel(&mut self, person: usize, place: usize) -> Option<(State, bool)> {
        let payment = &self.payments[place];
        if payment.asked.from != person || !payment.waited {
            return None;
        }
        if payment.state == State::Pending && !payment.due {
            self.give_back(place);
        }
        Some((self.payments[place].state, self.payments[place].due))
    }

    /// Ends a payment that waits.
    pub fn give_back(&mut self, place: usize) {
        let payment = &mut self.payments[place];
        payment.state = State::Voided;
        self.people[payment.asked.from].held -= payment.asked.paise;
        self.outbox += 1;
    }

    /// Posts what is due, or gives it back where its payer has frozen their wallet; says how many.
    pub fn post_due(&mut self) -> usize {
        let mut posted = 0;
        for place in 0..self.payments.len() {
            let payment = &mut self.payments[place];
            let is_due = payment.state == State::Pending && payment.due;
            if is_due && self.people[payment.asked.from].guard.frozen().0 {
                self.give_back(place);
                self.happened.count("given back by the relay");
                posted += 1;
            } else if is_due {
                payment.state = State::Posted;
                let (from, to, paise) = (payment.asked.from, payment.asked.to, payment.asked.paise);
                self.people[from].held -= paise;
                self.post(from, to.unwrap(), paise);
                self.outbox += 1;
                posted += 1;
            }
        }
        posted
    }

    /// The place of the intent, and whether it is new; nothing where the key names another.
    pub fn open(&mut self, person: usize, paise: i64, key: &str) -> Option<(usize, bool)> {
        let earlier = self.intents.iter().position(|intent| (intent.person, &*intent.key) == (person, key));
        if let Some(earlier) = earlier {
            return (self.intents[earlier].paise == paise).then_some((earlier, false));
        }
        let (key, state) = (key.to_owned(), IntentState::Processing);
        self.intents.push(Intent { person, paise, key, state, overdue: false, late: false });
        self.outbox += 1;
        Some((self.intents.len() - 1, true))
    }

    pub fn expire(&mut self) -> u64 {
        let mut expired = 0;
        for intent in &mut self.intents {
            if intent.state == IntentState::Processing && intent.overdue {
                intent.state = IntentState::Expired;
                self.outbox += 1;
                expired += 1;
            }
        }
        expired
    }

    /// What comes of a message.
    pub fn settle(&mut self, said: &Said) -> Settlement {
        use Settlement::*;
        if let Some((body, outcome)) = self.heard.get(&said.id) {
            return match outcome {
                _ if *body != said.body => Contradicted,
                WrongAmount | WrongCurrency | UnknownToken | Malformed => *outcome,
                _ => Repeated,
            };
        }
        let outcome = match &said.payment {
            None => Malformed,
            Some(payload) => self.settle_new(payload),
        };
        self.heard.insert(said.id.clone(), (said.body.clone(), outcome));
        outcome
    }

    fn settle_new(&mut self, payload: &Payload) -> Settlement {
        let Some(place) = payload.intent else { return Settlement::UnknownToken };
        let intent = &mut self.intents[place];
        let (person, paise) = (intent.person, intent.paise);
        match intent.state {
            _ if !payload.rupees => Settlement::WrongCurrency,
            _ if payload.paise != paise => Settlement::WrongAmount,
            IntentState::Processing if !payload.paid => {
                intent.state = IntentState::Failure;
                self.outbox += 1;
                Settlement::Failed
            }
            IntentState::Processing => {
                intent.state = IntentState::Success;
                self.clearing -= paise;
                self.outbox += 1;
                self.credit(person, paise);
                Settlement::Settled
            }
            _ if !payload.paid => Settlement::Ignored,
            IntentState::Success => Settlement::Repeated,
            _ if intent.late => Settlement::Repeated,
            _ => {
                intent.late = true;
                self.clearing -= paise;
                self.suspense += paise;
                self.transfers += 1;
                self.outbox += 2; // the movement and the alert
                Settlement::Suspense
            }
        }
    }

    /// Whether it is given now.
    pub fn welcome(&mut self, person: usize, paise: i64) -> bool {
        if self.people[person].welcomed {
            return false;
        }
        self.people[person].welcomed = true;
        self.promotions -= paise;
        self.outbox += 1;
        self.credit(person, paise);
        true
    }

    /// Whether it is allowed.
    pub fn set_limit(&mut self, person: usize, period: Period, wanted: i64) -> bool {
        let place = Period::ALL.iter().position(|other| *other == period).unwrap();
        if wanted > MOST[place] {
            return false;
        }
        let limit = &mut self.people[person].limits[place];
        let present = limit.map_or(MOST[place], |limit| limit.most);
        *limit = Some(Limit { most: wanted.min(present), next: (wanted > present).then_some(wanted) });
        true
    }

    /// What a person may pay at most, what of it is used, and what was asked for and is not in force yet.
    pub fn limits(&self, person: usize) -> Vec<(i64, i64, Option<i64>)> {
        let Person { held, spent_day, spent_month, limits, .. } = &self.people[person];
        let used = [0, held + spent_day, held + spent_month];
        let limit = |place: usize| {
            limits[place]
                .map_or((MOST[place], used[place], None), |limit| (limit.most, used[place], limit.next))
        };
        (0..3).map(limit).collect()
    }

    pub fn limits_fall_due(&mut self) {
        for limit in self.people.iter_mut().flat_map(|person| &mut person.limits).flatten() {
            limit.most = limit.next.take().unwrap_or(limit.most);
        }
    }

    pub fn trust(&mut self, payer: usize, payee: usize, trust: bool) {
        if trust {
            self.trusted.insert((payer, payee));
        } else {
            self.trusted.remove(&(payer, payee));
        }
    }

    pub fn an_hour_passes(&mut self) {
        self.known = self.acquainted.clone();
    }

    pub fn next_day(&mut self, and_month: bool) {
        for person in &mut self.people {
            person.spent_day = 0;
            if and_month {
                person.spent_month = 0;
            }
        }
    }
}
