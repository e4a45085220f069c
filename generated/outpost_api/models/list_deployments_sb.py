# Generated from spec/outpost.yaml#/paths/~1endpoints~1{entity}~1{name}~1deployments/get/parameters/2/schema by
# generator/outpost_generator/templates/model.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""ListDeploymentsSb: #/paths/~1endpoints~1{entity}~1{name}~1deployments/get/parameters/2/schema."""

from typing import TYPE_CHECKING, Literal, Union

from outpost_api.model import OpenEnum


class ListDeploymentsSb(OpenEnum):
    """ListDeploymentsSb.

    Values that this document does not know survive as they are.
    """

    updatedAt = "updatedAt"
    createdAt = "createdAt"
    concludedAt = "concludedAt"
    timeTakenS = "timeTakenS"


#: A member, or its text as it is.
if TYPE_CHECKING:
    ListDeploymentsSbLike = Union[
        ListDeploymentsSb, Literal["updatedAt", "createdAt", "concludedAt", "timeTakenS"]
    ]
else:
    ListDeploymentsSbLike = ListDeploymentsSb

__all__ = ["ListDeploymentsSb", "ListDeploymentsSbLike"]
