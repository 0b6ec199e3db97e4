"""Calls about things that are there, and the check that nobody is told of a workspace that is not theirs.

Generated ids are well-formed and nobody's, so calls with them end at the first look-up. Here most of them become ids
of the caller's own workspace, and some of a foreign one. What is chosen follows from the generated call alone: a call
that is tried again means the same things.
"""

import atexit
import json
import os
import re
import zlib
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

import schemathesis
from schemathesis import Case, CheckContext, HookContext, Response
from schemathesis.generation.meta import TestPhase

from client import PASSWORD, place
from stage import Stage, address, canary
from stripe import PRICE

CALLER = os.environ["APITEST_CALLER"]
ID = re.compile(r"(org|member|role|invite|src|attempt|token)_[0-7][0-9A-HJKMNP-TV-Z]{25}")
CANARY = re.compile(canary("[a-z]+"))
# They only say where a page begins or whom to look for, and are anybody's.
ANYBODYS = {"cursor", "actorId"}
# After these the own workspace may lack something, or take no more invitations.
WEARING = {"changeMember", "changeOrganization", "acceptTransfer", "acceptInvitation"}

stage = Stage(os.environ["APITEST_URL"], CALLER)
told: set[str] = set()
answers: Counter[str] = Counter()
is_worn = False


@schemathesis.hook
def before_call(_context: HookContext, case: Case[Any], _kwargs: dict[str, Any]) -> None:
    """Makes the call about something."""
    global is_worn
    if is_worn:
        stage.renew()
        is_worn = False
    operation = name_of(case)
    if "/auth/" in case.path:
        case.headers["X-Forwarded-For"] = place()
    is_chained = case.meta is not None and case.meta.phase.name == TestPhase.STATEFUL
    chance = Random(zlib.crc32(repr((operation, case.path_parameters, case.query, case.body)).encode()))
    # All own, all foreign, foreign things in the own workspace, or everything as it happens.
    plan = chance.choices(["own", "foreign", "smuggled", "any"], [45, 30, 15, 10])[0]
    for fields in (case.path_parameters, case.query, case.body):
        if isinstance(fields, dict):
            for name, value in fields.items():
                if isinstance(value, str) and not (is_chained and value in told):
                    fields[name] = chosen(name, value, plan, chance)
    if is_meant_well(case):
        fill(case, operation, plan, chance)


def chosen(field: str, text: str, plan: str, chance: Random) -> str:
    """An id of something instead of one of nothing."""
    found = ID.fullmatch(text)
    if not found:
        # Calls are tried as the peer too, and schemathesis takes words from every answer.
        return CANARY.sub("own", text)
    if plan == "smuggled":
        plan = "own" if field == "organizationId" else "foreign"
    if plan == "any":
        plan = chance.choice(["own", "foreign", "nobody's"])
    if plan == "nobody's":
        return text
    workspace = stage.own if plan == "own" else stage.foreign
    return chance.choice(workspace.ids[found[1]])


def fill(case: Case[Any], operation: str, plan: str, chance: Random) -> None:
    """What no schema can tell: secrets, passwords, addresses of people with accounts, what has been taken."""
    body: Any = case.body
    workspace = stage.foreign if plan == "foreign" else stage.own
    if isinstance(body, dict):
        fill_body(body, operation, plan, chance)
    if any(parameter.name == "organizationId" for parameter in case.operation.query):
        # A chain takes it from an answer, where null means every workspace.
        case.query["organizationId"] = case.query.get("organizationId") or stage.own.ids["org"][0]
    if operation == "deleteOrganization":
        case.query["confirm"] = workspace.slug
    elif operation == "getUnmatchedAttempt" and plan != "foreign":
        # There are few calls of it, and one must succeed.
        case.path_parameters["id"] = stage.unmatched
    elif plan == "any":
        return
    elif operation == "acceptInvitation":
        case.path_parameters["token"] = workspace.secret
    elif operation == "restoreOrganization":
        case.path_parameters["id"] = workspace.deleted


def fill_body(body: dict[str, Any], operation: str, plan: str, chance: Random) -> None:
    """The same for a body."""
    number = chance.randrange(10**9)
    # Where an operation knows neither of these, schemathesis may add one with anything in it: that stays as it is.
    slug, password = body.get("slug"), body.get("password")
    if slug and isinstance(slug, str):
        # Some words are not to be had.
        body["slug"] = f"x{slug.strip()}"[:48].rstrip("-")
    if password and isinstance(password, str):
        # Those that everyone would try first are not to be had.
        body["password"] = f"{password[:64]} {number}"
    if body.get("expiresAt"):
        body["expiresAt"] = "2999-12-31T23:59:59Z"
    if body.get("allowedOrigins"):
        # What a host is, no pattern can say.
        body["allowedOrigins"] = [f"https://{number}.example.com"]
    if plan == "any":
        return
    if operation == "createToken":
        body |= {"email": address("door"), "password": PASSWORD}
    elif operation in ("addMember", "invite"):
        body["email"] = address(chance.choice(["guest", "guest", "spare", "nobody"]))
    elif operation == "inviteMany":
        body["list"] = f"{number}@people.example, Viewer"
    elif operation == "beginCheckout":
        # Which prices are sold stands in the configuration.
        body["priceId"] = PRICE
    elif operation == "offerTransfer" and plan == "own":
        body["memberId"] = stage.own.ids["member"][-1]


def is_meant_well(case: Case[Any]) -> bool:
    """Whether the call is generated to be accepted."""
    return case.meta is not None and case.meta.generation.mode.is_positive


def name_of(case: Case[Any]) -> str:
    """What the document calls the operation."""
    return str(case.operation.definition.raw["operationId"])


@schemathesis.hook
def after_call(_context: HookContext, case: Case[Any], response: Response) -> None:
    """Notes what came of it."""
    global is_worn
    if case.auth_identity == "peer":
        return
    operation = name_of(case)
    answers[f"{operation} {response.status_code} {whose(case)}"] += 1
    if 200 <= response.status_code < 300:
        told.update(found[0] for found in ID.finditer(response.text))
        is_worn |= case.method == "DELETE" or operation in WEARING
    # A young workspace sends no more than so many invitations.
    is_worn |= response.status_code == 429


@schemathesis.check
def other_workspaces_stay_hidden(_context: CheckContext, response: Response, case: Case[Any]) -> None:
    """The caller is told nothing of the foreign workspace, and no call about something in it succeeds."""
    before, found, after = response.text.partition(stage.canary)
    assert not found, f"{CALLER} is told of a workspace that is not theirs: …{before[-300:]}{found}{after[:100]}…"
    if 200 <= response.status_code < 300:
        foreign = foreign_things(case)
        assert not foreign, f"a call of {CALLER} about {foreign} of another workspace succeeds"


def whose(case: Case[Any]) -> str:
    """To whom the things belong that a well-meant call is about."""
    if not is_meant_well(case):
        return "nobody's"
    return "another's" if foreign_things(case) else "own"


def foreign_things(case: Case[Any]) -> set[str]:
    """What the call names that belongs to the foreign workspace."""
    parts = (part for part in (case.path_parameters, case.query, case.body) if isinstance(part, dict))
    named = (pair for part in parts for pair in part.items() if pair[0] not in ANYBODYS)
    return {value for _, value in named if isinstance(value, str)} & stage.foreign_things


@atexit.register
def tell() -> None:
    """Leaves how often each operation was answered with which status, and about whose things."""
    Path(os.environ["APITEST_ANSWERS"]).write_text(json.dumps(answers))
