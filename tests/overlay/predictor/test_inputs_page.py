"""docs/inputs.md: every example of its table is sent as it says, and its Python runs."""

import array
import base64
import collections
import dataclasses
import datetime
import decimal
import enum
import io
import json
import re
import types
import uuid
from pathlib import Path
from typing import Any, Dict

import pytest

from outpostkit import Client, Predictor
from outpostkit.predictor._inputs.encoding import json_bytes

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "inputs.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| [^|]+ \| `([^|]+)` \| `([^|]+)` \|$", PAGE, re.MULTILINE)
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


class Colour(enum.Enum):
    red = "red"


@dataclasses.dataclass
class Note:
    text: str


@pytest.fixture
def names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Dict[str, Any]:
    """What the examples use, in a folder that has their file."""
    pydantic = pytest.importorskip("pydantic", reason="pydantic is not installed")
    monkeypatch.chdir(tmp_path)
    Path("a.bin").write_bytes(b"ab")

    class Item(pydantic.BaseModel):
        text: str = pydantic.Field(alias="myText")

    libraries = {
        short: pytest.importorskip(name, reason=f"{name} is not installed")
        for short, name in [("np", "numpy"), ("pd", "pandas"), ("Image", "PIL.Image")]
    }
    modules = (array, collections, datetime, decimal, types, uuid)
    every = {name: value for module in modules for name, value in vars(module).items()}
    return {
        **every,
        **libraries,
        "io": io,
        "Path": Path,
        "Colour": Colour,
        "Note": Note,
        "Item": Item,
    }


@pytest.mark.parametrize(("example", "expected"), ROWS)
def test_an_example_is_sent_as_the_page_says(
    names: Dict[str, Any], example: str, expected: str
) -> None:
    """Byte for byte, but for blanks."""
    sent = json.loads(json_bytes(eval(example, names)))

    if expected.endswith('..."'):
        assert sent.startswith(json.loads(expected)[:-3])
        assert base64.b64decode(sent)
    else:
        assert sent == json.loads(expected)


def test_the_page_has_an_example_of_every_row() -> None:
    """A row without one is not tried."""
    [table] = re.findall(r"\|---\|---\|---\|\n(.*?)\n\n", PAGE, re.DOTALL)

    assert len(ROWS) == len(table.splitlines()) > 20


def test_its_python_runs(names: Dict[str, Any], server) -> None:
    """With a table that has something missing where the page says what to do about it."""
    server.on("POST", "/predict", server.json({}))
    frame = names["pd"].DataFrame({"n": [1, 2]})
    with Client("token", base_url=server.base_url) as client:
        predictor = Predictor(client, server.url, "/predict", "/healthcheck")
        for block in BLOCKS:
            if "notna" in block:
                frame = names["pd"].DataFrame({"n": [1, None], "text": ["a", None]})
            exec(
                compile(block, "inputs.md", "exec"),
                {**names, "predictor": predictor, "frame": frame},
            )

    assert server.last.get_data() == b"when=2024-05-01T00%3A00%3A00&tag=a&tag=b"
    sent = [request.get_json() for request in server.requests[:4]]
    assert sent[0] == [{"n": 1}, {"n": 2}]
    assert sorted(row["n"] for row in sent[1:3]) == [1, 2]  # both are sent at the same time
    assert sent[3] == [{"n": 1.0, "text": "a"}, {"n": None, "text": None}]
