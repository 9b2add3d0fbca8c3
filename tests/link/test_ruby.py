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


ENDPOINT = """
    module Talk
      module Endpoints
        class Base
          def self.all
            [Talk::Endpoints::OpenAi, Talk::Endpoints::Gemini].detect { |one| one.fits? }
          end

          def complete!(words)
            body = { model: "m", messages: words }.to_json
            request = prepare(body)
            Platform::HTTP.start(address.host, address.port) do |http|
              http.request(request) { |response| return response.body }
            end
          end

          def prepare(payload)
            raise NotImplementedError
          end
        end
      end
    end
    """
OPEN_AI = """
    module Talk
      module Endpoints
        class OpenAi < Base
          def address
            URI("https://api.openai.com/v1/chat/completions")
          end

          def prepare(payload)
            Net::HTTP::Post.new(address, headers).tap { |request| request.body = payload }
          end
        end
      end
    end
    """
GEMINI = OPEN_AI.replace("OpenAi", "Gemini").replace(
    "https://api.openai.com/v1/chat/completions", "https://generativelanguage.googleapis.com/v1beta/models/g:generateContent"
)
LLM = """
    module Talk
      class Llm
        class << self
          def proxy
            new(Talk::Endpoints::Base.all)
          end
        end

        def initialize(endpoint)
          @endpoint = endpoint
        end

        def generate(prompt)
          @endpoint.new.complete!(prompt)
        end
      end
    end
    """
CALLER = """
    module Talk
      class Titler
        def title(text, %s)
          %s("Name the topic of the text in two words: #{text}")
          nil
        end
      end
    end
    """
TALK = {
    "lib/endpoints/base.rb": ENDPOINT,
    "lib/endpoints/open_ai.rb": OPEN_AI,
    "lib/endpoints/gemini.rb": GEMINI,
    "lib/llm.rb": LLM,
}


@pytest.mark.parametrize(
    ("receiver", "called", "uses"),
    [
        pytest.param("other", "Talk::Llm.proxy.generate", ["lib/titler.rb:4"], id="a class named with its namespaces"),
        pytest.param("fast_llm", "fast_llm.generate", ["lib/titler.rb:4"], id="something that is named like the class"),
        pytest.param("report", "report.generate", [], id="something that is not"),
    ],
)
def test_requests_that_subclasses_make_and_their_base_sends(receiver: str, called: str, uses: list[str]) -> None:
    points = linked(written({**TALK, "lib/titler.rb": CALLER % (receiver, called)}))
    gateways = {place: (point.role, point.provider) for place, point in points.items() if place.startswith("lib/endpoints/")}
    assert [place for place, point in points.items() if point.role == "use"] == uses
    assert set(gateways) == {"lib/endpoints/base.rb:12"}
    assert not uses or gateways == {"lib/endpoints/base.rb:12": ("gateway", "dynamic")}


@pytest.mark.parametrize(
    ("code", "points"),
    [
        pytest.param(
            """
            uri = URI("https://api.openai.com/v1/chat/completions")
            http = Net::HTTP.new(uri.host, uri.port)
            request = Net::HTTP::Post.new(uri.request_uri)
            request.body = { model: "gpt-4o", messages: [{ role: "user", content: "Say hello." }] }.to_json
            http.request(request)
            """,
            ["ask.rb:5 direct"],
            id="a request is where it is sent",
        ),
        pytest.param(
            """
            uri = URI("https://api.example.com/v1/orders")
            http = Net::HTTP.new(uri.host, uri.port)
            http.request(Net::HTTP::Post.new(uri.request_uri))
            """,
            [],
            id="a request for something else",
        ),
        pytest.param(
            """
            uri = URI("https://api.openai.com/v1/chat/completions")
            puts uri.host
            """,
            ["ask.rb:1 direct"],
            id="an address, where nobody knows who sends the request",
        ),
    ],
)
def test_requests_of_the_standard_library(code: str, points: list[str]) -> None:
    assert roles(written({"ask.rb": code})) == points


@pytest.mark.parametrize(
    ("owner", "body", "points"),
    [
        pytest.param("TextEmbeddings", "{ inputs: [text], truncate: true }", ["client.rb:4 direct"], id="texts in a class for embeddings"),
        pytest.param("TextEmbedder", "{ title: text }", [], id="no text in a class for embeddings"),
        pytest.param("Outbox", "{ inputs: [text], truncate: true }", [], id="texts in a class for anything"),
    ],
)
def test_a_body_and_the_name_around_it_say_what_is_asked_together(owner: str, body: str, points: list[str]) -> None:
    client = f"""
        class {owner}
          def send_all(text)
            conn = Faraday.new(nil)
            conn.post(@endpoint, {body}.to_json, @headers)
          end
        end
        """
    assert roles(written({"client.rb": client})) == points


HELD = """
    class Holder
      attr_reader :client

      def initialize
        @client = OpenAI::Client.new(access_token: "t")
      end
    end
    """
ASKER = """
    class Asker
      def initialize
        @holder = Holder.new
        @client = @holder.client
      end

      def ask
        %s(parameters: { model: "gpt-4o", messages: [{ role: "user", content: "Say hello." }] })
      end

      def other
        @other ||= begin
          token = "t"
          OpenAI::Client.new(access_token: token)
        end
      end

      def none
        @none ||= begin
          Outbox.new
        end
      end
    end
    """


@pytest.mark.parametrize(
    ("called", "points"),
    [
        pytest.param("@client.chat", ["app/asker.rb:8 direct"], id="a field of another object, kept"),
        pytest.param("@holder.client.chat", ["app/asker.rb:8 direct"], id="a field of another object"),
        pytest.param("other.chat", ["app/asker.rb:8 direct"], id="a method of the name of the field that it fills"),
        pytest.param("@holder.server.chat", [], id="no field of the other object"),
        pytest.param("none.chat", [], id="a method that gives something else"),
    ],
)
def test_a_field_is_read_by_calling_its_name(called: str, points: list[str]) -> None:
    assert roles(written({"app/holder.rb": HELD, "app/asker.rb": ASKER % called})) == points
