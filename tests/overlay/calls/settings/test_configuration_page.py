"""docs/configuration.md: every example runs as it stands."""

import re
from pathlib import Path

import pytest

PAGE = (Path(__file__).resolve().parents[4] / "docs" / "configuration.md").read_text("utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize("block", BLOCKS, ids=range(len(BLOCKS)))
def test_an_example_runs(block, server, monkeypatch):
    """With a token and an address in the environment, and in any order."""
    server.on("GET", "/v1/user", server.json(server.user))
    monkeypatch.setenv("OUTPOST_API_TOKEN", server.token)
    monkeypatch.setenv("OUTPOST_BASE_URL", server.base_url)
    names: dict = {}

    exec(compile(block, "configuration.md", "exec"), names)

    for name in ("client", "behind", "direct", "quick"):
        if name in names:
            names[name].close()


def test_the_page_has_an_example_for_each_thing_to_set():
    """So that none gets lost."""
    assert len(BLOCKS) == 5
