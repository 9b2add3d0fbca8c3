import chromadb
from openai import OpenAI

client = OpenAI(timeout=10)
articles = chromadb.HttpClient(host="chroma.example.com").get_collection("help_articles")


def find_articles(question: str, count: int = 4) -> list[str]:
    """Return the help articles closest to a question."""
    embedded = client.embeddings.create(model="text-embedding-ada-002", input=question)
    found = articles.query(query_embeddings=[embedded.data[0].embedding], n_results=count)
    return found["documents"][0]
