"""A Stripe that is none, on a free port, so that plans are sold and no money moves."""

import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

# What the fake has to sell.
PRICE = "price_team_monthly"
# Who pays nothing has seats enough for all that is tried.
PLANS = f'[{{name="Free",seats=1000}},{{name="Team",price="{PRICE}",per_seat=true}}]'


@contextmanager
def running() -> Iterator[dict[str, str]]:
    """Starts one, gives what a Tiny must be told to sell through it, and ends it."""
    command = [os.environ["FAKE_STRIPE_BIN"], "--addr", "127.0.0.1:0"]
    child = subprocess.Popen(command, env={}, stdout=subprocess.PIPE, text=True)
    assert child.stdout
    try:
        found = re.search(r"listens on (http:\S+)", child.stdout.readline())
        if not found:
            raise RuntimeError("the fake Stripe ended before it listened")
        yield {
            "TINY_STRIPE_API_BASE": found[1],
            "TINY_STRIPE_SECRET_KEY": "sk_test_fake",
            "TINY_STRIPE_WEBHOOK_SECRETS": "whsec_fake",
            "TINY_PLANS": PLANS,
        }
    finally:
        child.kill()
        child.wait()
