//! A page that failed, said to a person.

mod view;

pub use view::page;

use model::Code;

/// What stands where a page could not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProblemPage {
    /// The HTTP status.
    pub status: u16,
    /// What happened, in a few words.
    pub title: String,
    /// Why, in a sentence.
    pub cause: String,
    /// What to do, in a sentence.
    pub fix: String,
    /// Where to go next.
    pub door: Door,
    /// The id of this exchange.
    pub request_id: String,
}

/// A link that leads on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Door {
    /// Its words.
    pub label: String,
    /// Its path.
    pub href: String,
}

impl ProblemPage {
    /// The page of `code`, with the way back to the start as its door.
    #[must_use]
    pub fn of(code: Code, request_id: &str) -> Self {
        let entry = code.entry();
        let (title, cause, fix) = match entry.status {
            404 if code != Code::LinkNotFound => (
                "Nothing is here",
                "The address is mistyped, the thing was removed, or it belongs to a workspace you \
                 are not a member of.",
                "Check the address, or search for the id you have.",
            ),
            403 if code == Code::Forbidden => (
                "You cannot open this",
                "Your role does not allow it, or the address belongs to a workspace you are not a \
                 member of.",
                "Ask an owner of the workspace, or sign in with another account.",
            ),
            503 => (
                "Tiny cannot answer right now",
                "It is starting, stopping, or has more to do than it can take.",
                "Try again in a few seconds. Nothing you did caused this.",
            ),
            500.. => (
                "This did not work",
                "Something failed on our side; it was nothing you did.",
                "Try again in a moment. If it happens again, give the request id below to whoever \
                 runs this instance: the log says the rest.",
            ),
            _ => (entry.message, entry.means, entry.fix),
        };
        Self {
            status: entry.status,
            title: title.to_owned(),
            cause: cause.to_owned(),
            fix: fix.to_owned(),
            door: Door { label: "Back to the start".to_owned(), href: "/".to_owned() },
            request_id: request_id.to_owned(),
        }
    }
}
