//! Actions in words.

/// Groups of actions, as the filter names them: the word before the dot, and what it means.
pub(super) const GROUPS: [(&str, &str); 6] = [
    ("", "Everything"),
    ("member", "Members"),
    ("invitation", "Invitations"),
    ("source", "Sources"),
    ("organization", "Workspace"),
    ("access", "Refused"),
];

/// What was done, in words; an action that this version does not know says its own name.
pub(super) fn words(action: &str) -> &str {
    match action {
        "organization.created" => "made the workspace",
        "member.joined" => "joined by invitation",
        "member.added" => "added a member",
        "member.changed" => "changed a member",
        "member.removed" => "removed a member",
        "member.left" => "left",
        "invitation.created" => "invited someone",
        "invitation.resent" => "sent an invitation again",
        "invitation.revoked" => "revoked an invitation",
        "source.created" => "made a source",
        "source.updated" => "changed a source",
        "source.key_regenerated" => "rotated a source's key",
        "access.denied" => "was refused",
        other => other,
    }
}
