"""Fixtures that every test folder shares."""

import os
import signal

import pytest
from hypothesis import HealthCheck, settings

# A run that a shell has started in the background ignores Ctrl-C, and so would every program that
# a test starts and interrupts.
signal.signal(signal.SIGINT, signal.default_int_handler)

# No test is about time, and a busy machine is slow.
settings.register_profile("outpost", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("outpost")


@pytest.fixture
def anyio_backend() -> str:
    """Async tests run on asyncio, the event loop of our users."""
    return "asyncio"


@pytest.fixture(scope="session", autouse=True)
def templates_may_use_the_folders_of_tests(tmp_path_factory):
    """So that a test and its template can tell each other of something by a file."""
    before = os.environ.get("OUTPOST_WRITABLE_FOLDERS", "")
    tmp_path_factory.getbasetemp().chmod(0o755)
    shared = str(tmp_path_factory.getbasetemp())
    os.environ["OUTPOST_WRITABLE_FOLDERS"] = os.pathsep.join(filter(None, (before, shared)))
    yield
    os.environ["OUTPOST_WRITABLE_FOLDERS"] = before


@pytest.fixture
def tmp_path(tmp_path):
    """A folder that templates may write, whose processes are another user's when we are root."""
    tmp_path.chmod(0o777)
    return tmp_path
