"""How many database queries a nested request takes: recorded, and the same however much there is to read."""

import json
from pathlib import Path

import pytest

from resolvers.lane import blocks as lane_blocks
from tests.gateway.lab import Board, count_queries

RECORDED = Path(__file__).parents[1] / "query_counts.json"

BOARD = """
query ($slug: String!) {
  organization(slug: $slug) {
    name
    workspaces { nodes { name
      projects { nodes { name
        columns { name cardCount
          cards(first: 100) { totalCount nodes { title order
            labels { name color } checklist { title done } assignee { name }
          } }
        }
      } }
    } }
  }
}
"""
LABEL = "mutation ($input: LabelCreateInput!) { labelCreate(input: $input) { label { id } } }"


async def fill(board: Board, count: int, label: str) -> None:
    for number in range(count):
        await board.card(
            f"Card {number}",
            columnId=board.todo if number % 2 else board.done,
            labelIds=[label],
            assigneeId=board.ann.id,
            checklist=[{"title": "Step"}],
        )


async def test_a_nested_board_takes_the_recorded_number_of_queries_for_5_and_for_50_cards(board: Board) -> None:
    made = await board.ann.ask(LABEL, input={"projectId": board.project, "name": "Bug", "color": "#ff0000"})
    label = made["labelCreate"]["label"]["id"]
    counts: dict[int, list[str]] = {}

    for size in (5, 50):
        await fill(board, size - sum(len(column["cards"]["nodes"]) for column in await columns_of(board)), label)
        with count_queries() as seen:
            columns = await columns_of(board)
        counts[size] = [str(one) for one in seen]
        cards = [card for column in columns for card in column["cards"]["nodes"]]
        assert len(cards) == size
        assert all(card["labels"] and card["checklist"] and card["assignee"] for card in cards)

    recorded = json.loads(RECORDED.read_text())
    assert len(counts[5]) == len(counts[50]) == recorded["organization to cards"], counts


async def columns_of(board: Board) -> list[dict[str, dict[str, list[dict[str, object]]]]]:
    found = await board.ann.ask(BOARD, slug=board.org_slug)
    projects = found["organization"]["workspaces"]["nodes"][0]["projects"]["nodes"]
    columns: list[dict[str, dict[str, list[dict[str, object]]]]] = projects[0]["columns"]
    return columns


CARDS = """
query ($id: ID!) {
  project(id: $id) {
    workspace { organization { owner { email } } } members { totalCount nodes { user { name } } }
    scopes { progress columns { id } } labels { name project { name } }
    cards(first: 100, orderBy: [{field: TITLE}]) {
      totalCount pageInfo { endCursor }
      edges { cursor node {
        title order column { name order cardCount project { name } } scope { name } createdBy { name } assignee { name }
        labels { name } comments { totalCount nodes { content author { name } } }
        activity { totalCount nodes { type actor { name } } } missions { totalCount nodes { id } }
      } }
    }
  }
}
"""
IMPORT = """
mutation ($w: ID!, $input: ProjectImportInput!) { projectImport(workspaceId: $w, input: $input) { project { id } } }
"""


async def test_all_that_a_card_leads_to_takes_as_many_queries_for_5_as_for_50_cards(board: Board) -> None:
    counts: dict[int, list[str]] = {}
    for size in (5, 50):
        cards = [{"title": f"Card {n:02}", "columnIndex": n % 4, "labels": ["a", f"l{n % 7}"]} for n in range(size)]
        whole = {"project": {"name": "Copy"}, "columns": [{"name": f"C{n}"} for n in range(4)], "cards": cards}
        made = await board.ann.ask(IMPORT, w=board.workspace, input=whole)
        project = made["projectImport"]["project"]["id"]
        with count_queries() as seen:
            found = await board.ann.ask(CARDS, id=project)
        counts[size] = [str(one) for one in seen]
        nodes = [edge["node"] for edge in found["project"]["cards"]["edges"]]
        assert len(nodes) == size
        assert all(node["labels"] and node["column"] and node["createdBy"] for node in nodes)

    recorded = json.loads(RECORDED.read_text())
    assert len(counts[5]) == len(counts[50]) == recorded["project to all of its cards"], counts


RELATED = """
query ($id: ID!, $filter: CardFilter, $orderBy: [CardOrder!]) {
  project(id: $id) {
    customFields { name order options { label } }
    cards(first: 100, filter: $filter, orderBy: $orderBy) {
      nodes {
        title isBlocked customFields { field { name } numberValue }
        relations { type card { title } } blockedBy { title isBlocked } blocks { title }
        parent { title children { title } } children { title }
      }
    }
  }
}
"""
FIELD = "mutation ($i: CustomFieldCreateInput!) { customFieldCreate(input: $i) { customField { id } } }"
SET = "mutation ($id: ID!, $i: CardCustomFieldsSetInput!) { cardCustomFieldsSet(id: $id, input: $i) { cursor } }"
RELATE = "mutation ($i: RelationCreateInput!) { relationCreate(input: $i) { cursor } }"


async def test_fields_and_relations_take_as_many_queries_for_4_as_for_16_cards(board: Board) -> None:
    made = await board.ann.ask(FIELD, i={"projectId": board.project, "name": "Points", "type": "NUMBER"})
    field = made["customFieldCreate"]["customField"]["id"]
    asked = {
        "filter": {"customField": {"fieldId": field, "number": {"gte": 0}}},
        "orderBy": [{"field": "CUSTOM_FIELD", "customFieldId": field}],
    }
    cards: list[str] = []
    counts: dict[int, list[str]] = {}
    for size in (4, 16):
        while len(cards) < size:
            cards.append(await board.card(f"Card {len(cards)}"))
            await board.ann.ask(SET, id=cards[-1], i={"values": [{"fieldId": field, "value": len(cards)}]})
            for type_ in ("BLOCKED_BY", "CHILD_OF") if len(cards) > 1 else ():
                await board.ann.ask(RELATE, i={"cardId": cards[-1], "targetCardId": cards[-2], "type": type_})
        with count_queries() as seen:
            found = await board.ann.ask(RELATED, id=board.project, **asked)
        counts[size] = [str(one) for one in seen]
        nodes = found["project"]["cards"]["nodes"]
        assert len(nodes) == size
        assert all(node["isBlocked"] and node["parent"] and node["customFields"] for node in nodes[1:])

    recorded = json.loads(RECORDED.read_text())
    assert len(counts[4]) == len(counts[16]) == recorded["cards with fields and relations"], counts


WHOLE_BOARD = """
query ($id: ID!) { project(id: $id) { name columns { name cards(first: 500) { nodes {
  title order assignee { name } labels { name } checklist { title done }
} } } } }
"""


async def test_a_whole_board_takes_as_many_queries_for_long_columns_as_for_short_ones(
    board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lane_blocks, "BLOCK", 10)
    counts: dict[int, list[str]] = {}
    for size in (20, 240):
        cards = [{"title": f"Card {n}", "columnIndex": n % 4, "labels": ["a"]} for n in range(size)]
        whole = {"project": {"name": "Copy"}, "columns": [{"name": f"C{n}"} for n in range(4)], "cards": cards}
        made = await board.ann.ask(IMPORT, w=board.workspace, input=whole)
        project = made["projectImport"]["project"]["id"]
        await board.ann.ask(WHOLE_BOARD, id=project)  # from now on this process knows how long the columns are
        with count_queries() as seen:
            found = await board.ann.ask(WHOLE_BOARD, id=project)
        counts[size] = [str(one) for one in seen]
        shown = [card["title"] for column in found["project"]["columns"] for card in column["cards"]["nodes"]]
        assert len(shown) == size

    recorded = json.loads(RECORDED.read_text())
    assert len(counts[20]) == len(counts[240]) == recorded["project to its board"], counts


DOCUMENTS = """
query ($id: ID!) {
  project(id: $id) {
    documents(first: 100) { totalCount nodes {
      title content order childCount parent { title } children { nodes { title order } } project { name }
      workspace { name } author { name } updatedBy { name }
      versions(first: 1) { nodes { number author { name } content } }
      linkedCards { totalCount nodes { title documents { nodes { title } } } } activity { nodes { type } }
    } }
    workspace { documentTree { depth document { title order } } }
  }
}
"""
WRITE = "mutation ($input: DocumentCreateInput!) { documentCreate(input: $input) { document { id } } }"
LINK = "mutation ($d: ID!, $c: ID!) { documentLink(id: $d, cardId: $c) { cursor } }"


async def test_all_that_a_document_leads_to_takes_as_many_queries_for_5_as_for_30_documents(board: Board) -> None:
    card = await board.card("Card")
    about = {"workspaceId": board.workspace, "contextType": "PROJECT", "contextId": board.project}
    top = (await board.ann.ask(WRITE, input={**about, "title": "Top"}))["documentCreate"]["document"]["id"]
    counts: dict[int, list[str]] = {}
    for size in (5, 30):
        there = 5 if counts else 1
        for number in range(size - there):
            parent = {"parentId": top} if number % 2 else {}
            made = await board.ann.ask(WRITE, input={**about, "title": f"Plan {number}", "content": "Text", **parent})
            await board.ann.ask(LINK, d=made["documentCreate"]["document"]["id"], c=card)
        with count_queries() as seen:
            found = (await board.ann.ask(DOCUMENTS, id=board.project))["project"]
        counts[size] = [str(one) for one in seen]
        assert found["documents"]["totalCount"] == len(found["workspace"]["documentTree"]) == size
        assert all(one["versions"]["nodes"] and one["author"] for one in found["documents"]["nodes"])

    recorded = json.loads(RECORDED.read_text())
    assert len(counts[5]) == len(counts[30]) == recorded["project to all of its documents"], counts


INVITATIONS = """
query ($slug: String!) { organization(slug: $slug) { workspaces { nodes {
  invitations(first: 100) { totalCount nodes { email role expiresAt inviter { name } } }
} } } }
"""
INVITE = "mutation ($w: ID!, $e: String!) { workspaceMemberInvite(workspaceId: $w, input: {email: $e}) { expiresAt } }"


async def test_invitations_take_as_many_queries_for_2_as_for_12_of_them(board: Board) -> None:
    counts: dict[int, list[str]] = {}
    invited = 0
    for size in (2, 12):
        while invited < size:
            invited += 1
            await board.ann.ask(INVITE, w=board.workspace, e=f"guest-{invited}@example.com")
        with count_queries() as seen:
            found = await board.ann.ask(INVITATIONS, slug=board.org_slug)
        counts[size] = [str(one) for one in seen]
        [workspace] = found["organization"]["workspaces"]["nodes"]
        assert workspace["invitations"]["totalCount"] == size
        assert {one["inviter"]["name"] for one in workspace["invitations"]["nodes"]} == {"Ann"}

    recorded = json.loads(RECORDED.read_text())
    assert len(counts[2]) == len(counts[12]) == recorded["organization to invitations"], counts


PORTFOLIO = """
query ($org: String!) {
  workspace(orgSlug: $org, slug: "personal") {
    portfolio {
      totals { projects total blocked members }
      projects(first: 100) { nodes { name metrics { total open progress byPriority { priority count } } } }
    }
  }
}
"""


async def test_the_portfolio_takes_as_many_queries_for_2_as_for_20_projects(board: Board) -> None:
    [home] = (await board.ann.ask(SLUGS))["organizations"]["nodes"]
    query = PORTFOLIO.replace("personal", home["workspaces"]["nodes"][0]["slug"])
    counts: dict[int, list[str]] = {}
    size = 1
    for wanted in (2, 20):
        for number in range(size, wanted):
            whole = {
                "project": {"name": f"P{number}"},
                "columns": [{"name": "Done"}],
                "cards": [{"title": "a", "columnIndex": 0}],
            }
            await board.ann.ask(IMPORT, w=board.workspace, input=whole)
        size = wanted
        with count_queries() as seen:
            found = await board.ann.ask(query, org=board.org_slug)
        counts[size] = [str(one) for one in seen]
        portfolio = found["workspace"]["portfolio"]
        assert len(portfolio["projects"]["nodes"]) == portfolio["totals"]["projects"] == size
        assert portfolio["totals"]["total"] == size - 1

    recorded = json.loads(RECORDED.read_text())
    assert len(counts[2]) == len(counts[20]) == recorded["portfolio"], counts


SLUGS = "{ organizations { nodes { workspaces { nodes { slug } } } } }"


ATTACHED = """
query ($id: ID!) {
  project(id: $id) { cards(first: 100) { nodes {
    title attachmentCount attachments { name mimeType size url uploadedBy { name } card { title } }
  } } }
}
"""
ATTACH = "mutation ($i: AttachmentCreateInput!) { attachmentCreate(input: $i) { cursor } }"


async def test_attachments_take_as_many_queries_for_3_as_for_12_cards(board: Board) -> None:
    cards: list[str] = []
    counts: dict[int, list[str]] = {}
    for size in (3, 12):
        while len(cards) < size:
            cards.append(await board.card(f"Card {len(cards)}"))
            for name in "ab":
                operations = {"query": ATTACH, "variables": {"i": {"cardId": cards[-1], "file": None}}}
                sent = {"operations": json.dumps(operations), "map": json.dumps({"0": ["variables.i.file"]})}
                answer = await board.ann.http.post("/graphql", data=sent, files={"0": (name, b"Hello")})
                assert "errors" not in answer.json()
        with count_queries() as seen:
            found = await board.ann.ask(ATTACHED, id=board.project)
        counts[size] = [str(one) for one in seen]
        nodes = found["project"]["cards"]["nodes"]
        assert [[one["name"] for one in node["attachments"]] for node in nodes] == [["a", "b"]] * size
        assert {node["attachmentCount"] for node in nodes} == {2}

    recorded = json.loads(RECORDED.read_text())
    assert len(counts[3]) == len(counts[12]) == recorded["cards with attachments"], counts
