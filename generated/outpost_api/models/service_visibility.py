# Generated from spec/outpost.yaml#/components/schemas/ServiceVisibility by
# generator/outpost_generator/templates/model.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""ServiceVisibility: Who may see and use an endpoint: `public`, every user; `internal`, the members of the team that owns."""

from typing import TYPE_CHECKING, Literal, Union

from outpost_api.model import OpenEnum


class ServiceVisibility(OpenEnum):
    """Who may see and use an endpoint: `public`, every user; `internal`, the members of the team that
    owns it, or whoever shares a team with the user who does; `private`, its owner only, which for a
    team are the creator and the owners of the team. Open: clients accept values that are not
    listed.

    Values that this document does not know survive as they are.
    """

    public = "public"
    internal = "internal"
    private = "private"


#: A member, or its text as it is.
if TYPE_CHECKING:
    ServiceVisibilityLike = Union[ServiceVisibility, Literal["public", "internal", "private"]]
else:
    ServiceVisibilityLike = ServiceVisibility

__all__ = ["ServiceVisibility", "ServiceVisibilityLike"]
