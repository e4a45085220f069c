# Generated from spec/outpost.yaml#/components/schemas/EndpointCustomTemplateFile by
# generator/outpost_generator/templates/model.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""EndpointCustomTemplateFile: A custom template that comes as a file beside this, or as the zip archive of a folder."""

from typing import Union

from attrs import define

from outpost_api.model import Model
from outpost_api.types import UNSET, Unset


@define
class EndpointCustomTemplateFile(Model):
    """A custom template that comes as a file beside this, or as the zip archive of a folder.

    Attributes:
        className: Name of the template's class. (1 to 200 characters; pattern
            ``^[A-Za-z_][A-Za-z0-9_]*$``)
        entry: The path in the archive of the file with the class, such as `template.py`; only with
            an archive. (at most 240 characters; pattern ``\\.py$``)
    """

    className: str
    entry: Union[Unset, str, None] = UNSET


__all__ = ["EndpointCustomTemplateFile"]
