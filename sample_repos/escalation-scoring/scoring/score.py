import json

import boto3
from botocore.config import Config
from jinja2 import Environment, PackageLoader

MODEL_ID = "eu.anthropic.claude-sonnet-4-6"

bedrock = boto3.client("bedrock-runtime", config=Config(read_timeout=15, retries={"max_attempts": 2}))
templates = Environment(loader=PackageLoader("scoring"))


def score_case(ticket: dict) -> int:
    """Say how urgently a person has to look at a ticket, 0 to 10."""
    prompt = templates.get_template("escalation.j2").render(ticket=ticket)
    # aicensus: owner=aiko.tanaka@example.com team=@larkfield/operations purpose="Decide which tickets a duty manager sees" consequential
    answer = bedrock.converse(
        modelId=MODEL_ID,
        system=[{"text": prompt}],
        messages=[{"role": "user", "content": [{"text": ticket["text"]}]}],
        inferenceConfig={"maxTokens": 50, "temperature": 0},
    )
    return int(json.loads(answer["output"]["message"]["content"][0]["text"])["score"])
