"""The text of one answer while its tokens come in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

#: Tokens before the first new one, without which some tokenizers drop the space in between.
CONTEXT = 6


class Decoder:
    """Turns tokens into text as they come; holds back what is not a whole character yet."""

    def __init__(self, tokenizer: Any, prompt: Sequence[int]) -> None:
        self._tokenizer = tokenizer
        self._ids = list(prompt[-CONTEXT:])
        self._told = len(self._ids)
        self._start = 0

    def push(self, token: int) -> str:
        self._ids.append(token)
        return self._read(is_last=False)

    def end(self) -> str:
        """Return what has been held back."""
        return self._read(is_last=True)

    def _read(self, *, is_last: bool) -> str:
        # Both texts begin at the same token: what a tokenizer does to a beginning cancels out.
        before = self._decode(self._ids[self._start : self._told])
        whole = self._decode(self._ids[self._start :])
        if len(whole) <= len(before) or (whole.endswith("\ufffd") and not is_last):
            return ""
        self._start, self._told = self._told, len(self._ids)
        return whole[len(before) :]

    def _decode(self, ids: list[int]) -> str:
        return str(self._tokenizer.decode(ids, skip_special_tokens=True))


class Writing:
    """One answer: its tokens, its text up to a stop text, and why it ended.

    Args:
        prompt: the tokens that it goes on from.
        stop: texts that end it.
        listen: called with each piece of text and the token that completed it, in the thread
            that writes.
    """

    def __init__(
        self,
        tokenizer: Any,
        prompt: Sequence[int],
        stop: Sequence[str] = (),
        listen: Callable[[str, int], None] | None = None,
    ) -> None:
        self.prompt = list(prompt)
        self.is_cancelled = False
        self._tokenizer = tokenizer
        self._stop = [text for text in stop if text]
        self._listen = listen
        self.begin()

    def begin(self) -> None:
        """Forget what has been written."""
        self.ids: list[int] = []
        #: ``"stop"`` where the model or a stop text ended it, ``"length"`` where it was cut.
        self.finish: str | None = None
        is_read = self._stop or self._listen is not None
        self._decoder = Decoder(self._tokenizer, self.prompt) if is_read else None
        self._held = ""

    @property
    def is_over(self) -> bool:
        """Whether there is nothing more to write."""
        return self.is_cancelled or self.finish is not None

    def push(self, token: int, *, is_end: bool) -> None:
        """Add a token; ``is_end`` says that it is the model's mark of the end."""
        self.ids.append(token)
        if is_end:
            self.end("stop")
        elif self._decoder is not None:
            self._tell(self._decoder.push(token), token)

    def end(self, finish: str) -> None:
        """Tell what has been held back, unless it has ended before."""
        if self.finish is not None:
            return
        if self._decoder is not None and self.ids:
            self._tell(self._decoder.end(), self.ids[-1])
            if self.finish is not None:  # a stop text was in it
                return
            self._send(self._held, self.ids[-1])
        self.finish = finish

    def text(self) -> str:
        """Return the whole answer."""
        known = self._tokenizer.decode(self.prompt, skip_special_tokens=True)
        whole = self._tokenizer.decode(self.prompt + self.ids, skip_special_tokens=True)
        answer = str(whole[len(known) :])
        ends = [at for text in self._stop if (at := answer.find(text)) >= 0]
        return answer[: min(ends)] if ends else answer

    def _tell(self, piece: str, token: int) -> None:
        self._held += piece
        ends = [at for text in self._stop if (at := self._held.find(text)) >= 0]
        if ends:
            self._send(self._held[: min(ends)], token)
            self.finish = "stop"
            return
        keep = max((_overlap(self._held, text) for text in self._stop), default=0)
        ready = self._held[: len(self._held) - keep]
        self._held = self._held[len(ready) :]
        self._send(ready, token)

    def _send(self, text: str, token: int) -> None:
        if self._listen is not None and text:
            self._listen(text, token)


def _overlap(text: str, stop: str) -> int:
    """Return how many characters at the end of ``text`` may be the beginning of ``stop``."""
    sizes = range(min(len(text), len(stop) - 1), 0, -1)
    return next((size for size in sizes if text.endswith(stop[:size])), 0)
