"""Models of text: encoders, decoders, both, tables, sentences."""

from __future__ import annotations

from pathlib import Path
from string import ascii_lowercase, digits
from typing import Any

import transformers

from tests.models.tiny.saving import save
from tests.models.tiny.tokenizers import END, PAD, START, VOCABULARY, tokenizer

#: The size of every layer here, in the words of most configurations.
SMALL: dict[str, Any] = {
    "hidden_size": 16,
    "num_hidden_layers": 1,
    "num_attention_heads": 2,
    "intermediate_size": 32,
}
CHAT_TEMPLATE = (
    "{% for message in messages %}{{ message.role }}: {{ message.content }}\n{% endfor %}assistant:"
)


def text_classification(folder: Path) -> str:
    config = _bert(id2label={0: "NEGATIVE", 1: "POSITIVE"}, label2id={"NEGATIVE": 0, "POSITIVE": 1})
    return save(folder, transformers.BertForSequenceClassification(config), tokenizer("bert"))


def zero_shot_classification(folder: Path) -> str:
    labels = ["contradiction", "neutral", "entailment"]
    config = _bert(
        id2label=dict(enumerate(labels)), label2id={label: i for i, label in enumerate(labels)}
    )
    return save(folder, transformers.BertForSequenceClassification(config), tokenizer("bert"))


def token_classification(folder: Path) -> str:
    labels = {0: "O", 1: "B-PER", 2: "I-PER"}
    config = _bert(id2label=labels, label2id={label: i for i, label in labels.items()})
    return save(folder, transformers.BertForTokenClassification(config), tokenizer("bert"))


def fill_mask(folder: Path) -> str:
    return save(folder, transformers.BertForMaskedLM(_bert()), tokenizer("bert"))


def feature_extraction(folder: Path) -> str:
    return save(folder, transformers.BertModel(_bert()), tokenizer("bert"))


def question_answering(folder: Path) -> str:
    return save(folder, transformers.BertForQuestionAnswering(_bert()), tokenizer("bert"))


def table_question_answering(folder: Path) -> str:
    characters = list(ascii_lowercase + digits)
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "[EMPTY]", *characters]
    pieces += [f"##{character}" for character in characters]
    (folder / "vocab.txt").write_text("\n".join(pieces), encoding="utf-8")
    config = transformers.TapasConfig(
        vocab_size=len(pieces) + 4, max_position_embeddings=128, **SMALL
    )
    reader = transformers.TapasTokenizer(str(folder / "vocab.txt"))
    return save(folder, transformers.TapasForQuestionAnswering(config), reader)


def sequence_to_sequence(folder: Path) -> str:
    config = transformers.T5Config(
        vocab_size=VOCABULARY,
        d_model=16,
        d_kv=8,
        d_ff=32,
        num_layers=1,
        num_heads=2,
        decoder_start_token_id=PAD,
        pad_token_id=PAD,
        eos_token_id=END,
    )
    return save(folder, transformers.T5ForConditionalGeneration(config), tokenizer("end"))


def text_generation(folder: Path) -> str:
    return save(folder, _gpt2(), tokenizer())


def conversational(folder: Path) -> str:
    talking = tokenizer()
    talking.chat_template = CHAT_TEMPLATE
    return save(folder, _gpt2(), talking)


def sentence_similarity(folder: Path) -> str:
    """A folder as sentence-transformers writes it: an encoder, pooling, modules.json."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.models import Pooling, Transformer

    encoder = folder / "encoder"
    save(encoder, transformers.BertModel(_bert()), tokenizer("bert"))
    words = Transformer(str(encoder), max_seq_length=64)
    model = SentenceTransformer(modules=[words, Pooling(SMALL["hidden_size"])], device="cpu")
    model.save(str(folder), create_model_card=False)
    for file in encoder.iterdir():
        file.unlink()
    encoder.rmdir()
    return type(model).__name__


def _bert(**more: Any) -> transformers.BertConfig:
    return transformers.BertConfig(
        vocab_size=VOCABULARY, max_position_embeddings=128, **SMALL, **more
    )


def _gpt2() -> transformers.GPT2LMHeadModel:
    config = transformers.GPT2Config(
        vocab_size=VOCABULARY,
        n_embd=16,
        n_layer=1,
        n_head=2,
        n_positions=128,
        bos_token_id=START,
        eos_token_id=END,
        pad_token_id=PAD,
    )
    return transformers.GPT2LMHeadModel(config)


MODELS = {
    "text-classification": text_classification,
    "zero-shot-classification": zero_shot_classification,
    "token-classification": token_classification,
    "fill-mask": fill_mask,
    "feature-extraction": feature_extraction,
    "question-answering": question_answering,
    "table-question-answering": table_question_answering,
    "summarization": sequence_to_sequence,
    "translation": sequence_to_sequence,
    "text2text-generation": sequence_to_sequence,
    "text-generation": text_generation,
    "conversational": conversational,
    "sentence-similarity": sentence_similarity,
}
