"""One repository and the requests about its files. Performs nothing."""

import copy
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from outpost_api.api import repositories as operations
from outpost_api.later import later
from outpost_api.models import RepositoryBlob, RepositoryType
from outpost_api.request import RequestPlan
from outpostkit._resources.names import checked_name
from outpostkit._resources.resource import Resource
from outpostkit.repository._names import (
    RepoType,
    checked_ref,
    checked_repository,
    checked_type,
    path_in_repository,
)

if TYPE_CHECKING:
    from outpost_api import models, request
else:
    models = later("outpost_api.models")
    request = later("outpost_api.request")

R = TypeVar("R", bound="RepositoryPlans")
S = TypeVar("S")


class RepositoryPlans(Resource):
    """A repository, by its type, owner and name.

    Attributes:
        repo_type: ``model`` or ``dataset``.
        entity: the user or team that owns it.
        name: its name.
        fullName: ``entity/name``.
    """

    def __init__(self, repo_type: RepoType, entity: str, name: str) -> None:
        self.repo_type = checked_type(repo_type)
        self.entity = checked_name(entity, "entity")
        self.name = checked_repository(name, "name")

    @property
    def fullName(self) -> str:
        """``entity/name``."""
        return f"{self.entity}/{self.name}"

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.repo_type!r}, {self.fullName!r})"

    def _view_bytes_plan(self, path: str, ref: str) -> "RequestPlan[bytes, models.Error]":
        return _as_bytes(self._view_plan(path, ref, raw=True))

    def _view_document_plan(
        self, path: str, ref: str
    ) -> "RequestPlan[RepositoryBlob, models.Error]":
        return _as_document(self._view_plan(path, ref, raw=False))

    def _download_bytes_plan(self, path: str, ref: str) -> "RequestPlan[bytes, models.Error]":
        return _as_bytes(self._download_plan(path, ref, raw=True))

    def _download_document_plan(
        self, path: str, ref: str
    ) -> "RequestPlan[RepositoryBlob, models.Error]":
        return _as_document(self._download_plan(path, ref, raw=False))

    def _tree_plan(
        self, ref: str, path: str, with_commit: bool, with_metadata: bool
    ) -> "RequestPlan[models.RepositoryTree, models.Error]":
        return operations.view_tree.plan(
            RepositoryType(self.repo_type),
            self.entity,
            self.name,
            checked_ref(ref),
            path_in_repository(path, is_folder=True),
            with_commit=with_commit,
            with_metadata=with_metadata,
        )

    def _search_plan(
        self, search: str, ref: str
    ) -> "RequestPlan[models.RepositoryTreeSearchResult, models.Error]":
        return operations.search_tree.plan(
            RepositoryType(self.repo_type),
            self.entity,
            self.name,
            search=search,
            ref=checked_ref(ref),
        )

    def _view_plan(self, path: str, ref: str, *, raw: bool) -> "RequestPlan[Any, models.Error]":
        return operations.view_blob.plan(
            RepositoryType(self.repo_type),
            self.entity,
            self.name,
            checked_ref(ref),
            path_in_repository(path),
            raw=raw,
        )

    def _download_plan(self, path: str, ref: str, *, raw: bool) -> "RequestPlan[Any, models.Error]":
        return operations.download_blob.plan(
            RepositoryType(self.repo_type),
            self.entity,
            self.name,
            checked_ref(ref),
            path_in_repository(path),
            raw=raw,
        )


class AtRef(Generic[R]):
    """What both kinds of repositories at one reference have in common."""

    repository: R
    ref: str

    def __repr__(self) -> str:
        repository = self.repository
        return (
            f"{type(self).__name__}({repository.repo_type!r}, {repository.fullName!r}, "
            f"ref={self.ref!r})"
        )


# The operations answer in two forms, told apart by the media type. Whoever asks for one of them
# gets it: also the bytes of a file that happens to be JSON, and that a server calls so.


def _as_bytes(
    plan: "RequestPlan[Any, models.Error]",
) -> "RequestPlan[bytes, models.Error]":
    return _with_operation(plan, _answering(plan.operation, "*/*", bytes))


def _as_document(
    plan: "RequestPlan[Any, models.Error]",
) -> "RequestPlan[RepositoryBlob, models.Error]":
    return _with_operation(plan, _answering(plan.operation, "application/json", RepositoryBlob))


def _with_operation(
    plan: "RequestPlan[Any, models.Error]", operation: "request.Operation[S, models.Error]"
) -> "RequestPlan[S, models.Error]":
    return RequestPlan(operation, plan.path, query=plan.query, headers=plan.headers)


@lru_cache(maxsize=None)
def _answering(
    operation: "request.Operation[Any, models.Error]", media_type: str, kind: type
) -> "request.Operation[Any, models.Error]":
    other = copy.copy(operation)
    other.responses = {**operation.responses, "200": {media_type: kind}}
    other.accept = None
    other.readers = {}
    return other
