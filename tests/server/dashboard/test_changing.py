"""The form that changes an endpoint."""

from __future__ import annotations

import html
import io
import re
import zipfile

import pytest

SECOND = """
class Second:
    def predict(self, value: dict) -> dict:
        return {"second": value}
"""
VALUE = re.compile(r'name="([a-z_]+)"[^>]* value="([^"]*)"')


@pytest.fixture
def path(visitor):
    """The page of an endpoint that has not been deployed."""
    return visitor.created(deploy="", secrets="API_KEY=sesame-7")


@pytest.fixture
def change(visitor):
    """Send the form with what it begins with and some changes."""

    def change(path, *, files=None, **changes):
        page = visitor.get(path + "/change").text
        fields = {name: html.unescape(value) for name, value in VALUE.findall(page)}
        chosen = re.findall(r'<select id="(\w+)".*?<option[^>]* selected>', page, re.DOTALL)
        assert {"visibility", "hardware"} <= set(chosen)
        fields |= {"secrets_kept": "keep", "visibility": "private", "hardware": "cpu-sm"}
        return visitor.post(path + "/change", {**fields, **changes}, files=files)

    return change


def archive(**files: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as folder:
        for name, text in files.items():
            folder.writestr(name + ".py", text)
    return content.getvalue()


def test_a_new_template_takes_effect_with_the_next_deployment(visitor, change, eventually, text_of):
    """The page says so, with the button beside it; until then the old one answers."""
    path = visitor.created()
    eventually(lambda: visitor.get(path).text, lambda page: "s-healthy" in page)
    files = {"template": ("second.py", SECOND)}

    answer = change(path, files=files, class_name="Second")
    page = visitor.get(answer.headers["location"].removeprefix("/dashboard"))
    before = text_of(visitor.post(path + "/try", {"kind": "json", "json": "{}"}))
    opened_later = text_of(visitor.get(path))
    visitor.post(path + "/deploy")

    assert answer.headers["location"] == f"/dashboard{path}?saved=deploy"
    assert "Saved. It takes effect with the next deployment" in text_of(page)
    assert page.text.count(f'action="/dashboard{path}/deploy"') == 1
    assert '"echo": {}' in before
    assert "wait for the next deployment" in opened_later
    eventually(
        lambda: text_of(visitor.post(path + "/try", {"kind": "json", "json": "{}"})),
        lambda text: '"second": {}' in text,
    )
    assert "wait for the next deployment" not in text_of(visitor.get(path))


@pytest.mark.parametrize(
    ("changes", "field", "expected"),
    [
        ({"max": "5"}, ("replicaScalingConfig", "max"), 5),
        ({"scaledown_period": "77"}, ("replicaScalingConfig", "scaledownPeriod"), 77),
        (
            {"target_pending_requests": "8"},
            ("replicaScalingConfig", "targetPendingRequests"),
            8,
        ),
        ({"visibility": "internal"}, ("visibility",), "internal"),
        ({"hardware": "cpu-md"}, ("hardwareInstance", "id"), "cpu-md"),
        ({"container": "python"}, ("prebuiltContainerDetails", "name"), "python"),
        (
            {"secrets_kept": "replace", "secrets": "NEW=1\nOTHER=2"},
            ("secretNames",),
            ["NEW", "OTHER"],
        ),
        ({"secrets_kept": "replace"}, ("secretNames",), []),
    ],
)
def test_what_was_changed_is_changed_and_all_else_stays(
    api, path, change, changes, field, expected
):
    """Each part of the form alone."""
    before = api.get(path)
    answer = change(path, **changes)
    after = api.get(path)

    assert answer.status_code == 303, answer.text
    found = after
    for name in field:
        found = found[name]
    assert found == expected
    same = {field[0]: None, "updatedAt": None}
    assert {**after, **same} == {**before, **same}


def test_what_somebody_else_has_changed_meanwhile_stays(visitor, api, path):
    """Only what was changed in the form is sent, however long it was open."""
    page = visitor.get(path + "/change").text
    fields = {name: html.unescape(value) for name, value in VALUE.findall(page)}
    fields |= {"secrets_kept": "keep", "visibility": "private", "hardware": "cpu-sm"}
    other = {"hardwareInstance": "cpu-md", "visibility": "internal"}
    assert api.call("PUT", path, json=other).status_code == 200

    answer = visitor.post(path + "/change", {**fields, "max": "7"})
    after = api.get(path)

    assert answer.status_code == 303, answer.text
    assert after["replicaScalingConfig"]["max"] == 7
    assert (after["hardwareInstance"]["id"], after["visibility"]) == ("cpu-md", "internal")


@pytest.mark.parametrize("begun_with", ["", "{", "[]", '{"max": 3}', '{"other": "x"}'])
def test_a_form_that_was_tampered_with_is_read_as_a_new_one(visitor, api, path, begun_with):
    """It is compared with what there is, then."""
    before = api.get(path)
    visitor.post(path + "/change", {"begun_with": begun_with, "secrets_kept": "keep"})

    assert api.get(path) == before


def test_a_form_that_was_left_as_it_was_changes_nothing(api, path, change):
    """Not even the time of the last change."""
    answer = change(path)
    untouched = api.get(path)

    assert answer.headers["location"] == f"/dashboard{path}"
    assert untouched["createdAt"] == untouched["updatedAt"]


def test_who_may_use_it_holds_at_once(visitor, path, change, text_of):
    """It needs no deployment, and the page asks for none."""
    answer = change(path, visibility="public")
    page = visitor.get(answer.headers["location"].removeprefix("/dashboard"))

    assert "Saved. It holds from now on." in text_of(page)


def test_secrets_are_shown_by_their_names_alone(visitor, path, change):
    """They stay as they are unless all of them are replaced."""
    change(path, max="3")
    page = visitor.get(path + "/change").text

    assert "<code>API_KEY</code>" in page
    assert "sesame-7" not in page


def test_an_archive_takes_the_place_of_a_file(visitor, api, path, change):
    """With the file in it that has the class; a file may take its place again."""
    content = archive(main="from second import Second\n", second=SECOND)
    files = {"template": ("folder.zip", content)}

    change(path, files=files, class_name="Second", entry="main.py")
    folder = api.get(path)["customTemplateConfig"]
    change(path, files={"template": ("second.py", SECOND)}, class_name="Second")
    file = api.get(path)["customTemplateConfig"]

    assert (folder["type"], folder["entry"]) == ("folder", "main.py")
    assert (file["type"], file["className"]) == ("file", "Second")


def test_an_archive_may_be_what_an_endpoint_is_created_from(visitor, api):
    """As at the API."""
    given = {"name": "from-archive", "class_name": "Second", "entry": "main.py"}
    files = {"template": ("folder.zip", archive(main=SECOND))}

    answer = visitor.post("/create", given, files=files)

    assert answer.status_code == 303, answer.text
    assert api.get("/endpoints/local/from-archive")["customTemplateConfig"]["entry"] == "main.py"


def test_a_template_at_an_address_may_move(visitor, api, change):
    """Address and class are changed without a file."""
    body = {
        "name": "from-elsewhere",
        "templateType": "custom",
        "hardwareInstance": "cpu-sm",
        "customTemplateConfig": {"className": "Echo", "url": "https://example.com/1.py"},
        "visibility": "private",
    }
    assert api.call("POST", "/endpoints/local", json=body).status_code == 201
    path = "/endpoints/local/from-elsewhere"

    change(path, url="https://example.com/2.py", class_name="Second")

    custom = api.get(path)["customTemplateConfig"]
    assert (custom["className"], custom["url"]) == ("Second", "https://example.com/2.py")


MODEL = {
    "name": "model-to-change",
    "model": "owner/model",
    "container": "transformers",
    "settings": "torch_dtype=float32\nmax_batch_size=16",
    "visibility": "private",
    "deploy": "",
}


def test_an_endpoint_of_a_model_gets_another_model(visitor, api, change):
    """Task, container and settings stay as they were said."""
    path = visitor.post("/create/model", MODEL).headers["location"].removeprefix("/dashboard")
    before = api.get(path)

    change(
        path,
        revision="v2",
        settings="torch_dtype=float32\r\nmax_batch_size=16",
        container="transformers",
    )
    after = api.get(path)
    change(path, container="transformers", settings="max_batch_size=4")

    assert after["autogeneratedTemplateConfig"]["revision"] == "v2"
    assert after["prebuiltContainerDetails"] == before["prebuiltContainerDetails"]
    assert api.get(path)["prebuiltContainerDetails"]["config"] == {"max_batch_size": 4}


def test_another_class_of_the_same_file_needs_no_file(visitor, change, eventually, text_of):
    """A name that was mistyped costs no upload."""
    path = visitor.created(class_name="Ecco")
    eventually(lambda: text_of(visitor.get(path)), lambda text: "Classes in the file: Echo" in text)

    change(path, class_name="Echo")
    visitor.post(path + "/deploy")

    eventually(lambda: visitor.get(path).text, lambda page: "s-healthy" in page)


def test_another_class_of_a_generated_template_needs_its_file(visitor, change, text_of):
    created = visitor.post("/create/model", {**MODEL, "name": "of-another-class"})
    path = created.headers["location"].removeprefix("/dashboard")

    answer = change(path, container="transformers", class_name="Other")

    assert answer.status_code == 422
    assert "template: choose the file too" in text_of(answer)


def test_forms_say_who_may_use_an_endpoint(visitor, path, text_of):
    for page in ("/create", path + "/change"):
        assert "public for every user of this Outpost" in text_of(visitor.get(page))


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"min": "7", "max": "3"}, "min: 7 is more than max, which is 3"),
        ({"max": "many"}, "max: expected a whole number"),
        ({"visibility": "secret"}, "visibility: "),
        ({"hardware": "none"}, "hardwareInstance: there is no 'none'"),
        ({"container": "none"}, "prebuiltContainerDetails.name: "),
        ({"settings": "a=1"}, "settings: choose the container"),
        ({"settings": "a"}, "settings: line 1 is not of the form NAME=value"),
        ({"secrets": "A=1"}, "secrets: choose to replace all of them"),
        ({"secrets_kept": "replace", "secrets": "A=1\nA=2"}, "A is given twice"),
    ],
)
def test_what_is_wrong_is_said_above_the_form(api, path, change, text_of, changes, problem):
    """The message names the field, what was typed is still there, and nothing has changed."""
    before = api.get(path)
    answer = change(path, **{"max": "4", **changes})

    assert answer.status_code == 422
    assert problem in text_of(answer)
    assert f'name="max" type="number" value="{changes.get("max", "4")}"' in answer.text
    assert api.get(path) == before


def test_an_archive_without_its_entry_is_refused(path, change, text_of):
    """By the words of the API, which name the field."""
    answer = change(path, files={"template": ("folder.zip", archive(main=SECOND))})

    assert answer.status_code == 422
    assert "entry: this field is required for a zip archive" in text_of(answer)
    assert "Choose the template file once more." in text_of(answer)


def test_others_may_not_change_it(visitor, stranger, sign_up, path):
    """Neither see the form nor send it."""
    other = stranger()
    other.sign_in(sign_up("changes-nothing").token)

    assert other.get(path + "/change").status_code == 404
    assert other.post(path + "/change", {"max": "3"}).status_code == 404


def test_who_may_only_see_it_is_told_so(visitor, stranger, sign_up):
    """Before filling in anything."""
    path = visitor.created(deploy="", visibility="public")
    other = stranger()
    other.sign_in(sign_up("sees-it-only").token)

    assert other.get(path + "/change").status_code == 403
    assert other.post(path + "/change", {"max": "3"}).status_code == 403
