"""A door for programs written for 0.0.46 and 0.0.69: the classes of repositories."""

from outpost_api.models import (
    RepositoryBlob as RepositoryBlob,
    RepositoryBlobEncoding as RepositoryBlobEncoding,
    RepositoryCommit as RepositoryCommit,
    RepositoryEntryMetadata as RepositoryEntryMetadata,
    RepositoryEntryType as RepositoryEntryType,
    RepositoryTree as RepositoryTree,
    RepositoryTreeEntry as RepositoryTreeEntry,
    RepositoryTreeSearchResult as RepositoryTreeSearchResult,
    RepositoryType as RepositoryType,
)
from outpostkit.repository._names import REPOSITORY_TYPES as REPOSITORY_TYPES
