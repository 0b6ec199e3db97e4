//! Several allowances over one ledger, in every order that chance makes.

use proptest::prelude::*;

use super::*;

/// As the statement in the database counts.
#[derive(Debug, Default)]
struct Ledger(i64);

impl Ledger {
    fn lease(&mut self, ask: Ask) -> Leased {
        if self.0 >= ask.limit {
            return Leased::Nothing;
        }
        self.0 += ask.slice + ask.owed;
        Leased::Granted(self.0)
    }
}

#[derive(Debug, Clone)]
enum Step {
    /// A request arrives.
    Request,
    /// The process asks, the ledger is told, and the answer arrives; or it never does.
    Ask,
    Lease,
    Answer,
    LoseAnswer,
    /// The process hears of another limit.
    Hear(usize),
}

#[derive(Debug)]
struct Process {
    allowance: Allowance,
    limit: i64,
    asked: Option<Ask>,
    answer: Option<Leased>,
}

impl Process {
    fn new(limit: i64) -> Self {
        Self { allowance: Allowance::new(limit, 0), limit, asked: None, answer: None }
    }

    fn step(&mut self, step: &Step, ledger: &mut Ledger, limits: &[i64]) {
        match step {
            Step::Request => drop(self.allowance.take(self.limit)),
            Step::Ask if self.asked.is_none() => self.asked = Some(self.allowance.ask()),
            Step::Lease if self.answer.is_none() => {
                self.answer = self.asked.map(|ask| ledger.lease(ask));
            }
            Step::Answer => {
                if let Some(answer) = self.answer.take()
                    && let Some(ask) = self.asked.take()
                {
                    self.allowance.answer(ask, answer);
                }
            }
            Step::LoseAnswer if self.answer.take().is_some() => self.asked = None,
            Step::Hear(at) => self.limit = limits[at % limits.len()],
            _ => {}
        }
    }

    /// One request after the other until one is refused; tells how many were let in.
    fn drain(&mut self, ledger: &mut Ledger) -> i64 {
        let before = self.allowance.used();
        loop {
            match self.allowance.take(self.limit) {
                Taken::In => {}
                Taken::Over => return self.allowance.used() - before,
                Taken::InAndLow | Taken::Ask => {
                    let ask = self.allowance.ask();
                    self.allowance.answer(ask, ledger.lease(ask));
                }
            }
        }
    }
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => Just(Step::Request),
        4 => Just(Step::Ask),
        4 => Just(Step::Lease),
        4 => Just(Step::Answer),
        1 => Just(Step::LoseAnswer),
        1 => (0_usize..4).prop_map(Step::Hear),
    ]
}

proptest! {
    #[test]
    fn all_together_never_let_in_more_than_the_limit(
        limits in prop::collection::vec(1_i64..200, 1..4),
        steps in prop::collection::vec((0_usize..4, step()), 0..1_000),
    ) {
        let mut ledger = Ledger::default();
        let mut processes: Vec<_> = (0..4).map(|_| Process::new(limits[0])).collect();
        for (at, step) in &steps {
            processes[*at].step(step, &mut ledger, &limits);
        }
        // And to the end, as each last heard.
        for process in &mut processes {
            process.drain(&mut ledger);
        }
        let all: i64 = processes.iter().map(|process| process.allowance.used()).sum();
        let highest = limits.iter().copied().max().unwrap_or_default();
        prop_assert!(all <= highest, "{all} of {highest}");
    }

    #[test]
    fn a_busy_process_gets_nearly_all_of_it_while_others_have_little_to_do(
        limit in 20_i64..20_000,
        little in 0_i64..3,
    ) {
        let mut ledger = Ledger::default();
        let mut idle: Vec<_> = (0..4).map(|_| Process::new(limit)).collect();
        for process in &mut idle {
            for _ in 0..little {
                if process.allowance.take(limit) == Taken::Ask {
                    let ask = process.allowance.ask();
                    process.allowance.answer(ask, ledger.lease(ask));
                    process.allowance.take(limit);
                }
            }
        }
        let mut busy = Process::new(limit);
        let all = busy.drain(&mut ledger) + 4 * little;
        prop_assert!(all * 100 >= limit * 95, "{all} of {limit}");
    }

    #[test]
    fn without_the_ledger_a_process_counts_to_the_limit_by_itself(limit in 1_i64..2_000) {
        let mut allowance = Allowance::new(limit, 0);
        let mut asked = 0;
        loop {
            match allowance.take(limit) {
                Taken::In => {}
                Taken::Over => break,
                Taken::InAndLow | Taken::Ask => {
                    asked += 1;
                    allowance.answer(allowance.ask(), Leased::Away);
                }
            }
        }
        prop_assert_eq!(allowance.used(), limit);
        prop_assert!(asked < 150, "asked {} times", asked);
    }
}

#[test]
fn what_was_let_in_without_the_ledger_is_told_to_it_later() {
    let (mut ledger, limit) = (Ledger::default(), 3_000);
    let mut processes = [Process::new(limit), Process::new(limit)];
    for process in &mut processes {
        for _ in 0..500 {
            if matches!(process.allowance.take(limit), Taken::Ask | Taken::InAndLow) {
                let ask = process.allowance.ask();
                process.allowance.answer(ask, Leased::Away);
            }
        }
    }
    // It is back, and each asks for the next slice.
    for process in &mut processes {
        let ask = process.allowance.ask();
        process.allowance.answer(ask, ledger.lease(ask));
    }
    for process in &mut processes {
        process.drain(&mut ledger);
    }
    let all: i64 = processes.iter().map(|process| process.allowance.used()).sum();
    assert_eq!(all, limit);
}

#[test]
fn a_minute_that_is_used_up_takes_few_questions() {
    for (limit, before) in [(6_000, 0), (6_000, 6_000), (1_000_000, 0), (60, 0)] {
        let (mut ledger, mut allowance, mut asked, mut waited) =
            (Ledger::default(), Allowance::new(limit, before), 0, 0);
        loop {
            let taken = allowance.take(limit);
            match taken {
                Taken::In => {}
                Taken::Over => break,
                Taken::InAndLow | Taken::Ask => {
                    asked += 1;
                    waited += i32::from(taken == Taken::Ask);
                    let ask = allowance.ask();
                    allowance.answer(ask, ledger.lease(ask));
                }
            }
        }
        assert_eq!(allowance.used(), limit);
        assert!(asked <= 160, "{limit} after {before}: asked {asked} times");
        assert!(waited <= 60, "{limit} after {before}: waited {waited} times");
    }
}

#[test]
fn a_limit_that_is_lowered_or_raised_holds_at_once() {
    let mut ledger = Ledger::default();
    let mut process = Process::new(100);
    assert_eq!(process.drain(&mut ledger), 100);
    process.limit = 150;
    assert_eq!(process.drain(&mut ledger), 50);
    process.limit = 100;
    assert_eq!(process.drain(&mut ledger), 0);
    let (mut ledger, mut busy) = (Ledger::default(), Process::new(6_000));
    for _ in 0..3_000 {
        if matches!(busy.allowance.take(6_000), Taken::Ask | Taken::InAndLow) {
            let ask = busy.allowance.ask();
            let answer = ledger.lease(ask);
            busy.allowance.answer(ask, answer);
        }
    }
    assert!(busy.allowance.held > busy.allowance.used);
    assert_eq!(busy.allowance.take(10), Taken::Ask, "what it holds is not used any more");
}
