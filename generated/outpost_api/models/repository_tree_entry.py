# Generated from spec/outpost.yaml#/components/schemas/RepositoryTreeEntry by
# generator/outpost_generator/templates/model.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""RepositoryTreeEntry: A file, directory or submodule in a repository."""

from typing import ClassVar, Optional

from attrs import define

from outpost_api.model import Model
from outpost_api.models.repository_commit import RepositoryCommit
from outpost_api.models.repository_entry_metadata import RepositoryEntryMetadata
from outpost_api.models.repository_entry_type import RepositoryEntryType


@define
class RepositoryTreeEntry(Model):
    """A file, directory or submodule in a repository.

    Attributes:
        name: Name in its directory. (at most 255 characters)
        path: Path from the root of the repository. (at most 4096 characters)
        type: What the entry is.
        oid: Hash of the git object. (at most 64 characters)
        size: Size in bytes, of the full file when Git LFS keeps it; null for anything but a file.
            (at least 0)
        commit: The last commit that changed it; only when asked for with `with_commit`. (default
            None)
        metadata: More about a file; only when asked for with `with_metadata`. (default None)
    """

    __native__: ClassVar[bool] = False

    name: str
    path: str
    type: RepositoryEntryType
    oid: str
    size: Optional[int]
    commit: Optional[RepositoryCommit] = None
    metadata: Optional[RepositoryEntryMetadata] = None


__all__ = ["RepositoryTreeEntry"]
