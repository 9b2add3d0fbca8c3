"""What works in each language: a gateway and its use, written the same way in all of them, and the README's table of it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from aicensus.extract import FRONT_ENDS
from aicensus.link.entry_points import EntryFinder
from aicensus.link.reach import Reacher
from tests.link.linked import linked
from tests.link.projects import an_evaluator, catalog, names_in

README = (Path(__file__).parent.parent / "README.md").read_text()
NAMES = {
    "Python": "python",
    "JavaScript, TypeScript": "javascript",
    "Java": "java",
    "Kotlin": "kotlin",
    "Go": "go",
    "C#": "csharp",
    "PHP": "php",
    "Ruby": "ruby",
    "Rust": "rust",
    "Scala": "scala",
    "Swift": "swift",
    "Shell": "shell",
}
"""Languages as the table names them, with their names in the catalogue."""
SPRING = "org.springframework.web.bind.annotation.GetMapping"
SAMPLES = {
    "python": {
        "llm.py": "from openai import OpenAI\nclient = OpenAI()\n"
        "def ask(prompt):\n    return client.responses.create(model='gpt-4o', input=prompt)\n",
        "web.py": "from flask import Flask\nfrom llm import ask\napp = Flask(__name__)\n@app.get('/mail')\n"
        "def mail():\n    return ask('Summarise the mail below in one sentence')\n",
    },
    "javascript": {
        "llm.ts": "import OpenAI from 'openai'\nconst client = new OpenAI()\nexport function ask(prompt: string) {\n"
        "  return client.responses.create({ model: 'gpt-4o', input: prompt })\n}\n",
        "web.ts": "import express from 'express'\nimport { ask } from './llm'\nconst app = express()\n"
        "app.get('/mail', (q, r) => {\n  r.send(ask('Summarise the mail below in one sentence'))\n})\n",
    },
    "java": {
        "a/Llm.java": "package a;\nimport dev.langchain4j.model.openai.OpenAiChatModel;\nclass Llm {\n"
        '  private final OpenAiChatModel model = OpenAiChatModel.builder().modelName("gpt-4o").build();\n'
        "  String ask(String prompt) {\n    return model.chat(prompt);\n  }\n}\n",
        "a/Web.java": f"package a;\nimport {SPRING};\nclass Web {{\n  Llm llm;\n"
        '  @GetMapping("/mail")\n  String mail() {\n    return llm.ask("Summarise the mail below in one sentence");\n  }\n}\n',
    },
    "kotlin": {
        "a/Llm.kt": "package a\nimport dev.langchain4j.model.openai.OpenAiChatModel\nclass Llm {\n"
        '  private val model = OpenAiChatModel.builder().modelName("gpt-4o").build()\n'
        "  fun ask(prompt: String) = model.chat(prompt)\n}\n",
        "a/Web.kt": f"package a\nimport {SPRING}\nclass Web(private val llm: Llm) {{\n"
        '  @GetMapping("/mail")\n  fun mail() = llm.ask("Summarise the mail below in one sentence")\n}\n',
    },
    "go": {
        "llm.go": 'package main\nimport openai "github.com/sashabaranov/go-openai"\n'
        "func ask(client *openai.Client, prompt string) (string, error) {\n"
        '  r, err := client.CreateChatCompletion(ctx, openai.ChatCompletionRequest{Model: "gpt-4o",'
        ' Messages: []openai.ChatCompletionMessage{{Role: "user", Content: prompt}}})\n  return r.Text, err\n}\n',
        "main.go": 'package main\nimport "net/http"\nfunc mail(w http.ResponseWriter, r *http.Request) {\n'
        '  ask(client, "Summarise the mail below in one sentence")\n}\nfunc main() {\n  http.HandleFunc("/mail", mail)\n}\n',
    },
    "csharp": {
        "Llm.cs": "using OpenAI.Chat;\npublic class Llm\n{\n"
        '    private readonly ChatClient _client = new("gpt-4o", key);\n    public string Ask(string prompt)\n    {\n'
        "        return _client.CompleteChat(prompt).Value.Content[0].Text;\n    }\n}\n",
        "Web.cs": "public class Web(Llm llm) : ControllerBase\n{\n"
        '    [HttpGet("mail")] public string Mail() => llm.Ask("Summarise the mail below in one sentence");\n}\n',
    },
    "php": {
        "src/Llm.php": "<?php\nnamespace App;\nuse OpenAI\\Client;\nclass Llm {\n  public function __construct(private Client $client) {}\n"
        "  public function ask(string $prompt) {\n"
        "    return $this->client->chat()->create(['model' => 'gpt-4o',"
        " 'messages' => [['role' => 'user', 'content' => $prompt]]]);\n  }\n}\n",
        "src/Web.php": "<?php\nnamespace App;\nuse Symfony\\Component\\Routing\\Attribute\\Route;\nclass Web {\n"
        "  public function __construct(private Llm $llm) {}\n  #[Route('/mail')]\n  public function mail() {\n"
        "    return $this->llm->ask('Summarise the mail below in one sentence');\n  }\n}\n",
    },
    "ruby": {
        "app/models/llm.rb": "class Llm\n  def initialize\n    @client = OpenAI::Client.new\n  end\n\n  def ask(prompt)\n"
        '    @client.chat(parameters: { model: "gpt-4o", messages: [{ role: "user", content: prompt }] })\n  end\nend\n',
        "app/controllers/web.rb": "class Web < ApplicationController\n  def mail\n"
        '    Llm.new.ask("Summarise the mail below in one sentence")\n  end\nend\n',
    },
    "rust": {
        "src/llm.rs": "use async_openai::{types::CreateChatCompletionRequestArgs, Client};\n"
        "pub struct Llm {\n  client: Client<Config>,\n}\n"
        "impl Llm {\n  pub async fn ask(&self, prompt: &str) -> Result<String, Error> {\n"
        '    let request = CreateChatCompletionRequestArgs::default().model("gpt-4o").messages([prompt]).build()?;\n'
        "    let answer = self.client.chat().create(request).await?;\n    Ok(answer.text)\n  }\n}\n",
        "src/main.rs": "use crate::llm::Llm;\nuse axum::Router;\nasync fn mail(llm: Llm) -> String {\n"
        '  llm.ask("Summarise the mail below in one sentence").await\n}\nfn main() {\n'
        '  let app = Router::new().route("/mail", mail);\n}\n',
    },
    "scala": {
        "a/Llm.scala": "package a\nimport io.cequence.openaiscala.domain._\nimport io.cequence.openaiscala.service.OpenAIService\n"
        "class Llm(service: OpenAIService) {\n  def ask(prompt: String) = service.createChatCompletion(Seq(UserMessage(prompt)),"
        ' CreateChatCompletionSettings(model = "gpt-4o"))\n}\n',
        "a/Web.scala": "package a\nimport play.api.mvc._\nclass Web(llm: Llm) extends BaseController {\n"
        "  def mail = Action.async { request =>\n"
        '    llm.ask("Summarise the mail below in one sentence")\n  }\n}\n',
    },
    "swift": {
        "Sources/Llm.swift": "import OpenAI\nfinal class Llm {\n  private let client = OpenAI(apiToken: key)\n"
        "  func ask(_ prompt: String) async throws -> ChatResult {\n"
        "    let query = ChatQuery(messages: [.user(.init(content: .string(prompt)))], model: .gpt4_o)\n"
        "    return try await client.chats(query: query)\n  }\n}\n",
        "Sources/Web.swift": 'import Vapor\nfunc routes(_ app: Application, llm: Llm) {\n  app.get("mail") { req in\n'
        '    try await llm.ask("Summarise the mail below in one sentence")\n  }\n}\n',
    },
}


@pytest.mark.parametrize("language", SAMPLES)
def test_a_gateway_and_its_use(language: str) -> None:
    files = SAMPLES[language]
    points = linked(files)
    assert [p.role for p in points.values()] == ["gateway", "use"], points
    use = next(p for p in points.values() if p.role == "use")
    path, line = use.place.rsplit(":", 1)
    assert (use.models, use.provider, use.prompts) == (("gpt-4o",), "openai", (use.place,))
    evaluator = an_evaluator(files)
    finder = EntryFinder(evaluator, names_in(evaluator))
    assert [e.kind for e in finder.entries(evaluator.at(path)) if e.kind == "http"] == ["http"]
    module = evaluator.at(path)
    scope = next(c.scope for c in module.calls if c.line == int(line))
    assert Reacher(evaluator, finder, lambda _: "prod").reach(path, scope, int(line)).verdict == "reachable"


def works(language: str) -> list[str]:
    """Cells of the table: what the sample or an example of the catalogue proves, and what the catalogue has rows for."""
    own = catalog().languages_of((language,))
    sdks = [sdk for sdk in catalog().sdks if sdk.language in own]
    found = [point for sdk in sdks for example in sdk.examples for point in example.finds or ()]
    senders = ("post", "fetch", "NewRequest", "PostAsync", "url", "curl", "URLRequest")

    def yes(holds: bool) -> str:
        return "yes" if holds else "-"

    sampled = language in SAMPLES
    return [
        yes(bool(found)),
        yes(any(catalog().http.may_end_with(language, name) for name in senders)),
        yes(sampled),
        yes(sampled),
        yes(any(point.model for point in found)),
        yes(sampled),
        yes(any(sdk.state for sdk in sdks)),
    ]


def suffixes(language: str) -> str:
    return " ".join(f"`{suffix}`" for suffix, front in FRONT_ENDS.items() if language in front.written_in())


def rows() -> list[str]:
    """The table as the README must have it."""
    return [f"| {name} | {suffixes(language)} | {' | '.join(works(language))} |" for name, language in NAMES.items()]


def test_the_table_of_languages_says_what_works() -> None:
    assert {language for front in FRONT_ENDS.values() for language in front.written_in()} == set(NAMES.values())
    written = re.findall(r"^\| [^|]*\| `\.\w+`.*\|$", README, re.MULTILINE)
    assert written == rows()
