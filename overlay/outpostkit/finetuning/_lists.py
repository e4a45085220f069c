"""Lists of finetuning services and their jobs, as they are answered."""

from typing import Callable, List, Optional, Tuple, TypeVar

from outpost_api import models
from outpostkit._resources.listed import ListedObjects
from outpostkit.finetuning._plans import FinetuningJobPlans, FinetuningServicePlans
from outpostkit.finetuning._records import FinetuningJobsListResponse, FinetuningsListResponse

S = TypeVar("S", bound=FinetuningServicePlans)
J = TypeVar("J", bound=FinetuningJobPlans)


class FinetuningList(ListedObjects[S, models.FinetuningResource], FinetuningsListResponse):
    """The services of an entity, each an object with methods, and with its data as ``.details``.

    Attributes:
        total: how many there are.
        finetunings: their data alone.
    """

    __slots__ = ("_made", "_make")
    _field = "finetunings"
    _model = models.FinetuningsListResponse

    def __init__(
        self,
        answer: models.FinetuningsListResponse,
        make: Callable[[models.FinetuningResource], S],
    ) -> None:
        """Hold what was answered."""
        super().__init__(answer.total, answer.finetunings)
        self._make = make
        self._made: Optional[List[S]] = None

    def __reduce__(self) -> Tuple[object, ...]:
        answer = FinetuningsListResponse(self.total, self.finetunings)
        return type(self), (answer, self._make)


class FinetuningJobList(ListedObjects[J, models.FinetuningJobResource], FinetuningJobsListResponse):
    """The jobs of a service, each an object with methods, and with its data as ``.details``.

    Attributes:
        total: how many there are.
        jobs: their data alone.
    """

    __slots__ = ("_made", "_make")
    _field = "jobs"
    _model = models.FinetuningJobsListResponse

    def __init__(
        self,
        answer: models.FinetuningJobsListResponse,
        make: Callable[[models.FinetuningJobResource], J],
    ) -> None:
        """Hold what was answered."""
        super().__init__(answer.total, answer.jobs)
        self._make = make
        self._made: Optional[List[J]] = None

    def __reduce__(self) -> Tuple[object, ...]:
        answer = FinetuningJobsListResponse(self.total, self.jobs)
        return type(self), (answer, self._make)
