"""A door for programs written for 0.0.46 and 0.0.69: the classes of repositories."""

from outpost_api.models import (
    RepositoryBlob,
    RepositoryBlobEncoding,
    RepositoryCommit,
    RepositoryEntryMetadata,
    RepositoryEntryType,
    RepositoryTree,
    RepositoryTreeEntry,
    RepositoryTreeSearchResult,
    RepositoryType,
)
from outpostkit.repository._names import REPOSITORY_TYPES

__all__ = [
    "REPOSITORY_TYPES",
    "RepositoryBlob",
    "RepositoryBlobEncoding",
    "RepositoryCommit",
    "RepositoryEntryMetadata",
    "RepositoryEntryType",
    "RepositoryTree",
    "RepositoryTreeEntry",
    "RepositoryTreeSearchResult",
    "RepositoryType",
]
