# Generated from spec/outpost.yaml#/components/schemas/EndpointCustomTemplateUrl by
# generator/outpost_generator/templates/model.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""EndpointCustomTemplateUrl: A custom template to fetch from an address."""

from attrs import define

from outpost_api.model import Model


@define
class EndpointCustomTemplateUrl(Model):
    """A custom template to fetch from an address.

    Attributes:
        className: Name of the template's class. (1 to 200 characters; pattern
            ``^[A-Za-z_][A-Za-z0-9_]*$``)
        url: Where to fetch its file when the endpoint is deployed. (at most 2048 characters;
            pattern ``^https?://``)
    """

    className: str
    url: str


__all__ = ["EndpointCustomTemplateUrl"]
