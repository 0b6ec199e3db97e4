"""A fake Stripe of our own: the binary on a free port, standing at a fixed time, gone with the tests."""

import json
import os
import re
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

KEY = "sk_test_of_the_python_client"
SECRET = "whsec_of_the_python_client"
# 1 February 2027, 12:00 UTC.
START = 1801483200
DAY = 86400


@contextmanager
def running() -> Iterator[str]:
    """Starts one, gives its address, and ends it."""
    binary = os.environ["FAKE_STRIPE_BIN"]
    command = [binary, "--addr", "127.0.0.1:0", "--secret-key", KEY, "--webhook-secret", SECRET, "--now", str(START)]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert child.stdout
    try:
        found = re.search(r"listens on (http:\S+)", child.stdout.readline())
        if not found:
            raise RuntimeError("the fake ended before it listened")
        yield found[1]
    finally:
        child.kill()
        child.wait()


def control(url: str, path: str, body: Any) -> Any:
    """Calls the control API."""
    data = json.dumps(body).encode()
    headers = {"content-type": "application/json"}
    request = urllib.request.Request(f"{url}/_fake{path}", data, headers, method="POST")
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)
