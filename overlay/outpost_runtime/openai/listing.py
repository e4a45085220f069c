"""The list of models of an endpoint, which serves one."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel


class ModelCard(BaseModel):
    """One model."""

    id: str
    object: Literal["model"] = "model"
    created: int = 0
    owned_by: str = "outpost"


class ModelList(BaseModel):
    """The answer of ``GET /v1/models``."""

    object: Literal["list"] = "list"
    data: list[ModelCard]

    @classmethod
    def of(cls, name: str) -> ModelList:
        """Return the list of an endpoint, which serves one model."""
        return cls(data=[ModelCard(id=name)])
