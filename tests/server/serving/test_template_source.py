"""What a template declares is read from its source, without running it and within bounds."""

from __future__ import annotations

import asyncio
import os
import signal

import pytest

from outpost_server.serving.template.reader import SourceReader
from outpost_server.serving.template.source import TemplateRefused, declarations

pytestmark = pytest.mark.anyio

BASES = """
import abc
from torch import nn
from mine import Common
COMMON = ["tabulate==0.9.0"]

class Base(abc.ABC):
    python_requirements = COMMON
    container = "transformers"

class Own(Base):
    system_dependencies = ["ffmpeg"]

class More(Base):
    python_requirements = Base.python_requirements + ["six"]
    container: str = "python"

class Left(Base): pass
class Right(Base):
    python_requirements = ["right", *COMMON]
class Diamond(Left, Right): pass

class Foreign(Common, nn.Module): pass
Other = Own
"""


@pytest.fixture
def anyio_backend():
    return "asyncio"


@pytest.fixture(scope="module")
def reader():
    reader = SourceReader()
    yield reader
    reader.close()


@pytest.fixture
def read(reader):
    async def read(source: str | bytes, class_name: str = "T"):
        text = source.encode() if isinstance(source, str) else source
        return await reader.read(text, "mine.py", class_name)

    return read


@pytest.mark.parametrize(("class_name", "requirements", "dependencies", "container"), [
    ("Own", ("tabulate==0.9.0",), ("ffmpeg",), "transformers"),
    ("Other", ("tabulate==0.9.0",), ("ffmpeg",), "transformers"),
    ("More", ("tabulate==0.9.0", "six"), (), "python"),
    ("Diamond", ("right", "tabulate==0.9.0"), (), "transformers"),
])  # fmt: skip
async def test_what_base_classes_declare_holds(
    read, class_name, requirements, dependencies, container
):
    """As Python looks an attribute up: the class's own first, then by the order of its bases."""
    found = declarations((await read(BASES, class_name)).values)

    assert found.python_requirements == requirements
    assert found.system_dependencies == dependencies
    assert found.container == container


async def test_imported_bases_are_named(read):
    """Their declarations cannot be read; those of the standard library have none."""
    assert (await read(BASES, "Foreign")).unread == ("Common", "nn.Module")
    assert (await read(BASES, "Own")).unread == ()
    assert (await read("from mine import T\n")).unread == ("T",)


@pytest.mark.parametrize("value", [
    "make()", "['six'] * 2", "[name]", "{'six'}", "[1]", "b'six'", "None", "X",
])  # fmt: skip
async def test_what_only_running_tells_is_refused(read, value):
    """A requirement that is not seen would be missing later, when a request needs it."""
    source = f"X = X + ['six']\nclass T:\n    python_requirements = {value}\n"

    with pytest.raises(TemplateRefused, match="must be written as a list of strings"):
        declarations((await read(source)).values)


@pytest.mark.parametrize("line", [
    "T.python_requirements = ['six', *MORE]",
    "Alias.python_requirements = ['six', *MORE]",
    "T.python_requirements = Other.python_requirements = ['six', *MORE]",
    "setattr(T, 'python_requirements', ['six', *MORE])",
])  # fmt: skip
async def test_what_is_set_behind_a_class_is_read(read, line):
    """It is what Python would find, also where the class has it itself."""
    source = f"MORE = ['x']\nclass T:\n    python_requirements = ['old']\nAlias = T\n{line}\n"

    assert (await read(source)).values == {"python_requirements": ["six", "x"]}


@pytest.mark.parametrize("line", [
    "T.python_requirements += ['six']",
    "T.python_requirements = T.python_requirements + ['six']",
    "T.python_requirements.append('six')",
    "MORE.append('six')",
    "if MORE: T.python_requirements = ['six']",
    "setattr(T, 'python_requirements', more())",
])  # fmt: skip
async def test_what_is_changed_behind_a_class_is_refused(read, line):
    """Else the packages would be missing without a word."""
    source = f"MORE = ['x']\nclass T:\n    python_requirements = MORE\n{line}\n"

    with pytest.raises(TemplateRefused, match="python_requirements must be written as a list"):
        declarations((await read(source)).values)


async def test_what_is_changed_within_a_class_is_refused(read):
    source = "class T:\n    python_requirements = ['x']\n    python_requirements.append('six')\n"

    with pytest.raises(TemplateRefused, match="python_requirements must be written as a list"):
        declarations((await read(source)).values)


async def test_decorators_that_may_declare_something_are_named(read):
    """Those of Python's own declare nothing, nor do those that name no declaration."""
    source = (
        "import dataclasses, mine\nfrom functools import total_ordering\n"
        "def needs(one):\n    one.python_requirements = ['six']\n    return one\n"
        "def same(one):\n    return one\n"
        "@dataclasses.dataclass\n@total_ordering\n@same\n@needs\nclass Base: pass\n"
        "@mine.register('name')\nclass T(Base): pass\n"
    )

    found = await read(source)

    assert (found.values, found.unread, found.decorators) == ({}, (), ("mine.register", "needs"))


async def test_a_declaration_under_a_condition_is_refused(read):
    """Which one holds is known only where the file runs."""
    source = "class T:\n    if make():\n        python_requirements = ['six']\n"

    with pytest.raises(TemplateRefused, match="must be written as a list of strings"):
        declarations((await read(source)).values)


@pytest.mark.parametrize("source", [
    b"x = " + b"(" * 4_000_000,
    b"x = " + b"-" * 4_000_000 + b"1",
    b"x = [" + b"[1]," * 2_000_000 + b"]",
    b"x = " + b"a." * 2_000_000 + b"b",
    b"x = 1 " + b"if 1 else 1 " * 300_000,
    b"\0" * 4_000_000,
    b"x = " + b"9" * 4_000_000,
    b"# coding: klingon\nx = 1\n",
    b"# coding: utf-16\nx = 1\n",
    b"x = '\xff'\n",
])  # fmt: skip
async def test_a_source_that_is_too_much_is_refused_in_a_sentence(read, source):
    """Whatever the parser does with it, it happens in a process of its own."""
    with pytest.raises(
        TemplateRefused, match=r"The template file (is not valid|could not be read)"
    ):
        await read(source)


async def test_contradicting_bases_are_left_to_python(read):
    """The import of the file raises the error that people know."""
    source = "class A: pass\nclass B(A): pass\nclass T(A, B):\n    container = 'x'\n"

    assert (await read(source)).values == {}


async def test_a_source_that_takes_long_holds_up_no_other(read):
    """Each is read by a process of its own."""
    long = asyncio.ensure_future(read(b"x = [" + b"[1]," * 2_000_000 + b"]"))

    await read("class T: pass\n")

    assert not long.done()
    with pytest.raises(TemplateRefused, match="could not be read within"):
        await long


async def test_a_reader_that_was_killed_is_started_again(reader, read):
    await read("class T: pass\n")
    os.kill(reader.pid, signal.SIGKILL)

    assert (await read("from mine import T\n")).unread == ("T",)
