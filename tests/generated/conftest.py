"""One real HTTP server for the tests of the generated client."""

from typing import Iterator

import pytest
from pytest_httpserver import HTTPServer

from outpost_api import Client


@pytest.fixture(autouse=True)
def no_proxy_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """The servers of the tests are on this machine, whatever the environment says of proxies."""
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def client(httpserver: HTTPServer) -> Iterator[Client]:
    """A client of the test's own server."""
    with Client("the-token", base_url=httpserver.url_for("")) as client:
        yield client
