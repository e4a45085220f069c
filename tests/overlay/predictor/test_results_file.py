"""Results in a file: whatever ends a run, the next one goes on where it was."""

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any, AsyncIterator, Dict, List

import pytest
from hypothesis import given, settings, strategies as st
from werkzeug import Response

from outpostkit.exceptions import ConfigurationError, PredictionHTTPException
from outpostkit.predictor._results_file import ResultsFile

PROGRAM = """
import sys
from outpostkit import Client, Predictor
client = Client("token", base_url="http://127.0.0.1:1/v1")
predictor = Predictor(client, sys.argv[1], "/predict", "/healthcheck")
predictor.infer_many_to_file(range(int(sys.argv[3])), sys.argv[2], concurrency=4)
"""


def double(server: Any, failing: Any = ()) -> None:
    """Answer each prediction with its input doubled, but some with an error."""

    def predict(request: Any) -> Any:
        n = request.json
        if n in failing:
            return server.json({"error": f"{n} is wrong", "code": "wrong"}, 422)
        return server.json(2 * n)

    server.handle("POST", "/predict", predict)


def to_file(sdk: Any, inputs: Any, path: Path, **options: Any) -> Any:
    """Write the results of a batch."""
    return sdk.do(lambda client: sdk.predictor(client).infer_many_to_file(inputs, path, **options))


def lines(path: Path) -> List[Dict[str, Any]]:
    """What a file of results holds."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def values(path: Path) -> Dict[int, Any]:
    """The values in a file by index; each is there once."""
    found = lines(path)
    assert len({line["index"] for line in found}) == len(found)
    return {line["index"]: line["value"] for line in found}


def test_each_result_is_a_line_of_json(sdk, server, tmp_path: Path) -> None:
    """With its index and a digest of its input."""
    double(server)
    path = tmp_path / "results.jsonl"

    summary = to_file(sdk, range(20), path, ordered=True)

    assert [line["index"] for line in lines(path)] == list(range(20))
    assert values(path) == {n: 2 * n for n in range(20)}
    assert (summary.path, summary.predicted, summary.failed) == (path, 20, 0)


def test_the_next_run_predicts_what_is_missing(sdk, server, tmp_path: Path) -> None:
    """More inputs at the end are fine; progress counts what is left."""
    double(server)
    path = tmp_path / "results.jsonl"
    to_file(sdk, range(5), path)
    seen: List[Any] = []

    summary = to_file(sdk, range(8), path, progress=lambda p: seen.append((p.done, p.total)))

    assert values(path) == {n: 2 * n for n in range(8)}
    assert sorted(request.json for request in server.requests) == list(range(8))
    assert (summary.already_done, summary.predicted) == (5, 3)
    assert seen[-1] == (3, 3)


def test_failures_are_in_a_file_of_their_own_and_tried_again(sdk, server, tmp_path: Path) -> None:
    """The file is gone when none is left."""
    path, errors = tmp_path / "results.jsonl", tmp_path / "results.errors.jsonl"
    failing = {1, 3}
    double(server, failing)

    summary = to_file(sdk, range(5), path)

    assert sorted(values(path)) == [0, 2, 4]
    assert (summary.failed, summary.errors_path) == (2, errors)
    assert sorted(line["index"] for line in lines(errors)) == [1, 3]
    assert {line["error"]["status_code"] for line in lines(errors)} == {422}
    assert "is wrong" in lines(errors)[0]["error"]["message"]

    failing.clear()
    to_file(sdk, range(5), path)

    assert sorted(values(path)) == [0, 1, 2, 3, 4]
    assert not errors.exists()


def test_an_error_may_end_the_run(sdk, server, tmp_path: Path) -> None:
    """What was predicted before is kept."""
    failing = {5}
    double(server, failing)
    path = tmp_path / "results.jsonl"

    with pytest.raises(PredictionHTTPException, match="5 is wrong"):
        to_file(sdk, range(9), path, on_error="raise", ordered=True, concurrency=1)

    assert sorted(values(path)) == [0, 1, 2, 3, 4]


def allow(semaphore: threading.Semaphore, times: int) -> None:
    """Let so many pass."""
    for _ in range(times):
        semaphore.release()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_a_killed_run_loses_and_repeats_nothing(server, tmp_path: Path) -> None:
    """Killed for real in the middle, twice; a request that was under way is made again."""
    count, path = 120, tmp_path / "results.jsonl"
    allowed, arrived = threading.Semaphore(0), threading.Semaphore(0)

    def predict(request: Any) -> Any:
        assert allowed.acquire(timeout=60)
        arrived.release()
        return server.json(2 * request.json)

    server.handle("POST", "/predict", predict)
    command = [sys.executable, "-c", PROGRAM, server.url, str(path), str(count)]
    for _ in range(2):
        allow(allowed, 40)  # and no more, so that it cannot end before it is killed
        killed = subprocess.Popen(command)
        try:
            for _ in range(40):
                assert arrived.acquire(timeout=60)
        finally:
            killed.send_signal(signal.SIGKILL)
            assert killed.wait() == -signal.SIGKILL

    allow(allowed, 2 * count)
    before = len(lines(path)) if path.read_bytes().endswith(b"\n") else None
    finished = subprocess.run(command, check=False)

    assert finished.returncode == 0
    assert before is None or 0 < before < count
    assert values(path) == {n: 2 * n for n in range(count)}
    assert len(server.requests) <= count + 2 * 4


@settings(max_examples=40)
@given(cut=st.integers(0, 200))
def test_a_file_that_was_cut_anywhere_is_gone_on_with(
    tmp_path_factory: pytest.TempPathFactory, cut: int
) -> None:
    """Only the line that was being written is removed."""
    path = tmp_path_factory.mktemp("cut") / "results.jsonl"
    whole = b"".join(b'{"index":%d,"input":null,"value":"\xc3\xbc"}\n' % n for n in range(4))
    path.write_bytes(whole[:cut])

    with ResultsFile(path) as results:
        left = [index for index, _ in results.pending(iter(enumerate("abcd")))]

    complete = whole[:cut].count(b"\n")
    assert left == list(range(complete, 4))
    assert path.read_bytes() == b"".join(whole.splitlines(keepends=True)[:complete])


@pytest.mark.parametrize(
    "content", [b"my notes", b"my notes\n", b'{"a": 1}\n', b'{"index":0}\nnotes\n', b"[1]\n"]
)
def test_a_file_that_holds_something_else_stays_as_it_is(
    sdk, server, tmp_path: Path, content: bytes
) -> None:
    """It was named by mistake."""
    path = tmp_path / "notes.txt"
    path.write_bytes(content)

    with pytest.raises(ConfigurationError, match=r"line . is no result"):
        to_file(sdk, [1], path)

    assert path.read_bytes() == content
    assert server.requests == []


def test_results_of_other_inputs_are_not_mixed(sdk, server, tmp_path: Path) -> None:
    """The digests differ."""
    double(server)
    path = tmp_path / "results.jsonl"
    to_file(sdk, [1, 2], path)

    with pytest.raises(ConfigurationError, match="another input"):
        to_file(sdk, [1, 3], path)


@pytest.mark.skipif(os.name == "nt", reason="there is no lock on Windows")
def test_two_runs_do_not_write_the_same_file(sdk, server, tmp_path: Path) -> None:
    """The second is refused while the first is at it."""
    path = tmp_path / "results.jsonl"

    with ResultsFile(path), pytest.raises(ConfigurationError, match="another process"):
        to_file(sdk, [1], path)


def test_a_path_that_cannot_be_written_is_refused(sdk, server, tmp_path: Path) -> None:
    """Before anything is predicted."""
    with pytest.raises(ConfigurationError, match="cannot be written"):
        to_file(sdk, [1], tmp_path / "no" / "such" / "folder.jsonl")


@pytest.mark.parametrize(
    ("response", "expected"),
    [
        (Response('{\n "a": 1\n}', content_type="application/json"), {"value": {"a": 1}}),
        (Response("two\nlines", content_type="text/plain"), {"text": "two\nlines"}),
        (Response(b"\xff\n", content_type="image/png"), {"base64": "/wo="}),
        (Response("[NaN]", content_type="application/json"), {"text": "[NaN]"}),
    ],
)
def test_every_kind_of_answer_is_one_line(
    sdk, server, tmp_path: Path, response: Response, expected: Dict[str, Any]
) -> None:
    """JSON as a value, text as text, anything else as base64."""
    server.on("POST", "/predict", response)
    path = tmp_path / "results.jsonl"

    to_file(sdk, [1], path)

    (line,) = lines(path)
    assert {key: line[key] for key in expected} == expected


def test_async_inputs_are_gone_on_with_too(server, tmp_path: Path) -> None:
    """They are taken from the beginning again, and those that are done are passed over."""
    import anyio

    from outpostkit import AsyncClient, AsyncPredictor

    double(server)
    path = tmp_path / "results.jsonl"

    async def numbers(count: int) -> AsyncIterator[int]:
        for n in range(count):
            yield n

    async def main(count: int) -> Any:
        async with AsyncClient("token", base_url=server.base_url) as client:
            predictor = AsyncPredictor(client, server.url, "/predict", "/healthcheck")
            return await predictor.infer_many_to_file(numbers(count), path)

    anyio.run(main, 3)
    summary = anyio.run(main, 5)

    assert (summary.already_done, summary.predicted) == (3, 2)
    assert values(path) == {n: 2 * n for n in range(5)}
