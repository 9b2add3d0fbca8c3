"""Texts that look like keys: found in source, and masked wherever text leaves the census."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator

PATTERNS: tuple[tuple[str, str], ...] = (
    ("Anthropic key", r"sk-ant-[A-Za-z0-9_-]{20,}"),
    ("OpenRouter key", r"sk-or-[A-Za-z0-9_-]{20,}"),
    ("OpenAI key", r"sk-(?:proj-|svcacct-|admin-)?[A-Za-z0-9_-]{20,}"),
    ("Groq key", r"gsk_[A-Za-z0-9]{30,}"),
    ("Hugging Face token", r"hf_[A-Za-z0-9]{30,}"),
    ("Google API key", r"AIza[0-9A-Za-z_-]{35}"),
    ("AWS access key id", r"(?:AKIA|ASIA)[0-9A-Z]{16}"),
    ("Replicate token", r"r8_[A-Za-z0-9]{30,}"),
    ("GitHub token", r"(?:ghp|gho|ghu|ghs|ghr)_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{40,}"),
    ("Slack token", r"xox[abprs]-[A-Za-z0-9-]{20,}"),
    ("Pinecone key", r"pcsk_[A-Za-z0-9_]{40,}"),
    ("LangSmith key", r"lsv2_(?:pt|sk)_[A-Za-z0-9_]{30,}"),
    ("Langfuse key", r"(?:sk|pk)-lf-[0-9a-f-]{30,}"),
    ("xAI key", r"xai-[A-Za-z0-9]{40,}"),
    ("Perplexity key", r"pplx-[A-Za-z0-9]{40,}"),
    ("private key", r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
    ("JSON web token", r"eyJ[A-Za-z0-9_-]{15,}\.eyJ[A-Za-z0-9_-]{15,}\.[A-Za-z0-9_-]{15,}"),
)
_ANY = re.compile("|".join(f"(?P<k{n}>(?<![A-Za-z0-9_-]){pattern})" for n, (_, pattern) in enumerate(PATTERNS)))
_IN_BYTES = re.compile(_ANY.pattern.encode())
_STARTS = (
    *(b"sk-", b"pk-lf-", b"gsk_", b"hf_", b"AIza", b"AKIA", b"ASIA", b"r8_", b"ghp_", b"gho_", b"ghu_", b"ghs_", b"ghr_", b"github_pat_"),
    *(b"xoxa-", b"xoxb-", b"xoxp-", b"xoxr-", b"xoxs-", b"pcsk_", b"lsv2_", b"xai-", b"pplx-", b"-----BEGIN", b"eyJ"),
)
"""Each pattern begins with one of these: finding them is many times faster than trying the patterns everywhere."""
MIN_ENTROPY = 3.0
"""Bits per character below which a match is a placeholder (`sk-xxxxxxxx...`)."""
_PLACEHOLDER = re.compile(r"(?i)example|placeholder|your[-_]?|xxxx|\*{3}|dummy|fake|test[-_]?key|1234567890|abcdef")


def find_secrets(content: bytes) -> Iterator[tuple[int, str, str]]:
    """Yield line (from 1), kind and masked form of what looks like a live key."""
    end = 0
    for start in sorted({at for text in _STARTS for at in _places(content, text)}):
        match = _IN_BYTES.match(content, start) if start >= end else None
        if match is not None:
            end = match.end()
            value = match[0].decode()
            if _live(value):
                kind = PATTERNS[int((match.lastgroup or "k0")[1:])][0]
                yield content.count(b"\n", 0, start) + 1, kind, masked(value)


def _places(content: bytes, text: bytes) -> Iterator[int]:
    at = content.find(text)
    while at >= 0:
        yield at
        at = content.find(text, at + 1)


def mask(text: str) -> str:
    """The text with everything that looks like a key replaced by its masked form."""
    return _ANY.sub(lambda match: masked(match[0]), text)


def masked(value: str) -> str:
    """First four characters and the length: `sk-a… (51)`."""
    return f"{value[:4]}… ({len(value)})"


def _live(value: str) -> bool:
    if value.startswith("-----"):
        return True
    counts = Counter(value)
    entropy = -sum(n / len(value) * math.log2(n / len(value)) for n in counts.values())
    return entropy >= MIN_ENTROPY and not _PLACEHOLDER.search(value) and any(c.isdigit() for c in value)
