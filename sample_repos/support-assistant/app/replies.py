from app.knowledge import find_articles
from app.llm import ask
from app.prompts import REPLY_PROMPT
from app.sessions import load_history, save_turn


def draft_reply(session_id: str, message: str) -> str:
    """Write an answer from the help articles and the conversation so far."""
    articles = "\n\n".join(find_articles(message))
    history = "\n".join(load_history(session_id))
    reply = ask(REPLY_PROMPT.format(articles=articles, history=history), message)
    save_turn(session_id, message, reply)
    return reply
