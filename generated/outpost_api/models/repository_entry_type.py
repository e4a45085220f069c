# Generated from spec/outpost.yaml#/components/schemas/RepositoryEntryType by
# generator/outpost_generator/templates/model.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""RepositoryEntryType: What a directory entry is, in git's words: `blob` is a file, `tree` a directory, `commit` a."""

from outpost_api.model import OpenEnum


class RepositoryEntryType(OpenEnum):
    """What a directory entry is, in git's words: `blob` is a file, `tree` a directory, `commit` a
    submodule. Open: clients accept values that are not listed.

    Values that this document does not know survive as they are.
    """

    blob = "blob"
    tree = "tree"
    commit = "commit"


__all__ = ["RepositoryEntryType"]
