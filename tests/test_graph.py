"""Questions to the graph of a small census made by hand."""

from __future__ import annotations

from aicensus.graph import Node, build_graph
from tests.builders import a_census, a_point, a_prompt, a_state, an_entry_point

INNER = a_point("Client.call", path="lib/llm.py", role="gateway")
OUTER = a_point("ask", path="lib/ask.py", role="gateway", gateways=(INNER.id,))
ROUTE = an_entry_point("POST /triage", path="app/triage.py")
PROMPT = a_prompt(path="app/triage.py", used_by=("app/triage.py::classify",))
INDEX = a_state("tickets", points=("app/triage.py::classify", "app/search.py::search"))
USE = a_point(
    "classify",
    path="app/triage.py",
    role="use",
    gateways=(OUTER.id, INNER.id),
    prompts=(PROMPT.id,),
    state=(INDEX.id,),
    entry_points=(ROUTE.id,),
    owner="maria@example.com",
)
SEARCH = a_point("search", path="app/search.py", state=(INDEX.id,), owner="joe@example.com")
CENSUS = a_census(USE, SEARCH, INNER, OUTER, PROMPT, INDEX, ROUTE)


def test_gateways_and_their_callers() -> None:
    graph = build_graph(CENSUS)
    assert graph.gateways_of(USE) == (OUTER, INNER)
    assert graph.callers_of(OUTER) == (USE,)
    assert graph.callers_of(INNER) == (OUTER,)
    assert graph.uses_of(INNER) == (USE,)
    assert graph.callers_of(SEARCH) == ()


def test_prompts_owners_routes() -> None:
    graph = build_graph(CENSUS)
    assert graph.points_of_prompt(PROMPT) == (USE,)
    assert graph.prompts_of(USE) == (PROMPT,)
    assert graph.points_of_owner("maria@example.com") == (USE,)
    assert {owner: len(points) for owner, points in graph.owners.items()} == {"": 2, "joe@example.com": 1, "maria@example.com": 1}
    assert graph.routes(USE) == (ROUTE,)
    assert graph.points_of_entry(ROUTE) == (USE,)


def test_state_that_two_points_touch_is_shared() -> None:
    (shared,) = build_graph(CENSUS).shared_state()
    assert (shared.tech, shared.name, shared.points) == ("qdrant", "tickets", (SEARCH, USE))
    alone = a_census(USE, a_state("tickets", points=(USE.id,)), a_state("", path="x.py", points=(USE.id, SEARCH.id)))
    assert build_graph(alone).shared_state() == ()


def test_neighbours_grow_with_the_steps() -> None:
    graph = build_graph(CENSUS)
    node = Node("owner", "", "joe@example.com")
    assert graph.neighbours(node) == (graph.node_of(SEARCH),)
    assert graph.node_of(INDEX) in graph.neighbours(node, steps=2)
    assert graph.neighbours(Node("owner", "", "nobody@example.com")) == ()


def test_nodes_and_edges_are_sorted_and_do_not_depend_on_the_order() -> None:
    graph, again = build_graph(CENSUS), build_graph(a_census(ROUTE, INDEX, PROMPT, OUTER, INNER, SEARCH, USE))
    assert graph.nodes() == again.nodes() == tuple(sorted(graph.nodes()))
    assert graph.edges() == again.edges()
    assert {edge.kind for edge in graph.edges()} == {"owns", "reaches", "calls", "instructs", "asks", "uses"}


def test_equal_ids_of_two_repositories_stay_apart() -> None:
    own, other = a_point("f", prompts=("p.py::P",)), a_point("f", repo="other", prompts=("p.py::P",))
    prompts = [a_prompt(name="P", path="p.py", repo=repo) for repo in ("shop", "other")]
    graph = build_graph(a_census(own, other, *prompts))
    assert [graph.prompts_of(point) for point in (own, other)] == [(prompts[0],), (prompts[1],)]
    assert len(graph.nodes()) == 5


def test_a_gateway_may_live_in_another_repository() -> None:
    gateway = a_point("ask", path="llm.py", role="gateway", repo="platform")
    use = a_point("use", role="use", gateways=(gateway.id, "missing.py::g"))
    assert build_graph(a_census(gateway, use)).gateways_of(use) == (gateway,)
