from sentence_transformers import SentenceTransformer
from sklearn.cluster import KMeans

encoder = SentenceTransformer("all-MiniLM-L6-v2")


def group_reviews(reviews: list[str], groups: int) -> list[list[str]]:
    """Sort reviews into groups of similar ones."""
    vectors = encoder.encode(reviews, normalize_embeddings=True)
    labels = KMeans(n_clusters=groups, random_state=7).fit_predict(vectors)
    return [[text for text, label in zip(reviews, labels) if label == group] for group in range(groups)]
