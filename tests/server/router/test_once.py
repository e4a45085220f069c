"""Predictions with an idempotency key: made once, however often they are asked for."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import httpx
import pytest

from outpost_server.router import executions
from outpost_server.router.executions import Executions, Name
from tests.server.conftest import eventually

COUNTING = """
import asyncio, os, pathlib
from fastapi import Request
from fastapi.responses import JSONResponse, Response, StreamingResponse

class Counting:
    made = 0

    async def predict(self, request: Request):
        size = len(await request.body())
        how = request.query_params.get("how", "")
        Counting.made += 1
        number = Counting.made
        if how == "waits":
            pathlib.Path(os.environ["FOLDER"], "came").touch()
            while not pathlib.Path(os.environ["FOLDER"], "go").exists():
                await asyncio.sleep(0.01)
        if how == "long":
            return Response(b"x" * 5_000_000)
        if how == "raises":
            raise ValueError(f"number {number}")
        if how == "endless":
            async def parts():
                while True:
                    yield b"x" * 65536
                    await asyncio.sleep(0)
            return StreamingResponse(parts())
        if how == "stream":
            async def parts():
                for part in range(3):
                    yield f"{number}.{part} "
            return StreamingResponse(parts(), media_type="text/plain")
        if how.isdigit():
            return JSONResponse({"number": number}, int(how))
        return {"number": number, "size": size}
"""


@pytest.fixture
def counting(api, shared_folder):
    """An endpoint that answers with how many predictions it has made."""
    return api.deployed(
        COUNTING, "Counting", secrets=[{"name": "FOLDER", "value": str(shared_folder)}]
    )


def ask(endpoint, key: str, how: str = "", **request):
    """Ask for a prediction with a key; what the template answers may be in no document."""
    headers = {"Idempotency-Key": key}
    return endpoint.api.http.post(endpoint.url(), headers=headers, params={"how": how}, **request)


def metrics_of(endpoint) -> str:
    """The lines about an endpoint in the server's figures."""
    text = endpoint.api.http.get(f"{endpoint.api.origin}/metrics").text
    return "\n".join(line for line in text.splitlines() if f"/{endpoint.name}" in line)


@pytest.mark.parametrize("how", ["", "stream", "404", "204"])
def test_a_prediction_is_made_once(counting, how):
    """Asked again it has the same answer, which says so; another key is another prediction."""
    first = ask(counting, "one", how, content=b"input")
    again = ask(counting, "one", how, content=b"input")
    other = ask(counting, "two", how, content=b"input")

    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers
    assert "Idempotency-Replayed" not in other.headers
    assert again.headers["X-Request-Id"] != first.headers["X-Request-Id"]
    assert other.content != first.content or not other.content


def test_a_large_body_is_compared_to_its_end(counting):
    """Nothing of it is kept: it is read as it comes."""
    body = b"x" * 3_000_000

    first = ask(counting, "large", content=body)
    again = ask(counting, "large", content=body)
    other = ask(counting, "large", content=body[:-1] + b"y")

    assert first.json()["size"] == len(body)
    assert again.json() == first.json()
    assert other.status_code == 422


@pytest.mark.parametrize(
    "other", [{"content": b"b"}, {"how": "204"}, {"content": b"a", "headers": "text/plain"}]
)
def test_a_key_belongs_to_one_request(counting, other):
    """With another body, query or media type it is refused; nothing is predicted."""
    headers = {"Idempotency-Key": "mine", "Content-Type": other.pop("headers", "text/csv")}
    counting.predict(headers={**headers, "Content-Type": "text/csv"}, content=b"a")

    refused = counting.predict(
        headers=headers, params={"how": other.get("how", "")}, content=other.get("content", b"a")
    )

    assert refused.status_code == 422
    assert refused.json()["code"] == "idempotency_key_reused"


def test_what_is_no_key_is_refused(counting):
    """As the API refuses it, and as the document says."""
    refused = counting.predict(headers={"Idempotency-Key": "a b"})

    assert refused.status_code == 400


@pytest.mark.parametrize("how", ["500", "503", "429", "raises"])
def test_a_failure_is_no_answer(counting, how):
    """Asked again, it is made again."""
    first, again = ask(counting, "fails", how), ask(counting, "fails", how)

    assert first.status_code == again.status_code >= 429
    assert first.content != again.content
    assert "Idempotency-Replayed" not in again.headers


def test_a_refusal_before_a_replica_is_no_answer(api):
    """With the same key the prediction is made when there is a replica."""
    endpoint = api.endpoint(COUNTING, "Counting", secrets=[{"name": "FOLDER", "value": "x"}])

    refused = ask(endpoint, "early")
    endpoint.deploy_and_wait()

    assert refused.status_code == 503
    assert ask(endpoint, "early").json()["number"] == 1


def test_who_asks_meanwhile_waits_for_the_first(counting, shared_folder):
    """All get the one answer."""
    with ThreadPoolExecutor(5) as pool:
        asked = [pool.submit(ask, counting, "busy", "waits") for _ in range(5)]
        eventually((shared_folder / "came").exists)
        (shared_folder / "go").touch()
        answers = [each.result() for each in asked]

    assert {answer.json()["number"] for answer in answers} == {1}
    assert [answer.headers.get("Idempotency-Replayed") for answer in answers].count(None) == 1


def test_a_prediction_goes_on_when_its_client_has_left(counting, shared_folder):
    """Its answer is there for who asks again; without a key it would have ended."""
    url = urlsplit(counting.url())
    with socket.create_connection((url.hostname, url.port)) as left:
        left.sendall(
            f"POST {url.path}?how=waits HTTP/1.1\r\nHost: {url.netloc}\r\nContent-Length: 0\r\n"
            f"Authorization: Bearer {counting.api.token}\r\nIdempotency-Key: left\r\n\r\n".encode()
        )
        eventually((shared_folder / "came").exists)
    eventually(lambda: 'status="499"' in metrics_of(counting))
    (shared_folder / "go").touch()

    again = ask(counting, "left", "waits")

    assert again.json()["number"] == 1
    assert again.headers["Idempotency-Replayed"] == "true"


def test_an_answer_too_long_to_keep_is_passed_on_once(counting):
    """Whole to who asks first; then there is an error that says that it was made."""
    first = ask(counting, "long", "long")
    again = counting.predict(headers={"Idempotency-Key": "long"}, params={"how": "long"})

    assert len(first.content) == 5_000_000
    assert again.status_code == 409
    assert again.json()["code"] == "answer_not_kept"


def test_an_answer_without_end_ends_with_its_client(counting):
    """Nobody can ask for it again."""

    def status(at_least: int = 0) -> int:
        key, size = {"Idempotency-Key": "endless"}, 0
        how = {"how": "endless"}
        with counting.api.http.stream("POST", counting.url(), params=how, headers=key) as response:
            parts = response.iter_bytes()
            while size < at_least:
                size += len(next(parts))
            return int(response.status_code)

    assert status(at_least=5_000_000) == 200
    # As long as the first went on, it could not be read from its beginning: 409.
    eventually(status, lambda status: status == 200)


def test_callers_and_endpoints_do_not_share_answers(api, sign_up, counting):
    """The same key of another user, or for another endpoint, is another prediction."""
    ada = sign_up("ada-of-keys")
    other = api.deployed(COUNTING, "Counting", secrets=[{"name": "FOLDER", "value": "x"}])

    mine = ask(counting, "shared")
    hers = httpx.post(
        counting.url(),
        headers={"Idempotency-Key": "shared", "Authorization": f"Bearer {ada.token}"},
        params={"how": ""},
    )

    assert (mine.json()["number"], hers.json()["number"]) == (1, 2)
    assert ask(other, "shared").json()["number"] == 1
    assert ask(counting, "shared").json() == mine.json()


def test_a_refused_caller_gets_no_kept_answer(counting):
    """Whoever has no right to the endpoint is refused before."""
    ask(counting, "secret")

    refused = httpx.post(counting.url(), headers={"Idempotency-Key": "secret"}, params={"how": ""})

    assert refused.status_code == 401


# What is kept, without a server around it


async def made(kept: Executions, caller: str, key: str, body: bytes = b"") -> None:
    """Have one execution made and kept."""
    name = Name(caller, "endpoint", key)
    execution = kept.begin(name, b"line")

    async def receive():
        return {"type": "http.request", "body": b"input"}

    async def work() -> None:
        await execution.taking(receive)()
        await execution.record({"type": "http.response.start", "status": 200, "headers": []})
        await execution.record({"type": "http.response.body", "body": body})

    kept.run(name, execution, work())
    await asyncio.gather(*kept._tasks.values())


async def until(is_so: Callable[[], bool]) -> None:
    """Let others run until it is so."""
    for _ in range(6000):
        if is_so():
            return
        await asyncio.sleep(0.01)
    raise TimeoutError


def has(kept: Executions, caller: str, key: str) -> bool:
    """Tell whether an answer is kept."""
    return kept.find(Name(caller, "endpoint", key)) is not None


def test_the_oldest_answers_of_a_caller_make_way(monkeypatch):
    """Those of others stay, however many one has."""
    monkeypatch.setattr(executions, "KEPT_BYTES_OF_ONE", 10_000)

    async def main() -> None:
        kept = Executions()
        await made(kept, "ada", "hers", bytes(5000))
        for number in range(10):
            await made(kept, "bob", str(number), bytes(2000))

        assert has(kept, "ada", "hers")
        assert [has(kept, "bob", str(number)) for number in range(10)] == [False] * 7 + [True] * 3

    asyncio.run(main())


def test_all_answers_together_are_bounded(monkeypatch):
    """Who has most makes way."""
    monkeypatch.setattr(executions, "KEPT_BYTES_OF_ALL", 20_000)

    async def main() -> None:
        kept = Executions()
        await made(kept, "ada", "small", bytes(100))
        for number in range(10):
            await made(kept, "bob", str(number), bytes(4000))
        await made(kept, "cy", "new", bytes(4000))

        assert has(kept, "ada", "small")
        assert has(kept, "cy", "new")
        assert not has(kept, "bob", "6")

    asyncio.run(main())


def test_answers_are_forgotten_after_a_time(monkeypatch):
    """Whether or not anybody asks."""
    monkeypatch.setattr(executions, "KEPT_S", 0.05)

    async def main() -> None:
        kept = Executions()
        await made(kept, "ada", "one")
        assert has(kept, "ada", "one")
        await until(lambda: not has(kept, "ada", "one"))
        assert not kept._bytes

    asyncio.run(main())


def test_executions_that_nobody_waits_for_are_few(monkeypatch):
    """One more ends, as it would without a key."""
    monkeypatch.setattr(executions, "UNATTENDED_OF_ONE", 2)

    async def main() -> None:
        kept, go = Executions(), asyncio.Event()
        for key in "abc":
            name = Name("ada", "endpoint", key)
            execution = kept.begin(name, b"")
            kept.run(name, execution, go.wait())  # type: ignore[arg-type]  # what it gives is not used
            await asyncio.sleep(0)
            assert execution.left_alone is not None
            execution.left_alone()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert [has(kept, "ada", key) for key in "abc"] == [True, True, False]
        go.set()
        await until(lambda: not kept._unattended and not kept._bytes)

    asyncio.run(main())
