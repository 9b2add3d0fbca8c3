"""What the census keeps of the text of a prompt."""

from __future__ import annotations

import hashlib
import re

import msgspec

from aicensus.census.secrets import mask
from aicensus.model.census import Prompt

MAX_PROMPT = 20_000
"""Characters of a prompt's text that the census keeps."""


def digest(text: str) -> str:
    """SHA-256 of the text with white space folded, 16 hex digits."""
    return hashlib.sha256(" ".join(text.split()).encode()).hexdigest()[:16]


def with_content(prompt: Prompt, content: bytes) -> Prompt:
    """A prompt that is a file, with what is told of the file's content."""
    text = mask(content.decode("utf-8", "replace")[:MAX_PROMPT])
    return msgspec.structs.replace(
        prompt,
        end_line=max(1, content.count(b"\n") + (0 if content.endswith(b"\n") or not content else 1)),
        text=text,
        hash=digest(text),
        placeholders=tuple(dict.fromkeys(re.findall(r"\{\{-?\s*([A-Za-z_][\w.]*)", text))),
    )
