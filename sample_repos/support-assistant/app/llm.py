"""The only module that talks to the model provider."""

import os

from openai import OpenAI

CHAT_MODEL = os.environ.get("CHAT_MODEL", "gpt-5.6-terra")

client = OpenAI(timeout=20, max_retries=2)


def ask(system: str, user: str, *, model: str = CHAT_MODEL, max_tokens: int = 500) -> str:
    """Send one instruction and one message, and return the text of the answer."""
    answer = client.chat.completions.create(
        model=model,
        max_completion_tokens=max_tokens,
        messages=[
            {"role": "system", "content": system},
            {"role": "user", "content": user},
        ],
    )
    return answer.choices[0].message.content or ""
