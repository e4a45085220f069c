"""Predictions: what a template may do with requests, and what its callers see."""

from __future__ import annotations

import json

import pytest

PYDANTIC = """
from pydantic import BaseModel

class Item(BaseModel):
    text: str
    times: int = 1

class Repeat:
    def predict(self, item: Item, loud: bool = False):
        text = item.text * item.times
        return {"text": text.upper() if loud else text}
"""


def test_the_template_gets_the_json_body_and_answers_json(echo):
    """What predict returns is the answer."""
    response = echo.predict(json={"text": "hello"})

    assert response.status_code == 200
    assert response.json() == {"echo": {"text": "hello"}}


def test_a_pydantic_body_and_query_parameters_are_validated_by_fastapi(api):
    """predict may declare whatever a FastAPI route may."""
    endpoint = api.deployed(PYDANTIC, "Repeat")

    good = endpoint.predict(json={"text": "ab", "times": 2}, params={"loud": "true"})
    bad = endpoint.predict(json={"text": "ab", "times": "many"})

    assert good.json() == {"text": "ABAB"}
    assert bad.status_code == 422
    assert bad.json()["detail"][0]["loc"] == ["body", "times"]
