"""Templates of several files: what of a folder is sent, and what is said before."""

import io
import os
import zipfile
from pathlib import Path
from typing import Callable, List, Optional

import pytest

from outpostkit.exceptions import TemplateError
from outpostkit.templates import (
    EndpointCustomTemplateConfig,
    SentTemplate,
    TemplateChangedWarning,
    TemplateFile,
    read_template,
)

TEMPLATE = "import helper\nclass Template:\n    def predict(self): ...\n"
Write = Callable[[str, str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a file of the folder and return where it is; the folder has a template."""
    folder = tmp_path / "folder"

    def write(name: str, content: str = "") -> Path:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
        return path

    write("template.py", TEMPLATE)
    return write


def read(folder: Path, entry: Optional[str] = None) -> TemplateFile:
    return read_template(EndpointCustomTemplateConfig("folder", "Template", str(folder), entry))


def names(file: TemplateFile) -> List[str]:
    return zipfile.ZipFile(io.BytesIO(file.content)).namelist()


def test_a_folder_is_sent_without_what_is_no_part_of_the_template(
    write: Write, tmp_path: Path
) -> None:
    """Hidden files, caches, virtual environments, and what .outpostignore names."""
    for name in (
        *("helper.py", "package/__init__.py", "package/data.json"),
        *(".git/config", ".env", "__pycache__/helper.pyc", "package/old.pyc"),
        *("env/pyvenv.cfg", "env/lib/big.py", "notes.txt", "package/notes.txt", "logs/a/b"),
    ):
        write(name, "")
    write(".outpostignore", "# not for the server\n*.txt\nlogs/\n")

    file = read(tmp_path / "folder")

    assert names(file) == [
        *("helper.py", "package/__init__.py", "package/data.json", "template.py"),
    ]
    assert (file.filename, file.content_type, file.entry) == (
        *("folder.zip", "application/zip"),
        "template.py",
    )


def test_the_same_files_are_the_same_bytes(write: Write, tmp_path: Path) -> None:
    """Times do not matter."""
    first = read(tmp_path / "folder").content
    os.utime(tmp_path / "folder" / "template.py", (1, 1))

    assert read(tmp_path / "folder").content == first


def test_the_entry_is_the_file_at_the_top_that_defines_the_class(
    write: Write, tmp_path: Path
) -> None:
    write("broken.py", "def (")
    write("helper.py", "class Helper: ...")
    assert read(tmp_path / "folder").entry == "template.py"

    write("again.py", TEMPLATE)
    with pytest.raises(TemplateError, match=r"entry: .*again\.py, template\.py define the class"):
        read(tmp_path / "folder")
    assert read(tmp_path / "folder", "again.py").entry == "again.py"


@pytest.mark.parametrize("entry", ["none.py", "../folder/template.py", "data.txt"])
def test_an_entry_is_one_of_the_files_that_are_sent(
    write: Write, tmp_path: Path, entry: str
) -> None:
    write("data.txt", "")
    with pytest.raises(TemplateError, match="entry: "):
        read(tmp_path / "folder", entry)


def test_a_large_model_is_named_with_what_to_do_instead(write: Write, tmp_path: Path) -> None:
    """It is not even read."""
    with open(write("weights/model.bin", ""), "wb") as file:
        file.truncate(500 * 1024 * 1024)

    with pytest.raises(TemplateError, match=r"64 MiB; .*'weights/model.bin' with 500.0 MiB.*name"):
        read(tmp_path / "folder")


def test_too_many_files_are_refused(write: Write, tmp_path: Path) -> None:
    for number in range(2000):
        (tmp_path / "folder" / f"{number}.txt").touch()

    with pytest.raises(TemplateError, match=r"'template.py' is one file too many.* 2000 files"):
        read(tmp_path / "folder")


def test_links_within_are_sent_as_files_and_those_that_lead_out_are_refused(
    write: Write, tmp_path: Path
) -> None:
    write("real/data.txt", "data")
    folder = tmp_path / "folder"
    (folder / "alias.txt").symlink_to(folder / "real" / "data.txt")
    assert "alias.txt" in names(read(folder))

    (folder / "real" / "up").symlink_to(folder)
    with pytest.raises(TemplateError, match=r"'real/up' is a link to a folder that it lies in"):
        read(folder)

    (folder / "real" / "up").unlink()
    (folder / "passwords").symlink_to("/etc/passwd")
    with pytest.raises(TemplateError, match=r"'passwords' is a link out of the folder"):
        read(folder)


@pytest.mark.parametrize(
    ("name", "says"),
    [("Template.py", "same name"), ("a\\b", "character"), ("d/" * 16 + "x", "deeper")],
)
def test_names_that_not_every_system_has_are_refused(
    write: Write, tmp_path: Path, name: str, says: str
) -> None:
    write(name, "")
    with pytest.raises(TemplateError, match=says):
        read(tmp_path / "folder", "template.py")


def test_a_folder_and_a_file_are_not_taken_for_each_other(write: Write, tmp_path: Path) -> None:
    """Each error names the other type."""
    with pytest.raises(TemplateError, match="type='file'"):
        read(tmp_path / "folder" / "template.py")
    with pytest.raises(TemplateError, match="type='folder'"):
        read_template(EndpointCustomTemplateConfig("file", "Template", str(tmp_path)))


def test_a_folder_that_has_changed_since_it_was_sent_is_noticed(
    write: Write, tmp_path: Path
) -> None:
    """Only what is sent counts."""
    config = EndpointCustomTemplateConfig("folder", "Template", str(tmp_path / "folder"))
    sent = SentTemplate.of(config)
    assert sent is not None
    write(".hidden", "")
    sent.warn_if_changed()

    write("helper.py", "changed")
    with pytest.warns(TemplateChangedWarning, match="has changed since it was sent"):
        sent.warn_if_changed()
