"""What a run has not tried, so that it cannot hold for want of trying."""

import json
from collections.abc import Iterable
from typing import Any

# Links in mails lead to the first three, and there are no mails here. With the last a run begins.
NOT_REACHED = {"confirmSignUp", "verifyAddress", "resetPassword", "getDescription"}
# The first three are about a plan that was paid, and nobody pays here; the last needs Stripe's signature.
NOT_DONE = {"changeSeats", "cancelPlan", "resumePlan", "receiveEvent"}


def gaps(document: dict[str, Any], answers: Iterable[str], left_out: str) -> dict[str, list[str]]:
    """The operations that nobody has tried, by what was not tried; `answers` are such as `createRole 201 own`.

    Operations with the tag `left_out` are not meant to be tried.
    """
    described = [one for methods in document["paths"].values() for one in methods.values()]
    operations = {one["operationId"]: one for one in described if left_out not in one["tags"]}
    words = [answer.split(" ") for answer in answers]
    succeeded = {name for name, status, _ in words if status.startswith("2")}
    on_anothers = {name for name, _, whose in words if whose == "another's"}
    about_things = {name for name, one in operations.items() if is_about_things(one)}
    return {
        "never a success": sorted(operations.keys() - succeeded - NOT_REACHED - NOT_DONE),
        "never about another's things": sorted(about_things - on_anothers - NOT_REACHED),
    }


def is_about_things(operation: dict[str, Any]) -> bool:
    """Whether it names something that is in a workspace, or the workspace."""
    text = json.dumps(operation)
    return '"in": "path"' in text or "organizationId is required" in text
