"""The tasks that an endpoint can be made for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Task:
    """One kind of question to a model.

    Args:
        name: as in the API, ``"text-classification"``.
        title: for people, ``"Text classification"``.
        description: what goes in and what comes out, in one sentence.
        family: the template that serves it, below ``templates``.
        container: the environment that it runs in unless another is chosen.
    """

    name: str
    title: str
    description: str
    family: str
    container: str = "transformers"


_LISTED = (
    Task(
        "audio-classification",
        "Audio classification",
        "Labels with scores for a recording.",
        "audio/classification",
    ),
    Task(
        "automatic-speech-recognition",
        "Speech recognition",
        "The words of a recording.",
        "audio/recognition",
    ),
    Task("conversational", "Conversation", "The next message of a chat.", "text/generation"),
    Task(
        "depth-estimation",
        "Depth estimation",
        "How far away each pixel of an image is.",
        "image/depth",
    ),
    Task(
        "document-question-answering",
        "Document question answering",
        "Answers a question about a page.",
        "image/document",
    ),
    Task(
        "feature-extraction",
        "Feature extraction",
        "The vectors that a model has for a text.",
        "text/features",
    ),
    Task("fill-mask", "Fill mask", "Words for the gap in a text.", "text/mask"),
    Task(
        "image-classification",
        "Image classification",
        "Labels with scores for an image.",
        "image/classification",
    ),
    Task(
        "image-segmentation",
        "Image segmentation",
        "Labelled areas of an image.",
        "image/segmentation",
    ),
    Task(
        "image-to-image",
        "Image to image",
        "An image made of another, such as a sharper one.",
        "image/to_image",
    ),
    Task("image-to-text", "Image to text", "A text about an image.", "image/to_text"),
    Task(
        "mask-generation",
        "Mask generation",
        "The areas of an image, without labels.",
        "image/masks",
    ),
    Task("object-detection", "Object detection", "Labelled boxes in an image.", "image/detection"),
    Task(
        "question-answering",
        "Question answering",
        "The part of a text that answers a question.",
        "text/answering",
    ),
    Task("summarization", "Summarization", "A shorter text with the same meaning.", "text/seq2seq"),
    Task(
        "table-question-answering",
        "Table question answering",
        "The cells of a table that answer a question.",
        "text/table",
    ),
    Task("text2text-generation", "Text to text", "A text made of another.", "text/seq2seq"),
    Task(
        "text-classification",
        "Text classification",
        "Labels with scores for a text.",
        "text/classification",
    ),
    Task("text-generation", "Text generation", "How a text goes on.", "text/generation"),
    Task(
        "text-to-audio",
        "Text to audio",
        "A text read aloud, or a sound as described.",
        "audio/synthesis",
    ),
    Task(
        "token-classification",
        "Token classification",
        "Labelled words of a text, such as names.",
        "text/tokens",
    ),
    Task("translation", "Translation", "A text in another language.", "text/seq2seq"),
    Task(
        "video-classification",
        "Video classification",
        "Labels with scores for a video.",
        "image/video",
    ),
    Task(
        "visual-question-answering",
        "Visual question answering",
        "Answers a question about an image.",
        "image/answering",
    ),
    Task(
        "zero-shot-audio-classification",
        "Zero-shot audio classification",
        "Scores of labels of one's own for a recording.",
        "audio/zero_shot",
    ),
    Task(
        "zero-shot-classification",
        "Zero-shot classification",
        "Scores of labels of one's own for a text.",
        "text/zero_shot",
    ),
    Task(
        "zero-shot-image-classification",
        "Zero-shot image classification",
        "Scores of labels of one's own for an image.",
        "image/zero_shot",
    ),
    Task(
        "zero-shot-object-detection",
        "Zero-shot object detection",
        "Boxes in an image with labels of one's own.",
        "image/zero_shot_detection",
    ),
    Task(
        "sentence-similarity",
        "Sentence similarity",
        "How near sentences are in meaning, and their vectors.",
        "text/sentences",
    ),
    Task(
        "text-to-image", "Text to image", "An image as described.", "image/from_text", "diffusers"
    ),
    Task("tabular", "Tabular", "A prediction for each row of a table.", "tabular", "sklearn"),
)

#: By name, in the order in which they are listed.
TASKS: dict[str, Task] = {task.name: task for task in _LISTED}
