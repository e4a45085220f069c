# Generated from spec/outpost.yaml#/components/schemas/RepositoryType by
# generator/outpost_generator/templates/model.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""RepositoryType: What a repository holds."""

from typing import TYPE_CHECKING, Literal, Union

from outpost_api.model import OpenEnum


class RepositoryType(OpenEnum):
    """What a repository holds. Open: clients accept values that are not listed.

    Values that this document does not know survive as they are.
    """

    model = "model"
    dataset = "dataset"


#: A member, or its text as it is.
if TYPE_CHECKING:
    RepositoryTypeLike = Union[RepositoryType, Literal["model", "dataset"]]
else:
    RepositoryTypeLike = RepositoryType

__all__ = ["RepositoryType", "RepositoryTypeLike"]
