"""Values that templates take and give: plain ones, media types, folders, routes, events."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, strategies as st

from outpost_runtime import EventStream, choose_media_type, model_folder, plain
from outpost_runtime.openai.embedding import Embeddings, EmbeddingsRequest
from outpost_runtime.text.pieces import Writing


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (np.float32(0.5), 0.5),
        (np.int64(3), 3),
        (np.bool_(True), True),
        (np.array([[1.0, np.nan]], dtype="float32"), [[1.0, None]]),
        ({"a": (np.float64(np.inf), [np.int8(1)])}, {"a": [None, [1]]}),
        ({np.int64(1): {2}}, {"1": [2]}),
        ("a", "a"),
        (None, None),
    ],
    ids=str,
)
def test_values_of_numpy_become_those_of_json(value: Any, expected: Any) -> None:
    """NaN and infinity, which JSON has not, become null."""
    assert plain(value) == expected
    assert json.loads(json.dumps(plain(value), allow_nan=False)) == expected


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        ("", "image/png"),
        ("*/*", "image/png"),
        ("application/json", "application/json"),
        ("image/png", "image/png"),
        ("image/*;q=0.2, application/json;q=0.9", "application/json"),
        ("text/html", "image/png"),
        ("image/png;q=0, */*", "application/json"),
    ],
)
def test_the_media_type_is_the_one_that_is_liked_best(accept: str, chosen: str) -> None:
    """The first that is offered where the client has no wish."""
    assert choose_media_type(accept, ["image/png", "application/json"]) == chosen


def test_the_folder_of_the_model_is_the_one_that_was_fetched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For this model only; a path is the folder itself."""
    monkeypatch.setenv("OUTPOST_MODEL", "acme/small@abc")
    monkeypatch.setenv("OUTPOST_MODEL_FOLDER", "/models/small")

    assert model_folder("acme/small", "abc") == "/models/small"
    assert model_folder(str(tmp_path)) == str(tmp_path)
    with pytest.raises(FileNotFoundError, match="no folder"):
        model_folder(str(tmp_path / "none"))
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    with pytest.raises(RuntimeError, match="lacks huggingface_hub"):
        model_folder("acme/other", "abc")


def events_of(values: AsyncIterator[Any], end: str | None = None) -> list[str]:
    async def read() -> list[str]:
        stream = EventStream(values, end)
        return [bytes(part).decode() async for part in stream.body_iterator]  # type: ignore[arg-type]

    return asyncio.run(read())


def test_a_stream_that_fails_says_so_in_its_last_event() -> None:
    """Its status is on its way by then."""

    async def values() -> AsyncIterator[Any]:
        yield {"text": "grün"}
        raise ValueError("no more")

    assert events_of(values(), "[DONE]") == [
        'data: {"text":"grün"}\n\n',
        'data: {"error":{"message":"ValueError: no more","type":"prediction_failed"}}\n\n',
    ]


def test_an_event_with_a_number_that_json_has_not_is_the_error() -> None:
    """A client could not read the event."""

    async def values() -> AsyncIterator[Any]:
        yield {"score": float("nan")}

    (event,) = events_of(values())
    assert "ValueError: Out of range float values are not JSON compliant" in event


def test_vectors_in_base64_are_the_same_numbers() -> None:
    """As the openai SDK asks for them, as 32-bit floats, little-endian."""
    asked = EmbeddingsRequest(input="a", encoding_format="base64", dimensions=2)
    answer = Embeddings.of("m", [[3.0, 4.0, 5.0]], 1, asked)

    assert answer.data[0].embedding == "mpkZP83MTD8="  # 0.6 and 0.8
    assert answer.usage.total_tokens == 1


class Characters:
    """A tokenizer whose tokens are bytes of UTF-8."""

    def decode(self, ids: list[int], skip_special_tokens: bool = True) -> str:
        return bytes(ids).decode(errors="replace")


def written(text: str, stop: tuple[str, ...]) -> tuple[list[str], Writing]:
    pieces: list[str] = []
    writing = Writing(Characters(), b"> ", stop, lambda piece, token: pieces.append(piece))
    for token in text.encode():
        if not writing.is_over:
            writing.push(token, is_end=False)
    writing.end("length")
    return pieces, writing


def test_a_character_of_several_tokens_is_told_whole() -> None:
    """No half of it, such as a replacement character."""
    assert written("grün 🙂", ())[0] == ["g", "r", "ü", "n", " ", "🙂"]


@given(
    text=st.text("ab\nü", max_size=20),
    stop=st.lists(st.text("abü", min_size=1, max_size=4), max_size=3),
)
def test_the_pieces_of_an_answer_are_what_stands_before_a_stop_text(
    text: str, stop: list[str]
) -> None:
    """Nothing of a stop text is told, however it is cut into tokens."""
    pieces, writing = written(text, tuple(stop))
    # It ends with the first character that completes a stop text.
    read = next((text[:n] for n in range(len(text) + 1) if any(s in text[:n] for s in stop)), text)
    ends = [read.find(one) for one in stop if one in read]
    expected = read[: min(ends)] if ends else text

    assert "".join(pieces) == writing.text() == expected
    assert writing.finish == ("stop" if ends else "length")
