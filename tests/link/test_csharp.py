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
