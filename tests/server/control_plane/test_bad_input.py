"""Input that nobody means well: the server refuses it, stays up, and forgets nothing."""

from __future__ import annotations

import contextlib
import gzip
import json
import socket
import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from outpost_server import LocalOutpost
from outpost_server.running.patience import HEADERS_PATIENCE_S

JSON = {"Content-Type": "application/json"}
URL_FORM = {
    "templateType": "custom",
    "customTemplateConfig": {"className": "Echo", "url": "http://127.0.0.1:9/template.py"},
}


def raw(api, *pieces):
    """Send bytes as they are and return all that comes back until the server closes.

    Nothing when it closes before it has read all: the system then resets the connection.
    """
    host, _, port = api.origin.removeprefix("http://").rpartition(":")
    with socket.create_connection((host, int(port)), timeout=60) as connection:
        try:
            for piece in pieces:
                connection.sendall(piece)
            connection.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: connection.recv(65536), b""))
        except TimeoutError:
            raise
        except OSError:
            return b""


def resident_mib(outpost):
    status = Path(f"/proc/{outpost.pid}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) / 1024


@pytest.mark.parametrize(
    "name",
    [
        "..",
        ".",
        "%2e%2e",
        "a%2Fb",
        "..%2f..%2foutpost.db",
        "%00",
        "%0d%0aX-A:b",
        "%ff",
        "%C3%BC",
        "x" * 300,
    ],
)
@pytest.mark.parametrize("path", ["/endpoints/local/{}", "/endpoints/{}/x", "/teams/{}"])
def test_a_name_in_a_path_that_nobody_can_have_is_not_found(api, path, name):
    """404 in the shape of the document; no name reaches the file system."""
    path = "/v1" + path.format(name)
    request = f"GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {api.token}\r\n"

    answer = raw(api, (request + "Connection: close\r\n\r\n").encode())

    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 404"), answer
    assert json.loads(body)["code"] == "not_found"
    assert b"\r\nX-A" not in head


@pytest.mark.parametrize(
    "body",
    [
        b'{"' + b"k" * (1024 * 1024 - 10) + b'": 1}',
        b'{"name": "' + b"n" * (1024 * 1024) + b'"}',
        b"[" * 500_000,
        b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
        b'{"name": 1e999999999}',
        b'{"name": "\\ud800"}',
        b"\x00" * 1000,
        b"{" + b",".join(b'"k%d": 1' % number for number in range(50_000)) + b"}",
    ],
    ids=[
        "long key",
        "long value",
        "deep array",
        "deep object",
        "number",
        "surrogate",
        "nul",
        "keys",
    ],
)
def test_json_that_is_long_deep_or_odd_is_refused_at_once(api, outpost, processor_s, body):
    """400 or 422 with a short message."""
    before = processor_s(outpost)

    response = api.call("POST", "/endpoints/local", content=body, headers=JSON)

    assert response.status_code in (400, 422)
    assert len(response.content) < 1000
    assert processor_s(outpost) - before < 2


def test_values_that_are_kept_as_they_come_have_a_bounded_depth(api):
    """What can be stored can be read, shown and deleted again."""
    deep, deeper = [], []
    for _ in range(64):
        deep = [deep]
    for _ in range(65):
        deeper = {"a": deeper}

    kept = api.create(prebuiltContainerDetails={"name": "python", "serverArgs": deep})
    refused = api.create(prebuiltContainerDetails={"name": "python", "serverArgs": deeper})
    path = f"/endpoints/local/{kept.json()['name']}"

    assert refused.status_code == 422
    assert refused.json()["message"].startswith("prebuiltContainerDetails.serverArgs: ")
    assert api.get(path)["prebuiltContainerDetails"]["serverArgs"] == deep
    assert api.call("DELETE", path).status_code == 204


@pytest.mark.parametrize("number", ["2.0", "2e0", "20e-1"])
def test_a_number_without_a_fraction_is_an_integer_however_it_is_written(api, number):
    """As it is to JSON schema. One with a fraction is refused."""
    endpoint = api.endpoint()
    headers = {"Content-Type": "application/json"}

    def put(number: str):
        body = b'{"replicaScalingConfig": {"max": %b}}' % number.encode()
        return api.call("PUT", endpoint.path, content=body, headers=headers)

    assert put(number).json()["replicaScalingConfig"]["max"] == 2
    assert put("2.5").json()["message"].startswith("replicaScalingConfig.max: expected `int`")


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd", "gzip, gzip"])
def test_a_compressed_body_is_not_unfolded(api, outpost, encoding):
    """A bomb of 1 GiB costs the server nothing."""
    before = resident_mib(outpost)
    bomb = gzip.compress(bytes(64 * 1024 * 1024))
    headers = {**JSON, "Content-Encoding": encoding}

    responses = [
        api.call(method, path, content=bomb, headers=headers)
        for method, path in (("POST", "/endpoints/local"), ("PUT", "/user/socials"))
    ]

    assert [one.status_code for one in responses] == [400, 400]
    assert responses[0].json()["code"] == "unsupported_content_encoding"
    assert resident_mib(outpost) - before < 32


def test_a_body_without_end_is_cut_off(api):
    """The server reads no further than its limit, whatever length is announced."""

    def endless():
        for _ in range(10_000):
            yield b" " * 65536

    announced = raw(
        api,
        b"PUT /v1/user/socials HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        b"Authorization: Bearer " + api.token.encode() + b"\r\nContent-Length: 9999999999\r\n\r\n{",
    )
    # The connection may end while the rest is still being sent.
    with contextlib.suppress(httpx.WriteError, httpx.ReadError, httpx.RemoteProtocolError):
        answer = api.http.put(api.base_url + "/user/socials", content=endless(), headers=JSON)
        assert answer.status_code == 400

    assert b"200" not in announced[:20]
    assert api.get("/user")["name"] == "local"


@pytest.mark.parametrize(
    "rubbish",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(200),
        b"GET / HTTP/1.1\r\n" + b"X" * 200_000,
        b"GET /v1/user HTTP/9.9\r\n\r\n",
        b"\r\n\r\n\r\nPOST\r\n\r\n",
        b"GET /v1/user HTTP/1.1\r\nHost: a\r\nContent-Length: -5\r\n\r\n",
        b"POST /v1/user HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nZZZ\r\n",
        b"GET /v1/user HTTP/1.1\r\nHost: a\r\n\r\nGARBAGE\x00\xff\r\n\r\nGET / HTTP/1.1\r\n\r\n",
    ],
    ids=["tls", "long header", "version", "nothing", "length", "chunk", "pipelined"],
)
def test_what_is_not_http_ends_its_own_connection_only(api, rubbish):
    """Nothing of it is taken for a request that succeeded, and others are served meanwhile."""
    answer = raw(api, rubbish)

    assert b" 200 " not in answer
    assert b"Traceback" not in answer
    assert api.get("/user")["name"] == "local"


@pytest.mark.parametrize("method", ["PATCH", "TRACE", "PROPFIND", "OPTIONS", "get"])
def test_a_method_that_a_path_does_not_have_is_named_with_those_that_it_has(api, method):
    """405 with Allow; what is only served for old clients is not advertised."""
    response = api.http.request(method, api.base_url + "/user/avatar")

    if method == "get":
        # httpx sends it in upper case: GET is not served there either.
        assert response.request.method == "GET"
    assert response.status_code == 405
    assert response.headers["allow"] == "DELETE, POST"
    assert response.json()["code"] == "method_not_allowed"


FLOOD = """
class Flood:
    def predict(self, mib: int):
        for number in range(mib * 16):
            print(f"{number:09}" + "x" * 65_000)
        print("the last line")
        return mib
"""


def test_a_template_that_writes_without_end_fills_no_disk(api, outpost, eventually):
    """Its log keeps the newest lines within a bound, and others are answered meanwhile."""
    endpoint = api.deployed(FLOOD, "Flood")

    with ThreadPoolExecutor(1) as threads:
        began_at = time.monotonic()
        writing = threads.submit(endpoint.predict, params={"mib": 96})
        waits = []
        while not writing.done():
            waits.append(api.call("GET", "/user").elapsed.total_seconds())
        took_s = time.monotonic() - began_at
    newest = eventually(
        lambda: endpoint.logs("runtime", limit=1)[0]["data"]["message"],
        lambda message: message == "the last line",
    )
    id = endpoint.get()["id"]
    sizes = [path.stat().st_size for path in (outpost.data_folder / "logs" / id).rglob("runtime*")]

    assert writing.result().status_code == 200
    assert newest == "the last line"
    assert sum(sizes) < 66 * 1024 * 1024
    # On a busy machine both take longer.
    assert max(waits) < took_s / 2


def test_a_template_cannot_take_the_port_of_the_server(api):
    """The deployment fails with the reason, and the server goes on."""
    port = api.origin.rpartition(":")[2]
    template = (
        "import socket\n"
        f"socket.create_server(('127.0.0.1', {port}))\n"
        "class Greedy:\n    def predict(self): return 1\n"
    )
    endpoint = api.endpoint(template, "Greedy")

    deployment = endpoint.deploy_and_wait()

    assert deployment["status"] == "failed"
    assert "Address already in use" in endpoint.messages("dep")[-1]


def test_two_hundred_connections_that_say_nothing_hold_nobody_up(api):
    """They cost a descriptor each; the next caller is answered at once."""
    host, _, port = api.origin.removeprefix("http://").rpartition(":")
    idle = [socket.create_connection((host, int(port))) for _ in range(200)]
    for connection in idle:
        connection.sendall(b"GET /v1/user HTTP/1.1\r\nX-Slow: ")

    answered = api.call("GET", "/user").elapsed.total_seconds()
    for connection in idle:
        connection.close()

    # That is when the server gives them up.
    assert answered < HEADERS_PATIENCE_S


def test_deleting_twice_at_once_deletes_once(api, eventually):
    """One 204; the others get 204 or 404, and never an error of the server."""
    endpoint = api.deployed(name="twice")
    start = threading.Barrier(4)

    def delete(_):
        start.wait()
        return api.call("DELETE", endpoint.path).status_code

    with ThreadPoolExecutor(4) as threads:
        codes = list(threads.map(delete, range(4)))

    assert 204 in codes
    assert set(codes) <= {204, 404}
    assert eventually(lambda: api.call("GET", endpoint.path).status_code == 404)


def test_one_name_is_given_once_however_many_ask_at_once(api):
    """One 201, the others 409."""
    start = threading.Barrier(8)

    def create(_):
        start.wait()
        form = {**URL_FORM, "name": "contested"}
        return api.call("POST", "/endpoints/local", json=form).status_code

    with ThreadPoolExecutor(8) as threads:
        codes = list(threads.map(create, range(8)))

    assert sorted(codes) == [201] + [409] * 7


def test_a_clock_that_jumps_back_changes_no_order(connect, lasting_folder):
    """Deployments stay in the order in which they were made, and none takes less than no time."""
    with LocalOutpost(data_folder=lasting_folder) as outpost:
        endpoint = connect(outpost).endpoint(name="clock")
        first = endpoint.deploy_and_wait()["id"]
    connection = sqlite3.connect(lasting_folder / "outpost.db")
    # As if the first day had been two years ahead.
    for column in ("created_at", "updated_at"):
        connection.execute(f"UPDATE deployments SET {column} = '2030-01-01T00:00:00.000Z'")
        connection.execute(f"UPDATE endpoints SET {column} = '2030-01-01T00:00:00.000Z'")
    connection.commit()
    connection.close()

    with LocalOutpost(data_folder=lasting_folder):
        second = endpoint.deploy_and_wait()["id"]
        listed = endpoint.get("/deployments")["deployments"]

    assert [one["id"] for one in listed] == [second, first]
    assert all(one["timeTakenS"] >= 0 for one in listed)


def test_ten_thousand_endpoints_are_listed_in_bounded_time_and_memory(
    connect, processor_s, lasting_folder
):
    """The list is whole; status stays quick beside it."""
    with LocalOutpost(data_folder=lasting_folder) as outpost:
        api = connect(outpost)
        api.call("POST", "/endpoints/local", json={**URL_FORM, "name": "first"})
    connection = sqlite3.connect(lasting_folder / "outpost.db")
    connection.execute(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9999)"
        " INSERT INTO endpoints (id, owner_id, name, slug, config, created_at, updated_at)"
        " SELECT 'id' || i, owner_id, 'e' || i, 'slug' || i, config, created_at, updated_at"
        " FROM endpoints, n WHERE name = 'first'"
    )
    connection.commit()
    connection.close()

    with LocalOutpost(data_folder=lasting_folder) as outpost:
        before, began_s = resident_mib(outpost), processor_s(outpost)
        response = api.http.get(api.base_url + "/endpoints/local")
        grown, listed_s = resident_mib(outpost) - before, processor_s(outpost)
        status = api.call("GET", "/endpoints/local/e9999/status")
        status_s = processor_s(outpost) - listed_s

    assert response.json()["total"] == len(response.json()["endpoints"]) == 10_000
    assert listed_s - began_s < 10
    assert grown < 200
    assert status.json()["status"] == "not_deployed"
    assert status_s < 1


@pytest.mark.parametrize(("metadata", "told"), [
    ({"name": "My Model"}, "name: expected 1 to 63 small letters, digits and hyphens"),
    ({"secrets": [{"name": "A-B", "value": ""}]}, "digits and underscores, and no digit at the"),
    ({"customTemplateConfig": {"className": "1"}}, "className: expected letters, digits and"),
])  # fmt: skip
def test_a_name_that_cannot_be_is_refused_in_words(api, metadata, told):
    """Patterns are for programs."""
    refused = api.create(**metadata)

    assert refused.status_code == 422
    assert told in refused.json()["message"]
    assert "regex" not in refused.json()["message"]
