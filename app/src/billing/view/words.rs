//! Prices, days and states in words.

use ::billing::{Offer, Status, Subscription};
use model::UnixMs;

use super::super::Shop;
use crate::{format, ui::badge::Tone};

pub(super) fn day(at: UnixMs) -> String {
    format::day(&at.to_string())
}

/// `month`, `3 months`.
pub(super) fn interval_of(offer: Option<&Offer>) -> Option<String> {
    let (unit, count) = offer?.interval.as_ref()?;
    Some(if *count == 1 { unit.clone() } else { format::count(*count, unit) })
}

/// Seats as a limit says.
pub(super) fn seats_of(limit: Option<i64>) -> String {
    limit.map_or_else(|| "any number of seats".to_owned(), |limit| format::count(limit, "seat"))
}

/// How a subscription stands, in a word or two.
pub(super) fn status_of(it: &Subscription) -> (Tone, String) {
    let (tone, word) = match (it.status, it.cancels_at) {
        (Status::Active | Status::Trialing, Some(end)) => {
            return (Tone::Warn, format!("ends on {}", day(end)));
        }
        (Status::Active, None) => (Tone::Good, "active"),
        (Status::Trialing, None) => (Tone::Good, "trial"),
        (Status::PastDue, _) => (Tone::Bad, "payment late"),
        (Status::Incomplete, _) => (Tone::Warn, "not paid yet"),
        (Status::Unpaid, _) => (Tone::Bad, "unpaid"),
        (Status::Paused, _) => (Tone::Warn, "paused"),
        (Status::Canceled | Status::IncompleteExpired, _) => (Tone::Quiet, "over"),
    };
    (tone, word.to_owned())
}

/// What was bought, and at which price.
pub(super) fn costs(it: &Subscription, offer: Option<&Offer>) -> String {
    let is_per_seat = offer.is_none_or(|offer| offer.is_per_seat);
    let interval = interval_of(offer);
    let price = it.unit_amount.map(|amount| format::money(amount, &it.currency));
    match (is_per_seat, price) {
        (true, Some(price)) => {
            let each = interval.map_or_else(String::new, |interval| format!(" and {interval}"));
            format!("{} at {price} per seat{each}.", format::count(it.quantity, "seat"))
        }
        (true, None) => format!("{}.", format::count(it.quantity, "seat")),
        (false, price) => {
            let seats = offer.map(|offer| format::count(offer.seats, "seat"));
            let each = interval.map_or_else(String::new, |interval| format!(" per {interval}"));
            let price = price.map(|price| format!("{price}{each}"));
            match (seats, price) {
                (Some(seats), Some(price)) => format!("{seats} for {price}."),
                (Some(words), None) | (None, Some(words)) => format!("{words}."),
                (None, None) => String::new(),
            }
        }
    }
}

/// When and how a plan ends that is cancelled now.
pub(super) fn end_of(it: &Subscription) -> String {
    let until = it.period_end.map(day);
    let end = until.as_ref().map_or_else(
        || "It ends with its period.".to_owned(),
        |until| format!("It ends with its period, on {until}."),
    );
    match (it.status, until) {
        (Status::Active, Some(until)) => format!("It stays until {until}, which is paid for."),
        (Status::Active, None) => "It stays until the period that is paid for ends.".to_owned(),
        (Status::Trialing, Some(until)) => {
            format!("It stays until the trial ends on {until}, and is not charged then.")
        }
        (Status::PastDue | Status::Unpaid, _) => {
            format!("{end} Cancelling does not settle the open invoice.")
        }
        _ => end,
    }
}

impl Shop {
    /// What was bought, while it goes on.
    pub(super) fn live(&self) -> Option<&Subscription> {
        self.standing.subscription.as_ref().filter(|it| it.status.is_live())
    }

    /// What a subscription was sold as; none: it is not sold any more.
    pub(super) fn offer_of(&self, it: &Subscription) -> Option<&Offer> {
        self.offers.iter().find(|offer| offer.price == it.price)
    }

    /// Whether the number of seats can be changed here.
    pub(super) fn sells_seats(&self) -> bool {
        self.live().is_some_and(|it| {
            it.is_granting() && self.offer_of(it).is_some_and(|offer| offer.is_per_seat)
        })
    }
}
