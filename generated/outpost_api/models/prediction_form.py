# Generated from spec/outpost.yaml#/components/schemas/PredictionForm by
# generator/outpost_generator/templates/model.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""PredictionForm: Fields and files, as the prediction template names them."""

from typing import Dict

from outpost_api.types import JsonValue

#: Fields and files, as the prediction template names them.
PredictionForm = Dict[str, JsonValue]


__all__ = ["PredictionForm"]
