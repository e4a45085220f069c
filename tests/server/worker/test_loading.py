"""Templates as people write them: what they may do while they load."""

from __future__ import annotations

import pytest

CHDIR = """
import os, tempfile
{module}
class T:
    def __init__(self):
        {init}
    def predict(self):
        return os.getcwd() == folder
"""
INTO = "folder = os.path.realpath(tempfile.mkdtemp()); os.chdir(folder)"


@pytest.mark.parametrize(("module", "init"), [(INTO, "pass"), ("", f"global folder; {INTO}")])
def test_a_template_may_change_the_working_directory(api, module, init):
    """As research repositories do; requests reach it all the same."""
    endpoint = api.deployed(CHDIR.format(module=module, init=init), "T")

    assert endpoint.predict(json={}).json() is True


SURROGATES = r"""
import logging, os, sys
class T:
    def predict(self, raises: bool):
        logging.getLogger("m").warning("cut %s, whole %s", "\ud83d", "\U0001f600")
        print("printed", "\ud83d".encode("utf-8", "surrogatepass"))
        if raises:
            raise ValueError("cut \ud83d")
        return 1
"""


def test_text_that_no_utf8_has_hides_no_log(api):
    """A tokenizer cuts emojis in half; the line is there, and so are those around it."""
    endpoint = api.deployed(SURROGATES, "T")

    good = endpoint.predict(params={"raises": False})
    bad = endpoint.predict(params={"raises": True})

    assert good.json() == 1
    assert bad.json() == {"message": "ValueError: cut \\ud83d", "code": "prediction_failed"}
    messages = endpoint.messages("runtime")
    assert "cut \\ud83d, whole \U0001f600" in messages
    request_id = bad.headers["X-Request-Id"]
    assert f"predict raised ValueError: cut \\ud83d (request {request_id})" in messages


def test_a_failure_with_such_text_is_a_failed_deployment_with_its_reason(api):
    """Reasons go into the store, the logs and the page of the endpoint."""
    source = 'class T:\n    def __init__(self):\n        raise ValueError("\\ud83d")\n'
    endpoint = api.failed(source, "T")

    assert "ValueError: \\ud83d" in endpoint.messages("dep")[-1]


PROCESSES = """
import concurrent.futures as futures
import multiprocessing
import pickle
import sys

class Item:
    def __init__(self, number):
        self.number = number

def square(item):
    served = [name for name in sys.modules if name.startswith(("outpost_server", "uvicorn"))]
    assert not served or multiprocessing.parent_process() is None, served
    return Item(item.number**2)

def squares(how):
    context = multiprocessing.get_context(how)
    items = [Item(2), Item(3)]
    with context.Pool(1) as pool:
        pooled = [one.number for one in pool.map(square, items)]
    with futures.ProcessPoolExecutor(1, mp_context=context) as executor:
        return pooled + [one.number for one in executor.map(square, items)]

class T:
    def __init__(self):
        self.early = squares("spawn")

    def predict(self, how: str):
        return self.early + squares(how)

if __name__ in ("__main__", "__mp_main__"):
    raise RuntimeError("nobody runs this file as a script")
"""


@pytest.mark.parametrize("how", ["spawn", "forkserver"])
def test_functions_and_classes_go_to_other_processes(api, how):
    """They import the template by the name of its file, and nothing of the server."""
    endpoint = api.deployed(PROCESSES, "T", file_name="my_model.py")

    assert endpoint.predict(params={"how": how}).json() == [4, 9] * 4


FORKED = """
import multiprocessing, os, signal, time

def work(end):
    end.send("begun")
    time.sleep(300)

class T:
    def predict(self, name: str, is_early: bool):
        context = multiprocessing.get_context("fork")
        begun, end = context.Pipe(duplex=False)
        child = context.Process(target=work, args=(end,))
        child.start()
        if not is_early:
            begun.recv()
        os.kill(child.pid, getattr(signal, name))
        child.join(60)
        return child.exitcode
"""


@pytest.mark.parametrize(("name", "is_early", "code"), [
    ("SIGTERM", True, -15), ("SIGTERM", False, -15), ("SIGHUP", True, -1),
])  # fmt: skip
def test_a_signal_ends_a_process_that_a_template_has_forked(api, name, is_early, code):
    """However soon it comes. Pools end their processes so, and wait for it."""
    endpoint = api.deployed(FORKED, "T")

    query = {"name": name, "is_early": is_early}
    codes = [endpoint.predict(params=query).json() for _ in range(20)]

    assert codes == [code] * 20


def test_pickles_of_the_authors_own_scripts_are_read(api):
    """Their classes were in __main__, or in a module with the name of the file."""
    source = (
        "import pickle\nclass Item: pass\nclass T:\n    def predict(self):\n"
        "        names = ('__main__', 'my_model', 'outpost_template')\n"
        "        texts = [f'c{name}\\nItem\\n.'.encode() for name in names]\n"
        "        return [pickle.loads(text) is Item for text in texts]\n"
    )
    endpoint = api.deployed(source, "T", file_name="my_model.py")

    assert endpoint.predict().json() == [True, True, True]


@pytest.mark.parametrize(("file_name", "shown"), [
    ("my_model.py", "my_model.py"),
    ("json.py", "template.py"),
    ("fastapi.py", "fastapi.py"),
    ("../../etc/x.py", "template.py"),
    ("my model.py", "template.py"),
    ("class.py", "template.py"),
    ("notebook.ipynb", "template.py"),
])  # fmt: skip
def test_tracebacks_name_the_file_of_the_author(api, file_name, shown):
    """Under a name that is safe, and that takes no module's place."""
    source = "import json, fastapi\nclass T:\n    def predict(self):\n        return 1 / 0\n"
    endpoint = api.deployed(source, "T", file_name=file_name)
    endpoint.predict()

    traceback = endpoint.logs("runtime")[-1]["data"]["exc_info"]
    assert f'/{shown}", line 4, in predict' in traceback


def test_what_serves_a_request_was_imported_before_the_replica_began(api):
    """In the process that it is forked from: each replica would wait for it otherwise."""
    source = (
        "import sys\nclass T:\n    def __init__(self): self.had = set(sys.modules)\n"
        "    def predict(self) -> list: return sorted(set(sys.modules) - self.had)\n"
    )

    assert api.deployed(source, "T").predict().json() == []


@pytest.mark.parametrize(("line", "told"), [
    ("import helper", "'helper' is not installed and was not sent: only the file was. "),
    ("from helper.deep import x", "'helper' is not installed and was not sent"),
    ("from . import helper", "write 'import helper' for what lies beside it"),
    ("from .helper import x", "write 'import helper' for what lies beside it"),
    ("import json.nothing", "No module named 'json.nothing'"),
])  # fmt: skip
def test_an_import_that_fails_says_the_ways_out(api, line, told):
    """Nothing but what was sent is there."""
    endpoint = api.endpoint(f"{line}\nclass T:\n    def predict(self): return 1\n", "T")
    endpoint.deploy_and_wait()

    assert told in endpoint.messages("dep")[-1]


def test_an_import_that_fails_within_a_request_says_the_same(api):
    """People import what takes long where they need it."""
    source = "class T:\n    def predict(self):\n        import helper\n"
    endpoint = api.deployed(source, "T")

    message = endpoint.predict().json()["message"]

    assert message.startswith("ModuleNotFoundError: No module named 'helper'. 'helper' is not ")
    assert "python_requirements" in message
    assert message.partition(". ")[2] in endpoint.messages("runtime")[-1]
