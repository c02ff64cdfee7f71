"""A board is read beside the check of its door, and answered behind it."""

from bson import ObjectId

from models import Tombstone
from models.base import collection, to_record
from tests.gateway.lab import Board, Lab, count_queries

WHOLE = "query ($id: ID!) { project(id: $id) { name columns { name cards { nodes { title order } } } } }"
INVITE = "mutation ($w: ID!, $e: String!) { workspaceMemberInvite(workspaceId: $w, input: {email: $e}) { token } }"
ACCEPT = "mutation ($t: String!) { invitationAccept(token: $t) { cursor } }"
REMOVE = "mutation ($w: ID!, $u: ID!) { workspaceMemberRemove(workspaceId: $w, userId: $u) { cursor } }"

INSIDE = {"find columns", "find cards"}


async def test_who_has_passed_the_door_of_a_board_has_it_read_beside_the_next_check(board: Board) -> None:
    await board.card("Plan")
    shown = await board.ann.ask(WHOLE, id=board.project)
    await board.ann.ask(WHOLE, id=board.project)

    with count_queries() as later:
        again = await board.ann.ask(WHOLE, id=board.project)

    sent = [str(read) for read in later]
    assert again == shown
    assert sent[:4] == ["find sessions", "find columns", "find cards", "find projects"]
    assert len(later) == len(set(sent)) == 6  # with the membership, and what of the workspace was deleted


async def test_who_is_no_member_any_more_is_refused_and_has_nothing_read_ahead_the_next_time(
    lab: Lab, board: Board
) -> None:
    await board.card("Plan")
    bob = await lab.confirmed("bob@example.com")
    invited = await board.ann.ask(INVITE, w=board.workspace, e=bob.email)
    await bob.ask(ACCEPT, t=invited["workspaceMemberInvite"]["token"])
    for _ in range(2):
        await bob.ask(WHOLE, id=board.project)
    await board.ann.ask(REMOVE, w=board.workspace, u=bob.id)

    refused = await bob.send(WHOLE, id=board.project)
    with count_queries() as later:
        again = await bob.send(WHOLE, id=board.project)

    assert refused["data"] == again["data"] == {"project": None}
    assert refused["errors"][0]["extensions"]["code"] == again["errors"][0]["extensions"]["code"] == "NOT_FOUND"
    assert not INSIDE & {str(read) for read in later}


async def test_what_was_deleted_meanwhile_is_not_shown_of_what_was_read_ahead(board: Board) -> None:
    await board.card("Plan")
    for _ in range(2):
        await board.ann.ask(WHOLE, id=board.project)
    gone = Tombstone(id=ObjectId(board.done), stream_id=ObjectId(board.workspace))
    await collection(Tombstone).insert_one(to_record(gone))

    found = await board.ann.ask(WHOLE, id=board.project)

    assert [column["name"] for column in found["project"]["columns"]] == ["To do"]


COUNTED = WHOLE.replace("{ name", "{ stats { byAssignee { assignee { name } count } } name", 1)


async def test_a_column_that_came_meanwhile_is_shown_with_its_cards(board: Board) -> None:
    for _ in range(2):
        await board.ann.ask(COUNTED, id=board.project)
    made = await board.ann.ask(
        'mutation ($p: ID!) { columnCreate(input: {projectId: $p, name: "New"}) { column { id } } }', p=board.project
    )
    await board.card("Late", columnId=made["columnCreate"]["column"]["id"], assigneeId=board.ann.id)

    found = await board.ann.ask(COUNTED, id=board.project)

    cards = {
        column["name"]: [card["title"] for card in column["cards"]["nodes"]] for column in found["project"]["columns"]
    }
    assert cards == {"To do": [], "Done": [], "New": ["Late"]}
    assert found["project"]["stats"]["byAssignee"] == [{"assignee": {"name": "Ann"}, "count": 1}]


IMPORT = """
mutation ($w: ID!, $input: ProjectImportInput!) { projectImport(workspaceId: $w, input: $input) { project { id } } }
"""
BELOW = """query ($id: ID!) { project(id: $id) { columns { cards(first: 200) { nodes {
  title comments(first: 1) { nodes { content } } assignee { name } labels { name }
} } } } }"""


async def test_what_many_cards_lead_to_is_asked_for_before_their_fields_are_read(board: Board) -> None:
    sent: dict[int, list[str]] = {}
    for size in (20, 120):
        cards = [{"title": f"Card {n}", "columnIndex": n % 2, "labels": [f"l{n % 3}"]} for n in range(size)]
        whole = {"project": {"name": "Many"}, "columns": [{"name": "A"}, {"name": "B"}], "cards": cards}
        made = await board.ann.ask(IMPORT, w=board.workspace, input=whole)
        project = made["projectImport"]["project"]["id"]
        await board.ann.ask(BELOW, id=project)
        with count_queries() as seen:
            found = await board.ann.ask(BELOW, id=project)
        sent[size] = [str(read) for read in seen]
        shown = [card for column in found["project"]["columns"] for card in column["cards"]["nodes"]]
        assert len(shown) == size
        assert all(len(card["labels"]) == 1 for card in shown)

    # Comments are read by way of their cards where these are many
    assert sent[20].index("aggregate comments") < sent[20].index("find labels")  # in the order of the document
    assert sent[120].index("find labels") < sent[120].index("aggregate cards")
    assert (sent[20].count("find labels"), sent[120].count("find labels")) == (1, 1)
