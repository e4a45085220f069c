"""Text of a causal language model, in batches and as a stream. Needs transformers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import torch
from transformers import LogitsProcessorList, StoppingCriteriaList

from outpost_runtime.batching import Batcher
from outpost_runtime.errors import Overloaded, bad_input
from outpost_runtime.text.parameters import WritingParameters
from outpost_runtime.text.pieces import Writing
from outpost_runtime.text.sampling import sampler

#: Answers that are streamed at the same time, each by a thread of its own; others wait.
STREAMS = 8


class TextWriter:
    """Lets a model go on from tokens.

    Answers that are not streamed share batches; see :class:`Batcher`. An answer whose client has
    gone is ended at its next token.
    """

    def __init__(
        self,
        model: Any,
        tokenizer: Any,
        *,
        max_batch_size: int = 32,
        max_queue: int = 1000,
        concurrency: int = 1,
    ) -> None:
        self.model = model
        self.tokenizer = tokenizer
        self._max_queue = max_queue
        self._batcher: Batcher[Writing, Writing] = Batcher(
            self._write,
            max_batch_size=max_batch_size,
            max_queue=max_queue,
            concurrency=concurrency,
            length=lambda writing: len(writing.prompt),
        )
        self._threads = ThreadPoolExecutor(STREAMS, thread_name_prefix="stream")
        self._streams = 0
        self._ends = _as_set(model.generation_config.eos_token_id) | _as_set(tokenizer.eos_token_id)
        text_config = model.config.get_text_config()
        limits = (getattr(text_config, key, None) for key in ("max_position_embeddings", "n_ctx"))
        self._context = next((limit for limit in limits if isinstance(limit, int)), None)

    def warm_up(self) -> None:
        """Write two tokens, so that the first request does not wait for what is done once."""
        start = self.tokenizer("warm up")["input_ids"]
        self._write([Writing(self.tokenizer, start)], WritingParameters(max_new_tokens=2))

    def read_text(self, text: str, field: str = "inputs") -> list[int]:
        """Return the tokens of a text; ``field`` is where it was in the request.

        Raises:
            RequestValidationError: there is nothing in it.
        """
        ids = list(self.tokenizer(text)["input_ids"])
        if not ids:
            raise bad_input(field, "should hold at least one token")
        return ids

    def read_messages(self, messages: Sequence[Any], field: str = "messages") -> list[int]:
        """Return the tokens of a chat, whose messages are dicts with ``role`` and ``content``.

        Raises:
            RequestValidationError: the model is not for chats, or not for such a one.
        """
        if not getattr(self.tokenizer, "chat_template", None):
            raise bad_input(field, "the model's tokenizer has no chat template; send it text")
        try:
            text = self.tokenizer.apply_chat_template(
                messages, add_generation_prompt=True, tokenize=False
            )
        except Exception as error:  # the template, which comes with the model, refuses by raising
            raise bad_input(field, f"the model's chat template refuses them: {error}") from None
        # The text of the template holds its special tokens already.
        return list(self.tokenizer(text, add_special_tokens=False)["input_ids"])

    async def write(
        self, prompt: Sequence[int], parameters: WritingParameters, field: str = "inputs"
    ) -> Writing:
        """Return the whole answer to a prompt.

        Raises:
            RequestValidationError: the prompt is longer than what the model reads.
            Overloaded: too many wait.
        """
        prompt, parameters = self._fitted(prompt, parameters, field)
        writing = Writing(self.tokenizer, prompt, parameters.stop)
        try:
            return await self._batcher.run(writing, parameters)
        finally:
            writing.is_cancelled = True

    def stream(
        self, prompt: Sequence[int], parameters: WritingParameters, field: str = "inputs"
    ) -> Stream:
        """Begin an answer that is told piece by piece. Raises as :meth:`write` does."""
        prompt, parameters = self._fitted(prompt, parameters, field)
        if self._streams >= self._max_queue:
            raise Overloaded(f"{self._streams} streams are open at this replica already.")
        return Stream(self, prompt, parameters)

    def _fitted(
        self, prompt: Sequence[int], parameters: WritingParameters, field: str
    ) -> tuple[list[int], WritingParameters]:
        """Return what fits into the context, and only parameters that the tokens depend on."""
        ids = list(prompt[-parameters.truncate :] if parameters.truncate else prompt)
        length = parameters.max_new_tokens
        if self._context is not None:
            room = self._context - len(ids)
            if room < 1:
                raise bad_input(
                    field,
                    f"has {len(ids)} tokens; the model reads {self._context}, the answer included",
                )
            length = room if length is None else min(length, room)
        changes = {
            "max_new_tokens": length or 256,
            "return_full_text": False,
            "details": False,
            "truncate": None,
        }
        return ids, parameters.model_copy(update=changes)

    def _write(self, rows: list[Writing], parameters: WritingParameters) -> list[Writing]:
        """Write all rows to their end. Runs in a thread of inference."""
        pad = self.tokenizer.pad_token_id
        if pad is None:
            pad = min(self._ends, default=0)
        longest = max(len(row.prompt) for row in rows)
        gaps = [longest - len(row.prompt) for row in rows]
        ids = [[pad] * gap + row.prompt for gap, row in zip(gaps, rows, strict=True)]
        mask = [[0] * gap + [1] * (longest - gap) for gap in gaps]
        draw = sampler(self.model, parameters, len(rows))
        device = self.model.device
        options = {"repetition_penalty": parameters.repetition_penalty}
        for row in rows:
            row.begin()  # also anew, after a batch that has failed
        self.model.generate(
            input_ids=torch.tensor(ids, device=device),
            attention_mask=torch.tensor(mask, device=device),
            max_new_tokens=parameters.max_new_tokens,
            do_sample=False,  # the sampler draws
            num_beams=1,
            pad_token_id=pad,
            logits_processor=LogitsProcessorList([draw] if draw else []),
            stopping_criteria=StoppingCriteriaList([Follower(rows, self._ends)]),
            **{name: value for name, value in options.items() if value is not None},
        )
        for row in rows:
            row.end("length")
        return rows


class Follower:
    """A stopping criterion that gives each row its tokens, and ends those that are over."""

    def __init__(self, rows: Sequence[Writing], ends: set[int]) -> None:
        self._rows = rows
        self._ends = ends

    def __call__(self, input_ids: Any, scores: Any, **_: Any) -> Any:
        for row, token in zip(self._rows, input_ids[:, -1].tolist(), strict=True):
            if not row.is_over:
                row.push(token, is_end=token in self._ends)
        return torch.tensor([row.is_over for row in self._rows], device=input_ids.device)


class Stream:
    """Pieces of text with their tokens, as ``(text, token)``; ``writing`` is their sum."""

    def __init__(
        self, writer: TextWriter, prompt: Sequence[int], parameters: WritingParameters
    ) -> None:
        self._writer = writer
        self._parameters = parameters
        self._pieces: asyncio.Queue[tuple[str, int] | None] = asyncio.Queue()
        self._loop = asyncio.get_running_loop()
        self.writing = Writing(writer.tokenizer, prompt, parameters.stop, self._listen)

    def _listen(self, text: str, token: int) -> None:
        self._loop.call_soon_threadsafe(self._pieces.put_nowait, (text, token))

    async def __aiter__(self) -> AsyncIterator[tuple[str, int]]:
        writer = self._writer
        writer._streams += 1
        work = self._loop.run_in_executor(writer._threads, self._run)
        work.add_done_callback(lambda _: self._pieces.put_nowait(None))
        try:
            while (piece := await self._pieces.get()) is not None:
                yield piece
            await work
        finally:
            writer._streams -= 1
            self.writing.is_cancelled = True
            if not work.cancel() and not work.cancelled():
                work.exception()  # seen, as asyncio wants it to be

    def _run(self) -> None:
        if not self.writing.is_cancelled:
            self._writer._write([self.writing], self._parameters)


def _as_set(value: Any) -> set[int]:
    if value is None:
        return set()
    return set(value) if isinstance(value, (list, tuple)) else {value}
