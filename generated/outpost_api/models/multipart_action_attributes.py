# Generated from spec/outpost.yaml#/components/schemas/MultipartActionAttributes by
# generator/outpost_generator/templates/model.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""MultipartActionAttributes: A request to send before or after the parts."""

from typing import Dict, Optional

from attrs import define

from outpost_api.model import Model


@define
class MultipartActionAttributes(Model):
    """A request to send before or after the parts.

    Attributes:
        href: Where to send it.
        method: How to send it. (at most 16 characters; pattern ``^[A-Z]+$``; default "POST")
        header: Headers to send with it. (default None)
        body: What to send; null for nothing. Of `commit` it is not used. (default None)
        expires_in: Seconds for which the address works, from the answer on; null when it is not
            limited. (at least 0; default None)
    """

    href: str
    method: str = "POST"
    header: Optional[Dict[str, str]] = None
    body: Optional[str] = None
    expires_in: Optional[int] = None


__all__ = ["MultipartActionAttributes"]
