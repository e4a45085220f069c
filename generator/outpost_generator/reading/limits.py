"""How large a document may be: more than any real one, less than a machine can bear.

The largest real document known (1,223 operations, 13 MB) has 1.2 million values and makes 7,000
classes, in 12 s of CPU and 280 MB. Time and memory grow with those numbers, so that what these
limits let through ends within minutes and a few GB.
"""

from typing import NoReturn

from outpost_generator.errors import GenerationFailed, Problem

MOST_BYTES = 64 * 1024 * 1024
#: Of JSON, after YAML has unfolded its aliases.
MOST_VALUES = 20_000_000
#: Python recurses about a thousand levels, and a pass takes several per level of the document.
MOST_LEVELS = 200
MOST_OPERATIONS = 50_000
#: Classes and aliases, for components and for what stands in place.
MOST_SCHEMAS = 100_000
#: Values that YAML merge keys may copy, in the whole text.
MOST_MERGED = 1_000_000
#: Members that allOf may bring together, in all schemas: each may bring others.
MOST_MEMBERS = 1_000_000
#: Fields of all classes together: allOf may give those of one schema to many.
MOST_FIELDS = 2_000_000


def refuse(where: str, count: int, limit: int, what: str) -> None:
    """Stop when there are more than the limit.

    Raises:
        GenerationFailed: naming the place, the limit and the way out.
    """
    if count > limit:
        too_many(where, limit, what)


def too_many(where: str, limit: int, what: str) -> NoReturn:
    """Stop, because there are more than a document may have."""
    way_out = "Divide the document, or name shared parts in components and refer to them."
    raise GenerationFailed([Problem(where, f"more than {limit:,} {what}", way_out)])
