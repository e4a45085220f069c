"""The three logs of every deployment: what the server wrote, and what its replicas wrote."""

from __future__ import annotations

import logging
import os
from collections.abc import Collection, Iterable, Iterator
from contextlib import closing, suppress
from pathlib import Path

import msgspec

from outpost_server.keeping.log_reading import FoundFile, first_time, read_line
from outpost_server.keeping.removing import remove
from outpost_server.keeping.settled_logs import FileOfDeployment, SettledFile
from outpost_server.log_files import LogFile, log_line

LOG_TYPES = ("runtime", "dep", "event")
# How much of what a replica printed is shown where it is told why it ended.
TAIL_LINES = 20
TAIL_CHARS = 4096
TAIL_BYTES = 256 * 1024

AS_IT_IS = msgspec.json.Decoder(msgspec.Raw)

_log = logging.getLogger("outpost.logbook")


class Logbook:
    """The log files below one folder: ``<endpoint id>/<deployment id>/<log type>.jsonl``."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, endpoint_id: str, deployment_id: str, log_type: str) -> Path:
        """Return the file of one log; its folder exists afterwards."""
        folder = self._folder / endpoint_id / deployment_id
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder / f"{log_type}.jsonl"

    def access_path(self, endpoint_id: str) -> Path:
        """Return the file of the requests of an endpoint; there is no folder for a deleted one."""
        return self._folder / endpoint_id / "access.jsonl"

    def deployment(self, endpoint_id: str, deployment_id: str) -> DeploymentLog:
        return DeploymentLog(self, endpoint_id, deployment_id)

    def write(self, endpoint_id: str, deployment_id: str, log_type: str, line: bytes) -> None:
        """Append a line. On a full disk it is lost: that must not stop what it tells of."""
        try:
            with closing(LogFile(str(self.path(endpoint_id, deployment_id, log_type)))) as file:
                file.write(line)
        except OSError as error:
            _log.warning("cannot write the %s log of endpoint %s: %s", log_type, endpoint_id, error)

    def forget(self, endpoint_id: str) -> None:
        """Remove the logs of an endpoint."""
        remove(self._folder / endpoint_id)

    def files(
        self, endpoint_id: str, deployment_ids: Iterable[str], names: Collection[str]
    ) -> list[FoundFile]:
        """Return those files of deployments that have one of ``names``, see :func:`file_names`."""
        folders = (self._folder / endpoint_id / one for one in deployment_ids)
        return [found for folder in folders for found in _files(folder, names)]

    def measure(self, endpoint_id: str, deployment_id: str) -> list[SettledFile]:
        """Return what the files of a deployment hold, to which nothing is written any more."""
        settled = []
        for found in self.files(endpoint_id, (deployment_id,), file_names(None)):
            with suppress(OSError):  # what cannot be read has no lines
                size = found.path.stat().st_size
                begin_ns = first_time(found.path)
                if begin_ns > found.written_ns:
                    begin_ns = 0  # a template may write lines of any time
                settled.append(SettledFile(found.path.name, begin_ns, found.written_ns, size))
        return settled

    def found(self, endpoint_id: str, settled: Iterable[FileOfDeployment]) -> list[FoundFile]:
        """Return where settled files are."""
        folder = self._folder / endpoint_id
        return [FoundFile(folder / one.deployment_id / one.name, one.end_ns) for one in settled]

    def last_output(self, endpoint_id: str, deployment_id: str, pod_name: str) -> str:
        """Return the end of what a replica printed and logged: 20 lines, 4 KiB, or less."""
        path = self.path(endpoint_id, deployment_id, "runtime")
        try:
            with path.open("rb") as file:
                file.seek(max(0, file.seek(0, os.SEEK_END) - TAIL_BYTES))
                found = [
                    read_line(line)["data"] for line in file if line.startswith(b'{"timestamp":')
                ]
        except (OSError, ValueError):
            return ""
        own = [one for one in found if one.get("kubernetes", {}).get("pod_name") == pod_name]
        texts = [one["message"] for one in own]
        details = [one.get("exc_info") for one in own]
        lines = [
            line
            for text, detail in zip(texts, details, strict=True)
            for line in (text if detail is None else f"{text}\n{detail}").splitlines()
        ]
        return "\n".join(lines[-TAIL_LINES:])[-TAIL_CHARS:]


class DeploymentLog:
    """Writes the deployment log and the event log of one deployment."""

    def __init__(self, logbook: Logbook, endpoint_id: str, deployment_id: str) -> None:
        self._logbook = logbook
        self._endpoint_id = endpoint_id
        self._deployment_id = deployment_id

    @property
    def runtime_path(self) -> Path:
        return self._logbook.path(self._endpoint_id, self._deployment_id, "runtime")

    def last_output(self, pod_name: str) -> str:
        """Return the end of what a replica printed and logged, see :meth:`Logbook.last_output`."""
        return self._logbook.last_output(self._endpoint_id, self._deployment_id, pod_name)

    def step(self, message: str, *, level: str = "INFO", exc_info: str | None = None) -> None:
        """Write what the deployment does or why it failed into the deployment log."""
        line = log_line("dep", level, "outpost.deployment", message, exc_info=exc_info)
        self._logbook.write(self._endpoint_id, self._deployment_id, "dep", line)

    def event(
        self,
        reason: str,
        message: str,
        *,
        level: str = "INFO",
        pod_name: str | None = None,
        detail: str | None = None,
    ) -> None:
        """Write what happened to the endpoint or a replica into the event log."""
        line = log_line(
            *("event", level, "outpost.events", message),
            reason=reason,
            pod_name=pod_name,
            exc_info=detail,
        )
        self._logbook.write(self._endpoint_id, self._deployment_id, "event", line)


def file_names(log_type: str | None) -> frozenset[str]:
    """Return the names of the files of one log, None for all of them."""
    types = LOG_TYPES if log_type is None else (log_type,)
    return frozenset(f"{one}.jsonl{suffix}" for one in types for suffix in ("", ".1"))


def readable(lines: Iterable[bytes]) -> Iterator[msgspec.Raw]:
    """Return lines as the JSON that they are; those that are none are left out."""
    for line in lines:
        # A disk that was full has cut lines in two.
        with suppress(ValueError):
            if b"\\ud" in line:
                yield msgspec.Raw(msgspec.json.encode(read_line(line)))
            else:
                # Read to see that it is whole, and not to be written again, which takes ten times
                # as long. Text is not looked at for that.
                line.decode()
                yield AS_IT_IS.decode(line)


def _files(folder: Path, names: Collection[str]) -> Iterator[FoundFile]:
    """Yield the files of these names in a deployment's folder."""
    with suppress(FileNotFoundError, NotADirectoryError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.name in names:
                with suppress(FileNotFoundError):
                    yield FoundFile(Path(entry.path), entry.stat().st_mtime_ns)
