"""Entries of a repository, as they are answered."""

from outpost_api import models
from outpostkit._published.fields import as_published
from outpostkit._resources.listed import Listed


class TreeList(Listed[models.RepositoryTreeEntry], models.RepositoryTree):
    """The entries directly in a folder.

    Attributes:
        commit: hash of the commit that was read.
        path: path of the folder; empty for the root.
        entries: folders first, then files, each by name.
    """

    __slots__ = ()
    _field = "entries"
    _model = models.RepositoryTree


class SearchList(Listed[models.RepositoryTreeEntry], models.RepositoryTreeSearchResult):
    """Entries whose path contains a text.

    Attributes:
        commit: hash of the commit that was searched.
        total: how many entries match.
        entries: the first 1000 of them, by path.
    """

    __slots__ = ()
    _field = "entries"
    _model = models.RepositoryTreeSearchResult


def tree_of(answer: models.RepositoryTree) -> TreeList:
    """Return an answer as a list."""
    return as_published(TreeList, answer)


def found_of(answer: models.RepositoryTreeSearchResult) -> SearchList:
    """Return an answer as a list."""
    return as_published(SearchList, answer)
