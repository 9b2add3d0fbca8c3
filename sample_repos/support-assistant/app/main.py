from fastapi import FastAPI
from pydantic import BaseModel

from app.credits import decide_credit
from app.replies import draft_reply
from app.triage import pick_queue

app = FastAPI(title="Support assistant")


class Message(BaseModel):
    session_id: str
    text: str


class Complaint(BaseModel):
    order: str
    text: str


@app.post("/messages")
def receive_message(message: Message) -> dict[str, str]:
    return {"queue": pick_queue(message.text), "reply": draft_reply(message.session_id, message.text)}


@app.post("/credits")
def receive_complaint(complaint: Complaint) -> dict[str, int]:
    return {"credit": decide_credit(complaint.order, complaint.text)}
