"""A repository whose history is known: a point that is edited, moved, renamed, merged, rebased, assembled and handed over."""

from __future__ import annotations

import json
from pathlib import Path

from tests.gitrepo import Repo, dated

ADA, BO = "Ada <ada@example.com>", "Bo <bo@example.com>"
FIRST = "You sort the tickets of a furniture shop. Answer with one of: refund, delivery, other."
LIMIT = "You sort the tickets of a furniture shop. Refunds are allowed within 30 days. Answer with one of: refund, delivery, other."
SHORTER = LIMIT.replace("30 days", "14 days")
REBASED = SHORTER + " Never promise a refund to a customer."
POLICY = "Replies must be written in a formal tone and in the language of the customer."
POLICY_NOW = "Replies must be written in a friendly tone and in the language of the customer."
GREETING = "Write one short sentence that greets the customer by name and thanks for the message."

JONAS, MARIA = "jonas.berg@example.com", "maria.lopez@example.com"


def manifest(owner: str, *, until: str = "", deployments: str = "") -> str:
    left = f", until: {until}" if until else ""
    return (
        f"version: 1\nroster:\n  {JONAS}: {{name: Jonas Berg{left}}}\n  {MARIA}: {{name: Maria Lopez}}\n"
        f'points:\n  "*triage.py::*": {{owner: {owner}}}\n{deployments}'
    )


def call(system: str = "PROMPT", model: str = "gpt-4o", more: str = "", name: str = "reply") -> str:
    return (
        f"    {name} = openai.OpenAI().chat.completions.create(\n"
        f'        model="{model}",{more}\n'
        f'        messages=[{{"role": "system", "content": {system}}}, {{"role": "user", "content": ticket}}],\n'
        "    )\n"
    )


def module(body: str, head: str = "", function: str = "classify") -> str:
    return f"import openai\n{head}\n\ndef {function}(ticket):\n{body}    return reply\n"


def constant(name: str, text: str) -> str:
    return f"{name} = {json.dumps(text)}\n"


class Company:
    """The repository, and its commits by what each does."""

    def __init__(self, path: Path) -> None:
        self.repo = Repo(path / "desk")
        self.commits: dict[str, str] = {}
        self._inline()
        self._moved()
        self._handed_over()
        self._merged()
        self._assembled()

    def shown(self, commit: str, path: str) -> str:
        """A file at a commit."""
        return self.repo.git("show", f"{self.commits[commit]}:{path}")

    def _commit(self, name: str, at: str, **more: str) -> None:
        self.commits[name] = self.repo.commit(name, at=f"2026-{at}:00+01:00", **more)

    def _inline(self) -> None:
        self.repo.write("aicensus.yaml", manifest(JONAS))
        self.repo.write("app/triage.py", module(call(), constant("PROMPT", FIRST)))
        self.repo.write("main.py", "from app.triage import classify\n\nif __name__ == '__main__':\n    print(classify('hello'))\n")
        self._commit("first", "03-02T09:00")
        self.repo.write("README.md", "# Desk\n")
        self._commit("readme", "03-09T09:00")
        self.repo.write("app/triage.py", module(call(), constant("PROMPT", LIMIT)))
        self._commit("limit", "03-16T09:00", by=BO)
        self.repo.git("tag", "-a", "v1.0", "-m", "one", **dated("2026-03-17T09:00:00+01:00"))
        self.repo.write("app/triage.py", module(call(model="gpt-4.1"), constant("PROMPT", LIMIT)))
        self._commit("model", "04-01T09:00")

    def _moved(self) -> None:
        self.repo.write("app/prompts.py", constant("TRIAGE_PROMPT", LIMIT))
        imported = "from app.prompts import TRIAGE_PROMPT\n"
        self.repo.write("app/triage.py", module(call("TRIAGE_PROMPT", "gpt-4.1"), imported))
        self._commit("prompt moved", "04-10T09:00")
        self.repo.git("mv", "app", "support")
        imported = "from support.prompts import TRIAGE_PROMPT\n"
        self.repo.write("support/triage.py", module(call("TRIAGE_PROMPT", "gpt-4.1"), imported))
        self.repo.write("main.py", "from support.triage import classify\n\nif __name__ == '__main__':\n    print(classify('hello'))\n")
        self._commit("file moved", "04-20T09:00")
        self.repo.write("support/triage.py", module(call("TRIAGE_PROMPT", "gpt-4.1", "temperature=0.2,"), imported))
        self._commit("parameter", "05-04T09:00")
        self.repo.write("support/triage.py", module(call("TRIAGE_PROMPT", "gpt-4.1", "temperature=0.2,"), imported, "route_ticket"))
        self.repo.write(
            "main.py", "from support.triage import route_ticket\n\nif __name__ == '__main__':\n    print(route_ticket('hello'))\n"
        )
        self._commit("renamed", "05-15T09:00")

    def _handed_over(self) -> None:
        self.repo.write("aicensus.yaml", manifest(JONAS, until="2026-06-30"))
        self._commit("owner leaves", "06-25T09:00")
        self.repo.write("aicensus.yaml", manifest(MARIA, until="2026-06-30"))
        self._commit("new owner", "07-10T09:00")

    def _merged(self) -> None:
        self.repo.git("checkout", "-q", "-b", "shorter")
        self.repo.write("support/prompts.py", constant("TRIAGE_PROMPT", SHORTER))
        self._commit("shorter", "07-20T09:00", by=BO)
        self.repo.git("checkout", "-q", "main")
        self.repo.write("README.md", "# Desk\n\nSorts tickets.\n")
        self._commit("readme again", "07-25T09:00")
        self.repo.git("merge", "-q", "--no-ff", "-m", "merged", "shorter", **dated("2026-08-03T09:00:00+01:00"))
        self.commits["merged"] = self.repo.git("rev-parse", "HEAD")
        self.repo.write("support/prompts.py", constant("TRIAGE_PROMPT", REBASED))
        self._commit("rebased", "09-01T09:00", written="2026-08-10T09:00:00+01:00")

    def _assembled(self) -> None:
        imported = "from support.policy import POLICY\nfrom support.prompts import TRIAGE_PROMPT\n"
        body = call('TRIAGE_PROMPT + "\\n" + POLICY', "gpt-4.1", "temperature=0.2,")
        self.repo.write("support/policy.py", constant("POLICY", POLICY))
        self.repo.write("support/triage.py", module(body, imported, "route_ticket"))
        self._commit("assembled", "09-15T09:00")
        self.repo.write("support/policy.py", constant("POLICY", POLICY_NOW))
        self._commit("part edited", "10-01T09:00", by=BO)
        first = call("GREETING", "gpt-4o-mini", name="greeting")
        imported += constant("GREETING", GREETING)
        self.repo.write("support/triage.py", module(first + body, imported, "route_ticket"))
        self._commit("second call", "10-10T09:00")
        deployments = (
            "deployments:\n"
            "  - {tag: v1.0, at: 2026-03-18T12:00:00+01:00}\n"
            f"  - {{commit: {self.commits['merged']}, at: 2026-08-20T12:00:00+01:00}}\n"
            "  - {tag: v9, at: 2026-09-20T12:00:00+01:00, environment: staging}\n"
        )
        self.repo.write("aicensus.yaml", manifest(MARIA, until="2026-06-30", deployments=deployments))
        self._commit("deployments", "11-01T09:00")
