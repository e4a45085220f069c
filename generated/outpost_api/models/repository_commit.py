# Generated from spec/outpost.yaml#/components/schemas/RepositoryCommit by
# generator/outpost_generator/templates/model.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""RepositoryCommit: A commit."""

from attrs import define

from outpost_api.model import Model


@define
class RepositoryCommit(Model):
    """A commit.

    Attributes:
        hash: Hash of the commit. (at most 64 characters)
        message: What the author wrote about it.
        authorName: Name of the author.
        authoredAt: When it was written, UTC.
    """

    hash: str
    message: str
    authorName: str
    authoredAt: str


__all__ = ["RepositoryCommit"]
