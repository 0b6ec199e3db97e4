//! What one process may let in of a source this minute.
//!
//! It holds slices of the minute and asks for another before they are used up. Slices grow with what it lets in, so
//! that a process with little to do holds hardly anything back from a busy one, and shrink towards the end of the
//! minute's limit, so that hardly anything of it is left over.

/// A slice is at most this part of the limit, and at most this part of what the last minute let in.
const SLICES: i64 = 50;
/// And this part of what nobody holds yet.
const SHRINKING: i64 = 8;

/// What one process may let in of one minute of a source.
#[derive(Debug, Clone)]
pub struct Allowance {
    limit: i64,
    /// Requests let in.
    used: i64,
    /// Requests that may be let in.
    held: i64,
    /// The last slice.
    slice: i64,
    /// What nobody held when it was last asked, as far as is known; 0: there is no more to be had.
    rest: i64,
    /// What the process held without the ledger's knowing.
    owed: i64,
    /// Requests let in during the minute before.
    before: i64,
}

/// What becomes of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// It is let in.
    In,
    /// It is, and it is time to ask for more.
    InAndLow,
    /// That is known once there was an [`Ask`].
    Ask,
    /// The minute is used up.
    Over,
}

/// What is asked of the ledger.
#[derive(Debug, Clone, Copy)]
pub struct Ask {
    /// So many requests more.
    pub slice: i64,
    /// And so many that the process has taken meanwhile, as the ledger could not be asked.
    pub owed: i64,
    /// As long as all together hold fewer than these.
    pub limit: i64,
}

/// What the ledger says to it.
#[derive(Debug, Clone, Copy)]
pub enum Leased {
    /// The slice was added, and all together come to this.
    Granted(i64),
    /// Nothing was left.
    Nothing,
    /// It cannot be asked.
    Away,
}

impl Allowance {
    /// An allowance that has let nothing in yet; the minute before let in `before`.
    pub const fn new(limit: i64, before: i64) -> Self {
        Self { limit, used: 0, held: 0, slice: 0, rest: limit, owed: 0, before }
    }

    /// The whole minute at once, for a process that shares with nobody.
    pub fn hold_all(&mut self, limit: i64) {
        (self.limit, self.held, self.rest) = (limit, limit, 0);
    }

    /// Lets one request in, if there is room.
    pub fn take(&mut self, limit: i64) -> Taken {
        self.hold_to(limit);
        if self.used < self.held {
            self.used += 1;
            let is_low = self.rest > 0 && self.held - self.used < self.slice / 4;
            return if is_low { Taken::InAndLow } else { Taken::In };
        }
        if self.rest > 0 { Taken::Ask } else { Taken::Over }
    }

    /// What to ask for now.
    pub fn ask(&self) -> Ask {
        let pace = self.used.max(self.before / SLICES);
        let most = (self.limit / SLICES).min(self.rest / SHRINKING);
        Ask { slice: pace.min(most).max(1), owed: self.owed, limit: self.limit }
    }

    /// What came of it. While the ledger is away the process goes on by its own count, and owes it what it holds.
    pub fn answer(&mut self, ask: Ask, answer: Leased) {
        if matches!(answer, Leased::Granted(_)) {
            self.owed -= ask.owed;
        }
        if ask.limit != self.limit {
            return;
        }
        self.slice = ask.slice;
        match answer {
            Leased::Granted(all) => {
                let below = self.limit - (all - ask.slice);
                self.held += below.clamp(0, ask.slice);
                self.rest = (self.limit - all).max(0);
            }
            Leased::Nothing => self.rest = 0,
            Leased::Away => {
                let credit = (self.limit - self.held).clamp(0, ask.slice);
                self.held += credit;
                self.owed += credit;
                self.rest = (self.limit - self.held).max(0);
            }
        }
    }

    /// Requests let in.
    pub const fn used(&self) -> i64 {
        self.used
    }

    /// A limit that has changed holds at once: what was held under a higher one may be too much.
    fn hold_to(&mut self, limit: i64) {
        if limit < self.limit {
            self.held = self.used;
        }
        if limit != self.limit {
            (self.limit, self.rest) = (limit, limit);
        }
    }
}

#[cfg(test)]
#[path = "allowance_tests.rs"]
mod tests;
