"""The page with the source of a template, and the template as a file."""

from __future__ import annotations

import html
import io
import re
import zipfile

import pytest

from outpost_server.dashboard.endpoint.template import MAX_SHOWN_CHARACTERS

TEMPLATE = "class Echo:\n    # </pre><script>\u2028\x0c\n\n    def predict(self): return 1\n"


@pytest.fixture(scope="module")
def path(visitor):
    return visitor.created(TEMPLATE, deploy="")


def archive(files: dict[str, bytes | str]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as folder:
        for name, text in files.items():
            folder.writestr(name, text)
    return content.getvalue()


@pytest.fixture
def folder(visitor):
    """Create an endpoint from the archive of a folder; return the path of its page."""

    def folder(files):
        fields = {"class_name": "Echo", "entry": "main.py", "visibility": "private"}
        content = archive({"main.py": "class Echo: pass", **files})
        answer = visitor.post("/create", fields, files={"template": ("folder.zip", content)})
        assert answer.status_code == 303, answer.text
        return answer.headers["location"].removeprefix("/dashboard"), content

    return folder


def rows(page: str) -> list[str]:
    """Return the lines of source on a page."""
    return [
        html.unescape(row) for row in re.findall(r'<span class="row">(.*?)\n</span>', page, re.S)
    ]


def test_each_line_is_a_row_as_tracebacks_count_them(visitor, path):
    """Rows are numbered by the style sheet; text is text whatever is in it."""
    page = visitor.get(path + "/template").text

    assert rows(page) == TEMPLATE.removesuffix("\n").split("\n")
    assert "</pre><script>" not in page


def test_a_file_is_downloaded_as_it_was_sent(visitor, path):
    """As a file to keep, whatever a browser would make of it."""
    answer = visitor.get(path + "/template/file")

    assert answer.content == TEMPLATE.encode()
    assert answer.headers["content-disposition"] == 'attachment; filename="template.py"'
    assert answer.headers["content-type"] == "application/octet-stream"


def test_every_file_of_a_folder_is_shown(visitor, folder, text_of):
    """The one with the class comes first."""
    path, content = folder({"a/b.py": "B = 1\n", "data.bin": b"\0\xff", "note.txt": "read me"})
    page = visitor.get(path + "/template")
    answer = visitor.get(path + "/template/file")

    assert re.findall(r"<summary><code>(.*?)</code>", page.text) == [
        *("main.py", "a/b.py", "data.bin", "note.txt")
    ]
    assert rows(page.text) == ["class Echo: pass", "B = 1", "read me"]
    assert "It is not text." in text_of(page)
    assert answer.content == content
    assert answer.headers["content-disposition"].endswith('.zip"')


def test_a_page_has_its_bounds(visitor, folder, text_of):
    """Neither long files nor many make one that no browser can draw."""
    long = "x" * (MAX_SHOWN_CHARACTERS - 10)
    path, _ = folder({"a.txt": long, **{f"n/{n}.txt": "y" for n in range(250)}})

    page = visitor.get(path + "/template")

    assert "It is too long to be shown here." in text_of(page)
    assert "52 more files are in the archive." in text_of(page)
    assert len(page.content) < MAX_SHOWN_CHARACTERS


def test_what_is_fetched_from_elsewhere_is_named(visitor, api, text_of):
    """There is nothing to download here."""
    body = {
        "name": "fetched-template",
        "templateType": "custom",
        "hardwareInstance": "cpu-sm",
        "customTemplateConfig": {"className": "Echo", "url": "https://example.com/1.py"},
    }
    api.call("POST", "/endpoints/local", json=body)
    path = "/endpoints/local/fetched-template/template"

    assert "fetches it from https://example.com/1.py" in text_of(visitor.get(path))
    assert visitor.get(path + "/file").status_code == 404
