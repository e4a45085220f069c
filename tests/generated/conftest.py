"""One real HTTP server for the tests of the generated client."""

from typing import Iterator

import pytest
from pytest_httpserver import HTTPServer

from outpost_api import Client


@pytest.fixture
def client(httpserver: HTTPServer) -> Iterator[Client]:
    """A client of the test's own server."""
    with Client("the-token", base_url=httpserver.url_for("")) as client:
        yield client
