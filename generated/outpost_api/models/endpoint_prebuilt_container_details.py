# Generated from spec/outpost.yaml#/components/schemas/EndpointPrebuiltContainerDetails by
# generator/outpost_generator/templates/model.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""EndpointPrebuiltContainerDetails: A container that Outpost provides."""

from typing import Optional

from attrs import define

from outpost_api.model import Model
from outpost_api.types import JsonValue


@define
class EndpointPrebuiltContainerDetails(Model):
    """A container that Outpost provides.

    Attributes:
        name: Name, one of `listContainers`, such as `transformers-pt` or `python`. (1 to 100
            characters)
        image: Reference of its image. (at most 500 characters; default None)
        config: Settings of what it runs, those of `listContainers`, such as `torch_dtype`. (default
            None)
        serverArgs: Arguments of its server; any JSON value. (default None)
    """

    name: str
    image: Optional[str] = None
    config: Optional[JsonValue] = None
    serverArgs: Optional[JsonValue] = None


__all__ = ["EndpointPrebuiltContainerDetails"]
