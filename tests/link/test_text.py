"""Where the words that reach a model stand."""

from __future__ import annotations

import pytest

from tests.link.linked import linked

CALL = "from openai import OpenAI\ndef f(t, c=OpenAI()):\n    return c.responses.create(model='gpt-4o', input={0})\n"
WORDS = "'Summarise the ticket in one line: '"

CASES = [
    pytest.param({"a.py": CALL.format(f"{WORDS} + t")}, {"a.py:3"}, id="concatenation"),
    pytest.param({"a.py": "P = 'Summarise the ticket {t} now'\n" + CALL.format("P.format(t=t)")}, {"a.py:1"}, id="format"),
    pytest.param({"a.py": "P = 'Summarise the ticket {t} now'\n" + CALL.format("f'{P} {t}'")}, {"a.py:1"}, id="f-string"),
    pytest.param(
        {"a.py": "from textwrap import dedent\nP = '  Summarise the ticket now'\n" + CALL.format("dedent(P).strip()")},
        {"a.py:2"},
        id="dedent",
    ),
    pytest.param(
        {"p.py": f"class Prompts:\n    SUM = {WORDS}\n", "a.py": "from p import Prompts\n" + CALL.format("Prompts.SUM + t")},
        {"p.py:2"},
        id="class attribute",
    ),
    pytest.param(
        {
            "a.py": CALL.format("f'{build(t)}'")
            + f"def build(t):\n    parts = [{WORDS}]\n    parts.append('Answer in German, please, always')\n    return ' '.join(parts)\n"
        },
        {"a.py:5", "a.py:6"},
        id="a list that grows",
    ),
    pytest.param(
        {"a.py": "P = {'en': 'Summarise the ticket now', 'de': 'Fasse das Ticket jetzt zusammen'}\n" + CALL.format("P[t]")},
        {"a.py:1"},
        id="dict by unknown key",
    ),
    pytest.param(
        {
            "a.ts": "import { generateText } from 'ai'\nconst PLANS = [\n  { name: 'One plan for all',\n    button: 'Try it free' },\n]\n"
            "export const f = () => generateText({\n  prompt: PLANS.map((p) =>\n    `Praise this plan: ${p.name}`).join(' '),\n})\n",
        },
        {"a.ts:3", "a.ts:8"},
        id="what a function makes of each element, and not what it leaves out",
    ),
    pytest.param(
        {
            "a.ts": "import { generateText } from 'ai'\nconst mark = (items) => items.map((item, i) => {\n"
            "  if (i) return item\n  const first = item\n  return { ...first, cache: true }\n})\n"
            "export const f = (t) => generateText({ messages: mark([{ role: 'user', content:\n  'Summarise this ticket' }]) })\n",
        },
        {"a.ts:8"},
        id="messages that a function marks one by one",
    ),
    pytest.param(
        {"a.py": CALL.format("open('prompts/sum.txt').read() + t"), "prompts/sum.txt": "Summarise"}, {"prompts/sum.txt"}, id="file"
    ),
    pytest.param(
        {
            "a.py": "from pathlib import Path\nROOT = Path(__file__).parent / 'prompts'\n" + CALL.format("(ROOT / 'sum.md').read_text()"),
            "prompts/sum.md": "Summarise",
        },
        {"prompts/sum.md"},
        id="file by a joined path",
    ),
    pytest.param(
        {
            "a.py": "import jinja2\nenv = jinja2.Environment()\n" + CALL.format("env.get_template('sum.jinja').render(t=t)"),
            "templates/sum.jinja": "Summarise {{ t }}",
        },
        {"templates/sum.jinja"},
        id="template file",
    ),
    pytest.param(
        {"a.py": CALL.format("to_messages(convert_prompt('Summarise the ticket now', t))")}, {"a.py:3"}, id="unknown function that converts"
    ),
    pytest.param(
        {"a.py": CALL.format("load('SELECT the words that are not a prompt at all', t)")}, set(), id="unknown function that computes"
    ),
    pytest.param(
        {
            "a.py": "class C:\n    words = ''\ndef made():\n    c = C()\n    c.words = 'Summarise the ticket in one line'\n    return c\n"
            + CALL.format("made().words + t")
        },
        {"a.py:5"},
        id="attribute set from outside",
    ),
]


@pytest.mark.parametrize(("files", "places"), CASES)
def test_prompt_places(files: dict[str, str], places: set[str]) -> None:
    [point] = linked(files).values()
    assert set(point.prompts) == places


def test_prompts_of_a_json_file_that_a_manager_loads() -> None:
    files = {
        "prompts/sum.json": '{\n  "prompts": {\n    "default": {\n      "system": "You sort tickets for a support team",\n'
        '      "user": "Sort this ticket: {{t}}"\n    }\n  }\n}\n',
        "m.js": "import fs from 'fs'\nimport path from 'path'\nexport class Manager {\n  load(id) {\n"
        "    const t = JSON.parse(fs.readFileSync(path.join(DIR, 'prompts', `${id}.json`), 'utf8'))\n"
        "    return { system: t.prompts.default.system, user: t.prompts.default.user }\n  }\n}\n",
        "a.js": "import { generateText } from 'ai'\nimport { Manager } from './m.js'\n"
        "export async function sort(t) {\n  const { system, user } = new Manager().load('sum')\n"
        "  return generateText({ model: 'openai/gpt-4o', system, messages: [{ role: 'user', content: user }] })\n}\n",
    }
    [point] = linked(files).values()
    assert point.said == "a.js:5 direct"
    assert set(point.prompts) == {"prompts/sum.json:4", "prompts/sum.json:5"}
