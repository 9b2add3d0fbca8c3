"""What looks like a live key is found and masked; placeholders, hashes and ordinary text are not."""

from __future__ import annotations

import pytest

from aicensus.census.secrets import find_secrets, mask

# Put together here, so that no scanner of this repository takes them for live keys.
BODY = "4fQ9zL2mX7" + "vB8nC1kR5t" + "W3yH6jP0sD"


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        pytest.param(f"key = 'sk-proj-{BODY}'", ["OpenAI key"], id="a project key"),
        pytest.param(f"key = 'sk-ant-{BODY}'", ["Anthropic key"], id="the longest prefix wins"),
        pytest.param(f"x = 1\nh = 'hf_{BODY}{BODY[:4]}'", ["Hugging Face token"], id="a token on the second line"),
        pytest.param("key = 'sk-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'", [], id="a placeholder"),
        pytest.param("key = 'sk-your-api-key-goes-here-1a2b3c4d5e'", [], id="a placeholder in words"),
        pytest.param(f"task-{BODY}", [], id="another word that ends in the prefix"),
        pytest.param("key = os.environ['OPENAI_API_KEY']", [], id="a name"),
    ],
)
def test_find_secrets(text: str, kinds: list[str]) -> None:
    assert [kind for _, kind, _ in find_secrets(text.encode())] == kinds


def test_a_finding_has_its_line_and_never_the_key() -> None:
    ((line, _, masked),) = find_secrets(f"\n\nkey = 'sk-proj-{BODY}'".encode())
    assert line == 3
    assert BODY not in masked
    assert masked.startswith("sk-p")


def test_mask_leaves_the_rest_of_the_text() -> None:
    assert mask(f"use sk-proj-{BODY} for this") == f"use sk-p… ({len('sk-proj-' + BODY)}) for this"
