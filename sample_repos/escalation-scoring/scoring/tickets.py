import os

import psycopg
from psycopg.rows import dict_row


def load_ticket(ticket_id: int) -> dict:
    with psycopg.connect(os.environ["DATABASE_URL"], row_factory=dict_row) as connection:
        return connection.execute("SELECT id, text, vip FROM tickets WHERE id = %s", (ticket_id,)).fetchone()


def save_score(ticket_id: int, score: int, escalated: bool) -> None:
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        connection.execute("UPDATE tickets SET score = %s, escalated = %s WHERE id = %s", (score, escalated, ticket_id))
