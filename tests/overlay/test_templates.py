"""What is said about a prediction template before anything is sent."""

from pathlib import Path
from typing import Callable

import pytest

from outpostkit.exceptions import TemplateError
from outpostkit.templates import EndpointCustomTemplateConfig, check_url, read_template

Write = Callable[[str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a template file and return where it is."""

    def write(source: str) -> Path:
        path = tmp_path / "template.py"
        path.write_text(source, encoding="utf-8")
        return path

    return write


def read(path: Path, class_name: str = "Template") -> bytes:
    return read_template(EndpointCustomTemplateConfig("file", class_name, str(path))).content


@pytest.mark.parametrize(
    "source",
    [
        "class Template:\n    def predict(self, item): ...\n",
        "class Template:\n    async def predict(self): ...\n",
        "class Template:\n    predict = staticmethod(len)\n",
        "class Base:\n    def predict(self): ...\nclass Template(Base): ...\n",
        "from elsewhere import Base\nclass Template(Base): ...\n",
        "import elsewhere\nclass Template(elsewhere.Base): ...\n",
        "try:\n    import torch\nexcept ImportError:\n    torch = None\nif torch is None:\n"
        "    class Template:\n        def predict(self): ...\n",
        "PATTERN = '\\d'\nclass Template:\n    def predict(self): ...\n",
    ],
)
def test_a_template_is_sent_as_it_is_written(write: Write, source: str) -> None:
    """Every way of giving a class a predict member passes, and the bytes are those of the file."""
    path = write(source)

    assert read(path) == path.read_bytes()


def test_nothing_in_a_template_is_executed(write: Write, tmp_path: Path) -> None:
    """Checking reads the file as text, so that its packages need not be installed here."""
    marker = tmp_path / "executed"
    path = write(f"open({str(marker)!r}, 'w')\nclass Template:\n    def predict(self): ...\n")

    read(path)

    assert not marker.exists()


def test_a_file_that_does_not_exist_is_named(tmp_path: Path) -> None:
    """The error names the field, the path and the folder it was looked for in."""
    with pytest.raises(TemplateError, match=r"path: there is no file .*missing\.py"):
        read(tmp_path / "missing.py")


def test_a_folder_is_no_template(tmp_path: Path) -> None:
    """A folder is told apart from a missing file."""
    with pytest.raises(TemplateError, match=r"path: .* is a folder"):
        read(tmp_path)


@pytest.mark.parametrize("source", ["class Template\n", "\0", "PK\x03\x04 not python at all"])
def test_a_file_that_is_not_python_is_refused(write: Write, source: str) -> None:
    """The error says so, with the line where one is known."""
    with pytest.raises(TemplateError, match=r"path: .* is not Python"):
        read(write(source))


def test_a_missing_class_is_named_with_the_classes_there_are(write: Write) -> None:
    """A wrong className is usually a typing mistake, so the right ones are shown."""
    path = write("class Summarizer:\n    def predict(self): ...\n")

    with pytest.raises(TemplateError, match=r"className: .*'Template'.*it defines Summarizer"):
        read(path)


@pytest.mark.parametrize(
    "source", ["class Template: ...\n", "class Template(object):\n    predict: int\n"]
)
def test_a_class_without_predict_is_refused(write: Write, source: str) -> None:
    """Outpost could load it and never answer."""
    with pytest.raises(TemplateError, match=r"className: .*no 'predict'"):
        read(write(source))


@pytest.mark.parametrize("name", ["", "My Template", "module.Template", "1st"])
def test_a_name_that_no_class_has_is_refused(write: Write, name: str) -> None:
    """The class is named without its module."""
    path = write("class Template:\n    def predict(self): ...\n")

    with pytest.raises(TemplateError, match=r"className"):
        read(path, name)


@pytest.mark.parametrize("url", ["template.py", "file:///etc/passwd", "https://", ""])
def test_a_url_template_needs_an_address(url: str) -> None:
    """Anything but http or https is refused before it is sent."""
    with pytest.raises(TemplateError, match=r"path"):
        check_url(url)
