"""The base class of single objects, which 0.0.69 had and did not use itself."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    BaseModel = object
else:
    try:
        from pydantic.v1 import BaseModel
    except ImportError:
        try:
            from pydantic import BaseModel
        except ImportError:  # the SDK does not need it

            class BaseModel:
                """What is left of it without pydantic: an object made of keywords."""

                def __init__(self, **fields):
                    vars(self).update(fields)


class Resource(BaseModel):
    """A base class for an object on the server: a pydantic model where pydantic is installed."""
