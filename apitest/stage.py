"""What callers find: a workspace that is theirs, one that is not, and in each one thing of every kind."""

import json
from dataclasses import dataclass
from typing import Any

from client import Person, Refused

ORIGIN = "https://app.example.com"
BOOTSTRAP = {
    "ingestVersion": 2,
    "sdkVersion": "0.2.0",
    "anonymousId": "vis_abc123",
    "sessionId": None,
    "userId": None,
    "page": {"url": f"{ORIGIN}/", "path": "/", "title": "Home", "referrer": None},
    "context": {},
}

CALLERS = ("owner", "admin", "viewer", "stranger")
# Who is there beside the callers: members whom one can lose, people whom one can add, and a host who invites.
EXTRAS = ("spare", "guest", "host", "door")


@dataclass
class Workspace:
    """A workspace and what is in it."""

    slug: str
    # By the kind of thing, which is the word that its ids begin with.
    ids: dict[str, list[str]]
    # One that was deleted and can be had back.
    deleted: str
    # The end of an invitation's link.
    secret: str


class Stage:
    """Everything that one caller's calls are about."""

    def __init__(self, url: str, caller: str) -> None:
        self.people = {name: Person(url, address(name)) for name in (*CALLERS, *EXTRAS)}
        self.caller = caller
        self.is_stranger = caller == "stranger"
        # In every name of the foreign workspace; nothing that the caller is told may hold it.
        self.canary = canary(caller)
        # It stays as it is, or something is wrong.
        self.foreign = self.furnished(not self.is_stranger, self.canary)
        things = {one for kind in self.foreign.ids.values() for one in kind}
        self.foreign_things = things | {self.foreign.deleted, self.foreign.secret}
        self.unmatched = self.attempt_without_a_source()
        self.count = 0
        self.own = self.renew()

    def renew(self) -> Workspace:
        """Another own workspace, after something of the former has gone."""
        self.count += 1
        mark = f"{self.caller}-{self.count}"
        self.own = self.furnished(self.is_stranger, f"own-{mark}")
        self.own.secret = self.invitation_to_the_caller(mark)
        return self.own

    def furnished(self, is_strangers: bool, name: str) -> Workspace:
        """A workspace of the stranger, or one of the other three."""
        return (
            self.workspace("stranger", name, ()) if is_strangers else self.workspace("owner", name, ("Admin", "Viewer"))
        )

    def workspace(self, owner: str, name: str, team: tuple[str, ...]) -> Workspace:
        """A furnished workspace; everything in it has `name` in its name."""
        person = self.people[owner]
        organization = person.post("/api/organizations", {"name": name})["organization"]
        here = {"organizationId": organization["id"]}
        roles = person.call("GET", f"/api/roles?organizationId={organization['id']}")["roles"]
        role_of = {role["name"]: role["id"] for role in roles}

        def member(who: str, role: str) -> Any:
            return person.post("/api/members", here | {"email": address(who), "roleId": role_of[role]})["member"]

        members = {role: member(role.lower(), role) for role in team}
        spare = member("spare", "Viewer")
        if team:
            person.post(f"/api/organizations/{organization['id']}/transfer", {"memberId": members["Admin"]["id"]})
        role = person.post("/api/roles", here | {"name": name, "permissions": ["analytics.report"]})["role"]
        invitation = person.post(
            "/api/invitations", here | {"email": f"{name}@example.com", "roleId": role_of["Viewer"]}
        )
        source = person.post("/api/tracking-sources", here | {"name": name, "allowedOrigins": [ORIGIN]})["source"]
        attempt = person.send(
            "POST", f"/api/ingest/v2/{source['publicKey']}/bootstrap", BOOTSTRAP | {"anonymousId": name}, Origin=ORIGIN
        )
        whose = self.people[owner if self.is_stranger or owner == "stranger" else self.caller]
        token = whose.post("/api/tokens", {"name": name})["token"]
        gone = person.post("/api/organizations", {"name": f"{name} gone"})["organization"]
        person.call("DELETE", f"/api/organizations/{gone['id']}?confirm={gone['slug']}")
        return Workspace(
            slug=organization["slug"],
            ids={
                "org": [organization["id"]],
                "member": [spare["id"], *(one["id"] for one in members.values())],
                "role": [role["id"], role_of["Viewer"]],
                "invite": [invitation["invitation"]["id"]],
                "src": [source["id"]],
                "attempt": [attempt["attemptId"]],
                "token": [token["id"]],
            },
            deleted=gone["id"],
            secret=end_of(invitation["link"]),
        )

    def attempt_without_a_source(self) -> str:
        """One of a key that no source has; whoever runs the instance may open it."""
        path = "/api/ingest/v2/pk_nobodys/bootstrap"
        try:
            self.people[self.caller].send("POST", path, BOOTSTRAP, Origin=ORIGIN)
        except Refused as refused:
            return str(json.loads(refused.text)["attemptId"])
        raise AssertionError("a key that nobody has is taken")

    def invitation_to_the_caller(self, mark: str) -> str:
        """The end of a link that makes the caller a member of a third workspace."""
        host = self.people["host"]
        organization = host.post("/api/organizations", {"name": f"party-{mark}"})["organization"]
        here = {"organizationId": organization["id"]}
        roles = host.call("GET", f"/api/roles?organizationId={organization['id']}")["roles"]
        viewer = next(role["id"] for role in roles if role["name"] == "Viewer")
        invited = host.post("/api/invitations", here | {"email": address(self.caller), "roleId": viewer})
        return end_of(invited["link"])


def canary(caller: str) -> str:
    """What nothing else is called."""
    return f"canary-other-{caller}-7f3a"


def address(name: str) -> str:
    """Where someone gets mail."""
    return f"{name}@people.example"


def end_of(link: str) -> str:
    """What a link ends with."""
    return link.rsplit("/", 1)[1]
