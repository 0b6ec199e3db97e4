//! The cases of the series that differ only in what is sent, and to what kind of server.

use rig::{
    database::Engine,
    payload::Kind,
    table::{grouped, per_second},
};

use super::{site::Shape, unsynced::Unsynced};

/// The usual batch beside single events.
pub const BATCH: usize = 25;
/// So much of the rate that was reached is sent steadily.
const STEADY: f64 = 0.7;

/// One of the things that are compared.
#[derive(Debug, Clone)]
pub struct Case {
    /// As the table calls it.
    pub name: String,
    /// What it is.
    pub shape: Shape,
}

impl Case {
    fn new(name: impl Into<String>, shape: Shape) -> Self {
        Self { name: name.into(), shape }
    }

    /// Sends at a part of the rate that was reached.
    pub fn slow_down(&mut self, reached: f64) {
        let rate = per_second(reached * STEADY, 1.0).max(1);
        self.shape.per_second = Some(u32::try_from(rate).unwrap_or(u32::MAX));
        self.name = format!("{}, {}/s", self.name, grouped(rate));
    }
}

/// New events over so many connections, everything kept and synced.
pub const fn plain(events: usize, connections: u16) -> Shape {
    let kind = Kind::New;
    Shape { kind, events, connections, is_kept: true, is_synced: true, per_second: None }
}

fn of_events(events: usize, connections: u16) -> Case {
    let name = if events == 1 { "1 event".to_owned() } else { format!("{events} events") };
    Case::new(name, plain(events, connections))
}

/// What there is.
pub fn base(connections: u16) -> Vec<Case> {
    [1, BATCH].map(|events| of_events(events, connections)).into()
}

/// Kept first.
pub fn attempts(connections: u16) -> Vec<Case> {
    let kept = plain(1, connections);
    vec![Case::new("kept", kept), Case::new("counted", Shape { is_kept: false, ..kept })]
}

/// Synced first.
pub fn sync(engine: Engine, connections: u16) -> Vec<Case> {
    let on = plain(1, connections);
    let off = Shape { is_synced: false, ..on };
    vec![Case::new("on", on), Case::new(Unsynced::how(engine), off)]
}

/// As many as a request may hold, at most.
pub fn batches(connections: u16) -> Vec<Case> {
    [1, 5, 25, 100, 500].map(|events| of_events(events, connections)).into()
}

/// Single events.
pub fn connections() -> Vec<Case> {
    [1, 8, 64, 256].map(|count| Case::new(count.to_string(), plain(1, count))).into()
}

/// All connections send the same.
pub fn hot(connections: u16) -> Vec<Case> {
    let case = |events: usize| {
        let ids = Kind::REPEATED_EVENTS.max(events);
        let shape = Shape { kind: Kind::Repeated, ..plain(events, connections) };
        Case::new(format!("{events} of {ids} ids"), shape)
    };
    [1, BATCH].map(case).into()
}

/// By validation, and before it.
pub fn rejected(connections: u16) -> Vec<Case> {
    let of = |kind| Shape { kind, ..plain(1, connections) };
    vec![
        Case::new("422, no session", of(Kind::WithoutSession)),
        Case::new("403, another origin", of(Kind::Foreign)),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_steady_rate_is_seven_tenths_of_what_was_reached() {
        let mut cases = base(64);
        cases[1].slow_down(4_246.4);
        assert_eq!(cases[1].shape.per_second, Some(2_972));
        assert_eq!(cases[1].name, "25 events, 2,972/s");
    }
}
