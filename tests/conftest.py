"""Fixtures that every test folder shares."""

import pytest


@pytest.fixture
def anyio_backend() -> str:
    """Async tests run on asyncio, the event loop of our users."""
    return "asyncio"
