"""Someone who uses the dashboard by HTTP alone, as a browser without scripts does."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import httpx
import pytest

from outpost_server import LocalOutpost

TEMPLATE = """
import sys

class Echo:
    def predict(self, value: dict) -> dict:
        print("asked for", value)
        if value.get("fail"):
            raise ValueError("told to fail")
        return {"echo": value}
"""

_numbers = count(1)


@dataclass
class Visitor:
    """A browser's cookies and forms. ``path`` is everything after ``/dashboard``."""

    origin: str
    token: str
    http: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        self.http = httpx.Client(base_url=self.origin + "/dashboard", timeout=120, trust_env=False)

    def get(self, path: str, **query: Any) -> httpx.Response:
        return self.http.get(path, params=query or None)

    def post(
        self,
        path: str,
        fields: dict[str, str] | None = None,
        *,
        files: Any = None,
        headers: dict[str, str] | None = None,
        csrf: str | None = None,
    ) -> httpx.Response:
        """Send a form, with the secret of the visitor's own pages unless told otherwise."""
        secret = self.csrf() if csrf is None else csrf
        data = {"csrf": secret, **(fields or {})}
        return self.http.post(path, data=data, files=files, headers=headers)

    def sign_in(self, token: str | None = None) -> httpx.Response:
        return self.http.post("/sign-in", data={"token": self.token if token is None else token})

    def csrf(self) -> str:
        found = re.search(r'name="csrf" value="([^"]+)"', self.get("/").text)
        assert found, "no form on the page"
        return found[1]

    def create(self, template: str = TEMPLATE, **fields: str) -> httpx.Response:
        given = {
            "name": f"endpoint-{next(_numbers)}-of-page",
            "class_name": "Echo",
            "visibility": "private",
            "deploy": "yes",
            **fields,
        }
        return self.post("/create", given, files={"template": ("template.py", template)})

    def created(self, template: str = TEMPLATE, **fields: str) -> str:
        """Create an endpoint; return the path of its page."""
        answer = self.create(template, **fields)
        assert answer.status_code == 303, answer.text
        return answer.headers["location"].removeprefix("/dashboard")


def text_of(answer: httpx.Response) -> str:
    """Return what a reader of the page sees, in one line."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", answer.text)).split())


@pytest.fixture(scope="session")
def stranger(outpost: LocalOutpost) -> Iterator[Any]:
    """Return visitors who have not signed in."""
    visitors: list[Visitor] = []

    def new() -> Visitor:
        visitors.append(Visitor(outpost.base_url.removesuffix("/v1"), outpost.api_token))
        return visitors[-1]

    yield new
    for visitor in visitors:
        visitor.http.close()


@pytest.fixture(scope="session")
def visitor(stranger: Any) -> Visitor:
    """Someone who has signed in."""
    visitor = stranger()
    assert visitor.sign_in().status_code == 303
    return visitor


@pytest.fixture(scope="session", name="text_of")
def text_of_fixture() -> Any:
    return text_of


@pytest.fixture(scope="session")
def echo_page(visitor: Visitor, eventually: Any) -> str:
    """The path of the page of a deployed endpoint that answers with what it is sent."""
    path = visitor.created(name="echo-of-page")
    eventually(lambda: visitor.get(path).text, lambda page: "s-healthy" in page)
    return path
