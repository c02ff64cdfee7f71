"""Search over the graph."""

from tests.gateway.lab import Board, count_queries

SEARCH = """
query ($w: ID!, $q: String!, $types: [SearchType!], $project: ID, $first: Int, $after: String) {
  search(workspaceId: $w, query: $q, types: $types, projectId: $project, first: $first, after: $after) {
    totalCount
    pageInfo { hasNextPage endCursor }
    nodes {
      score
      title { text isMatch }
      excerpt { text isMatch }
      node {
        __typename
        ... on Card { title column { name } assignee { name } }
        ... on Comment { content card { title } author { name } }
        ... on Project { name }
      }
    }
  }
}
"""
COMMENT = "mutation ($input: CommentCreateInput!) { commentCreate(input: $input) { comment { id } } }"


async def test_a_search_leads_on_to_what_was_found(board: Board) -> None:
    card = await board.card("Launch the balloon", assigneeId=board.ann.id)
    await board.ann.ask(COMMENT, input={"cardId": card, "content": "Which balloon?"})

    found = (await board.ann.ask(SEARCH, w=board.workspace, q="balloon"))["search"]

    assert found["totalCount"] == 2
    by_type = {one["node"]["__typename"]: one for one in found["nodes"]}
    assert by_type["Card"]["node"] == {
        "__typename": "Card",
        "title": "Launch the balloon",
        "column": {"name": "To do"},
        "assignee": {"name": "Ann"},
    }
    assert by_type["Card"]["title"] == [
        {"text": "Launch the ", "isMatch": False},
        {"text": "balloon", "isMatch": True},
    ]
    assert by_type["Comment"]["node"]["card"] == {"title": "Launch the balloon"}
    assert by_type["Card"]["score"] > by_type["Comment"]["score"] > 0


async def test_a_search_goes_on_where_its_page_ended(board: Board) -> None:
    for number in range(3):
        await board.card(f"Balloon {number}")

    first = (await board.ann.ask(SEARCH, w=board.workspace, q="balloon", first=2))["search"]
    after = first["pageInfo"]["endCursor"]
    rest = (await board.ann.ask(SEARCH, w=board.workspace, q="balloon", first=2, after=after))["search"]

    titles = [one["node"]["title"] for one in [*first["nodes"], *rest["nodes"]]]
    assert sorted(titles) == ["Balloon 0", "Balloon 1", "Balloon 2"]
    assert (first["pageInfo"]["hasNextPage"], rest["pageInfo"]["hasNextPage"]) == (True, False)


async def test_a_search_takes_as_many_queries_for_two_as_for_twenty(board: Board) -> None:
    counts: dict[int, list[str]] = {}
    for size in (2, 20):
        for _ in range(size):
            await board.card("Balloon", assigneeId=board.ann.id)
        await board.ann.ask(SEARCH, w=board.workspace, q="balloon")
        with count_queries() as seen:
            found = await board.ann.ask(SEARCH, w=board.workspace, q="balloon")
        assert len(found["search"]["nodes"]) >= size
        counts[size] = [str(one) for one in seen]

    assert counts[2] == counts[20]


async def test_a_query_without_a_word_is_refused_by_name(board: Board) -> None:
    error = await board.ann.refused(SEARCH, w=board.workspace, q="  ")

    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert error["extensions"]["field"] == "query"
