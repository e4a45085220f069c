# Generated from spec/outpost.yaml#/components/schemas/RepositoryTree by
# generator/outpost_generator/templates/model.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""RepositoryTree: A directory at one commit."""

from typing import ClassVar, List

from attrs import define

from outpost_api.model import Model
from outpost_api.models.repository_tree_entry import RepositoryTreeEntry


@define
class RepositoryTree(Model):
    """A directory at one commit.

    Attributes:
        commit: Hash of the commit that was read. (at most 64 characters)
        path: Path of the directory; empty for the root. (at most 4096 characters)
        entries: Directories first, then files, each by name.
    """

    __native__: ClassVar[bool] = False

    commit: str
    path: str
    entries: List[RepositoryTreeEntry]


__all__ = ["RepositoryTree"]
