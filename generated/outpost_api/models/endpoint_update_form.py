# Generated from spec/outpost.yaml#/components/schemas/EndpointUpdateForm by
# generator/outpost_generator/templates/model.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""EndpointUpdateForm: What to change, with a prediction template that comes as a file."""

from typing import ClassVar

from attrs import define

from outpost_api.model import Model
from outpost_api.models.endpoint_update_file_metadata import EndpointUpdateFileMetadata
from outpost_api.types import File


@define
class EndpointUpdateForm(Model):
    """What to change, with a prediction template that comes as a file.

    Attributes:
        metadata: All but the file, as JSON.
        template: The Python file of the template, at most 10 MiB; or a zip archive of a folder, of
            at most 2,000 files and 64 MiB unpacked.
    """

    __native__: ClassVar[bool] = False

    metadata: EndpointUpdateFileMetadata
    template: File


__all__ = ["EndpointUpdateForm"]
