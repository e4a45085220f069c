"""What a template says of its methods is checked before it counts as loaded; what it raises too."""

from __future__ import annotations

import pytest

FUTURE = "from __future__ import annotations\nfrom pydantic import BaseModel\n"
UNKNOWN = FUTURE + "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from x import Item\n"
NESTED = FUTURE + (
    "class T:\n"
    "    class Item(BaseModel):\n        a: int\n"
    "    def predict(self, item: Item) -> Item:\n        return item\n"
)


def test_models_within_the_class_are_found(api):
    """Also where annotations are text."""
    endpoint = api.deployed(NESTED, "T")

    assert endpoint.predict(json={"a": 1}).json() == {"a": 1}


def test_an_answer_that_cannot_be_resolved_is_sent_as_it_is(api):
    """It is only of use for the document."""
    source = UNKNOWN + "class T:\n    def predict(self, a: int) -> Item:\n        return a\n"

    assert api.deployed(source, "T").predict(params={"a": 1}).json() == 1


@pytest.mark.parametrize("body", [
    "def predict(self, item: Item): return 1",
    "async def predict(self, item: list[Item]): return 1",
    "def predict(self, item: Annotated[Item, Body()]): return 1",
    "def predict(self, found=Depends(depends)): return 1",
    "def predict(self): return 1\n    @post('/other')\n    def other(self, item: Item): return 1",
])  # fmt: skip
def test_an_annotation_that_cannot_be_resolved_is_a_failed_deployment(api, body):
    """Else every request would be refused for a query that nobody has heard of."""
    source = UNKNOWN + (
        "from typing import Annotated\nfrom fastapi import Body, Depends\n"
        "from outpost_runtime import post\n"
        f"def depends(item: Item): return 1\nclass T:\n    {body}\n"
    )
    endpoint = api.failed(source, "T")

    message = endpoint.messages("dep")[-1]
    assert "of the parameter 'item' of" in message
    assert "Item" in message
    assert "not under TYPE_CHECKING" in message


@pytest.mark.parametrize(("handlers", "told"), [
    ("{'ValueError': answer}", "the key 'ValueError' must be an exception class"),
    ("{ValueError: 1}", "the value for <class 'ValueError'> must be a function"),
    ("{ValueError: lambda: 1}", "the value for <class 'ValueError'> must be a function"),
    ("{200: answer}", "the key 200 must be an exception class"),
    ("{BaseException: answer}", "the key <class 'BaseException'> must be"),
    ("[ValueError]", "exception_handlers is a list and must be a dict"),
])  # fmt: skip
def test_nonsense_in_exception_handlers_is_a_failed_deployment(api, handlers, told):
    """Else every request, a good one too, would be answered with 500."""
    source = (
        "def answer(request, error): return None\n"
        f"class T:\n    exception_handlers = {handlers}\n    def predict(self): return 1\n"
    )
    endpoint = api.failed(source, "T")

    assert told in endpoint.messages("dep")[-1]


RAISES = """
import asyncio
import sys
from outpost_runtime import post
CAUSES = {one.__name__: one for one in (SystemExit, KeyboardInterrupt, GeneratorExit)}
CAUSES["CancelledError"] = asyncio.CancelledError
class T:
    def predict(self, cause: str):
        raise CAUSES[cause]("enough") if cause in CAUSES else ValueError("no")
    @post("/async")
    async def later(self, cause: str):
        self.predict(cause)
"""


@pytest.fixture(scope="module")
def raising(api):
    return api.deployed(RAISES, "T")


@pytest.mark.parametrize("cause", [
    "SystemExit", "KeyboardInterrupt", "GeneratorExit", "CancelledError",
])  # fmt: skip
@pytest.mark.parametrize("path", ["", "/async"])
def test_what_is_meant_to_end_the_process_is_a_failed_prediction(raising, cause, path):
    """A request ends neither the replica nor the wait of its client for an answer."""
    url = raising.url().removesuffix("/predict") + (path or "/predict")

    answer = raising.api.http.post(url, params={"cause": cause})

    assert answer.status_code == 500
    assert answer.json()["message"].startswith(cause)
    assert answer.json()["code"] == "prediction_failed"
    assert not [line for line in raising.messages("event") if "ended" in line]


@pytest.mark.parametrize("configure", [
    "logging.config.dictConfig({'version': 1})",
    "logging.basicConfig(force=True, stream=sys.stderr)",
    "logging.disable()",
    "logging.getLogger().handlers.clear()",
    "logging.getLogger().handlers[0].addFilter(lambda record: False)",
    "[one().addFilter(lambda record: False) for one in logging._handlerList]",
    "[one().setLevel(100) for one in logging._handlerList]",
    "logging.getLogger('outpost.predict').addFilter(lambda record: False)",
    "logging.setLogRecordFactory(lambda *_, **__: 1 / 0)",
    "logging.shutdown()",
])  # fmt: skip
def test_a_traceback_is_in_the_log_however_logging_is_set_up(api, configure):
    """Templates switch off the loggers that they do not know."""
    source = (
        f"import logging, logging.config, sys\n{configure}\n"
        "class T:\n    def predict(self):\n        return 1 / 0\n"
    )
    endpoint = api.deployed(source, "T")
    endpoint.predict(headers={"X-Request-Id": "mine"})

    last = endpoint.logs("runtime")[-1]["data"]
    assert last["message"] == "predict raised ZeroDivisionError: division by zero (request mine)"
    assert "return 1 / 0" in last["exc_info"]


@pytest.mark.parametrize("returned", ["{'error': 'no'}", "None", "'no'"])
@pytest.mark.parametrize("cause", ["ValueError", "Exception", "500"])
def test_an_exception_handler_that_returns_no_response_says_what_it_must_return(
    api, cause, returned
):
    """It alone knows the status; what it answers for is in the log, too."""
    source = (
        f"def answer(request, error): return {returned}\n"
        f"class T:\n    exception_handlers = {{{cause}: answer}}\n"
        "    def predict(self):\n        raise ValueError('of mine')\n"
    )
    endpoint = api.deployed(source, "T")

    answer = endpoint.predict()

    assert (answer.status_code, answer.json()["code"]) == (500, "prediction_failed")
    assert f"the exception handler for {cause} returned " in answer.json()["message"]
    assert "JSONResponse({...}, status_code=400)" in answer.json()["message"]
    assert "ValueError: of mine" in endpoint.logs("runtime")[-1]["data"]["exc_info"]


def test_an_exception_handler_for_all_that_raises_is_a_failed_prediction(api):
    """With its own error, and both are in the log."""
    source = (
        "def answer(request, error): raise KeyError('of the handler')\n"
        "class T:\n    exception_handlers = {Exception: answer}\n"
        "    def predict(self):\n        raise ValueError('of mine')\n"
    )
    endpoint = api.deployed(source, "T")

    answer = endpoint.predict(headers={"X-Request-Id": "mine"})

    assert (answer.status_code, answer.json()["code"]) == (500, "prediction_failed")
    assert answer.json()["message"] == "KeyError: 'of the handler'"
    assert endpoint.messages("runtime") == [
        "predict raised ValueError: of mine (request mine)",
        "predict raised KeyError: 'of the handler', in an exception handler (request mine)",
    ]


@pytest.mark.parametrize("raised", ["ValueError('of the task')", "SystemExit('of the task')"])
def test_a_background_task_that_raises_is_told_as_such(api, eventually, raised):
    """The answer was good, and has been sent."""
    source = (
        "from fastapi import BackgroundTasks\n"
        f"async def work(): raise {raised}\n"
        "class T:\n    def predict(self, tasks: BackgroundTasks):\n"
        "        tasks.add_task(work)\n        return 1\n"
    )
    endpoint = api.deployed(source, "T")

    answer = endpoint.predict(headers={"X-Request-Id": "mine"})

    assert answer.json() == 1
    (told,) = eventually(lambda: endpoint.messages("runtime"))
    assert "in a background task or a dependency, behind its answer (request mine)" in told


@pytest.mark.parametrize(("annotation", "method"), [
    ("numpy.ndarray", "predict"),
    ("list[numpy.ndarray]", "predict"),
    ("numpy.ndarray | None", "predict"),
    ("numpy.ndarray", "other"),
])  # fmt: skip
def test_an_annotation_that_no_request_can_have_is_named_with_the_way_out(api, annotation, method):
    """Among the other parameters, which are as they should be."""
    signatures = {"predict": "self", "other": "self", method: f"self, a: int, data: {annotation}"}
    source = (
        "import numpy\nfrom outpost_runtime import post\nclass T:\n"
        f"    def predict({signatures['predict']}): return 1\n"
        f"    @post('/other')\n    def other({signatures['other']}): return 1\n"
    )
    endpoint = api.failed(source, "T")

    message = endpoint.messages("dep")[-1]
    assert f"The annotation '{annotation}' of the parameter 'data' of '{method}'" in message
    assert "numpy.asarray" in message


@pytest.mark.parametrize("error", ["MemoryError()", "OSError(12, 'Cannot allocate memory')"])
def test_a_replica_without_memory_left_says_where_there_is_more(api, error):
    """Libraries say it in more than one way."""
    source = f"class T:\n    def predict(self):\n        raise {error}\n"
    endpoint = api.deployed(source, "T", hardwareInstance="e2-highcpu-1")

    message = endpoint.predict().json()["message"]

    assert "The replica may use 1024 MiB; a larger hardware_instance has more." in message


@pytest.mark.parametrize("parameter", ["data", "data: str"])
def test_who_sends_json_learns_that_it_was_looked_for_in_the_query(api, parameter):
    """A body that has it seems right to whoever sees only that a field is required."""
    endpoint = api.deployed(f"class T:\n    def predict(self, {parameter}): return data\n", "T")

    told = endpoint.predict(json={"data": 1}).json()["message"]
    short = endpoint.predict().json()["message"]

    assert told.startswith("data: Field required in the query. A parameter with no annotation")
    assert "its annotation is dict, list, a pydantic model" in told
    assert short == "data: Field required in the query"
    assert endpoint.predict(params={"data": "1"}).json() == "1"
