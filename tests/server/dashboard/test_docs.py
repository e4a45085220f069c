"""The page about an endpoint's operations: who sees it, what it shows, what it never does."""

from __future__ import annotations

import html
import json
import re

import pytest
from hypothesis import given, strategies as st

from outpost_server.dashboard.documentation.reading import read_document

TEMPLATE = '''
from typing import Annotated, Literal

from pydantic import BaseModel, Field

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>"


class Item(BaseModel):
    """What is asked."""

    documents: str | list[str] = Field(description="one document, or several" + HOSTILE)
    sentences: int = Field(default=3, ge=1, le=50)
    kind: Literal["short", "long"] = "short"


class Summary(BaseModel):
    summary_text: str


class Summarizer:
    def predict(self, item: Item) -> list[Summary]:
        """Summarise <b>each</b> document."""
        return [Summary(summary_text="x")]
'''
BROWSER = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.fixture(scope="module")
def summarizer(api):
    return api.deployed(TEMPLATE, "Summarizer", name="summarizer", visibility="private")


def docs_of(endpoint) -> str:
    return endpoint.url().removesuffix("/predict") + "/docs"


def test_who_has_signed_in_sees_what_the_endpoint_offers(visitor, summarizer, text_of):
    """Its address is enough: operations with their bodies, answers, examples and commands."""
    page = visitor.http.get(docs_of(summarizer), headers=BROWSER, follow_redirects=True)

    assert page.status_code == 200
    shown = text_of(page)
    assert "POST /predict" in shown
    assert "Summarise <b>each</b> document." in shown
    assert "documents required text or list of text" in shown
    assert "sentences integer from 1 to 50 3" in shown
    assert "one of short, long" in shown
    assert '{ "documents": "text" }' in shown
    assert "Answer 200" in shown
    assert "summary_text required text" in shown
    assert f'-d \'{{"documents": "text"}}\' \\ {summarizer.url()}' in shown
    assert 'href="/dashboard/endpoints/local/summarizer#try-heading"' in page.text


def test_it_is_reached_from_the_page_of_the_endpoint_too(visitor, summarizer):
    """And is the same page."""
    here = visitor.get("/endpoints/local/summarizer/docs").text
    there = visitor.http.get(docs_of(summarizer), headers=BROWSER, follow_redirects=True).text

    assert (
        'href="/dashboard/endpoints/local/summarizer/docs"'
        in visitor.get("/endpoints/local/summarizer").text
    )
    assert here == there


def test_who_has_not_signed_in_does_so_and_comes_back(stranger, summarizer):
    """The form leads to the page that was wanted."""
    someone = stranger()

    form = someone.http.get(docs_of(summarizer), headers=BROWSER, follow_redirects=True)
    wanted = html.unescape(re.search('name="next" value="([^"]*)"', form.text)[1])
    answer = someone.http.post("/sign-in", data={"token": someone.token, "next": wanted})

    assert form.url.path == "/dashboard/sign-in"
    assert "summary_text" not in form.text
    assert answer.headers["location"] == f"/dashboard{wanted}"
    assert "summary_text" in someone.get(wanted).text


@pytest.mark.parametrize("page", ["//evil.test", "https://evil.test", "\\evil.test", "@evil.test"])
def test_the_form_leads_to_no_other_site(stranger, page):
    """Whatever a link to it says."""
    someone = stranger()

    answer = someone.http.post("/sign-in", data={"token": someone.token, "next": page})

    assert answer.headers["location"].startswith("/dashboard/")


def test_who_may_not_see_the_endpoint_sees_nothing_of_it(stranger, sign_up, summarizer):
    """As if it did not exist."""
    other = stranger()
    other.sign_in(sign_up("docs-reader").token)

    by_domain = other.http.get(docs_of(summarizer), headers=BROWSER, follow_redirects=True)
    by_name = other.get("/endpoints/local/summarizer/docs")

    assert [by_domain.status_code, by_name.status_code] == [404, 404]
    assert "summary_text" not in by_domain.text + by_name.text


def test_programs_go_on_getting_what_the_template_sends(api, summarizer):
    """With the token the page is FastAPI's; without, and no browser, it is refused."""
    docs = api.http.get(docs_of(summarizer), headers=BROWSER)
    document = api.http.get(docs_of(summarizer).removesuffix("docs") + "openapi.json").json()
    refused = api.http.get(docs_of(summarizer), headers={"Authorization": ""})

    assert "swagger" in docs.text
    assert docs.headers["content-security-policy"].startswith("sandbox ")
    assert document["paths"]["/predict"]["post"]["operationId"] == "predict"
    assert refused.status_code == 401


def test_what_a_template_says_of_itself_is_shown_and_never_run(visitor, summarizer):
    """The page has no script, takes none, and everything of the document is text."""
    page = visitor.get("/endpoints/local/summarizer/docs")

    assert "&lt;script&gt;alert(1)" in page.text
    assert "<script>alert" not in page.text
    assert "<img src=x" not in page.text
    assert "default-src 'none'; script-src 'self'" in page.headers["content-security-policy"]


def test_an_endpoint_that_does_not_serve_says_why(visitor, api, text_of):
    """The words are those of the router."""
    endpoint = api.endpoint()

    page = visitor.get(f"/endpoints/local/{endpoint.name}/docs")

    assert page.status_code == 503
    assert "deploy" in text_of(page)


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)
SCHEMA_WORDS = st.sampled_from(
    "$ref type properties items anyOf allOf enum const default required title minimum".split()
)
VALUES = JSON | st.sampled_from(["#/components/schemas/A", "#", "array", "object", "string"])
SCHEMAS = st.recursive(
    st.dictionaries(SCHEMA_WORDS, VALUES, max_size=4),
    lambda inner: st.dictionaries(SCHEMA_WORDS, inner | st.lists(inner, max_size=3), max_size=4),
    max_leaves=10,
)


@given(SCHEMAS, JSON)
def test_no_document_is_too_strange_to_be_read(schema, anything):
    """Whatever has the place of something else is left out, and all that is shown is text."""
    content = {"application/json": {"schema": schema}, "x": anything}
    operation = {"requestBody": {"content": content}, "parameters": [anything, {"schema": schema}]}
    document = {
        "info": anything,
        "paths": {"/predict": {"post": {**operation, "responses": {"200": {"content": content}}}}},
        "components": {"schemas": {"A": schema}},
    }

    read = read_document(document, "http://127.0.0.1")

    assert len(read.operations) == 1
    str(read).encode()
    read_document(anything, "http://127.0.0.1")


def test_a_document_that_refers_to_itself_ends():
    """However often it does so, it is read in bounded time."""
    branches = {f"field{number}": {"$ref": "#/components/schemas/A"} for number in range(500)}
    document = {
        "paths": {"/a": {"post": {"requestBody": {"content": {"application/json": {
            "schema": {"$ref": "#/components/schemas/A"}}}}}}},
        "components": {"schemas": {"A": {"type": "object", "properties": branches}}},
    }  # fmt: skip

    [operation] = read_document(document, "http://127.0.0.1").operations

    assert len(operation.bodies[0].rows) == 200


def test_a_command_is_quoted_for_the_shell():
    """Whoever copies it runs nothing but curl."""
    schema = {"example": {"a": "'; touch /tmp/x; '\u202e\n"}}
    document = {"paths": {"/a'$(id)": {"post": {"requestBody": {"content": {
        "application/json": {"schema": schema}}}}}}}  # fmt: skip

    [operation] = read_document(document, "http://127.0.0.1").operations

    assert "$(id)" not in operation.curl
    assert operation.curl.isascii()
    quoted = json.dumps(schema["example"]).replace("'", "'\"'\"'")
    assert f"-d '{quoted}'" in operation.curl
