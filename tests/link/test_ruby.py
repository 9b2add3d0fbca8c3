"""Ruby projects: namespaces that are classes, names of libraries beside classes of the same name, and methods called by a name."""

from __future__ import annotations

import textwrap

import pytest

from tests.link.linked import linked, roles


def written(files: dict[str, str]) -> dict[str, str]:
    return {path: textwrap.dedent(text).lstrip() for path, text in files.items()}


BACKEND = """
    class AIBackend::OpenAI < AIBackend
      def test(token)
        client = %s.new(access_token: token)
        client.chat(parameters: { model: "gpt-4o", messages: [{ role: "user", content: "Say hello." }] })
      end
    end
    """
BASE = "class AIBackend\nend\n"


@pytest.mark.parametrize(
    ("files", "points"),
    [
        pytest.param(
            {"app/services/ai_backend.rb": BASE, "app/services/ai_backend/open_ai.rb": BACKEND % "::OpenAI::Client"},
            ["app/services/ai_backend/open_ai.rb:4 direct"],
            id="from outside of every namespace",
        ),
        pytest.param(
            {
                "app/services/ai_backend.rb": BASE,
                "app/services/ai_backend/open_ai.rb": "class AIBackend::OpenAI < AIBackend\nend\n",
                "app/services/tool.rb": """
                    class Tool
                      def draw(words)
                        client.images.generate(parameters: { model: "gpt-image-1", prompt: words })
                      end

                      def client
                        raise "no key" if key.blank?
                        OpenAI::Client.new(access_token: key)
                      end
                    end
                    """,
            },
            ["app/services/tool.rb:3 direct"],
            id="a class of the same name in a namespace that is not seen",
        ),
        pytest.param(
            {
                "app/services/open_ai.rb": "class OpenAI\n  class Client\n  end\nend\n",
                "app/services/tool.rb": "class Tool\n  def ask\n    OpenAI::Client.new.chat(parameters: { model: 'm' })\n  end\nend\n",
            },
            [],
            id="a class of the same name in no namespace",
        ),
    ],
)
def test_a_constant_is_of_the_library_unless_the_program_has_it_in_reach(files: dict[str, str], points: list[str]) -> None:
    assert roles(written(files)) == points


def test_a_method_called_by_a_name_that_subclasses_give() -> None:
    files = {
        "app/services/ai_backend.rb": """
            class AIBackend
              def oneoff_message(instructions, words)
                @client.send(client_method_name, parameters: { model: @model, messages: [{ role: "system", content: instructions }] })
              end

              def client_method_name
                raise NotImplementedError
              end
            end
            """,
        "app/services/ai_backend/open_ai.rb": """
            class AIBackend::OpenAI < AIBackend
              def self.client = ::OpenAI::Client

              def initialize(token)
                @client = self.class.client.new(access_token: token)
              end

              def client_method_name
                :chat
              end
            end
            """,
        "app/jobs/title_job.rb": """
            class TitleJob
              def perform(conversation)
                backend = conversation.assistant.backend.new(conversation.user)
                backend.oneoff_message("Name the topic of the text in two words.", [conversation.text])
              end
            end
            """,
    }
    points = linked(written(files))
    assert {place: point.role for place, point in points.items()} == {
        "app/services/ai_backend.rb:3": "gateway",
        "app/jobs/title_job.rb:4": "use",
    }
    assert points["app/services/ai_backend.rb:3"].provider == "openai"


def test_a_method_called_by_a_name_that_nobody_knows_is_nothing() -> None:
    files = {
        "app/bot.rb": """
            class Bot
              def run(name, text)
                OpenAI::Client.new.send(name, parameters: { messages: [{ role: "user", content: text }] })
              end
            end
            """
    }
    assert roles(written(files)) == []


def test_methods_of_an_opened_class_are_called_on_the_class() -> None:
    files = {
        "app/bot.rb": """
            class Bot
              class << self
                def ask(prompt)
                  OpenAI::Client.new.chat(parameters: { model: "gpt-4o", messages: [{ role: "user", content: prompt }] })
                end
              end
            end
            """,
        "app/title.rb": """
            class Title
              def of(text) = Bot.ask("Name the topic of the text in two words: #{text}")
            end
            """,
    }
    assert roles(written(files)) == ["app/bot.rb:4 gateway", "app/title.rb:2 use"]
