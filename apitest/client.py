"""The API as a person calls it to set the stage; what is refused here stops the run."""

import itertools
import json
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from typing import Any

PASSWORD = "correct horse battery staple"

_places = itertools.count(1)


def place() -> str:
    """An address that no call has come from yet: sign-in and sign-up count by address."""
    number = next(_places)
    return f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


class Refused(Exception):
    """An answer that is not a success."""

    def __init__(self, call: str, status: int, text: str) -> None:
        super().__init__(f"{call}: {status} {text}")
        self.status = status
        self.text = text


@dataclass
class Person:
    """Someone with an account. Whoever is signed in for too long signs in again."""

    url: str
    email: str
    token: str = field(default="", repr=False)

    def sign_up(self) -> None:
        """Makes the account."""
        self.send("POST", "/api/auth/signup", {"email": self.email, "password": PASSWORD})

    def post(self, path: str, body: dict[str, Any]) -> Any:
        """Writes, signed in."""
        return self.call("POST", path, body)

    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """Calls, signed in."""
        try:
            if self.token:
                return self.send(method, path, body)
        except Refused as refused:
            if refused.status != 401:
                raise
        signed_in = self.send("POST", "/api/auth/token", {"email": self.email, "password": PASSWORD})
        self.token = signed_in["accessToken"]
        return self.send(method, path, body)

    def send(self, method: str, path: str, body: dict[str, Any] | None, **headers: str) -> Any:
        """Calls with the token there is, if any."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, method=method)
        request.add_header("X-Forwarded-For", place())
        request.add_header("Content-Type", "application/json")
        if self.token and "/auth/" not in path:
            request.add_header("Authorization", f"Bearer {self.token}")
        for name, value in headers.items():
            request.add_header(name, value)
        try:
            with urllib.request.urlopen(request) as reply:
                text = reply.read()
        except urllib.error.HTTPError as error:
            raise Refused(f"{method} {path}", error.code, error.read().decode(errors="replace")) from error
        return json.loads(text) if text else None
