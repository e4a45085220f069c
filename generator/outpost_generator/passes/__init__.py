"""One small pure function per normalisation, document to document, in the order they run."""

from collections.abc import Callable

from outpost_generator.passes.all_of import all_of
from outpost_generator.passes.booleans import booleans
from outpost_generator.passes.choices import choices
from outpost_generator.passes.conditions import conditions
from outpost_generator.passes.constants import constants
from outpost_generator.passes.events import events
from outpost_generator.passes.hoist import hoist
from outpost_generator.passes.nullable import nullable
from outpost_generator.passes.operation_ids import operation_ids
from outpost_generator.passes.parameters import parameters
from outpost_generator.passes.path_items import path_items
from outpost_generator.passes.pattern_properties import pattern_properties
from outpost_generator.passes.reference_siblings import reference_siblings
from outpost_generator.passes.references import references
from outpost_generator.passes.response_headers import response_headers
from outpost_generator.passes.schema_references import schema_references
from outpost_generator.passes.string_keys import string_keys
from outpost_generator.passes.subtypes import subtypes
from outpost_generator.passes.tags import tags
from outpost_generator.passes.undescribed import undescribed
from outpost_generator.progress import Progress, silent
from outpost_generator.reading.document import Document

Pass = Callable[[Document], Document]

PASSES: tuple[Pass, ...] = (
    string_keys,
    path_items,
    operation_ids,
    events,
    references,
    parameters,
    response_headers,
    schema_references,
    booleans,
    constants,
    conditions,
    reference_siblings,
    pattern_properties,
    nullable,
    tags,
    subtypes,
    choices,
    hoist,
    all_of,
    undescribed,
)


def normalise(document: Document, progress: Progress = silent) -> Document:
    """Run every pass."""
    for number, each in enumerate(PASSES):
        progress("normalising, pass", number, len(PASSES))
        document = each(document)
    return document
