# Generated from spec/outpost.yaml#/components/schemas/MultipartPartAttributes by
# generator/outpost_generator/templates/model.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""MultipartPartAttributes: A request that uploads one part of an object."""

from typing import Dict, Optional

from attrs import define

from outpost_api.model import Model


@define
class MultipartPartAttributes(Model):
    """A request that uploads one part of an object.

    Attributes:
        href: Where to send it.
        method: How to send it. (at most 16 characters; pattern ``^[A-Z]+$``; default "PUT")
        pos: Where the part begins, in bytes from the start of the object. (at least 0; default 0)
        size: Length of the part in bytes; null for all that is left. (at least 0; default None)
        want_digest: `contentMD5` asks for a `Content-MD5` header with the base64 MD5 of the part;
            null for none. (at most 64 characters; default None)
        header: Headers to send with it. (default None)
        expires_in: Seconds for which the address works, from the answer on; null when it is not
            limited. (at least 0; default None)
    """

    href: str
    method: str = "PUT"
    pos: int = 0
    size: Optional[int] = None
    want_digest: Optional[str] = None
    header: Optional[Dict[str, str]] = None
    expires_in: Optional[int] = None


__all__ = ["MultipartPartAttributes"]
