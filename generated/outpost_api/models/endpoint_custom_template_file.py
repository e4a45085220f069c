# Generated from spec/outpost.yaml#/components/schemas/EndpointCustomTemplateFile by
# generator/outpost_generator/templates/model.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""EndpointCustomTemplateFile: A custom template that comes as a file beside this."""

from attrs import define

from outpost_api.model import Model


@define
class EndpointCustomTemplateFile(Model):
    """A custom template that comes as a file beside this.

    Attributes:
        className: Name of the template's class. (1 to 200 characters; pattern
            ``^[A-Za-z_][A-Za-z0-9_]*$``)
    """

    className: str


__all__ = ["EndpointCustomTemplateFile"]
