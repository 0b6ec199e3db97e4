"""A Tiny of our own: the binary on a free port, with a data folder that goes away with it, and plans to sell."""

import json
import os
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import stripe

START_SECONDS = 20
# The server gives open connections 10 seconds.
STOP_SECONDS = 20


@contextmanager
def running() -> Iterator[str]:
    """Starts one, gives its address, and stops it; what it logs as an error is an error here."""
    with tempfile.TemporaryDirectory(prefix="tiny-apitest-") as folder, stripe.running() as shop:
        log = Path(folder, "log")
        port = free_port()
        # Nothing of the caller's environment may reach it.
        environment = {
            "TINY_ADDR": f"127.0.0.1:{port}",
            "TINY_DATA_DIR": folder,
            "TINY_LOG": "warn",
            "TINY_LOG_FORMAT": "json",
            "TINY_API_RATE_PER_MINUTE": "1000000",
            # So that calls may come from many addresses, each with tries of its own.
            "TINY_TRUSTED_PROXIES": "127.0.0.1",
            **shop,
        }
        with log.open("wb") as output:
            child = subprocess.Popen([os.environ["TINY_BIN"], "serve"], env=environment, stdout=output, stderr=output)
        url = f"http://127.0.0.1:{port}"
        try:
            wait_until_ready(url, child)
            yield url
        finally:
            stop(child, log)


def wait_until_ready(url: str, child: subprocess.Popen[bytes]) -> None:
    """Returns when it answers."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and child.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}/readyz"):
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.02)
    raise RuntimeError("tiny does not start")


def stop(child: subprocess.Popen[bytes], log: Path) -> None:
    """Stops it well, and reads what it has logged."""
    child.send_signal(signal.SIGTERM)
    try:
        status = child.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
        status = child.wait()
    lines = log.read_text(errors="replace").splitlines()
    errors = [line for line in lines if is_error(line)]
    if status != 0 or errors:
        tail = "\n".join(errors or lines[-20:])
        raise RuntimeError(f"tiny ended with {status} and logged:\n{tail}")


def is_error(line: str) -> bool:
    """Whether a line of the log tells of a fault of the server, or is none that it writes when all is well."""
    try:
        return bool(json.loads(line)["level"] == "ERROR")
    except ValueError:
        return True


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])
