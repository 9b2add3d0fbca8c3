"""Audits for the tests of reports: a small company with a bit of everything, the same with hostile text, and large ones."""

from __future__ import annotations

import msgspec

from aicensus.model.census import (
    Census,
    Claim,
    Coverage,
    Dependency,
    Evidence,
    ModelUse,
    Ownership,
    Point,
    PossibleCall,
    Repository,
    SdkSeen,
    Secret,
    Setting,
    Step,
    UnreadFile,
    Unresolved,
)
from aicensus.model.finding import Accepted, AuditResult, Finding, RuleInfo, Severity
from aicensus.model.growth import Commit, Sample, Trend
from aicensus.model.rulebook import ComparedRules, DecidedSubject, DecidingPoint, RulesInPrompts, StatedRule
from aicensus.model.rules import PromptRule, Verdict
from tests.builders import Item, a_census, a_finding, a_point, a_prompt, a_state, an_audit, an_entry_point

ROUTER = "support/router.py::Router.route"
SUMMARY = "support/summary.py::summarise"
CREDIT = "pricing/credit.py::decide_credit"

ROUTE_PROMPT = """You route customer tickets.

Choose exactly one queue: billing, delivery, refund or other.
Never promise a goodwill credit above 50 EUR.
Ticket: {ticket}"""

CREDIT_PROMPT = """Decide whether the customer receives a goodwill credit.
A credit of up to 80 EUR may be given without asking a manager."""

RULES = (
    RuleInfo(
        code="OWN001",
        name="no-owner",
        severity=Severity.ERROR,
        what="No owner is named for an inference point.",
        why="Nobody decides its model, its prompt, its cost or its end.",
        fix="Run `aicensus claim`, or name an owner in CODEOWNERS.",
        standards=("ISO 42001 A.3.2", "EU AI Act Art. 26"),
    ),
    RuleInfo(
        code="MOD001",
        name="retired-model",
        severity=Severity.ERROR,
        what="The model is retired; the call fails or is served by another.",
        why="What was tested is not what answers.",
        fix="Move to the replacement and run the evaluation again.",
    ),
    RuleInfo(
        code="CTL002",
        name="no-timeout",
        severity=Severity.WARNING,
        what="The call has no time limit of its own.",
        why="A slow provider holds the caller for as long as the SDK's default, often ten minutes.",
        fix="Give the client or the call a timeout.",
    ),
    RuleInfo(
        code="SEC001",
        name="key-in-source",
        severity=Severity.ERROR,
        what="A key or token stands in the source.",
        why="Whoever reads the repository can spend it.",
        fix="Revoke it, then read it from the environment.",
    ),
    RuleInfo(
        code="COV001",
        name="unresolved",
        severity=Severity.NOTE,
        what="A model, prompt or callee could not be resolved.",
        why="What is not known cannot be judged.",
        fix="See the reason at the point.",
    ),
)


def company() -> AuditResult:
    """Two repositories, seven points, every section of a report with something in it."""
    result = an_audit(_company_census(), *_company_findings(), accepted=_accepted(), rules=RULES, rules_in_prompts=_company_rules())
    return msgspec.structs.replace(result, growth=(_growth("shop"),))


def _growth(repo: str, point: str = CREDIT) -> Trend:
    """Three quarters in which one point a quarter came, the last of them undecided."""
    owner = point if repo == point else "support"
    commit = Commit(id="7c" * 20, at="2026-09-29T10:00:00+02:00", author="Ada", email="ada@example.com", authored="", subject="credit")
    samples = tuple(
        Sample(
            at=day,
            commit=commit,
            points=count,
            by_owner={owner: 1, "no owner": count - 1},
            by_provider={"openai": 1, "anthropic": count - 1},
            by_kind={"chat": count},
            by_ownership={"person": 1, "nobody": count - 1},
            added=1,
            undecided=(point,) if count == 3 else (),
        )
        for count, day in enumerate(("2026-03-31", "2026-06-30", "2026-09-30"), 1)
    )
    return Trend(repo=repo, branch="main", every="quarter", samples=samples, commits=812, first=commit, months=6, light="green")


def compared() -> AuditResult:
    """The same company, judged for what is new: one error and one note; the rest was there before."""
    result = company()
    new = (result.findings[0], result.findings[-1])
    earlier = tuple(finding for finding in result.findings if finding not in new)
    return msgspec.structs.replace(result, findings=new, earlier=earlier, since="2f" * 20)


def nothing_found() -> AuditResult:
    """A repository that imports an SDK and asks no model that anyone can see."""
    coverage = Coverage(
        files=312,
        considered=200,
        analysed=4,
        left_out=(("vendored", 40), ("minified", 2)),
        languages=(("python", 180), ("typescript", 20)),
        unread=(UnreadFile(repo="shop", path="tools/old.py", reason="not text: holds NUL bytes"),),
        possible=(PossibleCall(repo="shop", path="tools/run.py", line=12, what="client.run(...)"),),
    )
    seen = SdkSeen(sdk="openai-python", files=3)
    wanted = Dependency(repo="shop", path="requirements.txt", line=4, package="openai", version=">=1.40", sdk="openai-python")
    return an_audit(a_census(seen, wanted, coverage=coverage))


def hostile(payload: str) -> AuditResult:
    """An audit in which every text that a repository decides is the payload."""
    point = a_point(
        payload,
        id=f"{payload}::{payload}",
        repo=payload,
        path=payload,
        call=payload,
        provider=payload,
        model=ModelUse(id=payload, source="literal", why=payload),
        prompts=(payload,),
        settings=(Setting(name=payload, value=payload),),
        evidence=(Evidence(path=payload, line=1, what=payload),),
        entry_points=(payload,),
        route=(Step(symbol=payload, path=payload, line=1),),
        state=(payload,),
        ownership=Ownership(
            owner=payload,
            person=payload,
            team=payload,
            source="codeowners",
            chain=(Claim(source="codeowners", owner=payload, path=payload, line=1),),
            suggestions=(Claim(source="git", owner=payload),),
        ),
        purpose=payload,
        consequential_why=payload,
        tracers=(payload,),
        notes=(payload,),
    )
    prompt = a_prompt(payload, name=payload, id=payload, repo=payload, path=payload, placeholders=(payload,), used_by=(point.id,))
    state = a_state(payload, id=payload, repo=payload, path=payload, symbol=payload, tech=payload, points=(point.id,))
    entry = an_entry_point(payload, id=payload, repo=payload, path=payload, symbol=payload)
    secret = Secret(repo=payload, path=payload, line=1, kind=payload, masked=payload)
    wanted = Dependency(repo=payload, path=payload, line=1, package=payload, version=payload, sdk=payload)
    coverage = Coverage(
        files=1,
        considered=1,
        analysed=1,
        left_out=((payload, 1),),
        languages=((payload, 1),),
        unread=(UnreadFile(repo=payload, path=payload, reason=payload),),
        unresolved=(Unresolved(repo=payload, point=point.id, what="model", why=payload, path=payload, line=1),),
        possible=(PossibleCall(repo=payload, path=payload, line=1, what=payload),),
        notes=(payload,),
    )
    finding = a_finding(
        message=payload, repo=payload, path=payload, points=(point.id,), owners=(payload,), next=payload, evidence=point.evidence
    )
    accepted = Accepted(finding=finding, how="waiver", reason=payload, by=payload, until="2026-12-31")
    repository = Repository(name=payload, kind="worktree")
    census = a_census(point, prompt, state, entry, secret, wanted, SdkSeen(sdk=payload, files=1), repository, coverage=coverage)
    result = an_audit(census, finding, accepted=(accepted,), rules_in_prompts=_hostile_rules(payload, point.id))
    return msgspec.structs.replace(result, growth=(_growth(payload, payload),))


def many(number: int) -> AuditResult:
    """An audit of so many points, spread over services, owners and models as in a grown company."""
    services = ("support", "sales", "marketing", "operations", "pricing", "billing", "search", "onboarding", "legal", "data")
    areas = ("api", "jobs", "agents", "review")
    models = ("gpt-4.1", "gpt-4o-mini", "claude-sonnet-4-5", "gemini-2.5-flash", "text-embedding-3-small", "llama-3.3-70b")
    providers = ("openai", "openai", "anthropic", "google", "openai", "ollama")
    verbs = ("summarise", "classify", "draft_reply", "extract_fields", "rank_offers", "translate", "detect_language", "score_lead")
    items: list[Item] = []
    findings: list[Finding] = []
    for at in range(number):
        service, area, verb, model = (
            services[at * 7 % len(services)],
            areas[at // 3 % len(areas)],
            verbs[at * 3 % len(verbs)],
            at * 5 % len(models),
        )
        path, symbol = f"services/{service}/{area}/{verb}_{at}.py", f"{verb.title().replace('_', '')}{at}.{verb}"
        embeds = models[model].startswith("text-embedding")
        prompt = a_prompt(
            f"You {verb.replace('_', ' ')} for {service}.\nCase {at}: {{case}}", name=f"{verb.upper()}_{at}", path=path, line=4
        )
        state = a_state(f"{service}-index", path=path, line=30, id=f"{path}::index", points=(f"{path}::{symbol}",))
        point = a_point(
            symbol,
            path=path,
            line=20,
            owner="" if at % 6 == 5 else f"@example-org/{service}",
            model=models[model],
            provider=providers[model],
            kind="embedding" if embeds else "chat",
            role=("direct", "use", "use", "gateway")[at % 4],
            scope=("prod", "prod", "prod", "prod", "test")[at % 5],
            prompts=() if embeds else (prompt.id,),
            prompt="none" if embeds else "constant",
            state=(state.id,) if at % 4 == 0 else (),
            purpose=f"{verb.replace('_', ' ').capitalize()} for {service}",
        )
        items += [point, *([] if embeds else [prompt]), *([state] if at % 4 == 0 else [])]
        if at % 6 == 5:
            findings.append(a_finding(message=f"{symbol} asks {point.provider} and nobody owns it", path=path, line=20, points=(point.id,)))
        if at % 5 == 0:
            findings.append(
                a_finding(
                    "CTL002",
                    message=f"{symbol} has no timeout",
                    path=path,
                    line=20,
                    points=(point.id,),
                    owners=(point.ownership.owner or "",),
                    severity=Severity.WARNING,
                    next="pass timeout= to the client",
                )
            )
    coverage = Coverage(files=number * 12, considered=number * 9, analysed=number * 2, languages=(("python", number * 9),))
    rules = tuple(rule for rule in RULES if rule.code in {"OWN001", "CTL002"})
    return an_audit(a_census(*items, coverage=coverage), *sorted(findings, key=lambda found: found.severity.rank), rules=rules)


def _company_census() -> Census:
    return a_census(*_company_points(), *_company_rest(), coverage=_company_coverage())


def _company_points() -> tuple[Point, ...]:
    return (
        a_point(
            "LlmClient.ask",
            path="support/llm/client.py",
            line=31,
            role="gateway",
            owner="@example-org/platform",
            model=ModelUse(source="parameter", why="callers decide"),
            prompt="dynamic",
            purpose="Send messages to the model",
        ),
        a_point(
            "Router.route",
            path="support/router.py",
            line=41,
            end_line=52,
            role="use",
            sdk="own-wrapper",
            call="self.llm.ask",
            model=ModelUse(id="gpt-4.1", source="env", why="OPENAI_MODEL, with this default"),
            prompts=("support/prompts.py::ROUTE",),
            prompt="constant",
            settings=(Setting(name="temperature", value="0.2"), Setting(name="timeout", value="default: 600")),
            evidence=(
                Evidence(path="support/router.py", line=41, what="call of the gateway LlmClient.ask"),
                Evidence(path="support/llm/client.py", line=31, what="client.chat.completions.create of openai"),
            ),
            gateways=("support/llm/client.py::LlmClient.ask",),
            entry_points=("support/app.py::POST /tickets",),
            route=(
                Step(symbol="create_ticket", path="support/app.py", line=18),
                Step(symbol="handle", path="support/tickets.py", line=77),
                Step(symbol="Router.route", path="support/router.py", line=41),
            ),
            state=("support/search.py::tickets",),
            ownership=Ownership(
                owner="maria.lopez@example.com",
                person="maria.lopez@example.com",
                team="@example-org/support-ai",
                source="manifest",
                chain=(
                    Claim(source="manifest", owner="maria.lopez@example.com", path="aicensus.yaml", line=12),
                    Claim(source="codeowners", owner="@example-org/support", path=".github/CODEOWNERS", line=4),
                ),
                suggestions=(Claim(source="git", owner="jo.brown@example.com"),),
            ),
            purpose="Route a ticket to a queue",
            purpose_declared=True,
            consequential="yes",
            consequential_why="declared in aicensus.yaml",
            tracers=("langfuse",),
            notes=("owner=@example-org/support-ai",),
        ),
        a_point(
            "summarise",
            path="support/summary.py",
            line=12,
            model=ModelUse(id="gpt-3.5-turbo-0301", source="literal", hard_coded=True),
            prompts=("support/summary.py::summarise/1",),
            prompt="inline",
            reach="unreachable",
        ),
        a_point(
            "decide_credit",
            repo="billing",
            path="pricing/credit.py",
            line=9,
            provider="anthropic",
            sdk="anthropic-python",
            call="client.messages.create",
            owner="@example-org/pricing",
            model=ModelUse(candidates=("claude-sonnet-4-5", "claude-haiku-4-5"), source="env", why="depends on TIER"),
            prompts=("pricing/prompts/credit.md",),
            prompt="file",
            purpose="Decide on a goodwill credit",
            consequential="yes",
        ),
        a_point(
            "TicketIndex.embed_all_tickets_of_the_last_quarter",
            path="support/search/indexing/background/very_long_folder_name/tickets_index_for_the_support_team.py",
            line=120,
            kind="embedding",
            owner="@example-org/support",
            model="text-embedding-3-small",
            state=("support/search.py::tickets",),
        ),
        a_point("test_summary", path="tests/test_summary.py", scope="test", model="gpt-4.1"),
        a_point("maybe", path="support/odd.py", confidence="possible", model="gpt-4.1"),
    )


def _company_rest() -> tuple[Item, ...]:
    return (
        a_prompt(
            ROUTE_PROMPT,
            name="ROUTE",
            path="support/prompts.py",
            line=3,
            kind="template",
            role="system",
            placeholders=("ticket",),
            used_by=(ROUTER,),
        ),
        a_prompt(
            "Summarise the ticket in two sentences.",
            name="",
            id="support/summary.py::summarise/1",
            path="support/summary.py",
            line=15,
            kind="inline",
            used_by=(SUMMARY,),
        ),
        a_prompt(
            CREDIT_PROMPT,
            name="",
            id="pricing/prompts/credit.md",
            repo="billing",
            path="pricing/prompts/credit.md",
            line=1,
            kind="file",
            used_by=(CREDIT,),
        ),
        a_prompt("You are a pirate.", name="OLD_TONE", path="support/prompts.py", line=20),
        a_state("tickets", path="support/search.py", points=(ROUTER,), model="text-embedding-3-small", access="both"),
        an_entry_point("POST /tickets", path="support/app.py", line=18),
        Secret(repo="shop", path="support/settings.py", line=5, kind="OpenAI key", masked="sk-a… (51)"),
        Dependency(repo="shop", path="requirements.txt", line=4, package="openai", version=">=1.40", sdk="openai-python"),
        SdkSeen(sdk="anthropic-python", files=1),
        SdkSeen(sdk="openai-python", files=3),
        Repository(name="billing", kind="revision", revision="2" * 40),
        Repository(name="shop", kind="worktree", revision="1" * 40),
    )


def _company_coverage() -> Coverage:
    return Coverage(
        files=1310,
        considered=1204,
        analysed=83,
        left_out=(("vendored", 40), ("minified", 12), ("generated", 3)),
        languages=(("python", 1100), ("typescript", 104)),
        unread=(
            UnreadFile(repo="shop", path="data/export.py", reason="larger than 1 MB"),
            UnreadFile(repo="shop", path="support/broken.py", reason="syntax error, the rest of the file was read", line=88),
        ),
        unresolved=(
            Unresolved(
                repo="shop",
                point="support/llm/client.py::LlmClient.ask",
                what="model",
                why="callers decide",
                path="support/llm/client.py",
                line=31,
            ),
            Unresolved(
                repo="shop", point=ROUTER, what="prompt", why="loaded from a registry at run time", path="support/router.py", line=44
            ),
        ),
        possible=(PossibleCall(repo="shop", path="support/odd.py", line=10, what="client.run(...): the class of client is not known"),),
        notes=("facts about models are 120 days old",),
    )


def _company_rules() -> RulesInPrompts:
    never = PromptRule(
        text="Never promise a goodwill credit above 50 EUR.",
        start=84,
        end=129,
        line=4,
        kind="threshold",
        subject="goodwill credit",
        modality="F",
        action="promise",
    )
    may = PromptRule(
        text="A credit of up to 80 EUR may be given without asking a manager.",
        start=55,
        end=118,
        line=2,
        kind="threshold",
        subject="credit",
        modality="P",
        action="give",
    )
    clash = Verdict(
        verdict="threshold conflict",
        label="contradiction",
        confidence="likely",
        why=("limits: above 50 EUR | up to 80 EUR",),
        interval="from above 50 EUR to up to 80 EUR",
        resolve="decide which limit holds, and take the other one out",
    )
    return RulesInPrompts(
        rules=(
            StatedRule(
                repo="billing",
                path="pricing/prompts/credit.md",
                line=2,
                prompt="pricing/prompts/credit.md",
                owners=("@example-org/pricing",),
                points=(CREDIT,),
                subjects=("goodwill-credit",),
                rule=may,
            ),
            StatedRule(
                repo="shop",
                path="support/prompts.py",
                line=6,
                prompt="support/prompts.py::ROUTE",
                owners=("maria.lopez@example.com",),
                points=(ROUTER,),
                subjects=("goodwill-credit",),
                rule=never,
            ),
        ),
        pairs=(ComparedRules(first=0, second=1, verdict=clash),),
        subjects=(
            DecidedSubject(
                name="goodwill-credit",
                points=(
                    DecidingPoint(repo="billing", point=CREDIT, owner="@example-org/pricing", rules=(0,)),
                    DecidingPoint(repo="shop", point=ROUTER, owner="maria.lopez@example.com", declared=True, rules=(1,)),
                ),
                unsettled=((0, 1),),
                needed=1,
            ),
            DecidedSubject(name="refund", arbiter="maria.lopez@example.com", tie="arbiter"),
        ),
        skipped=3,
    )


def _hostile_rules(payload: str, point: str) -> RulesInPrompts:
    """Two rules that differ, both of them the payload."""
    stated = [
        StatedRule(
            repo=payload,
            path=payload,
            line=1,
            prompt=payload,
            owners=(payload,),
            points=(point,),
            subjects=(payload,),
            rule=PromptRule(
                text=text, start=0, end=len(text), line=1, kind="obligation", subject=payload, modality="O", forbidden_by=payload
            ),
        )
        for text in (payload, f"not {payload}")
    ]
    verdict = Verdict(
        verdict="contradiction", label="contradiction", confidence="likely", why=(payload,), interval=payload, resolve=payload
    )
    deciding = tuple(DecidingPoint(repo=payload, point=name, owner=payload, declared=True, rules=(0,)) for name in (point, payload))
    subject = DecidedSubject(
        name=payload, points=deciding, wins=((0, 1),), unsettled=((0, 1),), needed=1, arbiter=payload, fallback=payload, tie="stricter"
    )
    return RulesInPrompts(
        rules=tuple(stated),
        pairs=(ComparedRules(first=0, second=1, verdict=verdict),),
        subjects=(subject,),
        unanalysed=((payload, payload, "?"),),
    )


def _company_findings() -> tuple[Finding, ...]:
    return (
        a_finding(
            path="support/summary.py",
            line=12,
            points=(SUMMARY,),
            next="add support/summary.py to CODEOWNERS",
            message="summarise asks openai and nobody owns it",
        ),
        a_finding(
            "MOD001",
            message="summarise asks for gpt-3.5-turbo-0301, retired on 2024-09-13",
            path="support/summary.py",
            line=12,
            points=(SUMMARY,),
            next="use gpt-4.1-mini",
        ),
        a_finding(
            "SEC001",
            message="a key of OpenAI stands in the source: sk-a… (51)",
            path="support/settings.py",
            line=5,
            points=(),
            next="revoke the key and read it from the environment",
        ),
        a_finding(
            "CTL002",
            message="decide_credit has no timeout; the SDK waits 600 s",
            repo="billing",
            path="pricing/credit.py",
            line=9,
            severity=Severity.WARNING,
            points=(CREDIT,),
            owners=("@example-org/pricing",),
            next="pass timeout= to the client",
        ),
        a_finding(
            "CTL002",
            message="Router.route has no timeout; the SDK waits 600 s",
            path="support/router.py",
            line=41,
            severity=Severity.WARNING,
            points=(ROUTER,),
            owners=("maria.lopez@example.com", "@example-org/support-ai"),
            next="pass timeout= to the client",
        ),
        a_finding(
            "COV001",
            message="2 models or prompts could not be resolved",
            path="",
            line=0,
            severity=Severity.NOTE,
            points=(),
            next="see the reasons under coverage",
        ),
    )


def _accepted() -> tuple[Accepted, ...]:
    waived = a_finding("CTL002", message="embed has no timeout", path="support/search.py", line=7, severity=Severity.WARNING, points=())
    return (
        Accepted(finding=waived, how="waiver", reason="a nightly job may wait", by="maria.lopez@example.com", until="2026-12-31"),
        Accepted(finding=a_finding("CTL002", path="support/odd.py", line=3, points=()), how="inline", reason="demo code"),
    )
