//! Actions in words.

/// Groups of actions, as the filter names them: the word before the dot, and what it means.
pub(super) const GROUPS: [(&str, &str); 10] = [
    ("", "Everything"),
    ("member", "Members"),
    ("invitation", "Invitations"),
    ("role", "Roles"),
    ("ownership", "Ownership"),
    ("seats", "Seats"),
    ("source", "Sources"),
    ("organization", "Workspace"),
    ("token", "Access tokens"),
    ("access", "Refused"),
];

/// What was done, in words; an action that this version does not know says its own name.
pub(super) fn words(action: &str) -> &str {
    match action {
        "organization.created" => "made the workspace",
        "organization.changed" => "changed the workspace's name or address",
        "organization.deleted" => "deleted the workspace",
        "organization.restored" => "brought the workspace back",
        "ownership.offered" => "offered the workspace to someone",
        "ownership.transferred" => "took over the workspace",
        "ownership.withdrawn" => "took an offer of the workspace back",
        "ownership.declined" => "declined the workspace",
        "member.joined" => "joined by invitation",
        "member.added" => "added a member",
        "member.changed" => "changed a member",
        "member.removed" => "removed a member",
        "member.left" => "left",
        "invitation.created" => "invited someone",
        "invitation.resent" => "sent an invitation again",
        "invitation.revoked" => "revoked an invitation",
        "seats.changed" => "changed how many seats there are",
        "plan.checkout_opened" => "went to buy a plan",
        "plan.changed" => "changed the plan",
        "role.created" => "made a role",
        "role.changed" => "changed a role",
        "role.deleted" => "deleted a role",
        "token.created" => "made an access token",
        "token.revoked" => "revoked an access token",
        "source.created" => "made a source",
        "source.updated" => "changed a source",
        "source.key_regenerated" => "rotated a source's key",
        "access.denied" => "was refused",
        other => other,
    }
}
