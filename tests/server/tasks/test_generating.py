"""The template that is written for a model: short, sound Python, and always the same."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, strategies as st

from outpost_server.tasks import TASKS, ModelFacts, TaskRefused, generate_template
from outpost_server.tasks.layout import LINE_LENGTH, call, literal

NAME = "acme/small-model"
REVISION = "6e505f907968c4a9360773ff57885cdc6dca4bfd"
FILES = {"config.json": 500, "model.safetensors": 90_000_000, "tokenizer.json": 700_000}
EVERYTHING = {
    "torch_dtype": "bfloat16",
    "device": "cuda",
    "max_batch_size": 1024,
    "max_queue": 100_000,
    "concurrency": 64,
    "allow_pickle": True,
    "trust_remote_code": True,
}

of_each_task = pytest.mark.parametrize("task", TASKS)


def facts(task: str, **changes: Any) -> ModelFacts:
    """Return a model with weights that the task can have."""
    files = {"model.joblib": 900} if task == "tabular" else FILES
    documents = {} if task == "tabular" else {"config.json": {"model_type": "small"}}
    told: dict[str, Any] = {"name": NAME, "revision": REVISION, "files": files}
    return ModelFacts(**{**told, "documents": documents, **changes})


def source(task: str, config: dict[str, Any] | None = None, **changes: Any) -> str:
    """Return the template of a model."""
    if config is None:
        config = {"allow_pickle": task == "tabular"}
    return generate_template(facts(task, **changes), TASKS[task], config).source.decode()


@of_each_task
def test_a_template_is_python_of_40_to_80_lines(task: str) -> None:
    """With a class, of which the deployment knows the name and the container."""
    written = generate_template(facts(task), TASKS[task], {"allow_pickle": True})
    tree = ast.parse(written.source)
    classes = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
    template = classes[written.class_name]
    container = next(node for node in template.body if isinstance(node, ast.AnnAssign))

    assert 40 <= len(written.source.splitlines()) <= 80
    assert ast.get_docstring(tree)
    assert isinstance(container.value, ast.Constant)
    assert container.value.value == TASKS[task].container
    assert written.source.endswith(b"\n")


@of_each_task
def test_the_same_model_gives_the_same_bytes(task: str) -> None:
    """In another process, with another seed of hashes, too: only the revision changes a line."""
    again = subprocess.run(
        [sys.executable, "-c", ANOTHER, task],
        check=True,
        capture_output=True,
        env={"PYTHONPATH": ":".join(sys.path), "PYTHONHASHSEED": "77"},
    ).stdout.decode()
    lines = source(task).splitlines()
    others = source(task, revision="f" * 40).splitlines()

    assert again == source(task)
    assert [line for line in lines if line not in others] == [f'REVISION = "{REVISION}"']


ANOTHER = f"""
import sys
from outpost_server.tasks import TASKS, ModelFacts, generate_template
task = sys.argv[1]
is_table = task == "tabular"
files = {{"model.joblib": 900}} if is_table else {FILES!r}
documents = {{}} if is_table else {{"config.json": {{"model_type": "small"}}}}
facts = ModelFacts({NAME!r}, {REVISION!r}, files, documents)
template = generate_template(facts, TASKS[task], {{"allow_pickle": is_table}})
sys.stdout.buffer.write(template.source)
"""


@pytest.mark.parametrize("config", [{}, EVERYTHING], ids=["usual", "everything"])
def test_templates_are_laid_out_as_a_formatter_would(
    config: dict[str, Any], tmp_path: Path
) -> None:
    """And hold nothing that they do not use: whoever changes one begins with sound code."""
    for task in TASKS:
        text = source(task, {**config, "allow_pickle": True})
        (tmp_path / f"{task.replace('-', '_')}.py").write_text(text, encoding="utf-8")
    ruff = [sys.executable, "-m", "ruff"]
    options = ["--isolated", "--no-cache", "--line-length", "100", str(tmp_path)]

    layout = subprocess.run([*ruff, "format", "--diff", *options], capture_output=True, text=True)
    rules = ["--select", "E,F,I,UP,B"]
    lint = subprocess.run([*ruff, "check", *rules, *options], capture_output=True, text=True)

    assert layout.returncode == 0, layout.stdout
    assert lint.returncode == 0, lint.stdout


@of_each_task
def test_what_the_container_is_told_stands_in_the_template(task: str) -> None:
    """It can be read there, and changed."""
    text = source(task, EVERYTHING)

    if TASKS[task].container != "sklearn":
        assert "bfloat16" in text
        assert '"cuda"' in text
    if "Batcher(" in text or "TextWriter(" in text:
        assert "max_queue=100000" in text
        assert "concurrency=64" in text


@given(name=st.text(min_size=1, max_size=80))
def test_no_name_of_a_model_is_code(name: str) -> None:
    """Whatever a folder is called, it stays a text of the template."""
    for task in ("text-classification", "text-generation"):
        tree = ast.parse(source(task, name=name, revision=None))
        constants = {
            node.targets[0].id: ast.literal_eval(node.value)
            for node in tree.body
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
        }

        assert constants == {"MODEL": name, "REVISION": None}


@given(value=st.text())
def test_a_text_is_read_back_from_its_source(value: str) -> None:
    """In one line, however odd."""
    assert ast.literal_eval(literal(value)) == value
    assert len(literal(value).splitlines()) <= 1


@given(arguments=st.lists(st.from_regex(r"[a-z]{1,30}", fullmatch=True), min_size=1, max_size=12))
def test_a_call_is_cut_where_it_does_not_fit(arguments: list[str]) -> None:
    """Into three lines, or one for each argument."""
    lines = (" " * 8 + call("self.thing = make", arguments)).splitlines()

    assert all(len(line) <= LINE_LENGTH for line in lines)
    assert len(lines) in (1, 3, len(arguments) + 2)


@of_each_task
def test_pickles_are_refused_unless_they_are_allowed(task: str) -> None:
    """They run code when they are loaded. The template says which it loads."""
    only = {"config.json": 500, "pytorch_model.bin": 900, "model.joblib": 900}

    with pytest.raises(TaskRefused, match="allow_pickle: true"):
        source(task, {}, files=only)
    allowed = source(task, {"allow_pickle": True}, files=only)
    if TASKS[task].container != "sklearn":
        assert "use_safetensors=False" in allowed or '"use_safetensors": False' in allowed
        usual = source(task, {"allow_pickle": True})
        assert "use_safetensors=True" in usual or '"use_safetensors": True' in usual


@of_each_task
def test_a_model_without_weights_is_refused(task: str) -> None:
    """As one that has them for other frameworks only."""
    with pytest.raises(TaskRefused, match="no weights"):
        source(task, {"allow_pickle": True}, files={"config.json": 500, "tf_model.h5": 900})


@pytest.mark.parametrize("task", ["text-generation", "conversational"])
def test_a_folder_of_gguf_files_is_served_by_the_smallest(task: str) -> None:
    """They are unpacked once: what is loaded then is as any other model."""
    files = {"big-Q8.gguf": 900, "small-Q4.gguf": 500}
    text = source(task, {}, files=files, documents={})

    assert 'folder = unpack_gguf(folder, "small-Q4.gguf")' in text
    assert 'dtype="auto"' in text
    assert "use_safetensors=True" in text


def test_what_a_model_is_trained_to_find_before_a_text_is_put_there() -> None:
    """As its configuration says for the task, with its other settings as defaults."""
    known = {
        "summarization": {"prefix": "summarize: ", "num_beams": 4, "max_length": 200},
        "translation_en_to_de": {"prefix": "translate English to German: "},
        "translation_en_to_fr": {"prefix": "translate English to French: "},
    }
    documents = {"config.json": {"model_type": "t5", "task_specific_params": known}}
    summary = source("summarization", documents=documents)
    translation = source("translation", documents=documents)

    assert 'PREFIX = "summarize: "' in summary
    assert "num_beams: int | None = 4" in summary
    assert "max_new_tokens: int" not in summary
    assert 'PREFIX = "translate English to German: "' in translation
    assert '# It also knows "translate English to French: "' in translation
    assert "PREFIX" not in source("summarization")
