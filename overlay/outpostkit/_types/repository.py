"""A door for programs written for 0.0.46 and 0.0.69: the classes of repositories."""

from outpost_api.models import RepositoryBlob as RepositoryBlob
from outpost_api.models import RepositoryBlobEncoding as RepositoryBlobEncoding
from outpost_api.models import RepositoryCommit as RepositoryCommit
from outpost_api.models import RepositoryEntryMetadata as RepositoryEntryMetadata
from outpost_api.models import RepositoryEntryType as RepositoryEntryType
from outpost_api.models import RepositoryTree as RepositoryTree
from outpost_api.models import RepositoryTreeEntry as RepositoryTreeEntry
from outpost_api.models import RepositoryTreeSearchResult as RepositoryTreeSearchResult
from outpost_api.models import RepositoryType as RepositoryType
from outpostkit.repository._names import REPOSITORY_TYPES as REPOSITORY_TYPES
