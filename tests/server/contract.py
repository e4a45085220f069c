"""An independent judge: does an HTTP answer agree with ``spec/outpost.yaml``?"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import httpx
import yaml
from openapi_core import Config, OpenAPI
from openapi_core.testing import MockRequest, MockResponse

DOCUMENT = Path(__file__).parents[2] / "spec" / "outpost.yaml"
SERVER = "http://server.test/v1"
METHODS = ("get", "put", "post", "delete", "patch")


class Contract:
    """Checks answers of any server that serves the document, below whatever address."""

    def __init__(self) -> None:
        self.document: dict[str, Any] = yaml.safe_load(DOCUMENT.read_text())
        document = yaml.safe_load(DOCUMENT.read_text())
        document["servers"] = [{"url": SERVER}]
        for item in document["paths"].values():
            item.pop("servers", None)
        _allow_bytes(document)
        self._openapi = OpenAPI.from_dict(document, config=Config(spec_validator_cls=None))

    def operations(self) -> dict[str, tuple[str, str]]:
        """Return method and path of every operation, by its id."""
        return {
            operation["operationId"]: (method.upper(), path)
            for path, item in self.document["paths"].items()
            for method, operation in item.items()
            if method in METHODS
        }

    def check(self, response: httpx.Response) -> httpx.Response:
        """Return the answer when status, content type, headers and body are as documented.

        Raises:
            OpenAPIError: they are not. 501 is documented nowhere and has to be an ``Error``.
        """
        assert response.headers.get("x-request-id"), "the answer has no X-Request-Id"
        if response.status_code == 501:
            assert set(response.json()) == {"message", "code"}
            return response
        path = re.sub(r"^/domains/[^/]+|^/v1", "", response.request.url.path)
        request = MockRequest("http://server.test", response.request.method.lower(), f"/v1{path}")
        answer = MockResponse(
            data=response.content,
            status_code=response.status_code,
            headers=dict(response.headers),
            content_type=response.headers.get("content-type", ""),
        )
        self._openapi.validate_response(request, answer)
        return response


def _allow_bytes(node: Any) -> None:
    """Let binary content be any bytes: JSON Schema's strings are text, and the judge has bytes."""
    if isinstance(node, dict):
        if node.get("format") == "binary":
            node.pop("type", None)
        for value in node.values():
            _allow_bytes(value)
    elif isinstance(node, list):
        for value in node:
            _allow_bytes(value)
