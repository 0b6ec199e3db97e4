//! What was typed into a form, and what was wrong with it.

use model::{Code, wire::team::Seats};

use crate::{format, problem::Door, team::MoreSeats};

/// The state of a form: empty at first, or what a refused one was sent with.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Form {
    values: Vec<(String, String)>,
    errors: Vec<(String, String)>,
    problem: Option<Problem>,
}

/// A fault of the form as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What happened, in a few words.
    pub title: String,
    /// What to do, in a sentence.
    pub fix: String,
    /// Where that can be done.
    pub doors: Vec<Door>,
}

impl Form {
    /// A form that was sent with these fields, by name. A password among them is never shown again.
    #[must_use]
    pub fn sent(values: impl IntoIterator<Item = (String, String)>) -> Self {
        let values = values.into_iter().filter(|(name, _)| !is_secret(name)).collect();
        Self { values, ..Self::default() }
    }

    /// Adds what is wrong with one field, in a sentence.
    #[must_use]
    pub fn with_error(mut self, field: &str, sentence: &str) -> Self {
        self.errors.push((field.to_owned(), sentence.to_owned()));
        self
    }

    /// Adds what is wrong with the form as a whole.
    #[must_use]
    pub fn with_problem(mut self, title: &str, fix: &str) -> Self {
        self.problem =
            Some(Problem { title: title.to_owned(), fix: fix.to_owned(), doors: Vec::new() });
        self
    }

    /// The same for a page on which the form itself is not to be seen: what is wrong with its first field is said of it all.
    #[must_use]
    pub fn without_fields(self) -> Self {
        match self.errors.first().cloned() {
            Some((_, sentence)) if self.problem.is_none() => {
                Self { errors: Vec::new(), ..self.with_problem(&sentence, "") }
            }
            _ => self,
        }
    }

    /// Adds where something can be done about the problem.
    #[must_use]
    pub fn with_door(mut self, label: &str, href: &str) -> Self {
        if let Some(problem) = &mut self.problem {
            problem.doors.push(Door { label: label.to_owned(), href: href.to_owned() });
        }
        self
    }

    /// Adds that every seat of the workspace is taken, with the places on Team where room is made.
    #[must_use]
    pub fn with_no_seat(self, seats: Seats, more: &MoreSeats) -> Self {
        let Seats { used, limit, pending } = seats;
        let title = match limit {
            Some(limit) => format!("There is no free seat: {used} of {limit} are used."),
            None => "There is no free seat.".to_owned(),
        };
        let others = format!("{}.", more.words());
        // A plan may have become smaller than the team is.
        let wanted = limit.map_or(1, |limit| used - limit + 1);
        let first = format!("{wanted} seats have to come free first");
        if pending == 0 {
            let fix = if wanted > 1 {
                format!("{first}: remove members, or {others}")
            } else {
                format!("Remove a member, or {others}")
            };
            return self.with_problem(&title, &fix).with_way(more).with_door("Members", "#members");
        }
        let held = match (wanted, pending) {
            (2.., 1) => format!("{first}. One is held by an open invitation: revoke it"),
            (2.., _) => format!("{first}. {pending} are held by open invitations: revoke them"),
            (_, 1) => "One is held by an open invitation: revoke it".to_owned(),
            _ => format!("{pending} are held by open invitations: revoke one"),
        };
        let member = if wanted > 1 { "remove members" } else { "remove a member" };
        let fix = format!("{held}, {member}, or {others}");
        self.with_problem(&title, &fix)
            .with_way(more)
            .with_door("Open invitations", "#invitations")
            .with_door("Members", "#members")
    }

    fn with_way(self, more: &MoreSeats) -> Self {
        match more.door() {
            Some((label, href)) => self.with_door(label, &href),
            None => self,
        }
    }

    /// Adds that the workspace has sent as many invitations as it may in a day, and in how many seconds the next can go.
    #[must_use]
    pub fn with_daily_limit(self, per_day: i64, wait_s: u64) -> Self {
        let (sent, wait) = (format::count(per_day, "invitation"), format::wait(wait_s));
        self.with_problem(
            &format!("This workspace has sent {sent} within a day."),
            &format!("While it is young it sends no more. The next can go out in {wait}."),
        )
    }

    /// Adds what a code of the catalogue says, in the words of somebody at a form.
    #[must_use]
    pub fn with_code(self, code: Code) -> Self {
        match code {
            Code::InvalidCredentials => self.with_problem(
                "That e-mail and password do not match.",
                "Check both and try again. Capital letters count in the password.",
            ),
            Code::EmailTaken => self.with_error(
                "email",
                "An account with this e-mail exists already. Sign in instead, or use another address.",
            ),
            Code::SlugTaken => {
                self.with_error("slug", "This address is taken. Choose another; any will do.")
            }
            Code::RoleNameTaken => {
                self.with_error("name", "Another role has this name. Choose one that tells them apart.")
            }
            Code::AlreadyMember => {
                self.with_error("email", "They belong to this workspace already. Their role can be changed in the list.")
            }
            Code::LastOwner => self.with_problem(
                "You are the last owner.",
                "A workspace always has one. Make someone else an owner first.",
            ),
            Code::TransferNotFound => self.with_problem(
                "This offer is gone.",
                "It was taken back, answered or has ended. An owner can make it again.",
            ),
            Code::RoleInUse => self.with_problem(
                "Members or open invitations have this role.",
                "Give those members another role and revoke those invitations; then delete it.",
            ),
            Code::TooManyRequests => self.with_problem(
                "Too many tries in a short time.",
                "Wait a minute, then try again. Nothing is locked.",
            ),
            other => {
                let entry = other.entry();
                self.with_problem(entry.message, entry.fix)
            }
        }
    }

    /// What was sent under `field`; `None` when the form was not sent.
    #[must_use]
    pub fn value(&self, field: &str) -> Option<&str> {
        self.values.iter().find(|(name, _)| name == field).map(|(_, value)| value.as_str())
    }

    /// Whether anything was sent at all; an absent checkbox then means "off".
    #[must_use]
    pub const fn was_sent(&self) -> bool {
        !self.values.is_empty()
    }

    /// What is wrong with `field`.
    #[must_use]
    pub fn error(&self, field: &str) -> Option<&str> {
        self.errors.iter().find(|(name, _)| name == field).map(|(_, sentence)| sentence.as_str())
    }

    /// Whether any field is at fault.
    #[must_use]
    pub const fn has_errors(&self) -> bool {
        !self.errors.is_empty()
    }

    /// Whether `field` is where the cursor belongs: on the first field at fault, so that the browser brings it
    /// into sight, or else where the form `begins`.
    #[must_use]
    pub fn has_focus(&self, field: &str, begins: bool) -> bool {
        self.errors.first().map_or(begins, |(name, _)| name == field)
    }

    /// What is wrong with the form as a whole.
    #[must_use]
    pub const fn problem(&self) -> Option<&Problem> {
        self.problem.as_ref()
    }
}

fn is_secret(field: &str) -> bool {
    field.to_ascii_lowercase().contains("password")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::team::Way;

    #[test]
    fn the_cursor_belongs_to_the_first_field_at_fault() {
        let form = Form::default().with_error("slug", "taken").with_error("name", "empty");
        assert!(form.has_focus("slug", false));
        assert!(!form.has_focus("name", true));
        assert!(Form::default().has_focus("name", true));
    }

    #[test]
    fn a_refused_seat_tells_how_it_stands_and_where_room_is_made() {
        let told = |used, pending| {
            let form = Form::default()
                .with_no_seat(Seats { used, limit: Some(4), pending }, &MoreSeats::AskInstance);
            let problem = form.problem().cloned().unwrap();
            let doors: Vec<String> = problem.doors.into_iter().map(|door| door.href).collect();
            (problem.title, problem.fix, doors.join(" "))
        };
        let (title, fix, doors) = told(4, 2);
        assert_eq!(title, "There is no free seat: 4 of 4 are used.");
        assert!(fix.starts_with("2 are held by open invitations"), "{fix}");
        assert_eq!(doors, "#invitations #members");
        let (title, fix, doors) = told(4, 0);
        assert_eq!(title, "There is no free seat: 4 of 4 are used.");
        assert!(fix.starts_with("Remove a member, or ask"), "{fix}");
        assert_eq!(doors, "#members");
    }

    #[test]
    fn who_can_buy_seats_is_led_there_first() {
        let more = MoreSeats::Yours(Way::AddSeats, Some("/acme/billing".to_owned()));
        let form =
            Form::default().with_no_seat(Seats { used: 4, limit: Some(4), pending: 0 }, &more);
        let problem = form.problem().cloned().unwrap();
        assert_eq!(problem.doors[0].href, "/acme/billing");
        assert!(problem.fix.contains("or add seats."), "{}", problem.fix);
        let more = MoreSeats::Yours(Way::ChangePlan, Some("/acme/billing".to_owned()));
        let form =
            Form::default().with_no_seat(Seats { used: 4, limit: Some(4), pending: 0 }, &more);
        let problem = form.problem().cloned().unwrap();
        assert_eq!(problem.doors[0].label, "Change the plan");
        assert!(problem.fix.contains("or change the plan."), "{}", problem.fix);
    }

    #[test]
    fn where_a_form_is_not_to_be_seen_its_error_is_told_all_the_same() {
        let form = Form::default().with_error("quantity", "Type a number.").without_fields();
        assert_eq!(form.problem().map(|problem| problem.title.as_str()), Some("Type a number."));
        assert!(!form.has_errors());
    }

    #[test]
    fn where_more_are_in_than_may_be_it_is_told_how_many_seats_have_to_come_free() {
        let told = |used, pending| {
            let form = Form::default()
                .with_no_seat(Seats { used, limit: Some(4), pending }, &MoreSeats::AskInstance);
            form.problem().cloned().unwrap().fix
        };
        let fix = told(6, 2);
        assert!(fix.starts_with("3 seats have to come free first. 2 are held by"), "{fix}");
        assert!(fix.contains("revoke them, remove members, or ask"), "{fix}");
        let fix = told(6, 0);
        assert!(fix.starts_with("3 seats have to come free first: remove members"), "{fix}");
    }

    #[test]
    fn a_password_is_never_kept_to_be_shown_again() {
        let form = Form::sent([
            ("email".to_owned(), "mira@acme.dev".to_owned()),
            ("password".to_owned(), "correct horse".to_owned()),
        ]);
        assert_eq!(form.value("email"), Some("mira@acme.dev"));
        assert_eq!(form.value("password"), None);
        assert!(!format!("{form:?}").contains("correct horse"));
    }
}
