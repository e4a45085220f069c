"""A page of an endpoint's logs, from many deployments of which few still write."""

from __future__ import annotations

import asyncio
import json
import os
import random
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from outpost_server.keeping.data_folder import DataFolder
from outpost_server.keeping.log_pages import FILES_AT_ONCE, LogPages
from outpost_server.keeping.logbook import Logbook
from outpost_server.keeping.retention import Retention
from outpost_server.keeping.store.records import (
    Deployment,
    Endpoint,
    EndpointConfig,
    now,
)
from outpost_server.keeping.store.store import Store
from outpost_server.running.accounts import new_account

BEGIN = 1_700_000_000_000_000_000
SECOND = 1_000_000_000
MIB = 1024 * 1024
CONFIG = EndpointConfig(template_type="custom", hardware_instance="cpu-sm", template_digest="0")


@dataclass
class History:
    """The endpoint ``e`` with deployments that have concluded and do not serve."""

    folder: DataFolder
    store: Store
    logbook: Logbook

    def deploy(self, deployment_id: str) -> None:
        at = now()
        made = Deployment(deployment_id, "e", None, "queued", True, CONFIG, at, at)
        asyncio.run(self.store.deployments.add(made, None))
        asyncio.run(self.store.deployments.set_status(deployment_id, "failed"))

    def write(self, deployment_id: str, log_type: str, times: list[int]) -> None:
        """Write a line at each time, in this order; the file is as old as its last line."""
        path = self.logbook.path("e", deployment_id, log_type)
        said = [{"timestamp": str(at), "data": f"{deployment_id} {log_type}"} for at in times]
        path.write_text("".join(json.dumps(one, separators=(",", ":")) + "\n" for one in said))
        os.utime(path, ns=(max(times), max(times)))

    def retention(self, *, keep_deployments: int = 1000, keep_logs_mb: float = 1000) -> Retention:
        return Retention(
            self.store,
            self.folder,
            self.logbook,
            keep_deployments=keep_deployments,
            keep_logs_mb=keep_logs_mb,
        )

    def settle(self, *deployment_ids: str) -> None:
        asyncio.run(self.retention().settle("e", deployment_ids))

    def page(
        self,
        log_type: str | None = "runtime",
        *,
        deployment_id: str | None = None,
        start_ns: int = 0,
        end_ns: int | None = None,
        limit: int = 100,
    ) -> list[int]:
        lines = asyncio.run(
            LogPages(self.store, self.logbook).newest(
                "e",
                log_type,
                deployment_id=deployment_id,
                start_ns=start_ns,
                end_ns=end_ns,
                limit=limit,
            )
        )
        return [int(json.loads(line)["timestamp"]) for line in lines]


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    folder = DataFolder(tmp_path)
    folder.prepare()
    store = Store(folder.store, folder.key)
    owner, at = new_account("me", "user"), now()
    asyncio.run(store.users.add(owner, "a-token"))
    endpoint = Endpoint("e", "name", "slug", owner.id, CONFIG, at, at)
    asyncio.run(store.endpoints.add(endpoint, None, {}, None))
    yield History(folder, store, Logbook(folder.logs))
    store.close()


@pytest.mark.parametrize("seed", range(10))
def test_pages_are_those_of_sorting_all_lines_whichever_logs_are_settled(history, seed):
    """Deployments overlap, end in any order, and write in bursts or for long."""
    chance = random.Random(seed)
    said: dict[str, list[int]] = {"runtime": [], "dep": []}
    for number in range(60):
        history.deploy(f"d{number}")
        for log_type in said:
            begin = BEGIN + chance.randrange(1000) * SECOND
            spread = chance.choice((1, 10, 1000)) * SECOND
            times = sorted(begin + chance.randrange(spread) for _ in range(chance.randrange(1, 40)))
            history.write(f"d{number}", log_type, times)
            said[log_type] += times
        if chance.random() < 0.8:
            history.settle(f"d{number}")

    for log_type in (*said, None):
        start, end = sorted(BEGIN + chance.randrange(2000) * SECOND for _ in range(2))
        limit = chance.randrange(1, 300)
        lines = sorted(at for one in said if log_type in (one, None) for at in said[one])

        found = history.page(log_type, start_ns=start, end_ns=end, limit=limit)

        assert found == [at for at in lines if start <= at < end][-limit:]


def test_a_page_needs_only_the_files_that_have_its_lines(history):
    """Those of other settled deployments are not opened: what they have by now is not found."""
    minutes = [BEGIN + number * 60 * SECOND for number in range(2 * FILES_AT_ONCE)]
    for number, at in enumerate(minutes):
        history.deploy(f"d{number}")
        history.write(f"d{number}", "runtime", [at])
    history.settle(*(f"d{number}" for number in range(len(minutes))))
    for number in (*range(9), *range(13, len(minutes) - 3)):
        history.write(f"d{number}", "runtime", [minutes[11], minutes[-1]])

    assert history.page(start_ns=minutes[10], end_ns=minutes[12]) == minutes[10:12]
    assert history.page(limit=2) == minutes[-2:]


def test_a_page_has_lines_of_more_files_than_are_looked_for_at_once(history):
    """However few each of them has."""
    seconds = [BEGIN + number * SECOND for number in range(FILES_AT_ONCE * 2 + 1)]
    for number, at in enumerate(seconds):
        history.deploy(f"d{number}")
        history.write(f"d{number}", "runtime", [at])
    history.settle(*(f"d{number}" for number in range(len(seconds))))

    assert history.page(limit=1000) == seconds


def test_moments_may_be_any(history):
    """Those of lines, which templates write, and those of a question."""
    for name in ("past", "future"):
        history.deploy(name)
    history.write("past", "runtime", [BEGIN])
    history.write("future", "runtime", [10**19 - 1, BEGIN + 1])
    os.utime(history.logbook.path("e", "future", "runtime"), ns=(BEGIN + 2, BEGIN + 2))
    history.settle("past", "future")

    assert history.page(end_ns=BEGIN + 5) == [BEGIN, BEGIN + 1]
    assert history.page(end_ns=10**19 - 1) == [BEGIN, BEGIN + 1]
    assert history.page(start_ns=10**19 - 1) == []
    assert history.page() == [BEGIN, BEGIN + 1, 10**19 - 1]


def test_a_settled_log_is_found_by_its_deployment_too(history):
    """And is of no other one."""
    for name in ("a", "b"):
        history.deploy(name)
        history.write(name, "runtime", [BEGIN])
    history.settle("a", "b")

    assert history.page(deployment_id="a") == [BEGIN]


def test_what_is_known_of_logs_goes_with_their_deployment(history):
    """Its folders, too."""
    for name in ("a", "b", "c"):
        history.deploy(name)
        history.write(name, "runtime", [BEGIN])
    history.settle("a", "b", "c")

    asyncio.run(history.retention(keep_deployments=1).tidy("e"))

    assert asyncio.run(history.store.settled_logs.of_endpoint("e")) == {"c"}
    assert [path.name for path in (history.folder.logs / "e").iterdir()] == ["c"]


def test_old_logs_are_bounded_by_what_is_known_of_them(history):
    """Those of a deployment are kept or removed whole, the newest first; it stays listed itself."""
    for number in range(4):
        history.deploy(f"d{number}")
        history.write(f"d{number}", "runtime", [BEGIN] * 10_000)
    history.settle("d3", "d1", "d0", "d2")
    size = history.logbook.path("e", "d0", "runtime").stat().st_size

    asyncio.run(history.retention(keep_logs_mb=2.5 * size / MIB).tidy("e"))

    assert asyncio.run(history.store.settled_logs.of_endpoint("e")) == {"d2", "d3"}
    assert {path.name for path in (history.folder.logs / "e").iterdir()} == {"d2", "d3"}
    assert asyncio.run(history.store.deployments.ids("e")) == {"d0", "d1", "d2", "d3"}


def test_a_start_takes_stock_of_logs_that_are_left_or_gone(history):
    """An earlier server has left some unsettled, or was about to remove others; a backup that comes
    back has none."""
    for name in ("left", "gone", "forgotten"):
        history.deploy(name)
        history.write(name, "runtime", [BEGIN])
    history.settle("gone", "forgotten")
    shutil.rmtree(history.folder.logs / "e" / "gone")
    asyncio.run(history.store.settled_logs.drop(["forgotten"]))

    unsettled = history.store.settled_logs.unsettled_past()
    asyncio.run(history.retention().tidy_all(unsettled))

    assert unsettled == {"e": ["left"]}
    assert asyncio.run(history.store.settled_logs.of_endpoint("e")) == {"left"}
    assert [path.name for path in (history.folder.logs / "e").iterdir()] == ["left"]
    assert history.page() == [BEGIN]


def test_what_was_written_last_does_not_bring_a_removed_deployment_back(history):
    """Its replicas may end after it has been removed."""
    history.deploy("d")
    asyncio.run(history.retention(keep_deployments=0).tidy("e"))
    history.write("d", "event", [BEGIN])

    history.settle("d")

    assert list((history.folder.logs / "e").iterdir()) == []
