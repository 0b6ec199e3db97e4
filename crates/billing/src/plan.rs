//! Plans: what can be bought, and the seats that it grants. They come from the configuration.

use serde::Deserialize;

/// Seats of the plan that costs nothing, when the configuration does not say otherwise.
pub const FREE_SEATS: i64 = 3;

/// The most seats that can be bought here.
pub const MOST_SEATS: i64 = 10_000;

/// One plan.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// What people call it.
    pub name: String,
    /// Its price at Stripe, `price_…`; none: it costs nothing.
    #[serde(default)]
    pub price: Option<String>,
    /// The seats of a flat plan; the fewest that are sold of one per seat.
    #[serde(default)]
    pub seats: Option<i64>,
    /// Whether its price is for one seat.
    #[serde(default)]
    pub per_seat: bool,
}

impl Plan {
    /// The seats that someone has who bought `quantity` of it.
    #[must_use]
    pub fn grants(&self, quantity: i64) -> i64 {
        if self.per_seat { quantity } else { self.seats.unwrap_or(FREE_SEATS) }
    }

    /// The fewest that are sold at once.
    #[must_use]
    pub fn fewest(&self) -> i64 {
        if self.per_seat { self.seats.unwrap_or(1) } else { 1 }
    }

    /// What is charged for so many seats, or why not.
    pub(crate) fn quantity(&self, seats: i64) -> Result<i64, String> {
        if !self.per_seat {
            return Ok(1);
        }
        let fewest = self.fewest();
        if (fewest..=MOST_SEATS).contains(&seats) {
            Ok(seats)
        } else {
            Err(format!("{} is sold with {fewest} to {MOST_SEATS} seats.", self.name))
        }
    }
}

/// All plans of an instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plans {
    free: Plan,
    paid: Vec<Plan>,
}

/// What is wrong with plans.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotPlans {
    /// Nothing could be bought.
    #[error("no plan has a price; one plan at least needs price = \"price_…\" from Stripe")]
    NothingToBuy,
    /// Two plans cost nothing.
    #[error(
        "two plans have no price: {0} and {1}; only one can be what a workspace has without paying"
    )]
    TwoFree(String, String),
    /// A name or a price stands twice.
    #[error("{0} stands twice; names and prices of plans must differ")]
    Twice(String),
    /// A price is not one.
    #[error("{0} is not the id of a price; Stripe's begin with price_")]
    Price(String),
    /// A number of seats makes no sense.
    #[error("{0} needs seats between 1 and {MOST_SEATS}")]
    Seats(String),
    /// A free plan cannot be per seat.
    #[error("{0} has no price and cannot be sold per seat; give it seats = N")]
    FreePerSeat(String),
}

impl Plans {
    /// Checks plans as they were configured. Without one that costs nothing there is `Free` with [`FREE_SEATS`].
    pub fn new(given: Vec<Plan>) -> Result<Self, NotPlans> {
        for (at, plan) in given.iter().enumerate() {
            check(plan)?;
            let before = &given[..at];
            if before.iter().any(|other| other.name == plan.name) {
                return Err(NotPlans::Twice(plan.name.clone()));
            }
            match &plan.price {
                Some(price) if before.iter().any(|other| other.price == plan.price) => {
                    return Err(NotPlans::Twice(price.clone()));
                }
                _ => {}
            }
        }
        let (mut free, paid): (Vec<Plan>, Vec<Plan>) =
            given.into_iter().partition(|plan| plan.price.is_none());
        if paid.is_empty() {
            return Err(NotPlans::NothingToBuy);
        }
        if let [one, other, ..] = &free[..] {
            return Err(NotPlans::TwoFree(one.name.clone(), other.name.clone()));
        }
        let default = || Plan {
            name: "Free".to_owned(),
            price: None,
            seats: Some(FREE_SEATS),
            per_seat: false,
        };
        Ok(Self { free: free.pop().unwrap_or_else(default), paid })
    }

    /// What a workspace has that bought nothing.
    #[must_use]
    pub const fn free(&self) -> &Plan {
        &self.free
    }

    /// What can be bought, in the order of the configuration.
    #[must_use]
    pub fn paid(&self) -> &[Plan] {
        &self.paid
    }

    /// The plan with this price.
    #[must_use]
    pub fn of_price(&self, price: &str) -> Option<&Plan> {
        self.paid.iter().find(|plan| plan.price.as_deref() == Some(price))
    }
}

fn check(plan: &Plan) -> Result<(), NotPlans> {
    let name = || plan.name.clone();
    match &plan.price {
        Some(price) if !price.starts_with("price_") => return Err(NotPlans::Price(price.clone())),
        None if plan.per_seat => return Err(NotPlans::FreePerSeat(name())),
        _ => {}
    }
    match plan.seats {
        Some(seats) if !(1..=MOST_SEATS).contains(&seats) => Err(NotPlans::Seats(name())),
        None if !plan.per_seat => Err(NotPlans::Seats(name())),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(name: &str, price: Option<&str>, seats: Option<i64>, per_seat: bool) -> Plan {
        Plan { name: name.to_owned(), price: price.map(str::to_owned), seats, per_seat }
    }

    #[test]
    fn without_a_free_plan_there_is_one_with_three_seats() {
        let plans = Plans::new(vec![plan("Team", Some("price_1"), None, true)]).unwrap();
        assert_eq!((plans.free().name.as_str(), plans.free().grants(1)), ("Free", 3));
        assert_eq!(plans.of_price("price_1").unwrap().grants(8), 8);
        assert_eq!(plans.of_price("price_2"), None);
    }

    #[test]
    fn a_flat_plan_has_its_seats_whatever_the_quantity() {
        let flat = plan("Company", Some("price_2"), Some(50), false);
        assert_eq!((flat.grants(1), flat.grants(7), flat.quantity(999)), (50, 50, Ok(1)));
    }

    #[test]
    fn so_many_seats_are_sold_and_no_other_number() {
        let team = plan("Team", Some("price_1"), Some(2), true);
        assert_eq!((team.quantity(2), team.quantity(10_000)), (Ok(2), Ok(10_000)));
        assert!(team.quantity(1).unwrap_err().contains("2 to 10000"));
        assert!(team.quantity(10_001).is_err());
    }

    #[test]
    fn what_makes_no_sense_is_named() {
        let team = || plan("Team", Some("price_1"), None, true);
        let free = |name| plan(name, None, Some(3), false);
        let told = |plans| Plans::new(plans).unwrap_err();
        assert_eq!(told(vec![]), NotPlans::NothingToBuy);
        assert_eq!(told(vec![free("Free")]), NotPlans::NothingToBuy);
        assert_eq!(
            told(vec![free("A"), free("B"), team()]),
            NotPlans::TwoFree("A".into(), "B".into())
        );
        assert_eq!(told(vec![team(), team()]), NotPlans::Twice("Team".into()));
        let again = plan("Other", Some("price_1"), None, true);
        assert_eq!(told(vec![team(), again]), NotPlans::Twice("price_1".into()));
        assert_eq!(
            told(vec![plan("P", Some("prod_1"), None, true)]),
            NotPlans::Price("prod_1".into())
        );
        assert_eq!(
            told(vec![plan("P", Some("price_1"), None, false)]),
            NotPlans::Seats("P".into())
        );
        assert_eq!(
            told(vec![plan("P", Some("price_1"), Some(0), true)]),
            NotPlans::Seats("P".into())
        );
        assert_eq!(told(vec![plan("P", None, Some(3), true)]), NotPlans::FreePerSeat("P".into()));
    }
}
