"""Generated templates for text, against the libraries, and in the forms of OpenAI's clients."""

from __future__ import annotations

import base64
import json
import shutil
import struct
import threading

import pytest
import torch
import transformers

from outpost_server.tasks import TASKS, TaskRefused, find_task, generate_template
from outpost_server.worker.errors import TemplateError
from tests.models.cases import CASES, TEXT
from tests.models.comparing import comparable
from tests.models.direct import answer
from tests.models.serving_here import facts_of, served

BY_NAME = {"ids": lambda case: case.name}
SEQUENCES = ("summarization", "translation", "text2text-generation")
USUAL = {
    "zero-shot-classification": "text-classification",
    "conversational": "text-generation",
}
HI = [{"role": "user", "content": "hi"}]
CHAT = {"messages": HI, "max_tokens": 6}


@pytest.mark.parametrize("case", TEXT, **BY_NAME)
def test_an_endpoint_answers_what_the_library_answers(case, client_of, tiny, samples):
    """The same model and the same input give the same numbers and words."""
    told = client_of(case.name).post("/predict", json=case.sent(samples))

    assert told.status_code == 200, told.text
    direct = answer(case.name, tiny(case.name), case.local(samples))
    assert comparable(told.json()) == comparable(direct)


@pytest.mark.parametrize("case", TEXT, **BY_NAME)
def test_the_address_of_the_endpoint_answers_as_well(case, client_of, samples):
    """Some clients post exactly where they are pointed to."""
    client, request = client_of(case.name), case.sent(samples)

    assert client.post("/", json=request).json() == client.post("/predict", json=request).json()


@pytest.mark.parametrize("case", TEXT, **BY_NAME)
def test_the_task_is_told_from_the_files(case, tiny):
    """It fits when it is asked for; some models are for several, of which none is the usual."""
    facts = facts_of(tiny(case.name))

    assert find_task(facts, case.task).name == case.task
    if case.task in SEQUENCES:
        with pytest.raises(TaskRefused) as refused:
            find_task(facts, None)
        assert refused.value.candidates == SEQUENCES
    else:
        assert find_task(facts, None).name == USUAL.get(case.task, case.task)


@pytest.mark.parametrize("case", TEXT, **BY_NAME)
def test_an_input_that_cannot_be_read_is_refused_by_its_name(case, client_of):
    """With a number for a text, a field that there is not, and nothing at all."""
    client = client_of(case.name)

    for body in ({"inputs": 5}, {**case.request, "colour": "red"}, {}):
        told = client.post("/predict", json=body)
        assert told.status_code == 422, told.text
        assert all(error["loc"][0] == "body" for error in told.json()["detail"])


@pytest.mark.parametrize("name", ["text-classification", "token-classification", "fill-mask"])
def test_texts_of_a_batch_are_answered_as_if_alone(name, client_of):
    """Padding changes nothing but the last digits."""
    client = client_of(name)
    texts = ["a <mask>", "a <mask> that is longer", "<mask>"]
    alone = [client.post("/predict", json={"inputs": text}).json() for text in texts]
    together = client.post("/predict", json={"inputs": texts}).json()

    if name == "text-classification":
        alone = [one[0] for one in alone]
    for one, other in zip(alone, together, strict=True):
        assert [word["score"] for word in one] == pytest.approx(
            [word["score"] for word in other], rel=1e-4
        )


@pytest.mark.parametrize("name", ["text-classification", "feature-extraction", "summarization"])
def test_a_text_that_is_longer_than_the_model_reads_is_cut(name, client_of):
    """It is no error within the model."""
    assert client_of(name).post("/predict", json={"inputs": "word " * 2000}).status_code == 200


def test_a_prompt_that_is_too_long_is_refused(client_of):
    """To cut it would answer something else."""
    told = client_of("text-generation").post("/predict", json={"inputs": "word " * 2000})

    assert told.status_code == 422
    assert "tokens; the model reads" in told.json()["detail"][0]["msg"]


def test_a_seed_gives_the_text_that_transformers_gives(client_of, tiny):
    """Drawn with a generator of its own, whatever else is drawn at the same time."""
    folder = tiny("text-generation")
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    model = transformers.AutoModelForCausalLM.from_pretrained(folder, dtype="auto")
    inputs = tokenizer("The light", return_tensors="pt")
    torch.manual_seed(11)
    ids = model.generate(
        **inputs, do_sample=True, temperature=0.8, top_k=20, top_p=0.9, max_new_tokens=8
    )
    expected = tokenizer.decode(ids[0], skip_special_tokens=True)
    chosen = {"seed": 11, "temperature": 0.8, "top_k": 20, "top_p": 0.9, "max_new_tokens": 8}
    body = {"inputs": "The light", "parameters": {**chosen, "return_full_text": True}}
    client = client_of("text-generation")
    many = client.post("/predict", json={**body, "inputs": ["The light", "a", "The light"]}).json()

    assert client.post("/predict", json=body).json() == [{"generated_text": expected}]
    assert many[0] == many[2] == {"generated_text": expected}


def test_what_a_model_is_set_to_for_a_task_is_what_it_does_unless_asked(tiny, tmp_path):
    """Its beams and lengths are defaults; who asks to draw is not stopped by the beams."""
    folder = tmp_path / "model"
    shutil.copytree(tiny("summarization"), folder)
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    settings = {"prefix": "summarize: ", "num_beams": 3, "max_length": 9, "min_length": 5}
    config["task_specific_params"] = {"summarization": settings}
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    prefix = settings.pop("prefix")
    request = {"inputs": f"{prefix}light", "parameters": settings}
    expected = answer("summarization", tiny("summarization"), request)
    drawn = {"do_sample": True, "seed": 1, "max_new_tokens": 5}

    with served(folder, "summarization", tmp_path) as client:
        usual = client.post("/predict", json={"documents": "light"})
        draws = [client.post("/predict", json={"documents": "light", **drawn}) for _ in range(2)]
        refused = client.post("/predict", json={"documents": "light", **drawn, "num_beams": 2})

    assert usual.json() == expected
    assert draws[0].json() == draws[1].json()
    assert refused.json()["detail"][0]["loc"] == ["body", "parameters", "num_beams"]


def events(response):
    """Return the events of a stream, the last of which may be no JSON."""
    texts = [line.removeprefix("data: ") for line in response.text.splitlines() if line]
    return [text if text == "[DONE]" else json.loads(text) for text in texts]


def test_a_chat_is_answered_whole_or_piece_by_piece(client_of):
    """The pieces are the same message; the usage comes last if it is wanted."""
    client = client_of("conversational")
    whole = client.post("/v1/chat/completions", json=CHAT).json()
    options = {"stream": True, "stream_options": {"include_usage": True}}
    told = client.post("/v1/chat/completions", json={**CHAT, **options})
    *chunks, usage, done = events(told)
    text = "".join(chunk["choices"][0]["delta"].get("content", "") for chunk in chunks)

    assert told.headers["content-type"].startswith("text/event-stream")
    assert text == whole["choices"][0]["message"]["content"]
    assert chunks[-1]["choices"][0]["finish_reason"] == whole["choices"][0]["finish_reason"]
    assert usage["choices"] == []
    assert usage["usage"] == whole["usage"]
    assert usage["usage"]["completion_tokens"] == 6
    assert done == "[DONE]"


def test_a_completion_is_answered_whole_or_piece_by_piece(client_of):
    """Text or tokens go in; with echo the prompt is part of the answer."""
    client = client_of("text-generation")
    body = {"prompt": "The light", "max_tokens": 6}
    whole = client.post("/v1/completions", json=body).json()
    streamed = events(client.post("/v1/completions", json={**body, "stream": True}))
    echo = client.post("/v1/completions", json={**body, "echo": True}).json()
    many = client.post("/v1/completions", json={**body, "prompt": ["The light", "a"]}).json()
    tokens = client.post("/v1/completions", json={**body, "prompt": [5, 6]}).json()
    text = whole["choices"][0]["text"]

    assert "".join(chunk["choices"][0]["text"] for chunk in streamed[:-1]) == text
    assert echo["choices"][0]["text"] == f"The light{text}"
    assert [choice["index"] for choice in many["choices"]] == [0, 1]
    assert many["choices"][0]["text"] == text
    assert tokens["usage"]["prompt_tokens"] == 2


def test_a_stop_text_ends_the_answer(client_of):
    """It is not part of it, whole or streamed."""
    client = client_of("text-generation")
    body = {"prompt": "The light", "max_tokens": 20}
    text = client.post("/v1/completions", json=body).json()["choices"][0]["text"]
    stop = text[len(text) // 2 :][:2]
    expected = text[: text.index(stop)]
    whole = client.post("/v1/completions", json={**body, "stop": [stop]}).json()["choices"][0]
    chunks = events(client.post("/v1/completions", json={**body, "stop": stop, "stream": True}))

    assert (whole["text"], whole["finish_reason"]) == (expected, "stop")
    assert "".join(chunk["choices"][0]["text"] for chunk in chunks[:-1]) == expected
    assert chunks[-2]["choices"][0]["finish_reason"] == "stop"


def test_predict_streams_as_text_generation_inference_does(client_of):
    """A token at a time, the last with the whole text."""
    client = client_of("text-generation")
    body = {"inputs": "The light", "parameters": {"max_new_tokens": 6}}
    whole = client.post("/predict", json=body).json()[0]["generated_text"]
    told = events(client.post("/predict", json={**body, "stream": True}))

    assert "".join(event["token"]["text"] for event in told) == whole
    assert told[-1]["generated_text"] == whole
    assert told[-1]["details"]["generated_tokens"] == 6


def test_many_who_ask_at_once_are_all_answered_the_same(client_of):
    """Streamed or not: neither waits for the end of the others."""
    client = client_of("conversational")
    expected = client.post("/v1/chat/completions", json=CHAT).json()["choices"]
    found = []

    def ask(number):
        if number % 2:
            told = client.post("/v1/chat/completions", json={**CHAT, "stream": True})
            pieces = [
                event["choices"][0]["delta"].get("content", "") for event in events(told)[:-1]
            ]
            found.append("".join(pieces))
        else:
            told = client.post("/v1/chat/completions", json=CHAT).json()
            found.append(told["choices"][0]["message"]["content"])

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert found == [expected[0]["message"]["content"]] * 8


@pytest.mark.parametrize(
    "wrong",
    [{"n": 2}, {"temperature": 9}, {"messages": []}, {"logprobs": True}, {"tools": [{}]}],
    ids=str,
)
def test_what_a_chat_cannot_do_is_refused_by_its_name(wrong, client_of):
    """Rather than answered as if it had not been asked."""
    told = client_of("conversational").post("/v1/chat/completions", json={**CHAT, **wrong})

    assert told.status_code == 422
    assert [error["loc"][1] for error in told.json()["detail"]] == list(wrong)


def test_a_model_without_a_chat_template_is_not_for_chats(client_of, tiny):
    """The endpoint says so, and the task is refused before there is one."""
    told = client_of("text-generation").post("/v1/chat/completions", json=CHAT)

    assert "no chat template" in told.json()["detail"][0]["msg"]
    with pytest.raises(TaskRefused, match="no chat template"):
        find_task(facts_of(tiny("text-generation")), "conversational")


@pytest.mark.parametrize("name", ["feature-extraction", "sentence-similarity"])
def test_vectors_come_as_openai_has_them(name, client_of):
    """As numbers or as base64 of 32-bit floats, for texts and for tokens."""
    client = client_of(name)
    texts = {"input": ["light", "a lamp"]}
    numbers = client.post("/v1/embeddings", json=texts).json()
    coded = client.post("/v1/embeddings", json={**texts, "encoding_format": "base64"}).json()
    short = client.post("/v1/embeddings", json={"input": "light", "dimensions": 4}).json()
    vector = numbers["data"][1]["embedding"]

    assert [item["index"] for item in numbers["data"]] == [0, 1]
    assert numbers["usage"]["prompt_tokens"] > 2
    packed = base64.b64decode(coded["data"][1]["embedding"])
    assert list(struct.unpack(f"<{len(vector)}f", packed)) == vector
    assert sum(value**2 for value in short["data"][0]["embedding"]) == pytest.approx(1)
    assert client.post("/v1/embeddings", json={"input": [5, 6]}).status_code == 200
    assert client.post("/v1/embeddings", json={"input": []}).status_code == 422
    assert client.get("/v1/models").json()["data"][0]["object"] == "model"


def test_sentences_give_vectors_or_how_near_they_are(client_of):
    """Whichever is asked for: one model, two tasks of the hub."""
    client = client_of("sentence-similarity")
    one = client.post("/predict", json={"inputs": "light", "normalize": True}).json()
    many = client.post("/predict", json={"inputs": ["light", "lamp"], "normalize": True}).json()
    asked = {"source_sentence": "light", "sentences": ["lamp"]}
    near = client.post("/predict", json={"inputs": asked}).json()

    assert many[0] == pytest.approx(one, abs=1e-5)
    assert near == pytest.approx(
        [sum(a * b for a, b in zip(*many, strict=True))], abs=1e-5
    )  # of vectors of length 1


def test_weights_that_are_damaged_fail_with_their_reason(tiny, tmp_path):
    """A deployment then says what is wrong, and not that something is."""
    folder = tmp_path / "model"
    folder.mkdir()
    for path in tiny("text-classification").iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:1000])

    with (
        pytest.raises(TemplateError, match="SafetensorError"),
        served(folder, "text-classification", tmp_path),
    ):
        pass


def test_a_pickle_is_loaded_only_where_it_is_allowed(tiny, tmp_path):
    """It is refused before anything of it is read, with the way to allow it."""
    folder = tmp_path / "model"
    folder.mkdir()
    for path in tiny("text-classification").iterdir():
        if path.suffix != ".safetensors":
            (folder / path.name).write_bytes(path.read_bytes())
    model = transformers.AutoModelForSequenceClassification.from_pretrained(
        tiny("text-classification")
    )
    torch.save(model.state_dict(), folder / "pytorch_model.bin")
    task = TASKS["text-classification"]

    with pytest.raises(TaskRefused, match=r"pytorch_model\.bin.*allow_pickle: true"):
        generate_template(facts_of(folder), task, {})
    allowed = {"allow_pickle": True}
    with served(folder, "text-classification", tmp_path, allowed) as client:
        told = client.post("/predict", json=CASES["text-classification"].request)
    assert told.json() == answer(
        "text-classification", tiny("text-classification"), CASES["text-classification"].request
    )
