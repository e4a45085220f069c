# Generated from spec/outpost.yaml#/components/schemas/Error by
# generator/outpost_generator/templates/model.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""Error: What went wrong."""

from typing import Optional

from attrs import define

from outpost_api.model import Model


@define
class Error(Model):
    """What went wrong.

    Attributes:
        message: For people: what went wrong and what to do about it. (at most 10000 characters)
        code: For programs: which error it is. (at most 64 characters; default None)
    """

    message: str
    code: Optional[str] = None


__all__ = ["Error"]
