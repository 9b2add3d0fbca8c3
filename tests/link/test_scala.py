"""Scala projects: objects, members that are read, and what runs them."""

from __future__ import annotations

import pytest

from aicensus.link.entry_points import EntryFinder
from aicensus.link.reach import Reacher
from tests.link.linked import linked
from tests.link.projects import an_evaluator, names_in

SERVICE = "import io.cequence.openaiscala.service.OpenAIService\nimport io.cequence.openaiscala.domain._\n"
RUNNER = (
    "package a\ntrait Runner {\n  def main(args: Array[String]): Unit = { run.foreach(println) }\n  protected def run: Future[String]\n}\n"
)


@pytest.mark.parametrize(
    ("files", "verdict"),
    [
        pytest.param(
            {"a/Runner.scala": RUNNER, "a/Ask.scala": "package a\nobject Ask extends Runner {\n  def run = f(1)\n}\n"},
            "reachable",
            id="run",
        ),
        pytest.param(
            {"a/Ask.scala": "package a\nobject Ask {\n  def text = f(1)\n}\nobject Main extends App { show(Ask.text) }\n"},
            "reachable",
            id="read",
        ),
        pytest.param(
            {"a/Ask.scala": "package a\nobject Ask {\n  def text = f(1)\n}\nobject Main extends App { show(Other.texts) }\n"},
            "unreachable",
            id="not",
        ),
    ],
)
def test_what_is_read_is_reached(files: dict[str, str], verdict: str) -> None:
    evaluator = an_evaluator(files)
    module = evaluator.at("a/Ask.scala")
    call = next(call for call in module.calls if call.line == 3)
    reached = Reacher(evaluator, EntryFinder(evaluator, names_in(evaluator)), lambda _: "prod").reach("a/Ask.scala", call.scope, 3)
    assert reached.verdict == verdict


def test_prompts_of_a_companion_and_of_settings() -> None:
    code = (
        f"package a\n{SERVICE}class Bot(service: OpenAIService) {{\n"
        "  def ask(q: String) = service.createChatCompletion(Seq(SystemMessage(Bot.rules), UserMessage(q)), settings)\n}\n"
        'object Bot {\n  def rules =\n    """Answer in one short sentence.\n      |Never promise a refund.""".stripMargin\n}\n'
    )
    (point,) = linked({"a/Bot.scala": code}).values()
    assert (point.place, point.role, point.prompts) == ("a/Bot.scala:5", "direct", ("a/Bot.scala:9",))
