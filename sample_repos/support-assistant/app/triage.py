from pathlib import Path

from app.llm import ask

TRIAGE_PROMPT = (Path(__file__).parent.parent / "prompts" / "triage.md").read_text()
QUEUES = {"delivery", "returns", "payment", "general"}


def pick_queue(message: str) -> str:
    """Choose the queue that a message belongs to."""
    queue = ask(TRIAGE_PROMPT, message, model="gpt-4.1-mini", max_tokens=5).strip().lower()
    return queue if queue in QUEUES else "general"
