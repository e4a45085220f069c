# Generated from spec/outpost.yaml#/components/schemas/EndpointCustomTemplateConfigDetails by
# generator/outpost_generator/templates/model.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""EndpointCustomTemplateConfigDetails: The custom prediction template of an endpoint."""

from typing import Optional

from attrs import define

from outpost_api.model import Model
from outpost_api.models.endpoint_custom_template_type import EndpointCustomTemplateType


@define
class EndpointCustomTemplateConfigDetails(Model):
    """The custom prediction template of an endpoint.

    Attributes:
        type: How it was given.
        className: Name of the template's class. (at most 200 characters)
        url: Where it is fetched from, unless it is a file. (at most 2048 characters; default None)
        entry: The file with the class, in a folder. (at most 240 characters; default None)
    """

    type: EndpointCustomTemplateType
    className: str
    url: Optional[str] = None
    entry: Optional[str] = None


__all__ = ["EndpointCustomTemplateConfigDetails"]
