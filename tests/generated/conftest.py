"""One real HTTP server for the tests of the generated client."""

from typing import Iterator

import pytest
from hypothesis import HealthCheck, settings
from pytest_httpserver import HTTPServer

from outpost_api import Client

# A machine that is busy is no failure: how long an example takes says nothing about its rule.
settings.register_profile(
    "generated", deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("generated")


@pytest.fixture
def client(httpserver: HTTPServer) -> Iterator[Client]:
    """A client of the test's own server."""
    with Client("the-token", base_url=httpserver.url_for("")) as client:
        yield client
