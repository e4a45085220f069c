"""Creating, deploying, watching and deleting endpoints on the pages."""

from __future__ import annotations

import re

import pytest

from outpost_server.dashboard.pages import PAGE_SIZE, page_of

BROKEN = """
class Echo:
    def __init__(self):
        raise RuntimeError("no model here")

    def predict(self, value: dict) -> dict:
        return value
"""

SECRET = """
import os

class Echo:
    def predict(self, value: dict) -> dict:
        return {"length": len(os.environ["API_KEY"])}
"""


def state_of(page) -> str:
    """Return the status that a page shows."""
    return re.search(r'id="status" role="status">\s*<span class="status s-([a-z-]+)"', page.text)[1]


def test_an_endpoint_is_created_and_deployed_from_a_file(visitor, api, eventually):
    """The form sends the template, and the page follows until it is healthy."""
    path = visitor.created(name="from-a-form", max="2", scaledown_period="60")

    eventually(lambda: state_of(visitor.get(path)), lambda state: state == "healthy")
    resource = api.get("/endpoints/local/from-a-form")

    assert resource["visibility"] == "private"
    assert resource["replicaScalingConfig"]["max"] == 2
    assert resource["replicaScalingConfig"]["scaledownPeriod"] == 60
    assert resource["customTemplateConfig"]["className"] == "Echo"


def test_an_endpoint_may_be_created_without_deploying_it(visitor, text_of):
    """It waits for the button, then."""
    path = visitor.created(deploy="")
    before = visitor.get(path)

    answer = visitor.post(path + "/deploy")
    after = visitor.get(path)

    assert state_of(before) == "not-deployed"
    assert "It has not been deployed yet." in text_of(before)
    assert answer.headers["location"] == "/dashboard" + path
    assert state_of(after) in ("deploying", "healthy")


def test_a_failed_endpoint_opens_on_its_reason(visitor, eventually, text_of):
    """What was raised and its traceback stand above all else, without a click."""
    path = visitor.created(BROKEN)
    eventually(lambda: visitor.get(path), lambda page: state_of(page) == "failed")

    page = eventually(
        lambda: text_of(visitor.get(path)), lambda text: "RuntimeError: no model here" in text
    )
    notice = page[page.index("The latest deployment has failed") : page.index("Replicas ready")]

    assert "no model here" in notice
    assert "in __init__" in notice
    assert 'aria-current="page">Deployments' in visitor.get(path).text


def test_a_reason_is_text_whatever_a_template_raises(visitor, eventually):
    """Neither message nor traceback becomes a part of the page."""
    hostile = BROKEN.replace("no model here", "<script src=//evil></script>")
    path = visitor.created(hostile)

    page = eventually(lambda: visitor.get(path).text, lambda text: "//evil" in text)

    assert "&lt;script src=//evil&gt;" in page
    assert "<script src=//evil" not in page


def test_an_endpoint_gets_another_name(visitor, api):
    """The page moves with it; predictions go where they went before."""
    path = visitor.created(name="before-renaming", deploy="")
    before = api.get(path)["predictionPath"]

    answer = visitor.post(path + "/rename", {"name": "after-renaming"})

    assert answer.headers["location"] == "/dashboard/endpoints/local/after-renaming"
    assert visitor.get(path).status_code == 404
    assert api.get("/endpoints/local/after-renaming")["predictionPath"] == before


@pytest.mark.parametrize(
    ("name", "status", "problem"),
    [("echo-of-page", 409, "is taken"), ("Not A Name", 422, "name"), ("", 422, "name")],
)
def test_a_name_that_cannot_be_given_is_said_on_the_form(
    visitor, echo_page, text_of, name, status, problem
):
    """What was typed is still there, and the endpoint keeps its name."""
    path = visitor.created(deploy="")

    answer = visitor.post(path + "/rename", {"name": name})

    assert answer.status_code == status
    assert problem in text_of(answer)
    assert f'id="name" name="name" value="{name}"' in answer.text
    assert visitor.get(path).status_code == 200


def test_a_failed_deployment_leads_to_its_reason(visitor, eventually, text_of):
    """The deployment log has the traceback, one click away."""
    path = visitor.created(BROKEN)
    page = eventually(lambda: visitor.get(path), lambda page: state_of(page) == "failed")

    log = eventually(
        lambda: text_of(visitor.get(path, log="dep")), lambda text: "no model here" in text
    )

    assert 'href="?log=dep#logs">why?</a>' in page.text
    assert "RuntimeError: no model here" in log


def test_secrets_reach_the_template_and_no_page(visitor, eventually, text_of):
    """They are written once and never shown again."""
    path = visitor.created(SECRET, secrets="API_KEY=sesame-7=x\n\n")
    eventually(lambda: state_of(visitor.get(path)), lambda state: state == "healthy")

    answer = visitor.post(path + "/try", {"kind": "json", "json": "{}"})

    assert '"length": 10' in text_of(answer)
    assert "sesame-7" not in visitor.get(path).text


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"name": "Not A Name"}, "name"),
        ({"class_name": "9"}, "className"),
        ({"visibility": "secret"}, "visibility"),
        ({"min": "7", "max": "3"}, "min: 7 is more than max, which is 3"),
        ({"min": "many"}, "min: expected a whole number"),
        ({"secrets": "API_KEY"}, "secrets: line 1 is not of the form NAME=value"),
        ({"secrets": "A=1\nA=2"}, "A is given twice"),
    ],
)
def test_what_is_wrong_with_the_form_is_said_above_it(visitor, text_of, fields, problem):
    """The message names the field, and what was typed is still there."""
    answer = visitor.create(**{"name": "kept-name", "hardware": "cpu-lg", **fields})

    assert answer.status_code == 422
    assert problem in text_of(answer)
    assert '<option value="cpu-lg" selected>' in answer.text
    assert "sesame" not in answer.text


def test_a_form_without_a_file_is_refused(visitor, text_of):
    """The template is the one thing that has no default."""
    answer = visitor.post("/create", {"name": "x", "class_name": "Echo"})

    assert answer.status_code == 422
    assert "choose the file of the template" in text_of(answer)


def test_a_name_can_be_used_once(visitor, echo_page, text_of):
    """The form comes back with the words of the API."""
    answer = visitor.create(name="echo-of-page")

    assert answer.status_code == 409
    assert "The name echo-of-page is taken." in text_of(answer)


def test_deleting_asks_first(visitor, api, text_of):
    """The button of the endpoint's page leads to a question, its answer to the list."""
    path = visitor.created(name="to-delete", deploy="")

    question = visitor.get(path + "/delete")
    answer = visitor.post(path + "/delete")

    assert "Delete local/to-delete?" in text_of(question)
    assert answer.headers["location"] == "/dashboard/"
    assert visitor.get(path).status_code == 404
    assert api.call("GET", "/endpoints/local/to-delete").status_code == 404


@pytest.mark.parametrize("path", ["/endpoints/local/none", "/endpoints/none/x", "/endpoints/a/%20"])
def test_an_endpoint_that_does_not_exist_has_a_page_that_says_so(visitor, text_of, path):
    """It is an error of the visitor, in the design of the other pages."""
    answer = visitor.get(path)

    assert answer.status_code == 404
    assert "That did not work" in text_of(answer)


def test_the_list_shows_every_endpoint_with_its_status(visitor, echo_page):
    """One row each, with a link to its page."""
    page = visitor.get("/", q="ECHO-OF-page").text

    assert page.count("<tr>") == 2
    assert f'href="/dashboard{echo_page}"' in page
    assert "s-healthy" in page
    assert "1 in all" in page


@pytest.mark.parametrize(
    ("asked", "page"),
    [("", 1), ("2", 2), ("3", 3), ("4", 3), ("0", 1), ("-1", 1), ("x", 1), ("²", 1), ("9" * 99, 1)],
)
def test_a_long_list_has_pages(asked, page):
    """Numbers of pages that do not exist lead to one that does."""
    found = list(range(2 * PAGE_SIZE + 1))

    shown, number, pages = page_of(found, asked)

    assert (number, pages) == (page, 3)
    assert shown == found[(page - 1) * PAGE_SIZE :][:PAGE_SIZE]


def test_nothing_is_sent_while_nothing_changes(visitor, echo_page):
    """The browser says what it shows; only something else is an answer worth having."""
    state = visitor.get(echo_page + "/state")
    seen = re.search(r"seen=([0-9a-f]+)", state.text)[1]

    again = visitor.get(echo_page + "/state", seen=seen)
    other = visitor.get(echo_page + "/state", seen="other")

    assert (again.status_code, again.content) == (204, b"")
    assert other.text == state.text


def test_the_list_says_nothing_new_either(visitor, echo_page):
    """As for the page of one endpoint."""
    part = visitor.get("/list", q="echo-of-page").text
    seen = re.search(r"seen=([0-9a-f]+)", part)[1]

    assert visitor.get("/list", q="echo-of-page", seen=seen).status_code == 204


def test_plots_show_the_predictions_of_every_client(visitor, api, echo_page, text_of):
    """They count what passes the router, wherever it comes from."""
    resource = api.get(echo_page)
    origin = visitor.origin
    for value in ({}, {}, {"fail": True}):
        api.http.post(origin + resource["predictionPath"], json=value)

    plots = text_of(visitor.get(echo_page + "/plots"))
    drawn = visitor.get(echo_page + "/plots").text

    counted = re.search(r"(\d+) requests in the last 15 minutes, (\d+) of them failed", plots)
    assert int(counted[1]) >= 3
    assert int(counted[2]) >= 1
    assert "1 ready now" in plots
    assert re.search(r"Requests per second all failed .* at most [\d.]+/s in the last", plots)
    assert re.search(r"Memory \w{10} [\d.]+ (ms|s|min).* 0 [\d.]+ MiB of [\d.]+ GiB", plots)
    assert 'class="curve c-p50"' in drawn
    assert 'role="img" aria-label="Latency: ' in drawn
