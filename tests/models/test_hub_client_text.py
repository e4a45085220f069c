"""The hub's own client, unchanged, against generated templates for text."""

from __future__ import annotations

import pytest

TEXT = "The light moves in a straight line."


def test_a_text_is_classified(inference_client):
    """All labels, the likeliest first; or as many as are wanted."""
    client = inference_client("text-classification")

    found = client.text_classification(TEXT)

    assert {label.label for label in found} == {"POSITIVE", "NEGATIVE"}
    assert found[0].score >= found[1].score
    assert len(client.text_classification(TEXT, top_k=1)) == 1


def test_a_text_is_classified_by_labels_of_one_s_own(inference_client):
    """With the hypothesis and with labels that do not exclude each other."""
    client = inference_client("zero-shot-classification")
    labels = ["physics", "food"]

    found = client.zero_shot_classification(TEXT, labels)
    several = client.zero_shot_classification(
        TEXT, labels, multi_label=True, hypothesis_template="It is {}."
    )

    assert {label.label for label in found} == {label.label for label in several} == set(labels)
    assert sum(label.score for label in found) == pytest.approx(1)


def test_words_are_labelled(inference_client):
    """Together or token by token."""
    client = inference_client("token-classification")

    found = client.token_classification("My name is Ada")
    tokens = client.token_classification("My name is Ada", aggregation_strategy="none")

    assert all(entity.entity_group for entity in found)
    assert all(entity.entity for entity in tokens)
    assert all("My name is Ada"[entity.start : entity.end] for entity in found)


def test_a_gap_is_filled(inference_client):
    """With words and the text they make."""
    found = inference_client("fill-mask").fill_mask("My name is <mask>.", top_k=3)

    assert len(found) == 3
    assert all(word.sequence.startswith("My name is") for word in found)


def test_vectors_are_arrays(inference_client):
    """One for each token, or one for the text where the model is of sentences."""
    tokens = inference_client("feature-extraction").feature_extraction(TEXT)
    sentence = inference_client("sentence-similarity").feature_extraction(TEXT, normalize=True)

    assert tokens.ndim == 3
    assert sentence.ndim == 1
    assert (sentence**2).sum() == pytest.approx(1, abs=1e-5)


def test_sentences_are_compared(inference_client):
    """A number for each of the others."""
    found = inference_client("sentence-similarity").sentence_similarity("light", ["lamp", "name"])

    assert len(found) == 2
    assert all(-1.01 <= number <= 1.01 for number in found)


def test_a_question_is_answered_from_a_text(inference_client):
    """With where the answer stands."""
    client = inference_client("question-answering")
    context = "My name is Ada and I live in London."

    found = client.question_answering(question="What is the name?", context=context)
    several = client.question_answering(
        question="What is the name?", context=context, top_k=2, max_answer_len=4
    )

    assert context[found.start : found.end] == found.answer
    assert len(several) == 2


def test_a_question_is_answered_from_a_table(inference_client):
    """With the cells."""
    table = {"city": ["London", "Paris"], "people": ["9", "2"]}

    found = inference_client("table-question-answering").table_question_answering(
        query="how many people", table=table
    )

    assert isinstance(found.answer, str)
    assert len(found.cells) == len(found.coordinates)


def test_a_text_is_shortened_and_translated(inference_client):
    """Also with the parameters of generation within others, as this client has them."""
    summary = inference_client("summarization").summarization(
        TEXT, generate_parameters={"max_new_tokens": 5}, clean_up_tokenization_spaces=True
    )
    translation = inference_client("translation").translation(
        TEXT, generate_parameters={"max_new_tokens": 5}
    )

    assert summary.summary_text
    assert translation.translation_text


def test_a_text_goes_on(inference_client):
    """Whole, with details, and token by token."""
    client = inference_client("text-generation")

    whole = client.text_generation(TEXT, max_new_tokens=6)
    told = client.text_generation(TEXT, max_new_tokens=6, details=True, stop=["\0"], seed=1)
    streamed = client.text_generation(TEXT, max_new_tokens=6, stream=True)
    events = list(client.text_generation(TEXT, max_new_tokens=6, stream=True, details=True))

    assert "".join(streamed) == whole == told.generated_text
    assert told.details.generated_tokens == 6
    assert events[-1].generated_text == whole
    assert events[-1].details.finish_reason == "length"


def test_a_chat_goes_on(inference_client):
    """Whole and piece by piece."""
    client = inference_client("conversational")
    messages = [{"role": "user", "content": "hi"}]

    whole = client.chat_completion(messages, max_tokens=6)
    pieces = client.chat_completion(messages, max_tokens=6, stream=True)

    assert whole.usage.completion_tokens == 6
    assert whole.choices[0].message.content == "".join(
        piece.choices[0].delta.content or "" for piece in pieces
    )


def test_what_is_wrong_is_told(inference_client):
    """By the name of the field."""
    client = inference_client("text-classification")

    with pytest.raises(Exception, match="top_k"):
        client.text_classification(TEXT, top_k=0)
