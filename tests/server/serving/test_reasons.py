"""What a template printed before it died stands where one looks for the reason."""

from __future__ import annotations

import zipfile

import pytest

from outpost_server import LocalOutpost


def class_with(init: str) -> str:
    body = f"    def __init__(self):\n        {init}\n    def predict(self): return 1\n"
    return f"import os, time\nclass T:\n{body}"


@pytest.mark.parametrize("init", [
    "os.write(2, b'CUDA error: no kernel image\\n'); os.abort()",
    "print('CUDA error: no kernel image', flush=True); os._exit(3)",
    "import logging; logging.warning('CUDA error: no kernel image'); os._exit(3)",
    "os.write(1, b'CUDA error: no kernel image'); os.kill(os.getpid(), 9)",
])  # fmt: skip
def test_the_last_line_is_in_the_reason_and_in_the_logs(api, init):
    """Libraries say what is wrong on the way down, and nowhere else."""
    endpoint = api.failed(class_with(init), "T")

    last = endpoint.logs("dep")[-1]["data"]
    event = next(
        line["data"]
        for line in endpoint.logs("event")
        if "did not start" in line["data"]["message"]
    )
    assert last["message"].endswith("The last that it printed: CUDA error: no kernel image")
    assert last["exc_info"] == "The last that it printed:\nCUDA error: no kernel image"
    assert event["exc_info"] == last["exc_info"]


def test_what_it_printed_before_the_start_timeout_is_told(connect):
    """The last line of progress says where it was stuck. No more than the end is shown."""
    source = class_with("[print('step', n, flush=True) for n in range(50)]; time.sleep(600)")
    with LocalOutpost(start_timeout_s=2) as outpost:
        endpoint = connect(outpost).endpoint(source, "T")
        endpoint.deploy_and_wait()
        last = endpoint.logs("dep")[-1]["data"]

    assert "within 2 s, which is start_timeout_s of the server's settings." in last["message"]
    assert last["message"].endswith(" The last that it printed: step 49")
    assert last["exc_info"].splitlines()[1] == "step 30"


def test_a_traceback_and_what_was_printed_stand_together(api):
    """The reason is what it raised; what came before may explain it."""
    endpoint = api.endpoint(class_with("print('looking for a.bin'); open('a.bin')"), "T")
    endpoint.deploy_and_wait()

    last = endpoint.logs("dep")[-1]["data"]

    assert "FileNotFoundError" in last["message"]
    assert "open('a.bin')" in last["exc_info"]
    assert last["exc_info"].endswith("The last that it printed:\nlooking for a.bin")


def test_the_environment_that_replaces_what_the_server_needs_is_named(api, tmp_path):
    """The worker cannot be imported then; its traceback alone would blame the server."""
    wheel = tmp_path / "starlette-0.1-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as file:
        file.writestr("starlette/__init__.py", "")
        file.writestr("starlette-0.1.dist-info/METADATA", "Name: starlette\nVersion: 0.1\n")
        file.writestr("starlette-0.1.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        file.writestr("starlette-0.1.dist-info/RECORD", "")
    source = class_with("pass") + f"    python_requirements = ['starlette @ file://{wheel}']\n"
    endpoint = api.endpoint(source, "T")
    endpoint.deploy_and_wait()

    last = endpoint.logs("dep")[-1]["data"]

    assert last["message"].endswith("run that code in a process of its own.")
    assert "python_requirements has put starlette 0.1 in the place" in last["message"]


def test_a_deployment_that_fails_says_which_one_goes_on_serving(api):
    """Before it counts as failed, so that whoever waits for it reads that, too."""
    source = class_with("assert 'BREAK' not in os.environ, 'broken'")
    endpoint = api.deployed(source, "T")
    serving = endpoint.get()["currentDeploymentId"]
    secrets = [{"name": "BREAK", "value": "yes"}]
    api.call("PUT", endpoint.path, json={"secrets": secrets})

    assert endpoint.deploy_and_wait()["status"] == "failed"

    reason, after = endpoint.messages("dep")[-2:]
    assert "AssertionError: broken" in reason
    assert after == f"Deployment {serving} goes on serving, as it did before this one."
    assert endpoint.predict().json() == 1


def test_a_request_that_waited_too_long_is_told_by_which_setting(connect):
    with LocalOutpost(queue_timeout_s=0.5) as outpost:
        endpoint = connect(outpost).endpoint(class_with("time.sleep(600)"), "T")
        endpoint.deploy()
        answer = endpoint.predict()

    assert (answer.status_code, answer.json()["code"]) == (503, "no_replica_ready")
    assert "within 0.5 s, which is queue_timeout_s of the server's" in answer.json()["message"]
