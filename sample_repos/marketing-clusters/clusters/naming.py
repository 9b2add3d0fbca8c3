import anthropic

NAMING_MODEL = "claude-haiku-4-5"

client = anthropic.Anthropic()


def name_group(reviews: list[str]) -> str:
    """Give a group of reviews a name of at most four words."""
    sample = "\n".join(f"- {text}" for text in reviews[:20])
    answer = client.messages.create(
        model=NAMING_MODEL,
        max_tokens=30,
        system="You name groups of product reviews for a marketing report. Answer with at most four words.",
        messages=[{"role": "user", "content": f"What do these reviews have in common?\n{sample}"}],
    )
    return answer.content[0].text.strip()
