import json
import os

import redis

store = redis.Redis.from_url(os.environ["REDIS_URL"], decode_responses=True)
ONE_DAY = 24 * 60 * 60


def load_history(session_id: str) -> list[str]:
    return json.loads(store.get(f"support-session:{session_id}") or "[]")


def save_turn(session_id: str, message: str, reply: str) -> None:
    turns = [*load_history(session_id), f"Customer: {message}", f"Assistant: {reply}"]
    store.setex(f"support-session:{session_id}", ONE_DAY, json.dumps(turns[-20:]))
