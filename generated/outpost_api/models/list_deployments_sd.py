# Generated from spec/outpost.yaml#/paths/~1endpoints~1{entity}~1{name}~1deployments/get/parameters/3/schema by
# generator/outpost_generator/templates/model.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""ListDeploymentsSd: #/paths/~1endpoints~1{entity}~1{name}~1deployments/get/parameters/3/schema."""

from typing import TYPE_CHECKING, Literal, Union

from outpost_api.model import OpenEnum


class ListDeploymentsSd(OpenEnum):
    """ListDeploymentsSd.

    Values that this document does not know survive as they are.
    """

    desc = "desc"
    asc = "asc"


#: A member, or its text as it is.
if TYPE_CHECKING:
    ListDeploymentsSdLike = Union[ListDeploymentsSd, Literal["desc", "asc"]]
else:
    ListDeploymentsSdLike = ListDeploymentsSd

__all__ = ["ListDeploymentsSd", "ListDeploymentsSdLike"]
