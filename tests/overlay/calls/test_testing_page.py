"""docs/testing.md: every example runs, each test of it in a program of its own."""

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any, Dict, List

import pytest

PAGE = Path(__file__).resolve().parents[3] / "docs" / "testing.md"
#: What an example needs besides the SDK, by the title above it.
NEEDED = {
    "Without any tool": "httpx",
    "respx": "respx",
    "pytest-httpx": "pytest_httpx",
    "vcrpy": "vcr",
    "A local Outpost": "fastapi",
    "Event hooks": "httpx",
    "Sentry": "sentry_sdk",
    "OpenTelemetry": "opentelemetry.instrumentation",
}


def examples() -> Dict[str, List[str]]:
    """Return the Python of the page by the title above it."""
    titles = re.split(r"(?m)^##? (.*)$", PAGE.read_text(encoding="utf-8"))[1:]
    found = {
        title: re.findall(r"```python\n(.*?)```", text, re.DOTALL)
        for title, text in zip(titles[::2], titles[1::2])
    }
    return {title: blocks for title, blocks in found.items() if blocks}


SHARED, *REST = examples().items()


def test_every_example_is_run() -> None:
    """None is left out below."""
    assert set(dict(REST)) == set(NEEDED)


@pytest.mark.parametrize("title", NEEDED)
def test_an_example_works(title: str, server: Any, tmp_path: Path) -> None:
    """With a server that has a user, for the one that records."""
    package, _, inner = NEEDED[title].partition(".")
    if importlib.util.find_spec(package) is None or (
        inner and importlib.util.find_spec(NEEDED[title]) is None
    ):
        pytest.skip(f"{NEEDED[title]} is not installed")
    server.on("GET", "/v1/user", server.json(server.user))
    for name, block in zip(("report.py", "answers.py"), SHARED[1]):
        (tmp_path / name).write_text(block, encoding="utf-8")
    [example] = dict(REST)[title]
    is_test = "def test_" in example
    (tmp_path / "test_example.py").write_text(
        example if is_test else f"{example}\n\ndef test_nothing():\n    pass\n", encoding="utf-8"
    )
    environment = {
        **os.environ,
        "OUTPOST_API_TOKEN": server.token,
        "OUTPOST_BASE_URL": server.base_url if title == "vcrpy" else "",
    }

    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_example.py"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
    )

    assert "1 passed" in done.stdout, done.stdout + done.stderr
