"""The files of a model or dataset repository.

:class:`Repository` reads at any reference, :class:`RepositoryAtRef` at one; each has a twin for
``async`` code. Large files are uploaded with :mod:`outpostkit.repository.lfs.client`.
"""

from typing import TYPE_CHECKING

from outpostkit._lazy import door

if TYPE_CHECKING:
    from outpostkit.repository._async import (
        AsyncRepository as AsyncRepository,
        AsyncRepositoryAtRef as AsyncRepositoryAtRef,
    )
    from outpostkit.repository._blocking import (
        Repository as Repository,
        RepositoryAtRef as RepositoryAtRef,
    )
    from outpostkit.repository._names import REPOSITORY_TYPES as REPOSITORY_TYPES

_HOMES = {
    "AsyncRepository": "outpostkit.repository._async",
    "AsyncRepositoryAtRef": "outpostkit.repository._async",
    "REPOSITORY_TYPES": "outpostkit.repository._names",
    "Repository": "outpostkit.repository._blocking",
    "RepositoryAtRef": "outpostkit.repository._blocking",
}

if not TYPE_CHECKING:
    __all__, __getattr__ = door(__name__, _HOMES)
