"""Answers with a JSON body, and without any."""

from __future__ import annotations

from typing import Any

import msgspec
from starlette.responses import Response


def json_answer(content: Any, status: int = 200) -> Response:
    return Response(msgspec.json.encode(content), status, media_type="application/json")


def no_content() -> Response:
    return Response(status_code=204)
