# Generated from spec/outpost.yaml#/components/schemas/BasicActionAttributes by
# generator/outpost_generator/templates/model.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""BasicActionAttributes: A request to send."""

from typing import Dict, Optional

from attrs import define

from outpost_api.model import Model


@define
class BasicActionAttributes(Model):
    """A request to send. As `upload` of a `multipart-basic` transfer its header is not sent but read:
    `storage_provider` (`s3` or `gcs`), `chunk_size` (bytes of each part, in digits), `part_1`,
    `part_2` and so on (where to PUT each part) and `abort_url` (where to send DELETE to give up);
    `href` then takes a POST of a `CompleteMultipartUpload` XML document with number and entity tag
    of each part.

    Attributes:
        href: Where to send it.
        header: Headers to send with it. (default None)
        expires_in: Seconds for which the address works, from the answer on; null when it is not
            limited. (at least 0; default None)
    """

    href: str
    header: Optional[Dict[str, str]] = None
    expires_in: Optional[int] = None


__all__ = ["BasicActionAttributes"]
