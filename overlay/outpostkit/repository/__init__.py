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
    from outpostkit.repository._collection import (
        AsyncRepositories as AsyncRepositories,
        Repositories as Repositories,
    )
    from outpostkit.repository._lists import SearchList as SearchList, TreeList as TreeList
    from outpostkit.repository._names import REPOSITORY_TYPES as REPOSITORY_TYPES

_HOMES = {
    "AsyncRepositories": "outpostkit.repository._collection",
    "AsyncRepository": "outpostkit.repository._async",
    "AsyncRepositoryAtRef": "outpostkit.repository._async",
    "REPOSITORY_TYPES": "outpostkit.repository._names",
    "Repositories": "outpostkit.repository._collection",
    "Repository": "outpostkit.repository._blocking",
    "RepositoryAtRef": "outpostkit.repository._blocking",
    "SearchList": "outpostkit.repository._lists",
    "TreeList": "outpostkit.repository._lists",
}

#: What 0.0.69 imported here, and programs from here.
_ALSO = {"Client": "outpostkit.client", "Namespace": "outpostkit._resources.resource:Resource"}

if not TYPE_CHECKING:
    __all__, __getattr__ = door(__name__, _HOMES, _ALSO)
