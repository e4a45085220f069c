"""What prediction templates import: reading requests, batching, finding the model, answering.

It needs FastAPI and Pydantic only. ``torch`` and its like are imported by the functions that use
them, and by the modules whose names say so, which only templates of ML models import.
"""

from fastapi import Depends

from outpost_runtime.accept import choose_media_type
from outpost_runtime.batching import Batcher
from outpost_runtime.binary import Binary
from outpost_runtime.errors import Overloaded, bad_input
from outpost_runtime.model import model_folder
from outpost_runtime.placing import place
from outpost_runtime.plain import plain
from outpost_runtime.requests import NoParameters, OneOrMore, Parameters, TaskRequest, Texts
from outpost_runtime.routes import get, post
from outpost_runtime.streaming import EventStream

__all__ = [
    "Batcher",
    "Binary",
    "Depends",
    "EventStream",
    "NoParameters",
    "OneOrMore",
    "Overloaded",
    "Parameters",
    "TaskRequest",
    "Texts",
    "bad_input",
    "choose_media_type",
    "get",
    "model_folder",
    "place",
    "plain",
    "post",
]
