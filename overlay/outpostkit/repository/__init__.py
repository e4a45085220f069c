"""The files of a model or dataset repository.

:class:`Repository` reads at any reference, :class:`RepositoryAtRef` at one; each has a twin for
``async`` code. Large files are uploaded with :mod:`outpostkit.repository.lfs.client`.
"""

from outpostkit._types.repository import REPOSITORY_TYPES
from outpostkit.repository._async_repository import AsyncRepository, AsyncRepositoryAtRef
from outpostkit.repository._repository import Repository, RepositoryAtRef

__all__ = [
    "REPOSITORY_TYPES",
    "AsyncRepository",
    "AsyncRepositoryAtRef",
    "Repository",
    "RepositoryAtRef",
]
