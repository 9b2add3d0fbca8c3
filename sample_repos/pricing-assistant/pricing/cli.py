import typer

from pricing.advice import propose_price

app = typer.Typer()


@app.command()
def propose(article: str, cost: float, competitor: list[float]) -> None:
    """Propose a price for one article."""
    typer.echo(propose_price(article, cost, competitor))


if __name__ == "__main__":
    app()
