import os

from celery import Celery

from scoring.score import score_case
from scoring.tickets import load_ticket, save_score

app = Celery("escalation-scoring", broker=os.environ["BROKER_URL"])

ESCALATE_FROM = 7


@app.task(name="tickets.score")
def score_ticket(ticket_id: int) -> None:
    """Score an open ticket; from seven on it leaves the queue and goes to a duty manager."""
    score = score_case(load_ticket(ticket_id))
    save_score(ticket_id, score, escalated=score >= ESCALATE_FROM)
