"""Many predictions: what may begin, what is handed out when, and how failures count.

Decides and performs nothing; :mod:`outpostkit.predictor._batch_running` has the two shells.
"""

import dataclasses
import time
from typing import TYPE_CHECKING, Any, Dict, List, Literal, Mapping, Optional, Tuple

from outpost_api.later import later
from outpostkit.exceptions import ConfigurationError, OutpostError
from outpostkit.progress._events import BatchProgress

if TYPE_CHECKING:
    import httpx

    from outpost_api import types
    from outpost_api.types import JsonValue
    from outpostkit.predictor._pace import Sending

else:
    httpx = later("httpx")
    types = later("outpost_api.types")

OnError = Literal["raise", "collect", "skip"]
ON_ERROR = ("raise", "collect", "skip")

#: How far the answers that are ready may run ahead of the one that is due, in ordered batches.
AHEAD = 4


@dataclasses.dataclass(frozen=True)
class PredictionInput:
    """One input of a batch that is more than JSON: the arguments of ``predictor.infer``."""

    json: object = None
    data: Any = None
    files: Any = None
    content: Any = None
    params: Any = None
    headers: Optional[Mapping[str, str]] = None

    def arguments(self) -> Dict[str, Any]:
        """Return the arguments by name."""
        return {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}


@dataclasses.dataclass(frozen=True)
class PredictionResult:
    """What became of one input of a batch."""

    #: Its place among the inputs, counted from 0.
    index: int
    #: The input itself.
    input: Any = dataclasses.field(repr=False)
    #: The answer, or None when there is an error.
    response: "Optional[httpx.Response]" = None
    #: Why there is no answer, or None.
    error: Optional[OutpostError] = None

    @property
    def value(self) -> "types.JsonValue":
        """The JSON value of the answer.

        Raises:
            OutpostError: ``error``, when there is one.
            UnreadableResponseError: the answer is not JSON; ``response`` has it.
        """
        from outpost_api.codec import read_json
        from outpost_api.errors import DecodeError
        from outpostkit.exceptions import UnreadableResponseError

        if self.error is not None:
            raise self.error
        assert self.response is not None, "a result has an answer or an error"
        try:
            value: JsonValue = read_json(self.response.content)
        except DecodeError as problem:
            raise UnreadableResponseError(
                f"the answer to input {self.index} is {problem.reason}",
                status_code=self.response.status_code,
                content=self.response.content,
                operation_id="infer",
            ) from None
        return value


class Job:
    """One input on its way."""

    __slots__ = ("index", "input", "key", "number", "sending", "spent_s")

    def __init__(self, number: int, index: int, input: Any) -> None:
        #: How many began before it.
        self.number = number
        self.index = index
        self.input = input
        #: The idempotency key of all its attempts, if it has one.
        self.key: Optional[str] = None
        #: How it was sent last.
        self.sending: Optional[Sending] = None
        #: Seconds that count before its deadline.
        self.spent_s = 0.0

    def arguments(self) -> Dict[str, Any]:
        """Return what to call ``infer`` with."""
        if isinstance(self.input, PredictionInput):
            return self.input.arguments()
        if self.input is None:
            # As an argument None means that there is no body.
            return {"content": b"null", "headers": {"Content-Type": "application/json"}}
        return {"json": self.input}


class Batch:
    """The state of a batch: at most ``concurrency`` jobs are under way."""

    def __init__(
        self, concurrency: int, ordered: bool, on_error: str, total: Optional[int]
    ) -> None:
        if not 1 <= concurrency <= 10_000:
            raise ConfigurationError("concurrency must be from 1 to 10000")
        if on_error not in ON_ERROR:
            raise ConfigurationError(
                f"on_error must be one of {', '.join(ON_ERROR)}, not {on_error!r}"
            )
        self._concurrency = concurrency
        self._ordered = ordered
        self._on_error = on_error
        self._total = total
        self._began = time.monotonic()
        self._waiting: Dict[int, PredictionResult] = {}
        self._started = self._done = self._failed = self._due = 0

    def limit(self, concurrency: int) -> None:
        """Have no more jobs under way than this; for what there is no room for at once."""
        self._concurrency = min(self._concurrency, concurrency)

    @property
    def concurrency(self) -> int:
        """How many jobs may be under way."""
        return self._concurrency

    @property
    def in_flight(self) -> int:
        """How many jobs are under way."""
        return self._started - self._done

    def has_room(self) -> bool:
        """Tell whether another job may begin."""
        if self.in_flight >= self._concurrency:
            return False
        return not self._ordered or self._started - self._due < AHEAD * self._concurrency

    def start(self, indexed: "Tuple[int, Any]") -> Job:
        """Return the job of an input and its index."""
        job = Job(self._started, *indexed)
        self._started += 1
        return job

    def finish(self, job: Job, result: PredictionResult) -> List[PredictionResult]:
        """Take the result of a job; return those that are handed out now, in order.

        One with an error among them is to be raised if :meth:`raises` says so.
        """
        self._done += 1
        self._failed += result.error is not None
        if not self._ordered:
            return self._kept([result])
        self._waiting[job.number] = result
        due = []
        while self._due in self._waiting:
            due.append(self._waiting.pop(self._due))
            self._due += 1
        return self._kept(due)

    def raises(self, result: PredictionResult) -> bool:
        """Tell whether the error of a result ends the batch."""
        return result.error is not None and self._on_error == "raise"

    def progress(self) -> BatchProgress:
        """Return how far it is."""
        return BatchProgress(self._done, self._failed, self._total, time.monotonic() - self._began)

    def _kept(self, results: List[PredictionResult]) -> List[PredictionResult]:
        if self._on_error != "skip":
            return results
        return [result for result in results if result.error is None]


def length(inputs: object) -> Optional[int]:
    """Return how many inputs there are, if they know."""
    try:
        return len(inputs)  # type: ignore[arg-type]  # that is the question
    except TypeError:
        return None
