"""What protects a local Outpost that others can reach, and what it must never give away."""

from __future__ import annotations

import asyncio
import json
import re
import stat
import subprocess
import sys

import httpx
import pytest
import uvicorn
from click.testing import CliRunner
from uvicorn.server import ServerState

from outpost_server import LocalOutpost, LocalOutpostError
from outpost_server.commands.local import local
from outpost_server.keeping.data_folder import DataFolder
from outpost_server.rules.rate_limit import MAX_CALLERS, RateLimit
from outpost_server.rules.settings import ServerSettings, SettingsError
from outpost_server.running import patience

TOKEN = "a-secret-token-of-my-own-choice"


@pytest.fixture
def token_file(tmp_path):
    path = tmp_path / "my-token"
    path.write_text(TOKEN + "\n")
    path.chmod(0o600)
    return path


def test_browsers_are_told_not_to_run_frame_or_keep_answers(api):
    """Security headers are on answers and on errors, in the API and on pictures."""
    avatar = api.get("/user")["avatarUrl"]
    answers = [api.http.get(api.base_url + "/user"), api.http.get(api.base_url + "/nothing")]
    answers.append(api.http.get(avatar))

    for answer in answers:
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["x-frame-options"] == "DENY"
        assert "sandbox" in answer.headers["content-security-policy"]
    assert [answer.headers["cache-control"] for answer in answers] == [
        "no-store",
        "no-store",
        "public, max-age=300",
    ]


def test_every_log_line_of_a_request_has_its_id(api, outpost, eventually):
    """What a client is asked to name when it asks for help can be found in the server's log."""
    log = outpost.data_folder / "server.log"

    api.http.get(api.base_url + "/user", headers={"X-Request-Id": "find-me-7"})

    line = r"INFO outpost.access find-me-7: GET /v1/user 200 [\d.]+ ms"
    assert eventually(lambda: re.search(line, log.read_text()))


def test_the_log_of_the_server_can_be_read_by_programs(tmp_path):
    """``--log-format json``: an object per line, with the id of the request."""
    options = ["--data", str(tmp_path)]
    CliRunner().invoke(local, ["start", "--log-format", "json", *options])
    base_url = DataFolder(tmp_path).read_state().base_url
    headers = {"X-Request-Id": "find-me-8"}
    httpx.get(base_url + "/user", headers=headers, timeout=60, trust_env=False)
    CliRunner().invoke(local, ["stop", *options])

    lines = [json.loads(line) for line in (tmp_path / "server.log").read_text().splitlines()]
    (line,) = [one for one in lines if one["request_id"] == "find-me-8"]

    assert (line["level"], line["logger"]) == ("INFO", "outpost.access")
    assert line["message"].startswith("GET /v1/user 401 ")


WRITES_ITS_LOG = """
import logging, os, pathlib, sys
from outpost_server.running import server_log
path = pathlib.Path(sys.argv[1])
handler = server_log.BoundedStderr(path, max_bytes=1000)
logging.basicConfig(handlers=[handler], level=logging.INFO)
for number in range(100):
    logging.info("line %d", number)
os.write(2, b"and what the interpreter says\\n")
"""


def test_the_log_of_the_server_stays_within_its_bound(tmp_path):
    """Two files; the newest lines stay, those that logging does not know of as well."""
    path = tmp_path / "server.log"
    with path.open("wb") as file:
        subprocess.run([sys.executable, "-c", WRITES_ITS_LOG, path], stderr=file, check=True)

    before = (tmp_path / "server.log.1").read_text()
    now = path.read_text()

    assert {one.name for one in tmp_path.iterdir()} == {"server.log", "server.log.1"}
    assert 1000 < len(before) < 1100
    assert now.endswith("line 99\nand what the interpreter says\n")


def test_neither_tokens_nor_secrets_can_be_read_from_the_folder(api, outpost, contents):
    """Tokens are kept as digests, secrets sealed with a key that only the owner may read."""
    api.endpoint(secrets=[{"name": "KEY", "value": "very-secret-value"}])

    files = contents(outpost.data_folder)
    written = b"".join(content for path, content in files.items() if path.name != "token")
    modes = {
        name: stat.S_IMODE((outpost.data_folder / name).stat().st_mode)
        for name in ("secrets.key", "token", "outpost.db", "server.log", "server.json")
    }

    assert b"very-secret-value" not in written
    assert api.token.encode() not in written
    assert set(modes.values()) == {0o600}
    assert stat.S_IMODE(outpost.data_folder.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda key: key.unlink(), "secrets.key is missing"),
        (lambda key: key.write_bytes(b"x" * 43 + b"="), "is not the one"),
        (lambda key: key.write_bytes(b"rubbish"), "is not the one"),
    ],
    ids=["missing", "another", "rubbish"],
)
def test_without_the_right_key_nothing_starts_and_nothing_changes(tmp_path, spoil, said):
    """A new key would lose every secret: the way back is to put the right one in its place."""
    with LocalOutpost(data_folder=tmp_path):
        key = (tmp_path / "secrets.key").read_bytes()
    spoil(tmp_path / "secrets.key")

    with pytest.raises(LocalOutpostError, match=said):
        LocalOutpost(data_folder=tmp_path).start()
    (tmp_path / "secrets.key").write_bytes(key)
    with LocalOutpost(data_folder=tmp_path) as outpost:
        assert outpost.pid


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "::", "example.org"])
def test_a_host_that_others_can_reach_needs_a_token_file(host):
    """The error names the option and the way out."""
    with pytest.raises(SettingsError, match="token-file"):
        LocalOutpost(host=host)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "::1", "localhost"])
def test_this_machine_alone_needs_none(tmp_path, host):
    """Loopback addresses are the default."""
    assert ServerSettings(tmp_path, host=host).is_loopback


def test_the_token_of_a_file_is_the_token_of_the_user(token_file):
    """It replaces the one before; addresses in answers are those by which the caller came."""
    with LocalOutpost(host="0.0.0.0", token_file=token_file) as outpost:
        port = outpost.base_url.rpartition(":")[2].partition("/")[0]
        user = httpx.get(
            f"http://localhost:{port}/v1/user",
            headers={"Authorization": f"Bearer {TOKEN}"},
            timeout=60,
            trust_env=False,
        )

    assert user.json()["avatarUrl"].startswith(f"http://localhost:{port}/avatars/")


@pytest.mark.parametrize(
    ("text", "mode", "said"),
    [
        (TOKEN, 0o644, "chmod 600"),
        ("short", 0o600, "at least 24"),
        ("two words of a token that is long", 0o600, "at least 24"),
        ("é" * 30, 0o600, "at least 24"),
        (None, 0o600, "cannot be read"),
    ],
)
def test_a_token_file_that_protects_nothing_is_refused(token_file, text, mode, said):
    """Others could read it, or it can be guessed, or it is not there."""
    if text is None:
        token_file.unlink()
    else:
        token_file.write_text(text)
        token_file.chmod(mode)

    with pytest.raises(LocalOutpostError, match=said):
        LocalOutpost(host="0.0.0.0", token_file=token_file).start()


def test_a_server_that_others_can_reach_is_started_with_a_warning(tmp_path, token_file):
    """Nothing is encrypted between it and its clients."""
    arguments = ["--host", "0.0.0.0", "--token-file", str(token_file)]
    data = ["--data", str(tmp_path / "data")]

    result = CliRunner().invoke(local, ["start", *arguments, *data])
    CliRunner().invoke(local, ["stop", *data])

    assert result.exit_code == 0
    assert "Warning: whoever can reach 0.0.0.0" in result.stderr


def test_too_many_calls_are_refused_with_retry_after(connect):
    """Per user; guesses of tokens are counted together."""
    with LocalOutpost(rate_limit=5) as outpost:
        api = connect(outpost)
        mine = [api.call("GET", "/user").status_code for _ in range(7)]
        refused = api.call("GET", "/user")
        guesses = [
            api.call("GET", "/user", headers={"Authorization": f"Bearer guess-{number}"})
            for number in range(7)
        ]

    assert mine == [200] * 5 + [429] * 2
    assert refused.json()["code"] == "rate_limited"
    assert 1 <= int(refused.headers["retry-after"]) <= 12
    assert [one.status_code for one in guesses] == [401] * 5 + [429] * 2


def test_the_limit_fills_up_again_with_time():
    """After the wait that it names exactly one more may go on."""
    at = 0.0
    limit = RateLimit(60, clock=lambda: at)
    at_once = [limit.wait_s("me") for _ in range(61)]
    at += at_once[-1]

    assert at_once[:60] == [0.0] * 60
    assert at_once[60] == pytest.approx(1.0)
    assert limit.wait_s("me") == 0.0
    assert limit.wait_s("me") == pytest.approx(1.0)
    assert limit.wait_s("another") == 0.0


def test_the_limit_remembers_a_bounded_number_of_callers():
    """A flood of made-up callers does not fill the memory."""
    limit = RateLimit(1, clock=lambda: 0.0)

    for number in range(MAX_CALLERS + 10):
        limit.wait_s(str(number))

    assert len(limit._buckets) == MAX_CALLERS


@pytest.mark.anyio
async def test_a_connection_that_does_not_finish_its_headers_is_closed(monkeypatch):
    """Also one that sends a byte now and then; one that finishes is not."""
    monkeypatch.setattr(patience, "HEADERS_PATIENCE_S", 0.5)

    async def app(scope, receive, send):
        await asyncio.sleep(0.7)
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})

    config = uvicorn.Config(app, lifespan="off", log_config=None)
    config.load()
    state = ServerState()
    server = await asyncio.get_running_loop().create_server(
        lambda: patience.PatientProtocol(config, state, {}), "127.0.0.1", 0
    )
    port = server.sockets[0].getsockname()[1]

    async def drip(writer):
        while True:
            await asyncio.sleep(0.03)
            writer.write(b"a")

    async def talk(said, *, goes_on=False):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(said)
        dripping = asyncio.create_task(drip(writer)) if goes_on else None
        try:
            return await asyncio.wait_for(reader.read(100), 30)
        except ConnectionError:
            return b""
        finally:
            if dripping is not None:
                dripping.cancel()
            writer.close()

    async with server:
        silent, slow, complete = await asyncio.gather(
            talk(b""),
            talk(b"GET / HTTP/1.1\r\nHost: x\r\nX-A: ", goes_on=True),
            talk(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"),
        )

    assert silent == slow == b""
    assert complete.startswith(b"HTTP/1.1 204")
