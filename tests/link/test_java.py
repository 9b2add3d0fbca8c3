"""Java projects: names of a package, types of fields and parameters, and what frameworks put in."""

from __future__ import annotations

import pytest

from tests.link.linked import linked, roles

CLIENT = "import org.springframework.ai.chat.client.ChatClient;\n"
GATEWAY = (
    "package a.llm;\n" + CLIENT + "public class Llm {\n  private final ChatClient client;\n"
    "  public Llm(ChatClient.Builder builder) {\n    this.client = builder.build();\n  }\n"
    "  public String ask(String prompt) {\n    return client.prompt().user(prompt).call().content();\n  }\n}\n"
)
USES = [
    pytest.param(
        "package a.llm;\nclass Mail {\n  private final Llm llm;\n  Mail(Llm llm) { this.llm = llm; }\n"
        '  String f(String t) {\n    return llm.ask("Summarise the mail below in one sentence: " + t);\n  }\n}\n',
        id="of the same package",
    ),
    pytest.param(
        "package a.mail;\nimport a.llm.Llm;\nclass Mail {\n  @Autowired\n  private Llm llm;\n"
        '  String f(String t) {\n    return this.llm.ask("Summarise the mail below in one sentence: " + t);\n  }\n}\n',
        id="imported, a field that is filled in",
    ),
    pytest.param(
        'package a.mail;\nimport a.llm.*;\nclass Mail {\n  static final String P = "Summarise the mail below in one sentence: ";\n\n'
        "  String f(Llm llm, String t) {\n    return llm.ask(P + t);\n  }\n}\n",
        id="of a package that is imported as a whole, a parameter",
    ),
]


@pytest.mark.parametrize("mail", USES)
def test_uses_of_a_gateway_by_type(mail: str) -> None:
    line = next(n for n, text in enumerate(mail.splitlines(), 1) if "llm.ask" in text)
    files = {"src/main/java/a/llm/Llm.java": GATEWAY, f"src/main/java/{mail[8:14].replace('.', '/').strip(';/')}/Mail.java": mail}
    path = next(p for p in files if p.endswith("Mail.java"))
    assert roles(files) == sorted(["src/main/java/a/llm/Llm.java:9 gateway", f"{path}:{line} use"])


def test_a_method_of_the_same_name_of_another_class_is_no_use() -> None:
    other = """
        package a.other;
        class Other {
            String ask(String p) { return p; }
            String f() { return ask("Summarise the mail below: "); }
        }
        """
    assert roles({"a/llm/Llm.java": GATEWAY, "a/other/Other.java": other}) == ["a/llm/Llm.java:9 gateway"]


def test_an_overload_is_told_by_its_arguments() -> None:
    code = (
        "package a;\n" + CLIENT + "class Llm {\n  ChatClient client;\n  String ask(String p) {\n    return ask(p, 0.2);\n  }\n"
        "  String ask(String p, double t) {\n    return client.prompt().user(p).call().content();\n  }\n"
        '  String f(String t) {\n    return ask("Classify the ticket below as bug or question: " + t);\n  }\n}\n'
    )
    assert roles({"a/Llm.java": code}) == ["a/Llm.java:12 use", "a/Llm.java:9 gateway"]


def test_an_interface_leads_to_the_class_that_implements_it() -> None:
    files = {
        "a/Talker.java": "package a;\npublic interface Talker {\n  String ask(String prompt);\n}\n",
        "a/Llm.java": GATEWAY.replace("package a.llm", "package a").replace("class Llm", "class Llm implements Talker"),
        "a/Mail.java": "package a;\nclass Mail {\n  Talker talker;\n"
        '  String f(String t) {\n    return talker.ask("Summarise the mail below in one sentence: " + t);\n  }\n}\n',
    }
    assert roles(files) == ["a/Llm.java:9 gateway", "a/Mail.java:5 use"]


def test_prompts_of_chains_constants_resources_and_annotations() -> None:
    said = """
        package a;
        public class Said {
            public static final String SYSTEM = "You are a careful clerk of the company.";
        }
        """
    mail = f"""
        package a;
        {CLIENT.strip()}
        import org.springframework.beans.factory.annotation.Value;
        class Mail {{
            @Value("classpath:/prompts/mail.st") org.springframework.core.io.Resource mail;
            String f(ChatClient client) {{
                return client.prompt().system(Said.SYSTEM).user(u -> u.text(mail).param("a", 1)).call().content();
            }}
        }}
        """
    bot = """
        package a;
        import dev.langchain4j.service.SystemMessage;
        import dev.langchain4j.service.UserMessage;
        interface Bot {
            @SystemMessage("Answer as a clerk would answer.")
            @UserMessage("Answer the mail: {{it}}")
            String answer(String mail);
        }
        """
    texts = {"src/main/resources/prompts/mail.st": "Summarise the mail below"}
    points = linked({"a/Said.java": said, "a/Mail.java": mail, "a/Bot.java": bot, **texts})
    assert set(points["a/Mail.java:8"].prompts) == {"a/Said.java:4", "src/main/resources/prompts/mail.st"}
    assert set(points["a/Bot.java:6"].prompts) == {"a/Bot.java:6", "a/Bot.java:7"}
    assert len(points) == 2


def test_models_by_builder_constant_and_setting() -> None:
    code = (
        "package a;\nimport dev.langchain4j.model.openai.OpenAiChatModel;\nimport dev.langchain4j.model.openai.OpenAiChatModelName;\n"
        'class A {\n  static final String NAME = "gpt-4o";\n'
        "  OpenAiChatModel one = OpenAiChatModel.builder().modelName(NAME).build();\n"
        "  OpenAiChatModel two = OpenAiChatModel.builder().modelName(OpenAiChatModelName.GPT_4_O_MINI).build();\n"
        '  String f() { return one.chat("hi"); }\n  String g() { return two.chat("hi"); }\n}\n'
    )
    points = linked({"a/A.java": code})
    assert [(p.models, p.provider) for p in points.values()] == [(("gpt-4o",), "openai"), (("gpt-4o-mini",), "openai")]


def test_what_a_bean_method_makes_is_what_others_are_given() -> None:
    config = """
        package a;
        import dev.langchain4j.model.chat.ChatModel;
        import dev.langchain4j.model.openai.OpenAiChatModel;
        import org.springframework.context.annotation.Bean;
        class Config {
            @Bean ChatModel model() { return OpenAiChatModel.builder().modelName("gpt-4o").build(); }
        }
        """
    other = config.replace("class Config", "class Second").replace("gpt-4o", "gpt-4.1").replace("model()", "second()")
    bot = """
        package a;
        import dev.langchain4j.model.chat.ChatModel;
        class Bot {
            private final ChatModel model;
            Bot(ChatModel model) { this.model = model; }
            String hello() { return model.chat("Say hello to the world out there"); }
        }
        """
    (one,) = linked({"a/Config.java": config, "a/Bot.java": bot}).values()
    assert (one.said, one.models, one.provider) == ("a/Bot.java:7 direct", ("gpt-4o",), "openai")
    (several,) = linked({"a/Config.java": config, "a/Second.java": other, "a/Bot.java": bot}).values()
    assert (several.models, several.provider) == ((), "dynamic")
