"""Fixtures that every test folder shares."""

import os
import signal
import tempfile
from pathlib import Path
from typing import Iterator

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
def folder_of_all_templates(tmp_path_factory) -> Iterator[Path]:
    """A folder that the servers of these tests share with every template. No data is kept in it."""
    before = os.environ.get("OUTPOST_WRITABLE_FOLDERS", "")
    shared = tmp_path_factory.mktemp("shared")
    shared.chmod(0o1777)
    os.environ["OUTPOST_WRITABLE_FOLDERS"] = os.pathsep.join(filter(None, (before, str(shared))))
    yield shared
    os.environ["OUTPOST_WRITABLE_FOLDERS"] = before


@pytest.fixture
def shared_folder(folder_of_all_templates: Path) -> Path:
    """An empty folder in which a test and its template can tell each other of something by a file.

    Templates may write it, though their processes are another user's when we are root.
    """
    folder = Path(tempfile.mkdtemp(dir=folder_of_all_templates))
    folder.chmod(0o777)
    return folder
