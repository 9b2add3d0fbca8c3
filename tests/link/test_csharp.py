"""C# projects: namespaces, primary constructors, static usings and usings for all files."""

from __future__ import annotations

import pytest

from tests.link.linked import linked, roles

LLM = """
    using Microsoft.Extensions.AI;
    namespace App.Llm;
    public class Llm(IChatClient client) : ILlm
    {
        public async Task<string> Ask(string prompt)
        {
            var response = await client.GetResponseAsync(prompt);
            return response.Text;
        }
    }
    """
CONTRACT = "namespace App.Llm;\npublic interface ILlm\n{\n    Task<string> Ask(string prompt);\n}\n"
WORDS = '"Summarise the mail below in one sentence: " + text'
USES = [
    pytest.param(f"namespace App.Llm;\nclass Mail(Llm llm)\n{{\n    Task F(string text) => llm.Ask({WORDS});\n}}\n", id="of the namespace"),
    pytest.param(
        f"using App.Llm;\nnamespace App.Mails;\nclass Mail\n{{\n    readonly ILlm _llm;\n    Mail(ILlm llm) {{ _llm = llm; }}\n"
        f"    Task F(string text) => _llm.Ask({WORDS});\n}}\n",
        id="through an interface of another namespace",
    ),
]


@pytest.mark.parametrize("mail", USES)
def test_uses_of_a_gateway_by_type(mail: str) -> None:
    line = next(n for n, text in enumerate(mail.splitlines(), 1) if "llm.Ask" in text)
    assert roles({"Llm/Llm.cs": LLM, "Llm/ILlm.cs": CONTRACT, "Mail.cs": mail}) == ["Llm/Llm.cs:8 gateway", f"Mail.cs:{line} use"]


def test_names_of_another_namespace_need_a_using() -> None:
    mail = f"namespace Other;\nclass Mail(Llm llm)\n{{\n    Task F(string text) => llm.Ask({WORDS});\n}}\n"
    assert roles({"Llm/Llm.cs": LLM, "Mail.cs": mail}) == ["Llm/Llm.cs:8 gateway"]


def test_usings_for_all_files() -> None:
    files = {
        "Usings.cs": "global using OpenAI.Chat;\n",
        "Bot.cs": 'class Bot\n{\n    object F(ChatClient c) => c.CompleteChat("Say hello to the world out there");\n}\n',
    }
    assert roles(files) == ["Bot.cs:3 direct"]


def test_prompts_of_options_that_are_filled_later_and_roles() -> None:
    code = """
        using Azure.AI.OpenAI;
        var client = new OpenAIClient(new Uri("https://x.openai.azure.com"), key);
        var options = new ChatCompletionsOptions { DeploymentName = "gpt-4o" };
        options.Messages.Add(new ChatRequestSystemMessage("You are a careful clerk of the company."));
        var answer = await client.GetChatCompletionsAsync(options);
        """
    (point,) = linked({"Program.cs": code}).values()
    assert (point.said, point.provider, point.models) == ("Program.cs:6 direct", "azure-openai", ("gpt-4o",))
    assert point.prompts == ("Program.cs:5",)


def test_static_members_of_a_class_that_is_used() -> None:
    files = {
        "Llm.cs": "using OpenAI.Chat;\npublic static class Llm\n{\n    public static string Ask(string prompt) =>"
        ' new ChatClient("gpt-4o", k).CompleteChat(prompt).Value.Content[0].Text;\n}\n',
        "Program.cs": f"using static Llm;\nvar a = Ask({WORDS});\n",
    }
    assert roles(files) == ["Llm.cs:4 gateway", "Program.cs:2 use"]


def test_what_is_registered_is_what_others_are_given() -> None:
    files = {
        "Program.cs": "using Microsoft.Extensions.AI;\nusing OpenAI;\nvar builder = WebApplication.CreateBuilder(args);\n"
        'builder.Services.AddChatClient(new OpenAIClient(key).GetChatClient("gpt-4o").AsIChatClient());\n',
        "Bot.cs": "using Microsoft.Extensions.AI;\nclass Bot(IChatClient client)\n{\n"
        '    Task F() => client.GetResponseAsync("Say hello to the world out there");\n}\n',
    }
    (point,) = linked(files).values()
    assert (point.said, point.models, point.provider) == ("Bot.cs:4 direct", ("gpt-4o",), "openai")


EXTENSION = """
    using Microsoft.Extensions.AI;
    namespace App.Llm;
    public static class ChatExtensions
    {
        public static async Task<string> AskBriefly(this IChatClient chat, string prompt)
        {
            return (await chat.GetResponseAsync(prompt)).Text;
        }
    }
    """


@pytest.mark.parametrize(
    ("code", "uses"),
    [
        pytest.param(
            "using App.Llm;\nusing Microsoft.Extensions.AI;\nclass Mail(IChatClient chat)\n{\n"
            f"    Task F(string text) => chat.AskBriefly({WORDS});\n}}\n",
            ["Mail.cs:5 use"],
            id="as a method of what it extends",
        ),
        pytest.param(
            f"using App.Llm;\nclass Mail\n{{\n    Task F(object chat, string text) => ChatExtensions.AskBriefly(chat, {WORDS});\n}}\n",
            ["Mail.cs:4 use"],
            id="as the function that it is",
        ),
        pytest.param(
            f"using Other;\nclass Mail(Chat chat)\n{{\n    Task F(string text) => chat.AskBriefly({WORDS});\n}}\n",
            [],
            id="its namespace is not used",
        ),
        pytest.param(
            f"using App.Llm;\nclass Phone {{ }}\nclass Mail(Phone phone)\n{{\n    Task F(string text) => phone.AskBriefly({WORDS});\n}}\n",
            [],
            id="of an object of another type",
        ),
    ],
)
def test_extension_methods(code: str, uses: list[str]) -> None:
    found = roles({"Llm/ChatExtensions.cs": EXTENSION, "Mail.cs": code})
    assert [said for said in found if said.startswith("Mail.cs")] == uses


@pytest.mark.parametrize(
    ("code", "models"),
    [
        pytest.param('builder.AddOpenAIChatCompletion("gpt-4o", key);\n', ("gpt-4o",), id="a call on the builder"),
        pytest.param('builder.Services.AddLogging().AddOpenAIChatCompletion("gpt-4o", key);\n', ("gpt-4o",), id="on its services"),
        pytest.param('other.AddOpenAIChatCompletion("gpt-4o", key);\n', (), id="on something else"),
    ],
)
def test_what_configures_a_builder_held_in_a_variable(code: str, models: tuple[str, ...]) -> None:
    program = (
        f"using Microsoft.SemanticKernel;\nvar builder = Kernel.CreateBuilder();\n{code}"
        'var kernel = builder.Build();\nvar (asked, said) = (kernel, "Say hello to the world out there");\n'
        "await asked.InvokePromptAsync(said);\n"
    )
    (point,) = linked({"Program.cs": program}).values()
    assert (point.said, point.models) == ("Program.cs:6 direct", models)


BOT = (
    "using Microsoft.Extensions.AI;\nclass Bot(IChatClient client)\n{\n"
    '    Task F() => client.GetResponseAsync("Say hello to the world");\n}\n'
)
REGISTERED = (
    "using Microsoft.Extensions.AI;\nusing OpenAI;\n{used}var builder = WebApplication.CreateBuilder(args);\n"
    'builder.Services.AddChatClient(new OpenAIClient(key).GetChatClient("gpt-4o").AsIChatClient());\n'
)


@pytest.mark.parametrize(
    ("bot", "used", "models"),
    [
        pytest.param(f"namespace Lib;\n{BOT}", "", (), id="of another application"),
        pytest.param(f"namespace Lib;\n{BOT}", "using Lib;\n", ("gpt-4o",), id="of a library that the application uses"),
    ],
)
def test_what_is_registered_is_for_the_same_application(bot: str, used: str, models: tuple[str, ...]) -> None:
    files = {"A/A.csproj": "", "B/B.csproj": "", "A/Program.cs": REGISTERED.format(used=used), "B/Bot.cs": bot}
    assert [point.models for point in linked(files).values()] == [models]
