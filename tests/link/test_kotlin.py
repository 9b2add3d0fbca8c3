"""Kotlin projects: functions that extend a type."""

from __future__ import annotations

import pytest

from tests.link.linked import roles

EXTENSION = (
    "package a.llm\nimport org.springframework.ai.chat.client.ChatClient\n"
    "fun ChatClient.ask(text: String): String? {\n    return this.prompt().user(text).call().content()\n}\n"
)


@pytest.mark.parametrize(
    ("imported", "uses"),
    [
        pytest.param("import a.llm.ask\n", ["Mail.kt:5 use"], id="imported"),
        pytest.param("import a.llm.*\n", ["Mail.kt:5 use"], id="with its package"),
        pytest.param("import a.other.ask\n", [], id="another of its name"),
    ],
)
def test_extension_functions(imported: str, uses: list[str]) -> None:
    mail = (
        f"package a.mail\n{imported}import org.springframework.ai.chat.client.ChatClient\nclass Mail(val client: ChatClient) {{\n"
        '    fun f(t: String) = client.ask("Summarise the mail below in one sentence: " + t)\n}\n'
    )
    assert [said for said in roles({"Llm.kt": EXTENSION, "Mail.kt": mail}) if said.startswith("Mail.kt")] == uses
