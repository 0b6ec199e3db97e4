//! What people do themselves, and no tool for them.

use audit::Actor;

use crate::{Error, Result};

/// Goes on only when a person acts, and not a tool with a token of theirs, however much that permits. For what is done
/// outside of a workspace that one belongs to; inside it is [`Team::require_person`](crate::team::Team::require_person).
pub(crate) fn require_person(actor: Actor) -> Result<()> {
    if actor.is_tool { Err(Error::Forbidden) } else { Ok(()) }
}
