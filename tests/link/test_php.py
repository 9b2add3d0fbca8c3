"""PHP projects: namespaces that a Composer file puts into folders, services handed in, and functions that run what they are handed."""

from __future__ import annotations

import textwrap

import pytest

from tests.link.linked import linked, roles

COMPOSER = {"composer.json": '{"autoload": {"psr-4": {"App\\\\": "app/", "Shop\\\\Mail\\\\": ["packages/mail/src/"]}}}'}
EMBEDDER = """
    <?php
    namespace App\\Services;
    use Illuminate\\Support\\Facades\\Cache;
    use OpenAI\\Laravel\\Facades\\OpenAI;
    class Embedder {
        public function embed(string $text): array {
            %s
        }
        private function ask(string $text): array {
            $response = OpenAI::embeddings()->create(['model' => 'text-embedding-3-small', 'input' => $text]);
            return $response['data'][0]['embedding'];
        }
    }
    """
PLAIN = "return $this->ask($text);"
JOB = """
    <?php
    namespace App\\Jobs;
    use App\\Services\\Embedder;
    class Fill {
        public function handle(Embedder $embedder): void { $this->vectors = $embedder->embed($this->text); }
    }
    """
HELD = """
    <?php
    namespace App\\Http;
    use App\\Services\\Embedder;
    class Search {
        public function __construct(private Embedder $embedder) {}
        public function find(string $q) { $hits = $this->embedder->embed($q); }
    }
    """
OTHER = JOB.replace("use App\\Services\\Embedder;", "use Vendor\\Services\\Embedder;")


def written(files: dict[str, str]) -> dict[str, str]:
    return {path: text if path.endswith(".json") else textwrap.dedent(text).lstrip() for path, text in files.items()}


@pytest.mark.parametrize(
    ("embed", "callers", "uses"),
    [
        pytest.param(PLAIN, {"app/Jobs/Fill.php": JOB}, ["app/Jobs/Fill.php:5"], id="handed to a job"),
        pytest.param(PLAIN, {"app/Http/Search.php": HELD}, ["app/Http/Search.php:6"], id="kept by a constructor"),
        pytest.param(PLAIN, {"app/Jobs/Fill.php": OTHER}, [], id="of another library"),
        pytest.param(
            "return Cache::remember('e' . $text, 60, fn () => $this->ask($text));",
            {"app/Jobs/Fill.php": JOB},
            ["app/Jobs/Fill.php:5"],
            id="behind a cache",
        ),
        pytest.param(
            "return Report::about('e' . $text, 60, fn () => $this->ask($text));",
            {"app/Jobs/Fill.php": JOB},
            [],
            id="handed to something that may do anything with it",
        ),
        pytest.param(
            PLAIN,
            {
                "app/Jobs/Fill.php": JOB,
                "tests/FillTest.php": "<?php\nuse App\\{Jobs\\Fill, Services\\Embedder};\n(new Fill())->handle(app(Embedder::class));\n",
            },
            ["app/Jobs/Fill.php:5"],
            id="a test gives what a container makes",
        ),
    ],
)
def test_services_are_found_by_namespace_and_type(embed: str, callers: dict[str, str], uses: list[str]) -> None:
    files = written({**COMPOSER, "app/Services/Embedder.php": EMBEDDER % embed, **callers})
    assert [place for place, point in linked(files).items() if point.role == "use" and not place.startswith("tests/")] == uses


def test_a_namespace_may_lie_in_a_package() -> None:
    mailer = """
        <?php
        namespace Shop\\Mail;
        use OpenAI\\Laravel\\Facades\\OpenAI;
        class Writer {
            public function write(string $prompt) {
                return OpenAI::chat()->create(['model' => 'gpt-4o', 'messages' => [['role' => 'user', 'content' => $prompt]]]);
            }
        }
        """
    caller = """
        <?php
        namespace App;
        use Shop\\Mail\\Writer;
        class Letters {
            public function thank(Writer $writer) { $text = $writer->write('Thank the customer for the order in one line.'); }
        }
        """
    files = written({**COMPOSER, "packages/mail/src/Writer.php": mailer, "app/Letters.php": caller})
    assert roles(files) == ["app/Letters.php:5 use", "packages/mail/src/Writer.php:6 gateway"]


SERVICE = """
    <?php
    namespace Org\\Notes\\Service;
    use %s;
    class Api {
        private $client;
        public function __construct(%s $given) { $this->client = $given%s; }
        public function complete(string $prompt): array {
            $params = ['model' => 'gpt-4.1-mini', 'prompt' => $prompt];
            $response = $this->request('completions', $params);
            return $response['choices'];
        }
        public function chat(array $messages): array {
            return $this->request('chat/completions', ['model' => 'gpt-4.1', 'messages' => $messages]);
        }
        public function models(): array {
            return $this->request('models', ['page' => 1]);
        }
        public function request(string $endPoint, array $params): array {
            $options['body'] = json_encode($params);
            return $this->client->post(rtrim($this->address, '/') . '/' . $endPoint, $options);
        }
    }
    """
NEXTCLOUD = SERVICE % ("OCP\\Http\\Client\\IClientService", "IClientService", "->newClient()")
GUZZLE = SERVICE % ("GuzzleHttp\\ClientInterface", "ClientInterface", "")
UNKNOWN = SERVICE % ("Org\\Mail\\Outbox", "Outbox", "")
TITLES = """
    <?php
    namespace Org\\Notes\\Tasks;
    use Org\\Notes\\Service\\Api;
    use %s;
    class Titles implements ITask {
        public function __construct(private Api $api) {}
        public function process(string $from, string $text): array {
            $found = $this->api->complete('From ' . $from . ' to English: ' . $text);
            return array_pop($found);
        }
    }
    """


@pytest.mark.parametrize(
    ("service", "caller", "found"),
    [
        pytest.param(NEXTCLOUD, "OCP\\Tasks\\ITask", {9: "gateway completion", 13: "gateway chat"}, id="a client of a platform"),
        pytest.param(GUZZLE, "OCP\\Tasks\\ITask", {9: "gateway completion", 13: "gateway chat"}, id="a client handed in by its interface"),
        pytest.param(UNKNOWN, "OCP\\Tasks\\ITask", {}, id="something that posts to anything"),
    ],
)
def test_an_address_may_be_given_to_a_method_that_sends_any_request(service: str, caller: str, found: dict[int, str]) -> None:
    files = written({"lib/Service/Api.php": service, "lib/Tasks/Titles.php": TITLES % caller})
    points = linked(files)
    own = {int(place.rpartition(":")[2]): f"{p.role} {p.kind}" for place, p in points.items() if place.startswith("lib/Service/")}
    assert {line: said.split()[1] for line, said in own.items()} == {line: said.split()[1] for line, said in found.items()}
    if found:
        assert points["lib/Service/Api.php:9"].models == ("gpt-4.1-mini",)
        assert points["lib/Service/Api.php:9"].role == "gateway"


@pytest.mark.parametrize(
    ("folder", "uses"),
    [
        pytest.param("lib/Tasks", ["lib/Tasks/Titles.php:8"], id="beside the namespace of the other"),
        pytest.param("Tasks", [], id="where the folders do not say it"),
    ],
)
def test_a_namespace_lies_where_that_of_its_files_does(folder: str, uses: list[str]) -> None:
    """No Composer file says it; the method returns the answer to the library whose interface the class implements."""
    caller = TITLES % "OCP\\Tasks\\ITask"
    files = written({"lib/Service/Api.php": NEXTCLOUD, f"{folder}/Titles.php": caller})
    assert [place for place, point in linked(files).items() if point.role == "use"] == uses


def test_what_a_probe_asks_is_settled_and_no_way_in_for_others() -> None:
    probe = """
        public function hears(): bool {
            try {
                $this->request('audio/transcriptions', ['model' => 'none', 'file' => 'a']);
            } catch (Exception $e) { return false; }
            return true;
        }
        public function speaks(): bool {
            try {
                $this->request('audio/speech', ['model' => 'none', 'input' => 'a']);
            } catch (Exception $e) { return false; }
            return true;
        }
        public function detect(): array { return ['hears' => $this->hears(), 'speaks' => $this->speaks()]; }
        public function models"""
    settings = """
        <?php
        namespace Org\\Notes\\Service;
        class Settings {
            public function __construct(private Api $api) {}
            public function save() { $this->found = $this->api->detect(); }
        }
        """
    service = NEXTCLOUD.replace("        public function models", textwrap.indent(textwrap.dedent(probe), "        ").lstrip("\n"))
    points = linked(written({"lib/Service/Api.php": service, "lib/Service/Settings.php": settings}))
    assert {point.role for point in points.values() if point.kind == "audio"} == {"direct"}
