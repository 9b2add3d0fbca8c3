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
