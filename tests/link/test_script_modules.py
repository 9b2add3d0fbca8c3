"""Trees of paths in, the file that an import names out."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aicensus.link.script_modules import ScriptModules

Tree = dict[str, object]
"""Content by path: text as it is, other values as JSON; a path alone has no content."""


def modules(tree: Tree) -> ScriptModules:
    def read(path: str) -> bytes | None:
        content = tree[path]
        return content.encode() if isinstance(content, str) else json.dumps(content).encode()

    return ScriptModules(tree, read)


def tree_of(*paths: str, **files: object) -> Tree:
    return {**dict.fromkeys(paths, ""), **files}


@pytest.mark.parametrize(
    ("paths", "importer", "specifier", "expected"),
    [
        ("a/x.ts a/y.ts", "a/x.ts", "./y", "a/y.ts"),
        ("a/x.ts y.tsx", "a/x.ts", "../y", "y.tsx"),
        ("x.ts y.js y.ts", "x.ts", "./y", "y.ts"),
        ("x.ts y.d.ts y.js", "x.ts", "./y", "y.js"),
        ("x.ts y.d.ts", "x.ts", "./y", "y.d.ts"),
        ("x.ts y.ts", "x.ts", "./y.js", "y.ts"),
        ("x.ts y.mts z.cts w.tsx", "x.ts", "./y.mjs", "y.mts"),
        ("x.ts y.mts z.cts w.tsx", "x.ts", "./z.cjs", "z.cts"),
        ("x.ts y.mts z.cts w.tsx", "x.ts", "./w.jsx", "w.tsx"),
        ("x.ts y.ts y.js", "x.ts", "./y.js", "y.ts"),
        ("x.js y.ts y.js", "x.js", "./y.js", "y.js"),
        ("x.ts y.ts", "x.ts", "./y.ts", "y.ts"),
        ("x.ts y/index.ts", "x.ts", "./y", "y/index.ts"),
        ("x.ts y/index.ts", "x.ts", "./y/", "y/index.ts"),
        ("x.ts y.ts y/index.ts", "x.ts", "./y", "y.ts"),
        ("a/x.ts a/index.ts index.ts", "a/x.ts", ".", "a/index.ts"),
        ("a/x.ts a/index.ts index.ts", "a/x.ts", "..", "index.ts"),
        ("x.ts y.service.ts", "x.ts", "./y.service", "y.service.ts"),
        ("x.vue y.vue", "x.vue", "./y.vue", "y.vue"),
        ("x.ts y.json", "x.ts", "./y.json", "y.json"),
        ("x.ts p.md", "x.ts", "./p.md?raw", "p.md"),
        ("a/x.ts a/y.ts", "a/x.ts", "./b/../y", "a/y.ts"),
        ("x.ts", "x.ts", "./y", None),
        ("x.ts y", "x.ts", "./z/../../y", None),
        ("a/x.ts y.ts", "a/x.ts", "../../y", None),
        ("x.ts y.ts", "x.ts", "y", None),
        ("x.ts y.ts", "x.ts", "/y", None),
        ("x.ts", "x.ts", "", None),
        ("x.ts fs.ts", "x.ts", "node:fs", None),
        ("x.ts", "x.ts", "https://deno.land/x/a.ts", None),
    ],
)
def test_paths(paths: str, importer: str, specifier: str, expected: str | None) -> None:
    assert modules(tree_of(*paths.split())).find(importer, specifier) == expected


def config(paths: dict[str, list[str]] | None = None, base: str | None = None, **rest: object) -> dict[str, object]:
    options = {key: value for key, value in (("paths", paths), ("baseUrl", base)) if value is not None}
    return {"compilerOptions": options, **rest}


@pytest.mark.parametrize(
    ("tree", "specifier", "expected"),
    [
        pytest.param({"app/tsconfig.json": config({"@/*": ["./lib/*"]}), "app/lib/y.ts": ""}, "@/y", "app/lib/y.ts", id="beside"),
        pytest.param({"tsconfig.json": config({"@/*": ["./lib/*"]}), "lib/y.ts": ""}, "@/y", "lib/y.ts", id="above"),
        pytest.param({"jsconfig.json": config({"@/*": ["lib/*"]}), "lib/y.js": ""}, "@/y", "lib/y.js", id="jsconfig"),
        pytest.param({"tsconfig.json": config({"#y": ["lib/y.ts"]}), "lib/y.ts": ""}, "#y", "lib/y.ts", id="exact"),
        pytest.param({"tsconfig.json": config({"@/*": ["*"]}, "lib"), "lib/y.ts": ""}, "@/y", "lib/y.ts", id="seen from baseUrl"),
        pytest.param({"tsconfig.json": config(None, "lib"), "lib/y/index.ts": ""}, "y", "lib/y/index.ts", id="baseUrl alone"),
        pytest.param(
            {"tsconfig.json": config({"@/*": ["a/*", "b/*"]}), "b/y.ts": "", "a/z.ts": ""}, "@/y", "b/y.ts", id="the target that exists"
        ),
        pytest.param(
            {"tsconfig.json": config({"*": ["a/*"], "@x/*": ["b/*"]}), "a/@x/y.ts": "", "b/y.ts": ""}, "@x/y", "b/y.ts", id="longest prefix"
        ),
        pytest.param({"tsconfig.json": config({"@*/mod": ["a/*"]}), "a/y.ts": ""}, "@y/mod", "a/y.ts", id="text after the star"),
        pytest.param(
            {"tsconfig.json": '// c\n{"compilerOptions": {"paths": {"@/*": ["./lib/*",], /* , */ },},}', "lib/y.ts": ""},
            "@/y",
            "lib/y.ts",
            id="comments, trailing commas",
        ),
        pytest.param(
            {"tsconfig.json": '\ufeff{"compilerOptions": {"paths": {"//a,]/*": ["lib/*"]}}, }', "lib/y.ts": ""},
            "//a,]/y",
            None,
            id="an absolute name",
        ),
        pytest.param(
            {"app/tsconfig.json": config(extends="../base"), "base.json": config({"@/*": ["lib/*"]}), "lib/y.ts": ""},
            "@/y",
            "lib/y.ts",
            id="extends",
        ),
        pytest.param(
            {"app/tsconfig.json": config(extends=["./a.json", "./b.json"]), "app/a.json": config({"@/*": ["no/*"]})}
            | {"app/b.json": config({"@/*": ["lib/*"]}), "app/lib/y.ts": ""},
            "@/y",
            "app/lib/y.ts",
            id="the last of several",
        ),
        pytest.param(
            {"app/tsconfig.json": config(extends="@r/cfg/base.json"), "cfg/package.json": {"name": "@r/cfg"}}
            | {"cfg/base.json": config({"@/*": ["../lib/*"]}), "lib/y.ts": ""},
            "@/y",
            "lib/y.ts",
            id="extends a workspace package",
        ),
        pytest.param(
            {"app/tsconfig.json": {"files": [], "references": [{"path": "./tsconfig.app.json"}]}}
            | {"app/tsconfig.app.json": config({"@/*": ["./lib/*"]}), "app/lib/y.ts": ""},
            "@/y",
            "app/lib/y.ts",
            id="references",
        ),
        pytest.param({"tsconfig.json": config(extends="./tsconfig.json"), "lib/y.ts": ""}, "@/y", None, id="a circle"),
        pytest.param({"tsconfig.json": config({"@/*": ["../../lib/*"]}), "lib/y.ts": ""}, "@/y", None, id="outside the tree"),
        pytest.param({"app/src/y.ts": ""}, "@/y", "app/src/y.ts", id="@ is src"),
        pytest.param({"src/y.ts": ""}, "~/y", "src/y.ts", id="~ is src"),
        pytest.param({"app/y.ts": ""}, "@/y", None, id="@ without src"),
        pytest.param({"tsconfig.json": "{", "src/y.ts": ""}, "@/y", "src/y.ts", id="broken"),
        pytest.param({"tsconfig.json": {"compilerOptions": {"paths": {"@/*": "x", "~/*": [1]}, "baseUrl": 3}}}, "@/y", None, id="odd"),
    ],
)
def test_configured_names(tree: Tree, specifier: str, expected: str | None) -> None:
    assert modules({"app/x.ts": "", **tree}).find("app/x.ts", specifier) == expected


@pytest.mark.parametrize(
    ("package", "files", "specifier", "expected"),
    [
        pytest.param({}, "index.ts", "@r/p", "index.ts", id="index"),
        pytest.param({}, "src/index.ts", "@r/p", "src/index.ts", id="index in src"),
        pytest.param({"main": "lib/a.js"}, "lib/a.js", "@r/p", "lib/a.js", id="main"),
        pytest.param({"main": "lib/a"}, "lib/a.ts", "@r/p", "lib/a.ts", id="main without suffix"),
        pytest.param({"main": "./dist/index.js"}, "src/index.ts", "@r/p", "src/index.ts", id="main that a build makes"),
        pytest.param({"module": "dist/esm/a.mjs", "types": "dist/a.d.ts"}, "src/a.ts", "@r/p", "src/a.ts", id="flavours of a build"),
        pytest.param({"main": "dist/src/a.js"}, "src/a.ts", "@r/p", "src/a.ts", id="src inside the build"),
        pytest.param({"source": "src/a.ts", "main": "dist/a.js"}, "src/a.ts dist/a.js", "@r/p", "src/a.ts", id="source"),
        pytest.param({}, "a/b.ts", "@r/p/a/b", "a/b.ts", id="a path in it"),
        pytest.param({}, "src/b.ts", "@r/p/b", "src/b.ts", id="a path in its src"),
        pytest.param({}, "src/b.ts", "@r/p/dist/b.js", "src/b.ts", id="a path in its build"),
        pytest.param({"exports": "./a.js"}, "a.js", "@r/p", "a.js", id="exports"),
        pytest.param(
            {"exports": {".": {"types": "./t.d.ts", "import": {"default": "./a.js"}}}}, "a.js t.d.ts", "@r/p", "a.js", id="conditions"
        ),
        pytest.param({"exports": {"./b": "./src/b.ts"}}, "src/b.ts", "@r/p/b", "src/b.ts", id="exported path"),
        pytest.param({"exports": {"./*": "./src/*.tsx"}}, "src/b/c.tsx", "@r/p/b/c", "src/b/c.tsx", id="exported pattern"),
        pytest.param({"exports": {"./*": "./dist/*.js"}}, "src/b.ts", "@r/p/b", "src/b.ts", id="pattern that a build makes"),
        pytest.param({"exports": {".": ["./no.js", "./a.js"]}}, "a.js", "@r/p", "a.js", id="the one that exists"),
        pytest.param({"exports": {".": None}, "main": 3}, "b.ts", "@r/p", None, id="nothing"),
        pytest.param({"main": "../../secret.js"}, "b.ts", "@r/p", None, id="outside"),
        pytest.param({}, "index.ts", "@r/q", None, id="another package"),
        pytest.param({}, "index.ts", "@r", None, id="half a name"),
    ],
)
def test_workspace_packages(package: dict[str, object], files: str, specifier: str, expected: str | None) -> None:
    tree: Tree = {"app/x.ts": "", "packages/p/package.json": {"name": "@r/p", **package}}
    tree |= {f"packages/p/{file}": "" for file in files.split()}
    assert modules(tree).find("app/x.ts", specifier) == (f"packages/p/{expected}" if expected else None)


def test_a_folder_may_say_which_file_it_is() -> None:
    tree: Tree = {"x.js": "", "y/package.json": {"main": "lib/z.js"}, "y/lib/z.js": ""}
    assert modules(tree).find("x.js", "./y") == "y/lib/z.js"


def test_the_nearest_of_two_packages_with_one_name() -> None:
    tree: Tree = {f"{root}/p/package.json": {"name": "p"} for root in ("a", "b")} | {f"{root}/p/index.js": "" for root in ("a", "b")}
    assert modules(tree).find("b/x.js", "p") == "b/p/index.js"


def test_installed_packages_are_not_of_the_tree() -> None:
    assert modules({"x.js": "", "node_modules/p/package.json": {"name": "p"}, "node_modules/p/index.js": ""}).find("x.js", "p") is None


@pytest.mark.parametrize(
    ("imports", "specifier", "expected"),
    [
        ({"#y": "./src/y.js"}, "#y", "app/src/y.js"),
        ({"#lib/*": "./src/*.js"}, "#lib/y", "app/src/y.js"),
        ({"#y": {"node": "./no.js", "default": "./src/y.js"}}, "#y", "app/src/y.js"),
        ({"#z": "p"}, "#z", "p/index.js"),
        ({"#y": "./dist/y.js"}, "#y", "app/src/y.js"),
        ({"#y": "fs"}, "#y", None),
        ({}, "#y", None),
        ([], "#y", None),
    ],
)
def test_internal_names(imports: object, specifier: str, expected: str | None) -> None:
    tree: Tree = {"app/package.json": {"name": "app", "imports": imports}, "app/a/x.js": "", "app/src/y.js": ""}
    tree |= {"p/package.json": {"name": "p"}, "p/index.js": ""}
    assert modules(tree).find("app/a/x.js", specifier) == expected


KEYS = """
    compilerOptions paths baseUrl extends references path name exports imports main . ./* #a @/* import
"""
JSON = st.recursive(
    st.none() | st.text(max_size=5) | st.sampled_from(["./a.ts", "*", "../..", "p", "./src/*"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS.split()), inner),
)


@settings(max_examples=200, deadline=None)
@given(JSON, JSON, st.sampled_from(["./a", "@/a", "p", "p/b", "#a", "..", "a//b", "@", "~/", "./\0"]) | st.text(max_size=8))
def test_anything_gives_a_file_of_the_tree_or_none(tsconfig: object, package: object, specifier: str) -> None:
    tree: Tree = {"tsconfig.json": tsconfig, "package.json": package, "d/package.json": {"name": "p"}, "src/a.ts": "", "d/x.ts": ""}
    found = modules(tree).find("d/x.ts", specifier)
    assert found is None or found in tree
