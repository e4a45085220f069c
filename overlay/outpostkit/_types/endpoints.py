"""The classes of endpoints, under the module name that the README uses.

They are those of :mod:`outpostkit._types.endpoint`.
"""

from outpostkit._types.endpoint import *  # noqa: F403 - the same table of contents, kept in one place
from outpostkit._types.endpoint import __all__ as __all__
