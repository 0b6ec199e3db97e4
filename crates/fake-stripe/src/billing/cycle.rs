//! Time passes: whatever is due happens at its moment, in order, before the clock goes on.

use super::invoicing::Bill;
use crate::state::World;
use crate::state::checkout;
use crate::state::invoice::{Reason, State};
use crate::state::payment::Presence;
use crate::state::subscription::{Status, Subscription, WithoutCard};

const WARNED_SECONDS: i64 = 3 * 86_400;

/// What comes next. At the same moment, what stands first here happens first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Due {
    ExpireSession(String),
    ExpireIncomplete(String),
    ExpireUpdate(String),
    WarnOfTrialEnd(String),
    End(String),
    EndTrial(String),
    Renew(String),
    Finalize(String),
    Retry(String),
}

impl World {
    /// Does what is due by the clock, which may have moved by itself.
    pub(crate) fn catch_up(&mut self) {
        let now = self.clock.now();
        self.play_until(None, now);
    }

    /// Moves time on for all but the customers with a test clock.
    pub(crate) fn play_to(&mut self, at: i64) {
        self.play_until(None, at);
        self.clock.move_to(at);
    }

    /// Moves one test clock on.
    pub(crate) fn play_clock_to(&mut self, clock: &str, at: i64) {
        self.test_clocks.get_mut(clock).is_advancing = true;
        self.emit("test_helpers.test_clock.advancing", clock);
        self.play_until(Some(clock), at);
        let row = self.test_clocks.get_mut(clock);
        row.frozen_at = row.frozen_at.max(at);
        row.is_advancing = false;
        self.emit("test_helpers.test_clock.ready", clock);
    }

    fn play_until(&mut self, clock: Option<&str>, end: i64) {
        let mut played = i64::MIN;
        while let Some((at, due)) = self.next_due(clock).filter(|(at, _)| *at <= end) {
            // What was made in the past, or with a due date in it, happens after what has happened.
            played = played.max(at);
            match clock {
                None => self.playing = Some(played),
                Some(clock) => {
                    let row = self.test_clocks.get_mut(clock);
                    row.frozen_at = row.frozen_at.max(played);
                }
            }
            self.happen(due);
        }
        self.playing = None;
    }

    fn next_due(&self, clock: Option<&str>) -> Option<(i64, Due)> {
        let is_mine = |customer: &str| {
            self.customers.find(customer).and_then(|row| row.test_clock.as_deref()) == clock
        };
        let sessions = self.sessions.iter().filter_map(|row| {
            let is_open = row.state == checkout::State::Open && clock.is_none();
            is_open.then(|| (row.closes_at, Due::ExpireSession(row.id.clone())))
        });
        let subscriptions = self.subscriptions.iter().filter(|row| is_mine(&row.customer));
        let invoices = self.invoices.iter().filter(|row| is_mine(&row.customer));
        let invoices = invoices.filter_map(|row| match row.state {
            State::Draft => Some((row.finalizes_at?, Due::Finalize(row.id.clone()))),
            State::Open => Some((row.next_attempt?, Due::Retry(row.id.clone()))),
            State::Paid | State::Void => None,
        });
        sessions.chain(subscriptions.filter_map(next_of)).chain(invoices).min()
    }

    fn happen(&mut self, due: Due) {
        match due {
            // Only what is open expires, so it can.
            Due::ExpireSession(id) => drop(self.expire_session(&id)),
            Due::ExpireIncomplete(id) => self.expire_incomplete(&id),
            Due::ExpireUpdate(id) => self.expire_update(&id),
            Due::WarnOfTrialEnd(id) => {
                self.subscriptions.get_mut(&id).has_warned = true;
                self.emit("customer.subscription.trial_will_end", &id);
            }
            Due::End(id) => self.end_as_planned(&id),
            Due::EndTrial(id) => self.end_trial(&id),
            Due::Renew(id) => self.renew(&id, Status::Active),
            Due::Finalize(id) => {
                self.finalize(&id);
                // A failure is told by events, and there is nobody here to tell.
                let _ = self.charge_automatically(&id, Presence::Absent);
            }
            Due::Retry(id) => drop(self.charge_automatically(&id, Presence::Absent)),
        }
    }

    /// Gives a subscription up that has not begun, and voids what was to be paid for it.
    pub(super) fn expire_incomplete(&mut self, id: &str) {
        let first = self.subscriptions.get(id).latest_invoice.clone();
        let voided = first.is_some_and(|invoice| self.void(&invoice).is_ok());
        if !voided {
            self.set_state(id, Status::IncompleteExpired);
        }
    }

    fn end_trial(&mut self, id: &str) {
        let has_card = self.method_of(id).is_some();
        match self.subscriptions.get(id).without_card {
            WithoutCard::Pause if !has_card => {
                self.set_state(id, Status::Paused);
                self.emit("customer.subscription.paused", id);
            }
            WithoutCard::Cancel if !has_card => self.end(id, "cancellation_requested"),
            _ => self.renew(id, Status::Active),
        }
    }

    /// The next period begins; its invoice is a draft for a while and then charged.
    fn renew(&mut self, id: &str, after_trial: Status) {
        let old = self.subscriptions.get(id).clone();
        let before = self.render(id).unwrap_or_default();
        let mut new = old.clone();
        new.period_start = old.period_end;
        new.period_end = old.interval.boundary_after(old.anchor, old.period_end);
        if old.status == Status::Trialing {
            new.status = after_trial;
        }
        self.subscriptions.replace(new);
        let invoice = self.draft_period(id, (old.period_start, old.period_end));
        let opens_at = old.period_end + self.knobs.draft_seconds;
        let row = self.invoices.get_mut(&invoice);
        row.finalizes_at = row.is_automatic.then_some(opens_at);
        self.tell_change(id, &before);
    }

    /// The invoice of the period that a subscription is in now.
    pub(crate) fn draft_period(&mut self, id: &str, period: (i64, i64)) -> String {
        let subscription = self.subscriptions.get(id).clone();
        let lines = self.full_lines(&subscription);
        let reason = Reason::SubscriptionCycle;
        self.draft(id, Bill { reason, lines, period, proration_date: None })
    }
}

/// What a subscription will do next, and when.
fn next_of(row: &Subscription) -> Option<(i64, Due)> {
    let id = || row.id.clone();
    let end = row.ends_at().map(|at| (at, Due::End(id())));
    let expiry =
        row.pending_update.as_ref().map(|update| (update.expires_at, Due::ExpireUpdate(id())));
    let planned = end.into_iter().chain(expiry).min();
    let own = match row.status {
        Status::Incomplete => {
            return Some((row.expires_at, Due::ExpireIncomplete(id())));
        }
        Status::Trialing if !row.has_warned => {
            // A trial that is shorter than the notice is warned of at once.
            let at = (row.period_end - WARNED_SECONDS).max(row.trial_start.unwrap_or(row.created));
            (at, Due::WarnOfTrialEnd(id()))
        }
        Status::Trialing => (row.period_end, Due::EndTrial(id())),
        Status::Active | Status::PastDue | Status::Unpaid => (row.period_end, Due::Renew(id())),
        Status::Paused => return planned,
        Status::Canceled | Status::IncompleteExpired => return None,
    };
    planned.into_iter().chain([own]).min()
}
