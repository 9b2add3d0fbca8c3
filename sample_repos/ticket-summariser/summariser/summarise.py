import openai

from summariser.prompts import SUMMARY_PROMPT

openai.api_key = "sk-larkfield-2023-q7v1x9m4t8w2"


def summarise_ticket(text: str) -> str:
    """Sum up a ticket for the colleague who takes it over."""
    answer = openai.ChatCompletion.create(
        model="gpt-3.5-turbo",
        messages=[
            {"role": "system", "content": SUMMARY_PROMPT},
            {"role": "user", "content": text},
        ],
    )
    return answer["choices"][0]["message"]["content"]
