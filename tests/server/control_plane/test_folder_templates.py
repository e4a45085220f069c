"""Templates of several files: the zip archive of a folder, and what no archive may be."""

from __future__ import annotations

import io
import json
import stat
import struct
import zipfile

import pytest

from outpost_server.rules import template_archive

ENTRY = """
import helper
from words import greeting
from pathlib import Path

class Told:
    def predict(self):
        data = (Path(__file__).parent / "data.txt").read_text()
        return [helper.NAME, greeting.TEXT, data]
"""
FILES = {
    "template.py": ENTRY,
    "helper.py": "NAME = 'helper'\n",
    "words/__init__.py": "",
    "words/greeting.py": "TEXT = 'hello'\n",
    "data.txt": "data",
}


def archive(files, *, external_attr=0o644 << 16, compression=zipfile.ZIP_DEFLATED):
    """Return an archive of ``files``: a mapping, or pairs where a name comes twice."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", compression) as made:
        for name, content in files.items() if isinstance(files, dict) else files:
            member = zipfile.ZipInfo(name)
            member.external_attr, member.compress_type = external_attr, compression
            made.writestr(member, content)
    return target.getvalue()


def send(api, content, *, endpoint=None, entry="template.py", **metadata):
    config = {"className": "Told", **({} if entry is None else {"entry": entry})}
    told = {"customTemplateConfig": config, **metadata}
    method, path = ("PUT", endpoint.path) if endpoint else ("POST", f"/endpoints/{api.entity}")
    file = ("folder.zip", content, "application/zip")
    return api.call(method, path, data={"metadata": json.dumps(told)}, files={"template": file})


@pytest.fixture
def endpoint(api):
    made = send(api, archive(FILES))
    assert made.status_code == 201, made.text
    return api.named(made.json()["name"])


def test_a_template_imports_and_reads_what_lies_beside_it(endpoint):
    """A module, a package and a file of data."""
    assert endpoint.deploy_and_wait()["status"] == "healthy", endpoint.messages("dep")

    assert endpoint.predict().json() == ["helper", "hello", "data"]
    said = {"type": "folder", "className": "Told", "url": None, "entry": "template.py"}
    assert endpoint.get()["customTemplateConfig"] == said


@pytest.mark.parametrize(("name", "line"), [
    ("json.py", "from json import mine"),
    ("json.py", "import json; json.mine()"),
    ("time.py", "from time import mine"),
    ("json/deep.py", "import json.deep"),
])  # fmt: skip
def test_a_file_with_the_name_of_a_module_of_pythons_own_is_named(api, name, line):
    """Else its author looks for what is wrong in it."""
    source = f"{line}\nclass Told:\n    def predict(self): return 1\n"
    made = send(api, archive({"template.py": source, name: "def mine(): return 1\n"}))
    endpoint = api.named(made.json()["name"])

    assert endpoint.deploy_and_wait()["status"] == "failed"
    told = f"'{name.partition('/')[0]}' among the files that were sent is not what was imported"
    assert told in endpoint.messages("dep")[-1]


def test_the_archive_comes_back_as_it_was_sent(api, endpoint):
    answer = api.call("GET", f"{endpoint.path}/custom-template")

    assert answer.content == archive(FILES)


def test_a_changed_folder_comes_with_the_next_deployment(api, endpoint):
    """Files that are gone from it are gone; afterwards it may be one file again."""
    endpoint.deploy_and_wait()
    changed = {**FILES, "data.txt": "other"}
    assert send(api, archive(changed), endpoint=endpoint).status_code == 200
    assert endpoint.predict().json()[2] == "data"

    endpoint.deploy_and_wait()
    assert endpoint.predict().json()[2] == "other"

    single = b"class Told:\n    def predict(self): return 'one'\n"
    assert send(api, single, endpoint=endpoint, entry=None).status_code == 200
    endpoint.deploy_and_wait()
    assert endpoint.predict().json() == "one"


def test_an_entry_below_finds_its_own_folder_first_and_then_the_root(api):
    files = {
        "app/main.py": "import beside, common\nclass Told:\n    concurrency = 3\n"
        "    def predict(self): return [beside.NAME, common.NAME]\n",
        "app/beside.py": "NAME = 'beside'\n",
        "beside.py": "NAME = 'the root'\n",
        "common.py": "NAME = 'common'\n",
    }
    made = send(api, archive(files), entry="app/main.py")
    endpoint = api.named(made.json()["name"])

    assert endpoint.deploy_and_wait()["status"] == "healthy", endpoint.messages("dep")
    assert endpoint.predict().json() == ["beside", "common"]


@pytest.mark.parametrize(("requirements", "told"), [
    ("[]", ["No packages are installed from requirements.txt"]), ("['fastapi']", []),
])  # fmt: skip
def test_a_file_of_packages_that_nobody_reads_is_told(api, requirements, told):
    """Unless the class names packages, which are those that count."""
    entry = (
        f"class Told:\n    python_requirements = {requirements}\n    def predict(self): return 1\n"
    )
    made = send(api, archive({"template.py": entry, "requirements.txt": "numpy\n"}))
    endpoint = api.named(made.json()["name"])
    endpoint.deploy_and_wait()

    warnings = [
        line["data"]["message"]
        for line in endpoint.logs("dep")
        if line["data"]["level"] == "WARNING"
    ]

    assert [one.partition(":")[0] for one in warnings] == told
    assert all("python_requirements of 'Told'" in one for one in warnings)


def test_an_import_of_what_was_not_sent_names_the_way_to_send_it(api):
    endpoint = api.failed(ENTRY, "Told")

    assert 'type="folder"' in str(endpoint.messages("dep"))


GOOD = archive(FILES)
TOLD = ("template.py", ENTRY)
BOMB = archive({"template.py": ENTRY, "zeros": bytes(template_archive.MAX_BYTES)})
CROWDED = archive({"template.py": ENTRY, **{f"{n}.txt": "" for n in range(2000)}})
LINK = archive([TOLD, ("link", "/etc/passwd")], external_attr=(stat.S_IFLNK | 0o777) << 16)
LYING = GOOD.replace(struct.pack("<I", len(ENTRY)), struct.pack("<I", len(ENTRY) - 1))
ENCRYPTED = bytearray(archive([TOLD]))
ENCRYPTED[ENCRYPTED.index(b"PK\x01\x02") + 8] |= 1
LONG_LIST = bytearray(GOOD)
LONG_LIST[-10:-6] = struct.pack("<I", 3 * 1024 * 1024)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (archive([TOLD, ("../out.py", "")]), "'../out.py' is no name"),
        (archive([TOLD, ("/etc/out.py", "")]), "'/etc/out.py' is no name"),
        (archive([TOLD, ("a/./b.py", "")]), "is no name"),
        (archive([TOLD, ("a//b.py", "")]), "is no name"),
        (archive([TOLD, ("a\\b.py", "")]), "is no name"),
        (archive([TOLD, ("a\nb.py", "")]), "is no name"),
        (archive([TOLD, ("x" * 241, "")]), "too long"),
        (archive([TOLD, ("d/" * 16 + "x", "")]), "too deep"),
        (archive([TOLD, ("Template.py", "")]), "there twice"),
        (archive([TOLD, ("a", ""), ("a/b", "")]), "there twice"),
        (archive([TOLD, ("caf\u00e9", ""), ("cafe\u0301", "")]), "there twice"),
        (archive([TOLD], compression=zipfile.ZIP_BZIP2), "neither stored nor deflated"),
        (archive({"other.py": ENTRY}), "no file 'template.py'"),
        (BOMB, "'zeros'; at most 64 MiB"),
        (CROWDED, "at most"),
        (LINK, "is a link"),
        (LYING, "cannot be unpacked"),
        (bytes(ENCRYPTED), "is encrypted"),
        (bytes(LONG_LIST), "too many names"),
        (GOOD[:-30], "not a zip archive"),
        (GOOD + b"more", "behind its end"),
        (b"class Told: ...", "not a zip archive"),
        (b"PK\x03\x04" + bytes(100), "not a zip archive"),
    ],
)
def test_an_archive_that_cannot_be_unpacked_whole_is_refused_by_its_field(api, content, says):
    """Nothing of it is kept."""
    refused = send(api, content)

    assert refused.status_code == 422
    assert refused.json()["message"].startswith("template: ")
    assert says in refused.json()["message"]


def test_an_archive_needs_an_entry(api):
    refused = send(api, GOOD, entry=None)

    assert refused.status_code == 422
    assert refused.json()["message"].startswith("metadata.customTemplateConfig.entry: ")


@pytest.mark.parametrize("entry", ["template.txt", "", "x" * 300 + ".py"])
def test_an_entry_is_a_python_file(api, entry):
    refused = send(api, GOOD, entry=entry)

    assert refused.status_code == 422
    assert "customTemplateConfig.entry" in refused.json()["message"]


def test_a_folder_is_unpacked_whole_and_once(tmp_path):
    """What a crash has left half is made anew."""
    folder = tmp_path / "endpoint" / "deployment"
    template_archive.unpack(GOOD, folder)
    before = folder.stat().st_ino
    template_archive.unpack(GOOD, folder)
    assert folder.stat().st_ino == before

    (folder / "data.txt").write_text("")
    template_archive.unpack(GOOD, folder)

    assert (folder / "data.txt").read_text() == "data"
    assert [one.name for one in folder.parent.iterdir()] == ["deployment"]
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
