"""Predictions: what a template may do with requests, and what its callers see."""

from __future__ import annotations

import pytest

PYDANTIC = """
from __future__ import annotations
from pydantic import BaseModel

class Item(BaseModel):
    text: str
    times: int = 1

class Repeat:
    def predict(self, item: Item, loud: bool = False):
        text = item.text * item.times
        return {"text": text.upper() if loud else text}
"""

UPLOAD = """
from fastapi import File, Form, UploadFile

class Measure:
    async def predict(self, upload: UploadFile = File(), unit: str = Form("bytes")):
        return {"name": upload.filename, "size": len(await upload.read()), "unit": unit}
"""

REQUEST = """
from fastapi import Request

class Mirror:
    async def predict(self, request: Request):
        return {
            "path": request.url.path,
            "custom": request.headers.get("x-custom"),
            "authorization": request.headers.get("authorization"),
            "body": (await request.body()).decode(),
        }
"""

HANDLERS = """
from fastapi.responses import JSONResponse

class Refused(Exception):
    pass

async def refuse(_, error):
    return JSONResponse({"error": str(error), "type": "refused"}, status_code=418)

async def not_found(_, error):
    return JSONResponse({"error": "nothing here"}, status_code=404)

class Strict:
    exception_handlers = {Refused: refuse, 404: not_found}

    def predict(self):
        raise Refused("no")
"""

RAISING = """
class Raising:
    def predict(self, value: dict):
        return {"result": self.divide(value["number"])}

    def divide(self, number):
        return 1 / number
"""

FROM_EVERYWHERE = """
import logging, subprocess, sys, warnings
log = logging.getLogger("summarizer")

class Chatty:
    def predict(self):
        print("printed")
        print("to stderr", file=sys.stderr)
        subprocess.run(["echo", "from a child"])
        log.warning("logged %d", 7)
        warnings.warn("warned")
        log.debug("too fine")
        return {}
"""

SECRET = """
import os

class Secretive:
    def predict(self):
        return {"key": os.environ["MODEL_KEY"], "outpost": sorted(
            name for name in os.environ if name.startswith("OUTPOST_"))}
"""


def test_the_template_gets_the_json_body_and_answers_json(echo):
    """What predict returns is the answer."""
    response = echo.predict(json={"text": "hello"})

    assert response.status_code == 200
    assert response.json() == {"echo": {"text": "hello"}}


def test_a_pydantic_body_and_query_parameters_are_validated_by_fastapi(api):
    """predict may declare whatever a FastAPI route may."""
    endpoint = api.deployed(PYDANTIC, "Repeat")

    good = endpoint.predict(json={"text": "ab", "times": 2}, params={"loud": "true"})
    bad = endpoint.predict(json={"text": "ab", "times": "many"})

    assert good.json() == {"text": "ABAB"}
    assert bad.status_code == 422
    assert bad.json()["detail"][0]["loc"] == ["body", "times"]


def test_files_and_form_fields_arrive(api):
    """predict may take uploads."""
    endpoint = api.deployed(UPLOAD, "Measure")

    content = b"x" * 3_000_000
    response = endpoint.predict(files={"upload": ("clip.wav", content)}, data={"unit": "B"})

    assert response.json() == {"name": "clip.wav", "size": 3_000_000, "unit": "B"}


def test_the_template_sees_the_clients_request_without_its_token(api):
    """The Outpost token is not for the code of a template."""
    endpoint = api.deployed(REQUEST, "Mirror")

    response = endpoint.predict(content=b"raw", headers={"X-Custom": "yes"})

    assert response.json() == {
        "path": endpoint.get()["predictionPath"],
        "custom": "yes",
        "authorization": None,
        "body": "raw",
    }


def test_the_templates_own_exception_handlers_answer(api):
    """exception_handlers of the class extend those of the server."""
    endpoint = api.deployed(HANDLERS, "Strict")

    refused = api.http.post(endpoint.url())
    missing = api.http.post(endpoint.url() + "/nowhere")

    assert (refused.status_code, refused.json()) == (418, {"error": "no", "type": "refused"})
    assert (missing.status_code, missing.json()) == (404, {"error": "nothing here"})


def test_a_predict_that_raises_is_a_500_and_its_traceback_is_in_the_runtime_log(api):
    """The caller learns type and message, the owner the traceback; the server stays up."""
    endpoint = api.deployed(RAISING, "Raising")

    failed = endpoint.predict(json={"number": 0})
    works = endpoint.predict(json={"number": 2})
    (line,) = [one["data"] for one in endpoint.logs("runtime") if one["data"]["level"] == "ERROR"]

    assert failed.status_code == 500
    assert failed.json() == {
        "message": "ZeroDivisionError: division by zero",
        "code": "prediction_failed",
    }
    assert works.json() == {"result": 0.5}
    told = "predict raised ZeroDivisionError: division by zero"
    assert line["message"] == f"{told} (request {failed.headers['X-Request-Id']})"
    assert line["exc_info"].startswith("Traceback (most recent call last):\n")
    assert "in divide\n    return 1 / number" in line["exc_info"]
    assert "starlette" not in line["exc_info"]


def test_everything_the_template_says_is_in_the_runtime_log(api, eventually):
    """Printed, logged, warned, or written by a child: each with its level and its replica."""
    endpoint = api.deployed(FROM_EVERYWHERE, "Chatty")

    endpoint.predict()
    lines = eventually(
        lambda: [one["data"] for one in endpoint.logs("runtime")],
        lambda found: {"printed", "to stderr", "from a child"} <= {one["message"] for one in found},
    )
    by_message = {one["message"].strip(): one for one in lines}

    assert by_message["printed"]["logger_name"] == "stdout"
    assert by_message["to stderr"]["logger_name"] == "stderr"
    assert by_message["logged 7"]["level"] == "WARNING"
    assert by_message["logged 7"]["logger_name"] == "summarizer"
    assert any("warned" in message for message in by_message)
    assert "too fine" not in by_message
    assert len({one["kubernetes"]["pod_name"] for one in lines}) == 1


def test_secrets_are_in_the_environment_of_the_replica_only(api):
    """A template reads its secrets; nothing else shows them."""
    endpoint = api.deployed(
        SECRET, "Secretive", secrets=[{"name": "MODEL_KEY", "value": "s3cr3t-value"}]
    )

    response = endpoint.predict()
    told = [endpoint.get(), *(endpoint.logs(kind) for kind in ("dep", "event", "runtime"))]

    assert response.json() == {"key": "s3cr3t-value", "outpost": ["OUTPOST_CONTAINER_CONFIG"]}
    assert "s3cr3t-value" not in str(told)


def test_a_get_on_the_prediction_path_wakes_without_predicting(api):
    """GET answers as soon as a replica is ready, and predict has not run."""
    endpoint = api.deployed(RAISING, "Raising")

    response = api.contract.check(api.http.get(endpoint.url()))

    assert response.status_code == 200
    assert response.json() == {"status": "healthy"}


def test_predictions_need_the_token_and_health_checks_do_not(api, echo):
    """The prediction path is for token holders; probes have no token."""
    api.http.cookies.clear()
    without = api.contract.check(api.http.post(echo.url(), json={}, headers={"Authorization": ""}))
    wrong = api.contract.check(
        api.http.post(echo.url(), json={}, headers={"Authorization": "Bearer wrong"})
    )
    bare = api.http.get(echo.url(), headers={"Authorization": api.token})
    health = api.contract.check(
        api.http.get(echo.url("healthcheck"), headers={"Authorization": ""})
    )

    assert without.status_code == 401
    assert wrong.status_code == 401
    assert "wrong" not in wrong.json()["message"]
    assert bare.status_code == 200
    assert health.json() == {"status": "healthy"}


def test_an_unknown_domain_is_not_found(api):
    """Nothing answers below a slug that no endpoint has."""
    response = api.http.post(f"{api.origin}/domains/nobody/predict")

    assert response.status_code == 404
    assert response.json()["code"] == "not_found"


@pytest.mark.parametrize("class_name", ["Synchronous", "Asynchronous"])
def test_predict_may_be_async_or_not(api, class_name):
    """Both kinds of predict serve many requests at once."""
    template = """
import asyncio, threading, time

class Synchronous:
    def __init__(self):
        self.meeting = threading.Barrier(2, timeout=60)
    def predict(self):
        self.meeting.wait()
        return {}

class Asynchronous:
    def __init__(self):
        self.here, self.met = 0, asyncio.Event()
    async def predict(self):
        self.here += 1
        if self.here == 2:
            self.met.set()
        await asyncio.wait_for(self.met.wait(), 60)
        return {}
"""
    endpoint = api.deployed(template, class_name)

    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda _: endpoint.predict().status_code, range(2)))

    assert answers == [200, 200]


def test_a_template_works_in_a_folder_of_its_own(api, outpost):
    """Files that it writes are gone with the replica and never among the server's own."""
    template = """
import pathlib

class Writer:
    def predict(self):
        pathlib.Path("scratch").write_text("x")
        return str(pathlib.Path("scratch").resolve().parent)
"""
    endpoint = api.deployed(template, "Writer")

    folder = endpoint.predict().json()

    assert folder.startswith(str((outpost.data_folder / "run").resolve()))
    assert not (outpost.data_folder / "scratch").exists()
