"""What a census holds beside the points, in words: flows, settings, evaluations, and models that serve those who write the code."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from aicensus.model.census import Census, DeveloperTool, Evaluation, Flow, ModelSetting
from aicensus.report.overview import plural

KINDS = {
    "instructions": "instruction file",
    "agent": "agent, command or skill",
    "command": "command",
    "workflow": "workflow",
    "review": "review bot",
    "mcp": "MCP server",
    "settings": "settings file",
}
SEVERAL = {"agent": "agents, commands or skills"}


def flow_text(flow: Flow) -> str:
    """Return `Support: 3 points in order`."""
    name = f"{flow.name}: " if flow.name else ""
    return f"{name}{plural(len(flow.points), 'point')}" + (" in order" if flow.links else "") + f" ({flow.sdk})"


def tool_text(tool: DeveloperTool) -> str:
    """Return `workflow anthropics/claude-code-action@v1, asks claude-opus-4-1`."""
    asks = f", asks {tool.model}" if tool.model else ""
    return f"{KINDS[tool.kind]} {tool.name}".strip() + asks


def setting_text(setting: ModelSetting) -> str:
    """Return `OPENAI_MODEL is gpt-4o, read by 2 points`."""
    return f"{setting.name} is {setting.model}" + (f", read by {plural(len(setting.points), 'point')}" if setting.points else "")


def evaluation_text(evaluation: Evaluation) -> str:
    """Return `promptfoo Tone of answers: gpt-4o-mini`."""
    models = f": {', '.join(evaluation.models)}" if evaluation.models else ""
    return f"{evaluation.tool} {evaluation.name}".strip() + models


def tools_counted(tools: Iterable[DeveloperTool]) -> str:
    """Return `2 instruction files, 1 workflow`."""
    counts: Counter[str] = Counter(tool.kind for tool in tools)
    return ", ".join(plural(counts[kind], noun, SEVERAL.get(kind, "")) for kind, noun in KINDS.items() if counts[kind])


def anything(census: Census) -> bool:
    return bool(census.flows or census.model_settings or census.evaluations or census.developer_tools)
