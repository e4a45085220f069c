# Generated from spec/outpost.yaml#/components/schemas/RepositoryTreeSearchResult by
# generator/outpost_generator/templates/model.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""RepositoryTreeSearchResult: Entries whose path contains a text."""

from typing import ClassVar, List

from attrs import define

from outpost_api.model import Model
from outpost_api.models.repository_tree_entry import RepositoryTreeEntry


@define
class RepositoryTreeSearchResult(Model):
    """Entries whose path contains a text.

    Attributes:
        commit: Hash of the commit that was searched. (at most 64 characters)
        total: How many entries match. (at least 0)
        entries: The first of them, by path. (at most 1000 items)
    """

    __native__: ClassVar[bool] = False

    commit: str
    total: int
    entries: List[RepositoryTreeEntry]


__all__ = ["RepositoryTreeSearchResult"]
