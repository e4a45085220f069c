"""The README: what it prints is what happens, and its Python runs."""

import contextlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

from outpostkit import Client, Endpoints
from outpostkit.local import LocalOutpost
from tests.end_to_end.processes import MarkedEnvironment

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PYTHON_BLOCKS = re.findall(r"```python\n(.*?)```", README, re.DOTALL)


def lines_that_matter(output: str) -> list[str]:
    """Leave out what differs from run to run: numbers, generated names and wrapped blanks.

    Which statuses are seen before "healthy" differs, too: on a busy machine looks are far apart.
    """
    output = re.sub(r"endpoint-[0-9a-z]+", "endpoint-NAME", output)
    output = re.sub(r"(?m)^ *[\d.]+ s  (?!healthy)\w+\n", "", output)
    return [re.sub(r"[\d.]+", "N", " ".join(line.split())) for line in output.splitlines() if line]


def test_the_demo_prints_what_the_readme_shows():
    """Both streams together are the block below ``make demo``."""
    [shown] = re.findall(r"```\n(Starting a local Outpost.*?)```", README, re.DOTALL)

    demo = subprocess.run(
        ["outpostkit", "demo"],
        env=MarkedEnvironment().environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
    )

    assert lines_that_matter(demo.stdout) == lines_that_matter(shown)


def test_its_python_runs_from_the_first_block_to_the_last(tmp_path, monkeypatch, capsys):
    """As in one session of a reader who pastes one block after another."""
    monkeypatch.chdir(tmp_path)
    Path("shout.py").write_text(block_with("class Shout"), encoding="utf-8")
    session: dict[str, object] = {}
    printed = {}

    with LocalOutpost(entity="aj-ya") as outpost:
        monkeypatch.setenv("OUTPOST_API_TOKEN", outpost.api_token)
        monkeypatch.setenv("OUTPOST_BASE_URL", outpost.base_url)
        for block in PYTHON_BLOCKS:
            is_followed = "follow=True" in block
            session["print"] = interrupted_print if is_followed else print
            with pytest.raises(KeyboardInterrupt) if is_followed else contextlib.nullcontext():
                exec(compile(in_less_time(block), "README.md", "exec"), session)
            printed[block] = capsys.readouterr().out.splitlines()
        with Client() as client:
            left = Endpoints(client, entity="aj-ya").list().endpoints

    assert printed[block_with("\nendpoint.deploy()")] == ["{'text': 'HELLO!'}"]
    assert printed[block_with("class Shout")] == []
    assert printed[block_with("wait_until_healthy(timeout=300, on")][-1] == "healthy"
    assert printed[block_with("update_name")][0] in {"deploying", "scaled_to_zero"}
    *listed, status = printed[block_with("client.endpoints()")]
    assert re.fullmatch("aj-ya/shout-louder (deploying|scaled_to_zero)", listed[-1])
    assert status in {"deploying", "scaled_to_zero"}
    assert printed[block_with("infer_many")][999] == "999 {'text': 'DOCUMENT 999!'}"
    assert printed[block_with("infer_stream")] == ['{"text":"ONCE UPON A TIME!"}']
    assert re.fullmatch("200 [0-9a-f-]+ aj-ya/shout-louder", *printed[block_with("with_options")])
    assert printed[block_with("operations.get_endpoint")][0].startswith("200 ")
    assert len(Path("results.jsonl").read_text().splitlines()) == 1000
    assert "shout-louder" not in {endpoint.name for endpoint in left}


def block_with(text: str) -> str:
    """Return the one block that holds a text."""
    [found] = [block for block in PYTHON_BLOCKS if text in block]
    return found


def in_less_time(block: str) -> str:
    """Return a block with the scale down after one second, for which a reader has more time."""
    return block.replace("scaledownPeriod=300", "scaledownPeriod=1")


def interrupted_print(*values: object) -> None:
    """Press Ctrl-C as soon as something is shown."""
    print(*values)
    raise KeyboardInterrupt


def test_its_test_passes(tmp_path):
    """The fixture of the example comes with the package."""
    (tmp_path / "test_example.py").write_text(block_with("def test_my_template"), encoding="utf-8")

    result = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path)],
        capture_output=True,
        text=True,
    )

    assert "1 passed" in result.stdout, result.stdout
