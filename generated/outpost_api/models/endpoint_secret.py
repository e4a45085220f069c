# Generated from spec/outpost.yaml#/components/schemas/EndpointSecret by
# generator/outpost_generator/templates/model.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""EndpointSecret: A secret that the prediction template finds in its environment."""

from attrs import define, field

from outpost_api.model import Model


@define
class EndpointSecret(Model):
    """A secret that the prediction template finds in its environment.

    Attributes:
        name: Name of the environment variable. (1 to 128 characters; pattern
            ``^[A-Za-z_][A-Za-z0-9_]*$``)
        value: Its value; never returned. (at most 65536 characters)
    """

    name: str
    value: str = field(repr=False)


__all__ = ["EndpointSecret"]
