"""A local Outpost that the commands of these tests talk to."""

from collections.abc import Iterator

import pytest

from outpostkit.local import LocalOutpost


@pytest.fixture(scope="session")
def cli_outpost() -> Iterator[LocalOutpost]:
    with LocalOutpost() as outpost:
        yield outpost
