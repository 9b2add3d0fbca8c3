"""Loading, look-ups, models and HTTP of the catalogue."""

from __future__ import annotations

import ast
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from aicensus.cachedir import cache_folder
from aicensus.catalog import Catalog, CatalogError, Example, LanguageCatalog, catalog_schema, load

SdkFile = Callable[..., Path]


# loading


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        pytest.param("modles: [acme]\n", 4, "unknown field `modles`", id="unknown key of the file"),
        pytest.param(
            "calls:\n  - {callee: acme.ask, kind: chat}\n  - {callee: acme.go, kind: chat, promt: [0]}\n",
            6,
            "`promt`",
            id="unknown key of a row",
        ),
        pytest.param("calls:\n  - {callee: acme.ask, kind: poem}\n", 5, "poem", id="unknown kind"),
        pytest.param(
            "calls:\n  - {callee: acme.ask, kind: chat, model: model}\n", 5, "a list of argument names", id="slot that is no list"
        ),
        pytest.param(
            "calls:\n  - {callee: acme.ask, kind: chat, model: [true]}\n",
            5,
            "neither an argument name nor a position",
            id="slot of a boolean",
        ),
        pytest.param(
            "calls:\n  - {callee: '<client>.ask', kind: chat}\n", 5, "no type `acme.client`", id="type of the file that does not exist"
        ),
        pytest.param(
            "calls:\n  - {callee: acme.ask, kind: chat, result: other.thing}\n",
            5,
            "no type `other.thing`",
            id="type of another file that does not exist",
        ),
        pytest.param("types:\n  - name: a\n    members: {x: b}\n", 6, "no type `acme.b`", id="member of a type that does not exist"),
        pytest.param("types:\n  - name: a\n  - name: a\n", 6, "given twice", id="type twice"),
        pytest.param("calls:\n  - {callee: 'acme.{ask', kind: chat}\n", 5, "without `}`", id="open brace"),
        pytest.param("calls:\n  - {callee: 'acme.ask}', kind: chat}\n", 5, "without `{`", id="closed brace"),
        pytest.param("calls:\n  - {callee: 'acme.ask()', kind: chat}\n", 5, "cannot match", id="callee with its call"),
        pytest.param("calls:\n  - {callee: 'acme#ask', kind: chat}\n", 5, "no path of Python", id="JavaScript path in Python"),
        pytest.param("calls:\n  - {callee: 'acme.ask.', kind: chat}\n", 5, "cannot match", id="dot at the end"),
        pytest.param(
            "types:\n  - name: a\n    from: [{callee: acme.A}]\ncalls:\n  - {callee: 'acme.A().ask', kind: chat}\n",
            8,
            "is written `<acme.a>`",
            id="through a constructor",
        ),
        pytest.param(
            "types:\n  - name: a\n    same: [copy]\ncalls:\n  - {callee: '<a>.copy.ask', kind: chat}\n",
            8,
            "is written `<acme.a>`",
            id="through a member that keeps the type",
        ),
        pytest.param(
            "types:\n  - name: a\ncalls:\n  - {callee: '<a>.*', kind: chat, strong: true}\n",
            7,
            "no plain members",
            id="strong without names",
        ),
        pytest.param("entry_points:\n  - {kind: http}\n", 5, "what to match", id="entry point of nothing"),
        pytest.param("packages: &a [x]\nmodules: *a\n", 5, "aliases are not read", id="YAML alias"),
        pytest.param("calls: [\n", 0, "expected", id="broken YAML"),
    ],
)
def test_a_mistake_is_refused_with_its_line(sdk_file: SdkFile, text: str, line: int, words: str) -> None:
    path = sdk_file(text)
    with pytest.raises(CatalogError) as caught:
        load([path])
    problem = caught.value.problems[0]
    assert problem.file == str(path)
    assert words in problem.message
    assert not line or problem.line == line


def test_mistakes_of_several_files_come_in_one_go(sdk_file: SdkFile) -> None:
    paths = [sdk_file("modles: []\n", "one"), sdk_file("calls: [{callee: a.b, kind: poem}]\n", "two")]
    with pytest.raises(CatalogError) as caught:
        load(paths)
    assert [Path(problem.file).stem for problem in caught.value.problems] == ["one", "two"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        pytest.param("sdk: other\nlanguage: python\n", "must be the name of the file", id="sdk is not the file's name"),
        pytest.param("colour: blue\n", "none of the keys", id="no kind of catalogue file"),
        pytest.param("- a\n", "Expected `object`", id="no mapping"),
        pytest.param("", "Expected `object`", id="empty"),
        pytest.param("!!python/object:os.system {}\n", "could not determine a constructor", id="a YAML object"),
    ],
)
def test_a_file_that_is_no_catalogue_is_refused(tmp_path: Path, content: str, words: str) -> None:
    path = tmp_path / "acme.yaml"
    path.write_text(content)
    with pytest.raises(CatalogError, match=words):
        load([path])


@pytest.mark.parametrize(
    ("content", "words"),
    [
        pytest.param("hosts:\n  - {host: '{a,b.example.com', provider: openai}\n", "without `}`", id="host"),
        pytest.param("paths:\n  - {suffix: '/a}', kind: chat}\n", "without `{`", id="path"),
        pytest.param("callers:\n  - {language: python, callee: 'a.{b', url: [0]}\n", "without `}`", id="caller"),
        pytest.param("as_of: 2026-11-20\nmodels: [{provider: openai, id: 'gpt-*-mini'}]\n", "only end in", id="model id"),
    ],
)
def test_a_malformed_pattern_of_hosts_and_models_is_refused_with_its_line(tmp_path: Path, content: str, words: str) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(content)
    with pytest.raises(CatalogError, match=words) as caught:
        load([path])
    assert caught.value.problems[0].line == 2


def test_a_path_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match="cannot be read"):
        load([tmp_path / "none.yaml"])


def test_an_extra_file_replaces_the_packaged_one_of_its_name(packaged: Catalog, sdk_file: SdkFile) -> None:
    changed = load([sdk_file("calls: [{callee: acme.ask, kind: chat}]\n", "ollama")])
    assert changed.language("python").call("acme.ask") is not None
    assert changed.language("python").call("ollama.chat") is None
    assert changed.digest != packaged.digest
    assert load().digest == packaged.digest


def test_extra_model_and_host_rows_are_looked_at_first(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text(
        "as_of: 2027-01-01\nmodels: [{provider: openai, id: gpt-4o, retires: 2030-01-01, source: contract}]\n"
    )
    (tmp_path / "hosts.yaml").write_text("hosts: [{host: llm.example.com, provider: openai}]\n")
    catalog = load([tmp_path])
    fact = catalog.models.lookup("openai", "gpt-4o")
    assert fact is not None
    assert (fact.retires, fact.source, fact.as_of) == (date(2030, 1, 1), "contract", date(2027, 1, 1))
    assert catalog.http.host("llm.example.com") == "openai"
    assert catalog.http.host("api.openai.com") == "openai"


@pytest.mark.parametrize("damage", [b"", b"x" * 50, None], ids=["empty", "other bytes", "a folder in its place"])
def test_a_damaged_cache_is_read_over(sdk_file: SdkFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: bytes | None) -> None:
    load()
    shutil.copytree(cache_folder(), tmp_path / "cache")
    monkeypatch.setenv("AICENSUS_CACHE_DIR", str(tmp_path / "cache"))
    before = {file.name for file in (tmp_path / "cache").rglob("*.msgpack")}
    extra = [sdk_file("calls: [{callee: acme.ask, kind: chat}]\n")]
    digest = load(extra).digest
    kept = sorted((tmp_path / "cache").rglob("*.msgpack"))
    added = [file for file in kept if file.name not in before]
    assert added
    # What came with the test, and a few of the package: reading all of them anew takes seconds.
    for file in [*added, *kept[::20]]:
        if not file.is_file():
            continue
        file.unlink()
        if damage is None:
            file.mkdir()
        else:
            file.write_bytes(damage)
    again = load(extra)
    assert again.digest == digest
    assert again.language("python").call("acme.ask") is not None


def test_a_cache_that_cannot_be_written_only_costs_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("AICENSUS_CACHE_DIR", str(tmp_path / "file" / "cache"))
    assert load().sdks


def test_the_schema_names_every_section() -> None:
    sections = catalog_schema()["$defs"]["Sdk"]["properties"]
    assert {"types", "calls", "functions", "prompts", "decorators", "state", "entry_points", "tracers", "examples"} <= sections.keys()


# look-ups in a catalogue of our own

ACME = """
    modules: [acme, acme_extra.models]
    types:
      - name: client
        slots: {timeout: [timeout], model: [model]}
        from:
          - {callee: "acme.{,aio.}Client", model: [engine, 0], defaults: {timeout: 60}}
          - {callee: "acme.CloudClient", provider: cloud}
        annotations: ["acme.types.ClientLike"]
        values: [acme.default_client]
        same: [copy]
        members: {beta: beta, chain: runnable}
      - name: beta
        bases: [client]
        members: {chain: beta}
      - name: runnable
        compose: ["|"]
        call: client
      - name: parser
        compose: ["|", "+"]
        composes_to: runnable
      - name: vision
        from: [{callee: acme.client, when: {0: vision, service: vision}}]
      - name: audio
        from: [{callee: acme.client, when: {0: [speech, audio]}}, {callee: "<client>.audio"}]
    calls:
      - callee: "<client>.chat{,.raw}.create"
        kind: chat
        model: [model]
        prompt: [messages, 0]
        strong: true
        require: ["messages|prompt"]
        forbid: [to]
      - {callee: "acme.{ask,aio.ask}", kind: completion, provider: other, result: runnable}
      - {callee: "<audio>.say_*", kind: audio}
      - {callee: "<runnable>", kind: agent}
      - {callee: "acme.Legacy.create", kind: completion, strong: any}
    functions: [{callee: "<client>.bind", result: runnable}]
    prompts: [{callee: "acme.{System,User}Text", role: system, text: [0]}]
    decorators: [{callee: acme.prompt, kind: chat, prompt: [0]}]
    state: [{callee: "<client>.files.get", kind: file, tech: acme, access: read, name: [0]}]
    tracers: [{callee: acme.trace, kind: tracer, name: acme}]
    entry_points:
      - {decorator: "acme.App().{get,post}", kind: http, name: [0]}
      - {callee: "acme.App().schedule", kind: schedule, handler: [1]}
      - {base: acme.View, kind: http, methods: [get]}
      - {path: "app/**/route.py", kind: http, exports: [GET]}
      - {function: handler, kind: lambda}
"""


@pytest.fixture
def acme(sdk_file: SdkFile) -> LanguageCatalog:
    return load([sdk_file(ACME)]).language("python")


@pytest.mark.parametrize(
    ("path", "type_"),
    [
        ("acme.Client", "acme.client"),
        ("acme.aio.Client", "acme.client"),
        ("acme.CloudClient", "acme.client"),
        ("<acme.client>.audio", "acme.audio"),
        ("<acme.beta>.audio", "acme.audio"),
        ("acme.aio.CloudClient", None),
        ("acme.Client.x", None),
        ("xacme.Client", None),
        ("acme.client", None),
        ("<acme.vision>.audio", None),
    ],
)
def test_construct(acme: LanguageCatalog, path: str, type_: str | None) -> None:
    found = acme.construct(path)
    assert (found.type if found else None) == type_


def test_a_constructor_row_has_the_slots_of_its_type_and_the_provider_of_its_file(acme: LanguageCatalog) -> None:
    plain, cloud = acme.construct("acme.Client"), acme.construct("acme.CloudClient")
    assert plain is not None
    assert cloud is not None
    assert (plain.row.provider, plain.row.model.order, plain.row.timeout.names, plain.row.defaults) == (
        "acme",
        ("engine", 0),
        ("timeout",),
        {"timeout": 60},
    )
    assert (cloud.row.provider, cloud.row.model.order, cloud.row.sdk) == ("cloud", ("model",), "acme")


def test_a_constructor_that_depends_on_an_argument_is_offered_with_its_condition(acme: LanguageCatalog) -> None:
    found = {item.type: item.row.when for item in acme.constructs("acme.client")}
    assert set(found) == {"acme.vision", "acme.audio"}
    vision, audio = found["acme.vision"], found["acme.audio"]
    assert vision is not None
    assert audio is not None
    assert vision.slot.order == (0, "service")
    assert vision.values == {"vision"}
    assert audio.values == {"speech", "audio"}


@pytest.mark.parametrize(
    ("path", "type_"),
    [("acme.types.ClientLike", "acme.client"), ("acme.Client", "acme.client"), ("acme.client", None), ("acme.types.Client", None)],
)
def test_annotation(acme: LanguageCatalog, path: str, type_: str | None) -> None:
    assert acme.annotation(path) == type_


def test_types_of_members_values_and_operators(acme: LanguageCatalog) -> None:
    assert acme.value("acme.default_client") == "acme.client"
    assert acme.value("acme.other") is None
    assert acme.member("acme.client", "copy") == "acme.client"
    assert acme.member("acme.beta", "copy") == "acme.beta"
    assert acme.member("acme.client", "chain") == "acme.runnable"
    assert acme.member("acme.beta", "chain") == "acme.beta"
    assert acme.member("acme.client", "chat") is None
    assert acme.member("acme.nothing", "copy") is None
    assert acme.compose("acme.runnable", "|") == "acme.runnable"
    assert acme.compose("acme.parser", "+") == "acme.runnable"
    assert acme.compose("acme.runnable", "+") is None
    assert acme.call_type("acme.runnable") == "acme.client"
    assert acme.call_type("acme.client") is None


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("<acme.client>.chat.create", "chat"),
        ("<acme.client>.chat.raw.create", "chat"),
        ("<acme.beta>.chat.create", "chat"),
        ("acme.aio.ask", "completion"),
        ("<acme.audio>.say_hello", "audio"),
        ("<acme.audio>.say_", "audio"),
        ("<acme.runnable>", "agent"),
        ("<acme.audio>.say_hello.now", None),
        ("<acme.client>.chat.other.create", None),
        ("<acme.runnable>.chat.create", None),
        ("acme.asks", None),
        ("acme", None),
        ("<acme.client>", None),
        ("<unknown", None),
        ("", None),
    ],
)
def test_call(acme: LanguageCatalog, path: str, kind: str | None) -> None:
    row = acme.call(path)
    assert (row.kind if row else None) == kind


def test_a_call_row_is_complete(acme: LanguageCatalog) -> None:
    ask, chat = acme.call("acme.ask"), acme.call("<acme.client>.chat.create")
    assert ask is not None
    assert chat is not None
    assert (ask.sdk, ask.provider, ask.result) == ("acme", "other", "acme.runnable")
    assert (chat.provider, chat.result, chat.prompt.names, chat.prompt.positions) == ("acme", "", ("messages",), (0,))
    assert not chat.system


@pytest.mark.parametrize(
    ("chain", "found"),
    [
        ("self.client.chat.create", True),
        ("x.chat.create", True),
        ("x.chat.raw.create", True),
        ("x.Legacy.create", True),
        ("chat.create", False),
        ("x.create", False),
        ("x.mychat.create", False),
        ("x.chat.create.now", False),
    ],
)
def test_strong(acme: LanguageCatalog, chain: str, found: bool) -> None:
    assert any(row.sdk == "acme" for row in acme.strong(chain)) is found


@pytest.mark.parametrize(
    ("names", "spread", "accepted"),
    [
        ({"messages", "model"}, False, True),
        ({"prompt"}, False, True),
        (set(), True, True),
        ({"model"}, False, False),
        ({"messages", "to"}, False, False),
        ({"to"}, True, False),
    ],
)
def test_required_and_forbidden_arguments(acme: LanguageCatalog, names: set[str], spread: bool, accepted: bool) -> None:
    row = acme.call("<acme.client>.chat.create")
    assert row is not None
    assert row.accepts(names, spread=spread) is accepted


def test_other_rows(acme: LanguageCatalog) -> None:
    function, prompt, decorator = acme.function("<acme.beta>.bind"), acme.prompt("acme.SystemText"), acme.decorator("acme.prompt")
    assert function is not None
    assert prompt is not None
    assert decorator is not None
    assert (function.result, prompt.role, decorator.kind, decorator.provider) == ("acme.runnable", "system", "chat", "acme")
    state, tracer = acme.state("<acme.client>.files.get"), acme.tracer("acme.trace")
    assert state is not None
    assert tracer is not None
    assert (state.tech, state.name.positions, tracer.name) == ("acme", (0,), "acme")
    assert acme.function("acme.bind") is None
    assert acme.prompt("acme.Text") is None


def test_entry_points(acme: LanguageCatalog) -> None:
    route, job, view = acme.entry_decorator("acme.App().post"), acme.entry_callee("acme.App().schedule"), acme.entry_base("acme.View")
    assert route is not None
    assert job is not None
    assert view is not None
    assert (route.kind, job.handler.positions, view.methods) == ("http", (1,), ("get",))
    assert acme.entry_decorator("acme.App().put") is None
    assert "app/**/route.py" in [row.path for row in acme.entry_paths]
    assert "handler" in [row.function for row in acme.entry_functions]


def test_modules_and_tokens(acme: LanguageCatalog) -> None:
    assert "acme" in acme.sdk_of_module("acme")
    assert acme.sdk_of_module("acme.aio.client") == ("acme",)
    assert acme.sdk_of_module("acme_extra.models") == ("acme",)
    assert acme.sdk_of_module("acme_extra") == ()
    assert acme.sdk_of_module("acmes") == ()
    assert {"chat.create", "chat.raw.create", "Legacy.create"} <= set(acme.strong_tokens)


def test_a_language_without_files_is_empty(packaged: Catalog) -> None:
    assert packaged.language("cobol").call("openai.OpenAI") is None


# the packaged files


@pytest.mark.parametrize(
    ("path", "type_", "provider"),
    [
        ("openai.OpenAI", "openai-python.client", "openai"),
        ("openai.AsyncAzureOpenAI", "openai-python.client", "azure-openai"),
        ("langfuse.openai.openai.OpenAI", "openai-python.client", "openai"),
        ("anthropic.AnthropicBedrock", "anthropic-python.client", "bedrock"),
        ("google.genai.Client", "google-genai.client", "google"),
        ("google.generativeai.GenerativeModel", "google-generativeai.model", "google"),
        ("litellm.Router", "litellm.router", "dynamic"),
        ("groq.AsyncGroq", "groq-python.client", "groq"),
        ("instructor.from_anthropic", "instructor.client", "anthropic"),
        ("<azure-ai-agents.project>.get_openai_client", "azure-ai-agents.openai", "azure-openai"),
        ("mistralai.client.MistralClient", "mistralai.old_client", "mistral"),
    ],
)
def test_packaged_constructors(python: LanguageCatalog, path: str, type_: str, provider: str) -> None:
    found = python.construct(path)
    assert found is not None
    assert (found.type, found.row.provider) == (type_, provider)


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("<openai-python.client>.chat.completions.create", "chat"),
        ("<openai-python.client>.chat.completions.with_raw_response.create", "chat"),
        ("<openai-python.client>.threads.runs.create_and_poll", "agent"),
        ("openai.embeddings.create", "embedding"),
        ("openai.ChatCompletion.acreate", "chat"),
        ("<groq-python.client>.chat.completions.create", "chat"),
        ("<anthropic-python.client>.messages.stream", "chat"),
        ("<google-genai.client>.models.generate_content_stream", "chat"),
        ("<google-generativeai.chat>.send_message_async", "chat"),
        ("<boto3.bedrock_runtime>.converse_stream", "chat"),
        ("<boto3.bedrock_agent_runtime>.retrieve_and_generate", "agent"),
        ("<boto3.comprehend>.detect_sentiment", "classifier"),
        ("litellm.acompletion", "chat"),
        ("ollama.generate", "completion"),
        ("<mistralai.client>.fim.complete_async", "completion"),
        ("<deepgram-python.client>.listen.rest.v().transcribe_url", "audio"),
        ("<instructor.client>.messages.create_iterable", "chat"),
        ("<openai-python.client>.models.list", None),
        ("<openai-python.client>.fine_tuning.jobs.create", None),
        ("<anthropic-python.client>.messages.count_tokens", None),
        ("<boto3.bedrock_runtime>.apply_guardrail", None),
        ("<boto3.bedrock_agent_runtime>.retrieve", None),
        ("ollama.pull", None),
        ("litellm.token_counter", None),
    ],
)
def test_packaged_calls(python: LanguageCatalog, path: str, kind: str | None) -> None:
    row = python.call(path)
    assert (row.kind if row else None) == kind


def test_the_services_of_boto3_are_told_apart_by_their_name(python: LanguageCatalog) -> None:
    def service(name: str) -> list[str]:
        return [item.type for item in python.constructs("boto3.client") if item.row.when and name in item.row.when.values]

    assert service("bedrock-runtime") == ["boto3.bedrock_runtime"]
    assert service("runtime.sagemaker") == ["boto3.sagemaker_runtime"]
    assert service("ec2") == []
    assert python.construct("boto3.client") is None


def test_the_message_of_a_phone_company_is_no_inference(python: LanguageCatalog) -> None:
    rows = [row for row in python.strong("client.messages.create") if row.sdk == "anthropic-python"]
    assert [row.accepts({"model", "max_tokens", "messages"}) for row in rows] == [True]
    assert [row.accepts({"to", "from_", "body"}) for row in rows] == [False]
    assert [row.accepts({"to", "from_", "body"}, spread=True) for row in rows] == [False]


def expectations(example: Example) -> list[int]:
    """How many facts of each kind that the example speaks of must be found in it."""
    return [len(part) for part in (example.finds, example.states, example.entries, example.tracers) if part is not None]


def test_every_file_has_an_example_of_what_it_finds_and_of_what_it_leaves(packaged: Catalog) -> None:
    counts = {sdk.sdk: [count for example in sdk.examples for count in expectations(example)] for sdk in packaged.sdks}
    assert [sdk for sdk, found in counts.items() if not any(found) or 0 not in found] == []


def test_examples_are_code_with_the_lines_they_name(packaged: Catalog) -> None:
    for sdk in packaged.sdks:
        for example in sdk.examples:
            if sdk.language == "python" and example.path.endswith((".py", "")) and not example.path.endswith(".ipynb"):
                ast.parse(example.code)
            lines = len(example.code.splitlines())
            places = [item.line for part in (example.finds, example.states, example.entries, example.tracers) for item in part or ()]
            assert all(1 <= line <= lines for line in places), f"{sdk.sdk}: {example.code}"


# models


@pytest.mark.parametrize(
    ("provider", "model", "found"),
    [
        ("openai", "gpt-4o", "gpt-4o"),
        ("openai", "openai/gpt-4o", "gpt-4o"),
        ("openai", "GPT-4o", "gpt-4o"),
        ("openai", "ft:gpt-4o-mini-2024-07-18:org::abc", "gpt-4o-mini-2024-07-18"),
        ("openai", "gpt-4-32k-0613", "gpt-4-32k*"),
        ("azure-openai", "azure/gpt-4o-2024-08-06", "gpt-4o*"),
        ("azure-openai", "gpt-4o-2024-05-13", "gpt-4o-2024-05-13"),
        ("bedrock", "us.anthropic.claude-sonnet-4-20250514-v1:0", "anthropic.claude-sonnet-4-20250514-v1:0"),
        ("google", "models/gemini-2.5-pro", "gemini-2.5-pro"),
        ("google", "publishers/google/models/gemini-2.5-flash", "gemini-2.5-flash"),
        ("openai", "gpt-4o-mini-tts-9", None),
        ("openai", "gpt-5-nova", None),
        ("openai", "claude-sonnet-4-5", None),
        ("mistral", "gpt-4o", None),
        ("openai", "", None),
    ],
)
def test_models_are_found_under_the_names_platforms_give_them(packaged: Catalog, provider: str, model: str, found: str | None) -> None:
    fact = packaged.models.lookup(provider, model)
    assert (fact.id if fact else None) == found


@pytest.mark.parametrize(
    ("provider", "model", "retires", "replacement"),
    [
        ("openai", "gpt-3.5-turbo", date(2026, 10, 23), "gpt-5.6-terra"),
        ("openai", "gpt-4o-2024-05-13", date(2026, 10, 23), "gpt-5.6-sol"),
        ("openai", "gpt-4o-mini", date(2027, 1, 14), "gpt-6-luna"),
        ("openai", "o3-2025-04-16", date(2026, 12, 11), "gpt-5.6-sol"),
        ("openai", "gpt-realtime-2", None, ""),
        ("azure-openai", "gpt-4o", date(2027, 4, 14), ""),
        ("anthropic", "claude-sonnet-4-5", date(2026, 11, 30), "claude-sonnet-5-5"),
        ("anthropic", "claude-opus-5-5", None, ""),
        ("google", "gemini-1.5-flash-002", date(2025, 9, 24), ""),
        ("google", "gemini-2.5-pro", None, "gemini-3.8-flash"),
        ("groq", "mixtral-8x7b-32768", date(2025, 3, 20), ""),
    ],
)
def test_retirement_dates_hold_for_the_platform(
    packaged: Catalog, provider: str, model: str, retires: date | None, replacement: str
) -> None:
    fact = packaged.models.lookup(provider, model)
    assert fact is not None
    assert (fact.retires, fact.replacement) == (retires, replacement)
    assert fact.source
    assert fact.as_of


def test_what_else_is_known_of_a_model(packaged: Catalog) -> None:
    pro, opus, small = (
        packaged.models.lookup(*key)
        for key in [("google", "gemini-2.5-pro"), ("anthropic", "claude-opus-5-5"), ("openai", "text-embedding-3-small")]
    )
    assert pro is not None
    assert opus is not None
    assert small is not None
    assert (pro.reroutes, opus.sampling, small.kind) == (date(2026, 12, 1), False, "embedding")


# http


@pytest.mark.parametrize(
    ("host", "provider"),
    [
        ("api.openai.com", "openai"),
        ("API.OpenAI.com:443", "openai"),
        ("contoso.openai.azure.com", "azure-openai"),
        ("europe-west4-aiplatform.googleapis.com", "google"),
        ("aiplatform.googleapis.com", "google"),
        ("bedrock-runtime.eu-central-1.amazonaws.com", "bedrock"),
        ("localhost:11434", "ollama"),
        ("gpu-box.internal:11434", "ollama"),
        ("localhost:8080", None),
        ("s3.eu-central-1.amazonaws.com", None),
        ("openai.azure.com", None),
        ("notapi.openai.com.example.org", None),
    ],
)
def test_hosts(packaged: Catalog, host: str, provider: str | None) -> None:
    assert packaged.http.host(host) == provider


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("/v1/chat/completions", ("chat", None, True)),
        ("/openai/deployments/{}/chat/completions?api-version=2024-06-01", ("chat", None, True)),
        ("v1/chat/completions/", ("chat", None, True)),
        ("/v1/completions", ("completion", None, True)),
        ("/v1beta/models/gemini-pro:generateContent", ("chat", "google", True)),
        ("/v1/projects/p/locations/l/publishers/google/models/imagen-3:predict", ("image", "google", True)),
        ("/api/generate", ("completion", "ollama", False)),
        ("/v1/threads/abc/runs", ("agent", None, True)),
        ("/model/anthropic.claude-v2/invoke", ("chat", "bedrock", True)),
        ("/v1/messages", ("chat", None, False)),
        ("/v1/models", None),
        ("/v1/threads/abc/runs/steps", None),
        ("/chat/completions/export", None),
        ("", None),
    ],
)
def test_paths(packaged: Catalog, path: str, found: tuple[str, str | None, bool] | None) -> None:
    fact = packaged.http.path(path)
    assert (fact and fact[:3]) == found


@pytest.mark.parametrize(
    ("language", "path", "url"),
    [
        ("python", "requests.post", ("url", 0)),
        ("python", "requests.request", ("url", 1)),
        ("python", "aiohttp.ClientSession().post", ("url", 0)),
        ("python", "httpx.AsyncClient().stream", ("url", 1)),
        ("javascript", "fetch", (0,)),
        ("javascript", "axios#default.post", (0,)),
        ("python", "requests.Session", None),
        ("python", "fetch", None),
        ("javascript", "requests.post", None),
    ],
)
def test_callers(packaged: Catalog, language: str, path: str, url: tuple[str | int, ...] | None) -> None:
    row = packaged.http.caller(language, path)
    assert (row.url.order if row else None) == url
