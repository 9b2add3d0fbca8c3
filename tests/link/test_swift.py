"""Swift projects: labels, extensions in other files, properties and requests that are put together."""

from __future__ import annotations

import pytest

from tests.link.linked import linked, roles

BOT = "import OpenAI\nfinal class Bot {\n  let client = OpenAI(apiToken: key)\n}\n"
ASKING = (
    "import OpenAI\nextension Bot {\n  func answer(to prompt: String) async throws -> ChatResult {\n"
    "    try await client.chats(query: ChatQuery(messages: [.user(.init(content: .string(prompt)))], model: .gpt4_o))\n  }\n}\n"
)


@pytest.mark.parametrize(
    ("call", "uses"),
    [
        pytest.param('answer(to: "Summarise the mail below in one sentence")', ["Mail.swift:4 use"], id="with its label"),
        pytest.param('reply(to: "Summarise the mail below in one sentence")', [], id="another name"),
    ],
)
def test_an_extension_in_another_file(call: str, uses: list[str]) -> None:
    mail = f"struct Mail {{\n  let bot: Bot\n  func summarise() async throws {{\n    try await bot.{call}\n  }}\n}}\n"
    files = {"Bot.swift": BOT, "Bot+Asking.swift": ASKING, "Mail.swift": mail}
    assert [said for said in roles(files) if said.startswith("Mail")] == uses


API = """
struct Api {
  let rules: Message
  init(rules: String = "Answer in one short sentence") { self.rules = .init(role: "system", content: rules) }
  private var request: URLRequest {
    URLRequest(url: URL(string: "https://api.openai.com/v1/chat/completions")!)
  }
  private func body(text: String) throws -> Data {
    try JSONEncoder().encode(Request(model: "gpt-4o", messages: [rules, Message(role: "user", content: text)]))
  }
  func send(text: String) async throws {
    var asked = request
    asked.httpBody = try body(text: text)
    _ = try await URLSession.shared.data(for: asked)
  }
}
struct Message: Codable { let role: String; let content: String }
struct Request: Codable { let model: String; let messages: [Message] }
"""


def test_a_request_and_its_body() -> None:
    points = linked({"Api.swift": API})
    assert [(p.place, p.kind, p.provider, p.models, p.prompts) for p in points.values()] == [
        ("Api.swift:14", "chat", "openai", ("gpt-4o",), ("Api.swift:4",))
    ]
