"""The pytest plugin that comes with the package: the fixture ``local_outpost``.

pytest loads it by itself in every project where outpostkit is installed, also on Python 3.8 and
without the ``local`` extra, so nothing is imported until the fixture is used.
"""

from typing import TYPE_CHECKING, Iterator  # noqa: UP035  # runs on Python 3.8 too

import pytest

if TYPE_CHECKING:
    from outpost_server.running.embedded import LocalOutpost


@pytest.fixture(scope="session")
def local_outpost() -> Iterator["LocalOutpost"]:
    """One local Outpost for the whole test session, in an empty temporary data folder.

    It offers ``base_url``, ``api_token`` and ``entity``. It ends with the session and leaves no
    process, port or folder behind. Without the ``local`` extra the tests that use it fail with the
    command that installs it.
    """
    try:
        from outpost_server import LocalOutpost
    except ImportError as error:
        pytest.fail(str(error), pytrace=False)
    with LocalOutpost() as outpost:
        yield outpost
