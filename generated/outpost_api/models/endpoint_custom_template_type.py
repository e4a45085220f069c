# Generated from spec/outpost.yaml#/components/schemas/EndpointCustomTemplateType by
# generator/outpost_generator/templates/model.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""EndpointCustomTemplateType: How a custom template was given."""

from outpost_api.model import OpenEnum


class EndpointCustomTemplateType(OpenEnum):
    """How a custom template was given. Open: clients accept values that are not listed.

    Values that this document does not know survive as they are.
    """

    file = "file"
    url = "url"
    folder = "folder"


__all__ = ["EndpointCustomTemplateType"]
