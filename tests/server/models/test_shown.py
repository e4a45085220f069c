"""What people are shown of an endpoint that is made from a model."""

from __future__ import annotations

import html
import re

import httpx
import pytest


@pytest.fixture
def page_of(server):
    """Return what the dashboard shows its user below the page of an endpoint, as text."""
    with httpx.Client(base_url=server.api.origin, timeout=60, trust_env=False) as browser:
        signed_in = browser.post("/dashboard/sign-in", data={"token": server.api_token})
        assert signed_in.status_code == 303

        def page_of(endpoint, rest: str = "") -> str:
            page = browser.get(f"/dashboard{endpoint.path}{rest}")
            return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", page.text)).split())

        yield page_of


def test_the_commit_that_serves_is_shown(server, hub, classifier, page_of):
    """By the API and by the dashboard, with what has been found out of the model."""
    commit = hub.add("acme/sorter", classifier(b"w"), revision="v1")
    endpoint = server.endpoint("acme/sorter", revision="v1")
    before = endpoint.get()["config"]

    endpoint.deploy_and_wait()
    shown = page_of(endpoint)

    assert before == {}
    assert endpoint.get()["config"] == {"model": {"name": "acme/sorter", "revision": commit}}
    assert "Model acme/sorter v1" in shown
    assert f"Commit {commit[:12]}" in shown
    assert "Task text-classification" in shown
    assert "Container transformers" in shown
    assert "Hardware Small: 2 CPUs, 4 GiB" in shown


def test_the_generated_template_can_be_read(server, hub, classifier, page_of):
    """Also before the first deployment."""
    commit = hub.add("acme/sorter", classifier(b"w"))
    endpoint = server.endpoint("acme/sorter")

    shown = page_of(endpoint, "/template")

    assert "class TextClassification:" in shown
    assert commit in shown


def test_why_there_is_no_template_is_said(server, page_of):
    """In the words of the API."""
    endpoint = server.endpoint("acme/unknown")

    shown = page_of(endpoint, "/template")

    assert "Status 404" in shown
    assert "acme/unknown" in shown
