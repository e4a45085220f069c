"""A file of results that a batch can go on with, after whatever ended it.

One line of JSON per input that was predicted, written at once and never changed: its index, a
digest of the input, and the value. A process that is killed leaves at most an unfinished last line,
which the next one removes. Failures go to a file beside it, which begins anew with every run, as
they are tried again.
"""

import base64
import contextlib
import dataclasses
import hashlib
import os
from pathlib import Path
from typing import (
    TYPE_CHECKING,
    Any,
    AsyncIterator,
    BinaryIO,
    Dict,
    Iterator,
    Optional,
    Type,
)

import msgspec

from outpost_api.later import later
from outpostkit.exceptions import ConfigurationError, OutpostError, OutpostHTTPException
from outpostkit.predictor._batch import PredictionInput, PredictionResult
from outpostkit.predictor._inputs.encoding import comparable_bytes, json_bytes

if TYPE_CHECKING:
    import types

    import httpx

    from outpostkit._resources import values
    from outpostkit.predictor import _batch_running
else:
    values = later("outpostkit._resources.values")
    httpx = later("httpx")
    _batch_running = later("outpostkit.predictor._batch_running")
    types = later("types")

LINE_BEGINS = b'{"index":'
#: Inputs whose digests are compared with those of a file that is gone on with.
COMPARED = 1000


@dataclasses.dataclass(frozen=True)
class BatchSummary:
    """What became of a batch that was written to a file."""

    #: The file with one line for each input that was predicted.
    path: Path
    #: Inputs that an earlier run had predicted.
    already_done: int
    #: Inputs that this run predicted.
    predicted: int
    #: Inputs that failed in this run; the next one tries them again.
    failed: int
    #: The file with one line for each of those, or None.
    errors_path: Optional[Path]


class _Line(msgspec.Struct):
    """What is read of a line again."""

    index: int
    input: Optional[str] = None


class ResultsFile:
    """The file, open and locked within a ``with`` statement."""

    def __init__(self, path: "values.FilePath") -> None:
        self.path = Path(path)
        self._errors_path = self.path.with_name(f"{self.path.stem}.errors{self.path.suffix}")
        self._done = bytearray()
        self._digests: Dict[int, Optional[str]] = {}
        self._already_done = self._predicted = self._failed = 0
        self._file: Optional[BinaryIO] = None
        self._errors: Optional[BinaryIO] = None

    def __enter__(self) -> "ResultsFile":
        try:
            # Closed by __exit__.
            self._file = open(self.path, "a+b", buffering=0)
        except OSError as problem:
            raise ConfigurationError(
                f"path {self.path}: cannot be written: {problem.strerror}"
            ) from None
        try:
            self._lock(self._file)
            self._take_up(self._file)
            self._errors_path.unlink()
        except FileNotFoundError:
            pass  # nothing failed last time
        except BaseException:
            self._file.close()
            raise
        return self

    def __exit__(
        self,
        exc_type: "Optional[Type[BaseException]]",
        exc: Optional[BaseException],
        traceback: "Optional[types.TracebackType]",
    ) -> None:
        for file in (self._file, self._errors):
            if file is not None:
                with contextlib.suppress(OSError):
                    os.fsync(file.fileno())
                file.close()

    @property
    def already_done(self) -> int:
        """How many inputs an earlier run had predicted."""
        return self._already_done

    def summary(self) -> BatchSummary:
        """Return what was done."""
        errors = self._errors_path if self._failed else None
        return BatchSummary(self.path, self._already_done, self._predicted, self._failed, errors)

    def pending(
        self, inputs: "Iterator[_batch_running.Indexed]"
    ) -> "Iterator[_batch_running.Indexed]":
        """Yield the inputs that have no result yet.

        Raises:
            ConfigurationError: an input differs from that which the file has a result of.
        """
        for index, value in inputs:
            if not self._is_done(index, value):
                yield index, value

    async def pending_async(
        self, inputs: "AsyncIterator[_batch_running.Indexed]"
    ) -> "AsyncIterator[_batch_running.Indexed]":
        """Yield the inputs that have no result yet; see :meth:`pending`."""
        async for index, value in inputs:
            if not self._is_done(index, value):
                yield index, value

    def add(self, result: PredictionResult) -> None:
        """Write a result; it is in the file when this returns, whatever happens then."""
        line: Dict[str, Any] = {"index": result.index, "input": _digest(result.input)}
        if result.error is None:
            assert self._file is not None, "results are added within the with statement"
            assert result.response is not None, "a result has an answer or an error"
            _write(self._file, {**line, **_content(result.response)})
            self._predicted += 1
            return
        if self._errors is None:
            self._errors = open(self._errors_path, "ab", buffering=0)  # noqa: SIM115  # as above
        _write(self._errors, {**line, "error": _description(result.error)})
        self._failed += 1

    def _is_done(self, index: int, value: Any) -> bool:
        if index >> 3 >= len(self._done) or not self._done[index >> 3] & (1 << (index & 7)):
            return False
        written = self._digests.get(index)
        if written is not None and written != _digest(value):
            raise ConfigurationError(
                f"path {self.path}: its result {index} is of another input; go on with the same "
                "inputs in the same order, or choose another file"
            )
        return True

    def _take_up(self, file: BinaryIO) -> None:
        """Note what is in the file, and remove a line that was not written to its end."""
        decode = msgspec.json.Decoder(_Line).decode
        end = 0
        file.seek(0)
        with open(self.path, "rb") as lines:
            for number, line in enumerate(lines, 1):
                is_whole = line.endswith(b"\n")
                if not is_whole and line.startswith(LINE_BEGINS[: len(line)]):
                    break
                try:
                    written = decode(line)
                    if not is_whole or written.index < 0:
                        raise ValueError
                except (msgspec.MsgspecError, ValueError):
                    raise ConfigurationError(
                        f"path {self.path}: line {number} is no result of a batch; choose another "
                        "file, so that this one stays as it is"
                    ) from None
                end += len(line)
                self._note(written)
        file.truncate(end)

    def _note(self, written: _Line) -> None:
        byte = written.index >> 3
        if byte >= len(self._done):
            self._done.extend(bytes(byte + 1 - len(self._done)))
        self._done[byte] |= 1 << (written.index & 7)
        self._already_done += 1
        if len(self._digests) < COMPARED:
            self._digests[written.index] = written.input

    def _lock(self, file: BinaryIO) -> None:
        try:
            import fcntl
        except ImportError:
            return  # not on Windows
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ConfigurationError(
                f"path {self.path}: another process writes its results there"
            ) from None


def _write(file: BinaryIO, line: Dict[str, Any]) -> None:
    left = memoryview(msgspec.json.encode(line) + b"\n")
    while left:
        left = left[file.write(left) :]


def _digest(value: Any) -> Optional[str]:
    encoded = None if isinstance(value, PredictionInput) else comparable_bytes(value)
    return None if encoded is None else hashlib.sha256(encoded).hexdigest()[:32]


def _content(response: "httpx.Response") -> Dict[str, Any]:
    from outpost_api.codec import read_json
    from outpost_api.errors import DecodeError

    media_type = response.headers.get("content-type", "")
    try:
        return {"value": msgspec.Raw(json_bytes(read_json(response.content)))}
    except (DecodeError, ConfigurationError):
        pass
    if media_type.startswith("text/") or "json" in media_type:
        return {"text": response.text, "content_type": media_type}
    return {"base64": base64.b64encode(response.content).decode(), "content_type": media_type}


def _description(error: OutpostError) -> Dict[str, Any]:
    described: Dict[str, Any] = {"type": type(error).__name__, "message": str(error)}
    if isinstance(error, OutpostHTTPException):
        described.update(
            status_code=error.status_code, code=error.code, request_id=error.request_id
        )
    return described
