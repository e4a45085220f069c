"""A prediction template: an extractive summariser that needs nothing but Python.

It ranks the sentences of a document by how much they share with all others (TextRank: Mihalcea and
Tarau, 2004) and answers with the best ones, in the order in which the document has them.
"""

import itertools
import logging
import math
import re
from typing import Annotated

from pydantic import BaseModel, Field

logger = logging.getLogger(__name__)

SENTENCE_END = re.compile(r"(?<=[.!?])[\"'”’)\]]*\s+")
WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
# Endings that look like the end of a sentence and are not.
ABBREVIATIONS = ("e.g.", "i.e.", "etc.", "vs.", "Mr.", "Mrs.", "Ms.", "Dr.", "Prof.", "Fig.", "No.")
STOP_WORDS = frozenset(
    """a about after all also am an and any are as at be because been before being but by can could
    did do does doing don't down each few for from further had has have having he her here hers him
    his how i if in into is isn't it it's its itself just let's me more most my no nor not now
    of off on once only or other our ours out over own same she should so some such than that that's
    the their theirs them then there there's these they this those through to too under
    until up us very was we were what when where which while who whom whose why will with would you
    your yours""".split()
)
DAMPING = 0.85
MAX_ROUNDS = 50
PRECISION = 1e-6

# The time to rank grows with the square of a document's length: this many take a few seconds.
Document = Annotated[str, Field(max_length=100_000)]


class Item(BaseModel):
    """The body of a prediction request."""

    documents: Document | list[Document] = Field(description="one document, or several")
    sentences: int = Field(default=3, ge=1, le=50, description="sentences in each summary, at most")


class ExtractiveSummarizer:
    """Answers ``{"documents": ...}`` with one ``{"summary_text": ...}`` a document, in order."""

    def __init__(self) -> None:
        logger.info("extractive summariser is ready")

    def predict(self, item: Item) -> list[dict[str, str]]:
        """Summarise each document."""
        documents = [item.documents] if isinstance(item.documents, str) else item.documents
        summaries = [{"summary_text": summarize(text, item.sentences)} for text in documents]
        characters = sum(map(len, documents))
        logger.info("summarised %d document(s), %d characters", len(documents), characters)
        return summaries


def summarize(text: str, count: int) -> str:
    """Return the ``count`` sentences of ``text`` that say most of it, in their order."""
    sentences = split_sentences(text)
    scores = rank([frozenset(content_words(sentence)) for sentence in sentences])
    best = sorted(range(len(sentences)), key=lambda index: (-scores[index], index))[:count]
    return " ".join(sentences[index] for index in sorted(best))


def split_sentences(text: str) -> list[str]:
    """Return the sentences of ``text``, each on one line."""
    sentences: list[str] = []
    start = 0
    for end in SENTENCE_END.finditer(text):
        if not text[start : end.end()].rstrip().endswith(ABBREVIATIONS):
            sentences.append(text[start : end.end()])
            start = end.end()
    sentences.append(text[start:])
    return [" ".join(sentence.split()) for sentence in sentences if sentence.strip()]


def content_words(sentence: str) -> list[str]:
    """Return the words of a sentence that carry meaning, in lower case."""
    words = (word.lower() for word in WORD.findall(sentence.replace("’", "'")))
    return [word for word in words if word not in STOP_WORDS]


def rank(sentences: list[frozenset[str]]) -> list[float]:
    """Return one score a sentence: the stationary weight of a walk between similar sentences."""
    links: list[dict[int, float]] = [{} for _ in sentences]
    for (i, a), (j, b) in itertools.combinations(enumerate(sentences), 2):
        weight = similarity(a, b)
        if weight:
            links[i][j] = links[j][i] = weight
    totals = [sum(weights.values()) for weights in links]

    scores = [1.0] * len(sentences)
    for _ in range(MAX_ROUNDS):
        previous = scores
        scores = [
            1
            - DAMPING
            + DAMPING * sum(weight / totals[j] * previous[j] for j, weight in near.items())
            for near in links
        ]
        if all(abs(new - old) < PRECISION for new, old in zip(scores, previous, strict=True)):
            break
    return scores


def similarity(a: frozenset[str], b: frozenset[str]) -> float:
    """Return how much two sentences share, made comparable between long and short ones."""
    if len(a) < 2 or len(b) < 2:
        return 0.0
    return len(a & b) / (math.log(len(a)) + math.log(len(b)))
