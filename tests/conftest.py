"""Fixtures that every test folder shares."""

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
