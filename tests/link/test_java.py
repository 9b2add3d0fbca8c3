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


SERVICE = (
    "package a;\nimport dev.langchain4j.service.AiServices;\nimport dev.langchain4j.model.openai.OpenAiChatModel;\nclass Main {\n"
    '  interface Helper {\n    String help(String text);\n    default String name() {\n      return "x";\n    }\n  }\n'
    '  Helper made() {\n    var model = OpenAiChatModel.builder().modelName("gpt-4o").build();\n'
    "    return AiServices.builder(Helper.class).chatModel(model).build();\n  }\n"
)


@pytest.mark.parametrize(
    ("body", "points"),
    [
        pytest.param(
            '  String f() {\n    var h = made();\n    return h.help("Say hello");\n  }\n}\n', ["a/Main.java:17 direct"], id="a variable"
        ),
        pytest.param(
            '  String f(Helper h) {\n    return h.help("Say hello");\n  }\n}\n', ["a/Main.java:16 direct"], id="a parameter of its type"
        ),
        pytest.param("  String f(Helper h) {\n    return h.name();\n  }\n}\n", ["a/Main.java:13 direct"], id="a method with a body"),
        pytest.param("}\n", ["a/Main.java:13 direct"], id="never called"),
    ],
)
def test_services_that_a_library_implements_are_asked_where_they_are_called(body: str, points: list[str]) -> None:
    found = linked({"a/Main.java": SERVICE + body})
    assert [(point.said, point.models) for point in found.values()] == [(said, ("gpt-4o",)) for said in points]


REQUEST = """
    package a;
    import com.google.gson.*;
    import okhttp3.*;
    class Web {{
        private final OkHttpClient client = new OkHttpClient();
        String ask(String base, String prompt) {{
            JsonObject body = new JsonObject();
            body.addProperty("model", "llama3");
            body.addProperty("{key}", prompt);
            RequestBody sent = RequestBody.create(new Gson().toJson(body), MediaType.parse("application/json"));
            Request request = new Request.Builder().url(base + "{path}").post(sent).build();
            return client.newCall(request).execute().body().string();
        }}
    }}
    """


@pytest.mark.parametrize(
    ("path", "key", "points"),
    [
        pytest.param("completions", "prompt", [("a/Web.java:13 gateway", ("llama3",))], id="sent, with what its body says"),
        pytest.param("api/generate", "prompt", [("a/Web.java:13 gateway", ("llama3",))], id="a host that is not known"),
        pytest.param("completions", "title", [], id="a body that asks nothing"),
        pytest.param("orders", "prompt", [], id="another address"),
    ],
)
def test_requests_that_are_built_and_sent(path: str, key: str, points: list[tuple[str, tuple[str, ...]]]) -> None:
    found = linked({"a/Web.java": REQUEST.format(path=path, key=key)})
    assert [(point.said, point.models) for point in found.values()] == points


@pytest.mark.parametrize(
    ("marks", "points"),
    [
        pytest.param("@lombok.Getter\n", ["a/B.java:5 direct"], id="of a class"),
        pytest.param("@Data\n", ["a/B.java:5 direct"], id="of data"),
        pytest.param("@Setter\n", [], id="none"),
    ],
)
def test_methods_that_lombok_makes(marks: str, points: list[str]) -> None:
    models = f"package a;\nimport dev.langchain4j.model.chat.ChatModel;\n{marks}class Models {{\n  private ChatModel main;\n}}\n"
    asking = 'package a;\nclass B {\n  Models models;\n  String f() {\n    return models.getMain().chat("Say hello");\n  }\n}\n'
    assert roles({"a/Models.java": models, "a/B.java": asking}) == points


def test_a_declared_result_says_what_an_unknown_call_gives() -> None:
    files = {
        "a/Models.java": "package a;\nimport dev.langchain4j.model.chat.ChatModel;\nimport org.host.Registry;\nclass Models {\n"
        "  static Models instance() {\n    return Registry.current().service(Models.class);\n  }\n"
        "  ChatModel main() {\n    return Registry.current().model();\n  }\n}\n",
        "a/B.java": "package a;\nclass B {\n  Models models = Models.instance();\n  String f() {\n"
        '    return models.main().chat("Hi");\n  }\n}\n',
    }
    assert roles(files) == ["a/B.java:5 direct"]


def test_what_an_object_that_is_handed_in_holds_comes_from_the_caller() -> None:
    files = {
        "a/Ask.java": "package a;\nclass Ask {\n  private String text;\n  Ask(String text) {\n    this.text = text;\n  }\n"
        "  String getText() {\n    return text;\n  }\n}\n",
        "a/Llm.java": "package a;\n" + CLIENT + "class Llm {\n  ChatClient client;\n  String run(Ask ask) {\n"
        "    return client.prompt().user(ask.getText()).call().content();\n  }\n}\n",
        "a/B.java": "package a;\nclass B {\n  String f(Llm llm) {\n"
        '    return llm.run(new Ask("Summarise the mail in one sentence"));\n  }\n}\n',
    }
    assert roles(files) == ["a/B.java:4 use", "a/Llm.java:6 gateway"]
