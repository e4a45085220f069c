"""What requests and answers about images, sounds and films consist of."""

from __future__ import annotations

from typing import Annotated, Any, Generic

from pydantic import AliasChoices, BaseModel, Field
from typing_extensions import override

from outpost_runtime.binary import Binary
from outpost_runtime.requests import Choices, OneOrMore, TaskRequest

#: Labels that a client asks about.
Labels = Annotated[list[str], Field(min_length=1, max_length=1000)]
#: A sentence with ``{}`` in the place of a label.
Hypothesis = Annotated[str, Field(pattern=r"^[^{}]*\{\}[^{}]*$", max_length=1000)]

_Place = Annotated[int, Field(ge=0, le=1000)]
#: A word of a page, and the left, top, right and bottom of its box in thousandths of the page.
WordBox = tuple[str, tuple[_Place, _Place, _Place, _Place]]

_IMAGES = AliasChoices("inputs", "image", "images", "file", "files")
_SOUNDS = AliasChoices("inputs", "audio", "audios", "file", "files")
_FILMS = AliasChoices("inputs", "video", "videos", "file", "files")
_IMAGE = "A file in PNG, JPEG, WebP or the like."
_SOUND = "A file in WAV, MP3, FLAC, Ogg or the like."
_FILM = "A file in MP4, WebM, AVI or the like."


class Label(BaseModel):
    """What it is, and how likely that is."""

    label: str
    score: float


class Box(BaseModel):
    """A place in an image, in pixels from its left and from its top."""

    xmin: int
    ymin: int
    xmax: int
    ymax: int


class LabelledBox(Label):
    """What there is in an image, and where."""

    box: Box


class LabelledMask(BaseModel):
    """What there is in an image, and which pixels of it."""

    label: str
    score: float | None
    mask: str = Field(
        description="A PNG of the image's size in base64; what belongs to it is white."
    )


class ImageRequest(TaskRequest[Choices], Generic[Choices]):
    """A request with an image."""

    inputs: Binary = Field(validation_alias=_IMAGES, description=_IMAGE)


class ImagesRequest(TaskRequest[Choices], Generic[Choices]):
    """A request with an image or a list of them."""

    inputs: OneOrMore[Binary] = Field(validation_alias=_IMAGES, description=_IMAGE)


class SoundRequest(TaskRequest[Choices], Generic[Choices]):
    """A request with a sound."""

    inputs: Binary = Field(validation_alias=_SOUNDS, description=_SOUND)


class SoundsRequest(TaskRequest[Choices], Generic[Choices]):
    """A request with a sound or a list of them."""

    inputs: OneOrMore[Binary] = Field(validation_alias=_SOUNDS, description=_SOUND)


class FilmsRequest(TaskRequest[Choices], Generic[Choices]):
    """A request with a film or a list of them."""

    inputs: OneOrMore[Binary] = Field(validation_alias=_FILMS, description=_FILM)


class ImageQuestion(BaseModel):
    """A question about an image."""

    image: Binary
    question: str = Field(min_length=1, max_length=10_000)


class ImageQuestionRequest(TaskRequest[Choices], Generic[Choices]):
    """A request with an image and a question about it."""

    inputs: ImageQuestion

    @classmethod
    @override
    def arrange(cls, data: dict[str, Any]) -> dict[str, Any]:
        # huggingface_hub sends the image as `inputs` and again beside the question.
        if "image" in data and isinstance(data.get("inputs"), str | bytes):
            del data["inputs"]
        return data
