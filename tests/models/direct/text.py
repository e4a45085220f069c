"""Text, by pipelines where transformers has one, by Auto classes where it has none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
import transformers

from tests.models.direct.plain import values

Request = dict[str, Any]


def text_classification(folder: Path, request: Request) -> Any:
    return values([_pipeline("text-classification", folder)(request["inputs"], top_k=None)])


def token_classification(folder: Path, request: Request) -> Any:
    run = _pipeline("token-classification", folder)
    return values(run(request["inputs"], aggregation_strategy="simple"))


def fill_mask(folder: Path, request: Request) -> Any:
    return values(_pipeline("fill-mask", folder)(request["inputs"]))


def feature_extraction(folder: Path, request: Request) -> Any:
    return values(_pipeline("feature-extraction", folder)(request["inputs"]))


def sentence_similarity(folder: Path, request: Request) -> Any:
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(folder), device="cpu")
    asked = request["inputs"]
    source, *others = model.encode([asked["source_sentence"], *asked["sentences"]])
    return values([model.similarity(source, other).item() for other in others])


def zero_shot_classification(folder: Path, request: Request) -> Any:
    run = _pipeline("zero-shot-classification", folder)
    answer = run(request["inputs"], **request["parameters"])
    return [
        {"label": label, "score": score}
        for label, score in zip(answer["labels"], answer["scores"], strict=True)
    ]


def question_answering(folder: Path, request: Request) -> Any:
    """The most probable span of at most 15 tokens of the context."""
    words = transformers.AutoTokenizer.from_pretrained(folder)
    model = transformers.AutoModelForQuestionAnswering.from_pretrained(folder, dtype="auto").eval()
    question, context = request["inputs"]["question"], request["inputs"]["context"]
    tokens = words(question, context, return_tensors="pt", return_offsets_mapping=True)
    places = tokens.pop("offset_mapping")[0].tolist()
    with torch.inference_mode():
        logits = model(**tokens)
    outside = torch.tensor([sequence != 1 for sequence in tokens.sequence_ids(0)])
    first = logits.start_logits[0].masked_fill(outside, float("-inf")).softmax(-1)
    last = logits.end_logits[0].masked_fill(outside, float("-inf")).softmax(-1)
    spans = torch.triu(first[:, None] * last[None, :])
    spans -= torch.triu(spans, 15)
    start, end = divmod(int(spans.argmax()), spans.shape[1])
    begins, ends = places[start][0], places[end][1]
    score, text = float(spans.max()), context[begins:ends]
    return {"score": score, "start": begins, "end": ends, "answer": text}


def table_question_answering(folder: Path, request: Request) -> Any:
    return values(_pipeline("table-question-answering", folder)(request["inputs"]))


def sequence_to_sequence(key: str) -> Any:
    """Return who answers with the generated text under ``key``."""

    def answer(folder: Path, request: Request) -> Any:
        words = transformers.AutoTokenizer.from_pretrained(folder)
        model = transformers.AutoModelForSeq2SeqLM.from_pretrained(folder, dtype="auto").eval()
        tokens = words([request["inputs"]], return_tensors="pt")
        tokens.pop("token_type_ids", None)
        made = model.generate(**tokens, **request["parameters"])
        return [{key: text} for text in words.batch_decode(made, skip_special_tokens=True)]

    return answer


def text_generation(folder: Path, request: Request) -> Any:
    run = _pipeline("text-generation", folder)
    new = {"return_full_text": False, "do_sample": False}
    return values(run(request["inputs"], **new, **request["parameters"]))


def conversational(folder: Path, request: Request) -> Any:
    run = _pipeline("text-generation", folder)
    new = {"return_full_text": False, "do_sample": False}
    return values(run(request["messages"], **new, **request["parameters"]))


def _pipeline(task: str, folder: Path) -> Any:
    return transformers.pipeline(task, model=str(folder), device="cpu")


ANSWERS = {
    "text-classification": text_classification,
    "token-classification": token_classification,
    "fill-mask": fill_mask,
    "feature-extraction": feature_extraction,
    "sentence-similarity": sentence_similarity,
    "zero-shot-classification": zero_shot_classification,
    "question-answering": question_answering,
    "table-question-answering": table_question_answering,
    "summarization": sequence_to_sequence("summary_text"),
    "translation": sequence_to_sequence("translation_text"),
    "text2text-generation": sequence_to_sequence("generated_text"),
    "text-generation": text_generation,
    "conversational": conversational,
}
