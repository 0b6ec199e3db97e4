//! The series by name: what each compares and how it is read.

use clap::{ValueEnum, builder::PossibleValue};

/// What is measured together, in one table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Series {
    /// One event a request, and 25
    Base,
    /// The same at 70 % of the rate that base reached
    Steady,
    /// With attempts kept, and only counted
    Attempts,
    /// With a disk that is waited for, and without
    Sync,
    /// From one event a request to 500
    Batches,
    /// From one connection to 256
    Connections,
    /// The same few events again and again
    Hot,
    /// Requests that are refused
    Rejected,
    /// At an even pace, alone and beside what others do
    Neighbours,
    /// Over a database full of rows, and over an empty one
    Rows,
    /// Beside a server that does nothing, and plain inserts
    Compare,
}

impl Series {
    /// The heading of its table.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Base => "base: one event a request, and 25",
            Self::Steady => "steady: 70 % of the rate that base reached, each request at its time",
            Self::Attempts => "attempts: kept, and only counted",
            Self::Sync => "sync: with a disk that is waited for, and without",
            Self::Batches => "batches: from one event a request to 500",
            Self::Connections => "connections: from 1 to 256",
            Self::Hot => "hot: the same few events again and again",
            Self::Rejected => "rejected: requests that are refused",
            Self::Neighbours => "neighbours: one source alone, and beside what others do",
            Self::Rows => "rows: over a database full of rows, and over an empty one",
            Self::Compare => "compare: beside a server that does nothing, and plain inserts",
        }
    }
}

/// What `--series` takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// This one.
    One(Series),
    /// All there are.
    All,
}

impl Choice {
    /// Unless something else is asked for.
    pub const USUAL: [Self; 3] =
        [Self::One(Series::Base), Self::One(Series::Steady), Self::One(Series::Compare)];

    /// What was asked for, each series once and in the order of [`Series`].
    pub fn resolve(choices: &[Self]) -> Vec<Series> {
        let is_chosen =
            |series: &Series| choices.contains(&Self::All) || choices.contains(&Self::One(*series));
        Series::value_variants().iter().copied().filter(is_chosen).collect()
    }
}

impl ValueEnum for Choice {
    fn value_variants<'a>() -> &'a [Self] {
        const ALL: [Choice; 12] = [
            Choice::One(Series::Base),
            Choice::One(Series::Steady),
            Choice::One(Series::Attempts),
            Choice::One(Series::Sync),
            Choice::One(Series::Batches),
            Choice::One(Series::Connections),
            Choice::One(Series::Hot),
            Choice::One(Series::Rejected),
            Choice::One(Series::Neighbours),
            Choice::One(Series::Rows),
            Choice::One(Series::Compare),
            Choice::All,
        ];
        &ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        match self {
            Self::One(series) => series.to_possible_value(),
            Self::All => Some(PossibleValue::new("all").help("Every one of them")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_series_can_be_asked_for_by_name() {
        for series in Series::value_variants() {
            let name = series.to_possible_value().unwrap();
            assert_eq!(Choice::from_str(name.get_name(), false), Ok(Choice::One(*series)));
            assert!(series.title().starts_with(name.get_name()));
        }
        assert_eq!(Choice::resolve(&[Choice::All]), Series::value_variants());
    }

    #[test]
    fn each_is_measured_once_and_base_before_what_builds_on_it() {
        let asked = [Choice::One(Series::Steady), Choice::One(Series::Base)];
        assert_eq!(Choice::resolve(&[asked, asked].concat()), [Series::Base, Series::Steady]);
    }
}
