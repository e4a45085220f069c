"""The classes of repositories, and the two types that there are."""

from typing import Literal

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

#: What a repository holds.
REPOSITORY_TYPES = Literal["model", "dataset"]
