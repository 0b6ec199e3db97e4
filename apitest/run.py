"""Calls every operation that an instance describes, as four people, and counts what held.

Arguments go to schemathesis: `--max-examples 200`, `--seed 7`, `--include-operation-id createRole`.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import server
from client import PASSWORD, Person
from gaps import gaps
from stage import CALLERS, EXTRAS, address

HERE = Path(__file__).parent
AT_ONCE = 2
# Whoever has the key may send, so there is no caller to try it as; `fuzz` makes up its bodies.
INGEST = "Ingest"


@dataclass
class Outcome:
    """How the calls of one person went."""

    caller: str
    passed: int
    failed: int
    # How often each operation was answered with which status, and about whose things: `createRole 201 own`.
    answers: dict[str, int]
    output: str
    seconds: float


def main(arguments: list[str]) -> int:
    """Ends with how many operations held for how many people, and with 1 if any did not."""
    with server.running() as url, tempfile.TemporaryDirectory(prefix="tiny-apitest-") as folder:
        with urllib.request.urlopen(f"{url}/api/openapi.json") as reply:
            document = json.load(reply)
        for name in (*CALLERS, *EXTRAS):
            Person(url, address(name)).sign_up()
        with ThreadPoolExecutor(AT_ONCE) as pool:
            outcomes = list(pool.map(lambda caller: run(url, caller, Path(folder, caller), arguments), CALLERS))
    for outcome in outcomes:
        if outcome.failed:
            print(outcome.output)
    for outcome in outcomes:
        calls = sum(outcome.answers.values())
        print(f"{outcome.caller:<9}{outcome.passed:>4} passed {outcome.failed:>3} failed", end="")
        print(f"{calls:>7} calls {outcome.seconds:>5.0f} s")
    passed = sum(outcome.passed for outcome in outcomes)
    failed = sum(outcome.failed for outcome in outcomes)
    # Whoever narrows the run down has asked for less.
    if not any("clude" in argument or "phases" in argument for argument in arguments):
        answers = {answer for outcome in outcomes for answer in outcome.answers}
        for what, operations in gaps(document, answers, INGEST).items():
            passed, failed = passed + (not operations), failed + bool(operations)
            if operations:
                print(f"{what}: {', '.join(operations)}")
    print(f"api: {passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


def run(url: str, caller: str, folder: Path, arguments: list[str]) -> Outcome:
    """Calls everything as one person."""
    started = time.monotonic()
    folder.mkdir()
    people, answers, report = folder / "people.json", folder / "answers.json", folder / "report.xml"
    people.write_text(json.dumps(people_of(caller)))
    environment = os.environ | {
        "APITEST_URL": url,
        "APITEST_CALLER": caller,
        "APITEST_PEOPLE": str(people),
        "APITEST_ANSWERS": str(answers),
        "HYPOTHESIS_STORAGE_DIRECTORY": str(Path(sys.prefix, "hypothesis")),
        "PYTHONPATH": str(HERE),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    command = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(HERE / "schemathesis.toml"), "run"]
    command += [f"{url}/api/openapi.json", "--no-color", "--report-junit-path", str(report)]
    command += ["--exclude-tag", INGEST, *arguments]
    child = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    passed, failed = counted(report)
    # It may have failed beside its tests, or without any.
    failed = max(failed, int(child.returncode != 0 or passed == 0))
    said = json.loads(answers.read_text()) if answers.exists() else {}
    return Outcome(caller, passed, failed, said, child.stdout + child.stderr, time.monotonic() - started)


def counted(report: Path) -> tuple[int, int]:
    """How many tests held and how many did not. One is an operation in all its phases, or all the chains of calls."""
    if not report.exists():
        return 0, 0
    suites = ElementTree.parse(report).getroot()
    tests, failures, errors, skipped = (int(suites.get(key, "0")) for key in ("tests", "failures", "errors", "skipped"))
    return tests - failures - errors - skipped, failures + errors + skipped


def people_of(caller: str) -> dict[str, object]:
    """Who calls, and as whom to try the same calls, in the form that schemathesis takes."""
    other = "owner" if caller == "stranger" else "stranger"
    return {"auth": [signed_in("caller", caller), signed_in("peer", other)]}


def signed_in(name: str, person: str) -> dict[str, object]:
    """How someone gets a token."""
    credentials = {"username": address(person), "password": PASSWORD}
    return {
        "name": name,
        "loginEndpointAuth": {
            "endpoint": "/api/auth/token",
            "verb": "POST",
            "contentType": "application/json",
            "payloadUserPwd": credentials | {"usernameField": "email", "passwordField": "password"},
            "token": {
                "extractFrom": "body",
                "extractSelector": "/accessToken",
                "sendIn": "header",
                "sendName": "Authorization",
                "sendTemplate": "Bearer {token}",
            },
        },
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
