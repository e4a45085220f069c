"""What a supervisor or a load balancer asks, without a token."""

from __future__ import annotations

import resource

import httpx
import pytest

from outpost_server import LocalOutpost


def ask(outpost, path, method="GET"):
    origin = outpost.base_url.removesuffix("/v1")
    return httpx.request(method, origin + path, trust_env=False, timeout=30)


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_a_server_that_works_says_so_to_anybody(outpost, path):
    """Nothing else is told, such as names or a version."""
    answer = ask(outpost, path)

    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_it_can_only_be_asked(outpost, path):
    """There is nothing to change."""
    assert ask(outpost, path, "POST").status_code == 405
    assert ask(outpost, path, "HEAD").content == b""


def test_a_full_disk_is_said_until_there_is_room(connect, tmp_path, eventually):
    """The process lives meanwhile, and nobody has to write anything for it to be ready again."""
    with LocalOutpost(data_folder=tmp_path) as outpost:
        api = connect(outpost)
        before = resource.prlimit(outpost.pid, resource.RLIMIT_FSIZE)
        full = (tmp_path / "outpost.db-wal").stat().st_size
        resource.prlimit(outpost.pid, resource.RLIMIT_FSIZE, (full, before[1]))
        refused = api.create("#" * 100_000)

        ready, alive = ask(outpost, "/readyz"), ask(outpost, "/healthz")
        resource.prlimit(outpost.pid, resource.RLIMIT_FSIZE, before)
        later = eventually(
            lambda: ask(outpost, "/readyz").status_code, lambda status: status == 200
        )

    assert refused.status_code == 500
    assert ready.status_code == 503
    assert ready.json() == {"status": "unavailable", "reasons": ["disk full"]}
    assert alive.status_code == 200
    assert later == 200
