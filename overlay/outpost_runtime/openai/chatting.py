"""The messages of a chat, in the forms that requests have them."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AliasChoices, BeforeValidator, Field

from outpost_runtime.openai.shapes import ChatMessage


def _messages(value: Any) -> Any:
    """Read a text as what the user says, and the form with inputs and responses by themselves."""
    if isinstance(value, str):
        return [{"role": "user", "content": value}]
    if isinstance(value, dict) and "text" in value:
        asked = [*value.get("past_user_inputs", ()), value["text"]]
        given = value.get("generated_responses", ())
        said = [{"role": "user", "content": text} for text in asked]
        for at, text in reversed(list(enumerate(given))):
            said.insert(at + 1, {"role": "assistant", "content": text})
        return said
    return value


#: What has been said so far; a text is what the user says.
Messages = Annotated[
    list[ChatMessage],
    BeforeValidator(_messages),
    Field(min_length=1, validation_alias=AliasChoices("inputs", "messages", "text")),
]
