//! Plays precautions, on the ledger and on the model.

use domain::approval::ApprovalMethod;
use domain::{Amount, Paise};
use jiff::Timestamp;
use ledger::approval::{ApprovalLimitError, Approving};

use super::guard::Approved;
use super::play::{Play, same, text};
use super::precaution::Precaution;
use super::statement;
use crate::fixture::key;

impl Play {
    pub async fn take(&mut self, precaution: &Precaution) -> Result<(), String> {
        let web = self.bench.web.clone();
        let whom = match *precaution {
            Precaution::Freeze(person)
            | Precaution::FreezeInPart(person)
            | Precaution::Thaw(person)
            | Precaution::SetDelay { person, .. }
            | Precaution::SetPin { person, .. }
            | Precaution::SetApprovalLimit { person, .. }
            | Precaution::ChangeAddress { person, .. } => self.person(person),
            Precaution::ForgetApprovals | Precaution::UndoChange(_) | Precaution::MinutesPass(_) => 0,
        };
        let id = self.people[whom];
        match *precaution {
            Precaution::Freeze(_) => {
                same(&self.model.freeze(whom), &web.freeze(id).await.map_err(text)?)?;
            }
            Precaution::FreezeInPart(_) => {
                statement::freeze_in_part(self, whom).await.map_err(text)?;
                self.model.freeze_in_part(whom);
            }
            Precaution::Thaw(_) => {
                web.thaw(id).await.map_err(text)?;
                self.model.people[whom].guard.thaw();
            }
            Precaution::SetDelay { delay, .. } => {
                web.set_thaw_delay(id, delay).await.map_err(text)?;
                self.model.people[whom].guard.set_delay(delay.minutes().into());
            }
            Precaution::SetPin { has_pin, .. } => {
                statement::set_pin(self, whom, has_pin).await.map_err(text)?;
                self.model.people[whom].guard.set_pin(has_pin);
            }
            Precaution::SetApprovalLimit { above, is_proven, .. } => {
                self.set_approval_limit(whom, above, is_proven).await?;
            }
            Precaution::ForgetApprovals => web.forget_approvals().await.map_err(text)?,
            Precaution::ChangeAddress { is_phone, .. } => {
                let changed = statement::change_address(self, whom, is_phone).await.map_err(text)?;
                same(&self.model.change_address(whom, is_phone), &changed)?;
                self.model.happened.count(if changed { "a change" } else { "a change too soon" });
            }
            Precaution::UndoChange(back) => return self.undo_change(back).await,
            Precaution::MinutesPass(minutes) => {
                statement::minutes_pass(self, minutes).await;
                self.model.minutes_pass(minutes);
            }
        }
        self.guarded(whom).await
    }

    async fn set_approval_limit(
        &mut self,
        person: usize,
        above: Option<i64>,
        is_proven: bool,
    ) -> Result<(), String> {
        let wanted = above.map(Paise::new);
        let said = match self.bench.web.set_approval_limit(self.people[person], wanted, is_proven).await {
            Ok(()) => "an approval limit",
            Err(ApprovalLimitError::NothingToApproveBy) => "an approval limit of nothing to approve by",
            Err(ApprovalLimitError::NeedsProof) => "a looser approval limit without proof",
            Err(error) => return Err(text(error)),
        };
        self.model.happened.count(said);
        same(&self.model.people[person].guard.set_above(above, is_proven), &said)
    }

    async fn undo_change(&mut self, back: usize) -> Result<(), String> {
        let Some(place) = self.model.changes.len().checked_sub(back + 1) else { return Ok(()) };
        let undone = statement::undo_change(self, place).await.map_err(text)?;
        let expected = self.model.undo_change(place);
        same(&expected.map(|person| self.people[person].uuid()), &undone)?;
        self.model.happened.count(if undone.is_some() { "a change undone" } else { "an undoing too late" });
        match expected {
            Some(person) => self.guarded(person).await,
            None => Ok(()),
        }
    }

    /// What a person is told of their freeze, their approvals and the day after a change.
    async fn guarded(&mut self, person: usize) -> Result<(), String> {
        let (web, id) = (self.bench.web.clone(), self.people[person]);
        let freeze = web.freeze_of(id).await.map_err(text)?;
        let next = freeze.next.map(|(delay, _)| delay.minutes().into());
        let found = (freeze.since.is_some(), freeze.thaws_at.is_some(), freeze.delay.minutes().into(), next);
        same(&self.model.people[person].guard.frozen(), &found)?;
        let thaw = self.model.people[person].guard.thaws_for().zip(freeze.thaws_at);
        thaw.map_or(Ok(()), |(minutes, at)| soon(minutes, at))?;
        let above = web.approval_limit(id).await.map_err(text)?;
        same(&self.model.people[person].guard.above, &above.map(Paise::get))?;
        let cooling = web.cooling_off(id).await.map_err(text)?;
        let held = self.model.people[person].held;
        let guard = &mut self.model.people[person].guard;
        if let Some((minutes, cooling)) = guard.cools_for().zip(cooling) {
            soon(minutes, cooling.until)?;
            guard.cools_until(cooling.until);
        }
        let expected = guard.cooling(held).map(|(left, until)| (Paise::new(left.max(0)), until));
        same(&expected, &cooling.map(|cooling| (cooling.left, cooling.until)))
    }

    /// Notes the approvals, in order; as the program does it where there is one.
    pub async fn approve(&mut self, approved: &[Approved]) -> Result<(), String> {
        let first = approved.first().map(|first| Amount::new(first.paise));
        match (approved, first) {
            ([], _) => return Ok(()),
            ([one], Some(Ok(amount))) => {
                let payment = Approving { key: key(&one.key), to: self.people[one.payee], amount };
                let web = &self.bench.web;
                web.approve(self.people[one.person], &payment, ApprovalMethod::Pin).await.map_err(text)?;
            }
            (many, _) => statement::approve(self, many).await.map_err(text)?,
        }
        if approved.iter().any(|approved| approved.is_late) {
            statement::end_approvals(self, approved).await.map_err(text)?;
        }
        approved.iter().for_each(|approved| self.model.approve(approved));
        Ok(())
    }
}

/// Whether a moment is in so many minutes, less the time that the sequence has taken.
fn soon(minutes: i64, at: Timestamp) -> Result<(), String> {
    let off = at.duration_since(Timestamp::now()).as_mins() - minutes;
    if (-10..=0).contains(&off) {
        Ok(())
    } else {
        Err(format!("it is over at {at} instead of in {minutes} minutes"))
    }
}
