import os

import psycopg


def load_reviews(days: int) -> list[str]:
    """Return the texts of the reviews of the last days."""
    with psycopg.connect(os.environ["WAREHOUSE_URL"]) as connection:
        rows = connection.execute("SELECT text FROM reviews WHERE written_on > current_date - %s", (days,)).fetchall()
    return [text for (text,) in rows]


def save_topics(topics: list[tuple[str, int]]) -> None:
    """Store the name and the size of each group of reviews."""
    with psycopg.connect(os.environ["WAREHOUSE_URL"]) as connection, connection.cursor() as cursor:
        cursor.executemany("INSERT INTO review_topics (name, reviews) VALUES (%s, %s)", topics)
