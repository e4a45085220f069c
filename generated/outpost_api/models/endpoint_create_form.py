# Generated from spec/outpost.yaml#/components/schemas/EndpointCreateForm by
# generator/outpost_generator/templates/model.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""EndpointCreateForm: An endpoint to create whose prediction template comes as a file."""

from typing import ClassVar

from attrs import define

from outpost_api.model import Model
from outpost_api.models.endpoint_custom_file_metadata import EndpointCustomFileMetadata
from outpost_api.types import File


@define
class EndpointCreateForm(Model):
    """An endpoint to create whose prediction template comes as a file.

    Attributes:
        metadata: All but the file, as JSON.
        template: The Python file of the template, at most 10 MiB; or a zip archive of a folder, of
            at most 2,000 files and 64 MiB unpacked.
    """

    __native__: ClassVar[bool] = False

    metadata: EndpointCustomFileMetadata
    template: File


__all__ = ["EndpointCreateForm"]
