"""A page of an endpoint's logs: in a time that does not grow with its deployments of before."""

from __future__ import annotations

import asyncio

from outpost_server.keeping.log_reading import DISORDER_NS, NewestLines
from outpost_server.keeping.log_search import EVERYTHING, LogSearch
from outpost_server.keeping.logbook import Logbook, file_names
from outpost_server.keeping.settled_logs import FileOfDeployment
from outpost_server.keeping.store.store import Store

# Most pages have lines of fewer files than this.
FILES_AT_ONCE = 200


class LogPages:
    """Reads them.

    Of deployments that may still write, which are few, all files are looked at. Of those that are
    settled it is known from when to when their lines are: what the page needs is opened, no more.
    """

    def __init__(self, store: Store, logbook: Logbook) -> None:
        self._store = store
        self._logbook = logbook

    async def newest(
        self,
        endpoint_id: str,
        log_type: str | None,
        *,
        deployment_id: str | None,
        start_ns: int,
        end_ns: int | None,
        limit: int,
        search: LogSearch = EVERYTHING,
    ) -> list[bytes]:
        """Return the newest ``limit`` lines of ``start_ns <= time < end_ns``, oldest first.

        Without ``log_type`` those of all logs, without ``deployment_id`` of all deployments.
        Only lines that ``search`` looks for.
        """
        takes = None if search == EVERYTHING else search.takes
        page = NewestLines(start_ns=start_ns, end_ns=end_ns, limit=limit, takes=takes)
        names = file_names(log_type)
        settled = self._store.settled_logs
        # First what may be settled meanwhile: it is found twice then, and not never.
        looked_at = settled.unsettled(endpoint_id) if deployment_id is None else [deployment_id]
        # In another thread, all of it: logs are megabytes, and others want answers.
        await asyncio.to_thread(
            lambda: page.add(self._logbook.files(endpoint_id, looked_at, names))
        )
        last: FileOfDeployment | None = None
        while deployment_id is None:
            files = settled.overlapping(
                endpoint_id,
                names,
                start_ns=max(0, start_ns - DISORDER_NS),
                end_ns=None if end_ns is None else end_ns + DISORDER_NS,
                after=last,
                limit=FILES_AT_ONCE,
            )
            await asyncio.to_thread(page.add, self._logbook.found(endpoint_id, files))
            if len(files) < FILES_AT_ONCE or not page.may_be_in(files[-1].end_ns):
                break
            last = files[-1]
        return page.lines()
