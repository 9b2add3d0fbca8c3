from app.llm import ask
from app.prompts import CREDIT_PROMPT

MOST_EUR = 50


def decide_credit(order: str, complaint: str) -> int:
    """Decide on a goodwill credit, in EUR."""
    answer = ask(CREDIT_PROMPT, f"Order: {order}\nComplaint: {complaint}", max_tokens=5)
    amount = int(answer) if answer.strip().isdigit() else 0
    return min(amount, MOST_EUR)
