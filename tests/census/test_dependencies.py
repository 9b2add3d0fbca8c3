"""Model SDKs in dependency manifests, with their lines."""

from __future__ import annotations

import pytest

from aicensus.census.dependencies import Packages, dependencies, ecosystem_of, is_manifest, normal

NAMES = {"openai": "openai-python", "langchain-openai": "langchain", "@ai-sdk/openai": "vercel-ai"}
NAMES |= {"com.openai:openai-java": "openai-java", "langchain4j-*": "langchain4j", "github.com/openai/openai-go": "openai-go"}
NAMES |= {"MacPaw/OpenAI": "swift-ai"}
NAMES |= {"Microsoft.Extensions.AI*": "extensions-ai", "ruby-openai": "openai-ruby", "openai-php/client": "openai-php", "rig-core": "rig"}
PACKAGES = Packages({normal(name): sdk for name, sdk in NAMES.items()})
POM = """<project><dependencies>
  <dependency>
    <groupId>com.openai</groupId>
    <artifactId>openai-java</artifactId>
    <version>4.1.0</version>
  </dependency>
  <dependency><groupId>com.openai</groupId><artifactId>other</artifactId></dependency>
</dependencies></project>
"""


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        pytest.param("requirements.txt", "flask\nopenai>=1.2,<2  # models\n", [(2, "openai", ">=1.2,<2")], id="a requirement"),
        pytest.param("requirements.txt", "langchain_openai[x]==0.1\n", [(1, "langchain_openai", "==0.1")], id="spelling and extras"),
        pytest.param("requirements.txt", "openai-whisper\n# openai\n-r openai.txt\n", [], id="other packages, comments, includes"),
        pytest.param("pyproject.toml", '[project]\ndependencies = ["openai~=1.0"]\n', [(2, "openai", "~=1.0")], id="a project table"),
        pytest.param("pyproject.toml", '[tool.poetry.dependencies]\nopenai = "^1"\n', [(2, "openai", "^1")], id="poetry"),
        pytest.param(
            "a/package.json", '{\n "devDependencies": {"@ai-sdk/openai": "1"}\n}', [(2, "@ai-sdk/openai", "1")], id="package.json"
        ),
        pytest.param("pom.xml", POM, [(4, "com.openai:openai-java", "4.1.0")], id="maven"),
        pytest.param(
            "app/build.gradle.kts",
            'dependencies {\n  implementation("dev.langchain4j:langchain4j-open-ai:1.2.0")\n  testImplementation("org.junit:junit:4")\n}',
            [(2, "dev.langchain4j:langchain4j-open-ai", "1.2.0")],
            id="gradle",
        ),
        pytest.param(
            "gradle/libs.versions.toml",
            '[libraries]\nai = {module = "com.openai:openai-java", version = "4"}\nx = "a.b:c:1"\n',
            [(2, "com.openai:openai-java", "4")],
            id="version catalogue",
        ),
        pytest.param(
            "go.mod",
            "module example.com/openai\nrequire (\n\tgithub.com/openai/openai-go/v3 v3.1.0\n\tgithub.com/x/y v1.0.0 // indirect\n)\n",
            [(3, "github.com/openai/openai-go/v3", "v3.1.0")],
            id="go",
        ),
        pytest.param(
            "src/Api.csproj",
            '<Project><ItemGroup>\n<PackageReference Include="Microsoft.Extensions.AI.OpenAI" Version="9.1" />\n</ItemGroup></Project>',
            [(2, "Microsoft.Extensions.AI.OpenAI", "9.1")],
            id="nuget",
        ),
        pytest.param("Gemfile", 'gem "rails"\n# gem "openai"\ngem "ruby-openai", "~> 7.0"\n', [(3, "ruby-openai", "~> 7.0")], id="gems"),
        pytest.param(
            "composer.json",
            '{"require": {"php": "^8",\n "openai-php/client": "^0.10"}}',
            [(2, "openai-php/client", "^0.10")],
            id="composer",
        ),
        pytest.param("Cargo.toml", '[dependencies]\nserde = "1"\nrig-core = { version = "0.9" }\n', [(3, "rig-core", "0.9")], id="cargo"),
        pytest.param(
            "Cargo.toml", '[dependencies]\nai = { package = "rig-core", version = "0.9" }\n', [(2, "rig-core", "0.9")], id="renamed"
        ),
        pytest.param(
            "build.sbt",
            'libraryDependencies ++= Seq(\n  "org.typelevel" %% "cats-core" % "2.1",\n  "com.openai" % "openai-java" % "4.0.0" % Test\n)\n',
            [(3, "com.openai:openai-java", "4.0.0")],
            id="sbt",
        ),
        pytest.param("project/Deps.scala", 'val ai = "com.openai" % "openai-java" % V\n', [(1, "com.openai:openai-java", "")], id="build"),
        pytest.param(
            "Package.swift",
            'let package = Package(dependencies: [\n  .package(url: "https://github.com/MacPaw/OpenAI.git", from: "0.4.6"),\n])\n',
            [(2, "MacPaw/OpenAI", "0.4.6")],
            id="swift",
        ),
        pytest.param(
            "App.xcodeproj/project.xcworkspace/xcshareddata/swiftpm/Package.resolved",
            '{"pins": [\n{"identity": "openai", "location": "https://github.com/MacPaw/OpenAI.git", "state": {"version": "0.4.6"}},\n'
            '{"identity": "vapor", "location": "https://github.com/vapor/vapor", "state": {"branch": "main"}}], "version": 2}',
            [(2, "MacPaw/OpenAI", "0.4.6")],
            id="swift lock",
        ),
        pytest.param("Package.resolved", '{"pins": 7', [], id="broken swift lock"),
        pytest.param("pom.xml", "<dependency><artifactId>openai", [], id="broken maven"),
        pytest.param("Cargo.toml", "[dependencies", [], id="broken cargo"),
        pytest.param("package.json", '{"dependencies": ["openai"], 7', [], id="broken"),
        pytest.param("package.json", '{"dependencies": ' + "[" * 100_000, [], id="nested too deeply"),
    ],
)
def test_dependencies(path: str, text: str, expected: list[tuple[int, str, str]]) -> None:
    assert is_manifest(path)
    found = dependencies(path, text.encode(), PACKAGES)
    assert [(line, package, version) for line, package, version, _ in found] == expected


@pytest.mark.parametrize("path", ["requirements.md", "src/requirements.py", "packages.json", "my-package.json.bak"])
def test_other_files_are_no_manifests(path: str) -> None:
    assert not is_manifest(path)


@pytest.mark.parametrize(
    ("path", "ecosystem"),
    [("a/pom.xml", "maven"), ("go.mod", "go"), ("x.fsproj", "nuget"), ("my.gemspec", "rubygems"), ("mix.exs", "hex"), ("pom.xml.bak", "")],
)
def test_manifests_of_each_ecosystem(path: str, ecosystem: str) -> None:
    assert ecosystem_of(path) == ecosystem
