"""Looking for lines of a log by the SDK, in a server that is really there."""

from __future__ import annotations

import asyncio

import pytest

from outpostkit import AsyncClient, AsyncEndpoint, Client, EndpointCustomTemplateConfig, Endpoints

CHATTY = """
import logging

class Chatty:
    def predict(self):
        for number in range(1500):
            logging.getLogger("step").info("Step %d", number)
        logging.getLogger("step").error("step 1499 failed")
"""


@pytest.fixture(scope="module")
def endpoint(local_outpost, tmp_path_factory):
    path = tmp_path_factory.mktemp("chatty") / "chatty.py"
    path.write_text(CHATTY)
    config = EndpointCustomTemplateConfig(type="file", className="Chatty", path=str(path))
    with Client(local_outpost.api_token, base_url=local_outpost.base_url) as client:
        endpoint = Endpoints(client, local_outpost.entity).create(template=config, name="chatty")
        endpoint.deploy(wait=True, timeout=120)
        endpoint.get_prediction_client().infer(json={})
        yield endpoint


def messages(lines) -> list[str]:
    return [line.data.message for line in lines]


def test_lines_are_found_by_text_and_level(endpoint) -> None:
    """In a page, and in all of them, from the oldest one on."""
    page = endpoint.get_logs("runtime", contains="STEP 149", limit=3)
    every = endpoint.logs("runtime", contains="step 149")

    assert messages(page) == ["Step 1498", "Step 1499", "step 1499 failed"]
    assert len(messages(every)) == 12  # 149, 1490 to 1499, and the one that failed
    assert messages(endpoint.logs("runtime", level="WARNING")) == ["step 1499 failed"]


def test_what_is_followed_may_be_looked_for(endpoint) -> None:
    """Lines that are written later come when they have the text."""
    lines = endpoint.logs("runtime", contains="failed", follow=True, timeout=60)
    first = next(lines).data.message
    endpoint.get_prediction_client().infer(json={})

    assert (first, next(lines).data.message) == ("step 1499 failed", "step 1499 failed")
    lines.close()


def test_the_same_from_async_code(endpoint, local_outpost) -> None:
    """Awaited."""

    async def found() -> tuple[list[str], list[str]]:
        url, token = local_outpost.base_url, local_outpost.api_token
        async with AsyncClient(token, base_url=url) as client:
            same = AsyncEndpoint(client, local_outpost.entity, "chatty")
            page = await same.get_logs("runtime", level="ERROR", limit=1)
            every = [line async for line in same.logs("runtime", contains="step 1498")]
            return messages(page), messages(every)[:1]

    assert asyncio.run(found()) == (["step 1499 failed"], ["Step 1498"])
