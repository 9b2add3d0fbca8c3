from langchain_core.output_parsers import StrOutputParser
from langchain_core.prompts import ChatPromptTemplate
from langchain_openai import ChatOpenAI

SYSTEM = """You advise a buyer of Larkfield on the price of a piece of furniture.
Never propose a price below cost plus 12 percent.
A discount of more than 20 percent requires the approval of the head of sales.
Protect the margin: goodwill credits are ineligible below 20 percent margin."""

prompt = ChatPromptTemplate.from_messages(
    [
        ("system", SYSTEM),
        ("human", "Article: {article}\nCost: {cost} EUR\nPrices of competitors: {competitors}\nWhich price do you propose?"),
    ]
)
chain = prompt | ChatOpenAI() | StrOutputParser()


def propose_price(article: str, cost: float, competitors: list[float]) -> str:
    """Propose a price for an article, with the reason."""
    return chain.invoke({"article": article, "cost": cost, "competitors": competitors})
